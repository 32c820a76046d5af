//! The engine of WAIaaS: a seven-stage pipeline behind ports.
//!
//! The engine is async but never spawns a task and never sleeps: waiting is stored data, and whoever
//! embeds it drives time by calling the `tick` methods. Everything it needs from the world comes in
//! through [`ports`].

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::as_conversions
    )
)]

pub mod pipeline;
pub mod ports;
