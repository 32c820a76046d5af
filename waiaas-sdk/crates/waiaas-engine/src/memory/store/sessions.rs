//! Session rows.

use super::{MemoryStore, stale};
use crate::ports::store::{AuditEntry, GuardFailure, Page, SessionRow, SessionStore, StoreError, TokenReplacement};
use async_trait::async_trait;
use waiaas_core::id::{SessionId, WalletId};
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::WalletStatus;

#[async_trait]
impl SessionStore for MemoryStore {
    async fn insert_session(
        &self,
        session: &SessionRow,
        limit_per_wallet: u32,
        audit: &[AuditEntry],
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if state.sessions.contains_key(&session.id) {
            return Err(stale("present"));
        }
        for id in &session.wallets {
            let status = state.wallet(*id)?.status;
            if !matches!(status, WalletStatus::Active | WalletStatus::Suspended) {
                return Err(StoreError::Guard(GuardFailure::WalletNotActive));
            }
            let live = state
                .sessions
                .values()
                .filter(|row| row.is_live(session.created_at) && row.wallets.contains(id))
                .count();
            if live >= usize::try_from(limit_per_wallet).unwrap_or(usize::MAX) {
                return Err(StoreError::LimitReached { limit: limit_per_wallet });
            }
        }
        state.sessions.insert(session.id, session.clone());
        state.audit.append(audit);
        Ok(())
    }

    async fn session(&self, id: SessionId) -> Result<SessionRow, StoreError> {
        self.state()?.sessions.get(&id).cloned().ok_or(StoreError::NotFound)
    }

    async fn sessions(&self, wallet: Option<WalletId>, page: Page) -> Result<(Vec<SessionRow>, u64), StoreError> {
        let state = self.state()?;
        let mut found: Vec<&SessionRow> = state
            .sessions
            .values()
            .filter(|row| row.revoked_at.is_none())
            .filter(|row| wallet.is_none_or(|wallet| row.wallets.contains(&wallet)))
            .collect();
        found.sort_by_key(|row| core::cmp::Reverse((row.created_at, row.id)));
        let (rows, total) = cut(found, page);
        Ok((rows.into_iter().cloned().collect(), total))
    }

    async fn replace_token(
        &self,
        id: SessionId,
        replacement: &TokenReplacement,
        audit: &[AuditEntry],
    ) -> Result<SessionRow, StoreError> {
        let mut state = self.state()?;
        let session = state.sessions.get_mut(&id).ok_or(StoreError::NotFound)?;
        if session.revoked_at.is_some() {
            return Err(stale("revoked"));
        }
        if session.token_hash != replacement.expected {
            return Err(stale("replaced"));
        }
        session.previous_token = replacement.grace_until.map(|until| (session.token_hash, until));
        session.token_hash = replacement.token_hash;
        session.issued_at = replacement.at;
        session.expires_at = replacement.expires_at;
        session.token_issued_count = session.token_issued_count.saturating_add(1);
        if replacement.renewal {
            session.renewal_count = session.renewal_count.saturating_add(1);
            session.last_renewed_at = Some(replacement.at);
        }
        let row = session.clone();
        state.audit.append(audit);
        Ok(row)
    }

    async fn revoke_session(&self, id: SessionId, at: UnixMillis, audit: &[AuditEntry]) -> Result<bool, StoreError> {
        let mut state = self.state()?;
        let session = state.sessions.get_mut(&id).ok_or(StoreError::NotFound)?;
        if session.revoked_at.is_some() {
            return Ok(false);
        }
        session.revoked_at = Some(at);
        state.audit.append(audit);
        Ok(true)
    }

    async fn revoke_sessions_of(
        &self,
        wallet: WalletId,
        at: UnixMillis,
        audit: &AuditEntry,
    ) -> Result<Vec<SessionId>, StoreError> {
        let mut state = self.state()?;
        state.wallet(wallet)?;
        let mut ended = Vec::new();
        for session in state.sessions.values_mut() {
            if session.is_live(at) && session.wallets.contains(&wallet) {
                session.revoked_at = Some(at);
                ended.push(session.id);
            }
        }
        for id in &ended {
            state.audit.append(&[AuditEntry { session: Some(*id), ..audit.clone() }]);
        }
        Ok(ended)
    }

    async fn live_session_count(&self, now: UnixMillis) -> Result<u64, StoreError> {
        let live = self.state()?.sessions.values().filter(|row| row.is_live(now)).count();
        Ok(u64::try_from(live).unwrap_or(u64::MAX))
    }
}

/// One page of `rows`, and how many there are altogether.
pub(super) fn cut<T>(rows: Vec<T>, page: Page) -> (Vec<T>, u64) {
    let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let size = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    (rows.into_iter().skip(size(page.offset)).take(size(page.limit)).collect(), total)
}
