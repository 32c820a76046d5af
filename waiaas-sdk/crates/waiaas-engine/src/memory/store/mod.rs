//! The store: all nouns behind one mutex.
//!
//! Every method looks at everything that could stop it before it changes the first field, so an error
//! leaves no trace; and it holds the one lock from beginning to end, so it is atomic.

mod audit;
mod facts;
mod idempotency;
mod intents;
mod kill_switch;
mod ledger;
mod nonces;
mod policies;
mod sessions;
mod state;
mod system;
mod transitions;
mod wallets;

use crate::ports::store::StoreError;
use crate::sync::{Mutex, MutexGuard};
use state::State;

/// Durable state without the durability: everything is gone when the process ends.
///
/// Sums over a wallet's ledger look at all of its transactions, so admission slows down linearly as
/// they grow in number.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

impl MemoryStore {
    /// An empty store in normal operation.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        // A panic inside a change leaves it half done: nothing may be decided on such a state.
        self.state.lock().map_err(|_| StoreError::Unavailable("a change to the state was interrupted".into()))
    }
}

fn stale(current: impl core::fmt::Display) -> StoreError {
    StoreError::Stale { current: current.to_string() }
}
