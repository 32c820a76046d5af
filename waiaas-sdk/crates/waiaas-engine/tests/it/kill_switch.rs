//! The kill switch: what it stops, who may throw it, and who may lift it.

use crate::siwe::Siwe;
use crate::world::{World, code, dollars, new_wallet};
use waiaas_core::error::ErrorCode;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;
use waiaas_engine::ports::clock::Clock;
use waiaas_engine::ports::store::KillSwitchState;
use waiaas_engine::services::kill_switch::{CASCADE_REASON, KillSwitchActor};
use waiaas_engine::services::owner_auth::OwnerAction;

async fn state(world: &World) -> KillSwitchState {
    world.engine.kill_switch().state().await.unwrap().state
}

#[tokio::test]
async fn everything_stops_at_once() {
    let world = World::with_owner().await;
    let idle = world.engine.wallets().create(new_wallet("idle")).await.unwrap().id;
    world.engine.wallets().suspend(idle, "by hand").await.unwrap();
    let sent = world.pay(1, 5).await;
    let pending = world.admit(2, 5).await;
    let delayed = world.admit(3, 500).await;
    let asked = world.admit(4, 5_000).await;
    let approved = world.admit(5, 5_000).await;
    world.approve(approved).await.unwrap();
    world.notices();

    let (cascade, _) = world.engine.kill_switch().activate(KillSwitchActor::Master).await.unwrap();
    assert_eq!(cascade.sessions, [world.session]);
    assert_eq!(cascade.wallets, [world.wallet]);
    let mut cancelled = cascade.transactions.clone();
    cancelled.sort();
    let mut waiting = vec![pending, delayed, asked, approved];
    waiting.sort();
    assert_eq!(cancelled, waiting);
    assert_eq!((state(&world).await, world.engine.kill_switch().is_thrown()), (KillSwitchState::Suspended, true));
    assert_eq!(world.notices(), ["KILL_SWITCH_ACTIVATED"]);

    let signed = world.keys.signed().len();
    for id in cancelled {
        world.execute(id).await;
        assert_eq!((world.status(id).await, world.failure(id).await.as_str()), (TxStatus::Cancelled, CASCADE_REASON));
    }
    assert!(world.approve(asked).await.is_err());
    world.settle_while_stopped().await;
    assert_eq!(world.keys.signed().len(), signed);
    assert_eq!(world.status(sent).await, TxStatus::Confirmed, "what was sent is followed to its end");
    assert_eq!(world.held().await, 0);

    let again = world.engine.kill_switch().activate(KillSwitchActor::Master).await;
    assert_eq!(code(again), ErrorCode::KillSwitchActive);
}

#[tokio::test]
async fn a_request_that_comes_too_late_is_not_even_recorded() {
    let world = World::new().await;
    world.engine.kill_switch().activate(KillSwitchActor::Master).await.unwrap();
    // Only the switch is in the way of this one.
    world.engine.wallets().resume(world.wallet).await.unwrap();
    let before = world.log().await.len();
    assert_eq!(code(world.engine.transactions().send(world.payment(1, 1)).await), ErrorCode::SystemLocked);
    assert_eq!(code(world.engine.transactions().dry_run(world.payment(1, 1)).await), ErrorCode::SystemLocked);
    assert_eq!(world.log().await.len(), before);
}

#[tokio::test]
async fn recovery_resumes_what_the_switch_stopped_and_nothing_else() {
    for resume in [true, false] {
        let world = World::new().await;
        let idle = world.engine.wallets().create(new_wallet("idle")).await.unwrap().id;
        world.engine.wallets().suspend(idle, "by hand").await.unwrap();
        let switch = world.engine.kill_switch();
        assert_eq!(code(switch.recover(true, None).await), ErrorCode::KillSwitchNotActive);
        switch.activate(KillSwitchActor::Master).await.unwrap();
        let (_, resumed) = switch.recover(resume, None).await.unwrap();
        assert_eq!(resumed, if resume { vec![world.wallet] } else { vec![] });
        assert!(!switch.is_thrown());
        let status = async |id| world.engine.wallets().get(id).await.unwrap().status;
        let expected = if resume { WalletStatus::Active } else { WalletStatus::Suspended };
        assert_eq!((status(world.wallet).await, status(idle).await), (expected, WalletStatus::Suspended));
        assert!(world.session_row().await.revoked_at.is_some(), "sessions stay ended");
        let refusal = code(world.engine.transactions().send(world.payment(1, 1)).await);
        assert_eq!(refusal, if resume { ErrorCode::SessionRevoked } else { ErrorCode::WalletSuspended });
    }
}

#[tokio::test]
async fn a_cancelled_payment_stays_cancelled_after_recovery() {
    let world = World::with_owner().await;
    let asked = world.admit(1, 5_000).await;
    let switch = world.engine.kill_switch();
    switch.activate(KillSwitchActor::Master).await.unwrap();
    switch.recover(true, None).await.unwrap();
    assert_eq!(code(world.approve(asked).await), ErrorCode::TxAlreadyProcessed);
    world.settle().await;
    assert_eq!(world.paid(1), dollars(0));
}

