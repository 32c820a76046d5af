//! The policy engine for JavaScript: the boundary between it and the functions of the engine.
//!
//! Everything here passes texts, bytes and small numbers; the package's own JavaScript (`wasm/js`) makes a pleasant
//! interface of it. Whole numbers that may be large cross as texts or as BigInt, never as JavaScript numbers. An error
//! crosses as a text: a JSON list of issues, or a sentence.

mod book;
mod packed;
mod texts;
#[cfg(feature = "tools")]
mod tools;
#[cfg(feature = "tools")]
mod zones;

pub use book::Book;
pub use packed::pack;
pub use texts::names;
#[cfg(feature = "tools")]
pub use tools::{diff, run_scenario, template_rows, templates, validate_policy};
