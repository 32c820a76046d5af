//! Small values by name, and counts.

use super::{MemoryStore, stale};
use crate::ports::store::{StoreError, SystemStore, TxRow};
use async_trait::async_trait;
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

#[async_trait]
impl SystemStore for MemoryStore {
    async fn value(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state()?.values.get(key).cloned())
    }

    async fn set_value(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<(), StoreError> {
        let values = &mut self.state()?.values;
        let present = values.get(key).map(Vec::as_slice);
        if present != expected {
            // The value itself may be a secret: the error tells only whether there is one.
            return Err(stale(if present.is_some() { "another value" } else { "absent" }));
        }
        values.insert(key.to_owned(), value.to_vec());
        Ok(())
    }

    async fn transaction_counts(&self, since: UnixMillis) -> Result<(u64, u64), StoreError> {
        let state = self.state()?;
        let mut counts = (0_u64, 0_u64);
        for stored in state.transactions.values().filter(|stored| stored.row.created_at >= since) {
            counts.0 = counts.0.saturating_add(1);
            if stored.row.status == TxStatus::Failed {
                counts.1 = counts.1.saturating_add(1);
            }
        }
        Ok(counts)
    }

    async fn recent_transactions(&self, limit: u32) -> Result<Vec<TxRow>, StoreError> {
        let state = self.state()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(state.transactions.values().rev().take(limit).map(|stored| stored.row.clone()).collect())
    }

    /// Always 0: there is no schema.
    async fn schema_version(&self) -> Result<u32, StoreError> {
        Ok(0)
    }
}
