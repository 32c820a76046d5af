//! What belongs to the service as a whole: kill switch, owner nonces, idempotent answers, small values.

use super::{AuditEntry, StoreError};
use async_trait::async_trait;
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::time::UnixMillis;
/// State of the kill switch. The wire name of normal operation is `ACTIVE`.
pub use waiaas_core::wire::kill_switch::KillSwitchState;

/// The kill switch and who threw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillSwitch {
    /// State.
    pub state: KillSwitchState,
    /// Since when it is not ACTIVE.
    pub activated_at: Option<UnixMillis>,
    /// Who threw it.
    pub activated_by: Option<String>,
}

/// What throwing the switch also ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cascade {
    /// Sessions revoked.
    pub sessions: Vec<SessionId>,
    /// Transactions cancelled.
    pub transactions: Vec<TxId>,
    /// Wallets suspended.
    pub wallets: Vec<WalletId>,
}

/// The kill switch.
#[async_trait]
pub trait KillSwitchStore: Send + Sync {
    /// The present state. A missing or unreadable row is an error, never "normal operation".
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Unavailable`].
    async fn kill_switch(&self) -> Result<KillSwitch, StoreError>;

    /// ACTIVE → SUSPENDED in one transaction with the cascade: all live sessions are revoked;
    /// transactions that are not signed yet (see
    /// [`WalletStore::terminate_wallet`](super::WalletStore::terminate_wallet)) become CANCELLED with
    /// `reason`, release their holds and close their approvals; ACTIVE wallets become SUSPENDED with
    /// `reason`.
    ///
    /// # Errors
    /// [`StoreError::Stale`] in any other state.
    async fn throw_kill_switch(
        &self,
        by: &str,
        reason: &str,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Cascade, StoreError>;

    /// Moves between the other states; going to ACTIVE clears who and when. `resume_wallets` sets the
    /// wallets that were suspended with `reason` back to ACTIVE and returns them.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the state is not in `from`.
    async fn move_kill_switch(
        &self,
        from: &[KillSwitchState],
        to: KillSwitchState,
        resume_wallets: Option<&str>,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Vec<WalletId>, StoreError>;
}

/// What an owner nonce was issued for. Absent parts were not bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NonceBinding {
    /// `approve`, `reject`, `verify`, `kill-switch`, …
    pub action: Option<String>,
    /// Id of the transaction or wallet.
    pub resource: Option<String>,
}

/// Nonces for owner signatures: issued once, used once.
#[async_trait]
pub trait OwnerNonceStore: Send + Sync {
    /// Remembers the SHA-256 hash of a nonce until `expires_at`, dropping expired ones. At most
    /// `capacity` are kept; the oldest go first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn issue_nonce(
        &self,
        hash: [u8; 32],
        binding: &NonceBinding,
        now: UnixMillis,
        expires_at: UnixMillis,
        capacity: u32,
    ) -> Result<(), StoreError>;

    /// Uses up a nonce: `Some` exactly once, and only before its end.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn consume_nonce(&self, hash: [u8; 32], now: UnixMillis) -> Result<Option<NonceBinding>, StoreError>;
}

/// An answer kept for a repeated request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// The body, sealed with context `idempotency:<scope>:<key>`: it may hold a token.
    pub sealed_body: Vec<u8>,
}

/// Names one claim of an idempotency key, so that only whoever made it can complete it.
///
/// Sixteen bytes from [`Random`](crate::ports::clock::Random), new for each claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimToken(pub [u8; 16]);

/// Outcome of claiming an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencyOutcome {
    /// The key is ours now, under the token that was handed in; do the work, then complete it.
    Claimed,
    /// The same request was answered before.
    Replay(StoredAnswer),
    /// The same request is being worked on.
    InProgress,
    /// The key was used with another body.
    Conflict,
}

/// Idempotency keys of everything but transactions (those are part of their rows).
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Claims `key` in `scope` (who, method and path), dropping entries older than `keep_ms`.
    /// A claim that was not completed within 60 s may be claimed again; the earlier token is void then.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn claim_key(
        &self,
        scope: &str,
        key: &str,
        fingerprint: [u8; 32],
        token: ClaimToken,
        now: UnixMillis,
        keep_ms: i64,
    ) -> Result<IdempotencyOutcome, StoreError>;

    /// Keeps the answer (`Some`) or gives the key back (`None`: the work failed and may be repeated), if the
    /// claim of `token` still stands.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it does not: the key was taken over, completed, or forgotten. Then nothing
    /// changes. [`StoreError::Unavailable`].
    async fn complete_key(
        &self,
        scope: &str,
        key: &str,
        token: ClaimToken,
        answer: Option<&StoredAnswer>,
    ) -> Result<(), StoreError>;
}

/// Small values by name, and counts.
#[async_trait]
pub trait SystemStore: Send + Sync {
    /// Reads a value.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn value(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Writes a value when the present one is exactly `expected`.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is not.
    async fn set_value(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<(), StoreError>;

    /// Transactions admitted since `since`: all, and those that FAILED.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn transaction_counts(&self, since: UnixMillis) -> Result<(u64, u64), StoreError>;

    /// The newest transactions of all wallets.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn recent_transactions(&self, limit: u32) -> Result<Vec<super::TxRow>, StoreError>;

    /// Version of the schema in use.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn schema_version(&self) -> Result<u32, StoreError>;
}
