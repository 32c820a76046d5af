//! What can go wrong between a node and us, and that nobody is ever paid twice for it.

use crate::world::{World, dollars};
use waiaas_core::tx::TxStatus;
use waiaas_engine::memory::chain::{BroadcastFault, BroadcastOutcome};
use waiaas_engine::pipeline::Progress;
use waiaas_engine::ports::store::Ledger;

/// Every included transaction of the wallet, by ascending sequence number, has the next number.
#[track_caller]
pub(crate) fn assert_no_gaps(world: &World, expected: usize) {
    let sequences: Vec<_> = world.chain.included().iter().map(|tx| tx.sequence).collect();
    let wanted: Vec<_> = (0..).take(expected).collect();
    assert_eq!(sequences, wanted);
}

#[tokio::test]
async fn a_refused_payment_fails_and_its_number_is_used_by_the_next() {
    let world = World::new().await;
    world.chain.script_broadcast(BroadcastFault::refused("the mempool is full"));
    let refused = world.admit(1, 5).await;
    assert_eq!(world.execute(refused).await, Progress::Moved { done: true });
    assert_eq!(world.status(refused).await, TxStatus::Failed);
    assert_eq!(world.failure(refused).await, "CHAIN_ERROR");
    assert_eq!(world.held().await, 0);
    assert!(world.store.open_intents(None).await.unwrap().is_empty());
    assert_eq!(world.record(refused).await, ["TX_ACCEPTED", "TX_SIGNED", "TX_FAILED"]);

    world.pay(2, 5).await;
    world.settle().await;
    assert_eq!((world.paid(1), world.paid(2)), (dollars(0), dollars(5)));
    assert_no_gaps(&world, 1);
}

#[tokio::test]
async fn a_lost_answer_is_resolved_with_the_same_bytes() {
    for (fault, broadcasts) in [(BroadcastFault::lost(), 2), (BroadcastFault::taken_without_answer(), 1)] {
        let world = World::new().await;
        world.chain.script_broadcast(fault.clone());
        let id = world.admit(1, 5).await;
        assert_eq!(world.execute(id).await, Progress::TryAgain, "{fault:?}");
        assert_eq!(world.status(id).await, TxStatus::Executing, "{fault:?}");
        assert_eq!(world.held().await, 5, "{fault:?}: it may be on its way");
        world.settle().await;
        assert_eq!(world.status(id).await, TxStatus::Confirmed, "{fault:?}");
        assert_eq!(world.paid(1), dollars(5), "{fault:?}");
        assert_eq!(world.keys.signed().len(), 1, "{fault:?}: one signature");
        let sent = world.chain.broadcasts();
        assert_eq!(sent.len(), broadcasts, "{fault:?}");
        assert!(sent.iter().all(|copy| copy.raw == sent[0].raw), "{fault:?}: the same bytes");
    }
}

#[tokio::test]
async fn a_payment_without_an_answer_is_not_given_up_once_it_is_signed() {
    let world = World::new().await;
    world.chain.script_broadcast(BroadcastFault::lost());
    let id = world.pay(1, 5).await;
    assert!(!world.engine.transactions().give_up(id).await.unwrap());
    world.settle().await;
    assert_eq!(world.paid(1), dollars(5));
}

