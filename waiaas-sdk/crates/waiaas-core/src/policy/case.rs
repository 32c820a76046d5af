//! What one evaluation passes to the rules, and what the rules answer.

use super::decision::{CumulativeWarning, ReasonCode, Window};
use super::facts::{Facts, Subject};
use super::tier::Tier;
use super::valuation::Movement;
use crate::tx::{Action, Effects, Operation, TxType};

/// When a transaction is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// When it is requested.
    Admission,
    /// Before something that waited is executed. Rules about the moment of the request (RATE_LIMIT)
    /// are not applied again; everything else is, against the policies and prices of now. The ledger
    /// facts must leave out the transaction's own holds.
    Recheck,
}

/// One transaction before the rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    /// Whose it is.
    pub(super) subject: &'a Subject,
    /// What it does as a whole.
    pub(super) effects: &'a Effects,
    /// What is judged now: the operations of one instruction of a batch, or all.
    pub(super) operations: &'a [Operation],
    /// What those were declared as.
    pub(super) tx_type: TxType,
    /// What is known.
    pub(super) facts: &'a Facts<'a>,
    /// When it is judged.
    pub(super) phase: Phase,
    /// What it moves, per asset.
    pub(super) movements: &'a [Movement],
}

impl<'a> Case<'a> {
    /// The declarations of the action's provider.
    pub(super) fn action(&self) -> Option<&'a Action> {
        self.effects.action.as_ref()
    }

    /// Whether some allowance is among what is judged.
    pub(super) fn approves(&self) -> bool {
        self.operations.iter().any(|operation| matches!(operation, Operation::Approval { .. }))
    }
}

/// What one rule adds to an allowed transaction. Contributions are combined by [`Self::merge`]: the
/// most careful of each part wins, so no rule can weaken another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Contribution {
    /// At least this tier.
    pub(super) tier: Tier,
    /// What determined the tier, for the trace.
    pub(super) because: &'static str,
    /// A cumulative limit asks for the owner.
    pub(super) exceeded: Option<Window>,
    /// A cumulative limit is nearly used up.
    pub(super) warning: Option<CumulativeWarning>,
    /// Length of a delay, when it comes to one.
    pub(super) delay_seconds: Option<u32>,
    /// Time for the owner, when it comes to an approval.
    pub(super) approval_timeout_seconds: Option<u32>,
}

impl Contribution {
    /// Nothing to add.
    pub(super) const fn none() -> Self {
        Self {
            tier: Tier::Instant,
            because: "passed",
            exceeded: None,
            warning: None,
            delay_seconds: None,
            approval_timeout_seconds: None,
        }
    }

    /// Raises the tier to at least `tier`.
    pub(super) fn raise(&mut self, tier: Tier, because: &'static str) {
        if tier > self.tier {
            self.tier = tier;
            self.because = because;
        }
    }

    /// Combines with another rule's contribution.
    pub(super) fn merge(&mut self, other: &Self) {
        self.raise(other.tier, other.because);
        self.exceeded = [self.exceeded, other.exceeded].into_iter().flatten().min();
        // The daily limit speaks first; of two limits with the same window, the fuller one.
        let fullness = |warning: &CumulativeWarning| {
            (core::cmp::Reverse(warning.window), warning.spent.ratio_millionths(warning.limit))
        };
        self.warning = [self.warning, other.warning].into_iter().flatten().max_by_key(fullness);
        self.delay_seconds = self.delay_seconds.max(other.delay_seconds);
        self.approval_timeout_seconds =
            [self.approval_timeout_seconds, other.approval_timeout_seconds].into_iter().flatten().min();
    }
}

/// Why one rule refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The machine-readable reason.
    pub(super) reason: ReasonCode,
    /// For people; ends up behind `Transaction denied by <TYPE> policy: `.
    pub(super) detail: String,
    /// When to come back.
    pub(super) retry_after_seconds: Option<u64>,
}

impl Refusal {
    /// A refusal that no waiting changes.
    pub(super) fn new(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), retry_after_seconds: None }
    }
}
