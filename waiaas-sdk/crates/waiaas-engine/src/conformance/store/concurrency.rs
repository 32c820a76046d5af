//! Many at once: exactly as many win as may.

use super::world::{
    Party, Request, active_wallet, at, dollars, held, intent, live_session, native, party, session_row, spent, step,
    tx_id, units,
};
use crate::ports::store::{
    AdmissionState, Admitted, ClaimToken, GuardFailure, IdempotencyOutcome, Judge, NonceBinding, Ruling, Store,
    StoreError, TokenHash, TokenReplacement,
};
use std::sync::Arc;
use tokio::task::JoinSet;
use waiaas_core::policy::{LedgerFacts, LedgerQuery, RateWindow};
use waiaas_core::tx::TxStatus;

cases! {
    admissions_never_overrun_a_dollar_limit,
    admissions_never_overrun_an_amount_limit,
    admissions_never_overrun_a_rate_limit,
    one_idempotency_key_makes_one_row,
    one_mover_wins,
    one_signature_gets_the_sequence_number,
    a_nonce_is_used_once,
    a_key_is_claimed_once,
    a_value_is_set_once,
    a_token_is_replaced_once,
    sessions_never_overrun_their_limit,
}

const TASKS: u16 = 24;

/// Runs `task` for the numbers 1 to [`TASKS`] at once; returns how often it said yes.
async fn wins<S, F, Fut>(store: S, task: F) -> (Arc<S>, usize)
where
    S: Store + 'static,
    F: Fn(Arc<S>, u16) -> Fut,
    Fut: Future<Output = bool> + Send + 'static,
{
    let store = Arc::new(store);
    let mut tasks = JoinSet::new();
    for number in 1..=TASKS {
        tasks.spawn(task(Arc::clone(&store), number));
    }
    let outcomes = tasks.join_all().await;
    (store, outcomes.into_iter().filter(|won| *won).count())
}

/// Lets a request pass as long as the ledger says that it fits; denies it otherwise.
struct Limiter {
    request: Request,
    limit: Limit,
}

#[derive(Clone, Copy)]
enum Limit {
    Daily(u128),
    Held(u128),
    Rate(u64),
}

const WINDOW_SECS: u64 = 3_600;

impl Judge for Limiter {
    fn query(&self, _state: &AdmissionState) -> LedgerQuery {
        match self.limit {
            Limit::Daily(_) => LedgerQuery { daily_usd: true, ..LedgerQuery::default() },
            Limit::Held(_) => LedgerQuery { held: vec![native()], ..LedgerQuery::default() },
            Limit::Rate(max_requests) => LedgerQuery {
                rates: vec![RateWindow { window_seconds: WINDOW_SECS, max_requests }],
                ..LedgerQuery::default()
            },
        }
    }

    fn rule(&self, _state: &AdmissionState, facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        let fits = match self.limit {
            Limit::Daily(limit) => facts.daily_usd.saturating_add(dollars(5)) <= dollars(limit),
            Limit::Held(limit) => {
                facts.held.get(&native()).copied().unwrap_or_default().saturating_add(units(5)) <= units(limit)
            }
            Limit::Rate(limit) => facts.rates[0].count < limit,
        };
        Ok(if fits { self.request.ruling.clone() } else { self.request.clone().denied().ruling })
    }
}

/// Admits many payments of 5 against `limit`; returns how many passed.
async fn race<S: Store + 'static>(store: S, party: Party, limit: Limit) -> (Arc<S>, usize) {
    wins(store, move |store, number| async move {
        let limiter = Limiter { request: Request::new(number, party, at(10)), limit };
        match store.admit(&limiter.request.admission, &limiter).await {
            Ok(Admitted::New(row)) => row.status == TxStatus::Pending,
            other => panic!("expected a new row, got {other:?}"),
        }
    })
    .await
}

async fn admissions_never_overrun_a_dollar_limit<S: Store + 'static>(store: S) {
    let party = party(&store, 1).await;
    let (store, passed) = race(store, party, Limit::Daily(34)).await;
    assert_eq!(passed, 6);
    assert_eq!(spent(&*store, party.wallet, at(20), None).await.0, dollars(30));
}

async fn admissions_never_overrun_an_amount_limit<S: Store + 'static>(store: S) {
    let party = party(&store, 1).await;
    let (store, passed) = race(store, party, Limit::Held(35)).await;
    assert_eq!(passed, 7);
    assert_eq!(held(&*store, party.wallet, native()).await, units(35));
}

