//! Tests of the core through its public interface.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]

mod chains;
mod counterfactual;
mod evaluation;
mod props;
mod scene;
mod zones;
