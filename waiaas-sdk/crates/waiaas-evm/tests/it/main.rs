//! The adapter against a real node (anvil), and against nodes that misbehave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod anvil;
mod gateway;
mod key;

mod sending;
mod simulation;
mod tokens;
mod trouble;
