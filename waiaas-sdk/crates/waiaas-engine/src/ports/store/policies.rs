//! Policy rows.

use super::{AuditEntry, Page, StoreError};
use async_trait::async_trait;
use std::sync::Arc;
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::policy::PolicyRow;
use waiaas_core::time::UnixMillis;

/// All policy rows at one moment.
#[derive(Clone, Debug)]
pub struct PolicySnapshot {
    /// Grows with every change of any row, so equal epochs mean equal rows.
    pub epoch: u64,
    /// The rows, disabled ones included.
    pub rows: Arc<[PolicyRow]>,
}

/// What a policy update may change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyPatch {
    /// Replaces the rules as a whole (JSON text, already validated).
    pub rules: Option<String>,
    /// Another priority.
    pub priority: Option<i64>,
    /// On or off.
    pub enabled: Option<bool>,
    /// Whether more specific rows may loosen it.
    pub ceiling: Option<bool>,
}

/// Policy rows.
#[async_trait]
pub trait PolicyStore: Send + Sync {
    /// Inserts a row.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown wallet, [`StoreError::Guard`] for a terminated one.
    async fn insert_policy(&self, row: &PolicyRow, audit: &[AuditEntry]) -> Result<(), StoreError>;

    /// One row.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn policy(&self, id: PolicyId) -> Result<PolicyRow, StoreError>;

    /// Rows by descending priority, then newest first: all of them, or those of `wallet` and the global
    /// ones; and how many there are.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn policies(&self, wallet: Option<WalletId>, page: Page) -> Result<(Vec<PolicyRow>, u64), StoreError>;

    /// Changes a row; returns it as it is now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn update_policy(
        &self,
        id: PolicyId,
        patch: &PolicyPatch,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<PolicyRow, StoreError>;

    /// Removes a row.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn delete_policy(&self, id: PolicyId, audit: &[AuditEntry]) -> Result<(), StoreError>;

    /// All rows at this moment. Cheap when nothing has changed since the last call.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn policy_snapshot(&self) -> Result<PolicySnapshot, StoreError>;
}
