//! Sessions: what agents' tokens stand for.
//!
//! The engine knows tokens only by their hash. Minting and reading them is the business of whoever
//! serves them, behind [`TokenIssuer`].

use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::store::{
    Actor, AuditEntry, AuditEvent, GuardFailure, Page, SessionRow, SessionSource, Severity, StoreError, TokenHash,
    TokenReplacement,
};
use waiaas_core::error::ErrorCode;
use waiaas_core::id::{SessionId, WalletId};
use waiaas_core::session::{RENEWAL_GRACE_SECONDS, RenewalError, SessionTerms};
use waiaas_core::time::UnixMillis;
use zeroize::Zeroizing;

/// A session that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// Wallets that it may use; at least one.
    pub wallets: Vec<WalletId>,
    /// Lifetime of a token in seconds; `None` = it never ends.
    pub ttl_seconds: Option<i64>,
    /// Renewals allowed; 0 = no limit.
    pub max_renewals: u32,
    /// Lifetime of the session over all renewals, in seconds; `None` = no such end.
    pub absolute_lifetime_seconds: Option<i64>,
    /// Where it is made.
    pub source: SessionSource,
}

/// A token, shown once.
pub struct IssuedToken {
    /// The full text.
    pub text: Zeroizing<String>,
    /// Its hash, which is what is stored.
    pub hash: TokenHash,
}

/// Mints tokens.
pub trait TokenIssuer: Send + Sync {
    /// A token for `session` that says of itself that it was issued at `issued_at` and ends at
    /// `expires_at`. Two calls never give the same token.
    ///
    /// # Errors
    /// When the secret or the random source is out of reach.
    fn issue(
        &self,
        session: SessionId,
        issued_at: UnixMillis,
        expires_at: Option<UnixMillis>,
    ) -> Result<IssuedToken, EngineError>;
}

/// Sessions.
#[derive(Clone, Copy)]
pub struct Sessions<'a> {
    pub(crate) inner: &'a Inner,
}

