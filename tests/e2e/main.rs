//! The started service, a real local chain, and the people around it: what the project promises, one promise a test.
//!
//! Each test has a service and a chain of its own, and speaks to both over their sockets only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod cli;
mod control;
mod crash;
mod curl;
mod figures;
mod inputs;
mod load;
mod owner;
mod policies;
mod tiers;
mod tokens;
mod world;
