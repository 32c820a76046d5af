//! A typed client of a WAIaaS server.
//!
//! ```no_run
//! use waiaas_client::{Client, Send};
//!
//! # async fn example() -> Result<(), waiaas_client::Error> {
//! let agent = Client::builder("http://127.0.0.1:3100").session_token("wai_sess_…").build()?;
//! let sent = agent.transactions().send(&Send::transfer("0x…", "10000000000000000").on("ethereum-sepolia")?).await?;
//! let done = agent.transactions().wait_until_final(sent.id, 120).await?;
//! println!("{:?} {:?}", done.status, done.tx_hash);
//! # Ok(())
//! # }
//! ```
//!
//! One method per call of the server, grouped by noun; shapes are those of [`waiaas_core::wire`]. Errors are sorted by
//! domain ([`Error`]). What may be repeated is repeated when an answer is lost or the server is busy: reads, changes that
//! set something to a value, and everything that can move money, which always carries an idempotency key, so that a
//! repetition cannot pay twice. What may not be repeated is repeated only when it certainly was not done.
//!
//! The same code runs natively and in browsers (`wasm32-unknown-unknown`, over `fetch`).

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

mod builder;
mod call;
mod calls;
mod error;
mod host;
mod owner;
mod retry;
mod send;

pub use builder::{Builder, Client};
pub use calls::{Account, Admin, Choice, KillSwitch, Page, Policies, Raw, Sessions, Transactions, Wallets};
pub use error::{Error, Issue, Refusal};
pub use owner::{OwnerProof, SignIn};
pub use retry::RetryPolicy;
pub use send::Send;
pub use waiaas_core::wire;