#[tokio::test]
async fn a_number_that_somebody_else_used_ends_the_payment_and_nothing_is_signed_again() {
    let world = World::new().await;
    world.pay(1, 5).await;
    world.settle().await;
    // The account is used elsewhere too: what this process believes about its numbers is wrong now.
    world.chain.use_sequence(&world.account);
    let id = world.admit(2, 5).await;
    assert_eq!(world.execute(id).await, Progress::TryAgain);
    // Another node may still know these bytes as what used the number, so they are not called dead yet.
    world.clock.advance_secs(14);
    assert_eq!(world.execute(id).await, Progress::TryAgain);
    world.clock.advance_secs(1);
    assert_eq!(world.execute(id).await, Progress::Moved { done: true });
    assert_eq!((world.status(id).await, world.paid(2)), (TxStatus::Failed, dollars(0)));
    assert_eq!((world.held().await, world.keys.signed().len()), (0, 2));
    // The next payment gets the next number.
    world.pay(3, 5).await;
    world.settle().await;
    assert_eq!(world.paid(3), dollars(5));
    assert!(world.store.open_intents(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_used_number_that_was_ours_after_all_is_not_replaced() {
    let world = World::new().await;
    // The node takes it, and a retry inside the adapter hears "nonce too low".
    world.chain.script_broadcast(BroadcastFault {
        taken: true,
        answer: waiaas_engine::memory::chain::BroadcastAnswer::SequenceUsed,
    });
    let id = world.admit(1, 5).await;
    assert_eq!(world.execute(id).await, Progress::Moved { done: false });
    world.settle().await;
    assert_eq!(world.status(id).await, TxStatus::Confirmed);
    assert_eq!((world.paid(1), world.keys.signed().len()), (dollars(5), 1));
}

#[tokio::test]
async fn a_dropped_payment_is_sent_again_after_a_while() {
    let world = World::new().await;
    world.chain.set_automatic_mining(false);
    let id = world.pay(1, 5).await;
    let hash = world.row(id).await.tx_hash.unwrap();
    assert!(world.chain.drop_from_pool(&hash));
    world.clock.advance_secs(14);
    world.engine.system().confirm().await.unwrap();
    assert_eq!(world.chain.broadcasts().len(), 1, "it may still be on its way through the network");
    world.clock.advance_secs(1);
    world.engine.system().confirm().await.unwrap();
    assert_eq!(world.chain.pooled(), [hash]);
    assert_eq!(world.status(id).await, TxStatus::Submitted);
    world.chain.mine();
    world.settle().await;
    assert_eq!((world.paid(1), world.keys.signed().len()), (dollars(5), 1));
}

#[tokio::test]
async fn a_payment_whose_number_was_used_up_by_another_is_dead() {
    let world = World::new().await;
    world.chain.set_automatic_mining(false);
    let id = world.pay(1, 5).await;
    world.chain.use_sequence(&world.account);
    world.clock.advance_secs(15);
    world.engine.system().confirm().await.unwrap();
    assert_eq!(world.status(id).await, TxStatus::Failed);
    assert_eq!(world.held().await, 0);
    assert!(world.store.open_intents(None).await.unwrap().is_empty());
    assert_eq!(world.paid(1), dollars(0));
}

#[tokio::test]
async fn a_reverted_payment_fails_and_frees_what_it_held() {
    let world = World::new().await;
    world.chain.revert_next(1);
    let id = world.pay(1, 5).await;
    world.settle().await;
    let row = world.row(id).await;
    assert_eq!((row.status, world.failure(id).await.as_str()), (TxStatus::Failed, "TRANSACTION_REVERTED"));
    assert!(row.fee.is_some(), "it cost its fee");
    assert_eq!((world.held().await, world.spent_today().await.micros()), (0, 0));
    assert_eq!(world.notices(), ["TX_FAILED"]);
}

#[tokio::test]
async fn without_a_node_nothing_is_signed_and_in_the_end_it_is_given_up() {
    let world = World::new().await;
    world.chain.set_reachable(false);
    let id = world.admit(1, 5).await;
    for _ in 0..3 {
        assert_eq!(world.execute(id).await, Progress::TryAgain);
    }
    assert!(world.keys.signed().is_empty());
    assert!(world.engine.transactions().give_up(id).await.unwrap());
    assert_eq!((world.status(id).await, world.failure(id).await.as_str()), (TxStatus::Failed, "CHAIN_ERROR"));
    assert_eq!(world.held().await, 0);
    assert!(!world.engine.transactions().give_up(id).await.unwrap(), "it has ended");
    world.chain.set_reachable(true);
    world.settle().await;
    assert_eq!(world.paid(1), dollars(0));
}

#[tokio::test]
async fn a_node_that_comes_back_is_used() {
    let world = World::new().await;
    world.chain.set_reachable(false);
    let id = world.admit(1, 5).await;
    assert_eq!(world.execute(id).await, Progress::TryAgain);
    world.chain.set_reachable(true);
    world.settle().await;
    assert_eq!(world.paid(1), dollars(5));
}

#[tokio::test]
async fn what_the_simulation_refuses_is_never_signed() {
    let world = World::new().await;
    world.chain.set_simulation_failure(Some("execution reverted: paused"));
    let id = world.pay(1, 5).await;
    assert_eq!((world.status(id).await, world.failure(id).await.as_str()), (TxStatus::Failed, "SIMULATION_FAILED"));
    world.chain.set_simulation_failure(None);

    world.change_limit(serde_json::json!({ "instant_max_usd": 2_000_000 })).await;
    let id = world.pay(2, 1_000_000).await;
    assert_eq!((world.status(id).await, world.failure(id).await.as_str()), (TxStatus::Failed, "INSUFFICIENT_BALANCE"));
    assert!(world.keys.signed().is_empty());
    assert_eq!(world.held().await, 0);
    assert_eq!(world.notices(), ["TX_FAILED", "TX_FAILED"]);
}

#[tokio::test]
async fn a_key_store_that_fails_leaves_the_payment_for_later() {
    let world = World::new().await;
    let id = world.admit(1, 5).await;
    use waiaas_engine::ports::keystore::KeyStore;
    world.keys.destroy(world.wallet).await.unwrap();
    assert_eq!(
        crate::world::code(world.engine.transactions().execute(id).await),
        waiaas_core::error::ErrorCode::KeystoreLocked
    );
    assert_eq!(world.status(id).await, TxStatus::Pending);
    world.keys.create(world.wallet, waiaas_core::chain::ChainKind::Ethereum).await.unwrap();
    world.settle().await;
    assert_eq!(world.paid(1), dollars(5));
    assert_no_gaps(&world, 1);
}

#[tokio::test]
async fn a_signature_that_nodes_keep_refusing_is_given_up_by_using_its_number_up() {
    let world = World::new().await;
    world.chain.script_broadcast(BroadcastFault::lost());
    let id = world.pay(1, 5).await;
    for _ in 0..8 {
        world.chain.script_broadcast(BroadcastFault::refused("underpriced"));
    }
    for _ in 0..8 {
        assert_eq!(world.execute(id).await, Progress::TryAgain, "a refusal proves nothing");
    }
    assert_eq!(world.status(id).await, TxStatus::Executing);
    world.clock.advance_secs(300);
    // One more refusal of the payment, then an empty transaction that is taken.
    world.chain.script_broadcast(BroadcastFault::refused("underpriced"));
    world.engine.system().repair_sequences().await.unwrap();
    assert!(world.log().await.contains(&"SEQUENCE_REPAIRED".to_owned()));
    world.settle().await;
    assert_eq!((world.status(id).await, world.failure(id).await.as_str()), (TxStatus::Failed, "CHAIN_ERROR"));
    assert_eq!((world.paid(1), world.held().await), (dollars(0), 0));
    let taken = world.chain.broadcasts().iter().filter(|copy| copy.outcome == BroadcastOutcome::Taken).count();
    assert_eq!(taken, 1, "only the empty one");
}