#[tokio::test]
async fn only_a_thrown_switch_can_be_locked() {
    let world = World::new().await;
    let switch = world.engine.kill_switch();
    assert_eq!(code(switch.escalate().await), ErrorCode::InvalidStateTransition);
    switch.activate(KillSwitchActor::Master).await.unwrap();
    switch.escalate().await.unwrap();
    assert_eq!(state(&world).await, KillSwitchState::Locked);
    assert_eq!(code(switch.escalate().await), ErrorCode::InvalidStateTransition);
    // Nobody has ever signed as an owner here, so there is nobody to ask.
    switch.recover(true, None).await.unwrap();
    assert_eq!(state(&world).await, KillSwitchState::Active);
    let log = world.log().await;
    for event in ["KILL_SWITCH_ACTIVATED", "KILL_SWITCH_ESCALATED", "KILL_SWITCH_RECOVERED"] {
        assert!(log.contains(&event.to_owned()), "{event}");
    }
}

#[tokio::test]
async fn a_locked_switch_needs_a_verified_owner() {
    let world = World::with_owner().await;
    let proof = world.owner_says(&OwnerAction::Verify(world.wallet)).await;
    world.engine.wallets().verify_owner(world.wallet, &proof).await.unwrap();
    let switch = world.engine.kill_switch();
    switch.activate(KillSwitchActor::Master).await.unwrap();
    switch.escalate().await.unwrap();
    assert_eq!(code(switch.recover(true, None).await), ErrorCode::InvalidSignature);
    let other_purpose = world.owner_says(&OwnerAction::KillSwitch).await;
    assert_eq!(code(switch.recover(true, Some(&other_purpose)).await), ErrorCode::InvalidSignature);
    assert!(switch.is_thrown());
    let proof = world.owner_says(&OwnerAction::Recover).await;
    switch.recover(true, Some(&proof)).await.unwrap();
    assert!(!switch.is_thrown());
}

#[tokio::test]
async fn any_owner_may_throw_the_switch_and_a_stranger_may_not() {
    let world = World::with_owner().await;
    let switch = world.engine.kill_switch();
    let mut stranger = world.owner_says(&OwnerAction::KillSwitch).await;
    stranger.address = Some(crate::siwe::STRANGER.to_owned());
    assert_eq!(code(switch.activate(KillSwitchActor::Owner(stranger)).await), ErrorCode::InvalidSignature);
    let other_purpose = world.owner_says(&OwnerAction::Recover).await;
    assert_eq!(code(switch.activate(KillSwitchActor::Owner(other_purpose)).await), ErrorCode::InvalidSignature);
    assert!(!switch.is_thrown());
    let refused = world.log().await.iter().filter(|event| *event == "OWNER_AUTH_FAILED").count();
    assert_eq!(refused, 2, "both refusals are on record");
    let mut proof = world.owner_says(&OwnerAction::KillSwitch).await;
    proof.address = None;
    switch.activate(KillSwitchActor::Owner(proof)).await.unwrap();
    assert!(switch.state().await.unwrap().activated_by.unwrap().starts_with("owner:"));
}

#[tokio::test]
async fn an_owner_of_wallets_in_two_environments_may_sign_for_either() {
    let world = World::with_owner().await;
    let main = waiaas_engine::services::wallets::NewWallet {
        environment: waiaas_core::chain::Environment::Mainnet,
        ..new_wallet("main")
    };
    let main = world.engine.wallets().create(main).await.unwrap().id;
    world.register_owner(main).await;
    let mut message = Siwe::new(&OwnerAction::KillSwitch, &world.nonce().await, world.clock.now());
    message.chain_id = "1".to_owned();
    world.engine.kill_switch().activate(KillSwitchActor::Owner(message.signed())).await.unwrap();
    assert!(world.engine.kill_switch().is_thrown());
}

#[tokio::test]
async fn a_new_process_counts_as_stopped_until_it_has_looked() {
    let mut world = World::new().await;
    world.engine.kill_switch().activate(KillSwitchActor::Master).await.unwrap();
    world.restart().await;
    assert!(world.engine.kill_switch().is_thrown(), "stored");
    world.engine.kill_switch().recover(true, None).await.unwrap();
    world.restart().await;
    assert!(!world.engine.kill_switch().is_thrown());
    let unread = world.outside.assemble();
    assert!(unread.kill_switch().is_thrown(), "not looked yet");
}

#[tokio::test]
async fn a_payment_that_races_with_the_switch_is_made_or_cancelled() {
    let mut made = 0;
    for seed in 0..60 {
        let world = World::new().await;
        let id = world.admit(1, 5).await;
        world.gate.take_turns(seed);
        let throw = async {
            for _ in 0..seed % 30 {
                tokio::task::yield_now().await;
            }
            world.engine.kill_switch().activate(KillSwitchActor::Master).await.unwrap();
        };
        tokio::join!(world.execute(id), throw);
        world.gate.open();
        world.settle_while_stopped().await;
        let stopped_at = world.chain.broadcasts().len();
        world.engine.kill_switch().recover(true, None).await.unwrap();
        world.settle().await;
        let paid = world.status(id).await == TxStatus::Confirmed;
        made += usize::from(paid);
        assert_eq!(world.paid(1), dollars(if paid { 5 } else { 0 }), "seed {seed}");
        assert!(stopped_at <= 1 && world.held().await == 0, "seed {seed}");
    }
    assert!((1..60).contains(&made), "both ends of the race were seen: {made}");
}
