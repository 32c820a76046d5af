//! What can go wrong, sorted by what the caller can do about it.

use core::time::Duration;
use serde_json::{Map, Value};
use waiaas_core::error::ErrorCode;

macro_rules! errors {
    ($($(#[doc = $doc:literal])* $Variant:ident => [$($domain:literal),*],)*) => {
        /// A call that did not succeed.
        #[derive(Debug, thiserror::Error)]
        #[non_exhaustive]
        pub enum Error {
            /// The call makes no sense as it was put together; nothing was sent.
            #[error("{0}")]
            Usage(String),
            /// Nobody answers at the address. Nothing was done.
            #[error("no service answers at {base}: {reason}")]
            Unreachable {
                /// The address.
                base: String,
                /// What the network said.
                reason: String,
            },
            /// The connection broke, or no answer came in time. Unless the call only reads, it may have been carried out.
            #[error("{reason}; the call may have been carried out")]
            Lost {
                /// What the network said.
                reason: String,
            },
            /// Something answered that is no WAIaaS server, or one of another version.
            #[error("the service is not the one expected: {reason} (HTTP {status})")]
            Foreign {
                /// The status of the answer.
                status: u16,
                /// What was odd about it.
                reason: String,
            },
            $($(#[doc = $doc])* #[error("{0}")] $Variant(Box<Refusal>),)*
            /// A refusal of a domain that this client does not know yet.
            #[error("{0}")]
            Other(Box<Refusal>),
        }

        impl Error {
            /// Sorts a refusal by its domain.
            pub(crate) fn of(refusal: Refusal) -> Self {
                let refusal = Box::new(refusal);
                match refusal.domain.as_str() {
                    $($($domain)|* => Self::$Variant(refusal),)*
                    _ => Self::Other(refusal),
                }
            }

            /// What the server said, if it was the server that refused.
            #[must_use]
            pub fn refusal(&self) -> Option<&Refusal> {
                match self {
                    $(Self::$Variant(refusal))|* | Self::Other(refusal) => Some(refusal),
                    Self::Usage(_) | Self::Unreachable { .. } | Self::Lost { .. } | Self::Foreign { .. } => None,
                }
            }
        }
    };
}

errors! {
    /// The caller is not who it says, or not allowed to do this (domains `AUTH`, `CREDENTIAL`).
    Auth => ["AUTH", "CREDENTIAL"],
    /// A session has ended or cannot be renewed.
    Session => ["SESSION"],
    /// A policy denies, or a policy is not there.
    Policy => ["POLICY"],
    /// A transaction, its contents or its chain (domains `TX`, `CHAIN`, `NFT`, `USEROP`).
    Transaction => ["TX", "CHAIN", "NFT", "USEROP"],
    /// A wallet (domains `WALLET`, `WITHDRAW`).
    Wallet => ["WALLET", "WITHDRAW"],
    /// An owner and its signatures (domains `OWNER`, `SIGNING`).
    Owner => ["OWNER", "SIGNING"],
    /// A body that is not valid, or an action of a provider.
    Action => ["ACTION"],
    /// The service itself (domains `SYSTEM`, `ADMIN`).
    System => ["SYSTEM", "ADMIN"],
    /// Paid or signed HTTP requests (domains `X402`, `ERC8128`).
    Http => ["X402", "ERC8128"],
}

/// A refusal by the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// The machine-readable code, also one that this client does not know.
    pub code: String,
    /// Part of the service that the code belongs to.
    pub domain: String,
    /// For people.
    pub message: String,
    /// Whether the same call may succeed later without being changed.
    pub retryable: bool,
    /// When to come back, if the server says so.
    pub retry_after: Option<Duration>,
    /// Id of the request, which is also in the server's log.
    pub request_id: Option<String>,
    /// What the caller can do.
    pub hint: Option<String>,
    /// Facts that depend on the code.
    pub details: Map<String, Value>,
}

/// One fault of a request body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Where, with points between the steps.
    pub path: String,
    /// What is accepted there.
    pub message: String,
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({})", self.message, self.code)
    }
}

impl Refusal {
    /// The code, if this client knows it.
    #[must_use]
    pub fn known_code(&self) -> Option<ErrorCode> {
        ErrorCode::ALL.iter().copied().find(|code| code.as_str() == self.code)
    }

    /// The faults of an invalid body; empty for every other refusal.
    #[must_use]
    pub fn issues(&self) -> Vec<Issue> {
        let step = |part: &Value| part.as_str().map_or_else(|| part.to_string(), ToOwned::to_owned);
        let path = |path: &Value| match path {
            Value::Array(parts) => parts.iter().map(step).collect::<Vec<_>>().join("."),
            other => step(other),
        };
        let issue = |issue: &Value| {
            Some(Issue { path: path(issue.get("path")?), message: issue.get("message")?.as_str()?.to_owned() })
        };
        let issues = self.details.get("issues").and_then(Value::as_array);
        issues.map(|issues| issues.iter().filter_map(issue).collect()).unwrap_or_default()
    }

    /// Of a denial: the policy type that denied, such as `SPENDING_LIMIT`.
    #[must_use]
    pub fn policy_type(&self) -> Option<&str> {
        self.details.get("policyType").and_then(Value::as_str)
    }

    /// Of a denial: the machine-readable reason, such as `WHITELIST_DENIED`.
    #[must_use]
    pub fn reason_code(&self) -> Option<&str> {
        self.details.get("reasonCode").and_then(Value::as_str)
    }

    /// Of a denial that has one: what would pass.
    #[must_use]
    pub fn would_pass(&self) -> Option<&Value> {
        self.details.get("wouldPass")
    }

    /// Reads an error answer; both spellings are understood, flat and nested below `error`. `None` when the body is no
    /// error of a WAIaaS server.
    pub(crate) fn read(status: u16, retry_after: Option<Duration>, body: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(body).ok()?;
        let member = |key: &str| json.get(key).or_else(|| json.get("error")?.get(key));
        let text = |key: &str| member(key).and_then(Value::as_str).map(ToOwned::to_owned);
        let code = text("code")?;
        Some(Self {
            status,
            domain: text("domain").unwrap_or_default(),
            message: text("message").unwrap_or_else(|| code.clone()),
            code,
            retryable: member("retryable").and_then(Value::as_bool).unwrap_or(false),
            retry_after,
            request_id: text("requestId"),
            hint: text("hint"),
            details: member("details").and_then(Value::as_object).cloned().unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use waiaas_core::error::ErrorDomain;

    #[test]
    fn every_domain_has_its_place() {
        for domain in ErrorDomain::ALL {
            let body = format!(r#"{{"code": "X", "message": "m", "domain": "{}"}}"#, domain.as_str());
            let error = Error::of(Refusal::read(400, None, &body).unwrap());
            assert!(!matches!(error, Error::Other(_)), "{domain:?}");
        }
    }

    #[test]
    fn both_spellings_and_unknown_codes_are_read() {
        let body = r#"{"error": {"code": "BRAND_NEW", "message": "No.", "domain": "FUTURE", "retryable": true}}"#;
        let error = Error::of(Refusal::read(418, None, body).unwrap());
        let refusal = error.refusal().unwrap();
        assert_eq!((refusal.code.as_str(), refusal.retryable, refusal.known_code()), ("BRAND_NEW", true, None));
        assert!(matches!(error, Error::Other(_)));
        assert_eq!(error.to_string(), "No. (BRAND_NEW)");
        assert_eq!(Refusal::read(502, None, "<html>"), None);
        assert_eq!(Refusal::read(502, None, "{}"), None);
    }

    #[test]
    fn issues_are_read() {
        let body = r#"{"code": "ACTION_VALIDATION_FAILED", "message": "m", "domain": "ACTION",
            "details": {"issues": [{"path": ["rules", 0, "x"], "code": "c", "message": "expected y"}]}}"#;
        let refusal = Refusal::read(400, None, body).unwrap();
        assert_eq!(refusal.known_code(), Some(ErrorCode::ActionValidationFailed));
        assert_eq!(refusal.issues(), [Issue { path: "rules.0.x".to_owned(), message: "expected y".to_owned() }]);
    }
}
