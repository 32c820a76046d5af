//! What would let a denied request pass: a smaller amount, a later time, an entry in a list, an owner.
//!
//! Nothing here knows the rules. Each change is tried on the evaluation itself, one at a time with everything else as it
//! was, so a suggestion is what the evaluation says and cannot contradict it.

mod instants;
mod levers;

use super::decision::{Denial, Verdict};
use super::evaluate::{Inputs, Judgement, Supposition};
use super::facts::Subject;
use super::missing::MissingEntry;
use super::rules::read_stored;
use super::tier::Tier;
use crate::chain::AssetId;
use crate::money::{BaseUnits, Ratio, Usd};
use crate::time::UnixMillis;
use crate::wallet::{OwnerState, wire_enum};

/// One change that would let a denied request pass, while everything else stays as it was: rows, prices, what is in
/// flight and what was spent, and every other property of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterfactual {
    /// What would have to be different.
    pub change: Change,
    /// How the request would then proceed. `None` only for [`Change::Entry`]: something else would still refuse.
    pub tier: Option<Tier>,
}

/// What would have to be different for a request to pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The largest amount of one operation. One smallest unit more is denied.
    Amount {
        /// What the amount is of.
        asset: AssetId,
        /// Which instruction of a batch, counted from 0; `None` when it is no batch.
        instruction: Option<usize>,
        /// At least 1, and below what was asked for.
        largest: BaseUnits,
    },
    /// The largest value in dollars that the provider of the action may declare. One millionth more is denied.
    Usd {
        /// The value of what.
        of: DeclaredUsd,
        /// At least one millionth, and below what was declared.
        largest: Usd,
    },
    /// The largest leverage of a perpetual position. One millionth more is denied.
    Leverage {
        /// At least one millionth, and below what was declared.
        largest: Ratio,
    },
    /// The same request at a later time, in whole seconds, as the API tells the time. One second earlier is denied.
    ///
    /// Supposed is that the wallet asks for nothing else meanwhile, and that sums of dollars only fall as time goes by.
    Time {
        /// When.
        earliest: UnixMillis,
    },
    /// The entry that the list of the refusing rule lacks, or a new row with nothing but this entry, for the wallet and
    /// network of the request or for more, and no ceiling.
    Entry(MissingEntry),
    /// An owner, who would be asked. The wallet has none.
    Owner,
}

wire_enum! {
    /// What a provider declares the worth of.
    DeclaredUsd {
        /// The loan that is taken.
        Loan => "loan",
        /// The perpetual position afterwards.
        Position => "position",
        /// The action as a whole.
        Action => "action",
    }
}

impl Judgement<'_> {
    /// What would let a denied request pass, each by itself: at most one amount, one value in dollars, one leverage, one
    /// time, one entry and one owner, in this order. Nothing for an allowed request.
    ///
    /// The amount is that of the first operation for which there is one: among the operations of the instruction that was
    /// refused, or of the whole request when the whole was. Amounts of zero are not suggested, and those of an NFT or of
    /// an allowance for a whole collection are no amounts.
    ///
    /// `zone_offset` tells the seconds east of UTC in a zone (an IANA name) at an instant; `None` for one that does not
    /// exist. Times further away than about a fortnight after the last rate limit has freed up are not found.
    #[must_use]
    pub fn would_pass(&self, zone_offset: &dyn Fn(&str, UnixMillis) -> Option<i32>) -> Vec<Counterfactual> {
        let Verdict::Deny(denial) = self.verdict() else { return Vec::new() };
        let inputs = &self.inputs;
        let mut found = Vec::new();
        levers::largest(inputs, denial, &mut found);
        found.extend(instants::earliest(inputs, denial, zone_offset));
        found.extend(entry(inputs, denial));
        found.extend(owner(inputs));
        found
    }
}

/// How an evaluation that does not deny lets the request proceed.
fn tier_of(verdict: &Verdict) -> Option<Tier> {
    match verdict {
        Verdict::Allow(allowance) => Some(allowance.tier),
        Verdict::Deny(_) => None,
    }
}

/// The entry that the refusing list lacks. One that cannot be read is none.
fn entry(inputs: &Inputs<'_>, denial: &Denial) -> Option<Counterfactual> {
    let entry = denial.missing.as_deref()?;
    let rules = read_stored(entry.policy_type, &entry.rules().to_string()).ok()?;
    let tier = tier_of(&inputs.suppose(Supposition { entry, rules: &rules }));
    Some(Counterfactual { change: Change::Entry(entry.clone()), tier })
}

fn owner(inputs: &Inputs<'_>) -> Option<Counterfactual> {
    if inputs.subject.owner != OwnerState::None {
        return None;
    }
    let subject = Subject { owner: OwnerState::Locked, ..*inputs.subject };
    let tier = tier_of(&Inputs { subject: &subject, ..*inputs }.verdict())?;
    Some(Counterfactual { change: Change::Owner, tier: Some(tier) })
}
