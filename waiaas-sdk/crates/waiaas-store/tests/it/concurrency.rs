//! Many callers at once.

use crate::fixture::{
    Account, LimitJudge, START, account, admit, admit_with, change, coin, entry, facts, open, wallet_row,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery};
use waiaas_core::tx::TxStatus;
use waiaas_engine::ports::store::{
    Admission, AdmissionState, Admitted, AuditEvent, AuditLog, GuardFailure, HoldEffect, IdempotencyClaim, Judge,
    Ledger, Ruling, StoreError, WalletStore,
};
use waiaas_store::SqliteStore;

/// `count` admissions at once; how many of them passed.
async fn rush(store: &SqliteStore, mine: Account, count: usize, judge: LimitJudge) -> usize {
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let (store, judge) = (store.clone(), judge.clone());
        tasks.spawn(async move { admit(&store, mine, &judge).await.status != TxStatus::Cancelled });
    }
    tasks.join_all().await.into_iter().filter(|passed| *passed).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_admissions_fill_a_limit_exactly() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    assert_eq!(rush(&store, mine, 200, LimitJudge::of(10, 1_000)).await, 100);

    let (state, ledger) = facts(&store, mine, START).await;
    assert_eq!(state.in_flight, 100);
    assert_eq!(ledger.held, [(coin(), BaseUnits::from_u128(1_000))].into());
    assert_eq!(ledger.daily_usd, Usd::from_micros(1_000));
    assert_eq!(ledger.rates[0].count, 100);
    assert_eq!(store.transactions(mine.wallet, None, 1_000, false).await.unwrap().len(), 200);
    assert_eq!(store.entries(None, None, 1_000).await.unwrap().len(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_key_admits_once() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    let mut tasks = JoinSet::new();
    for _ in 0..32 {
        let store = store.clone();
        let claim = IdempotencyClaim { key: "order-1".to_owned(), fingerprint: [1; 32] };
        tasks.spawn(async move { admit_with(&store, mine, &LimitJudge::of(1, 100), Some(claim)).await.unwrap() });
    }
    let outcomes = tasks.join_all().await;
    let new: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Admitted::New(row) => Some(row.id),
            Admitted::Replayed(_) => None,
        })
        .collect();
    assert_eq!(new.len(), 1);
    assert!(outcomes.iter().all(|outcome| match outcome {
        Admitted::New(row) | Admitted::Replayed(row) => row.id == new[0],
    }));
    let other = IdempotencyClaim { key: "order-1".to_owned(), fingerprint: [2; 32] };
    let conflict = admit_with(&store, mine, &LimitJudge::of(1, 100), Some(other)).await;
    assert!(matches!(conflict, Err(StoreError::IdempotencyConflict)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failing_job_is_undone_alone() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    let row = admit(&store, mine, &LimitJudge::of(1, 100)).await;
    let mut tasks = JoinSet::new();
    for turn in 0..60 {
        let store = store.clone();
        tasks.spawn(async move {
            if turn % 3 == 0 {
                // Refused half way: its audit entry must vanish with it.
                let mut wrong = change(row.id, &[TxStatus::Pending], TxStatus::Queued, HoldEffect::Keep);
                wrong.from = &[TxStatus::Submitted];
                wrong.audit = vec![entry(AuditEvent::TxFailed, Some(row.id))];
                assert!(matches!(store.transition(&wrong).await, Err(StoreError::Stale { .. })));
            } else {
                store.insert_wallet(&wallet_row()).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(store.wallets().await.unwrap().len(), 41);
    assert_eq!(store.entries(Some(row.id), None, 100).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_movers_wins() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    let row = admit(&store, mine, &LimitJudge::of(1, 100)).await;
    let mut tasks = JoinSet::new();
    for turn in 0..20 {
        let store = store.clone();
        let to = if turn % 2 == 0 { TxStatus::Executing } else { TxStatus::Cancelled };
        let holds = if turn % 2 == 0 { HoldEffect::Keep } else { HoldEffect::Release };
        tasks.spawn(async move { store.transition(&change(row.id, &[TxStatus::Pending], to, holds)).await.is_ok() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|won| *won).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_that_go_away_harm_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    let mut left = JoinSet::new();
    let mut stayed = JoinSet::new();
    for turn in 0..100_u64 {
        let store = store.clone();
        if turn % 2 == 0 {
            left.spawn(async move {
                let judge = LimitJudge::of(1, u128::MAX);
                let patience = Duration::from_micros(turn.wrapping_mul(40));
                let _given_up = tokio::time::timeout(patience, admit_with(&store, mine, &judge, None)).await;
            });
        } else {
            stayed.spawn(async move { admit(&store, mine, &LimitJudge::of(1, u128::MAX)).await.id });
        }
    }
    left.join_all().await;
    let ids = stayed.join_all().await;
    assert_eq!(ids.len(), 50);
    for id in ids {
        store.transaction(id).await.unwrap();
    }
    // Whatever became of the abandoned ones, rows and holds agree.
    let (state, ledger) = facts(&store, mine, START).await;
    assert_eq!(ledger.held.get(&coin()), Some(&BaseUnits::from_u128(u128::from(state.in_flight))));
}

/// Stops being polled in the middle of an admission: the worst caller.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_is_not_polled_stops_the_others_only_for_a_while() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    let judge = LimitJudge::of(1, 100);
    let mut sleeping = Box::pin(admit_with(&store, mine, &judge, None));
    assert!(std::future::poll_fn(|context| std::task::Poll::Ready(sleeping.as_mut().poll(context).is_pending())).await);

    let others = tokio::time::timeout(Duration::from_secs(10), admit(&store, mine, &judge)).await;
    others.expect("the writer waited for ever");
    assert!(matches!(sleeping.await, Err(StoreError::Unavailable(_))));
    assert_eq!(facts(&store, mine, START).await.0.in_flight, 1);
}

/// A judge that refuses to write anything.
struct Refusal;

impl Judge for Refusal {
    fn query(&self, _state: &AdmissionState) -> LedgerQuery {
        LedgerQuery { held: Vec::<AssetId>::new(), ..LedgerQuery::default() }
    }

    fn rule(&self, _state: &AdmissionState, _facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        Err(GuardFailure::KillSwitch)
    }
}

#[tokio::test]
async fn a_refusal_leaves_no_trace() {
    let store = SqliteStore::in_memory().await.unwrap();
    let mine = account(&store).await;
    let admission = Admission {
        wallet: mine.wallet,
        session: mine.session,
        now: START,
        idempotency: Some(IdempotencyClaim { key: "k".to_owned(), fingerprint: [1; 32] }),
    };
    let judge: Arc<dyn Judge> = Arc::new(Refusal);
    let refused = store.admit(&admission, judge.as_ref()).await;
    assert!(matches!(refused, Err(StoreError::Guard(GuardFailure::KillSwitch))));
    assert!(store.entries(None, None, 10).await.unwrap().is_empty());
    assert!(matches!(store.admit(&admission, &LimitJudge::of(1, 1)).await, Ok(Admitted::New(_))));
}
