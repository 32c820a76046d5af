//! A request that is repeated under its key is carried out once.

use crate::world::{World, code, dollars, new_session, new_wallet};
use futures_util::future::join_all;
use waiaas_core::error::ErrorCode;
use waiaas_core::tx::TxStatus;
use waiaas_engine::services::transactions::Submission;

fn keyed(world: &World, payee: u16, amount: u128) -> Submission {
    Submission { idempotency_key: Some("k".to_owned()), ..world.payment(payee, amount) }
}

#[tokio::test]
async fn the_same_key_gives_the_same_row_as_it_is_now() {
    let world = World::new().await;
    let send = async || world.engine.transactions().send(keyed(&world, 1, 5)).await.unwrap();
    let first = send().await;
    assert!(!first.replayed);
    let second = send().await;
    assert!(second.replayed);
    assert_eq!((second.row, world.held().await), (first.row.clone(), 5));
    world.execute(first.row.id).await;
    world.settle().await;
    let third = send().await;
    assert_eq!((third.row.id, third.row.status), (first.row.id, TxStatus::Confirmed));
    world.settle().await;
    assert_eq!(world.paid(1), dollars(5));
    let accepted = world.log().await.iter().filter(|event| *event == "TX_ACCEPTED").count();
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn people_hear_of_a_repeated_request_once() {
    let world = World::with_owner().await;
    let send = async || world.engine.transactions().send(keyed(&world, 1, 5_000)).await.unwrap();
    let first = send().await;
    assert_eq!(world.notices(), ["TX_APPROVAL_REQUIRED"]);
    let second = send().await;
    assert_eq!(world.notices(), [""; 0]);
    assert_eq!(second.approval_expires_at, first.approval_expires_at);
}

#[tokio::test]
async fn a_denial_is_repeated_too() {
    let world = World::without_policy(waiaas_engine::EngineSettings::default()).await;
    let first = world.engine.transactions().send(keyed(&world, 1, 5)).await.unwrap();
    world.limit(crate::world::tiers()).await;
    let second = world.engine.transactions().send(keyed(&world, 1, 5)).await.unwrap();
    assert_eq!(second.row.id, first.row.id);
    assert_eq!(second.denial.unwrap().code(), first.denial.unwrap().code());
}

#[tokio::test]
async fn another_request_under_the_same_key_is_a_conflict() {
    let world = World::new().await;
    world.engine.transactions().send(keyed(&world, 1, 5)).await.unwrap();
    for other in [keyed(&world, 1, 6), keyed(&world, 2, 5)] {
        assert_eq!(code(world.engine.transactions().send(other).await), ErrorCode::IdempotencyConflict);
    }
    assert_eq!(world.held().await, 5);
}

#[tokio::test]
async fn keys_of_other_wallets_are_other_keys() {
    let world = World::new().await;
    let other = world.engine.wallets().create(new_wallet("other")).await.unwrap().id;
    let (session, _) = world.engine.sessions().create(new_session(other), &world.tokens).await.unwrap();
    let first = world.engine.transactions().send(keyed(&world, 1, 5)).await.unwrap();
    let elsewhere = Submission { wallet: other, session: session.id, ..keyed(&world, 1, 5) };
    let second = world.engine.transactions().send(elsewhere).await.unwrap();
    assert_ne!(first.row.id, second.row.id);
    assert!(!second.replayed);
}

#[tokio::test]
async fn repeated_at_once_a_request_becomes_one_row() {
    for seed in 0..30 {
        let world = World::new().await;
        world.gate.take_turns(seed);
        let attempt = async || {
            let outcome = world.engine.transactions().send(keyed(&world, 1, 5)).await.unwrap();
            world.execute(outcome.row.id).await;
            (outcome.row.id, outcome.replayed)
        };
        let outcomes = join_all((0..6).map(|_| attempt())).await;
        world.gate.open();
        assert!(outcomes.iter().all(|(id, _)| *id == outcomes[0].0), "seed {seed}");
        assert_eq!(outcomes.iter().filter(|(_, replayed)| !replayed).count(), 1, "seed {seed}");
        world.settle().await;
        assert_eq!((world.paid(1), world.keys.signed().len()), (dollars(5), 1), "seed {seed}");
    }
}
