//! Rows of all types: valid rules, rules at the edge of their shape, and text that is none.

use super::Random;
use super::universe::{
    CATEGORIES, HOSTS, MARKETS, NETWORKS, VENUES, WINDOWS, ZONES, address_text, any_asset, dollar_text, policy, wallet,
};
use waiaas_core::chain::Network;
use waiaas_core::policy::{PolicyRow, PolicyType, Subject};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Channel, Effects, Operation};

/// Up to seven rows, mostly of types that concern the request.
pub(super) fn rows(random: &mut Random, subject: &Subject, effects: &Effects) -> Vec<PolicyRow> {
    let relevant = relevant(effects);
    let mut rows: Vec<PolicyRow> = Vec::new();
    let many = random.below(8);
    for _ in 0..many {
        let of_type = match random.below(8) {
            0 => any_type(random),
            1 | 2 if !rows.is_empty() => random.pick(&rows).policy_type,
            _ => *random.pick(&relevant),
        };
        let next = row(random, subject, of_type);
        rows.push(next);
    }
    rows
}

pub(super) fn any_type(random: &mut Random) -> PolicyType {
    *random.pick(PolicyType::ALL)
}

fn relevant(effects: &Effects) -> Vec<PolicyType> {
    use PolicyType as Type;
    let mut relevant = vec![Type::SpendingLimit; 3];
    match effects.channel {
        Channel::X402(_) => relevant.extend([Type::X402AllowedDomains; 3]),
        Channel::Erc8128(_) => relevant.extend([Type::Erc8128AllowedDomains; 9]),
        _ => {}
    }
    for operation in &effects.operations {
        match operation {
            Operation::NativeTransfer { .. } => relevant.push(Type::SpendingLimit),
            Operation::TokenTransfer { .. } => relevant.push(Type::AllowedTokens),
            Operation::Approval { .. } => {
                relevant.extend([Type::ApprovedSpenders, Type::ApproveAmountLimit, Type::ApproveTierOverride]);
            }
            Operation::ContractCall { .. } => relevant.extend([Type::ContractWhitelist, Type::MethodWhitelist]),
            Operation::NftTransfer { .. } => relevant.push(Type::ContractWhitelist),
            Operation::Deployment => {}
        }
    }
    if let Some(action) = &effects.action {
        if action.lending.is_some() {
            relevant.extend([Type::LendingAssetWhitelist, Type::LendingLtvLimit]);
        }
        if action.perp.is_some() {
            relevant.extend([Type::PerpAllowedMarkets, Type::PerpMaxLeverage, Type::PerpMaxPositionUsd]);
        }
        if action.venue.is_some() {
            relevant.push(Type::VenueWhitelist);
        }
        relevant.extend([Type::ActionCategoryLimit; 2]);
    }
    relevant.extend([Type::ReputationThreshold, Type::Whitelist, Type::RateLimit, Type::TimeRestriction]);
    relevant
}

pub(super) fn row(random: &mut Random, subject: &Subject, policy_type: PolicyType) -> PolicyRow {
    let rules = rules(random, subject.network, policy_type);
    let rules = if random.once_in(40) { broken(random, &rules) } else { rules };
    let created_at = UnixMillis::from_secs(random.below(3) as i64);
    PolicyRow {
        id: policy(random.next()),
        wallet: match random.below(20) {
            0 => Some(wallet(2)),
            1..=10 => Some(wallet(1)),
            _ => None,
        },
        network: match random.below(8) {
            0 => Some(*random.pick(&NETWORKS)),
            1 | 2 => Some(subject.network),
            _ => None,
        },
        policy_type,
        rules,
        priority: random.below(3) as i64 - 1,
        enabled: !random.once_in(12),
        ceiling: random.once_in(4),
        created_at,
        updated_at: created_at,
    }
}

/// Text that is close to the rules, or not even JSON.
fn broken(random: &mut Random, rules: &str) -> String {
    let at = random.below(rules.len() as u64 + 1) as usize;
    match random.below(9) {
        0 => String::new(),
        1 => "{nope".to_owned(),
        2 => "[]".to_owned(),
        3 => "{}".to_owned(),
        4 => rules[..at].to_owned(),
        5 => rules.replacen('[', "[1,", 1),
        6 => rules.replacen(":\"", ":[\"", 1).replacen("\",", "\"],", 1),
        7 => rules.replacen('1', "-1", 1),
        _ => rules.replacen("\"", "\"x", 1),
    }
}

