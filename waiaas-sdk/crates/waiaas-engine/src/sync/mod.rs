//! The locks behind which callers race for money, named once: the ledger in memory, the lanes, and the set of
//! what is being executed.
//!
//! The tests inside this crate put the locks of a model checker in their place, so that the code that is
//! checked is the code that runs. Such a lock works inside [`explore`](explore::explore) only.

#[cfg(test)]
pub(crate) mod explore;

#[cfg(test)]
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
#[cfg(not(test))]
pub(crate) use std::sync::{Mutex, MutexGuard};
