//! The owner's decisions: in time, once, and one at a time.

use crate::world::{World, code, dollars};
use futures_util::future::join_all;
use waiaas_core::error::ErrorCode;
use waiaas_core::tx::TxStatus;
use waiaas_engine::services::owner_auth::OwnerAction;
use waiaas_engine::services::transactions::Withdrawer;

#[tokio::test]
async fn a_rejected_payment_is_over() {
    for amount in [500, 5_000] {
        let world = World::with_owner().await;
        let id = world.admit(1, amount).await;
        assert_eq!(world.reject(id).await.unwrap(), TxStatus::Cancelled);
        assert_eq!((world.failure(id).await.as_str(), world.held().await), ("REJECTED", 0));
        assert_eq!(world.record(id).await, ["TX_ACCEPTED", "TX_REJECTED"]);
        assert_eq!(code(world.approve(id).await), ErrorCode::TxAlreadyProcessed);
        assert_eq!(code(world.reject(id).await), ErrorCode::TxAlreadyProcessed);
        world.clock.advance_secs(3_600);
        world.tick().await;
        assert_eq!(world.paid(1), dollars(0));
    }
}

#[tokio::test]
async fn the_owner_may_let_a_delayed_payment_go_at_once() {
    let world = World::with_owner().await;
    let id = world.admit(1, 500).await;
    assert_eq!(world.approve(id).await.unwrap(), TxStatus::Executing);
    assert_eq!(world.row(id).await.delay_until, None);
    world.settle().await;
    assert_eq!(world.paid(1), dollars(500));
    let record = world.store_entry(id, "TX_APPROVED").await;
    assert_eq!((record.actor.as_str(), &record.details["early"]), ("owner", &true.into()));
}

#[tokio::test]
async fn a_decision_establishes_the_owner() {
    for approve in [true, false] {
        let world = World::with_owner().await;
        let id = world.admit(1, 5_000).await;
        let owner = async || world.engine.wallets().get(world.wallet).await.unwrap().owner.unwrap();
        assert!(!owner().await.verified);
        if approve { world.approve(id).await } else { world.reject(id).await }.unwrap();
        assert!(owner().await.verified);
    }
}

#[tokio::test]
async fn an_approval_is_too_late_at_its_end() {
    let check = async |millis: i64, expect: Result<TxStatus, ErrorCode>| {
        let world = World::with_owner().await;
        let id = world.admit(1, 5_000).await;
        world.clock.advance_millis(millis);
        assert_eq!(world.approve(id).await.map_err(|error| error.code()), expect, "after {millis} ms");
        world.tick().await;
        let ended = if expect.is_ok() { TxStatus::Confirmed } else { TxStatus::Expired };
        world.settle().await;
        assert_eq!(world.status(id).await, ended, "after {millis} ms");
        assert_eq!(world.held().await, 0);
    };
    check(3_599_999, Ok(TxStatus::Executing)).await;
    check(3_600_000, Err(ErrorCode::ApprovalTimeout)).await;
    check(9_999_999, Err(ErrorCode::ApprovalTimeout)).await;
}

#[tokio::test]
async fn what_nobody_decides_expires() {
    let world = World::with_owner().await;
    let id = world.admit(1, 5_000).await;
    world.clock.advance_millis(3_599_999);
    assert_eq!(world.engine.system().expire_approvals().await.unwrap(), 0);
    world.clock.advance_millis(1);
    assert_eq!(world.engine.system().expire_approvals().await.unwrap(), 1);
    assert_eq!(world.engine.system().expire_approvals().await.unwrap(), 0, "once");
    assert_eq!((world.status(id).await, world.failure(id).await.as_str()), (TxStatus::Expired, "APPROVAL_TIMEOUT"));
    assert_eq!(world.held().await, 0);
    assert_eq!(world.record(id).await, ["TX_ACCEPTED", "TX_EXPIRED"]);
}