/// One to three entries, rarely none.
fn entries(random: &mut Random, entry: impl Fn(&mut Random) -> String) -> String {
    let many = if random.once_in(24) { 0 } else { 1 + random.below(3) };
    let entries: Vec<String> = (0..many).map(|_| entry(random)).collect();
    format!("[{}]", entries.join(","))
}

/// `"key":value` with a leading comma, or nothing.
fn sometimes(random: &mut Random, key: &str, value: impl FnOnce(&mut Random) -> String) -> String {
    if random.once_in(2) { format!(",\"{key}\":{}", value(random)) } else { String::new() }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn rules(random: &mut Random, network: Network, policy_type: PolicyType) -> String {
    let addresses = |random: &mut Random| quoted(&address_text(random));
    match policy_type {
        PolicyType::SpendingLimit => spending_limit(random, network),
        PolicyType::Whitelist => format!("{{\"allowed_addresses\":{}}}", entries(random, addresses)),
        PolicyType::TimeRestriction => time_restriction(random),
        PolicyType::RateLimit => rate_limit(random),
        PolicyType::AllowedTokens => allowed_tokens(random, network),
        PolicyType::ContractWhitelist => {
            let contract = |random: &mut Random| {
                let chain = if random.once_in(8) { ",\"chain\":\"solana\"" } else { "" };
                format!("{{\"address\":{}{chain}}}", addresses(random))
            };
            format!("{{\"contracts\":{}}}", entries(random, contract))
        }
        PolicyType::MethodWhitelist => {
            let selector = |random: &mut Random| {
                quoted(random.word(&["0xdeadbeef", "0xDEADBEEF", "0x12345678", "0xde", "deadbeef"]))
            };
            let method = |random: &mut Random| {
                format!("{{\"contractAddress\":{},\"selectors\":{}}}", addresses(random), entries(random, selector))
            };
            format!("{{\"methods\":{}}}", entries(random, method))
        }
        PolicyType::ApprovedSpenders => {
            let spender = |random: &mut Random| {
                let most = sometimes(random, "maxAmount", |random| quoted(&raw(random)));
                format!("{{\"address\":{}{most}}}", addresses(random))
            };
            format!("{{\"spenders\":{}}}", entries(random, spender))
        }
        PolicyType::ApproveAmountLimit => {
            let most = sometimes(random, "maxAmount", |random| quoted(&raw(random)));
            format!("{{\"blockUnlimited\":{}{most}}}", random.once_in(2))
        }
        PolicyType::ApproveTierOverride => format!("{{\"tier\":{}}}", tier(random)),
        PolicyType::AllowedNetworks => {
            let names = ["ethereum-mainnet", "EIP155:1", "base-sepolia", "Polygon-Amoy", "eip155:84532", "mainnet"];
            let network = |random: &mut Random| {
                let name = quoted(random.word(&names));
                if random.once_in(3) { name } else { format!("{{\"network\":{name}}}") }
            };
            format!("{{\"networks\":{}}}", entries(random, network))
        }
        PolicyType::X402AllowedDomains => format!("{{\"domains\":{}}}", domains(random)),
        PolicyType::Erc8128AllowedDomains => {
            let rate = sometimes(random, "rate_limit_rpm", |random| random.pick(&["1", "2", "60"]).to_string());
            format!("{{\"domains\":{}{rate}}}", domains(random))
        }
        PolicyType::LendingLtvLimit => {
            let warning =
                sometimes(random, "warningLtv", |random| random.pick(&["0.5", "0.6", "0", "0.8"]).to_string());
            format!("{{\"maxLtv\":{}{warning}}}", random.pick(&["0.75", "0.8", "1", "0", "\"0.5\""]))
        }
        PolicyType::LendingAssetWhitelist => {
            let asset = |random: &mut Random| {
                let named = match random.below(4) {
                    0 => any_asset(random, network).to_string(),
                    1 => (*random.pick(&["native", "native:ethereum", "native:solana"])).to_owned(),
                    _ => address_text(random),
                };
                format!("{{\"address\":{}}}", quoted(&named))
            };
            format!("{{\"assets\":{}}}", entries(random, asset))
        }
        PolicyType::PerpMaxLeverage => {
            let warning = sometimes(random, "warningLeverage", |random| random.pick(&["3", "1", "3.5"]).to_string());
            format!("{{\"maxLeverage\":{}{warning}}}", random.pick(&["3", "5", "5.0", "20", "1.5"]))
        }
        PolicyType::PerpMaxPositionUsd => {
            let warning = sometimes(random, "warningPositionUsd", |random| dollar_text(random).to_owned());
            format!("{{\"maxPositionUsd\":{}{warning}}}", dollar_text(random))
        }
        PolicyType::PerpAllowedMarkets => named(random, "markets", "market", &MARKETS),
        PolicyType::ReputationThreshold => reputation(random),
        PolicyType::VenueWhitelist => named(random, "venues", "id", &VENUES),
        PolicyType::ActionCategoryLimit => category(random),
    }
}

fn tier(random: &mut Random) -> String {
    quoted(random.word(&["INSTANT", "NOTIFY", "DELAY", "APPROVAL"]))
}

/// Base units around the amounts of requests, in non-decreasing order when they are used as thresholds.
fn raw(random: &mut Random) -> String {
    let texts = [
        "0",
        "1",
        "1000000",
        "50000000",
        "100000000",
        "1000000000000000000",
        "50000000000000000000",
        "57896044618658097711785492504343953926634992332820282019728792003956564819967",
        "115792089237316195423570985008687907853269984665640564039457584007913129639935",
    ];
    (*random.pick(&texts)).to_owned()
}

fn spending_limit(random: &mut Random, network: Network) -> String {
    let mut members = Vec::new();
    if random.once_in(2) {
        for key in ["instant_max", "notify_max", "delay_max"] {
            members.extend(random.maybe(3, |random| format!("\"{key}\":{}", quoted(&raw(random)))));
        }
    }
    if random.once_in(2) {
        for key in ["instant_max_usd", "notify_max_usd", "delay_max_usd"] {
            members.extend(random.maybe(3, |random| format!("\"{key}\":{}", dollars(random))));
        }
    }
    if random.once_in(3) {
        let key = match random.below(4) {
            0 => "native".to_owned(),
            1 => "native:ethereum".to_owned(),
            _ => any_asset(random, network).to_string(),
        };
        let three =
            random.pick(&[["1", "10", "100"], ["0", "0.5", "50"], ["0.0000001", "5", "5.000"], ["100", "10", "1"]]);
        let [instant, notify, delay] = three;
        members.push(format!(
            "\"token_limits\":{{\"{key}\":{{\"instant_max\":\"{instant}\",\"notify_max\":\"{notify}\",\"delay_max\":\"{delay}\"}}}}"
        ));
    }
    if random.once_in(3) {
        members.push(format!("\"delay_seconds\":{}", random.pick(&[60, 600, 59])));
    }
    if random.once_in(3) {
        members.push(format!("\"approval_timeout\":{}", random.pick(&[1, 1_800, 7_200])));
    }
    for key in ["daily_limit_usd", "monthly_limit_usd"] {
        if random.once_in(3) {
            members.push(format!("\"{key}\":{}", dollars(random)));
        }
    }
    if random.once_in(4) {
        members.push(format!("\"unpriced_tier\":{}", quoted(random.word(&["NOTIFY", "DELAY", "APPROVAL", "DENY"]))));
    }
    if random.once_in(6) {
        members.push(format!("\"on_cumulative_exceed\":{}", quoted(random.word(&["APPROVAL", "DENY"]))));
    }
    format!("{{{}}}", members.join(","))
}

/// A dollar limit as a number or as its text.
fn dollars(random: &mut Random) -> String {
    let text = dollar_text(random);
    if random.once_in(4) { quoted(text) } else { text.to_owned() }
}

fn time_restriction(random: &mut Random) -> String {
    let (hours, days) = *random.pick(&[
        ("allowed_hours", "allowed_days"),
        ("allowedHours", "allowedDays"),
        ("allowedHours", "allowed_days"),
    ]);
    let (start, end) = *random.pick(&[(0, 24), (9, 17), (22, 6), (20, 0), (0, 12), (12, 24), (5, 5)]);
    let listed = sometimes(random, days, |random| (*random.pick(&["[0]", "[1,2,3,4,5]", "[0,6]", "[7]"])).to_owned());
    let zone = sometimes(random, "timezone", |random| quoted(random.word(&ZONES)));
    format!("{{\"{hours}\":{{\"start\":{start},\"end\":{end}}}{listed}{zone}}}")
}

fn rate_limit(random: &mut Random) -> String {
    let window = random.pick(&WINDOWS);
    let (most, seconds) = (window.max_requests, window.window_seconds);
    let period = match seconds {
        3_600 => "hourly",
        86_400 => "daily",
        604_800 => "weekly",
        _ => return format!("{{\"max_requests\":{most},\"window_seconds\":{seconds}}}"),
    };
    if random.once_in(2) {
        return format!("{{\"max_requests\":{most},\"window_seconds\":{seconds}}}");
    }
    format!("{{\"maxTransactions\":{most},\"period\":\"{period}\"}}")
}

fn allowed_tokens(random: &mut Random, network: Network) -> String {
    let token = |random: &mut Random| {
        let chain = sometimes(random, "chain", |random| quoted(random.word(&["ethereum", "ethereum", "solana"])));
        let id = if random.once_in(4) {
            let on = *random.pick(&[network, network, NETWORKS[0]]);
            let asset = any_asset(random, on).to_string();
            let asset = if random.once_in(3) { asset.replace("abab", "aBAb") } else { asset };
            format!(",\"assetId\":{}", quoted(&asset))
        } else {
            String::new()
        };
        let address = match random.below(6) {
            0 => (*random.pick(&["native", "native:ethereum", "native:solana"])).to_owned(),
            1 => network.native_asset().to_string(),
            _ => address_text(random),
        };
        format!("{{\"address\":{}{chain}{id}}}", quoted(&address))
    };
    let native = sometimes(random, "restrict_native", |random| random.once_in(2).to_string());
    format!("{{\"tokens\":{}{native}}}", entries(random, token))
}

fn domains(random: &mut Random) -> String {
    entries(random, |random| match random.below(6) {
        0 => quoted("*.example.com"),
        1 => quoted("*.com"),
        2 => quoted(random.word(&["API.Example.com", "example.com.", "https://example.com", "*", "b.example.com"])),
        _ => quoted(random.word(&HOSTS)),
    })
}

fn named(random: &mut Random, list: &str, key: &str, names: &[&str]) -> String {
    let entry = |random: &mut Random| {
        let name = *random.pick(names);
        let name = quoted(&if random.once_in(3) { name.to_uppercase() } else { name.to_owned() });
        if random.once_in(3) { name } else { format!("{{\"{key}\":{name}}}") }
    };
    format!("{{\"{list}\":{}}}", entries(random, entry))
}

fn reputation(random: &mut Random) -> String {
    let tier_or_deny = |random: &mut Random| {
        if random.once_in(4) { quoted("DENY") } else { tier(random) }
    };
    let below = sometimes(random, "below_threshold_tier", tier_or_deny);
    let unrated = sometimes(random, "unrated_tier", tier_or_deny);
    let check = if random.once_in(6) { "" } else { ",\"check_counterparty\":true" };
    format!("{{\"min_score\":{}{below}{unrated}{check}}}", random.pick(&["0", "50", "49.995", "100"]))
}

fn category(random: &mut Random) -> String {
    let name = if random.once_in(3) {
        *random.pick(&["trade", "stake", "lend", "withdraw", "custom"])
    } else {
        *random.pick(&CATEGORIES)
    };
    let short = random.once_in(3);
    let mut members = vec![format!("\"category\":{}", quoted(name))];
    let keys = if short {
        ["per_action", "daily", "monthly"]
    } else {
        ["per_action_limit_usd", "daily_limit_usd", "monthly_limit_usd"]
    };
    for key in keys {
        if random.once_in(2) {
            members.push(format!("\"{key}\":{}", dollar_text(random)));
        }
    }
    if random.once_in(2) {
        let tiers = ["auto", "DENY", "INSTANT", "NOTIFY", "DELAY", "APPROVAL"];
        members.push(format!("\"tier_on_exceed\":{}", quoted(random.word(&tiers))));
    }
    format!("{{{}}}", members.join(","))
}
