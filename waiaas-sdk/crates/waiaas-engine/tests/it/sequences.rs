//! Many payments from one account at once: each sequence number is used once, each payment is made once.

use crate::broadcast::assert_no_gaps;
use crate::world::{World, dollars, tiers};
use futures_util::future::join_all;
use std::sync::Arc;
use waiaas_core::tx::TxStatus;
use waiaas_engine::memory::chain::{BroadcastAnswer, BroadcastFault};
use waiaas_engine::pipeline::Progress;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_payments_at_once_use_two_hundred_numbers() {
    const PAYMENTS: u16 = 200;
    let world = Arc::new(World::new().await);
    let sends = (0..PAYMENTS).map(|payee| {
        let world = Arc::clone(&world);
        tokio::spawn(async move { world.pay(payee, 1 + u128::from(payee) % 10).await })
    });
    for sent in join_all(sends).await {
        sent.unwrap();
    }
    world.settle().await;
    assert_no_gaps(&world, usize::from(PAYMENTS));
    for payee in 0..PAYMENTS {
        assert_eq!(world.paid(payee), dollars(1 + u128::from(payee) % 10), "payee {payee}");
    }
    assert_eq!(world.held().await, 0);
}

#[tokio::test]
async fn payments_that_take_turns_in_every_order_use_each_number_once() {
    for seed in 0..40 {
        let world = World::new().await;
        world.gate.take_turns(seed);
        join_all((0..12).map(|payee| world.pay(payee, 5))).await;
        world.gate.open();
        world.settle().await;
        assert_no_gaps(&world, 12);
        assert!((0..12).all(|payee| world.paid(payee) == dollars(5)), "seed {seed}");
    }
}

#[tokio::test]
async fn one_refused_payment_does_not_take_others_with_it() {
    for seed in 0..40 {
        let world = World::new().await;
        world.gate.take_turns(seed);
        // The first one travels alone, those that came meanwhile in groups.
        for _ in 0..seed % 8 {
            world.chain.script_broadcast(BroadcastFault { taken: true, answer: BroadcastAnswer::Accepted });
        }
        world.chain.script_broadcast(BroadcastFault::refused("no"));
        let ids = join_all((0..12).map(|payee| world.pay(payee, 5))).await;
        world.gate.open();
        world.settle().await;
        let mut failed = 0;
        for (payee, id) in (0..).zip(ids) {
            let expected = if world.status(id).await == TxStatus::Failed { 0 } else { 5 };
            failed += usize::from(expected == 0);
            assert_eq!(world.paid(payee), dollars(expected), "seed {seed}, payee {payee}");
        }
        assert_eq!(failed, 1, "seed {seed}");
        assert_no_gaps(&world, 11);
    }
}

#[tokio::test]
async fn a_session_that_ends_does_not_take_others_with_it() {
    for seed in 0..40 {
        let world = World::new().await;
        let (other, _) =
            world.engine.sessions().create(crate::world::new_session(world.wallet), &world.tokens).await.unwrap();
        let mut ids = Vec::new();
        for payee in 0..12 {
            let mut submission = world.payment(payee, 5);
            if payee == 4 {
                submission.session = other.id;
            }
            ids.push(world.engine.transactions().send(submission).await.unwrap().row.id);
        }
        world.gate.take_turns(seed);
        let executions = join_all(ids.iter().map(|id| world.execute(*id)));
        let revocation = async { world.engine.sessions().revoke(other.id).await.unwrap() };
        tokio::join!(executions, revocation);
        world.gate.open();
        world.settle().await;
        for (payee, id) in (0..).zip(ids) {
            let status = world.status(id).await;
            assert!(payee == 4 || status == TxStatus::Confirmed, "seed {seed}, payee {payee}: {status}");
            let expected = if status == TxStatus::Confirmed { 5 } else { 0 };
            assert_eq!(world.paid(payee), dollars(expected), "seed {seed}, payee {payee}");
        }
        let made = world.chain.included().len();
        assert_no_gaps(&world, made);
    }
}

