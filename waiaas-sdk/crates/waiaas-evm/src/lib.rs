//! The EVM adapter: reads accounts and tokens of one EVM network and gets transactions onto it at most
//! once.
//!
//! [`EvmAdapter`] implements the engine's chain ports; [`EvmOwnerVerifier`] checks the signatures of
//! owners. Transactions, RLP and ABI come from alloy. The JSON-RPC client is our own (`rpc`), for three
//! reasons: a send must never be repeated by a layer below us; "the node refused" and "we do not know"
//! must stay apart down to the socket; and endpoint addresses hold credentials that no log line may show.
//!
//! This crate holds no key and signs nothing.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

mod abi;
mod adapter;
mod broadcast;
mod cached;
mod draft;
mod encoding;
mod endpoint;
mod fees;
mod follow;
mod recovery;
mod revert;
mod rpc;
mod tokens;
mod verify;

pub use adapter::{EvmAdapter, EvmOptions, SetupError};
pub use endpoint::EndpointError;
pub use rpc::HttpPool;
pub use verify::EvmOwnerVerifier;
