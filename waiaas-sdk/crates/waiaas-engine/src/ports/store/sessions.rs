//! Session rows. Tokens themselves are never stored, only their SHA-256 hashes.

use super::{AuditEntry, Page, StoreError};
use async_trait::async_trait;
use waiaas_core::id::{SessionId, WalletId};
use waiaas_core::time::UnixMillis;
pub use waiaas_core::wire::sessions::SessionSource;

/// SHA-256 of a full token text, prefix included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Id.
    pub id: SessionId,
    /// Wallets that it may use, in the order of linking. Never empty unless revoked.
    pub wallets: Vec<WalletId>,
    /// Hash of the current token.
    pub token_hash: TokenHash,
    /// The token before, and until when it is still accepted (renewal grace).
    pub previous_token: Option<(TokenHash, UnixMillis)>,
    /// When the current token was issued.
    pub issued_at: UnixMillis,
    /// When the session ends; `None` = never.
    pub expires_at: Option<UnixMillis>,
    /// Beyond which it cannot be renewed; `None` = no such end.
    pub absolute_expires_at: Option<UnixMillis>,
    /// Renewals so far.
    pub renewal_count: u32,
    /// Renewals allowed; 0 = no limit.
    pub max_renewals: u32,
    /// Last renewal.
    pub last_renewed_at: Option<UnixMillis>,
    /// Tokens issued so far.
    pub token_issued_count: u32,
    /// Where it was made.
    pub source: SessionSource,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was ended by hand.
    pub revoked_at: Option<UnixMillis>,
}

impl SessionRow {
    /// Neither revoked nor past its end at `now`.
    #[must_use]
    pub fn is_live(&self, now: UnixMillis) -> bool {
        self.revoked_at.is_none()
            && self.expires_at.is_none_or(|end| now < end)
            && self.absolute_expires_at.is_none_or(|end| now < end)
    }
}

/// A new token for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenReplacement {
    /// Hash of the token that must be current; the swap fails when it is not.
    pub expected: TokenHash,
    /// Hash of the new token.
    pub token_hash: TokenHash,
    /// Until when the replaced token is still accepted; `None` = not at all.
    pub grace_until: Option<UnixMillis>,
    /// The new end of the session.
    pub expires_at: Option<UnixMillis>,
    /// Counts as a renewal.
    pub renewal: bool,
    /// When.
    pub at: UnixMillis,
}

/// Session rows.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Inserts a session when each of its wallets is ACTIVE or SUSPENDED and has fewer than
    /// `limit_per_wallet` live sessions, counted in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::LimitReached`]; [`StoreError::NotFound`] for an unknown wallet;
    /// [`StoreError::Guard`] for a terminated one.
    async fn insert_session(
        &self,
        session: &SessionRow,
        limit_per_wallet: u32,
        audit: &[AuditEntry],
    ) -> Result<(), StoreError>;

    /// One session, revoked and expired ones included.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn session(&self, id: SessionId) -> Result<SessionRow, StoreError>;

    /// Sessions that are not revoked, newest first, optionally of one wallet; and how many there are.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn sessions(&self, wallet: Option<WalletId>, page: Page) -> Result<(Vec<SessionRow>, u64), StoreError>;

    /// Swaps the token of a session that is not revoked.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the current token is not the expected one or the session is revoked.
    async fn replace_token(
        &self,
        id: SessionId,
        replacement: &TokenReplacement,
        audit: &[AuditEntry],
    ) -> Result<SessionRow, StoreError>;

    /// Ends a session. Returns `false` when it had ended by hand before.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn revoke_session(&self, id: SessionId, at: UnixMillis, audit: &[AuditEntry]) -> Result<bool, StoreError>;

    /// Ends every live session that is linked to `wallet`; returns their ids. The audit entry is
    /// written once per ended session, with its id filled in.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown wallet.
    async fn revoke_sessions_of(
        &self,
        wallet: WalletId,
        at: UnixMillis,
        audit: &AuditEntry,
    ) -> Result<Vec<SessionId>, StoreError>;

    /// How many sessions are live at `now`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn live_session_count(&self, now: UnixMillis) -> Result<u64, StoreError>;
}
