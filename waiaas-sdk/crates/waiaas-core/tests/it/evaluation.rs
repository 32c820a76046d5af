//! Which rows are in force, in which order they speak, and what holds without any.

use crate::scene::{NETWORK, Scene, address, row, subject, token};
use serde_json::json;
use std::collections::BTreeMap;
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{
    ActionFacts, Decision, LedgerFacts, LedgerQuery, Phase, PolicyBook, PolicyRow, PolicySettings, PolicyType,
    RateWindow, Tier, Verdict,
};
use waiaas_core::tx::{Action, CallHead, Channel, Effects, Operation, TxType};
use waiaas_core::wallet::OwnerState;

fn transfer(amount: u128) -> Effects {
    let operations = vec![Operation::NativeTransfer { to: address(1), amount: BaseUnits::from_u128(amount) }];
    Effects::of(NETWORK, TxType::Transfer, operations)
}

fn scene(effects: Effects) -> Scene {
    Scene {
        subject: subject(OwnerState::Locked),
        effects,
        prices: BTreeMap::new(),
        ledger: LedgerFacts::default(),
        actions: ActionFacts::default(),
        settings: PolicySettings::default(),
        phase: Phase::Admission,
    }
}

fn limits(instant: &str) -> PolicyRow {
    row(1, PolicyType::SpendingLimit, json!({"instant_max": instant}).to_string())
}

/// The tier, or `TYPE: CODE` of the denial.
fn summary(decision: &Decision) -> String {
    match &decision.verdict {
        Verdict::Allow(allowance) => allowance.tier.to_string(),
        Verdict::Deny(denial) => format!("{}: {}", denial.denied_by, denial.reason),
    }
}

fn check(scene: &Scene, rows: &[PolicyRow], expect: &str) {
    let decision = scene.judge(rows);
    assert_eq!(summary(&decision), expect, "{decision:#?}");
}

#[test]
fn a_ceiling_does_not_lift_a_default_denial() {
    let ceiling = PolicyRow { ceiling: true, ..limits("100") };
    check(&scene(transfer(1)), &[ceiling], "SPENDING_LIMIT: TRANSFER_DISABLED");
    check(&scene(transfer(1)), &[limits("100")], "INSTANT");
}

#[test]
fn value_of_a_call_is_no_plain_transfer_but_is_measured() {
    let mut call = transfer(5);
    call.tx_type = TxType::ContractCall;
    call.operations.push(Operation::ContractCall { contract: address(1), head: CallHead::default() });
    let contracts = json!({"contracts": [{"address": address(1).to_string()}]}).to_string();
    let contracts = row(2, PolicyType::ContractWhitelist, contracts);
    check(&scene(call.clone()), std::slice::from_ref(&contracts), "INSTANT");
    check(&scene(call), &[contracts, limits("4")], "APPROVAL");
}

#[test]
fn what_cannot_be_judged_is_denied() {
    let mut nothing = transfer(1);
    nothing.operations.clear();
    check(&scene(nothing), &[limits("100")], "VALIDATION: MISSING_INPUT");
    let elsewhere = Effects { network: Network::BaseMainnet, ..transfer(1) };
    check(&scene(elsewhere), &[limits("100")], "VALIDATION: MISSING_INPUT");
}

#[test]
fn what_nobody_looked_up_denies_where_a_stored_row_needs_it() {
    let rows = |rules: serde_json::Value| [limits("100"), row(2, PolicyType::ReputationThreshold, rules.to_string())];
    check(&scene(transfer(1)), &rows(json!({"min_score": 50})), "INSTANT");
    let rows = rows(json!({"min_score": 50, "check_counterparty": true}));
    check(&scene(transfer(1)), &rows, "REPUTATION_THRESHOLD: MISSING_INPUT");
    let decision = scene(transfer(1)).judge(&rows);
    let Verdict::Deny(denial) = decision.verdict else { panic!("allowed") };
    assert!(denial.message.starts_with("Transaction denied by REPUTATION_THRESHOLD policy: "), "{}", denial.message);
    assert!(denial.policy.is_some());
}