async fn admissions_never_overrun_a_rate_limit<S: Store + 'static>(store: S) {
    let party = party(&store, 1).await;
    let (store, passed) = race(store, party, Limit::Rate(4)).await;
    assert_eq!(passed, 4);
    let rows = store.transactions(party.wallet, None, u32::from(TASKS), false).await.unwrap();
    assert_eq!(rows.len(), usize::from(TASKS), "the refused ones are on record too");
}

async fn one_idempotency_key_makes_one_row<S: Store + 'static>(store: S) {
    let party = party(&store, 1).await;
    let (store, new) = wins(store, move |store, number| async move {
        let request = Request::new(number, party, at(10)).with_key("pay", 1);
        matches!(request.send(&*store).await.unwrap(), Admitted::New(_))
    })
    .await;
    assert_eq!(new, 1);
    assert_eq!(store.transactions(party.wallet, None, 100, false).await.unwrap().len(), 1);
    assert_eq!(held(&*store, party.wallet, native()).await, units(5));
}

async fn one_mover_wins<S: Store + 'static>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).delayed(at(20)).admit(&store).await;
    let (_, won) = wins(store, move |store, number| async move {
        // Half of them execute, half of them cancel.
        let to = if number % 2 == 0 { TxStatus::Executing } else { TxStatus::Cancelled };
        match store.transition(&step(id, &[TxStatus::Queued], to, at(20))).await {
            Ok(_) => true,
            Err(StoreError::Stale { .. }) => false,
            Err(other) => panic!("{other:?}"),
        }
    })
    .await;
    assert_eq!(won, 1);
}

async fn one_signature_gets_the_sequence_number<S: Store + 'static>(store: S) {
    let party = party(&store, 1).await;
    for number in 1..=TASKS {
        Request::new(number, party, at(10)).admit(&store).await;
    }
    let (store, won) = wins(store, move |store, number| async move {
        let signed = intent(Some(tx_id(number)), party.wallet, 7, &format!("0x{number}"));
        match store.record_intent(&signed, &[]).await {
            Ok(()) => true,
            Err(StoreError::Stale { .. }) => false,
            Err(other) => panic!("{other:?}"),
        }
    })
    .await;
    assert_eq!(won, 1);
    assert_eq!(store.open_intents(None).await.unwrap().len(), 1);
}

async fn a_nonce_is_used_once<S: Store + 'static>(store: S) {
    store.issue_nonce([1; 32], &NonceBinding::default(), at(0), at(300), 10).await.unwrap();
    let (_, won) =
        wins(store, |store, _| async move { store.consume_nonce([1; 32], at(1)).await.unwrap().is_some() }).await;
    assert_eq!(won, 1);
}

async fn a_key_is_claimed_once<S: Store + 'static>(store: S) {
    let (_, won) = wins(store, |store, number| async move {
        let token = ClaimToken([u8::try_from(number).unwrap(); 16]);
        store.claim_key("s", "k", [1; 32], token, at(0), 86_400_000).await.unwrap() == IdempotencyOutcome::Claimed
    })
    .await;
    assert_eq!(won, 1);
}

async fn a_value_is_set_once<S: Store + 'static>(store: S) {
    let (_, won) =
        wins(store, |store, number| async move { store.set_value("k", None, &number.to_be_bytes()).await.is_ok() })
            .await;
    assert_eq!(won, 1);
}

async fn a_token_is_replaced_once<S: Store + 'static>(store: S) {
    let wallet = active_wallet(&store, 1).await;
    let id = live_session(&store, 1, &[wallet]).await;
    let expected = store.session(id).await.unwrap().token_hash;
    let (store, won) = wins(store, move |store, number| async move {
        let replacement = TokenReplacement {
            expected,
            token_hash: TokenHash([u8::try_from(number).unwrap(); 32]),
            grace_until: None,
            expires_at: None,
            renewal: true,
            at: at(5),
        };
        store.replace_token(id, &replacement, &[]).await.is_ok()
    })
    .await;
    assert_eq!(won, 1);
    assert_eq!(store.session(id).await.unwrap().renewal_count, 1);
}

async fn sessions_never_overrun_their_limit<S: Store + 'static>(store: S) {
    let wallet = active_wallet(&store, 1).await;
    let (store, won) = wins(store, move |store, number| async move {
        match store.insert_session(&session_row(number, &[wallet]), 5, &[]).await {
            Ok(()) => true,
            Err(StoreError::LimitReached { limit: 5 }) => false,
            Err(other) => panic!("{other:?}"),
        }
    })
    .await;
    assert_eq!(won, 5);
    assert_eq!(store.live_session_count(at(1)).await.unwrap(), 5);
}
