//! Documents of people: what is taken, what is refused, and what empty contexts mean.

use serde_json::{Value, json};
use waiaas_scenario::{explain, no_zones, run};

const TO: &str = "0x1000000000000000000000000000000000000001";

fn case(change: Value) -> Value {
    let mut case = json!({
        "name": "a case",
        "policies": [{ "type": "WHITELIST", "rules": { "allowed_addresses": [TO] } }],
        "request": { "to": TO, "amount": "1" },
        "expect": { "allowed": true },
    });
    for (key, value) in change.as_object().unwrap() {
        case[key] = value.clone();
    }
    case
}

#[test]
fn slips_are_refused_with_their_place() {
    let check = |change: Value, expect: &str| {
        let document = json!({ "cases": [case(change)] });
        let issues = run(&document, &no_zones).expect_err(expect);
        let paths: Vec<String> = issues.as_slice().iter().map(waiaas_core::wire::Issue::path_string).collect();
        assert_eq!(paths, [format!("cases.0.{expect}")], "{issues}");
    };
    check(json!({ "expect": { "teir": "INSTANT" } }), "expect.teir");
    check(json!({ "expect": {} }), "expect");
    check(json!({ "expect": { "cumulative_warning": { "tpye": "daily" } } }), "expect.cumulative_warning.tpye");
    check(json!({ "request": { "to": TO, "ammount": "1" } }), "request.ammount");
    check(json!({ "request": { "to": TO, "amount": "1", "channel": "post" } }), "request.channel");
    check(json!({ "request": { "type": "TRANSFR" } }), "request.type");
    check(
        json!({ "request": { "type": "BATCH", "instructions": [{ "to": TO, "amuont": "1" }] } }),
        "request.instructions.0.amuont",
    );
    check(json!({ "context": { "nwo": "2026-01-01T00:00:00Z" } }), "context.nwo");
    check(json!({ "context": { "now": "yesterday" } }), "context.now");
    check(json!({ "context": { "prices": { "ETH": "1" } } }), "context.prices.ETH");
    check(
        json!({ "context": { "settings": { "policy.default_deny_tokns": "true" } } }),
        "context.settings.policy.default_deny_tokns",
    );
    check(json!({ "context": { "settings": { "x402.enabled": "yes" } } }), "context.settings.x402.enabled");
    check(
        json!({ "context": { "network": "base-sepolia", "wallet": { "environment": "mainnet" } } }),
        "context.network",
    );
    check(json!({ "context": { "history": [{ "status": "CONFIRMED" }] } }), "context.history.0.at");
    check(json!({ "context": { "wallet": { "owner": "NONE" } } }), "context.wallet.owner");
    check(json!({ "policies": [{ "type": "WHITELIST", "rule": {} , "rules": {}}] }), "policies.0.rule");
    check(json!({ "policies": [{ "type": "WHITELISTS", "rules": {} }] }), "policies.0.type");
    check(json!({ "policies": [{ "type": "WHITELIST" }] }), "policies.0.rules");
    check(json!({ "name": 7 }), "name");
}

#[test]
fn a_document_that_proves_nothing_is_refused() {
    for document in
        [json!([]), json!({ "cases": [] }), json!({}), json!(7), json!({ "cases": [case(json!({})), case(json!({}))] })]
    {
        assert!(run(&document, &no_zones).is_err(), "{document}");
    }
}

#[test]
fn a_request_with_a_slip_passes_only_a_case_that_wants_it() {
    let bad = json!({ "to": "0x12", "amount": "1" });
    let passes = |expect: Value| {
        let document = json!([case(json!({ "request": bad, "expect": expect }))]);
        run(&document, &no_zones).unwrap().passed()
    };
    assert!(!passes(json!({ "allowed": false })));
    assert!(passes(json!({ "denied_by": "VALIDATION" })));
    assert!(passes(json!({ "path": "to" })));
}

#[test]
fn shared_parts_are_laid_under_the_cases() {
    let limit = json!([{ "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": 10, "delay_max_usd": 100 } }]);
    let eth = "eip155:1/slip44:60";
    let ask = json!({ "to": TO, "humanAmount": "0.01" });
    let document = json!({
        "policies": limit,
        "context": { "prices": { eth: "1000" }, "wallet": { "owner_state": "NONE" } },
        "cases": [
            { "name": "shared", "request": ask, "expect": { "tier": "INSTANT" } },
            { "name": "another price", "context": { "prices": { eth: 2000 } }, "request": ask, "expect": { "tier": "DELAY" } },
            { "name": "no price", "context": { "prices": { eth: null } }, "request": ask, "expect": { "tier": "DELAY", "downgraded": true } },
            { "name": "an owner", "context": { "prices": { eth: null }, "wallet": {} }, "request": ask, "expect": { "tier": "APPROVAL" } },
            { "name": "other rows", "policies": [], "request": ask, "expect": { "why": "TRANSFER_DISABLED" } },
        ],
    });
    let report = run(&document, &no_zones).unwrap();
    assert!(report.passed(), "{report}");
}

