//! A dry run says what a send would do, and does nothing.

use crate::world::{World, dollars, tiers};
use proptest::prelude::*;
use serde_json::{Value, json};
use waiaas_core::money::Price;
use waiaas_core::policy::{PolicyType, PriceFact, Verdict};
use waiaas_core::tx::{Amount, TxRequest};
use waiaas_core::wire::transactions::SimulationWarningCode;
use waiaas_engine::ports::store::Ledger;
use waiaas_engine::services::explain::Question;
use waiaas_engine::services::policies::NewPolicy;
use waiaas_engine::services::transactions::Submission;

/// What the world is like before the request.
#[derive(Clone, Debug)]
struct Case {
    policies: Vec<(PolicyType, Value)>,
    owner: bool,
    price: Option<u32>,
    /// Earlier requests, in dollars.
    earlier: Vec<u128>,
    payee: u16,
    units: u128,
}

fn cases() -> impl Strategy<Value = Case> {
    let amounts = prop_oneof![0_u128..20, 0_u128..2_000, Just(1_000), Just(10), Just(100)];
    let thresholds = (0_u32..50, 0_u32..200, 0_u32..2_000);
    let daily = prop::option::of(1_u32..3_000);
    let limit = (thresholds, daily, prop::bool::ANY).prop_map(|((instant, notify, delay), daily, deny)| {
        let mut rules = json!({
            "instant_max_usd": instant, "notify_max_usd": instant + notify, "delay_max_usd": instant + notify + delay,
            "delay_seconds": 60 + delay,
        });
        if let Some(daily) = daily {
            rules["daily_limit_usd"] = daily.into();
            rules["on_cumulative_exceed"] = if deny { "DENY" } else { "APPROVAL" }.into();
        }
        (PolicyType::SpendingLimit, rules)
    });
    let whitelist = prop::collection::vec(1_u16..4, 1..3).prop_map(|payees| {
        let listed: Vec<_> = payees.into_iter().map(|payee| crate::world::address(payee).to_string()).collect();
        (PolicyType::Whitelist, json!({ "allowed_addresses": listed }))
    });
    let rate = (1_u32..4)
        .prop_map(|requests| (PolicyType::RateLimit, json!({ "max_requests": requests, "window_seconds": 3_600 })));
    let policy = prop_oneof![4 => limit, 1 => whitelist, 1 => rate];
    (
        prop::collection::vec(policy, 0..4),
        prop::bool::ANY,
        prop::option::weighted(0.9, 1_u32..3),
        prop::collection::vec(amounts.clone(), 0..4),
        1_u16..4,
        amounts.prop_map(|whole| whole * 1_000_000_000_000_000_000),
    )
        .prop_map(|(policies, owner, price, earlier, payee, units)| Case {
            policies,
            owner,
            price,
            earlier,
            payee,
            units,
        })
}

