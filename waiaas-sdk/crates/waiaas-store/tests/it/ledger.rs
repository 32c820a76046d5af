//! Sums, moves and cascades where SQL could get them wrong.

use crate::fixture::{Account, LimitJudge, NETWORK, START, account, admit, change, coin, facts, open, unique};
use std::path::Path;
use waiaas_core::id::TxId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, RateWindow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::OwnerState;
use waiaas_engine::ports::store::{
    AdmissionState, ApprovalEffect, Due, GuardFailure, HoldEffect, IntentGuard, KillSwitchStore, Ledger, NewIntent,
    StoreError, WalletStore,
};
use waiaas_store::SqliteStore;

async fn store_and_account(directory: &Path) -> (SqliteStore, Account) {
    let store = open(directory).await;
    let mine = account(&store).await;
    (store, mine)
}

fn intent(tx: Option<TxId>, mine: Account, sequence: u64) -> NewIntent {
    NewIntent {
        tx,
        wallet: mine.wallet,
        network: NETWORK,
        sequence,
        hash: format!("0x{}", hex::encode(unique())),
        sealed: vec![1, 2, 3],
        at: START,
    }
}

/// Takes a transaction to its end on chain.
async fn confirm(store: &SqliteStore, mine: Account, tx: TxId, sequence: u64) {
    let intent = intent(Some(tx), mine, sequence);
    store.record_intent(&intent, &[]).await.unwrap();
    store.transition(&change(tx, &[TxStatus::Executing], TxStatus::Submitted, HoldEffect::Keep)).await.unwrap();
    store.transition(&change(tx, &[TxStatus::Submitted], TxStatus::Confirmed, HoldEffect::Settle)).await.unwrap();
    store.close_intent(&intent.hash, START).await.unwrap();
}

#[tokio::test]
async fn amounts_beyond_64_bits_are_added_exactly() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    let large = u128::MAX / 2;
    for _ in 0..2 {
        let judge = LimitJudge { usd: Usd::ZERO, ..LimitJudge::of(large, u128::MAX) };
        assert_eq!(admit(&store, mine, &judge).await.status, TxStatus::Pending);
    }
    let (_, ledger) = facts(&store, mine, START).await;
    assert_eq!(ledger.held.get(&coin()), Some(&BaseUnits::from_u128(u128::MAX - 1)));
}

#[tokio::test]
async fn dollars_beyond_64_bits_are_kept_and_added_exactly() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    let fits = u128::try_from(i64::MAX).unwrap();
    let mut sum = Usd::ZERO;
    for micros in [fits, fits, fits + 1, 1 << 100, 3, u128::MAX] {
        let usd = Usd::from_micros(micros);
        let row = admit(&store, mine, &LimitJudge { usd, ..LimitJudge::of(1, 100) }).await;
        assert_eq!(store.transaction(row.id).await.unwrap().0.usd, Some(usd));
        sum = sum.saturating_add(usd);
        assert_eq!(facts(&store, mine, START).await.1.daily_usd, sum);
    }
    assert_eq!(sum, Usd::MAX);
}

#[tokio::test]
async fn windows_count_what_is_settled_and_whatever_is_held() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    let ago = |secs: i64| START.plus_secs(-secs);
    // (dollars, age in seconds, settled)
    for (sequence, (usd, age, settled)) in
        [(1, 86_400, true), (2, 86_401, true), (4, 2_592_000, true), (8, 2_592_001, true), (16, 9_000_000, false)]
            .into_iter()
            .enumerate()
    {
        let judge = LimitJudge { usd: Usd::from_micros(usd), at: ago(age), ..LimitJudge::of(1, 100) };
        let row = admit(&store, mine, &judge).await;
        if settled {
            confirm(&store, mine, row.id, u64::try_from(sequence).unwrap()).await;
        }
    }
    let (state, ledger) = facts(&store, mine, START).await;
    assert_eq!(state.in_flight, 1);
    assert_eq!(ledger.held.get(&coin()), Some(&BaseUnits::from_u128(1)));
    assert_eq!(ledger.daily_usd, Usd::from_micros(1 + 16));
    assert_eq!(ledger.monthly_usd, Usd::from_micros(1 + 2 + 4 + 16));
}

