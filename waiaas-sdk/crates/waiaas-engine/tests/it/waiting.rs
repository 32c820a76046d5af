//! What waits is judged again before it is signed (decision D8): whatever changed meanwhile counts.

use crate::world::{World, code, dollars, tiers};
use serde_json::json;
use waiaas_core::error::ErrorCode;
use waiaas_core::money::Price;
use waiaas_core::policy::PolicyType;
use waiaas_core::tx::TxStatus;
use waiaas_engine::services::kill_switch::KillSwitchActor;
use waiaas_engine::services::policies::NewPolicy;
use waiaas_engine::services::transactions::Withdrawer;

/// Something that happens while a payment waits, after which it must not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    WalletSuspended,
    WalletTerminated,
    SessionRevoked,
    SessionsOfTheWalletRevoked,
    KillSwitchThrown,
    RecipientNoLongerWhitelisted,
    NetworkForbidden,
    LimitOfTheDayLowered,
    PriceRisen,
    ThresholdsLowered,
    PoliciesRemoved,
}

const EVENTS: [Event; 11] = [
    Event::WalletSuspended,
    Event::WalletTerminated,
    Event::SessionRevoked,
    Event::SessionsOfTheWalletRevoked,
    Event::KillSwitchThrown,
    Event::RecipientNoLongerWhitelisted,
    Event::NetworkForbidden,
    Event::LimitOfTheDayLowered,
    Event::PriceRisen,
    Event::ThresholdsLowered,
    Event::PoliciesRemoved,
];

async fn happens(world: &World, event: Event) {
    let add = async |policy_type, rules| {
        let policy = NewPolicy {
            wallet: Some(world.wallet),
            network: None,
            policy_type,
            rules,
            priority: 0,
            enabled: true,
            ceiling: false,
        };
        world.engine.policies().create(policy).await.unwrap();
    };
    match event {
        Event::WalletSuspended => {
            world.engine.wallets().suspend(world.wallet, "odd").await.unwrap();
        }
        Event::WalletTerminated => {
            world.engine.wallets().terminate(world.wallet).await.unwrap();
        }
        Event::SessionRevoked => {
            world.engine.sessions().revoke(world.session).await.unwrap();
        }
        Event::SessionsOfTheWalletRevoked => {
            world.engine.sessions().revoke_for_wallet(world.wallet).await.unwrap();
        }
        Event::KillSwitchThrown => {
            world.engine.kill_switch().activate(KillSwitchActor::Master).await.unwrap();
        }
        Event::RecipientNoLongerWhitelisted => {
            let other = crate::world::address(99).to_string();
            add(PolicyType::Whitelist, json!({ "allowed_addresses": [other] })).await;
        }
        Event::NetworkForbidden => {
            add(PolicyType::AllowedNetworks, json!({ "networks": [{ "network": "base-sepolia" }] })).await;
        }
        Event::LimitOfTheDayLowered => {
            let mut rules = tiers();
            rules["daily_limit_usd"] = 4.into();
            rules["on_cumulative_exceed"] = "DENY".into();
            world.change_limit(rules).await;
        }
        // What was a delay for the owner's eyes is now one for the owner's hand; what the owner had to
        // approve already is simply too much.
        Event::PriceRisen => {
            world.prices.set(crate::world::NETWORK.native_asset(), Price::parse("1000").unwrap());
            let mut rules = tiers();
            rules["daily_limit_usd"] = 100_000.into();
            rules["on_cumulative_exceed"] = "DENY".into();
            world.change_limit(rules).await;
        }
        Event::ThresholdsLowered => {
            world
                .change_limit(json!({ "instant_max_usd": 1, "daily_limit_usd": 2, "on_cumulative_exceed": "DENY" }))
                .await;
        }
        Event::PoliciesRemoved => {
            let page = waiaas_engine::ports::store::Page { limit: 10, offset: 0 };
            for row in world.engine.policies().list(None, page).await.unwrap().0 {
                world.engine.policies().delete(row.id).await.unwrap();
            }
        }
    }
}

async fn assert_not_paid(world: &World, id: waiaas_core::id::TxId, what: &str) {
    assert!(world.keys.signed().is_empty(), "{what}: signed");
    assert_eq!(world.paid(1), dollars(0), "{what}");
    let status = world.status(id).await;
    assert!(matches!(status, TxStatus::Cancelled | TxStatus::Expired), "{what}: {status}");
    assert!(world.row(id).await.failure.is_some(), "{what}: no reason given");
    assert_eq!(world.held().await, 0, "{what}: held");
}

