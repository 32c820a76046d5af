//! Idempotency keys of requests that are not transactions.

use super::world::{assert_stale, at};
use crate::ports::store::{ClaimToken, IdempotencyOutcome, Store, StoredAnswer};

cases! {
    a_completed_key_replays_its_answer,
    a_key_given_back_can_be_claimed_again,
    an_abandoned_claim_can_be_taken_over,
    who_was_overtaken_completes_nothing,
    old_keys_are_forgotten,
}

const DAY_MS: i64 = 86_400_000;
const FIRST: ClaimToken = ClaimToken([1; 16]);
const SECOND: ClaimToken = ClaimToken([2; 16]);

fn answer(body: u8) -> StoredAnswer {
    StoredAnswer { status: 201, sealed_body: vec![0, 255, body] }
}

async fn a_completed_key_replays_its_answer<S: Store>(store: S) {
    let claim = async |scope: &str, key: &str, body: u8| {
        store.claim_key(scope, key, [body; 32], FIRST, at(1), DAY_MS).await.unwrap()
    };
    assert_eq!(claim("master POST /v1/wallets", "k", 1).await, IdempotencyOutcome::Claimed);
    assert_eq!(claim("master POST /v1/wallets", "k", 1).await, IdempotencyOutcome::InProgress);
    assert_eq!(claim("master POST /v1/wallets", "k", 2).await, IdempotencyOutcome::Conflict);
    assert_eq!(claim("master POST /v1/sessions", "k", 2).await, IdempotencyOutcome::Claimed);
    assert_eq!(claim("master POST /v1/wallets", "K", 2).await, IdempotencyOutcome::Claimed);
    store.complete_key("master POST /v1/wallets", "k", FIRST, Some(&answer(7))).await.unwrap();
    assert_eq!(claim("master POST /v1/wallets", "k", 1).await, IdempotencyOutcome::Replay(answer(7)));
    assert_eq!(claim("master POST /v1/wallets", "k", 2).await, IdempotencyOutcome::Conflict);
    assert_eq!(claim("master POST /v1/sessions", "k", 2).await, IdempotencyOutcome::InProgress);
    // An answer that was given is neither changed nor taken back.
    for late in [Some(answer(8)), None] {
        let refusal = store.complete_key("master POST /v1/wallets", "k", FIRST, late.as_ref()).await;
        assert_stale(&refusal.unwrap_err());
    }
    assert_eq!(claim("master POST /v1/wallets", "k", 1).await, IdempotencyOutcome::Replay(answer(7)));
}

async fn a_key_given_back_can_be_claimed_again<S: Store>(store: S) {
    store.claim_key("s", "k", [1; 32], FIRST, at(0), DAY_MS).await.unwrap();
    store.complete_key("s", "k", FIRST, None).await.unwrap();
    let again = store.claim_key("s", "k", [2; 32], SECOND, at(1), DAY_MS).await.unwrap();
    assert_eq!(again, IdempotencyOutcome::Claimed);
    // Nobody holds this one.
    assert_stale(&store.complete_key("s", "unknown", FIRST, None).await.unwrap_err());
}

async fn an_abandoned_claim_can_be_taken_over<S: Store>(store: S) {
    store.claim_key("s", "k", [1; 32], FIRST, at(0), DAY_MS).await.unwrap();
    let claim = async |now| store.claim_key("s", "k", [1; 32], SECOND, at(now), DAY_MS).await.unwrap();
    assert_eq!(claim(59).await, IdempotencyOutcome::InProgress);
    // A clock that was turned back does not make a claim older.
    assert_eq!(claim(-100).await, IdempotencyOutcome::InProgress);
    assert_eq!(claim(61).await, IdempotencyOutcome::Claimed);
    // The clock of the claim starts anew.
    assert_eq!(claim(119).await, IdempotencyOutcome::InProgress);
    store.complete_key("s", "k", SECOND, Some(&answer(7))).await.unwrap();
    assert_eq!(claim(10_000).await, IdempotencyOutcome::Replay(answer(7)));
}

async fn who_was_overtaken_completes_nothing<S: Store>(store: S) {
    let claim = async |token, now| store.claim_key("s", "k", [1; 32], token, at(now), DAY_MS).await.unwrap();
    assert_eq!(claim(FIRST, 0).await, IdempotencyOutcome::Claimed);
    assert_eq!(claim(SECOND, 61).await, IdempotencyOutcome::Claimed);
    for late in [Some(answer(1)), None] {
        assert_stale(&store.complete_key("s", "k", FIRST, late.as_ref()).await.unwrap_err());
        assert_eq!(claim(FIRST, 62).await, IdempotencyOutcome::InProgress);
    }
    store.complete_key("s", "k", SECOND, Some(&answer(2))).await.unwrap();
    assert_eq!(claim(FIRST, 63).await, IdempotencyOutcome::Replay(answer(2)));

    // Given back by the second: what the first has to say comes too late all the same, also once a third
    // has claimed the key at the very time of the first.
    let claim = async |token, now| store.claim_key("s", "given", [1; 32], token, at(now), DAY_MS).await.unwrap();
    assert_eq!(claim(FIRST, 0).await, IdempotencyOutcome::Claimed);
    assert_eq!(claim(SECOND, 61).await, IdempotencyOutcome::Claimed);
    store.complete_key("s", "given", SECOND, None).await.unwrap();
    assert_eq!(claim(ClaimToken([3; 16]), 0).await, IdempotencyOutcome::Claimed);
    assert_stale(&store.complete_key("s", "given", FIRST, Some(&answer(1))).await.unwrap_err());
    store.complete_key("s", "given", ClaimToken([3; 16]), Some(&answer(3))).await.unwrap();
}

async fn old_keys_are_forgotten<S: Store>(store: S) {
    store.claim_key("s", "k", [1; 32], FIRST, at(0), DAY_MS).await.unwrap();
    store.complete_key("s", "k", FIRST, Some(&answer(7))).await.unwrap();
    let replay = store.claim_key("s", "k", [1; 32], SECOND, at(86_400), DAY_MS).await.unwrap();
    assert_eq!(replay, IdempotencyOutcome::Replay(answer(7)));
    let fresh = store.claim_key("s", "k", [2; 32], SECOND, at(86_401), DAY_MS).await.unwrap();
    assert_eq!(fresh, IdempotencyOutcome::Claimed);
}
