//! The policy engine: a pure function from compiled policies, effects and facts to a decision.
//!
//! ```text
//! rows ──compile──▶ PolicyBook ──query()──▶ LedgerQuery ──(store)──▶ LedgerFacts
//!                        ├──time_zones()──▶ zone offsets
//!                        └──────────judge(subject, effects, facts)──▶ Judgement (verdict; trace, valuation)
//! ```
//!
//! To add a policy type: one file in `kind` and one line in its list.

mod book;
mod case;
mod channel;
mod counterfactual;
pub mod decision;
mod evaluate;
pub mod facts;
mod frozen;
mod kind;
mod missing;
mod plan;
mod row;
mod rules;
pub mod tier;
mod topics;
mod trace;
mod valuation;

pub use book::PolicyBook;
pub use case::Phase;
pub use counterfactual::{Change, Counterfactual, DeclaredUsd};
pub use decision::{
    Allowance, ApprovalReason, Component, CumulativeWarning, Decision, Denial, DeniedBy, ReasonCode, TraceEntry,
    Valuation, Verdict, Window,
};
pub use evaluate::Judgement;
pub use facts::{
    ActionFacts, CategoryUse, Facts, LedgerFacts, LedgerQuery, PolicySettings, Positions, PriceFact, RateCount,
    RateWindow, Subject, TokenFact, UnpricedTier,
};
pub use missing::MissingEntry;
pub use row::{PolicyRow, PolicyType};
pub use rules::{RuleIssue, validate_rules, validate_rules_in};
pub use tier::Tier;
