//! Durable state: one trait per noun, each method one atomic step.
//!
//! Every method that changes something takes the audit entries that belong to the change and writes
//! them in the same transaction: what cannot be recorded does not happen. State changes name the state
//! they expect; when another mover was faster the method returns [`StoreError::Stale`] and changes nothing.

mod audit;
mod ledger;
mod policies;
mod sessions;
mod system;
mod wallets;

pub use audit::{Actor, AuditEntry, AuditEvent, AuditLog, AuditRecord, Severity};
pub use ledger::{
    Admission, AdmissionState, Admitted, ApprovalEffect, ApprovalRow, Due, FailureNote, HistoryQuery, HistoryRow,
    HistoryVisitor, Hold, HoldEffect, IdempotencyClaim, IntentGuard, IntentRow, Judge, Ledger, NewIntent, Ruling,
    Transition, TransitionPatch, TxRow,
};
pub use policies::{PolicyPatch, PolicySnapshot, PolicyStore};
pub use sessions::{SessionRow, SessionSource, SessionStore, TokenHash, TokenReplacement};
pub use system::{
    Cascade, ClaimToken, IdempotencyOutcome, IdempotencyStore, KillSwitch, KillSwitchState, KillSwitchStore,
    NonceBinding, OwnerNonceStore, StoredAnswer, SystemStore,
};
pub use wallets::{OwnerRecord, Terminated, WalletRow, WalletStore};

use crate::ports::BoxError;

/// Why the store did not do what it was asked. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The row does not exist.
    #[error("not found")]
    NotFound,
    /// The row is not in the expected state (any more): another mover was faster.
    #[error("the state has changed meanwhile; it is now `{current}`")]
    Stale {
        /// The state that was found.
        current: String,
    },
    /// The idempotency key was used with another body.
    #[error("the idempotency key was used with another request")]
    IdempotencyConflict,
    /// A limit on the number of rows is reached.
    #[error("limit of {limit} reached")]
    LimitReached {
        /// The limit.
        limit: u32,
    },
    /// A guard that must hold at the moment of the change does not.
    #[error("{0}")]
    Guard(GuardFailure),
    /// Stored data cannot be read back.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// The database is out of reach or refused.
    #[error("the database is unavailable")]
    Unavailable(#[source] BoxError),
}

/// Which guard failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GuardFailure {
    /// The kill switch is thrown.
    KillSwitch,
    /// The wallet is not active.
    WalletNotActive,
    /// The session was revoked, has expired or lost the wallet.
    SessionDead,
}

impl core::fmt::Display for GuardFailure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::KillSwitch => "the kill switch is active",
            Self::WalletNotActive => "the wallet is not active",
            Self::SessionDead => "the session is no longer valid",
        })
    }
}

/// A page of rows, offset style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most this many.
    pub limit: u32,
    /// Skip this many.
    pub offset: u32,
}

/// All of the storage of one service.
pub trait Store:
    WalletStore
    + SessionStore
    + PolicyStore
    + Ledger
    + OwnerNonceStore
    + IdempotencyStore
    + KillSwitchStore
    + SystemStore
    + AuditLog
{
}

impl<T> Store for T where
    T: WalletStore
        + SessionStore
        + PolicyStore
        + Ledger
        + OwnerNonceStore
        + IdempotencyStore
        + KillSwitchStore
        + SystemStore
        + AuditLog
{
}