#[tokio::test]
async fn a_delayed_payment_is_not_made_after_what_forbids_it() {
    for event in EVENTS {
        let world = World::with_owner().await;
        let id = world.admit(1, 500).await;
        happens(&world, event).await;
        world.clock.advance_secs(60);
        world.tick().await;
        assert_not_paid(&world, id, &format!("{event:?}")).await;
    }
}

#[tokio::test]
async fn an_approval_does_not_outweigh_what_forbids_the_payment() {
    for event in EVENTS {
        for approved_before in [true, false] {
            let what = format!("{event:?}, approved before: {approved_before}");
            let world = World::with_owner().await;
            let id = world.admit(1, 5_000).await;
            if approved_before {
                world.approve(id).await.unwrap();
            }
            happens(&world, event).await;
            if !approved_before {
                // Where the engine knows already that nothing will come of it, the owner hears so.
                let _ = world.approve(id).await;
            }
            world.tick().await;
            world.clock.advance_secs(3_600);
            world.tick().await;
            assert_not_paid(&world, id, &what).await;
        }
    }
}

#[tokio::test]
async fn a_session_that_ran_out_while_its_payment_waited_pays_no_more() {
    let world = World::new().await;
    world.clock.advance_secs(86_400 - 60);
    let id = world.admit(1, 500).await;
    world.clock.advance_secs(60);
    world.tick().await;
    assert_not_paid(&world, id, "expired").await;
    assert_eq!(world.failure(id).await, "SESSION_REVOKED");
}

#[tokio::test]
async fn a_payment_that_was_held_up_by_a_crash_is_judged_again() {
    for event in EVENTS {
        let mut world = World::new().await;
        let id = world.admit(1, 5).await;
        happens(&world, event).await;
        world.clock.advance_secs(5);
        for id in world.restart().await {
            world.execute(id).await;
        }
        assert_not_paid(&world, id, &format!("{event:?}")).await;
    }
}

#[tokio::test]
async fn a_risen_tier_ends_the_payment_and_says_so() {
    let world = World::with_owner().await;
    let id = world.admit(1, 500).await;
    world.change_limit(json!({ "instant_max_usd": 10, "notify_max_usd": 20, "delay_max_usd": 30 })).await;
    world.clock.advance_secs(60);
    world.tick().await;
    let note = world.row(id).await.failure.unwrap();
    assert_eq!(note.code, "POLICY_DENIED");
    assert!(note.message.contains("APPROVAL"), "{}", note.message);
    assert_eq!(world.record(id).await, ["TX_ACCEPTED", "POLICY_DENIED"]);
}

#[tokio::test]
async fn an_owner_who_was_registered_meanwhile_must_be_asked() {
    // Without an owner the payment was delayed only because there was nobody to ask.
    let world = World::new().await;
    let id = world.admit(1, 5_000).await;
    world.register_owner(world.wallet).await;
    world.clock.advance_secs(60);
    world.tick().await;
    assert_eq!(world.status(id).await, TxStatus::Cancelled);
    assert!(world.keys.signed().is_empty());
}

#[tokio::test]
async fn a_payment_does_not_count_against_itself_when_it_is_judged_again() {
    let mut rules = tiers();
    rules["daily_limit_usd"] = 900.into();
    rules["on_cumulative_exceed"] = "DENY".into();
    for others in [400, 401] {
        let world = World::new().await;
        let id = world.admit(1, 500).await;
        for part in [others - 310, 100, 100, 100, 10] {
            world.pay(2, part).await;
        }
        world.change_limit(rules.clone()).await;
        world.clock.advance_secs(60);
        world.settle().await;
        let expected = if others == 400 { TxStatus::Confirmed } else { TxStatus::Cancelled };
        assert_eq!(world.status(id).await, expected, "with ${others} spent by others");
    }
}

#[tokio::test]
async fn a_suspension_that_was_lifted_in_time_does_no_harm() {
    let world = World::new().await;
    let id = world.admit(1, 500).await;
    world.engine.wallets().suspend(world.wallet, "odd").await.unwrap();
    world.engine.wallets().resume(world.wallet).await.unwrap();
    world.clock.advance_secs(60);
    world.settle().await;
    assert_eq!(world.status(id).await, TxStatus::Confirmed);
}

