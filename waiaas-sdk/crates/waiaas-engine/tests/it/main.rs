//! Integration tests of the engine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "tests fail by panicking"
)]

mod broadcast;
mod conformance;
mod crash;
mod decisions;
mod dry_run;
mod gate;
mod gated;
mod idempotency;
mod kill_switch;
mod owner;
mod replay;
mod sequences;
mod sessions;
mod siwe;
mod tiers;
mod waiting;
mod wallets;
mod world;
