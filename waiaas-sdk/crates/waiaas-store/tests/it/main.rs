//! What SQLite adds to the contract of the store: durability, crash safety, groups, file modes.
//! The contract itself is checked by the engine's conformance suite.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]

mod concurrency;
mod conformance;
mod crash;
mod damage;
mod durability;
mod fixture;
mod ledger;
