//! Policy tools for people: what would these policies do?
//!
//! Everything in this crate is a pure function over JSON: no clock, no I/O, no floats. The command line, the browser
//! and Python use the same functions and get the same answers as the service, because they judge with the service's
//! own evaluator, and read requests with the service's own reader.
//!
//! - [`run`]: a file of cases (given policies and a context, when a request comes, expect a decision).
//! - [`explain`]: one request, with every rule that was considered.
//! - [`mod@diff`]: what changes when one set of rows replaces another, by sampling.
//! - [`mod@prepared`]: a request with all its facts, to be judged many times or elsewhere; [`canonical()`] is the one text of
//!   what comes out.
//! - [`templates`]: rows to begin with, each with a scenario that says what they allow.
//!
//! # A scenario
//!
//! ```
//! use serde_json::json;
//!
//! let document = json!({
//!     "policies": [
//!         { "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": 10, "delay_max_usd": 100, "delay_seconds": 600 } },
//!     ],
//!     "context": { "prices": { "eip155:1/slip44:60": "2000" } },
//!     "cases": [
//!         {
//!             "name": "small change goes at once",
//!             "request": { "to": "0x1000000000000000000000000000000000000001", "humanAmount": "0.005" },
//!             "expect": { "tier": "INSTANT" },
//!         },
//!         {
//!             "name": "fifty dollars wait",
//!             "request": { "to": "0x1000000000000000000000000000000000000001", "humanAmount": "0.025" },
//!             "expect": { "tier": "DELAY", "delay_seconds": 600 },
//!         },
//!         {
//!             "name": "tokens are not for this wallet",
//!             "request": {
//!                 "type": "TOKEN_TRANSFER", "to": "0x1000000000000000000000000000000000000001", "amount": "1",
//!                 "token": { "address": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48" },
//!             },
//!             "expect": { "denied_by": "ALLOWED_TOKENS" },
//!         },
//!     ],
//! });
//! let report = waiaas_scenario::run(&document, &waiaas_scenario::no_zones).unwrap();
//! assert!(report.passed(), "{report}");
//! ```
//!
//! A document is `{ policies, context, cases }`, or just the list of cases. A case is
//! `{ name, policies?, context?, request, expect }`. `policies` of a case replace the shared ones; its context is laid
//! over the shared one: `settings`, `prices` and `tokens` key by key, everything else as a whole. Keys that nobody
//! knows are errors, wherever they stand.
//!
//! **`policies`** are rows as `POST /v1/policies` takes them and `GET /v1/policies` lists them. `walletId` may also be
//! a short name: `w1` is the wallet under test. `rules_raw` (a text) stands for rules as they are in the database,
//! possibly broken.
//!
//! **`context`** may be empty. What is left out has these values:
//!
//! | key | value when left out |
//! |---|---|
//! | `wallet` | `{ id: "w1", owner_state: "LOCKED" }`, chain and environment those of the network |
//! | `network` | `ethereum-mainnet`, or the first network of the wallet's chain and environment |
//! | `now` | [`DEFAULT_NOW`], a Monday at noon |
//! | `prices`, `tokens` | none: by CAIP-19 id, dollars per whole unit and `{ decimals, symbol }` |
//! | `price_status` | `ok`: an asset without a price is one that the oracle does not list (at least NOTIFY) |
//! | `history` | none: `{ status, at, usd?, asset?, amount?, times?, … }` of earlier requests of the wallet |
//! | `positions` | `null`: nobody looked. Otherwise a list of `{ kind: SUPPLY or BORROW, usd }` |
//! | `token_accounts` | none: Solana's accounts that hold tokens, `{ mint, owner }` by address |
//! | `reputation`, `reputation_status` | no scores, `ok` |
//! | `settings` | those of a fresh installation, by name |
//!
//! **`request`** is a body of `POST /v1/transactions/send` of any type, or what comes by another channel (`SIGN`,
//! `USEROP`, `SIGN_MESSAGE`, `SIGN_TYPED_DATA`, `X402_PAYMENT`, `ERC8128_SIGN`, `EXTERNAL_ACTION`). `action` holds what the service
//! attaches when one of its providers resolved the call. `{ create_policy: body }` asks whether the service would take
//! a policy.
//!
//! **`expect`** names what must come out: `allowed`, `tier`, `denied_by`, `why`, `delay_seconds`,
//! `approval_timeout_seconds`, `approval_reason`, `downgraded`, `cumulative_warning`, `instruction_index`,
//! `retry_after_seconds`, `path` (the beginning of the place of the first fault). `null` means "must be absent". A
//! request that is refused while it is read passes only a case that says so (`denied_by: VALIDATION`).
//!
//! # An explanation
//!
//! ```
//! use serde_json::json;
//!
//! let policies = json!([{ "type": "WHITELIST", "rules": { "allowed_addresses": ["0x1000000000000000000000000000000000000001"] } }]);
//! let request = json!({ "to": "0x2000000000000000000000000000000000000002", "humanAmount": "1" });
//! let explanation = waiaas_scenario::explain(&policies, &json!({}), &request, &waiaas_scenario::no_zones).unwrap();
//! assert!(!explanation.is_allowed());
//! assert_eq!(explanation.to_json()["why"], "WHITELIST_DENIED");
//! println!("{explanation}");
//! ```

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

mod action;
mod bodies;
mod canonical;
mod civil;
mod create;
pub mod diff;
mod expect;
mod explain;
mod history;
mod node;
pub mod prepared;
mod program;
mod request;
mod rows;
mod run;
mod settings;
mod template;
mod world;

pub use canonical::{canonical, canonical_refusal, canonical_verdict};
pub use civil::parse_instant;
pub use diff::{ChangeKind, Diff, Group, diff};
pub use expect::Mismatch;
pub use explain::{Considered, Explanation, Outcome, RowRef, explain};
pub use prepared::{Prepared, compile, prepare};
pub use request::Refused;
pub use run::{CaseReport, Report, run};
pub use template::{Parameter, ParameterKind, Template, template, templates};

use waiaas_core::time::UnixMillis;

/// Tells the offset of an IANA time zone at an instant, in seconds east of UTC; `None` for a zone that does not exist.
/// A rule in a zone that is not told denies. UTC is never asked for.
pub type Zones<'a> = &'a dyn Fn(&str, UnixMillis) -> Option<i32>;

/// For who has no table of time zones: only UTC exists.
#[must_use]
pub fn no_zones(_zone: &str, _at: UnixMillis) -> Option<i32> {
    None
}

/// The instant of a request whose context does not say: a Monday at noon, in UTC.
pub const DEFAULT_NOW: &str = "2026-01-05T12:00:00Z";

/// The name of the wallet under test, when the context does not say.
pub const DEFAULT_WALLET: &str = "w1";
