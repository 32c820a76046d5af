//! WAIaaS as a library: every part of the service under one name.
//!
//! | Module | What it is | Feature |
//! |---|---|---|
//! | [`core`] | values, rules, the policy evaluator: pure | always |
//! | [`engine`] | the pipeline behind ports, and in-memory adapters | always |
//! | `evm` | EVM networks | `evm` |
//! | `keystore` | keys in encrypted files | `keystore` |
//! | `store` | durable state in SQLite | `sqlite` |
//!
//! There is no builder: [`engine::EngineParts`] names every part, none is optional, and leaving one out does
//! not compile. With all features on, the documentation of this crate goes on with the project's README,
//! whose embedding example is compiled and run with the tests.
#![cfg_attr(
    all(feature = "evm", feature = "keystore", feature = "sqlite"),
    doc = "\n---\n",
    doc = include_str!("../../README.md")
)]

pub use waiaas_core as core;
pub use waiaas_engine as engine;
#[cfg(feature = "evm")]
pub use waiaas_evm as evm;
#[cfg(feature = "keystore")]
pub use waiaas_keystore as keystore;
#[cfg(feature = "sqlite")]
pub use waiaas_store as store;