#[tokio::test]
async fn what_does_not_wait_cannot_be_decided() {
    let world = World::with_owner().await;
    let id = world.admit(1, 5).await;
    assert_eq!(code(world.approve(id).await), ErrorCode::ApprovalNotFound);
    assert_eq!(code(world.reject(id).await), ErrorCode::ApprovalNotFound);
    world.execute(id).await;
    world.settle().await;
    assert_eq!(code(world.approve(id).await), ErrorCode::ApprovalNotFound);
    assert_eq!(world.paid(1), dollars(5));
    let unknown = waiaas_core::id::TxId::v7(crate::world::START, [9; 10]);
    assert_eq!(code(world.approve(unknown).await), ErrorCode::TxNotFound);
}

#[tokio::test]
async fn two_approvals_at_once_make_one_payment() {
    for seed in 0..30 {
        let world = World::with_owner().await;
        let id = world.admit(1, 5_000).await;
        world.gate.take_turns(seed);
        let decide = async || {
            let decided = world.approve(id).await;
            world.execute(id).await;
            decided.map_err(|error| error.code())
        };
        let decided = join_all((0..3).map(|_| decide())).await;
        world.gate.open();
        let won = decided.iter().filter(|result| result.is_ok()).count();
        assert_eq!(won, 1, "seed {seed}: {decided:?}");
        let lost = decided.iter().filter(|result| **result == Err(ErrorCode::TxAlreadyProcessed)).count();
        assert_eq!(lost, 2, "seed {seed}: {decided:?}");
        world.settle().await;
        assert_eq!((world.paid(1), world.keys.signed().len()), (dollars(5_000), 1), "seed {seed}");
    }
}

#[tokio::test]
async fn one_message_decides_once() {
    for seed in 0..30 {
        let world = World::with_owner().await;
        let id = world.admit(1, 5_000).await;
        let proof = world.owner_says(&OwnerAction::Approve(id)).await;
        world.gate.take_turns(seed);
        let decided = join_all((0..3).map(|_| async { world.engine.transactions().approve(id, &proof).await })).await;
        world.gate.open();
        assert_eq!(decided.iter().filter(|result| result.is_ok()).count(), 1, "seed {seed}");
        world.settle().await;
        assert_eq!((world.paid(1), world.keys.signed().len()), (dollars(5_000), 1), "seed {seed}");
    }
}

#[tokio::test]
async fn of_an_approval_and_a_withdrawal_one_wins() {
    let mut wins = [0, 0];
    for (seed, amount) in (0..40).flat_map(|seed| [(seed, 500), (seed, 5_000)]) {
        let world = World::with_owner().await;
        let id = world.admit(1, amount).await;
        let proof = world.owner_says(&OwnerAction::Approve(id)).await;
        world.gate.take_turns(seed);
        // The withdrawal is one call, the approval several: now and then it comes late enough to lose.
        let withdrawal = async {
            for _ in 0..seed % 20 {
                tokio::task::yield_now().await;
            }
            world.engine.transactions().cancel(id, &Withdrawer::Master).await
        };
        let approval = async {
            let approved = world.engine.transactions().approve(id, &proof).await;
            world.execute(id).await;
            approved
        };
        let (approved, withdrawn) = tokio::join!(approval, withdrawal);
        world.gate.open();
        assert_ne!(approved.is_ok(), withdrawn.is_ok(), "seed {seed}");
        world.settle().await;
        let expected = if approved.is_ok() { amount } else { 0 };
        assert_eq!(world.paid(1), dollars(expected), "seed {seed}");
        assert_eq!(world.held().await, 0, "seed {seed}");
        wins[usize::from(approved.is_ok())] += 1;
    }
    assert!(wins.iter().all(|count| *count > 0), "both ends of the race were seen: {wins:?}");
}

#[tokio::test]
async fn of_the_end_of_a_delay_and_a_withdrawal_one_wins() {
    for seed in 0..40 {
        let world = World::new().await;
        let id = world.admit(1, 500).await;
        world.clock.advance_secs(60);
        world.gate.take_turns(seed);
        let withdrawal = async { world.engine.transactions().cancel(id, &Withdrawer::Master).await.is_ok() };
        let ((), withdrawn) = tokio::join!(world.tick(), withdrawal);
        world.gate.open();
        world.settle().await;
        assert_eq!(world.paid(1), dollars(if withdrawn { 0 } else { 500 }), "seed {seed}");
        assert_eq!(world.held().await, 0, "seed {seed}");
    }
}
