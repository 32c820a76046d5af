//! What becomes of a request, by tier: its row, its holds, its record, and what people hear.

use crate::world::{World, code, dollars};
use serde_json::json;
use waiaas_core::error::ErrorCode;
use waiaas_core::money::Usd;
use waiaas_core::policy::Tier;
use waiaas_core::tx::TxStatus;
use waiaas_engine::pipeline::Progress;
use waiaas_engine::ports::clock::Clock;

#[tokio::test]
async fn each_amount_gets_the_row_of_its_tier() {
    let check = async |amount: u128, owner: bool, tier: Option<Tier>, status: TxStatus, notices: &[&str]| {
        let world = if owner { World::with_owner().await } else { World::new().await };
        world.notices();
        let outcome = world.send(1, amount).await;
        assert_eq!((outcome.row.tier, outcome.row.status), (tier, status), "${amount}");
        assert_eq!(outcome.row, world.row(outcome.row.id).await, "${amount}: the answer is the row");
        assert_eq!(world.notices(), notices, "${amount}");
        assert_eq!(outcome.approval_expires_at.is_some(), tier == Some(Tier::Approval), "${amount}");
        assert_eq!(outcome.row.delay_until.is_some(), tier == Some(Tier::Delay), "${amount}");
        assert_eq!(world.held().await, amount, "${amount}");
        assert_eq!(world.record(outcome.row.id).await, ["TX_ACCEPTED"], "${amount}");
    };
    check(10, true, Some(Tier::Instant), TxStatus::Pending, &[]).await;
    check(11, true, Some(Tier::Notify), TxStatus::Pending, &["TX_NOTIFY"]).await;
    check(101, true, Some(Tier::Delay), TxStatus::Queued, &["TX_QUEUED"]).await;
    check(1_001, true, Some(Tier::Approval), TxStatus::Queued, &["TX_APPROVAL_REQUIRED"]).await;
    // Without an owner there is nobody to ask: the most careful tier left is the delay.
    check(1_001, false, Some(Tier::Delay), TxStatus::Queued, &["TX_QUEUED"]).await;
}

#[tokio::test]
async fn an_instant_payment_is_made_at_once_and_settles() {
    for amount in [10, 100] {
        let world = World::new().await;
        let id = world.admit(1, amount).await;
        world.notices();
        assert_eq!(world.execute(id).await, Progress::Moved { done: false });
        assert_eq!(world.status(id).await, TxStatus::Submitted);
        assert_eq!(world.held().await, amount, "it counts until the chain has it");
        world.engine.system().confirm().await.unwrap();

        let row = world.row(id).await;
        assert_eq!(row.status, TxStatus::Confirmed);
        assert_eq!(row.tx_hash.as_deref(), Some(world.chain.included()[0].hash.as_str()));
        assert_eq!(row.fee, Some(world.chain.included()[0].fee));
        assert_eq!(world.paid(1), dollars(amount));
        assert_eq!(world.held().await, 0);
        assert_eq!(world.spent_today().await, Usd::from_micros(amount * 1_000_000), "held became spent");
        assert_eq!(world.record(id).await, ["TX_ACCEPTED", "TX_SIGNED", "TX_SUBMITTED", "TX_CONFIRMED"]);
        assert_eq!(world.notices(), ["TX_CONFIRMED"]);
        assert_eq!(world.execute(id).await, Progress::Idle, "once is enough");
    }
}

#[tokio::test]
async fn a_delayed_payment_is_released_at_the_end_of_its_window() {
    let world = World::new().await;
    let id = world.admit(1, 500).await;
    assert_eq!(world.execute(id).await, Progress::Idle, "it waits");
    world.clock.advance_millis(59_999);
    assert!(world.engine.system().release_delayed().await.unwrap().is_empty());
    world.clock.advance_millis(1);
    assert_eq!(world.engine.system().release_delayed().await.unwrap(), [id]);
    assert_eq!(world.status(id).await, TxStatus::Executing);
    assert!(world.engine.system().release_delayed().await.unwrap().is_empty());
    world.settle().await;
    assert_eq!(world.status(id).await, TxStatus::Confirmed);
    assert_eq!(world.paid(1), dollars(500));
}

#[tokio::test]
async fn a_payment_that_the_owner_approves_is_made() {
    let world = World::with_owner().await;
    let id = world.admit(1, 5_000).await;
    world.tick().await;
    assert_eq!(world.status(id).await, TxStatus::Queued);
    assert_eq!(world.approve(id).await.unwrap(), TxStatus::Executing);
    assert_eq!(world.held().await, 5_000);
    world.settle().await;
    assert_eq!(world.paid(1), dollars(5_000));
    assert_eq!(world.record(id).await, ["TX_ACCEPTED", "TX_APPROVED", "TX_SIGNED", "TX_SUBMITTED", "TX_CONFIRMED"]);
    assert!(world.store.owner_signature(id).unwrap().is_some(), "the owner's word is kept");
}

