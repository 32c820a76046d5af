//! What holds for every policy, request and fact: restrictions restrict, and what is missing opens nothing.
//!
//! Outcomes are ordered INSTANT < NOTIFY < DELAY < APPROVAL < denied. Sections are those of the policy specification.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]

use waiaas_core::chain::{AssetId, Environment};
use waiaas_core::policy::{PolicyRow, PolicySettings, PolicyType, PriceFact, Tier, UnpricedTier};
use waiaas_core::tx::{Channel, Operation};
use waiaas_reference::compare::{described, production};
use waiaas_reference::generate::{Case, Random, another_row, case, larger};

const CASES: u64 = 100_000;

/// Changes every case and compares the two outcomes. `change` says `false` for a case that the property is not about.
fn never_wider(seed: u64, change: impl Fn(&mut Random, &mut Case) -> bool) {
    at_least_as_strict(seed, |random, before| {
        let mut after = before.clone();
        change(random, &mut after).then(|| (before.clone(), after))
    });
}

/// The second of each two cases comes out at least as strict as the first.
fn at_least_as_strict(seed: u64, pair: impl Fn(&mut Random, &Case) -> Option<(Case, Case)>) {
    let mut random = Random::of(seed, u64::MAX);
    let mut compared = 0;
    for number in 0..CASES {
        let Some((before, after)) = pair(&mut random, &case(seed, number)) else { continue };
        compared += 1;
        let (old, new) = (production(&before), production(&after));
        let text = || format!("case {number}\n{}\nthen\n{}\n{old:?}\n{new:?}", described(&before), described(&after));
        assert!(old.verdict.severity() <= new.verdict.severity(), "{}", text());
    }
    println!("{compared} of {CASES} cases compared");
    assert!(compared >= CASES / 40, "only {compared} cases were compared");
}

/// Section 3: a ceiling "only tightens".
#[test]
fn a_ceiling_of_any_type_never_widens() {
    never_wider(1, |random, case| {
        let of_type = *random.pick(PolicyType::ALL);
        case.rows.push(PolicyRow { ceiling: true, ..another_row(random, case, of_type) });
        true
    });
}

/// Section 3, "absent policy": for these types absence means "no restriction", so a first row can only restrict.
#[test]
fn a_first_row_of_a_type_that_only_restricts_never_widens() {
    let only_restrict = [
        PolicyType::AllowedNetworks,
        PolicyType::TimeRestriction,
        PolicyType::RateLimit,
        PolicyType::MethodWhitelist,
        PolicyType::LendingLtvLimit,
        PolicyType::PerpMaxLeverage,
        PolicyType::PerpMaxPositionUsd,
        PolicyType::ReputationThreshold,
        PolicyType::ActionCategoryLimit,
    ];
    never_wider(2, |random, case| {
        let of_type = *random.pick(&only_restrict);
        let first = case.rows.iter().all(|row| row.policy_type != of_type);
        case.rows.push(another_row(random, case, of_type));
        first
    });
}

/// Rows that measure in dollars only, and what cannot be valued gets APPROVAL or is denied.
///
/// Beyond these the specification itself lets a missing price lower the tier: `unpriced_tier` NOTIFY (section 6, "at
/// least U"), NOTIFY for what raw and token limits measure (point 2), and APPROVAL in place of `on_cumulative_exceed`
/// DENY, because a sum that is not known is not exceeded.
fn strict_without_prices(case: &Case) -> bool {
    let dollars_only = |row: &PolicyRow| {
        row.policy_type != PolicyType::SpendingLimit
            || !["instant_max\"", "notify_max\"", "delay_max\"", "unpriced_tier", "DENY"]
                .iter()
                .any(|other| row.rules.contains(other))
    };
    let strict = match case.settings.unpriced_tier {
        Some(UnpricedTier::Deny | UnpricedTier::Tier(Tier::Approval)) => true,
        Some(UnpricedTier::Tier(_)) => false,
        None => case.subject.environment == Environment::Mainnet,
    };
    strict && case.rows.iter().all(dollars_only)
}

/// House rule "deny when unsure"; section 6. Only known prices are taken away: "not listed" (NOTIFY without a
/// SPENDING_LIMIT) and "unavailable" (INSTANT) are two different absences, of which the specification is milder on the
/// second. A price that nobody can use, for want of the token's decimals, counts as the first.
#[test]
fn a_missing_price_never_widens() {
    never_wider(3, |random, case| {
        let usable = |asset: &AssetId| asset.is_native() || case.tokens.contains_key(asset);
        let known = case.prices.iter().filter(|(asset, price)| matches!(price, PriceFact::Known(_)) && usable(asset));
        let known: Vec<_> = known.map(|(asset, _)| *asset).collect();
        if known.is_empty() || !strict_without_prices(case) {
            return false;
        }
        case.prices.remove(random.pick(&known));
        true
    });
}

/// The same for the decimals of a token, without which its price says nothing.
#[test]
fn a_missing_token_never_widens() {
    never_wider(4, |random, case| {
        let tokens: Vec<_> = case.tokens.keys().copied().collect();
        let priced = |asset| matches!(case.prices.get(asset), Some(PriceFact::Known(_)));
        if tokens.is_empty() || !strict_without_prices(case) || !tokens.iter().all(priced) {
            return false;
        }
        case.tokens.remove(random.pick(&tokens));
        true
    });
}

