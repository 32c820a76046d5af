//! Suites that every implementation of a port must pass (feature `test-util`).
//!
//! A suite takes a factory and gives each case a fresh implementation, so that cases cannot lean on one
//! another. It panics on the first promise that is broken; run it inside a test, on a multi-threaded
//! tokio runtime (the concurrency cases spawn tasks).
//!
//! ```
//! # async fn in_a_test() {
//! use waiaas_engine::{conformance::run_store_suite, memory::MemoryStore};
//!
//! run_store_suite(|| async { MemoryStore::new() }).await;
//! # }
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a suite is test code: a broken promise must fail the test that runs it"
)]

pub mod keystore;
pub mod store;

pub use keystore::{run_keystore_suite, run_sealer_suite};
pub use store::run_store_suite;
