//! Which transactions are being executed right now in this process, so that two callers never work on
//! the same one. The database's compare-and-set is what makes that safe; this only avoids wasted work.

use crate::sync::Mutex;
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};
use waiaas_core::id::TxId;

/// The set.
#[derive(Default)]
pub(crate) struct Running(Arc<Mutex<BTreeSet<TxId>>>);

/// A place in the set; leaves it when dropped. Whoever works on the transaction holds it, so it travels
/// with the work.
pub(crate) struct Place {
    running: Arc<Mutex<BTreeSet<TxId>>>,
    tx: TxId,
}

impl Running {
    /// Enters the set, or `None` when somebody else is at it.
    pub(crate) fn enter(&self, tx: TxId) -> Option<Place> {
        let entered = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(tx);
        // Lazily: a place that was not won must not be made, because dropping it would free the winner's.
        entered.then(|| Place { running: Arc::clone(&self.0), tx })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.tx);
    }
}
