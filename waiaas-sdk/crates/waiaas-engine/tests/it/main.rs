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
mod gate;
mod gated;
mod sequences;
mod siwe;
mod tiers;
mod world;
