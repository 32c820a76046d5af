//! Policy rows.

use super::MemoryStore;
use super::sessions::cut;
use super::stale;
use crate::ports::store::{AuditEntry, GuardFailure, Page, PolicyPatch, PolicySnapshot, PolicyStore, StoreError};
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::policy::PolicyRow;
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::WalletStatus;

/// The rows, and the snapshot that every reader shares until the next change.
#[derive(Debug)]
pub(super) struct PolicyTable {
    rows: BTreeMap<PolicyId, PolicyRow>,
    snapshot: PolicySnapshot,
}

impl Default for PolicyTable {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), snapshot: PolicySnapshot { epoch: 0, rows: Arc::from([]) } }
    }
}

impl PolicyTable {
    pub(super) fn snapshot(&self) -> PolicySnapshot {
        self.snapshot.clone()
    }

    /// To be called after every change of the rows.
    fn publish(&mut self) {
        let mut rows: Vec<PolicyRow> = self.rows.values().cloned().collect();
        rows.sort_by_key(|row| core::cmp::Reverse((row.priority, row.created_at, row.id)));
        self.snapshot = PolicySnapshot { epoch: self.snapshot.epoch.saturating_add(1), rows: rows.into() };
    }
}

#[async_trait]
impl PolicyStore for MemoryStore {
    async fn insert_policy(&self, row: &PolicyRow, audit: &[AuditEntry]) -> Result<(), StoreError> {
        let mut state = self.state()?;
        if state.policies.rows.contains_key(&row.id) {
            return Err(stale("present"));
        }
        if let Some(wallet) = row.wallet
            && state.wallet(wallet)?.status == WalletStatus::Terminated
        {
            return Err(StoreError::Guard(GuardFailure::WalletNotActive));
        }
        state.policies.rows.insert(row.id, row.clone());
        state.policies.publish();
        state.audit.append(audit);
        Ok(())
    }

    async fn policy(&self, id: PolicyId) -> Result<PolicyRow, StoreError> {
        self.state()?.policies.rows.get(&id).cloned().ok_or(StoreError::NotFound)
    }

    async fn policies(&self, wallet: Option<WalletId>, page: Page) -> Result<(Vec<PolicyRow>, u64), StoreError> {
        let snapshot = self.state()?.policies.snapshot();
        let in_scope = |row: &&PolicyRow| wallet.is_none() || row.wallet.is_none() || row.wallet == wallet;
        let (rows, total) = cut(snapshot.rows.iter().filter(in_scope).collect(), page);
        Ok((rows.into_iter().cloned().collect(), total))
    }

    async fn update_policy(
        &self,
        id: PolicyId,
        patch: &PolicyPatch,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<PolicyRow, StoreError> {
        let mut state = self.state()?;
        let row = state.policies.rows.get_mut(&id).ok_or(StoreError::NotFound)?;
        if let Some(rules) = &patch.rules {
            row.rules.clone_from(rules);
        }
        row.priority = patch.priority.unwrap_or(row.priority);
        row.enabled = patch.enabled.unwrap_or(row.enabled);
        row.ceiling = patch.ceiling.unwrap_or(row.ceiling);
        row.updated_at = at;
        let row = row.clone();
        state.policies.publish();
        state.audit.append(audit);
        Ok(row)
    }

    async fn delete_policy(&self, id: PolicyId, audit: &[AuditEntry]) -> Result<(), StoreError> {
        let mut state = self.state()?;
        state.policies.rows.remove(&id).ok_or(StoreError::NotFound)?;
        state.policies.publish();
        state.audit.append(audit);
        Ok(())
    }

    async fn policy_snapshot(&self) -> Result<PolicySnapshot, StoreError> {
        Ok(self.state()?.policies.snapshot())
    }
}
