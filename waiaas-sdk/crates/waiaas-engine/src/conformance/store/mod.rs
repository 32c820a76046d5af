//! What every [`Store`] must do: one file per noun. [`run_store_suite`] runs all of them; each file's
//! `run` can be called alone, to have one test per noun.

macro_rules! cases {
    ($($case:ident,)*) => {
        /// Runs every case of this file, each on a fresh store.
        ///
        /// # Panics
        /// When a promise is broken.
        pub async fn run<F, Fut, S>(make: &F)
        where
            F: Fn() -> Fut,
            Fut: Future<Output = S>,
            S: crate::ports::store::Store + 'static,
        {
            $($case(make().await).await;)*
        }
    };
}

pub mod admission;
pub mod approvals;
pub mod audit;
pub mod concurrency;
pub mod holds;
pub mod idempotency;
pub mod intents;
#[cfg(test)]
mod interleavings;
pub mod kill_switch;
pub mod ledger_model;
pub mod lists;
pub mod nonces;
pub mod policies;
pub mod rates;
pub mod sessions;
pub mod system;
pub mod termination;
pub mod transitions;
pub mod wallets;
mod world;

use crate::ports::store::Store;

/// Runs every case of every noun, each on a fresh store from `make`.
///
/// # Panics
/// When a promise is broken.
pub async fn run_store_suite<F, Fut, S>(make: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = S>,
    S: Store + 'static,
{
    wallets::run(&make).await;
    sessions::run(&make).await;
    policies::run(&make).await;
    admission::run(&make).await;
    transitions::run(&make).await;
    approvals::run(&make).await;
    intents::run(&make).await;
    holds::run(&make).await;
    rates::run(&make).await;
    ledger_model::run(&make).await;
    lists::run(&make).await;
    termination::run(&make).await;
    kill_switch::run(&make).await;
    nonces::run(&make).await;
    idempotency::run(&make).await;
    system::run(&make).await;
    audit::run(&make).await;
    concurrency::run(&make).await;
}