impl Sessions<'_> {
    /// Makes a session and its first token.
    ///
    /// # Errors
    /// `WALLET_NOT_FOUND`, `WALLET_TERMINATED`, `SESSION_LIMIT_EXCEEDED`.
    pub async fn create(
        &self,
        new: NewSession,
        issuer: &dyn TokenIssuer,
    ) -> Result<(SessionRow, IssuedToken), EngineError> {
        if new.wallets.is_empty() {
            return Err(EngineError::invalid("walletIds", "name at least one wallet"));
        }
        let now = self.inner.clock.now();
        let id = SessionId::v7(now, self.inner.id_bytes()?);
        let absolute_expires_at = new.absolute_lifetime_seconds.map(|seconds| now.plus_secs(seconds));
        let expires_at = match (new.ttl_seconds.map(|seconds| now.plus_secs(seconds)), absolute_expires_at) {
            (Some(end), Some(absolute)) => Some(end.min(absolute)),
            (end, _) => end,
        };
        let token = issuer.issue(id, now, expires_at)?;
        let row = SessionRow {
            id,
            wallets: new.wallets,
            token_hash: token.hash,
            previous_token: None,
            issued_at: now,
            expires_at,
            absolute_expires_at,
            renewal_count: 0,
            max_renewals: new.max_renewals,
            last_renewed_at: None,
            token_issued_count: 1,
            source: new.source,
            created_at: now,
            revoked_at: None,
        };
        let details = serde_json::json!({
            "walletIds": row.wallets.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "expiresAt": row.expires_at.map(UnixMillis::as_secs),
            "source": row.source.as_str(),
        });
        let audit = [entry(&row, AuditEvent::SessionCreated, Actor::Master, details, now)];
        let limit = self.inner.settings.max_sessions_per_wallet;
        match self.inner.store.insert_session(&row, limit, &audit).await {
            Ok(()) => Ok((row, token)),
            Err(StoreError::LimitReached { limit }) => Err(EngineError::new(
                ErrorCode::SessionLimitExceeded,
                format!("a wallet may have {limit} live sessions; revoke one first"),
            )
            .with_detail("limit", limit)),
            Err(StoreError::NotFound) => Err(EngineError::new(ErrorCode::WalletNotFound, "no such wallet")),
            Err(StoreError::Guard(GuardFailure::WalletNotActive)) => {
                Err(EngineError::new(ErrorCode::WalletTerminated, "the wallet was terminated"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The session behind a token whose text was verified by the caller. The hash must be that of a live
    /// token: one that was replaced is dead even though its signature is still good.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`, `SESSION_REVOKED`, `SESSION_EXPIRED`, `INVALID_TOKEN`.
    pub async fn authenticate(&self, id: SessionId, hash: TokenHash) -> Result<SessionRow, EngineError> {
        let row = self.get(id).await?;
        let now = self.inner.clock.now();
        terms(&row).check_live(now).map_err(|reason| EngineError::new(reason.code(), reason.to_string()))?;
        let in_grace = row.previous_token.is_some_and(|(previous, until)| previous == hash && now < until);
        if row.token_hash != hash && !in_grace {
            return Err(EngineError::new(ErrorCode::InvalidToken, "this token was replaced by a newer one"));
        }
        Ok(row)
    }

    /// One session.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`.
    pub async fn get(&self, id: SessionId) -> Result<SessionRow, EngineError> {
        self.inner.store.session(id).await.map_err(missing)
    }

    /// Sessions that are not revoked, newest first; and how many there are.
    ///
    /// # Errors
    /// `WALLET_NOT_FOUND`.
    pub async fn list(&self, wallet: Option<WalletId>, page: Page) -> Result<(Vec<SessionRow>, u64), EngineError> {
        if let Some(wallet) = wallet {
            self.inner.wallet(wallet).await?;
        }
        Ok(self.inner.store.sessions(wallet, page).await?)
    }

    /// Exchanges the current token for a new one with a new end, under the rules of
    /// [`SessionTerms::renew`]. The old token is accepted for 30 more seconds.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND` when `id` is not the caller's, and the renewal codes.
    pub async fn renew(
        &self,
        id: SessionId,
        caller: &SessionRow,
        presented: TokenHash,
        issuer: &dyn TokenIssuer,
    ) -> Result<(SessionRow, IssuedToken), EngineError> {
        if id != caller.id {
            return Err(missing(StoreError::NotFound));
        }
        let row = self.get(id).await?;
        let now = self.inner.clock.now();
        let expires_at = terms(&row).renew(now, row.token_hash == presented).map_err(renewal)?;
        let token = issuer.issue(id, now, Some(expires_at))?;
        let replacement = TokenReplacement {
            expected: presented,
            token_hash: token.hash,
            grace_until: Some(now.plus_secs(RENEWAL_GRACE_SECONDS)),
            expires_at: Some(expires_at),
            renewal: true,
            at: now,
        };
        let details = serde_json::json!({ "expiresAt": expires_at.as_secs() });
        let audit = [entry(&row, AuditEvent::SessionRenewed, Actor::Session(id), details, now)];
        let row = self.inner.store.replace_token(id, &replacement, &audit).await.map_err(|error| match error {
            StoreError::Stale { .. } => renewal(RenewalError::Mismatch),
            other => missing(other),
        })?;
        Ok((row, token))
    }

    /// Replaces the token at once and keeps the end. The old token is dead immediately.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND` (also when it has expired), `SESSION_REVOKED`, `SESSION_RENEWAL_MISMATCH` when
    /// another replacement was faster.
    pub async fn rotate(
        &self,
        id: SessionId,
        issuer: &dyn TokenIssuer,
    ) -> Result<(SessionRow, IssuedToken), EngineError> {
        let row = self.get(id).await?;
        let now = self.inner.clock.now();
        if row.revoked_at.is_some() {
            return Err(EngineError::new(ErrorCode::SessionRevoked, "the session was revoked"));
        }
        if !row.is_live(now) {
            return Err(missing(StoreError::NotFound));
        }
        let token = issuer.issue(id, now, row.expires_at)?;
        let replacement = TokenReplacement {
            expected: row.token_hash,
            token_hash: token.hash,
            grace_until: None,
            expires_at: row.expires_at,
            renewal: false,
            at: now,
        };
        let audit = [entry(&row, AuditEvent::SessionRotated, Actor::Master, serde_json::json!({}), now)];
        let row = self.inner.store.replace_token(id, &replacement, &audit).await.map_err(|error| match error {
            StoreError::Stale { .. } => {
                EngineError::new(ErrorCode::SessionRenewalMismatch, "the token was replaced by somebody else meanwhile")
            }
            other => missing(other),
        })?;
        Ok((row, token))
    }

    /// Ends a session: its token fails from the next request on, and what waits for it is not signed.
    /// Returns `false` when it had been ended before.
    ///
    /// # Errors
    /// `SESSION_NOT_FOUND`.
    pub async fn revoke(&self, id: SessionId) -> Result<bool, EngineError> {
        let row = self.get(id).await?;
        let now = self.inner.clock.now();
        let audit = [entry(&row, AuditEvent::SessionRevoked, Actor::Master, serde_json::json!({}), now)];
        self.inner.store.revoke_session(id, now, &audit).await.map_err(missing)
    }

    /// Ends every live session of a wallet.
    ///
    /// # Errors
    /// `WALLET_NOT_FOUND`.
    pub async fn revoke_for_wallet(&self, wallet: WalletId) -> Result<Vec<SessionId>, EngineError> {
        self.inner.wallet(wallet).await?;
        let now = self.inner.clock.now();
        let audit = AuditEntry {
            at: now,
            event: AuditEvent::SessionRevoked,
            actor: Actor::Master,
            severity: Severity::Warning,
            wallet: Some(wallet),
            session: None,
            tx: None,
            details: serde_json::json!({ "emergency": true }),
        };
        Ok(self.inner.store.revoke_sessions_of(wallet, now, &audit).await?)
    }
}

/// The terms of a row, for the rules in the core.
fn terms(row: &SessionRow) -> SessionTerms {
    SessionTerms {
        created_at: row.created_at,
        issued_at: row.issued_at,
        expires_at: row.expires_at,
        renewal_count: row.renewal_count,
        max_renewals: row.max_renewals,
        absolute_expires_at: row.absolute_expires_at,
        revoked_at: row.revoked_at,
    }
}

fn renewal(error: RenewalError) -> EngineError {
    let retry_after = match error {
        RenewalError::TooEarly { wait_seconds } => u64::try_from(wait_seconds).ok(),
        _ => None,
    };
    EngineError::new(error.code(), error.to_string()).with_retry_after(retry_after)
}

fn missing(error: StoreError) -> EngineError {
    match error {
        StoreError::NotFound => EngineError::new(ErrorCode::SessionNotFound, "no such session"),
        other => other.into(),
    }
}

fn entry(row: &SessionRow, event: AuditEvent, actor: Actor, details: serde_json::Value, at: UnixMillis) -> AuditEntry {
    AuditEntry {
        at,
        event,
        actor,
        severity: Severity::Info,
        wallet: row.wallets.first().copied(),
        session: Some(row.id),
        tx: None,
        details,
    }
}
