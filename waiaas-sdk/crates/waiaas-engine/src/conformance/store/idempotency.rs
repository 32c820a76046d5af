//! Idempotency keys of requests that are not transactions.

use super::world::at;
use crate::ports::store::{IdempotencyOutcome, Store, StoredAnswer};

cases! {
    a_completed_key_replays_its_answer,
    a_key_given_back_can_be_claimed_again,
    an_abandoned_claim_can_be_taken_over,
    old_keys_are_forgotten,
}

const DAY_MS: i64 = 86_400_000;

fn answer() -> StoredAnswer {
    StoredAnswer { status: 201, sealed_body: vec![0, 255, 7] }
}

async fn a_completed_key_replays_its_answer<S: Store>(store: S) {
    let claim =
        async |scope: &str, key: &str, body: u8| store.claim_key(scope, key, [body; 32], at(1), DAY_MS).await.unwrap();
    assert_eq!(claim("master POST /v1/wallets", "k", 1).await, IdempotencyOutcome::Claimed);
    assert_eq!(claim("master POST /v1/wallets", "k", 1).await, IdempotencyOutcome::InProgress);
    assert_eq!(claim("master POST /v1/wallets", "k", 2).await, IdempotencyOutcome::Conflict);
    assert_eq!(claim("master POST /v1/sessions", "k", 2).await, IdempotencyOutcome::Claimed);
    assert_eq!(claim("master POST /v1/wallets", "K", 2).await, IdempotencyOutcome::Claimed);
    store.complete_key("master POST /v1/wallets", "k", Some(&answer())).await.unwrap();
    assert_eq!(claim("master POST /v1/wallets", "k", 1).await, IdempotencyOutcome::Replay(answer()));
    assert_eq!(claim("master POST /v1/wallets", "k", 2).await, IdempotencyOutcome::Conflict);
    assert_eq!(claim("master POST /v1/sessions", "k", 2).await, IdempotencyOutcome::InProgress);
}

async fn a_key_given_back_can_be_claimed_again<S: Store>(store: S) {
    store.claim_key("s", "k", [1; 32], at(0), DAY_MS).await.unwrap();
    store.complete_key("s", "k", None).await.unwrap();
    let again = store.claim_key("s", "k", [2; 32], at(1), DAY_MS).await.unwrap();
    assert_eq!(again, IdempotencyOutcome::Claimed);
    // Completing a key that nobody holds changes nothing.
    store.complete_key("s", "unknown", None).await.unwrap();
}

async fn an_abandoned_claim_can_be_taken_over<S: Store>(store: S) {
    store.claim_key("s", "k", [1; 32], at(0), DAY_MS).await.unwrap();
    let claim = async |now| store.claim_key("s", "k", [1; 32], at(now), DAY_MS).await.unwrap();
    assert_eq!(claim(59).await, IdempotencyOutcome::InProgress);
    assert_eq!(claim(61).await, IdempotencyOutcome::Claimed);
    // The clock of the claim starts anew.
    assert_eq!(claim(119).await, IdempotencyOutcome::InProgress);
    store.complete_key("s", "k", Some(&answer())).await.unwrap();
    assert_eq!(claim(10_000).await, IdempotencyOutcome::Replay(answer()));
}

async fn old_keys_are_forgotten<S: Store>(store: S) {
    store.claim_key("s", "k", [1; 32], at(0), DAY_MS).await.unwrap();
    store.complete_key("s", "k", Some(&answer())).await.unwrap();
    let replay = store.claim_key("s", "k", [1; 32], at(86_400), DAY_MS).await.unwrap();
    assert_eq!(replay, IdempotencyOutcome::Replay(answer()));
    let fresh = store.claim_key("s", "k", [2; 32], at(86_401), DAY_MS).await.unwrap();
    assert_eq!(fresh, IdempotencyOutcome::Claimed);
}