#[tokio::test]
async fn a_denial_is_recorded_and_holds_nothing() {
    let world = World::new().await;
    world.change_limit(json!({ "instant_max_usd": 10, "daily_limit_usd": 15, "on_cumulative_exceed": "DENY" })).await;
    world.notices();
    world.pay(1, 10).await;
    let outcome = world.send(2, 10).await;
    let denial = outcome.denial.expect("a denial");
    assert_eq!(denial.code(), ErrorCode::PolicyDenied);
    let details = denial.details().expect("details");
    assert_eq!(details["policyType"], "SPENDING_LIMIT");
    assert_eq!(details["transactionId"], outcome.row.id.to_string());
    let native = crate::world::NETWORK.native_asset().to_string();
    let rest = json!({ "amount": { "asset": native, "largest": dollars(5).to_string(), "tier": "INSTANT" } });
    assert_eq!(details["wouldPass"], rest, "what is left of the day's limit, and no owner changes that");
    assert_eq!((outcome.row.status, outcome.row.tier), (TxStatus::Cancelled, None));
    assert_eq!(world.held().await, 10, "only the first one");
    assert_eq!(world.record(outcome.row.id).await, ["POLICY_DENIED"]);
    assert_eq!(world.notices(), ["POLICY_VIOLATION"]);
    assert_eq!(world.execute(outcome.row.id).await, Progress::Idle);
    world.settle().await;
    assert_eq!(world.paid(2), dollars(0));
}

#[tokio::test]
async fn without_a_policy_nothing_is_paid() {
    let world = World::without_policy(waiaas_engine::EngineSettings::default()).await;
    let denial = world.send(1, 1).await.denial.expect("a denial");
    assert_eq!(denial.details().unwrap()["reasonCode"], "TRANSFER_DISABLED");
    let payee = crate::world::address(1).to_string();
    let entry = json!({ "policyId": null, "policyType": "WHITELIST", "field": "allowed_addresses", "entry": payee, "tier": "INSTANT" });
    assert_eq!(denial.details().unwrap()["wouldPass"], json!({ "entry": entry }));
    world.settle().await;
    assert!(world.chain.broadcasts().is_empty());
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let world = World::new().await;
    let limit = waiaas_engine::services::policies::NewPolicy {
        wallet: None,
        network: None,
        policy_type: waiaas_core::policy::PolicyType::RateLimit,
        rules: json!({ "max_requests": 2, "window_seconds": 60 }),
        priority: 0,
        enabled: true,
        ceiling: false,
    };
    world.engine.policies().create(limit).await.unwrap();
    for payee in [1, 2] {
        world.admit(payee, 1).await;
        world.clock.advance_secs(10);
    }
    let denial = world.send(3, 1).await.denial.expect("a denial");
    assert_eq!(denial.code(), ErrorCode::RateLimitExceeded);
    assert_eq!(denial.retry_after_seconds(), Some(41));
    let time = &denial.details().unwrap()["wouldPass"]["time"];
    // A denied request does not count.
    world.clock.advance_secs(40);
    assert!(world.send(3, 1).await.denial.is_some(), "exactly one window old still counts");
    world.clock.advance_secs(1);
    assert_eq!(time["earliest"], world.clock.now().as_secs());
    assert_eq!(time["earliestIso"], world.clock.now().to_rfc3339());
    world.admit(4, 1).await;
}

#[tokio::test]
async fn requests_that_make_no_sense_leave_no_trace() {
    let world = World::new().await;
    let before = world.log().await.len();
    let refused = async |change: &dyn Fn(&mut waiaas_engine::services::transactions::Submission)| {
        let mut submission = world.payment(1, 1);
        change(&mut submission);
        code(world.engine.transactions().send(submission).await)
    };
    use waiaas_core::chain::Network;
    use waiaas_core::tx::{Amount, TxRequest};
    assert_eq!(refused(&|s| s.network = None).await, ErrorCode::NetworkRequired);
    assert_eq!(refused(&|s| s.network = Some(Network::EthereumMainnet)).await, ErrorCode::EnvironmentNetworkMismatch);
    assert_eq!(refused(&|s| s.network = Some(Network::BaseSepolia)).await, ErrorCode::AdapterNotAvailable);
    let tiny = |s: &mut waiaas_engine::services::transactions::Submission| {
        let amount = Amount::Human("0.0000000000000000001".to_owned());
        s.request = TxRequest::Transfer { to: crate::world::address(1), amount, memo: None };
    };
    assert_eq!(refused(&tiny).await, ErrorCode::ActionValidationFailed);
    assert_eq!(world.log().await.len(), before);
    assert!(world.engine.transactions().list(world.wallet, None, 10).await.unwrap().is_empty());
}
