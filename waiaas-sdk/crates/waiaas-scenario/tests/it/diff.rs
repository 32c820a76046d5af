//! Differences: every kind of rule, one threshold or entry moved, is noticed.

use crate::zones;
use serde_json::{Value, json};
use waiaas_scenario::{ChangeKind, diff, no_zones, run};

const ONE: &str = "0x1000000000000000000000000000000000000001";
const TWO: &str = "0x2000000000000000000000000000000000000002";

fn row(policy_type: &str, rules: Value) -> Value {
    json!({ "type": policy_type, "rules": rules })
}

/// What must surround a row so that requests get as far as it.
fn surrounded(row: Value) -> Value {
    let open = [
        json!({ "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": "1000000000" } }),
        json!({ "type": "ALLOWED_TOKENS", "rules": { "tokens": [{ "address": ONE }] } }),
        json!({ "type": "CONTRACT_WHITELIST", "rules": { "contracts": [{ "address": ONE }] } }),
        json!({ "type": "APPROVED_SPENDERS", "rules": { "spenders": [{ "address": ONE }] } }),
        json!({ "type": "LENDING_ASSET_WHITELIST", "rules": { "assets": [{ "address": ONE }] } }),
        json!({ "type": "PERP_ALLOWED_MARKETS", "rules": { "markets": ["ETH-PERP"] } }),
    ];
    let others = open.into_iter().filter(|other| other["type"] != row["type"]);
    others.chain([row.clone()]).collect()
}

fn kinds(policy_type: &str, before: Value, after: Value) -> Vec<(ChangeKind, String, [String; 2])> {
    let (before, after) = (surrounded(row(policy_type, before)), surrounded(row(policy_type, after)));
    let context = json!({ "settings": { "erc8128.enabled": true } });
    let diff = diff(&before, &after, &context, &zones::offset).unwrap();
    for group in &diff.groups {
        // What is shown can be put into a scenario and gives the same again.
        for (rows, side) in [(&before, &group.before), (&after, &group.after)] {
            let json = side.to_json();
            let expect = json!({ "allowed": json["allowed"], "tier": json["tier"], "denied_by": json["denied_by"] });
            let case = json!({
                "name": "shown", "policies": rows, "context": group.context, "request": group.request, "expect": expect,
            });
            let report = run(&json!([case]), &zones::offset).unwrap();
            assert!(report.passed(), "{report}");
        }
    }
    diff.groups.iter().map(|g| (g.kind, g.request["type"].as_str().unwrap().to_owned(), g.summaries())).collect()
}

