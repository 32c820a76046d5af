//! What one evaluation passes to the rules, and what the rules answer.

use super::decision::{CumulativeWarning, ReasonCode, Window};
use super::facts::{Facts, Subject};
use super::missing::MissingEntry;
use super::row::PolicyType;
use super::tier::Tier;
use super::topics::Topics;
use super::valuation::{Exposure, Movement};
use crate::tx::{Action, Effects, Operation, TxType};
use serde_json::Value;

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
    /// Which types can concern it.
    pub(super) topics: Topics,
    /// What it moves, per asset.
    pub(super) movements: &'a [Movement],
    /// Whether approved amounts count among those.
    pub(super) exposure: Exposure,
    /// What the row that is asked now is supposed to list as well; nothing outside of suppositions.
    pub(super) granted: Option<&'a MissingEntry>,
}

impl<'a> Case<'a> {
    /// The declarations of the action's provider.
    pub(super) fn action(&self) -> Option<&'a Action> {
        self.effects.action.as_ref()
    }

    /// The refusal of a list that lacks something, unless it is supposed to be listed.
    pub(super) fn lacks(&self, refusal: Refusal) -> Result<(), Refusal> {
        match self.granted.zip(refusal.missing.as_deref()) {
            Some((granted, missing)) if granted.is_like(missing) => Ok(()),
            _ => Err(refusal),
        }
    }
}

/// What rules add to an allowed transaction. Every addition keeps the more careful of what was there and what comes, so no
/// rule can weaken another, and the order of the rules does not matter.
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

    /// A cumulative limit would be passed. The daily one speaks first.
    pub(super) fn exceed(&mut self, window: Window) {
        self.raise(Tier::Approval, "a cumulative limit would be passed");
        self.exceeded = Some(self.exceeded.map_or(window, |known| known.min(window)));
    }

    /// A cumulative limit is nearly used up. The daily one speaks first; of two with the same window, the fuller one.
    pub(super) fn warn(&mut self, warning: CumulativeWarning) {
        let rank = |warning: &CumulativeWarning| {
            (core::cmp::Reverse(warning.window), warning.spent.ratio_millionths(warning.limit))
        };
        if self.warning.is_none_or(|known| rank(&known) <= rank(&warning)) {
            self.warning = Some(warning);
        }
    }

    /// A delay is at least this long.
    pub(super) fn delay(&mut self, seconds: u32) {
        self.delay_seconds = self.delay_seconds.max(Some(seconds));
    }

    /// The owner has at most this long.
    pub(super) fn approval_timeout(&mut self, seconds: u32) {
        self.approval_timeout_seconds = Some(self.approval_timeout_seconds.map_or(seconds, |known| known.min(seconds)));
    }

    /// Adds everything that was added to `other`.
    pub(super) fn add(&mut self, other: &Self) {
        self.raise(other.tier, other.because);
        if let Some(window) = other.exceeded {
            self.exceed(window);
        }
        if let Some(warning) = other.warning {
            self.warn(warning);
        }
        if let Some(seconds) = other.delay_seconds {
            self.delay(seconds);
        }
        if let Some(seconds) = other.approval_timeout_seconds {
            self.approval_timeout(seconds);
        }
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
    /// What a list lacks.
    pub(super) missing: Option<Box<MissingEntry>>,
}

impl Refusal {
    /// A refusal that no waiting changes.
    pub(super) fn new(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), retry_after_seconds: None, missing: None }
    }

    /// The same refusal, for want of `entry` in the list `field`.
    pub(super) fn for_want_of(self, policy_type: PolicyType, field: &'static str, entry: impl Into<Value>) -> Self {
        let missing = MissingEntry { policy: None, policy_type, field, entry: entry.into() };
        Self { missing: Some(Box::new(missing)), ..self }
    }
}
