//! Errors as clients see them.

mod catalog;

pub use catalog::{ErrorCode, ErrorDomain};

use crate::wire::schema::wire_struct;
use serde_json::{Map, Value};

wire_struct! {
    /// The body of every error answer.
    read ErrorResponse {
        /// Machine-readable code.
        code: ErrorCode,
        /// The error for people.
        message: String,
        /// Part of the service that the code belongs to.
        domain: ErrorDomain,
        /// Whether the same request may succeed later without being changed.
        retryable: bool,
        /// Id of the request, also in the X-Request-Id header and in the log.
        request_id: String,
        /// What the caller can do about it.
        [optional] hint: Option<String>,
        /// Facts that depend on the code, for example `issues` of an invalid body, or `policyType`, `reasonCode` and
        /// `wouldPass` (a `WouldPass`) of a denial.
        [optional] details: Option<Map<String, Value>>,
        /// The same error in nested form.
        error: ErrorObject,
    }
}

wire_struct! {
    /// The nested form of an error.
    read ErrorObject {
        /// Machine-readable code.
        code: ErrorCode,
        /// The error for people.
        message: String,
        /// Part of the service that the code belongs to.
        domain: ErrorDomain,
        /// Whether the same request may succeed later without being changed.
        retryable: bool,
    }
}

impl ErrorResponse {
    /// The answer for `code`; everything but the three arguments follows from the catalogue.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>, request_id: impl Into<String>) -> Self {
        let (message, domain, retryable) = (message.into(), code.domain(), code.is_retryable());
        Self {
            code,
            message: message.clone(),
            domain,
            retryable,
            request_id: request_id.into(),
            hint: code.hint().map(str::to_owned),
            details: None,
            error: ErrorObject { code, message, domain, retryable },
        }
    }

    /// The same answer with one more member of `details`.
    #[must_use]
    pub fn with_detail(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.details.get_or_insert_default().insert(key.to_owned(), value.into());
        self
    }

    /// The same answer with all members of a JSON object as `details`; another value is left out.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        if let Value::Object(object) = details {
            self.details.get_or_insert_default().extend(object);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn flat_and_nested_forms_are_sent_together() {
        let body = ErrorResponse::new(ErrorCode::PolicyDenied, "No.", "r-1").with_detail("tier", "INSTANT");
        assert_eq!(
            serde_json::to_value(&body).unwrap(),
            json!({
                "code": "POLICY_DENIED",
                "message": "No.",
                "domain": "POLICY",
                "retryable": false,
                "requestId": "r-1",
                "hint": ErrorCode::PolicyDenied.hint(),
                "details": { "tier": "INSTANT" },
                "error": { "code": "POLICY_DENIED", "message": "No.", "domain": "POLICY", "retryable": false },
            })
        );
    }

    #[test]
    fn absent_details_are_left_out() {
        let body = ErrorResponse::new(ErrorCode::SystemLocked, "Locked.", "r-2");
        assert!(serde_json::to_value(&body).unwrap().get("details").is_none());
    }
}