#[tokio::test]
async fn a_rate_limit_does_not_count_the_same_request_again() {
    let world = World::new().await;
    let limit = NewPolicy {
        wallet: None,
        network: None,
        policy_type: PolicyType::RateLimit,
        rules: json!({ "max_requests": 1, "window_seconds": 3_600 }),
        priority: 0,
        enabled: true,
        ceiling: false,
    };
    world.engine.policies().create(limit).await.unwrap();
    let id = world.admit(1, 500).await;
    world.clock.advance_secs(60);
    world.settle().await;
    assert_eq!(world.status(id).await, TxStatus::Confirmed);
}

#[tokio::test]
async fn business_hours_are_those_of_the_request() {
    // Asked a minute before closing time, made a minute after it.
    let world = World::new().await;
    let hours = NewPolicy {
        wallet: None,
        network: None,
        policy_type: PolicyType::TimeRestriction,
        rules: json!({ "allowed_hours": { "start": 9, "end": 13 }, "timezone": "UTC" }),
        priority: 0,
        enabled: true,
        ceiling: false,
    };
    world.engine.policies().create(hours).await.unwrap();
    world.clock.advance_secs(59 * 60);
    let id = world.admit(1, 500).await;
    world.clock.advance_secs(120);
    assert!(world.send(2, 1).await.denial.is_some());
    world.settle().await;
    assert_eq!(world.status(id).await, TxStatus::Confirmed);
}

#[tokio::test]
async fn signed_bytes_of_a_stopped_wallet_are_not_sent() {
    use crate::gate::Moment;
    let suspend = async |world: &World| {
        world.engine.wallets().suspend(world.wallet, "odd").await.unwrap();
    };
    // The calls of an execution: row, open signatures, state, draft, sequence, open signatures, key, record.
    let mut world = World::new().await;
    let id = world.admit(1, 5).await;
    let execution = async {
        world.execute(id).await;
    };
    assert!(world.gate.crash(7, Moment::AfterTheEffect, execution).await);
    world.restart().await;
    suspend(&world).await;
    assert_eq!((world.status(id).await, world.chain.broadcasts().len()), (TxStatus::Executing, 0));
    world.settle_while_stopped().await;
    assert!(world.chain.broadcasts().is_empty(), "sent although the wallet is suspended");
    assert_eq!(world.held().await, 5);
    // Lifting the suspension lets it go on.
    world.engine.wallets().resume(world.wallet).await.unwrap();
    world.settle().await;
    assert_eq!((world.status(id).await, world.paid(1)), (TxStatus::Confirmed, dollars(5)));
}

#[tokio::test]
async fn what_waits_can_be_withdrawn() {
    for (amount, by_session) in [(500, true), (500, false), (5_000, true), (5_000, false)] {
        let world = World::with_owner().await;
        let id = world.admit(1, amount).await;
        let by = if by_session { Withdrawer::Session(Box::new(world.session_row().await)) } else { Withdrawer::Master };
        let transactions = world.engine.transactions();
        assert_eq!(transactions.cancel(id, &by).await.unwrap().status, TxStatus::Cancelled);
        assert_eq!(world.held().await, 0);
        assert_eq!(world.record(id).await, ["TX_ACCEPTED", "TX_CANCELLED"]);
        assert_eq!(code(transactions.cancel(id, &by).await), ErrorCode::TxAlreadyProcessed);
        assert_eq!(code(world.approve(id).await), ErrorCode::TxAlreadyProcessed);
        world.clock.advance_secs(3_600);
        world.tick().await;
        assert_not_paid(&world, id, "withdrawn").await;
    }
}

#[tokio::test]
async fn only_what_waits_can_be_withdrawn_and_only_by_those_it_concerns() {
    let world = World::new().await;
    let transactions = world.engine.transactions();
    let pending = world.admit(1, 5).await;
    assert_eq!(code(transactions.cancel(pending, &Withdrawer::Master).await), ErrorCode::TxAlreadyProcessed);
    let other = world.engine.wallets().create(crate::world::new_wallet("other")).await.unwrap();
    let session = crate::world::new_session(other.id);
    let (stranger, _) = world.engine.sessions().create(session, &world.tokens).await.unwrap();
    let waiting = world.admit(1, 500).await;
    let by = Withdrawer::Session(Box::new(stranger));
    assert_eq!(code(transactions.cancel(waiting, &by).await), ErrorCode::WalletAccessDenied);
    assert_eq!(world.status(waiting).await, TxStatus::Queued);
}
