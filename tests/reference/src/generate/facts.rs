//! What the world is like: prices, tokens, sums, scores, settings.

use super::universe::{CATEGORIES, NETWORKS, WINDOWS, ZONES, address, amount, dollars, token, wallet};
use super::{Case, Random};
use std::collections::BTreeMap;
use waiaas_core::chain::{AssetId, ChainKind, Network};
use waiaas_core::money::{Price, Ratio};
use waiaas_core::policy::{
    ActionFacts, CategoryUse, Phase, PolicyRow, PolicySettings, Positions, PriceFact, RateCount, RateWindow, Subject,
    Tier, TokenFact, UnpricedTier,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Effects;
use waiaas_core::wallet::OwnerState;

pub(super) fn subject(random: &mut Random) -> Subject {
    let network = *random.pick(&NETWORKS);
    Subject {
        wallet: wallet(1),
        chain: ChainKind::Ethereum,
        environment: network.environment(),
        owner: *random.pick(OwnerState::ALL),
        network,
    }
}

pub(super) fn case(random: &mut Random, subject: Subject, effects: Effects, rows: Vec<PolicyRow>) -> Case {
    let network = subject.network;
    let assets: Vec<AssetId> = (0..3).map(|number| token(network, number)).chain([network.native_asset()]).collect();
    // A week of hours, at every second of one.
    let now = 1_772_600_000_000 + (random.below(7 * 86_400) * 1_000 + random.below(1_000)) as i64;
    let now = UnixMillis::from_millis(now);
    let steady = random.once_in(2);
    let mut prices = BTreeMap::new();
    for asset in &assets {
        if !random.once_in(12) {
            prices.insert(*asset, if steady { PriceFact::Known(price(random)) } else { price_fact(random) });
        }
    }
    let zones = ZONES.iter().zip([0, 32_400, -18_000, 0]).take(3).skip(1);
    let zones = zones.filter(|_| !random.once_in(8)).map(|(zone, offset)| ((*zone).to_owned(), offset)).collect();
    let mut held = BTreeMap::new();
    for asset in &assets {
        if random.once_in(3) {
            held.insert(*asset, amount(random));
        }
    }
    let daily = dollars(random);
    Case {
        rows,
        subject,
        now,
        prices,
        tokens: tokens(random, network),
        zones,
        held,
        daily,
        monthly: daily.saturating_add(dollars(random)),
        rates: rates(random, now),
        actions: actions(random),
        settings: settings(random),
        phase: if random.once_in(6) { Phase::Recheck } else { Phase::Admission },
        effects,
    }
}

fn price(random: &mut Random) -> Price {
    let texts =
        ["1", "2000", "0.5", "0.9998", "100", "0.000000000000000001", "300000000000000000000", "3.141592653589793238"];
    Price::parse(random.word(&texts)).unwrap()
}

fn price_fact(random: &mut Random) -> PriceFact {
    match random.below(3) {
        0 => PriceFact::Known(price(random)),
        1 => PriceFact::NotListed,
        _ => PriceFact::Unavailable,
    }
}

fn tokens(random: &mut Random, network: Network) -> BTreeMap<AssetId, TokenFact> {
    let decimals = [6, 18, *random.pick(&[0, 77, 255])];
    let mut tokens = BTreeMap::new();
    for (number, decimals) in (0..).zip(decimals) {
        if !random.once_in(8) {
            tokens.insert(token(network, number), TokenFact { decimals, symbol: "T".to_owned() });
        }
    }
    tokens
}

/// Counts that one and the same list of earlier requests gives for every window.
fn rates(random: &mut Random, now: UnixMillis) -> BTreeMap<RateWindow, RateCount> {
    let ages = [0_i64, 1, 59, 60, 61, 3_599, 3_600, 3_601, 86_400, 86_401, 604_800, 700_000];
    let few = random.below(6);
    let mut times: Vec<UnixMillis> = (0..few).map(|_| now.plus_secs(-random.pick(&ages))).collect();
    times.sort();
    let count = |window: RateWindow| {
        let start = now.plus_secs(-(window.window_seconds as i64));
        let counted: Vec<UnixMillis> = times.iter().copied().filter(|time| *time >= start).collect();
        let over = (counted.len() as u64).checked_sub(window.max_requests);
        RateCount {
            window,
            count: counted.len() as u64,
            frees_at_expiry_of: over.and_then(|over| counted.get(over as usize).copied()),
        }
    };
    WINDOWS.iter().map(|window| (*window, count(*window))).collect()
}

fn actions(random: &mut Random) -> ActionFacts {
    let score = |random: &mut Random| {
        Ratio::from_millionths(*random.pick(&[0, 49_990_000, 50_000_000, 50_000_001, 100_000_000]))
    };
    let reputation = |random: &mut Random| {
        let mut scores = BTreeMap::new();
        for number in 0..4 {
            if !random.once_in(3) {
                scores.insert(address(number), score(random));
            }
        }
        scores
    };
    let categories = |random: &mut Random| {
        let mut uses = BTreeMap::new();
        for category in CATEGORIES.iter().chain([&ActionFacts::WITHDRAWALS]) {
            if random.once_in(2) {
                let day = dollars(random);
                uses.insert((*category).to_owned(), CategoryUse { day, month: day.saturating_add(dollars(random)) });
            }
        }
        uses
    };
    ActionFacts {
        positions: random.maybe(8, |random| Positions { collateral: dollars(random), debt: dollars(random) }),
        reputation: random.maybe(12, reputation),
        categories: random.maybe(12, categories),
        erc8128_recent: random.maybe(12, |random| *random.pick(&[0, 1, 2, 3, 59, 60])),
    }
}

fn settings(random: &mut Random) -> PolicySettings {
    // Half of the cases are open by default, so that requests get as far as the amounts.
    let open = random.once_in(2);
    let mut flag = || !open && !random.once_in(3);
    let defaults = PolicySettings {
        default_deny_tokens: flag(),
        default_deny_contracts: flag(),
        default_deny_spenders: flag(),
        default_deny_transfers: flag(),
        default_deny_x402_domains: flag(),
        default_deny_erc8128_domains: flag(),
        default_deny_lending_assets: flag(),
        default_deny_perp_markets: flag(),
        default_deny_venues: flag(),
        ..PolicySettings::default()
    };
    PolicySettings {
        nft_transfer_tier: *random.pick(Tier::ALL),
        deploy_tier: *random.pick(Tier::ALL),
        x402_enabled: !random.once_in(12),
        x402_request_timeout_seconds: *random.pick(&[30, 60, 120]),
        erc8128_enabled: !random.once_in(6),
        erc8128_default_rpm: *random.pick(&[1, 2, 60]),
        zero_policy_passthrough: random.once_in(8),
        legacy_raw_limit_for_tokens: random.once_in(4),
        unpriced_tier: if random.once_in(2) { Some(unpriced(random)) } else { None },
        default_delay_seconds: *random.pick(&[60, 300]),
        default_approval_timeout_seconds: *random.pick(&[300, 3_600]),
        ..defaults
    }
}

fn unpriced(random: &mut Random) -> UnpricedTier {
    *random.pick(&[
        UnpricedTier::Tier(Tier::Notify),
        UnpricedTier::Tier(Tier::Delay),
        UnpricedTier::Tier(Tier::Approval),
        UnpricedTier::Deny,
    ])
}
