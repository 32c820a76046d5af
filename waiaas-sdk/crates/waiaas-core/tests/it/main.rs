//! Tests of the core through its public interface.

#![allow(clippy::disallowed_methods, reason = "the runner reads the vectors from files; the core itself reads nothing")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]

mod actions;
mod chains;
mod counterfactual;
mod evaluation;
mod history;
mod props;
mod request;
mod scene;
mod vectors;
mod world;
mod zones;