#[test]
fn the_smallest_changes_are_noticed() {
    use ChangeKind::{LooserTier, NewlyAllowed, NewlyDenied, OtherTimes, StricterTier};
    let check = |policy_type: &str, before: Value, after: Value, kind: ChangeKind, request: &str| {
        let found = kinds(policy_type, before.clone(), after.clone());
        assert!(
            found.iter().any(|(a, b, _)| (*a, b.as_str()) == (kind, request)),
            "{policy_type} {before} -> {after}: {found:?}"
        );
        // The other way round it is the other way round.
        let back = match kind {
            NewlyAllowed => NewlyDenied,
            NewlyDenied => NewlyAllowed,
            LooserTier => StricterTier,
            StricterTier => LooserTier,
            OtherTimes => OtherTimes,
        };
        let found = kinds(policy_type, after, before);
        assert!(found.iter().any(|(a, b, _)| (*a, b.as_str()) == (back, request)), "{policy_type} back: {found:?}");
    };
    let usd = |usd: &str| json!({ "instant_max_usd": usd, "delay_max_usd": "1000" });
    check("SPENDING_LIMIT", usd("10"), usd("9.999999"), StricterTier, "TRANSFER");
    check("SPENDING_LIMIT", usd("10"), usd("10.000001"), LooserTier, "TOKEN_TRANSFER");
    let raw = |raw: &str| json!({ "instant_max": raw, "notify_max": "5000000000000000001" });
    check("SPENDING_LIMIT", raw("1000000000000000000"), raw("1000000000000000001"), LooserTier, "TRANSFER");
    let token = |limit: &str| json!({ "token_limits": { format!("eip155:1/erc20:{ONE}"): { "instant_max": limit, "notify_max": "500", "delay_max": "1000" } } });
    check("SPENDING_LIMIT", token("100"), token("100.000001"), LooserTier, "TOKEN_TRANSFER");
    let daily = |limit: &str| json!({ "instant_max_usd": 10, "delay_max_usd": 20, "daily_limit_usd": limit });
    check("SPENDING_LIMIT", daily("100"), daily("100.000001"), LooserTier, "TRANSFER");
    let times = |seconds: u32| json!({ "instant_max_usd": 10, "delay_max_usd": 20, "delay_seconds": seconds });
    check("SPENDING_LIMIT", times(60), times(61), OtherTimes, "TRANSFER");
    let list = |key: &str, entries: Value| json!({ key: entries });
    check(
        "WHITELIST",
        list("allowed_addresses", json!([ONE])),
        list("allowed_addresses", json!([ONE, TWO])),
        NewlyAllowed,
        "TRANSFER",
    );
    let hours =
        |start: u8, end: u8, zone: &str| json!({ "allowedHours": { "start": start, "end": end }, "timezone": zone });
    check("TIME_RESTRICTION", hours(9, 17, "UTC"), hours(9, 18, "UTC"), NewlyAllowed, "TRANSFER");
    check("TIME_RESTRICTION", hours(22, 4, "Asia/Seoul"), hours(23, 4, "Asia/Seoul"), NewlyDenied, "TRANSFER");
    check(
        "TIME_RESTRICTION",
        json!({ "allowed_hours": { "start": 1, "end": 2 }, "allowed_days": [1, 2] }),
        json!({ "allowed_hours": { "start": 1, "end": 2 }, "allowed_days": [1] }),
        NewlyDenied,
        "TRANSFER",
    );
    let rate = |max: u32, window: u32| json!({ "max_requests": max, "window_seconds": window });
    check("RATE_LIMIT", rate(10, 3600), rate(11, 3600), NewlyAllowed, "TRANSFER");
    check("RATE_LIMIT", rate(10, 3600), rate(10, 3601), NewlyDenied, "TRANSFER");
    let tokens = |all: Value| json!({ "tokens": all });
    check(
        "ALLOWED_TOKENS",
        tokens(json!([{ "address": ONE }])),
        tokens(json!([{ "address": TWO }])),
        NewlyAllowed,
        "TOKEN_TRANSFER",
    );
    check(
        "ALLOWED_TOKENS",
        tokens(json!([{ "address": ONE }])),
        json!({ "tokens": [{ "address": ONE }], "restrict_native": true }),
        NewlyDenied,
        "TRANSFER",
    );
    check(
        "CONTRACT_WHITELIST",
        json!({ "contracts": [{ "address": ONE }] }),
        json!({ "contracts": [{ "address": TWO }] }),
        NewlyDenied,
        "CONTRACT_CALL",
    );
    let method = |selectors: Value| json!({ "methods": [{ "contractAddress": ONE, "selectors": selectors }] });
    check(
        "METHOD_WHITELIST",
        method(json!(["0x12345678"])),
        method(json!(["0x12345678", "0x12345679"])),
        NewlyAllowed,
        "CONTRACT_CALL",
    );
    let spender = |max: &str| json!({ "spenders": [{ "address": ONE, "maxAmount": max }] });
    check("APPROVED_SPENDERS", spender("1000"), spender("1001"), NewlyAllowed, "APPROVE");
    check("APPROVE_AMOUNT_LIMIT", json!({ "maxAmount": "5" }), json!({ "maxAmount": "4" }), NewlyDenied, "APPROVE");
    check("APPROVE_AMOUNT_LIMIT", json!({}), json!({ "blockUnlimited": false }), NewlyAllowed, "APPROVE");
    check("APPROVE_TIER_OVERRIDE", json!({ "tier": "NOTIFY" }), json!({ "tier": "APPROVAL" }), StricterTier, "APPROVE");
    let networks = |names: Value| json!({ "networks": names });
    check(
        "ALLOWED_NETWORKS",
        networks(json!(["ethereum-mainnet"])),
        networks(json!(["ethereum-mainnet", "base-sepolia"])),
        NewlyAllowed,
        "TRANSFER",
    );
    let domains = |names: Value| json!({ "domains": names });
    check(
        "X402_ALLOWED_DOMAINS",
        domains(json!(["a.example"])),
        domains(json!(["*.a.example"])),
        NewlyAllowed,
        "X402_PAYMENT",
    );
    check(
        "ERC8128_ALLOWED_DOMAINS",
        domains(json!(["a.example"])),
        domains(json!(["b.example"])),
        NewlyDenied,
        "ERC8128_SIGN",
    );
    check(
        "ERC8128_ALLOWED_DOMAINS",
        json!({ "domains": ["a.example"], "rate_limit_rpm": 5 }),
        json!({ "domains": ["a.example"], "rate_limit_rpm": 6 }),
        NewlyAllowed,
        "ERC8128_SIGN",
    );
    check(
        "LENDING_ASSET_WHITELIST",
        json!({ "assets": [{ "address": ONE }] }),
        json!({ "assets": [{ "address": TWO }] }),
        NewlyAllowed,
        "CONTRACT_CALL",
    );
    check("LENDING_LTV_LIMIT", json!({ "maxLtv": 0.75 }), json!({ "maxLtv": 0.750001 }), NewlyAllowed, "CONTRACT_CALL");
    check(
        "PERP_ALLOWED_MARKETS",
        json!({ "markets": ["A"] }),
        json!({ "markets": ["B"] }),
        NewlyDenied,
        "CONTRACT_CALL",
    );
    check(
        "PERP_MAX_LEVERAGE",
        json!({ "maxLeverage": 5 }),
        json!({ "maxLeverage": 4.999999 }),
        NewlyDenied,
        "CONTRACT_CALL",
    );
    check(
        "PERP_MAX_POSITION_USD",
        json!({ "maxPositionUsd": 5 }),
        json!({ "maxPositionUsd": 5.000001 }),
        NewlyAllowed,
        "CONTRACT_CALL",
    );
    let score = |score: &str| json!({ "min_score": score.parse::<f64>().unwrap(), "check_counterparty": true });
    check("REPUTATION_THRESHOLD", score("50"), score("50.000001"), StricterTier, "TRANSFER");
    check("VENUE_WHITELIST", json!({ "venues": ["a"] }), json!({ "venues": ["b"] }), NewlyDenied, "EXTERNAL_ACTION");
    let category = |limit: &str| json!({ "category": "trade", "daily": limit });
    check("ACTION_CATEGORY_LIMIT", category("10"), category("9.999999"), StricterTier, "EXTERNAL_ACTION");
}

