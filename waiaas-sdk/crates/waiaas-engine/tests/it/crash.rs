//! The process dies at every single call that it makes to the world, before or after the call had its
//! effect; a new one starts. Whatever was admitted comes to an end, nobody is paid twice, nothing stays
//! held, and a client that repeats its requests with the same keys gets each payment exactly once.

use crate::gate::Moment;
use crate::world::{World, dollars, new_wallet};
use futures_util::future::join_all;
use waiaas_core::id::TxId;
use waiaas_core::tx::TxStatus;
use waiaas_engine::memory::chain::{BroadcastAnswer, BroadcastFault};
use waiaas_engine::ports::store::{Ledger, WalletStore};
use waiaas_engine::services::kill_switch::KillSwitchActor;

/// How a payment ends when nothing crashes, or in spite of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It is made, at the latest when the client repeats the request.
    Made,
    /// It is made or it fails: a node or the chain refused it once.
    Either,
    /// It is never made.
    Never,
}

/// A payment of a scenario: to whom, how many dollars, and how it must end.
type Payment = (u16, u128, End);

async fn send(world: &World, (payee, amount, _): Payment) -> TxId {
    let mut submission = world.payment(payee, amount);
    submission.idempotency_key = Some(format!("payment to {payee}"));
    world.engine.transactions().send(submission).await.unwrap().row.id
}

async fn send_and_execute(world: &World, payment: Payment) -> TxId {
    let id = send(world, payment).await;
    world.execute(id).await;
    id
}

/// Runs `scenario` in as many new worlds as it makes calls, twice, and lets the process die at another call
/// each time.
async fn check(payments: &[Payment], prepare: impl Fn(&World), scenario: impl AsyncFn(&World)) {
    let world = prepared(&prepare).await;
    world.gate.open();
    scenario(&world).await;
    let calls = world.gate.calls();
    assert!(calls > 10, "the scenario reaches the world");
    for at in 0..calls {
        for moment in [Moment::BeforeTheEffect, Moment::AfterTheEffect] {
            let mut world = prepared(&prepare).await;
            let fell = world.gate.crash(at, moment, async { scenario(&world).await }).await;
            assert!(fell, "call {at} of {calls}");
            // The blocks go on whatever we do.
            world.chain.set_automatic_mining(true);
            world.chain.mine();
            let place = format!("call {at} of {calls}, {moment:?}");
            for id in world.restart().await {
                world.execute(id).await;
            }
            world.settle().await;
            assert_sound(&world, payments, &place).await;
            for payment in payments {
                send_and_execute(&world, *payment).await;
            }
            world.settle().await;
            assert_sound(&world, payments, &place).await;
            for (payee, amount, end) in payments {
                let made = world.paid(*payee) == dollars(*amount);
                assert!(made || *end != End::Made, "{place}: payee {payee} waits in vain");
            }
        }
    }
}

async fn prepared(prepare: &impl Fn(&World)) -> World {
    let world = World::with_owner().await;
    prepare(&world);
    world
}

/// Every row tells the truth about the chain, and the ledger is at rest.
async fn assert_sound(world: &World, payments: &[Payment], place: &str) {
    let rows = world.store.transactions(world.wallet, None, u32::MAX, false).await.unwrap();
    for (payee, amount, end) in payments {
        let confirmed = rows
            .iter()
            .filter(|row| row.tx.to_address() == Some(crate::world::address(*payee)))
            .filter(|row| row.status == TxStatus::Confirmed)
            .count();
        assert!(confirmed <= 1, "{place}: payee {payee} is paid {confirmed} times");
        let expected = if confirmed == 1 { *amount } else { 0 };
        assert_eq!(world.paid(*payee), dollars(expected), "{place}: payee {payee}");
        assert!(confirmed == 0 || *end != End::Never, "{place}: payee {payee} must not be paid");
    }
    assert_eq!(world.held().await, 0, "{place}: held");
    let spent: u128 =
        payments.iter().filter(|(payee, ..)| world.paid(*payee) != dollars(0)).map(|(_, amount, _)| amount).sum();
    assert_eq!(world.spent_today().await.micros(), spent * 1_000_000, "{place}: spent");
}

#[tokio::test]
async fn instant_payments() {
    let payments = [(1, 5, End::Made), (2, 50, End::Made)];
    let scenario = async |world: &World| {
        for payment in payments {
            send_and_execute(world, payment).await;
        }
        world.tick().await;
    };
    check(&payments, |_| {}, scenario).await;
}

#[tokio::test]
async fn payments_at_the_same_time() {
    let payments = [(1, 5, End::Made), (2, 5, End::Made), (3, 5, End::Made)];
    let scenario = async |world: &World| {
        let ids = join_all(payments.map(|payment| send(world, payment))).await;
        join_all(ids.iter().map(|id| world.execute(*id))).await;
        world.tick().await;
    };
    check(&payments, |_| {}, scenario).await;
}

#[tokio::test]
async fn a_delayed_payment() {
    let payments = [(1, 500, End::Made)];
    let scenario = async |world: &World| {
        send(world, payments[0]).await;
        world.clock.advance_secs(60);
        world.tick().await;
        world.tick().await;
    };
    check(&payments, |_| {}, scenario).await;
}

#[tokio::test]
async fn an_approved_payment() {
    // When the process dies before the owner is heard, the approval runs out, and the repeated request
    // finds it so.
    let payments = [(1, 5_000, End::Either)];
    let scenario = async |world: &World| {
        let id = send(world, payments[0]).await;
        world.approve(id).await.unwrap();
        world.tick().await;
        world.tick().await;
    };
    check(&payments, |_| {}, scenario).await;
}