#[test]
fn one_limit_is_in_force_per_category() {
    let mut scene = scene(transfer(1));
    scene.effects.action = Some(Action {
        trusted: false,
        floor: Tier::Instant,
        venue: None,
        category: Some("swap".to_owned()),
        withdrawal: true,
        notional: Some(Usd::from_micros(11_000_000)),
        non_spending: true,
        outflows: Vec::new(),
        lending: None,
        perp: None,
    });
    let limit = |position, category: &str, tier: &str| {
        let rules = json!({"category": category, "per_action": 10, "tier_on_exceed": tier});
        PolicyRow { priority: i64::from(position), ..row(position, PolicyType::ActionCategoryLimit, rules.to_string()) }
    };
    check(&scene, &[limits("100"), limit(2, "swap", "NOTIFY"), limit(3, "swap", "DELAY")], "DELAY");
    check(&scene, &[limits("100"), limit(2, "swap", "DELAY"), limit(3, "swap", "NOTIFY")], "NOTIFY");
    check(&scene, &[limits("100"), limit(2, "swap", "NOTIFY"), limit(3, "perp", "DENY")], "NOTIFY");
    check(&scene, &[limits("100"), limit(2, "swap", "NOTIFY"), limit(3, "withdraw", "APPROVAL")], "APPROVAL");
    let ceiling = PolicyRow { ceiling: true, ..limit(2, "trade", "DENY") };
    check(
        &scene,
        &[limits("100"), ceiling, limit(3, "swap", "NOTIFY")],
        "ACTION_CATEGORY_LIMIT: CATEGORY_LIMIT_EXCEEDED",
    );
}

#[test]
fn outside_of_any_chain_only_rows_for_all_networks_count() {
    let mut scene = scene(transfer(1));
    scene.effects.operations.clear();
    scene.effects.channel = Channel::External;
    check(&scene, &[], "INSTANT");
    let hours = |position, start: i64| {
        let rules = json!({"allowedHours": {"start": start, "end": 24}, "timezone": "Asia/Seoul"});
        row(position, PolicyType::TimeRestriction, rules.to_string())
    };
    // It is 22:46 in Seoul.
    let here = PolicyRow { network: Some(NETWORK), ..hours(1, 23) };
    check(&scene, std::slice::from_ref(&here), "INSTANT");
    check(&scene, &[here.clone(), hours(2, 23)], "TIME_RESTRICTION: TIME_RESTRICTED");
    check(&scene, &[here, hours(2, 22)], "INSTANT");
}

#[test]
fn instructions_must_share_out_the_operations() {
    let batch = Effects::batch(vec![transfer(1), transfer(2)]).unwrap();
    check(&scene(batch.clone()), &[limits("100")], "INSTANT");
    for operations in [0, 2, usize::MAX] {
        let mut uneven = batch.clone();
        uneven.instructions[1].operations = operations;
        check(&scene(uneven), &[limits("100")], "VALIDATION: MISSING_INPUT");
    }
    assert_eq!(Effects::batch(Vec::new()), None);
    assert_eq!(Effects::batch(vec![transfer(1), Effects { network: Network::BaseMainnet, ..transfer(1) }]), None);
    assert_eq!(Effects::batch(vec![transfer(1)]), Some(transfer(1)));
}

#[test]
fn passthrough_ends_with_the_first_row_in_scope() {
    let mut scene = scene(transfer(1));
    scene.settings.zero_policy_passthrough = true;
    check(&scene, &[], "INSTANT");
    let elsewhere = PolicyRow { network: Some(Network::BaseMainnet), ..limits("100") };
    check(&scene, &[elsewhere], "INSTANT");
    let networks = row(2, PolicyType::AllowedNetworks, json!({"networks": ["ethereum-mainnet"]}).to_string());
    check(&scene, &[networks], "SPENDING_LIMIT: TRANSFER_DISABLED");
    scene.effects.operations =
        vec![Operation::Approval { asset: token(1), spender: address(1), amount: BaseUnits::MAX, collection: false }];
    check(&scene, &[], "INSTANT");
    scene.settings.zero_policy_passthrough = false;
    scene.settings.default_deny_spenders = false;
    check(&scene, &[], "APPROVE_AMOUNT_LIMIT: UNLIMITED_APPROVE_BLOCKED");
}

