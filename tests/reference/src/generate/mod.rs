//! Rows, requests and facts from a seed. Case `n` of seed `s` is always the same case.
//!
//! Everything comes from small universes (few addresses, tokens, hosts, amounts close to the thresholds and to the
//! ends of the range), so that lists and limits are hit often, from both sides.

mod facts;
mod random;
mod requests;
mod rules;
mod universe;

pub use random::Random;
pub use universe::WINDOWS;

use proptest::strategy::Strategy;
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{
    ActionFacts, Phase, PolicyRow, PolicySettings, PolicyType, PriceFact, RateCount, RateWindow, Subject, TokenFact,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Effects;

/// Everything that one decision depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Policy rows.
    pub rows: Vec<PolicyRow>,
    /// Whose request.
    pub subject: Subject,
    /// What it does.
    pub effects: Effects,
    /// When.
    pub now: UnixMillis,
    /// Prices by asset.
    pub prices: BTreeMap<AssetId, PriceFact>,
    /// Tokens of the registry.
    pub tokens: BTreeMap<AssetId, TokenFact>,
    /// Offsets by time zone.
    pub zones: BTreeMap<String, i32>,
    /// Amounts in flight.
    pub held: BTreeMap<AssetId, BaseUnits>,
    /// Dollars spent in 86,400 s.
    pub daily: Usd,
    /// Dollars spent in 2,592,000 s.
    pub monthly: Usd,
    /// Counts for each of [`WINDOWS`].
    pub rates: BTreeMap<RateWindow, RateCount>,
    /// What actions and other channels are judged by.
    pub actions: ActionFacts,
    /// The operator's settings.
    pub settings: PolicySettings,
    /// When it is judged.
    pub phase: Phase,
}

/// Case `number` of `seed`.
#[must_use]
pub fn case(seed: u64, number: u64) -> Case {
    let mut random = Random::of(seed, number);
    let random = &mut random;
    let subject = facts::subject(random);
    let effects = requests::effects(random, subject.network);
    let rows = rules::rows(random, &subject, &effects);
    facts::case(random, subject, effects, rows)
}

/// One more row of the type, for a wallet and a network that are more or less those of the case.
#[must_use]
pub fn another_row(random: &mut Random, case: &Case, policy_type: PolicyType) -> PolicyRow {
    rules::row(random, &case.subject, policy_type)
}

/// A larger amount than the given one, unless that is the largest.
#[must_use]
pub fn larger(random: &mut Random, amount: BaseUnits) -> BaseUnits {
    universe::amount(random).max(amount.saturating_add(BaseUnits::from_u128(u128::from(random.below(3)))))
}

/// The same cases for properties written with proptest. They are found again by their number, so they do not shrink;
/// [`crate::compare::smallest`] does that with knowledge of what a case is made of.
pub fn cases(seed: u64) -> impl Strategy<Value = Case> {
    proptest::prelude::any::<u64>().prop_map(move |number| case(seed, number))
}
