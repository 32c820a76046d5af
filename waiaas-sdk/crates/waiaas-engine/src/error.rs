//! The engine's error: a code from the catalogue, words for people, and facts for programs.

use crate::ports::BoxError;
use crate::ports::chain::ChainError;
use crate::ports::clock::RandomError;
use crate::ports::keystore::{KeyStoreError, SealError};
use crate::ports::store::{GuardFailure, StoreError};
use serde_json::{Map, Value};
use waiaas_core::error::ErrorCode;

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct EngineError {
    code: ErrorCode,
    message: String,
    details: Map<String, Value>,
    retry_after_seconds: Option<u64>,
    #[source]
    source: Option<BoxError>,
}

impl EngineError {
    /// An error with `code`. The message is shown to callers: no secrets, no internals.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Map::new(), retry_after_seconds: None, source: None }
    }

    /// A request that is wrong in one field.
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let issue = serde_json::json!({ "path": field.split('.').collect::<Vec<_>>(), "pathString": field, "message": message, "code": "custom" });
        Self::new(ErrorCode::ActionValidationFailed, format!("{field}: {message}"))
            .with_detail("issues", Value::Array(vec![issue]))
    }

    /// The same error with one more fact.
    #[must_use]
    pub fn with_detail(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.details.insert(name.to_owned(), value.into());
        self
    }

    /// The same error with the time after which trying again makes sense.
    #[must_use]
    pub const fn with_retry_after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after_seconds = seconds;
        self
    }

    /// The same error with its cause, which goes to the log and never to a caller.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// Words for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Facts for programs; `None` when there are none.
    #[must_use]
    pub fn details(&self) -> Option<&Map<String, Value>> {
        if self.details.is_empty() { None } else { Some(&self.details) }
    }

    /// Seconds after which trying again makes sense, where that is known.
    #[must_use]
    pub const fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::IdempotencyConflict => {
                Self::new(ErrorCode::IdempotencyConflict, "this idempotency key was used with another request")
            }
            StoreError::Guard(failure) => failure.into(),
            other => Self::new(ErrorCode::InternalError, "the request could not be completed").with_source(other),
        }
    }
}

impl From<GuardFailure> for EngineError {
    fn from(failure: GuardFailure) -> Self {
        match failure {
            GuardFailure::KillSwitch => Self::new(
                ErrorCode::SystemLocked,
                "the kill switch is active; nothing is signed until an operator recovers",
            ),
            GuardFailure::WalletNotActive => {
                Self::new(ErrorCode::WalletSuspended, "the wallet is not active; an operator must resume it first")
            }
            GuardFailure::SessionDead => {
                Self::new(ErrorCode::SessionRevoked, "the session that asked for this is no longer valid")
            }
        }
    }
}

impl From<ChainError> for EngineError {
    fn from(error: ChainError) -> Self {
        let code = match &error {
            ChainError::InsufficientBalance(_) => ErrorCode::InsufficientBalance,
            ChainError::WouldRevert(_) => ErrorCode::SimulationFailed,
            ChainError::Unreachable { .. }
            | ChainError::WrongChain { .. }
            | ChainError::NotAToken { .. }
            | ChainError::Refused(_) => ErrorCode::ChainError,
        };
        Self::new(code, error.to_string()).with_source(error)
    }
}

impl From<KeyStoreError> for EngineError {
    fn from(error: KeyStoreError) -> Self {
        Self::new(ErrorCode::KeystoreLocked, "the key of this wallet is not available").with_source(error)
    }
}

impl From<SealError> for EngineError {
    fn from(error: SealError) -> Self {
        Self::new(ErrorCode::InternalError, "the request could not be completed").with_source(error)
    }
}

impl From<RandomError> for EngineError {
    fn from(error: RandomError) -> Self {
        Self::new(ErrorCode::InternalError, "the request could not be completed").with_source(error)
    }
}