#[test]
fn empty_contexts_have_a_wallet_and_a_time() {
    let hours = |rules: Value| json!([{ "type": "TIME_RESTRICTION", "rules": rules }, { "type": "WHITELIST", "rules": { "allowed_addresses": [TO] } }]);
    let allowed = |policies: Value, context: Value| {
        explain(&policies, &context, &json!({ "to": TO, "amount": "1" }), &no_zones).unwrap().is_allowed()
    };
    let monday_noon = json!({ "allowed_hours": { "start": 12, "end": 13 }, "allowed_days": [1] });
    assert!(allowed(hours(monday_noon.clone()), json!({})));
    assert!(!allowed(hours(monday_noon.clone()), json!({ "now": "2026-01-06T12:00:00Z" })));
    assert!(!allowed(hours(monday_noon), json!({ "now": "2026-01-05T13:00:00Z" })));
    let networks = json!([
        { "type": "ALLOWED_NETWORKS", "rules": { "networks": ["base-mainnet"] } },
        { "type": "WHITELIST", "rules": { "allowed_addresses": [TO] } },
    ]);
    assert!(!allowed(networks.clone(), json!({})));
    assert!(allowed(networks, json!({ "network": "base-mainnet" })));
}

#[test]
fn explanations_name_the_row_and_doubt_what_the_service_would_not_take() {
    let policies = json!([
        { "type": "RATE_LIMIT", "rules": { "max_requests": 0, "window_seconds": 60 }, "enabled": false },
        { "type": "WHITELIST", "rules": { "allowed_addresses": [TO] }, "network": "base-mainnet", "ceiling": true },
    ]);
    let request =
        json!({ "to": "0x2000000000000000000000000000000000000002", "amount": "1", "network": "base-mainnet" });
    let explanation = explain(&policies, &json!({}), &request, &no_zones).unwrap();
    let json = explanation.to_json();
    assert_eq!(json["why"], "WHITELIST_DENIED");
    assert_eq!(json["considered"].as_array().unwrap().last().unwrap()["row"]["position"], 1);
    assert_eq!(json["doubts"][0]["path"], "policies.0.rules.max_requests");
    let text = explanation.to_string();
    assert!(text.starts_with("DENIED by WHITELIST (WHITELIST_DENIED)"), "{text}");
    assert!(text.contains("[row 1, every wallet, base-mainnet, ceiling]"), "{text}");
}

/// The same network address and token, on the three chains.
#[test]
fn every_chain_has_its_requests() {
    let check = |network: &str, policies: Value, request: Value, expect: Value| {
        let case = json!({
            "name": "a case", "policies": policies, "context": { "network": network }, "request": request, "expect": expect,
        });
        let report = run(&json!([case]), &no_zones).unwrap();
        assert!(report.passed(), "{report}");
    };
    let sol = "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU";
    let to = |to: &str| json!([{ "type": "WHITELIST", "rules": { "allowed_addresses": [to] } }]);
    let allowed = json!({ "allowed": true });
    check("solana-devnet", to(sol), json!({ "to": sol, "humanAmount": "0.000000001" }), allowed.clone());
    check(
        "solana-devnet",
        to(sol),
        json!({ "to": sol, "humanAmount": "0.0000000001" }),
        json!({ "path": "humanAmount" }),
    );
    check("solana-devnet", to(sol), json!({ "to": TO, "amount": "1" }), json!({ "path": "to" }));
    let xrp = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh";
    check("xrpl-testnet", to(xrp), json!({ "to": xrp, "amount": "1" }), allowed.clone());
    let token = json!({ "address": "USD.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B" });
    let issued = json!({ "type": "TOKEN_TRANSFER", "to": xrp, "amount": "1", "token": token });
    check("xrpl-testnet", json!([]), issued, json!({ "why": "TOKEN_TRANSFER_DISABLED" }));
    let program = |extra: Value| {
        let mut call = json!({ "type": "CONTRACT_CALL", "to": sol, "programId": sol });
        call.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        call
    };
    let listed = json!([{ "type": "CONTRACT_WHITELIST", "rules": { "contracts": [{ "address": sol }] } }]);
    check("solana-mainnet", listed.clone(), program(json!({ "instructionData": "AQ==" })), allowed);
    check(
        "solana-mainnet",
        listed.clone(),
        program(json!({ "instructionData": "AQ" })),
        json!({ "path": "instructionData" }),
    );
    let foreign = json!({ "accounts": [{ "pubkey": sol, "isSigner": true }] });
    check("solana-mainnet", listed.clone(), program(foreign), json!({ "path": "accounts" }));
    let before = json!({ "preInstructions": [{ "programId": "?" }] });
    check("solana-mainnet", listed, program(before), json!({ "path": "preInstructions.0.programId" }));
}
