//! WAIaaS as a library: a wallet service for agents inside your own program.
//!
//! You hand out sessions instead of keys. What a session asks for is judged by policies and then executed at
//! once, executed with a notice, held for a while, held until the owner signs, or denied; limits hold at every
//! instant, and what was decided survives a crash.
//!
//! # The whole of it, in memory
//!
//! ```
//! use serde_json::json;
//! use waiaas_sdk::core::chain::{ChainKind, Environment, Network};
//! use waiaas_sdk::core::money::{BaseUnits, Price};
//! use waiaas_sdk::core::policy::{PolicyType, Tier};
//! use waiaas_sdk::core::tx::{Amount, TxRequest, TxStatus};
//! use waiaas_sdk::engine::ports::store::SessionSource;
//! use waiaas_sdk::engine::services::{policies::NewPolicy, sessions::NewSession};
//! use waiaas_sdk::engine::services::{transactions::Submission, wallets::NewWallet};
//! use waiaas_sdk::{drive, presets};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let network = Network::EthereumSepolia;
//! let world = presets::in_memory(network).await?;
//! world.prices.set(network.native_asset(), Price::parse("2000")?);
//! let engine = &world.engine;
//!
//! // The operator makes a wallet, says what may happen with it, and hands out a session.
//! let (chain, environment) = (ChainKind::Ethereum, Environment::Testnet);
//! let wallet = engine.wallets().create(NewWallet { name: "bot".to_owned(), chain, environment }).await?;
//! let account = wallet.address.ok_or("a new wallet has an address")?;
//! world.chain.credit(&account, BaseUnits::from_human("1", 18)?);
//! let rules = json!({ "instant_max_usd": 10, "delay_max_usd": 1000, "delay_seconds": 300 });
//! let policy_type = PolicyType::SpendingLimit;
//! let scope = Some(wallet.id);
//! engine
//!     .policies()
//!     .create(NewPolicy { wallet: scope, network: None, policy_type, rules, priority: 0, enabled: true, ceiling: false })
//!     .await?;
//! let session = NewSession {
//!     wallets: vec![wallet.id],
//!     ttl_seconds: Some(86_400),
//!     max_renewals: 0,
//!     absolute_lifetime_seconds: None,
//!     source: SessionSource::Api,
//! };
//! let (session, _) = engine.sessions().create(session, &world.tokens).await?;
//!
//! // The agent asks. 0.004 ETH are $8 and go at once; 0.1 ETH are $200 and wait five minutes.
//! let ask = |amount: &str| Submission {
//!     wallet: wallet.id,
//!     session: session.id,
//!     network: Some(network),
//!     request: TxRequest::Transfer { to: account, amount: Amount::Human(amount.to_owned()), memo: None },
//!     idempotency_key: None,
//! };
//! let small = engine.transactions().send(ask("0.004")).await?.row;
//! let large = engine.transactions().send(ask("0.1")).await?.row;
//! assert_eq!((small.tier, large.tier), (Some(Tier::Instant), Some(Tier::Delay)));
//!
//! // Nothing happens by itself: somebody drives the engine.
//! drive::round(engine).await?;
//! let (small, _) = engine.transactions().get(small.id).await?;
//! let (large, _) = engine.transactions().get(large.id).await?;
//! assert_eq!((small.status, large.status), (TxStatus::Confirmed, TxStatus::Queued));
//! # Ok(())
//! # }
//! ```
//!
//! # With real keys and a real chain
//!
//! `presets::local` (feature `local`) opens or makes a data directory: SQLite, encrypted keys, EVM networks by
//! JSON-RPC, the clock and the randomness of the machine.
//!
//! # With parts of your own
//!
//! Every part of an engine stands behind a trait in [`engine::ports`]. [`engine::EngineParts`] has one
//! field for each; none has a default, so an assembly that lacks a part does not compile. That is why there is
//! no builder. Stores and key stores of your own are held to their contracts by the suites in
//! `engine::conformance` (feature `test-util`).
//!
//! # Features
//!
//! | Feature | Adds |
//! |---|---|
//! | `evm` | `evm`: EVM networks by JSON-RPC |
//! | `keystore` | `keystore`: encrypted keys in files |
//! | `sqlite` | `store`: durable state in SQLite |
//! | `machine` | `machine`: the machine's clock and randomness, the world's time zones |
//! | `local` | all of these, and `presets::local` |
//! | `test-util` | `presets::in_memory` and the conformance suites; for tests and demonstrations only |
//!
//! None is on by default, and none changes what another does. With `evm`, `keystore` and `sqlite` on, this
//! documentation goes on with the project's README, whose embedding example is compiled and run with the tests.
#![cfg_attr(
    all(feature = "evm", feature = "keystore", feature = "sqlite"),
    doc = "\n---\n",
    doc = include_str!("../../README.md")
)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

pub mod drive;
#[cfg(feature = "machine")]
pub mod machine;
pub mod presets;
pub mod tokens;

#[cfg(feature = "client")]
pub use waiaas_client as client;
pub use waiaas_core as core;
pub use waiaas_engine as engine;
#[cfg(feature = "evm")]
pub use waiaas_evm as evm;
#[cfg(feature = "keystore")]
pub use waiaas_keystore as keystore;
pub use waiaas_scenario as scenario;
#[cfg(feature = "sqlite")]
pub use waiaas_store as store;
