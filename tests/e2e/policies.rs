//! Policies of every type: made, read, changed, deleted, refused, and acting.

use crate::world::{CENT, Wallet, World, id, stranger, transfer};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use waiaas_tests::anvil::NETWORK;
use waiaas_tests::api::text;
use waiaas_tests::owner::OwnerKey;

const SOMEBODY: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const USDC: &str = "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238";

/// Every type, with rules as the manual writes them and rules to change to: other spellings where there are any, and a
/// key that nothing here reads, which must come back all the same.
fn all_types() -> Vec<(&'static str, Value, Value)> {
    let usdc = format!("eip155:11155111/erc20:{}", USDC.to_lowercase());
    vec![
        (
            "SPENDING_LIMIT",
            json!({ "instant_max_usd": 50, "daily_limit_usd": 1000 }),
            json!({
                "instant_max": "1000", "notify_max": "2000", "delay_max": "3000", "delay_seconds": 300, "note": "ours",
                "token_limits": { usdc.clone(): { "instant_max": "1.5", "notify_max": "2", "delay_max": "3" } },
            }),
        ),
        ("WHITELIST", json!({ "allowed_addresses": [SOMEBODY] }), json!({ "allowed_addresses": [SOMEBODY, USDC] })),
        (
            "TIME_RESTRICTION",
            json!({ "allowedHours": { "start": 9, "end": 17 }, "timezone": "UTC" }),
            json!({ "allowed_hours": { "start": 22, "end": 6 }, "allowed_days": [0, 6], "timezone": "Europe/Paris" }),
        ),
        (
            "RATE_LIMIT",
            json!({ "maxTransactions": 10, "period": "hourly" }),
            json!({ "max_requests": 5, "window_seconds": 60 }),
        ),
        (
            "ALLOWED_TOKENS",
            json!({ "tokens": [{ "address": USDC, "symbol": "USDC" }] }),
            json!({ "tokens": [{ "address": USDC, "chain": "ethereum", "assetId": usdc }], "restrict_native": true }),
        ),
        (
            "CONTRACT_WHITELIST",
            json!({ "contracts": [{ "address": USDC }] }),
            json!({ "contracts": [{ "address": USDC, "name": "USDC", "chain": "ethereum" }] }),
        ),
        (
            "METHOD_WHITELIST",
            json!({ "methods": [{ "contractAddress": USDC, "selectors": ["0xa9059cbb"] }] }),
            json!({ "methods": [] }),
        ),
        (
            "APPROVED_SPENDERS",
            json!({ "spenders": [{ "address": SOMEBODY }] }),
            json!({ "spenders": [{ "address": SOMEBODY, "name": "router", "maxAmount": "1000000" }] }),
        ),
        ("APPROVE_AMOUNT_LIMIT", json!({ "maxAmount": "1000000", "blockUnlimited": true }), json!({})),
        ("APPROVE_TIER_OVERRIDE", json!({ "tier": "DELAY" }), json!({ "tier": "APPROVAL" })),
        (
            "ALLOWED_NETWORKS",
            json!({ "networks": [{ "network": NETWORK, "name": "test" }] }),
            json!({ "networks": ["eip155:1", "devnet"] }),
        ),
        (
            "X402_ALLOWED_DOMAINS",
            json!({ "domains": ["api.example.com"] }),
            json!({ "domains": ["*.example.com", "pay.example.org"] }),
        ),
        ("LENDING_LTV_LIMIT", json!({ "maxLtv": 0.75 }), json!({ "maxLtv": 0.75, "warningLtv": 0.6 })),
        (
            "LENDING_ASSET_WHITELIST",
            json!({ "assets": [{ "address": USDC }] }),
            json!({ "assets": [{ "address": USDC, "symbol": "USDC" }] }),
        ),
        ("PERP_MAX_LEVERAGE", json!({ "maxLeverage": 5 }), json!({ "maxLeverage": 5, "warningLeverage": 2.5 })),
        (
            "PERP_MAX_POSITION_USD",
            json!({ "maxPositionUsd": 10000 }),
            json!({ "maxPositionUsd": 10000.5, "warningPositionUsd": 500 }),
        ),
        (
            "PERP_ALLOWED_MARKETS",
            json!({ "markets": [{ "market": "ETH-PERP", "name": "Ether" }] }),
            json!({ "markets": ["ETH-PERP", "BTC-PERP"] }),
        ),
        (
            "REPUTATION_THRESHOLD",
            json!({ "min_score": 50, "check_counterparty": true }),
            json!({ "min_score": 50, "below_threshold_tier": "DENY", "unrated_tier": "NOTIFY", "tag1": "trade" }),
        ),
        (
            "ERC8128_ALLOWED_DOMAINS",
            json!({ "domains": ["api.example.com"] }),
            json!({ "domains": ["*.example.com"], "rate_limit_rpm": 10 }),
        ),
        (
            "VENUE_WHITELIST",
            json!({ "venues": ["polymarket"] }),
            json!({ "venues": [{ "id": "polymarket", "name": "Polymarket" }] }),
        ),
        (
            "ACTION_CATEGORY_LIMIT",
            json!({ "category": "swap", "daily_limit_usd": 500 }),
            json!({ "category": "withdraw", "per_action": 100, "monthly": 5000, "tier_on_exceed": "auto" }),
        ),
    ]
}

