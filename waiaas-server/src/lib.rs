//! The WAIaaS service around the engine: configuration, HTTP API, workers and command line.
//!
//! [`config`] reads the settings; [`run`] assembles the engine and owns its life from start to stop;
//! [`http`] is the API; [`auth`] proves who is calling; [`workers`] drive the engine's ticks.
//! `http`, `workers` and `cli` never import each other; they meet in [`app`].

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

pub mod app;
mod assembly;
pub mod auth;
pub mod cli;
pub mod config;
mod data_dir;
pub mod http;
pub mod logging;
mod run;
pub mod stop;
pub mod workers;

pub use run::{ReadyInfo, StartError, run};