#[tokio::test]
async fn a_recheck_leaves_out_its_own_holds() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    let own = admit(&store, mine, &LimitJudge::of(3, 100)).await;
    admit(&store, mine, &LimitJudge::of(5, 100)).await;
    let ask = |_: &AdmissionState| LedgerQuery { held: vec![coin()], daily_usd: true, ..LedgerQuery::default() };
    let (_, ledger) = store.preview(mine.wallet, None, START, Some(own.id), &ask).await.unwrap();
    assert_eq!(ledger.held.get(&coin()), Some(&BaseUnits::from_u128(5)));
    assert_eq!(ledger.daily_usd, Usd::from_micros(5));
    assert_eq!(ledger.monthly_usd, Usd::ZERO);
}

#[tokio::test]
async fn rates_know_when_they_free_up() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    for age in [0, 10, 20, 30] {
        let judge = LimitJudge { at: START.plus_secs(-age), ..LimitJudge::of(1, 100) };
        let row = admit(&store, mine, &judge).await;
        // What became of it does not matter.
        store
            .transition(&change(row.id, &[TxStatus::Pending], TxStatus::Cancelled, HoldEffect::Release))
            .await
            .unwrap();
    }
    let rate = async |window_seconds, max_requests| {
        let ask = |_: &AdmissionState| LedgerQuery {
            rates: vec![RateWindow { window_seconds, max_requests }],
            ..LedgerQuery::default()
        };
        let (_, LedgerFacts { rates, .. }) = store.preview(mine.wallet, None, START, None, &ask).await.unwrap();
        (rates[0].count, rates[0].frees_at_expiry_of.map(|at| START.millis_since(at) / 1_000))
    };
    assert_eq!(rate(30, 4).await, (4, Some(30)));
    assert_eq!(rate(29, 4).await, (3, None));
    assert_eq!(rate(60, 2).await, (4, Some(10)));
    assert_eq!(rate(u64::MAX, 5).await, (4, None));
}

