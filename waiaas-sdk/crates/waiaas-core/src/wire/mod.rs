//! JSON shapes of the HTTP API, one file per noun.
//!
//! Shapes are declared once with `wire_struct!` and carry their OpenAPI schema ([`Schema`]); component
//! names and keys are those of the original API. Request bodies are read from [`serde_json::Value`] by
//! `parse` functions that report every fault at once ([`Issues`]).

mod body;
mod contract;
mod issue;
mod number;
pub(crate) mod schema;
mod text;

pub mod admin;
pub mod balances;
pub mod health;
pub mod kill_switch;
pub mod nonce;
pub mod owners;
pub mod policies;
pub mod policy_tools;
pub mod sessions;
pub mod transactions;
pub mod wallets;

pub use contract::all_components;
pub use issue::{Issue, IssueCode, Issues, PathStep, ValidationDetails};
pub use number::{Millionths, UnixSecs};
pub use schema::{Components, Schema};