#[test]
fn a_recheck_leaves_out_the_moment_of_the_request_and_nothing_else() {
    // The scene is set at 13:46 in UTC.
    let hours = row(4, PolicyType::TimeRestriction, json!({"allowedHours": {"start": 14, "end": 15}}).to_string());
    let rate = row(2, PolicyType::RateLimit, json!({"max_requests": 1, "window_seconds": 60}).to_string());
    let list = row(3, PolicyType::Whitelist, json!({"allowed_addresses": [address(2).to_string()]}).to_string());
    let mut scene = scene(transfer(1));
    check(&scene, &[limits("100"), rate.clone()], "RATE_LIMIT: MISSING_INPUT");
    check(&scene, &[limits("100"), rate.clone(), hours.clone()], "TIME_RESTRICTION: TIME_RESTRICTED");
    scene.phase = Phase::Recheck;
    check(&scene, &[limits("100"), hours], "INSTANT");
    check(&scene, &[limits("100"), rate.clone()], "INSTANT");
    check(&scene, &[limits("100"), rate, list], "WHITELIST: WHITELIST_DENIED");
}

#[test]
fn only_zones_in_force_are_asked_for() {
    let zone = |position, name: &str| {
        let rules = json!({"allowedHours": {"start": 0, "end": 24}, "timezone": name});
        row(position, PolicyType::TimeRestriction, rules.to_string())
    };
    let scene = scene(transfer(1));
    let check = |rows: &[PolicyRow], expect: &[&str]| {
        assert_eq!(PolicyBook::compile(rows).time_zones(&scene.subject, &scene.effects), expect);
    };
    check(&[limits("1"), zone(2, "UTC")], &[]);
    check(&[zone(1, "Asia/Tokyo"), zone(2, "Asia/Seoul")], &["Asia/Seoul"]);
    let ceiling = |row| PolicyRow { ceiling: true, ..row };
    check(
        &[zone(1, "Asia/Seoul"), ceiling(zone(2, "Asia/Seoul")), ceiling(zone(3, "Asia/Aden"))],
        &["Asia/Aden", "Asia/Seoul"],
    );
}

#[test]
fn only_what_a_rule_needs_is_asked() {
    let check = |rows: &[PolicyRow], expect: LedgerQuery| {
        let scene = scene(transfer(1));
        let book = PolicyBook::compile(rows);
        assert_eq!(book.query(&scene.subject, &scene.effects, &scene.settings), expect);
    };
    let row = |policy_type, rules: serde_json::Value| row(1, policy_type, rules.to_string());
    check(&[], LedgerQuery::default());
    check(&[limits("1")], LedgerQuery { held: vec![AssetId::native(NETWORK)], ..LedgerQuery::default() });
    check(
        &[row(PolicyType::SpendingLimit, json!({"instant_max_usd": 1, "daily_limit_usd": 5}))],
        LedgerQuery { daily_usd: true, ..LedgerQuery::default() },
    );
    let rate = RateWindow { window_seconds: 3_600, max_requests: 7 };
    check(
        &[
            row(PolicyType::RateLimit, json!({"maxTransactions": 7, "period": "hourly"})),
            PolicyRow {
                ceiling: true,
                ..row(PolicyType::SpendingLimit, json!({"instant_max_usd": 1, "monthly_limit_usd": 5}))
            },
        ],
        LedgerQuery { monthly_usd: true, rates: vec![rate], ..LedgerQuery::default() },
    );
    let disabled = PolicyRow { enabled: false, ..limits("1") };
    check(&[disabled], LedgerQuery::default());
}

#[test]
fn the_trace_names_every_row_in_order() {
    let list = row(3, PolicyType::Whitelist, json!({"allowed_addresses": [address(1).to_string()]}).to_string());
    let decision = scene(transfer(101)).judge(&[limits("100"), list.clone()]);
    let rows: Vec<_> = decision.trace.iter().filter(|entry| entry.policy.is_some()).collect();
    assert_eq!(rows.iter().map(|entry| entry.rule).collect::<Vec<_>>(), ["WHITELIST", "SPENDING_LIMIT"]);
    assert_eq!(rows[0].policy, Some(list.id));
    assert_eq!(rows[1].outcome, "at least APPROVAL: the amount of the asset");

    let mut ownerless = scene(transfer(101));
    ownerless.subject.owner = OwnerState::None;
    let decision = ownerless.judge(&[limits("100"), list]);
    assert_eq!((summary(&decision).as_str(), decision.trace.last().unwrap().rule), ("DELAY", "owner"));
}
