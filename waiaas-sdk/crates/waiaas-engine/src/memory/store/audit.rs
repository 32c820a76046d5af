//! The audit log.

use super::MemoryStore;
use crate::ports::store::{AuditEntry, AuditLog, AuditRecord, StoreError};
use async_trait::async_trait;
use waiaas_core::id::TxId;

/// The log; only ever appended to.
#[derive(Debug, Default)]
pub(super) struct AuditTrail {
    records: Vec<AuditRecord>,
}

impl AuditTrail {
    pub(super) fn append(&mut self, entries: &[AuditEntry]) {
        for entry in entries {
            let id = self.records.last().map_or(1, |last| last.id.saturating_add(1));
            self.records.push(AuditRecord {
                id,
                at: entry.at,
                event: entry.event.as_str().to_owned(),
                actor: entry.actor.to_string(),
                severity: entry.severity,
                wallet: entry.wallet,
                session: entry.session,
                tx: entry.tx,
                details: entry.details.clone(),
            });
        }
    }
}

#[async_trait]
impl AuditLog for MemoryStore {
    async fn append(&self, entries: &[AuditEntry]) -> Result<(), StoreError> {
        self.state()?.audit.append(entries);
        Ok(())
    }

    async fn entries(&self, tx: Option<TxId>, before: Option<i64>, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        let state = self.state()?;
        Ok(state
            .audit
            .records
            .iter()
            .rev()
            .filter(|record| before.is_none_or(|before| record.id < before))
            .filter(|record| tx.is_none() || record.tx == tx)
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .cloned()
            .collect())
    }
}