#[test]
fn every_type_is_made_read_changed_and_deleted() {
    let world = World::start();
    let wallet = world.wallet();
    let (master, agent) = (world.server.master(), world.agent(&wallet));
    let types = all_types();
    let mut made = Vec::new();
    for (position, (policy_type, rules, _)) in types.iter().enumerate() {
        let body = json!({
            "walletId": wallet.id, "type": policy_type, "rules": rules, "priority": position,
            "network": NETWORK, "ceiling": position % 2 == 1,
        });
        let policy = master.post("/v1/policies", &body).unwrap().expect(201).unwrap();
        for key in ["walletId", "type", "rules", "priority", "network", "ceiling"] {
            assert_eq!(policy[key], body[key], "{policy_type}: {key}");
        }
        assert_eq!(policy["enabled"], true, "{policy}");
        made.push(policy);
    }
    assert_eq!(made.len(), 21);

    // The operator and the agent see the same, the highest priority first.
    made.reverse();
    for caller in [&master, &agent] {
        let list = caller.get("/v1/policies?limit=200").unwrap().expect(200).unwrap();
        assert_eq!(list["data"].as_array().unwrap(), &made);
    }
    made.reverse();

    for ((policy_type, _, change), before) in types.iter().zip(&made) {
        let path = format!("/v1/policies/{}", text(before, "id").unwrap());
        assert_eq!(&master.get(&path).unwrap().expect(200).unwrap(), before, "{policy_type}");
        let body = json!({ "rules": change, "priority": -1, "enabled": false });
        let changed = master.put(&path, &body).unwrap().expect(200).unwrap();
        assert_eq!((&changed["rules"], &changed["priority"]), (change, &json!(-1)), "{policy_type}");
        assert_eq!((&changed["enabled"], &changed["type"]), (&json!(false), &json!(policy_type)));
        assert_eq!(master.get(&path).unwrap().expect(200).unwrap(), changed, "{policy_type}");
        let refused = master.put(&path, &json!({ "rules": { "nonsense": "x".repeat(9) } })).unwrap();
        // APPROVE_AMOUNT_LIMIT has no key that must be there, so this is a change for it and for it alone.
        let expect = if *policy_type == "APPROVE_AMOUNT_LIMIT" { 200 } else { 400 };
        assert_eq!(refused.status, expect, "{policy_type}: {}", refused.text());
        let deleted = master.delete(&path).unwrap().expect(200).unwrap();
        assert_eq!(deleted, json!({ "id": before["id"], "deleted": true }));
        assert_eq!(master.get(&path).unwrap().code(), "POLICY_NOT_FOUND");
    }
    assert_eq!(agent.get("/v1/policies").unwrap().expect(200).unwrap()["total"], 0);
}

