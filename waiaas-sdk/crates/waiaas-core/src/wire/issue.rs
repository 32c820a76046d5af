//! What is wrong with a request body: every fault at once, each with its place.

use super::schema::{Components, Schema, wire_struct};
use super::text::wire_names;
use crate::error::ErrorCode;
use crate::wallet::wire_enum;
use serde::Serialize;
use serde_json::{Value, json};

wire_enum! {
    /// The kind of a fault.
    IssueCode {
        /// A required key is absent.
        Required => "required",
        /// The JSON type is another one.
        InvalidType => "invalid_type",
        /// Below the smallest permitted value or length.
        TooSmall => "too_small",
        /// Above the largest permitted value or length.
        TooBig => "too_big",
        /// The right type, but not a permitted value or form.
        InvalidValue => "invalid_value",
        /// Not an address of the chain.
        InvalidAddress => "invalid_address",
        /// A key that the route does not know.
        UnrecognizedKey => "unrecognized_key",
        /// Two keys that contradict or exclude each other.
        Conflict => "conflict",
        /// Known, but this build cannot do it.
        NotSupported => "not_supported",
        /// A transaction type that this build cannot execute.
        UnsupportedType => "unsupported_type",
    }
}
wire_names!(IssueCode);

/// One step on the way to a faulty value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum PathStep {
    /// Key of an object.
    Key(String),
    /// Position in an array, from 0.
    Index(usize),
}

impl From<&str> for PathStep {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for PathStep {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// One fault of a request body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Where, from the top of the body; empty for the body itself.
    pub path: Vec<PathStep>,
    /// What kind.
    pub code: IssueCode,
    /// What would be accepted, for people.
    pub message: String,
}

impl Issue {
    /// A fault of the value at `key` of the body.
    pub fn at(key: &str, code: IssueCode, message: impl Into<String>) -> Self {
        Self { path: vec![key.into()], code, message: message.into() }
    }

    /// The path with dots: `token.address`, `walletIds.0`.
    #[must_use]
    pub fn path_string(&self) -> String {
        let steps: Vec<String> = self
            .path
            .iter()
            .map(|step| match step {
                PathStep::Key(key) => key.clone(),
                PathStep::Index(index) => index.to_string(),
            })
            .collect();
        steps.join(".")
    }
}

impl Serialize for Issue {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            path: &'a [PathStep],
            path_string: String,
            message: &'a str,
            code: IssueCode,
        }
        Wire { path: &self.path, path_string: self.path_string(), message: &self.message, code: self.code }
            .serialize(serializer)
    }
}

impl Schema for Issue {
    const NAME: Option<&'static str> = Some("ValidationIssue");

    fn definition() -> Value {
        json!({
            "type": "object",
            "description": "One fault of a request body.",
            "required": ["path", "pathString", "message", "code"],
            "properties": {
                "path": {
                    "type": "array",
                    "items": { "oneOf": [{ "type": "string" }, { "type": "integer" }] },
                    "description": "Keys and positions from the top of the body to the value.",
                },
                "pathString": { "type": "string", "description": "The path with dots." },
                "message": { "type": "string", "description": "What would be accepted." },
                "code": IssueCode::definition(),
            },
        })
    }

    fn register(components: &mut Components) {
        components.entry("ValidationIssue").or_insert_with(Self::definition);
    }
}

wire_struct! {
    /// `details` of an answer about an invalid body.
    ValidationDetails {
        /// Every fault that was found.
        issues: Vec<Issue>,
    }
}

/// The faults of one body. Holds at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issues(Vec<Issue>);

impl Issues {
    /// A single fault.
    #[must_use]
    pub fn one(issue: Issue) -> Self {
        Self(vec![issue])
    }

    /// The faults; `None` when the list is empty.
    #[must_use]
    pub fn from_list(list: Vec<Issue>) -> Option<Self> {
        if list.is_empty() { None } else { Some(Self(list)) }
    }

    /// All faults, in the order in which they were found.
    #[must_use]
    pub fn as_slice(&self) -> &[Issue] {
        &self.0
    }

    /// The error code of the answer. When every fault is of one special kind it is that kind's code:
    /// `INVALID_ADDRESS`, or `UNSUPPORTED_TX_TYPE`; otherwise `ACTION_VALIDATION_FAILED`. The simulation
    /// route answers `VALIDATION_FAILED` instead of the last one.
    #[must_use]
    pub fn error_code(&self) -> ErrorCode {
        let all = |code: IssueCode| self.0.iter().all(|issue| issue.code == code);
        if all(IssueCode::InvalidAddress) {
            ErrorCode::InvalidAddress
        } else if all(IssueCode::UnsupportedType) {
            ErrorCode::UnsupportedTxType
        } else {
            ErrorCode::ActionValidationFailed
        }
    }

    /// A sentence for the `message` of the answer: the first fault, and how many more there are.
    #[must_use]
    pub fn message(&self) -> String {
        let Some(first) = self.0.first() else { return "Validation error".to_owned() };
        let place = first.path_string();
        let place = if place.is_empty() { String::new() } else { format!(" `{place}`") };
        match self.0.len() {
            0 | 1 => format!("Validation error:{place} {}", first.message),
            more => format!("Validation error:{place} {} (and {} more)", first.message, more.saturating_sub(1)),
        }
    }

    /// The `details` of the answer.
    #[must_use]
    pub fn details(&self) -> ValidationDetails {
        ValidationDetails { issues: self.0.clone() }
    }
}

impl core::fmt::Display for Issues {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for Issues {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_path_forms_are_sent() {
        let issue = Issue {
            path: vec!["walletIds".into(), 0_usize.into()],
            code: IssueCode::InvalidValue,
            message: "must be a UUID".to_owned(),
        };
        assert_eq!(
            serde_json::to_value(&issue).unwrap(),
            json!({
                "path": ["walletIds", 0],
                "pathString": "walletIds.0",
                "message": "must be a UUID",
                "code": "invalid_value",
            })
        );
    }

    #[test]
    fn only_a_purely_bad_address_is_an_address_error() {
        let address = Issue::at("to", IssueCode::InvalidAddress, "bad");
        let other = Issue::at("amount", IssueCode::Required, "is required");
        let code = |list: Vec<Issue>| Issues::from_list(list).unwrap().error_code();
        assert_eq!(code(vec![address.clone(), address.clone()]), ErrorCode::InvalidAddress);
        assert_eq!(code(vec![address, other]), ErrorCode::ActionValidationFailed);
        assert_eq!(code(vec![Issue::at("type", IssueCode::UnsupportedType, "no")]), ErrorCode::UnsupportedTxType);
    }
}