#[tokio::test]
async fn a_rejected_payment() {
    let payments = [(1, 5_000, End::Never)];
    let scenario = async |world: &World| {
        let id = send(world, payments[0]).await;
        world.reject(id).await.unwrap();
        world.tick().await;
    };
    check(&payments, |_| {}, scenario).await;
}

#[tokio::test]
async fn payments_with_lost_answers() {
    let payments = [(1, 5, End::Made), (2, 5, End::Made)];
    let lossy = |world: &World| {
        world.chain.script_broadcast(BroadcastFault::lost());
        world.chain.script_broadcast(BroadcastFault::taken_without_answer());
        world.chain.script_broadcast(BroadcastFault::lost());
    };
    let scenario = async |world: &World| {
        for payment in payments {
            send_and_execute(world, payment).await;
        }
        world.tick().await;
        world.tick().await;
    };
    check(&payments, lossy, scenario).await;
}

#[tokio::test]
async fn a_refused_payment_among_others() {
    let payments = [(1, 5, End::Either), (2, 5, End::Either), (3, 5, End::Either)];
    let refusing = |world: &World| {
        world.chain.script_broadcast(BroadcastFault { taken: true, answer: BroadcastAnswer::Accepted });
        world.chain.script_broadcast(BroadcastFault::refused("underpriced"));
    };
    let scenario = async |world: &World| {
        let ids = join_all(payments.map(|payment| send(world, payment))).await;
        join_all(ids.iter().map(|id| world.execute(*id))).await;
        world.tick().await;
    };
    check(&payments, refusing, scenario).await;
}

#[tokio::test]
async fn a_number_that_is_used_elsewhere() {
    // Signed with a number that is used, the second one fails: a second signature is never made on the word of
    // one node.
    let payments = [(1, 5, End::Made), (2, 5, End::Either)];
    let scenario = async |world: &World| {
        send_and_execute(world, payments[0]).await;
        world.chain.use_sequence(&world.account);
        send_and_execute(world, payments[1]).await;
        world.clock.advance_secs(15);
        world.tick().await;
        world.tick().await;
    };
    check(&payments, |_| {}, scenario).await;
}

#[tokio::test]
async fn a_payment_that_dies_in_the_pool() {
    let payments = [(1, 5, End::Either)];
    let scenario = async |world: &World| {
        world.chain.set_automatic_mining(false);
        send_and_execute(world, payments[0]).await;
        world.chain.use_sequence(&world.account);
        world.chain.set_automatic_mining(true);
        world.clock.advance_secs(15);
        world.tick().await;
    };
    check(&payments, |_| {}, scenario).await;
}

#[tokio::test]
async fn a_reverted_payment() {
    let payments = [(1, 5, End::Either)];
    let scenario = async |world: &World| {
        send_and_execute(world, payments[0]).await;
        world.tick().await;
    };
    check(&payments, |world| world.chain.revert_next(1), scenario).await;
}

#[tokio::test]
async fn a_signature_that_is_given_up() {
    let payments = [(1, 5, End::Either), (2, 5, End::Either)];
    let refusing = |world: &World| {
        world.chain.script_broadcast(BroadcastFault::lost());
        for _ in 0..2 {
            world.chain.script_broadcast(BroadcastFault::refused("underpriced"));
        }
    };
    let scenario = async |world: &World| {
        send_and_execute(world, payments[0]).await;
        world.clock.advance_secs(300);
        world.tick().await;
        world.tick().await;
        send_and_execute(world, payments[1]).await;
        world.tick().await;
    };
    check(&payments, refusing, scenario).await;
}

#[tokio::test]
async fn the_making_of_a_wallet() {
    for (at, moment) in (0..3).flat_map(|at| [(at, Moment::BeforeTheEffect), (at, Moment::AfterTheEffect)]) {
        let mut world = World::new().await;
        let fell = world
            .gate
            .crash(at, moment, async {
                world.engine.wallets().create(new_wallet("second")).await.unwrap();
            })
            .await;
        assert!(fell, "call {at}");
        world.restart().await;
        for wallet in world.store.wallets().await.unwrap() {
            use waiaas_engine::ports::keystore::KeyStore;
            assert!(wallet.address.is_some(), "call {at}, {moment:?}: a wallet without a key is left");
            assert!(world.keys.public_key(wallet.id).await.unwrap().is_some(), "call {at}, {moment:?}");
        }
        world.engine.wallets().create(new_wallet("third")).await.unwrap();
    }
}

#[tokio::test]
async fn the_kill_switch() {
    let scenario = async |world: &World| {
        send_and_execute(world, (1, 5, End::Either)).await;
        let waiting = send(world, (2, 500, End::Never)).await;
        world.engine.kill_switch().activate(KillSwitchActor::Master).await.unwrap();
        world.clock.advance_secs(60);
        world.tick().await;
        assert_eq!(world.status(waiting).await, TxStatus::Cancelled);
    };
    let world = World::new().await;
    world.gate.open();
    scenario(&world).await;
    let calls = world.gate.calls();
    for (at, moment) in (0..calls).flat_map(|at| [(at, Moment::BeforeTheEffect), (at, Moment::AfterTheEffect)]) {
        let mut world = World::new().await;
        assert!(world.gate.crash(at, moment, async { scenario(&world).await }).await);
        world.restart().await;
        let thrown = world.engine.kill_switch().is_thrown();
        let before = world.keys.signed().len();
        world.settle_while_stopped().await;
        if thrown {
            assert_eq!(world.keys.signed().len(), before, "call {at}, {moment:?}: signed while stopped");
            assert_eq!(world.paid(2), dollars(0), "call {at}, {moment:?}");
            world.engine.kill_switch().recover(true, None).await.unwrap();
        }
        world.settle().await;
        assert_eq!(world.held().await, 0, "call {at}, {moment:?}");
    }
}