#[test]
fn the_same_rows_do_not_differ() {
    let rows = surrounded(row("SPENDING_LIMIT", json!({ "instant_max_usd": 5, "daily_limit_usd": 100 })));
    let diff = diff(&rows, &rows, &json!({}), &no_zones).unwrap();
    assert!(diff.is_empty() && diff.judged > 100, "{diff}");
}

#[test]
fn rows_of_single_wallets_and_networks_are_seen() {
    let limit = |usd: u32, wallet: Option<&str>, network: Option<&str>| json!({ "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": usd }, "walletId": wallet, "network": network });
    for (wallet, network) in [
        (Some("0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"), None),
        (None, Some("polygon-mainnet")),
        (None, Some("base-sepolia")),
        (Some("w7"), Some("base-sepolia")),
    ] {
        let all = limit(10, None, None);
        let (before, after) = (json!([all, limit(20, wallet, network)]), json!([all, limit(30, wallet, network)]));
        let diff = diff(&before, &after, &json!({}), &no_zones).unwrap();
        let transfer = diff.groups.iter().find(|group| group.request["type"] == "TRANSFER").expect("a difference");
        assert_eq!(transfer.kind, ChangeKind::LooserTier);
        if let Some(network) = network {
            assert_eq!(transfer.context["network"], network);
        }
    }
}

#[test]
fn other_chains_are_tried_with_their_own_addresses() {
    let (one, two) = ("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU", "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
    let tokens = |tokens: Value| {
        json!([
            row("ALLOWED_TOKENS", json!({ "tokens": tokens })),
            row("SPENDING_LIMIT", json!({ "instant_max_usd": 10 }))
        ])
    };
    let (before, after) =
        (tokens(json!([{ "address": one }])), tokens(json!([{ "address": one }, { "address": two }])));
    let diff = diff(&before, &after, &json!([{ "network": "solana-mainnet" }, {}]), &no_zones).unwrap();
    let found: Vec<_> =
        diff.groups.iter().map(|group| (group.kind, group.request["token"]["address"].clone())).collect();
    assert!(found.contains(&(ChangeKind::NewlyAllowed, json!(two))), "{diff}");
}

#[test]
fn hours_that_only_one_side_has_do_not_hide_the_rest() {
    let rows = |start: u8, usd: u32| {
        let hours = json!({ "allowed_hours": { "start": start, "end": start + 1 } });
        json!([
            row("TIME_RESTRICTION", hours),
            row("SPENDING_LIMIT", json!({ "instant_max_usd": usd, "delay_max_usd": 50 }))
        ])
    };
    let found = |before: Value, after: Value| {
        let diff = diff(&before, &after, &json!({}), &no_zones).unwrap();
        diff.groups.iter().map(|group| group.kind).collect::<Vec<_>>()
    };
    // It is noon where the context says nothing; both are closed then.
    assert!(found(rows(3, 10), rows(3, 11)).contains(&ChangeKind::LooserTier));
    let kinds = found(rows(3, 10), rows(5, 10));
    assert!(kinds.contains(&ChangeKind::NewlyAllowed) && kinds.contains(&ChangeKind::NewlyDenied), "{kinds:?}");
}