#[tokio::test]
async fn signatures_are_single() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    let first = admit(&store, mine, &LimitJudge::of(1, 100)).await.id;
    let second = admit(&store, mine, &LimitJudge::of(1, 100)).await.id;
    let signed = intent(Some(first), mine, 7);
    store.record_intent(&signed, &[]).await.unwrap();
    assert_eq!(store.transaction(first).await.unwrap().0.status, TxStatus::Executing);

    for refused in [intent(Some(first), mine, 8), intent(Some(second), mine, 7), intent(None, mine, 7), signed.clone()]
    {
        let outcome = store.record_intent(&refused, &[]).await;
        assert!(matches!(outcome, Err(StoreError::Stale { .. })), "{refused:?}: {outcome:?}");
    }
    assert_eq!(store.transaction(second).await.unwrap().0.status, TxStatus::Pending);
    let too_large = store.record_intent(&intent(Some(second), mine, u64::MAX), &[]).await;
    assert!(matches!(too_large, Err(StoreError::Unavailable(_))));

    store.close_intent(&signed.hash, START).await.unwrap();
    store.record_intent(&intent(Some(first), mine, 7), &[]).await.unwrap();
    assert_eq!(store.open_intents(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_kill_switch_cancels_what_is_not_signed() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    let signed = admit(&store, mine, &LimitJudge::of(1, 100)).await.id;
    store.record_intent(&intent(Some(signed), mine, 0), &[]).await.unwrap();
    let pending = admit(&store, mine, &LimitJudge::of(2, 100)).await.id;
    let executing = admit(&store, mine, &LimitJudge::of(4, 100)).await.id;
    store.transition(&change(executing, &[TxStatus::Pending], TxStatus::Executing, HoldEffect::Keep)).await.unwrap();
    let waits =
        LimitJudge { status: TxStatus::Queued, approval_until: Some(START.plus_secs(60)), ..LimitJudge::of(8, 100) };
    let waiting = admit(&store, mine, &waits).await.id;

    let cascade = store.throw_kill_switch("operator", "KILL", START, &[]).await.unwrap();
    assert_eq!(cascade.transactions, [pending, executing, waiting]);
    assert_eq!((cascade.wallets, cascade.sessions), (vec![mine.wallet], vec![mine.session]));
    assert!(store.due(Due::ApprovalExpired, START.plus_secs(100), None, 10).await.unwrap().is_empty());
    let (state, ledger) = facts(&store, mine, START).await;
    assert_eq!((state.in_flight, ledger.held.get(&coin())), (1, Some(&BaseUnits::from_u128(1))));
    assert_eq!(store.transaction(waiting).await.unwrap().0.failure.unwrap().code, "KILL");

    // What is signed goes on; nothing else gets a signature.
    let mut submit = change(signed, &[TxStatus::Executing], TxStatus::Submitted, HoldEffect::Keep);
    store.transition(&submit).await.unwrap();
    submit = change(signed, &[TxStatus::Submitted], TxStatus::Confirmed, HoldEffect::Settle);
    submit.guard = IntentGuard::MaySign;
    let refused = store.transition(&submit).await;
    assert!(matches!(refused, Err(StoreError::Guard(GuardFailure::KillSwitch))), "{refused:?}");
}

#[tokio::test]
async fn approvals_close_at_their_end() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    let end = START.plus_secs(60);
    let waits = LimitJudge { status: TxStatus::Queued, approval_until: Some(end), ..LimitJudge::of(1, 100) };
    let decide = |tx: TxId, at: UnixMillis, approval: ApprovalEffect| {
        let (to, holds) = match approval {
            ApprovalEffect::Expire => (TxStatus::Expired, HoldEffect::Release),
            _ => (TxStatus::Executing, HoldEffect::Keep),
        };
        let mut decision = change(tx, &[TxStatus::Queued], to, holds);
        (decision.at, decision.approval) = (at, approval);
        decision
    };
    let approve = || ApprovalEffect::Approve { signature: vec![1] };

    let late = admit(&store, mine, &waits).await.id;
    assert!(matches!(store.transition(&decide(late, end, approve())).await, Err(StoreError::Stale { .. })));
    let early = store.transition(&decide(late, end.plus_millis(-1), ApprovalEffect::Expire)).await;
    assert!(matches!(early, Err(StoreError::Stale { .. })));
    assert_eq!(store.due(Due::ApprovalExpired, end, None, 10).await.unwrap().len(), 1);
    store.transition(&decide(late, end, ApprovalEffect::Expire)).await.unwrap();
    assert!(store.due(Due::ApprovalExpired, end, None, 10).await.unwrap().is_empty());

    let timely = admit(&store, mine, &waits).await.id;
    assert!(matches!(
        store.transition(&decide(timely, START, ApprovalEffect::Expedite)).await,
        Err(StoreError::Stale { .. })
    ));
    assert_eq!(store.wallet(mine.wallet).await.unwrap().owner_state(), OwnerState::Grace);
    store.transition(&decide(timely, end.plus_millis(-1), approve())).await.unwrap();
    assert_eq!(store.wallet(mine.wallet).await.unwrap().owner_state(), OwnerState::Locked);
    let (_, approval) = store.transaction(timely).await.unwrap();
    assert_eq!(approval.unwrap().approved_at, Some(end.plus_millis(-1)));
}

#[tokio::test]
async fn delays_end_and_leave_no_end_behind() {
    let directory = tempfile::tempdir().unwrap();
    let (store, mine) = store_and_account(directory.path()).await;
    let end = START.plus_secs(60);
    let delayed = LimitJudge { status: TxStatus::Queued, delay_until: Some(end), ..LimitJudge::of(1, 100) };
    let tx = admit(&store, mine, &delayed).await.id;
    assert!(store.due(Due::DelayElapsed, end.plus_millis(-1), None, 10).await.unwrap().is_empty());
    assert_eq!(store.due(Due::DelayElapsed, end, None, 10).await.unwrap()[0].id, tx);
    let row = store.transition(&change(tx, &[TxStatus::Queued], TxStatus::Executing, HoldEffect::Keep)).await.unwrap();
    assert_eq!(row.delay_until, None);
    assert_eq!(store.due(Due::Unfinished, end, None, 10).await.unwrap()[0].id, tx);
    assert!(store.due(Due::Unfinished, end, Some(tx), 10).await.unwrap().is_empty());
    let jump = store.transition(&change(tx, &[TxStatus::Executing], TxStatus::Confirmed, HoldEffect::Settle)).await;
    assert!(matches!(jump, Err(StoreError::Stale { .. })), "{jump:?}");
}
