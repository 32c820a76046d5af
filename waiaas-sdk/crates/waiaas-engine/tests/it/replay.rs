//! How other policies would have judged what happened, and why a request would be decided as it would.

use crate::world::{NETWORK, START, World, address, dollars, tiers};
use proptest::prelude::*;
use serde_json::{Value, json};
use waiaas_core::id::{PolicyId, SessionId};
use waiaas_core::money::Price;
use waiaas_core::policy::{PolicyRow, PolicyType, PriceFact, ReasonCode, Tier, Verdict};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Amount, TxRequest};
use waiaas_engine::ports::store::Ledger;
use waiaas_engine::services::explain::Question;
use waiaas_engine::services::policies::NewPolicy;
use waiaas_engine::services::replay::{Replay, ReplayRequest};
use waiaas_engine::services::sessions::NewSession;
use waiaas_engine::services::transactions::Submission;

fn row(policy_type: PolicyType, rules: Value) -> PolicyRow {
    PolicyRow {
        id: PolicyId::from_bytes([9; 16]),
        wallet: None,
        network: None,
        policy_type,
        rules: rules.to_string(),
        priority: 0,
        enabled: true,
        ceiling: false,
        created_at: START,
        updated_at: START,
    }
}

fn limit(rules: Value) -> Vec<PolicyRow> {
    vec![row(PolicyType::SpendingLimit, rules)]
}

fn request(candidate: Option<Vec<PolicyRow>>) -> ReplayRequest {
    ReplayRequest { since: START, wallet: None, candidate, most: 1_000, listed: 100 }
}

async fn replay(world: &World, candidate: Vec<PolicyRow>) -> Replay {
    world.engine.policies().replay(request(Some(candidate))).await.unwrap()
}

/// Judged, unchanged, newly denied, newly allowed, other tier, not replayable.
fn counts(replay: &Replay) -> [u64; 6] {
    let lists = [replay.newly_denied.count, replay.newly_allowed.count, replay.other_tier.count];
    let [denied, allowed, tier] = lists;
    [replay.judged, replay.unchanged, denied, allowed, tier, replay.not_replayable.count]
}

/// A session that outlives the usual day.
async fn month_long(world: &World) -> SessionId {
    let month = NewSession { ttl_seconds: Some(2_592_000), ..crate::world::new_session(world.wallet) };
    world.engine.sessions().create(month, &world.tokens).await.unwrap().0.id
}

async fn send(world: &World, session: SessionId, amount: u128) {
    let payment = Submission { session, ..world.payment(1, amount) };
    world.engine.transactions().send(payment).await.unwrap();
}

/// $5 INSTANT, $50 NOTIFY, $5,000 denied (no more than $500 a day), each final a minute later.
async fn history() -> World {
    let world = World::new().await;
    let mut rules = tiers();
    rules["daily_limit_usd"] = 500.into();
    rules["on_cumulative_exceed"] = "DENY".into();
    world.change_limit(rules).await;
    for amount in [5, 50, 5_000] {
        let outcome = world.send(1, amount).await;
        if outcome.denial.is_none() {
            world.execute(outcome.row.id).await;
            world.clock.advance_secs(60);
            world.tick().await;
        }
    }
    world
}