/// Sections 5.3, 5.4, 5.13, 5.18, 5.19, 5.21: what nobody looked up denies or counts as exceeded. Reputation is taken
/// away as a whole: a single missing score is "unrated", whose tier may be the milder one.
#[test]
fn missing_positions_scores_sums_counts_and_zones_never_widen() {
    never_wider(5, |random, case| {
        match random.below(6) {
            0 => case.actions.positions = None,
            1 => case.actions.reputation = None,
            2 => case.actions.categories = None,
            3 => case.actions.erc8128_recent = None,
            4 => case.rates.clear(),
            _ => case.zones.clear(),
        }
        true
    });
}

/// Sections 5.8, 5.9 and 6: all limits are upper limits.
#[test]
fn a_larger_amount_never_widens() {
    never_wider(6, |random, case| {
        let mut changed = false;
        for operation in &mut case.effects.operations {
            if let Operation::NativeTransfer { amount, .. }
            | Operation::TokenTransfer { amount, .. }
            | Operation::Approval { amount, .. } = operation
            {
                *amount = larger(random, *amount);
                changed = true;
            }
        }
        for (_, amount) in case.effects.action.iter_mut().flat_map(|action| &mut action.outflows) {
            *amount = larger(random, *amount);
            changed = true;
        }
        changed
    });
}

/// The settings with every default open.
fn open(settings: &PolicySettings) -> PolicySettings {
    PolicySettings {
        default_deny_tokens: false,
        default_deny_contracts: false,
        default_deny_spenders: false,
        default_deny_transfers: false,
        default_deny_x402_domains: false,
        default_deny_erc8128_domains: false,
        default_deny_lending_assets: false,
        default_deny_perp_markets: false,
        default_deny_venues: false,
        zero_policy_passthrough: false,
        erc8128_default_rpm: u64::MAX,
        ..settings.clone()
    }
}

/// Section 3: "an operator can set a global maximum that no wallet row can loosen". A ceiling by itself, with every
/// default open, is compared with the same ceiling above any rows.
///
/// One thing is left out, in which the specification gives a row of the wallet the last word: the delay of a
/// SPENDING_LIMIT row takes the place of the setting (section 7), which changes what a payment over x402 can wait for.
#[test]
fn no_row_widens_a_ceiling() {
    at_least_as_strict(7, |random, case| {
        if matches!(case.effects.channel, Channel::X402(_)) {
            return None;
        }
        let of_type = *random.pick(PolicyType::ALL);
        let ceiling = another_row(random, case, of_type);
        let ceiling = PolicyRow { wallet: None, network: None, ceiling: true, enabled: true, ..ceiling };
        // A default that no setting opens.
        let lifted = PolicyRow {
            policy_type: PolicyType::ApproveAmountLimit,
            rules: "{\"blockUnlimited\":false}".to_owned(),
            ceiling: false,
            ..ceiling.clone()
        };
        let alone = Case { rows: vec![lifted, ceiling.clone()], settings: open(&case.settings), ..case.clone() };
        let mut below = case.clone();
        // Defaults of allowances that no setting opens, until a row says more: within a batch they need the owner, and
        // those of unlisted tokens are announced. A ceiling of the amounts themselves stands, whatever a row says.
        if of_type != PolicyType::SpendingLimit || !case.effects.instructions.is_empty() {
            below.rows.retain(|row| row.policy_type != PolicyType::ApproveTierOverride);
        }
        below.rows.push(ceiling);
        Some((alone, below))
    });
}

/// Section 3: "disabled rows are invisible"; a set of rows has no order.
#[test]
fn disabled_rows_and_the_order_of_rows_change_nothing() {
    let mut random = Random::of(8, u64::MAX);
    for number in 0..CASES {
        let before = case(8, number);
        let mut after = before.clone();
        let of_type = *random.pick(PolicyType::ALL);
        after.rows.push(PolicyRow { enabled: false, ..another_row(&mut random, &before, of_type) });
        for last in (1..after.rows.len()).rev() {
            after.rows.swap(last, random.below(last as u64 + 1) as usize);
        }
        assert_eq!(production(&before), production(&after), "case {number}\n{}", described(&before));
    }
}

/// Section 2: the tiers are ordered, "max means the later one"; section 4: the tier is the max of all contributions.
/// Two ceilings together are as strict as the stricter of them, and stricter only where they contribute.
#[test]
fn tiers_are_ordered_and_the_strictest_counts() {
    assert!(Tier::ALL.is_sorted());
    assert_eq!(
        Tier::ALL.iter().map(|tier| tier.as_str()).collect::<Vec<_>>(),
        ["INSTANT", "NOTIFY", "DELAY", "APPROVAL"]
    );
    let mut random = Random::of(9, u64::MAX);
    let tiers = [PolicyType::ReputationThreshold, PolicyType::ActionCategoryLimit, PolicyType::ApproveTierOverride];
    for number in 0..CASES {
        let mut base = case(9, number);
        // The delay that a payment can wait for is no tier, and without any row there is no ceiling.
        base.settings.zero_policy_passthrough = false;
        let [one, other] = [0, 1].map(|_| {
            let of_type = *random.pick(&tiers);
            PolicyRow { ceiling: true, enabled: true, ..another_row(&mut random, &base, of_type) }
        });
        let with = |rows: &[&PolicyRow]| {
            let mut case = base.clone();
            case.rows.extend(rows.iter().copied().cloned());
            production(&case).verdict.severity()
        };
        let (left, right, both) = (with(&[&one]), with(&[&other]), with(&[&one, &other]));
        assert_eq!(both, left.max(right), "case {number}\n{}\n{one:?}\n{other:?}", described(&base));
    }
}
