//! What the engine needs from the world: one narrow trait per file.
//!
//! Implementations live in other crates (`waiaas-store`, `waiaas-keystore`, `waiaas-evm`) or in
//! [`crate::memory`] for tests and embedding. Ports import `waiaas-core` and the signing permit, nothing else.

pub mod chain;
pub mod clock;
pub mod keystore;
pub mod notify;
pub mod owner_proof;
pub mod prices;
pub mod store;

/// An error from below that the engine does not look into.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
