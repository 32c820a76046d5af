//! Durable state of WAIaaS: every port of `waiaas_engine::ports::store` on one [`SqliteStore`].
//!
//! ```text
//! writes ──▶ one writer task, group commit (writer.rs) ──┐
//!                                                        ├─▶ one SQLite file, write-ahead log
//! reads  ──▶ a few read-only connections, snapshots ─────┘
//! ```
//!
//! One file per table group: `wallets`, `sessions`, `policies`, `ledger/*`, `system/*`, `audit`. SQL is plain and
//! its parameters are numbered, so that a second database needs a second set of migrations and little
//! else. To change the schema, see `schema.rs`.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

mod audit;
mod failure;
mod ledger;
mod open;
mod policies;
mod row;
mod schema;
mod sessions;
mod system;
mod wallets;
mod writer;

pub use open::{OpenError, SqliteOptions, SqliteStore};