#[test]
fn rules_that_cannot_be_read_are_refused_with_their_place() {
    let world = World::start();
    let master = world.server.master();
    let table = [
        ("SPENDING_LIMIT", json!({ "daily_limit_usd": 10 }), "rules"),
        ("SPENDING_LIMIT", json!({ "instant_max_usd": -1 }), "rules.instant_max_usd"),
        ("SPENDING_LIMIT", json!({ "instant_max_usd": 2, "notify_max_usd": 1 }), "rules.instant_max_usd"),
        ("WHITELIST", json!({ "allowed_addresses": [] }), "rules.allowed_addresses"),
        ("WHITELIST", json!({ "allowed_addresses": ["", 5] }), "rules.allowed_addresses.0"),
        ("TIME_RESTRICTION", json!({ "allowed_hours": { "start": 24, "end": 1 } }), "rules.allowed_hours.start"),
        (
            "TIME_RESTRICTION",
            json!({ "allowed_hours": { "start": 1, "end": 2 }, "timezone": "Mars/Olympus" }),
            "rules.timezone",
        ),
        ("RATE_LIMIT", json!({ "maxTransactions": 1, "period": "yearly" }), "rules.period"),
        ("ALLOWED_TOKENS", json!({ "tokens": [{ "symbol": "USDC" }] }), "rules.tokens.0.address"),
        (
            "CONTRACT_WHITELIST",
            json!({ "contracts": [{ "address": USDC, "chain": "mars" }] }),
            "rules.contracts.0.chain",
        ),
        ("METHOD_WHITELIST", json!({ "methods": [{ "contractAddress": USDC }] }), "rules.methods.0.selectors"),
        (
            "APPROVED_SPENDERS",
            json!({ "spenders": [{ "address": USDC, "maxAmount": 5 }] }),
            "rules.spenders.0.maxAmount",
        ),
        ("APPROVE_AMOUNT_LIMIT", json!({ "maxAmount": "1.5" }), "rules.maxAmount"),
        ("APPROVE_TIER_OVERRIDE", json!({ "tier": "LATER" }), "rules.tier"),
        ("ALLOWED_NETWORKS", json!({ "networks": [{ "network": "mars" }] }), "rules.networks.0.network"),
        ("X402_ALLOWED_DOMAINS", json!({ "domains": ["https://a.example"] }), "rules.domains.0"),
        ("LENDING_LTV_LIMIT", json!({ "maxLtv": 0.5, "warningLtv": 0.6 }), "rules.warningLtv"),
        ("LENDING_ASSET_WHITELIST", json!({ "assets": USDC }), "rules.assets"),
        ("PERP_MAX_LEVERAGE", json!({ "maxLeverage": 0 }), "rules.maxLeverage"),
        ("PERP_MAX_POSITION_USD", json!({ "warningPositionUsd": 5 }), "rules.maxPositionUsd"),
        ("PERP_ALLOWED_MARKETS", json!({ "markets": [{}] }), "rules.markets.0.market"),
        ("REPUTATION_THRESHOLD", json!({ "min_score": 101 }), "rules.min_score"),
        ("ERC8128_ALLOWED_DOMAINS", json!({ "domains": ["a.example"], "rate_limit_rpm": 0 }), "rules.rate_limit_rpm"),
        ("VENUE_WHITELIST", json!({ "venues": [7] }), "rules.venues.0"),
        ("ACTION_CATEGORY_LIMIT", json!({ "category": "swap", "daily": -5 }), "rules.daily"),
    ];
    let types: std::collections::BTreeSet<_> = table.iter().map(|(policy_type, ..)| *policy_type).collect();
    assert_eq!(types.len(), 21, "each type is refused something");
    for (policy_type, rules, path) in table {
        let answer = master.post("/v1/policies", &json!({ "type": policy_type, "rules": rules })).unwrap();
        let body = answer.expect(400).unwrap();
        assert_eq!(answer.code(), "ACTION_VALIDATION_FAILED", "{policy_type} {rules}: {body}");
        let issues = body["details"]["issues"].as_array().unwrap();
        assert!(issues.iter().any(|issue| issue["pathString"] == path), "{policy_type} {rules}: no {path} in {body}");
        assert!(issues.iter().all(|issue| issue["path"][0] == "rules"), "{body}");
    }
    assert_eq!(master.get("/v1/policies").unwrap().expect(200).unwrap()["total"], 0);
}

/// What a transfer of a dollar gets: its tier, or the code of its denial.
fn outcome(world: &World, wallet: &Wallet) -> String {
    let answer = world.send(wallet, &stranger(), 100);
    let body = answer.json();
    match answer.status {
        201 => text(&body, "tier").unwrap().to_owned(),
        _ => text(&body["details"], "reasonCode").unwrap().to_owned(),
    }
}

