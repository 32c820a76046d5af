//! Wallet rows.

use super::state::{HoldState, State};
use super::{MemoryStore, stale};
use crate::ports::store::{AuditEntry, FailureNote, OwnerRecord, StoreError, Terminated, WalletRow, WalletStore};
use async_trait::async_trait;
use waiaas_core::address::Address;
use waiaas_core::id::{TxId, WalletId};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;

#[async_trait]
impl WalletStore for MemoryStore {
    async fn insert_wallet(&self, wallet: &WalletRow) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if let Some(present) = state.wallets.get(&wallet.id) {
            return Err(stale(present.status));
        }
        state.wallets.insert(wallet.id, wallet.clone());
        Ok(())
    }

    async fn activate_wallet(
        &self,
        id: WalletId,
        address: &Address,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError> {
        self.change_wallet(id, audit, |wallet| {
            if wallet.status != WalletStatus::Creating {
                return Err(stale(wallet.status));
            }
            wallet.status = WalletStatus::Active;
            wallet.address = Some(*address);
            wallet.updated_at = at;
            Ok(())
        })
    }

    async fn discard_wallet(&self, id: WalletId) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let status = state.wallet(id)?.status;
        if status != WalletStatus::Creating {
            return Err(stale(status));
        }
        state.wallets.remove(&id);
        Ok(())
    }

    async fn wallet(&self, id: WalletId) -> Result<WalletRow, StoreError> {
        self.state()?.wallet(id).cloned()
    }

    async fn wallets(&self) -> Result<Vec<WalletRow>, StoreError> {
        let mut wallets: Vec<_> = self.state()?.wallets.values().cloned().collect();
        wallets.sort_by_key(|wallet| (wallet.created_at, wallet.id));
        Ok(wallets)
    }

    async fn move_wallet(
        &self,
        id: WalletId,
        from: WalletStatus,
        to: WalletStatus,
        reason: Option<&str>,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError> {
        self.change_wallet(id, audit, |wallet| {
            let moves =
                [(WalletStatus::Active, WalletStatus::Suspended), (WalletStatus::Suspended, WalletStatus::Active)];
            if wallet.status != from || !moves.contains(&(from, to)) {
                return Err(stale(wallet.status));
            }
            if to == WalletStatus::Suspended {
                suspend(wallet, reason, at);
            } else {
                resume(wallet, at);
            }
            Ok(())
        })
    }

    async fn terminate_wallet(
        &self,
        id: WalletId,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Terminated, StoreError> {
        let mut state = self.state()?;
        let wallet = state.wallet_mut(id)?;
        if !matches!(wallet.status, WalletStatus::Active | WalletStatus::Suspended) {
            return Err(stale(wallet.status));
        }
        wallet.status = WalletStatus::Terminated;
        wallet.updated_at = at;

        let note =
            FailureNote { code: "WALLET_TERMINATED".to_owned(), message: "the wallet was terminated".to_owned() };
        let cancelled = cancel_unsigned(&mut state, Some(id), &note, at);
        let mut revoked = Vec::new();
        for session in state.sessions.values_mut() {
            let linked = session.wallets.contains(&id);
            session.wallets.retain(|wallet| *wallet != id);
            if linked && session.wallets.is_empty() && session.revoked_at.is_none() {
                session.revoked_at = Some(at);
                revoked.push(session.id);
            }
        }
        state.audit.append(audit);
        Ok(Terminated { cancelled, revoked })
    }

    async fn rename_wallet(
        &self,
        id: WalletId,
        name: &str,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError> {
        self.change_wallet(id, audit, |wallet| {
            if wallet.status == WalletStatus::Terminated {
                return Err(stale(wallet.status));
            }
            name.clone_into(&mut wallet.name);
            wallet.updated_at = at;
            Ok(())
        })
    }

    async fn set_owner(
        &self,
        id: WalletId,
        expected: Option<&OwnerRecord>,
        owner: &OwnerRecord,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError> {
        self.change_wallet(id, audit, |wallet| {
            if wallet.owner.as_ref() != expected {
                return Err(stale(wallet.owner_state()));
            }
            wallet.owner = Some(owner.clone());
            wallet.updated_at = at;
            Ok(())
        })
    }
}

impl MemoryStore {
    /// Changes one wallet and records it; `change` must not touch the row when it refuses.
    fn change_wallet(
        &self,
        id: WalletId,
        audit: &[AuditEntry],
        change: impl FnOnce(&mut WalletRow) -> Result<(), StoreError>,
    ) -> Result<WalletRow, StoreError> {
        let mut state = self.state()?;
        let wallet = state.wallet_mut(id)?;
        change(wallet)?;
        let row = wallet.clone();
        state.audit.append(audit);
        Ok(row)
    }
}

pub(super) fn suspend(wallet: &mut WalletRow, reason: Option<&str>, at: UnixMillis) {
    wallet.status = WalletStatus::Suspended;
    wallet.suspended_at = Some(at);
    wallet.suspension_reason = reason.map(str::to_owned);
    wallet.updated_at = at;
}

pub(super) fn resume(wallet: &mut WalletRow, at: UnixMillis) {
    wallet.status = WalletStatus::Active;
    wallet.suspended_at = None;
    wallet.suspension_reason = None;
    wallet.updated_at = at;
}

/// Withdraws what is not signed yet, of one wallet or of all, oldest first.
pub(super) fn cancel_unsigned(
    state: &mut State,
    wallet: Option<WalletId>,
    note: &FailureNote,
    at: UnixMillis,
) -> Vec<TxId> {
    let ids: Vec<TxId> = state
        .transactions
        .values()
        .filter(|stored| wallet.is_none_or(|wallet| stored.row.wallet == wallet) && state.is_withdrawable(stored))
        .map(|stored| stored.row.id)
        .collect();
    for id in &ids {
        if let Some(stored) = state.transactions.get_mut(id) {
            stored.row.status = TxStatus::Cancelled;
            stored.row.updated_at = at;
            stored.row.delay_until = None;
            stored.row.failure = Some(note.clone());
            stored.hold_state = HoldState::Released;
            if let Some(approval) = &mut stored.approval {
                approval.closed = true;
            }
        }
    }
    ids
}
