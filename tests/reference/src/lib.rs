//! The policy engine a second time: slow, plain, and written from the specification alone.
//!
//! `waiaas_core::policy::PolicyBook` is built for speed. What it decides is compared here, case by case, with an
//! evaluator that reads every row anew, keeps nothing, and says each rule once, in the words of sections 3 to 11 of
//! the policy specification.
//!
//! - [`evaluate()`](evaluate::evaluate): the reference.
//! - [`generate`]: rows, requests and facts from a seed.
//! - [`compare`]: both evaluators on one case, and the smallest case on which they differ.
//!
//! Shared with the core are only the types that state a case and its answer. Reading of rules, matching of lists,
//! arithmetic, civil time and the choice of rows are written again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "the whole crate is a test"
)]

pub mod compare;
pub mod evaluate;
pub mod generate;

mod actions;
mod lists;
mod moment;
mod read;
mod request;
mod rows;
mod spending;
pub mod verdict;