async fn check(case: Case) {
    let world = World::without_policy(waiaas_engine::EngineSettings::default()).await;
    for (policy_type, rules) in &case.policies {
        let policy = NewPolicy {
            wallet: None,
            network: None,
            policy_type: *policy_type,
            rules: rules.clone(),
            priority: 0,
            enabled: true,
            ceiling: false,
        };
        world.engine.policies().create(policy).await.unwrap();
    }
    if case.owner {
        world.register_owner(world.wallet).await;
    }
    for amount in &case.earlier {
        let id = world.send(3, *amount).await.row.id;
        world.execute(id).await;
    }
    let native = crate::world::NETWORK.native_asset();
    match case.price {
        Some(price) => world.prices.set(native, Price::parse(&price.to_string()).unwrap()),
        None => world.prices.set_fact(native, PriceFact::Unavailable),
    }
    let amount = Amount::Base(waiaas_core::money::BaseUnits::from_u128(case.units));
    let request = TxRequest::Transfer { to: crate::world::address(case.payee), amount, memo: None };
    let submission = Submission { request, ..world.payment(0, 0) };
    world.notices();
    let before = (world.log().await, world.held().await, world.keys.signed(), world.chain.broadcasts().len());
    let rows = world.store.transactions(world.wallet, None, u32::MAX, false).await.unwrap();
    let said = world.engine.transactions().dry_run(submission.clone()).await.unwrap();
    let question = Question {
        wallet: submission.wallet,
        network: submission.network,
        request: submission.request.clone(),
        candidate: None,
    };
    let explained = world.engine.policies().explain(question).await.unwrap();
    let after = (world.log().await, world.held().await, world.keys.signed(), world.chain.broadcasts().len());
    assert_eq!(before, after, "a dry run leaves no trace: {case:?}");
    assert_eq!(rows, world.store.transactions(world.wallet, None, u32::MAX, false).await.unwrap(), "{case:?}");
    assert!(world.notices().is_empty(), "{case:?}");

    let done = world.engine.transactions().send(submission).await.unwrap();
    let trace: Vec<Value> = explained
        .decision
        .trace
        .iter()
        .map(|entry| {
            let policy = entry.policy.map(|id| id.to_string());
            json!({ "rule": entry.rule, "policyId": policy, "outcome": entry.outcome })
        })
        .collect();
    assert_eq!(Value::from(trace), done.row.decision["trace"], "an explanation is that of the send: {case:?}");
    assert_eq!(explained.decision.valuation.usd, done.row.usd, "{case:?}");
    let allowed = match &explained.decision.verdict {
        Verdict::Allow(allowance) => Some(allowance.tier),
        Verdict::Deny(_) => None,
    };
    assert_eq!(allowed, done.row.tier, "{case:?}");
    let verdict = done.row.decision.get("verdict").unwrap();
    let number = |name: &str| verdict.get(name).and_then(Value::as_u64);
    let text = |name: &str| verdict.get(name).and_then(Value::as_str);
    assert_eq!(said.success, done.denial.is_none(), "{case:?}");
    assert_eq!(said.policy.allowed, said.success, "{case:?}");
    assert_eq!(said.policy.reason_code.map(|code| code.as_str()), text("reasonCode"), "{case:?}");
    assert_eq!(said.policy.denied_by.map(|by| by.as_str()), text("deniedBy"), "{case:?}");
    let would_pass = verdict.get("wouldPass").unwrap_or(&Value::Null);
    assert_eq!(serde_json::to_value(&said.policy.would_pass).unwrap(), *would_pass, "{case:?}");
    if said.success {
        assert_eq!(Some(said.policy.tier), done.row.tier, "{case:?}");
        assert_eq!(said.policy.delay_seconds.map(u64::from), number("delaySeconds"), "{case:?}");
        assert_eq!(said.policy.approval_timeout_seconds.map(u64::from), number("approvalTimeoutSeconds"), "{case:?}");
        assert_eq!(said.policy.approval_reason.map(|reason| reason.as_str()), text("approvalReason"), "{case:?}");
        assert_eq!(said.policy.downgraded.unwrap_or(false), verdict["downgraded"], "{case:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_dry_run_and_a_send_decide_alike(case in cases()) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(check(case));
    }
}

#[tokio::test]
async fn a_dry_run_warns_of_what_would_go_wrong() {
    let check = async |amount: u128, prepare: &dyn Fn(&World), expect: &[SimulationWarningCode]| {
        let world = World::new().await;
        prepare(&world);
        let said = world.engine.transactions().dry_run(world.payment(1, amount)).await.unwrap();
        let warnings: Vec<_> = said.warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(warnings, expect, "${amount}");
        assert_eq!(said.simulation.success, !expect.contains(&SimulationWarningCode::SimulationFailed), "${amount}");
    };
    use SimulationWarningCode as Code;
    check(5, &|_| {}, &[]).await;
    check(500, &|_| {}, &[Code::DelayRequired]).await;
    check(5_000, &|_| {}, &[Code::DowngradedNoOwner, Code::DelayRequired]).await;
    check(5, &|world| world.chain.set_simulation_failure(Some("paused")), &[Code::SimulationFailed]).await;
    check(5, &|world| world.chain.set_fee(dollars(1)), &[Code::HighFeeRatio]).await;
    let beyond = [Code::DowngradedNoOwner, Code::DelayRequired, Code::SimulationFailed, Code::InsufficientBalance];
    check(2_000_000, &|_| {}, &beyond).await;
    let unreachable = [Code::SimulationFailed, Code::SimulationFailed];
    check(5, &|world| world.chain.set_reachable(false), &unreachable).await;
}

#[tokio::test]
async fn a_dry_run_of_what_is_denied_does_not_ask_the_chain() {
    let world = World::new().await;
    world.change_limit(json!({ "instant_max_usd": 1, "daily_limit_usd": 1, "on_cumulative_exceed": "DENY" })).await;
    world.chain.set_reachable(false);
    let said = world.engine.transactions().dry_run(world.payment(1, 5)).await.unwrap();
    assert!(!said.success && said.fee.is_none() && said.balance_changes.is_empty());
    assert_eq!(said.simulation.error.as_deref(), Some("Skipped: policy denied"));
}

#[tokio::test]
async fn a_dry_run_tells_fee_and_balances() {
    let world = World::new().await;
    world.change_limit(tiers()).await;
    let said = world.engine.transactions().dry_run(world.payment(1, 5)).await.unwrap();
    let change = &said.balance_changes[0];
    assert_eq!(change.change_amount, format!("-{}", dollars(5)));
    assert_eq!(change.after_balance, dollars(999_995).to_string());
    assert_eq!(said.fee.unwrap().estimated_fee, "21000");
}
