//! The engine of WAIaaS: a seven-stage pipeline behind ports.
//!
//! The engine is async but never spawns a task and never sleeps: waiting is stored data, and whoever
//! embeds it drives time by calling the `tick` methods. Everything it needs from the world comes in
//! through [`ports`].

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

#[cfg(feature = "test-util")]
pub mod conformance;
pub mod engine;
pub mod error;
pub mod memory;
pub mod pipeline;
pub mod ports;
pub mod prices;
pub mod services;
pub mod settings;
mod sync;
pub mod tokens;

pub use engine::{Engine, EngineParts};
pub use error::EngineError;
pub use settings::EngineSettings;
