//! What tests and the demo need around the service: a local chain, the started program, an HTTP client, an owner.
//!
//! - [`project`]: where the project is, and the program built from it.
//! - [`tools`]: programs of others, found or installed.
//! - [`python`]: the Python package, built and installed.
//! - [`wasm`], [`npm`]: the engine as WebAssembly, and the npm package around it.
//! - [`anvil`]: a local Ethereum node.
//! - [`server`]: the service in a process of its own.
//! - [`http`]: requests and answers.
//! - [`api`]: the service's API, as one kind of caller sees it.
//! - [`owner`]: a key that signs in as the owner of a wallet.
//!
//! Nothing here links the service. It is started and spoken to as its users do.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod anvil;
pub mod api;
pub mod http;
pub mod npm;
pub mod owner;
pub mod project;
pub mod python;
pub mod server;
pub mod tools;
pub mod wasm;
