//! The one error type of the HTTP API, and the one place that turns it into an answer.

use crate::http::request_id::RequestId;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value;
use waiaas_sdk::core::error::{ErrorCode, ErrorResponse};
use waiaas_sdk::core::wire::Issues;
use waiaas_sdk::engine::error::EngineError;
use waiaas_sdk::engine::ports::BoxError;

/// Why a request was not done. Status, domain, retry flag and hint follow from the code.
#[derive(Debug)]
pub struct ApiError {
    code: ErrorCode,
    message: String,
    details: Option<Value>,
    retry_after: Option<u64>,
    cause: Option<BoxError>,
}

impl ApiError {
    /// An error with `code`. The message is shown to callers: no secrets, no internals.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None, retry_after: None, cause: None }
    }

    /// Something that must not happen. The cause goes to the log; the caller learns the request id.
    #[must_use]
    pub fn internal(cause: impl Into<BoxError>) -> Self {
        let mut error = Self::new(ErrorCode::InternalError, GENERIC);
        error.cause = Some(cause.into());
        error
    }

    /// A path or query value that is not acceptable.
    #[must_use]
    pub fn invalid(name: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let issue =
            serde_json::json!({ "path": [name], "pathString": name, "message": message, "code": "invalid_value" });
        Self::new(ErrorCode::ActionValidationFailed, format!("Validation error: `{name}` {message}"))
            .with_details(serde_json::json!({ "issues": [issue] }))
    }

    /// The same error with `details`.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }

    /// The same error with a `Retry-After` header.
    #[must_use]
    pub const fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The same error under another code, for routes whose contract names one.
    #[must_use]
    pub const fn with_code(mut self, code: ErrorCode) -> Self {
        self.code = code;
        self
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The answer, with the request's id. What callers must not see is logged here.
    #[must_use]
    pub fn into_response(self, id: &RequestId) -> Response<Body> {
        let status = StatusCode::from_u16(self.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut message = self.message;
        if self.code == ErrorCode::InternalError {
            tracing::error!(cause = self.cause.as_deref().map(causes), message, "request failed");
            GENERIC.clone_into(&mut message);
        } else if let Some(cause) = self.cause.as_deref() {
            tracing::warn!(cause = causes(cause), code = %self.code, "request refused");
        }
        let mut body = ErrorResponse::new(self.code, message, id.as_str());
        if let Some(details) = self.details {
            body = body.with_details(details);
        }
        let bytes = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

const GENERIC: &str = "The request could not be completed; the cause is in the log under this requestId.";

/// An error and its sources, in one line.
fn causes(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        Self {
            code: error.code(),
            message: error.message().to_owned(),
            details: error.details().cloned().map(Value::Object),
            retry_after: error.retry_after_seconds(),
            cause: Some(Box::new(error)),
        }
    }
}

impl From<Issues> for ApiError {
    fn from(issues: Issues) -> Self {
        let details = serde_json::to_value(issues.details()).unwrap_or_default();
        Self::new(issues.error_code(), issues.message()).with_details(details)
    }
}
