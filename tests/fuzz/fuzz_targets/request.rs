//! Any text as the body of a send: read, made exact, and judged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use waiaas_core::chain::{ChainKind, Environment};
use waiaas_core::policy::{PolicyType, TokenFact, Verdict};
use waiaas_core::tx::Tx;
use waiaas_core::wire::transactions::SendBody;
use waiaas_fuzz::{NETWORK, Scene, address, row, severity, strict};

fuzz_target!(|input: &[u8]| {
    let Ok(body) = serde_json::from_slice::<Value>(input) else { return };
    let _ = SendBody::wallet_id(&body);
    for chain in [ChainKind::Solana, ChainKind::Ripple] {
        let _ = SendBody::parse(&body, chain);
    }
    let parsed = match SendBody::parse(&body, ChainKind::Ethereum) {
        Ok(parsed) => parsed,
        Err(issues) => {
            assert!(!issues.as_slice().is_empty(), "refused without a reason");
            return;
        }
    };
    let network = parsed.network.unwrap_or(NETWORK);
    let fact = TokenFact { decimals: 6, symbol: "T".to_owned() };
    let Ok(tx) = Tx::resolve(parsed.request, network, Some(&fact)) else { return };
    let effects = tx.effects(network);
    assert!(!effects.operations.is_empty(), "accepted, and then nothing to judge: {tx:?}");
    if network.chain() != ChainKind::Ethereum || network.environment() != Environment::Mainnet {
        return;
    }
    let mut scene = Scene::new(effects);
    scene.settings = strict();
    let nothing = scene.judge(&[]);
    assert!(matches!(nothing.verdict, Verdict::Deny(_)), "allowed without any policy: {nothing:?}");

    // The same limits once with and once without a list of those who may be dealt with.
    let everything = [
        (PolicyType::SpendingLimit, json!({ "instant_max_usd": 10, "notify_max_usd": 100, "daily_limit_usd": 1_000 })),
        (PolicyType::AllowedTokens, json!({ "tokens": [{ "address": address(0).to_string() }] })),
        (PolicyType::ContractWhitelist, json!({ "contracts": [{ "address": address(1).to_string() }] })),
        (PolicyType::ApprovedSpenders, json!({ "spenders": [{ "address": address(1).to_string() }] })),
        (PolicyType::ApproveAmountLimit, json!({ "maxAmount": "1000000" })),
    ];
    let mut rows: Vec<_> =
        (1..).zip(everything).map(|(position, (kind, rules))| row(position, kind, rules.to_string())).collect();
    let lax = scene.judge(&rows);
    let listed = json!({ "allowed_addresses": [address(0).to_string()] });
    rows.push(row(9, PolicyType::Whitelist, listed.to_string()));
    let strict = scene.judge(&rows);
    assert!(severity(&strict) >= severity(&lax), "a list widened: {lax:?} {strict:?}");
});
