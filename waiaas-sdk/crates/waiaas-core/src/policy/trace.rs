//! What is written down on the way to a decision: nothing, or every rule that was considered.

use super::case::Contribution;
use super::decision::{ReasonCode, TraceEntry};
use super::tier::Tier;
use crate::id::PolicyId;
use core::fmt::Arguments;

/// Is told of every rule that was considered.
pub(super) trait Recorder {
    /// Whether it wants to be told what each rule contributed by itself.
    const LISTENS: bool;
    /// Whether the evaluation is of a supposition: something listed that is not.
    const SUPPOSES: bool = false;

    /// A rule did not refuse.
    fn passed(&mut self, rule: &'static str, policy: Option<PolicyId>, contribution: &Contribution);

    /// A rule refused.
    fn refused(&mut self, rule: &'static str, policy: Option<PolicyId>, reason: ReasonCode, detail: &str);

    /// Something that needs no row.
    fn remark(&mut self, rule: &'static str, outcome: Arguments<'_>);
}

/// Writes nothing down.
pub(super) struct Silence<const SUPPOSES: bool = false>;

impl<const SUPPOSES: bool> Recorder for Silence<SUPPOSES> {
    const LISTENS: bool = false;
    const SUPPOSES: bool = SUPPOSES;

    fn passed(&mut self, _: &'static str, _: Option<PolicyId>, _: &Contribution) {}

    fn refused(&mut self, _: &'static str, _: Option<PolicyId>, _: ReasonCode, _: &str) {}

    fn remark(&mut self, _: &'static str, _: Arguments<'_>) {}
}

/// Writes everything down, for people.
#[derive(Default)]
pub(super) struct Trace(Vec<TraceEntry>);

impl Trace {
    /// What was written, in order.
    pub(super) fn into_entries(self) -> Vec<TraceEntry> {
        self.0
    }
}

impl Recorder for Trace {
    const LISTENS: bool = true;

    fn passed(&mut self, rule: &'static str, policy: Option<PolicyId>, contribution: &Contribution) {
        let outcome = match (contribution.tier, policy) {
            (Tier::Instant, Some(_)) => "passed".to_owned(),
            (Tier::Instant, None) => "no row in force".to_owned(),
            (tier, _) => format!("at least {tier}: {}", contribution.because),
        };
        self.0.push(TraceEntry { rule, policy, outcome });
    }

    fn refused(&mut self, rule: &'static str, policy: Option<PolicyId>, reason: ReasonCode, detail: &str) {
        self.0.push(TraceEntry { rule, policy, outcome: format!("denied ({reason}): {detail}") });
    }

    fn remark(&mut self, rule: &'static str, outcome: Arguments<'_>) {
        self.0.push(TraceEntry { rule, policy: None, outcome: outcome.to_string() });
    }
}