#[test]
fn each_type_acts_on_a_transfer_that_it_concerns_and_on_no_other() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    own(&world, &wallet);
    let master = world.server.master();
    let hour = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() / 3_600 % 24;
    // Two hours from now, for one hour: closed, even if the hour changes meanwhile.
    let later = (hour + 2) % 24;
    let unrated = |tier: &str| json!({ "min_score": 1, "check_counterparty": true, "unrated_tier": tier });
    let acting = [
        ("REPUTATION_THRESHOLD", json!({ "min_score": 1, "check_counterparty": true }), "APPROVAL"),
        ("REPUTATION_THRESHOLD", json!({ "min_score": 1, "check_counterparty": false }), "INSTANT"),
        ("REPUTATION_THRESHOLD", unrated("NOTIFY"), "NOTIFY"),
        ("REPUTATION_THRESHOLD", unrated("DENY"), "REPUTATION_TOO_LOW"),
        ("TIME_RESTRICTION", json!({ "allowed_hours": { "start": later, "end": later + 1 } }), "TIME_RESTRICTED"),
        ("TIME_RESTRICTION", json!({ "allowed_hours": { "start": 0, "end": 24 } }), "INSTANT"),
        ("RATE_LIMIT", json!({ "max_requests": 1, "window_seconds": 3_600 }), "RATE_LIMIT_EXCEEDED"),
        ("ALLOWED_NETWORKS", json!({ "networks": ["ethereum-mainnet"] }), "NETWORK_NOT_ALLOWED"),
        ("WHITELIST", json!({ "allowed_addresses": [SOMEBODY] }), "WHITELIST_DENIED"),
        ("ALLOWED_TOKENS", json!({ "tokens": [{ "address": USDC }], "restrict_native": true }), "TOKEN_NOT_ALLOWED"),
    ];
    for (policy_type, rules, expect) in &acting {
        let policy = world.policy(&wallet, policy_type, rules);
        assert_eq!(outcome(&world, &wallet), *expect, "{policy_type} {rules}");
        master.delete(&format!("/v1/policies/{policy}")).unwrap().expect(200).unwrap();
        assert_eq!(outcome(&world, &wallet), "INSTANT", "without {policy_type}");
    }
    // All that is left is about other requests. Together they change nothing here.
    let others = all_types().into_iter().filter(|(policy_type, ..)| {
        *policy_type != "SPENDING_LIMIT" && acting.iter().all(|(other, ..)| other != policy_type)
    });
    let mut count = 0;
    for (policy_type, rules, _) in others {
        world.policy(&wallet, policy_type, &rules);
        count += 1;
    }
    assert_eq!((count, outcome(&world, &wallet).as_str()), (14, "INSTANT"));
}

#[test]
fn a_dry_run_and_a_send_agree_on_a_counterparty_without_reputation() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    own(&world, &wallet);
    world.policy(&wallet, "REPUTATION_THRESHOLD", &json!({ "min_score": 1, "check_counterparty": true }));
    let agent = world.agent(&wallet);
    let body = transfer(&stranger(), CENT);
    let told = agent.post("/v1/transactions/simulate", &body).unwrap().expect(200).unwrap();
    assert_eq!((&told["policy"]["tier"], &told["policy"]["allowed"]), (&json!("APPROVAL"), &json!(true)), "{told}");
    let asked = agent.post("/v1/transactions/send", &body).unwrap().expect(201).unwrap();
    assert_eq!((text(&asked, "status").unwrap(), text(&asked, "tier").unwrap()), ("QUEUED", "APPROVAL"));
    let path = format!("/v1/transactions/{}/cancel", id(&asked));
    agent.post(&path, &json!({})).unwrap().expect(200).unwrap();
}

/// Registers an owner, so that what needs an approval can wait for one.
fn own(world: &World, wallet: &Wallet) {
    let owner = OwnerKey::well_known(0x46).unwrap().address();
    let path = format!("/v1/wallets/{}/owner", wallet.id);
    world.server.master().put(&path, &json!({ "owner_address": owner })).unwrap().expect(200).unwrap();
}
