//! The pure heart of WAIaaS: values, rules and wire shapes.
//!
//! Nothing in this crate performs I/O, reads a clock, draws randomness or computes with floats.
//! Everything a function needs is an argument, so the same code gives the same answer natively, in
//! WebAssembly and in Python. The dependency list in `Cargo.toml` is closed; `tests/tidy` asserts it.
//!
//! Reading order: [`money`], [`chain`] and [`address`] are the values; [`tx`] says what a transaction
//! is and what it does; [`policy`] decides; [`wire`] holds the JSON shapes of the HTTP API.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

pub mod address;
pub mod chain;
pub mod error;
pub mod id;
pub mod money;
pub mod policy;
pub mod session;
pub mod time;
pub mod tx;
pub mod wallet;
pub mod wire;
