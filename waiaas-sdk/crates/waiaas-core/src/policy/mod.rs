//! The policy engine: a pure function from compiled policies, effects and facts to a decision.
//!
//! ```text
//! rows ──compile──▶ PolicyBook ──query()──▶ LedgerQuery ──(store)──▶ LedgerFacts
//!                        └──────────evaluate(subject, effects, facts)──▶ Decision
//! ```
//!
//! To add a policy type: one file in [`kind`] and one line in its list.

pub mod decision;
pub mod facts;
pub mod tier;

pub use decision::{
    Allowance, ApprovalReason, Component, CumulativeWarning, Decision, Denial, DeniedBy, ReasonCode, TraceEntry,
    Valuation, Verdict, Window,
};
pub use facts::{
    Facts, LedgerFacts, LedgerQuery, PolicySettings, PriceFact, RateCount, RateWindow, Subject, TokenFact,
};
pub use tier::Tier;