#[tokio::test]
async fn a_limit_holds_however_requests_are_interleaved() {
    for seed in 0..30 {
        let world = World::new().await;
        let mut rules = tiers();
        rules["daily_limit_usd"] = 40.into();
        rules["on_cumulative_exceed"] = "DENY".into();
        world.change_limit(rules).await;
        world.gate.take_turns(seed);
        let attempt = async |payee| {
            let id = world.send(payee, 10).await.row.id;
            world.execute(id).await;
        };
        join_all((0..12).map(attempt)).await;
        world.gate.open();
        world.settle().await;
        assert_eq!(world.chain.included().len(), 4, "seed {seed}");
        assert_eq!(world.spent_today().await.micros(), 40_000_000, "seed {seed}");
    }
}

#[tokio::test]
async fn executing_one_payment_from_many_sides_makes_it_once() {
    for seed in 0..40 {
        let world = World::new().await;
        let id = world.admit(1, 5).await;
        world.gate.take_turns(seed);
        join_all((0..8).map(|_| world.execute(id))).await;
        world.gate.open();
        world.settle().await;
        assert_eq!((world.paid(1), world.keys.signed().len()), (dollars(5), 1), "seed {seed}");
    }
}

#[tokio::test]
async fn an_execution_that_is_dropped_half_way_is_taken_up_again() {
    for stop_after in 0..40 {
        let world = World::new().await;
        let ids = [world.admit(1, 5).await, world.admit(2, 5).await, world.admit(3, 5).await];
        world.gate.take_turns(stop_after);
        {
            // The first one is dropped after so many turns of the others; the others go on.
            let first = world.execute(ids[0]);
            let limited = async {
                tokio::select! {
                    biased;
                    _ = first => {}
                    () = async { for _ in 0..stop_after { tokio::task::yield_now().await; } } => {}
                }
            };
            tokio::join!(limited, world.execute(ids[1]), world.execute(ids[2]));
        }
        world.gate.open();
        world.settle().await;
        for payee in 1..=3 {
            assert_eq!(world.paid(payee), dollars(5), "dropped after {stop_after}, payee {payee}");
        }
        assert_no_gaps(&world, 3);
    }
}

#[tokio::test]
async fn what_was_lost_is_sent_again_before_anything_with_a_higher_number() {
    let world = World::new().await;
    world.chain.script_broadcast(BroadcastFault::lost());
    let first = world.admit(1, 5).await;
    assert_eq!(world.execute(first).await, Progress::TryAgain);
    // Number 0 is signed and may be on its way, so the next one must not take it. And the chain of these
    // tests, like some nodes, refuses a number that leaves a gap.
    let second = world.pay(2, 5).await;
    assert_eq!(world.chain.broadcasts().iter().map(|copy| copy.sequence).collect::<Vec<_>>(), [0, 0, 1]);
    assert_eq!(world.status(second).await, TxStatus::Submitted);
    world.settle().await;
    assert_eq!(world.status(first).await, TxStatus::Confirmed);
    assert_eq!((world.paid(1), world.paid(2)), (dollars(5), dollars(5)));
    assert_eq!(world.keys.signed().len(), 2);
}

#[tokio::test]
async fn lost_answers_in_a_crowd_lose_no_payment() {
    for seed in 0..40_usize {
        let world = World::new().await;
        world.gate.take_turns(seed);
        for number in 0..12 {
            world.chain.script_broadcast(match (seed >> (number % 6)) & 1 {
                0 => BroadcastFault { taken: true, answer: BroadcastAnswer::Accepted },
                _ if number % 2 == 0 => BroadcastFault::lost(),
                _ => BroadcastFault::taken_without_answer(),
            });
        }
        join_all((0..12).map(|payee| world.pay(payee, 5))).await;
        world.gate.open();
        world.settle().await;
        assert!((0..12).all(|payee| world.paid(payee) == dollars(5)), "seed {seed}");
        assert_no_gaps(&world, 12);
    }
}

#[tokio::test]
async fn a_group_whose_first_answer_is_lost_is_sent_in_the_end() {
    let world = World::new().await;
    let ids = [world.admit(1, 5).await, world.admit(2, 5).await, world.admit(3, 5).await, world.admit(4, 5).await];
    // The first one keeps the lane while the others bring theirs, so these travel as one group.
    world.chain.script_broadcast(BroadcastFault { taken: true, answer: BroadcastAnswer::Accepted });
    world.chain.script_broadcast(BroadcastFault::lost());
    world.gate.take_turns(3);
    join_all(ids.map(|id| world.execute(id))).await;
    world.gate.open();
    world.settle().await;
    assert!((1..=4).all(|payee| world.paid(payee) == dollars(5)));
    assert_no_gaps(&world, 4);
}