#[tokio::test]
async fn the_policies_that_judged_it_judge_it_alike() {
    let world = history().await;
    let replay = world.engine.policies().replay(request(None)).await.unwrap();
    assert_eq!(counts(&replay), [3, 3, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_tighter_candidate_denies_what_was_allowed() {
    let world = history().await;
    let replay =
        replay(&world, limit(json!({ "instant_max_usd": 10, "daily_limit_usd": 20, "on_cumulative_exceed": "DENY" })))
            .await;
    assert_eq!(counts(&replay), [3, 2, 1, 0, 0, 0]);
    let change = &replay.newly_denied.first[0];
    assert_eq!((change.row.tier, change.row.tx.amount()), (Some(Tier::Notify), dollars(50)));
    let Verdict::Deny(denial) = &change.decision.verdict else { panic!("{:?}", change.decision) };
    assert_eq!(denial.reason, ReasonCode::SpendingLimitExceeded);
}

#[tokio::test]
async fn a_looser_candidate_allows_what_was_denied() {
    let world = history().await;
    let replay = replay(&world, limit(json!({ "instant_max_usd": 10_000 }))).await;
    assert_eq!(counts(&replay), [3, 1, 0, 1, 1, 0]);
    assert_eq!(replay.newly_allowed.first[0].row.tx.amount(), dollars(5_000));
    assert_eq!(replay.other_tier.first[0].row.tier, Some(Tier::Notify));
}

#[tokio::test]
async fn what_the_candidate_denies_is_not_spent_and_what_it_allows_is() {
    let world = World::new().await;
    world.change_limit(json!({ "instant_max_usd": 100, "daily_limit_usd": 100, "on_cumulative_exceed": "DENY" })).await;
    for amount in [40, 40, 40, 90] {
        world.send(1, amount).await;
        world.clock.advance_secs(1);
    }
    // In truth 40, 40, denied, denied. With 30 per day none of the forties passes, nor the ninety.
    let deny =
        |daily: u32| limit(json!({ "instant_max_usd": 100, "daily_limit_usd": daily, "on_cumulative_exceed": "DENY" }));
    assert_eq!(counts(&replay(&world, deny(30)).await), [4, 2, 2, 0, 0, 0]);
    // With 120 the third passes as well and leaves nothing for the ninety; with 210 there is room for all.
    assert_eq!(counts(&replay(&world, deny(120)).await), [4, 3, 0, 1, 0, 0]);
    assert_eq!(counts(&replay(&world, deny(210)).await), [4, 2, 0, 2, 0, 0]);
}

#[tokio::test]
async fn what_was_spent_before_the_beginning_counts() {
    let world = World::new().await;
    let early = world.pay(1, 80).await;
    world.settle().await;
    assert!(world.row(early).await.status.is_terminal());
    world.clock.advance_secs(3_600);
    let since = waiaas_engine::ports::clock::Clock::now(&*world.clock);
    world.admit(1, 40).await;
    let candidate = limit(json!({ "instant_max_usd": 100, "daily_limit_usd": 100, "on_cumulative_exceed": "DENY" }));
    let from = async |since: UnixMillis| {
        let request = ReplayRequest { since, ..request(Some(candidate.clone())) };
        counts(&world.engine.policies().replay(request).await.unwrap())
    };
    assert_eq!(from(since).await, [1, 0, 1, 0, 0, 0]);
    world.clock.advance_secs(86_400);
    let since = waiaas_engine::ports::clock::Clock::now(&*world.clock);
    send(&world, month_long(&world).await, 55).await;
    // The forty are in flight still and count at any age; the eighty are older than a day.
    assert_eq!(from(since).await, [1, 0, 0, 0, 1, 0]);
}

#[tokio::test]
async fn the_prices_of_then_are_used() {
    let world = World::new().await;
    world.admit(1, 9).await;
    world.prices.set(NETWORK.native_asset(), Price::parse("1000").unwrap());
    assert_eq!(counts(&replay(&world, limit(tiers())).await), [1, 1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn what_was_not_recorded_is_named_and_not_guessed() {
    let world = World::new().await;
    world.register_owner(world.wallet).await;
    let known = world.admit(1, 9).await;
    world.clock.advance_secs(1);
    let native = NETWORK.native_asset();
    world.prices.set_fact(native, PriceFact::NotListed);
    world.send(1, 9).await;
    // As version 0.1.0 recorded it.
    let forget = |decision: &mut Value| {
        let decision = decision.as_object_mut().unwrap();
        decision.remove("owner");
        decision.remove("tokens");
        decision["prices"][native.to_string()].as_object_mut().unwrap().remove("status");
    };
    world.store.rewrite_decisions(forget).unwrap();
    let check = async |rules: Value, missing: &[&str]| {
        let replay = replay(&world, limit(rules)).await;
        let found: Vec<String> = replay.not_replayable.first.into_iter().map(|gap| gap.missing).collect();
        assert_eq!(found, missing);
    };
    let price = format!("why {native} had no price");
    check(tiers(), &[&price]).await;
    // Whether somebody could have approved it matters only where somebody would have been asked.
    check(
        json!({ "instant_max_usd": 1, "notify_max_usd": 1, "delay_max_usd": 1 }),
        &["how far the owner was established", &price],
    )
    .await;
    assert_eq!(world.row(known).await.tier, Some(Tier::Instant));
}

#[tokio::test]
async fn a_rate_limit_that_looks_back_further_than_is_read_is_not_guessed() {
    let world = World::new().await;
    world.admit(1, 5).await;
    let mut candidate = limit(tiers());
    candidate.push(row(PolicyType::RateLimit, json!({ "max_requests": 5, "window_seconds": 2_592_001 })));
    let found = replay(&world, candidate).await;
    assert_eq!(counts(&found), [0, 0, 0, 0, 0, 1]);
    assert!(found.not_replayable.first[0].missing.contains("2592001 s before it"), "{found:?}");
}

#[tokio::test]
async fn a_replay_says_where_it_stopped_and_lists_no_more_than_asked() {
    let world = World::new().await;
    for _ in 0..5 {
        world.admit(1, 5).await;
        world.clock.advance_secs(1);
    }
    let request = |most, listed| ReplayRequest { most, listed, ..request(Some(Vec::new())) };
    let replay = world.engine.policies().replay(request(3, 2)).await.unwrap();
    assert_eq!((counts(&replay), replay.newly_denied.first.len()), ([3, 0, 3, 0, 0, 0], 2));
    assert_eq!(replay.stopped_at, Some(START.plus_secs(3)));
    assert_eq!(world.engine.policies().replay(request(5, 0)).await.unwrap().stopped_at, None);
}

#[tokio::test]
async fn a_replay_of_one_wallet_leaves_the_others_out() {
    let world = World::new().await;
    world.admit(1, 5).await;
    let other = world.engine.wallets().create(crate::world::new_wallet("other")).await.unwrap();
    let replay = async |wallet| {
        let request = ReplayRequest { wallet: Some(wallet), ..request(None) };
        world.engine.policies().replay(request).await.unwrap().judged
    };
    assert_eq!((replay(world.wallet).await, replay(other.id).await), (1, 0));
}

#[tokio::test]
async fn a_candidate_is_explained_against_the_ledger_of_the_wallet() {
    let world = World::new().await;
    world.admit(1, 60).await;
    let transfer = TxRequest::Transfer { to: address(1), amount: Amount::Base(dollars(50)), memo: None };
    let question = |candidate| Question { wallet: world.wallet, network: None, request: transfer.clone(), candidate };
    let candidate = limit(json!({ "instant_max_usd": 70, "daily_limit_usd": 100, "on_cumulative_exceed": "DENY" }));
    let before = world.log().await;
    let question = Question { network: Some(NETWORK), ..question(Some(candidate.clone())) };
    let explained = world.engine.policies().explain(question.clone()).await.unwrap();
    assert!(matches!(&explained.decision.verdict, Verdict::Deny(denial) if denial.policy == Some(candidate[0].id)));
    assert_eq!((explained.rows, explained.epoch), (candidate, None));
    assert_eq!(explained.ledger.daily_usd.to_string(), "60");
    assert!(explained.query.daily_usd && !explained.query.monthly_usd);
    assert_eq!(explained.prices[&NETWORK.native_asset()].source, "fixed");
    let stored = Question { candidate: None, ..question };
    let explained = world.engine.policies().explain(stored).await.unwrap();
    assert!(matches!(&explained.decision.verdict, Verdict::Allow(allowance) if allowance.tier == Tier::Notify));
    assert_eq!(explained.rows.len(), 1);
    assert_eq!(world.log().await, before, "nothing is recorded");
}

/// Amounts, pauses in seconds, and whether it is carried to its end.
fn lives() -> impl Strategy<Value = Vec<(u128, i64, bool)>> {
    prop::collection::vec((0_u128..200, 0_i64..40_000, prop::bool::ANY), 1..25)
}

async fn check_identity(limits: (u32, u32), requests: u32, life: Vec<(u128, i64, bool)>) {
    let world = World::with_owner().await;
    let (daily, monthly) = limits;
    world
        .change_limit(json!({
            "instant_max_usd": 50, "notify_max_usd": 100, "delay_max_usd": 150, "delay_seconds": 60,
            "approval_timeout": 3_600, "daily_limit_usd": daily, "monthly_limit_usd": daily + monthly,
            "on_cumulative_exceed": "DENY",
        }))
        .await;
    let rate = row(PolicyType::RateLimit, json!({ "max_requests": requests, "window_seconds": 86_400 }));
    let rate = NewPolicy {
        wallet: None,
        network: None,
        policy_type: rate.policy_type,
        rules: serde_json::from_str(&rate.rules).unwrap(),
        priority: 0,
        enabled: true,
        ceiling: false,
    };
    world.engine.policies().create(rate).await.unwrap();
    let session = month_long(&world).await;
    for (amount, pause, carried_out) in &life {
        send(&world, session, *amount).await;
        // An instant is either before or after an end, never the end itself.
        world.clock.advance_secs(*pause + 1);
        if *carried_out {
            world.tick().await;
            world.tick().await;
            world.clock.advance_secs(1);
        }
    }
    let rows = world.store.transactions(world.wallet, None, u32::MAX, false).await.unwrap();
    let replay = world.engine.policies().replay(request(None)).await.unwrap();
    let judged = rows.len() as u64;
    assert_eq!(counts(&replay), [judged, judged, 0, 0, 0, 0], "{life:?} {replay:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happened_the_policies_that_judged_it_judge_it_alike(
        limits in (1_u32..1_000, 0_u32..2_000), requests in 1_u32..8, life in lives(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check_identity(limits, requests, life));
    }
}
