//! Lists of transactions.

use super::world::{Party, Request, at, intent, party, step, take_to, tx_id};
use crate::ports::store::{Due, HistoryQuery, HistoryRow, HoldEffect, Store, Transition};
use core::ops::ControlFlow;
use waiaas_core::id::TxId;
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

cases! {
    a_wallets_transactions_come_newest_first,
    delays_are_due_at_their_end,
    approvals_are_due_at_their_end,
    unfinished_work_is_found,
    submitted_transactions_are_found,
    due_lists_are_paged_by_id,
    counts_and_the_newest_of_all_wallets,
    the_past_is_told_in_the_order_of_admission,
    the_past_is_told_only_as_far_as_it_is_wanted,
}

async fn five<S: Store>(store: &S) -> Party {
    let party = party(store, 1).await;
    for number in 1..=5 {
        Request::new(number, party, at(10)).admit(store).await;
    }
    party
}

fn ids(rows: Vec<crate::ports::store::TxRow>) -> Vec<TxId> {
    rows.into_iter().map(|row| row.id).collect()
}

async fn due<S: Store>(store: &S, due: Due, now: UnixMillis) -> Vec<TxId> {
    ids(store.due(due, now, None, 100).await.unwrap())
}

async fn a_wallets_transactions_come_newest_first<S: Store>(store: S) {
    let one = five(&store).await;
    let two = party(&store, 2).await;
    Request::new(6, two, at(10)).admit(&store).await;
    take_to(&store, tx_id(4), TxStatus::Executing, HoldEffect::Keep, at(11)).await;
    let list =
        async |before, limit, open_only| ids(store.transactions(one.wallet, before, limit, open_only).await.unwrap());
    assert_eq!(list(None, 10, false).await, [5, 4, 3, 2, 1].map(tx_id));
    assert_eq!(list(None, 2, false).await, [5, 4].map(tx_id));
    assert_eq!(list(Some(tx_id(4)), 2, false).await, [3, 2].map(tx_id));
    assert_eq!(list(None, 2, true).await, [5, 3].map(tx_id));
    assert_eq!(list(Some(tx_id(1)), 2, false).await, []);
    Request::new(7, one, at(12)).delayed(at(99)).admit(&store).await;
    assert_eq!(list(None, 2, true).await, [7, 5].map(tx_id));
}

async fn delays_are_due_at_their_end<S: Store>(store: S) {
    let party = party(&store, 1).await;
    Request::new(1, party, at(10)).delayed(at(100)).admit(&store).await;
    Request::new(2, party, at(10)).for_approval(at(50)).admit(&store).await;
    Request::new(3, party, at(10)).admit(&store).await;
    assert_eq!(due(&store, Due::DelayElapsed, at(99)).await, []);
    assert_eq!(due(&store, Due::DelayElapsed, at(100)).await, [tx_id(1)]);
    store.transition(&step(tx_id(1), &[TxStatus::Queued], TxStatus::Executing, at(100))).await.unwrap();
    assert_eq!(due(&store, Due::DelayElapsed, at(101)).await, []);
}

async fn approvals_are_due_at_their_end<S: Store>(store: S) {
    let party = party(&store, 1).await;
    Request::new(1, party, at(10)).for_approval(at(100)).admit(&store).await;
    Request::new(2, party, at(10)).delayed(at(50)).admit(&store).await;
    assert_eq!(due(&store, Due::ApprovalExpired, at(99)).await, []);
    assert_eq!(due(&store, Due::ApprovalExpired, at(100)).await, [tx_id(1)]);
    let expire = Transition {
        approval: crate::ports::store::ApprovalEffect::Expire,
        ..step(tx_id(1), &[TxStatus::Queued], TxStatus::Expired, at(100))
    };
    store.transition(&expire).await.unwrap();
    assert_eq!(due(&store, Due::ApprovalExpired, at(101)).await, []);
}

async fn unfinished_work_is_found<S: Store>(store: S) {
    let party = five(&store).await;
    take_to(&store, tx_id(1), TxStatus::Executing, HoldEffect::Keep, at(11)).await;
    take_to(&store, tx_id(2), TxStatus::Submitted, HoldEffect::Keep, at(11)).await;
    take_to(&store, tx_id(3), TxStatus::Cancelled, HoldEffect::Keep, at(11)).await;
    store.record_intent(&intent(Some(tx_id(5)), party.wallet, 0, "0x05"), &[]).await.unwrap();
    assert_eq!(due(&store, Due::Unfinished, at(12)).await, [1, 4, 5].map(tx_id));
}

async fn submitted_transactions_are_found<S: Store>(store: S) {
    five(&store).await;
    for number in [4, 2] {
        take_to(&store, tx_id(number), TxStatus::Submitted, HoldEffect::Keep, at(11)).await;
    }
    assert_eq!(due(&store, Due::Submitted, at(12)).await, [2, 4].map(tx_id));
}

async fn due_lists_are_paged_by_id<S: Store>(store: S) {
    five(&store).await;
    let page = async |after| ids(store.due(Due::Unfinished, at(12), after, 2).await.unwrap());
    assert_eq!(page(None).await, [1, 2].map(tx_id));
    assert_eq!(page(Some(tx_id(2))).await, [3, 4].map(tx_id));
    assert_eq!(page(Some(tx_id(4))).await, [tx_id(5)]);
    assert_eq!(page(Some(tx_id(5))).await, []);
}

async fn counts_and_the_newest_of_all_wallets<S: Store>(store: S) {
    five(&store).await;
    let other = party(&store, 2).await;
    Request::new(6, other, at(20)).admit(&store).await;
    take_to(&store, tx_id(6), TxStatus::Failed, HoldEffect::Keep, at(21)).await;
    for (since, expected) in [(10, (6, 1)), (11, (1, 1)), (20, (1, 1)), (21, (0, 0))] {
        assert_eq!(store.transaction_counts(at(since)).await.unwrap(), expected, "since {since}");
    }
    assert_eq!(ids(store.recent_transactions(2).await.unwrap()), [6, 5].map(tx_id));
}

async fn past<S: Store>(store: &S, query: HistoryQuery, most: usize) -> Vec<HistoryRow> {
    let mut told = Vec::new();
    let visit = &mut |past: HistoryRow| {
        told.push(past);
        if told.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    store.history(query, visit).await.unwrap();
    told
}

async fn the_past_is_told_in_the_order_of_admission<S: Store>(store: S) {
    let (one, two) = (party(&store, 1).await, party(&store, 2).await);
    // The clock was set back before the third; the first is settled, the second was refused, the fifth is another's.
    Request::new(1, one, at(10)).admit(&store).await;
    take_to(&store, tx_id(1), TxStatus::Confirmed, HoldEffect::Settle, at(15)).await;
    Request::new(2, one, at(30)).denied().admit(&store).await;
    Request::new(3, one, at(20)).delayed(at(99)).admit(&store).await;
    Request::new(4, one, at(30)).admit(&store).await;
    Request::new(5, two, at(40)).admit(&store).await;
    let told = async |wallet, admitted_since, open_since| {
        let query = HistoryQuery { wallet, admitted_since: at(admitted_since), open_since: at(open_since) };
        past(&store, query, usize::MAX).await
    };
    let ids = |told: Vec<HistoryRow>| told.into_iter().map(|past| past.row.id).collect::<Vec<_>>();
    assert_eq!(ids(told(None, 0, 0).await), [1, 3, 2, 4, 5].map(tx_id));
    assert_eq!(ids(told(Some(one.wallet), 0, 0).await), [1, 3, 2, 4].map(tx_id));
    assert_eq!(ids(told(None, 30, 99).await), [3, 2, 4, 5].map(tx_id), "what is open is told at any age");
    assert_eq!(ids(told(None, 30, 15).await), [1, 3, 2, 4, 5].map(tx_id), "and what was open then");
    assert_eq!(ids(told(None, 31, 99).await), [3, 4, 5].map(tx_id));
    for HistoryRow { row, holds } in told(Some(one.wallet), 0, 0).await {
        assert_eq!(row, store.transaction(row.id).await.unwrap().0);
        let expect = if row.tier.is_none() { vec![] } else { Request::new(0, one, at(0)).ruling.holds };
        assert_eq!(holds, expect, "holds are told whatever became of them: {}", row.id);
    }
}

async fn the_past_is_told_only_as_far_as_it_is_wanted<S: Store>(store: S) {
    five(&store).await;
    let query = HistoryQuery { wallet: None, admitted_since: at(0), open_since: at(0) };
    let told = past(&store, query, 2).await;
    assert_eq!(told.into_iter().map(|past| past.row.id).collect::<Vec<_>>(), [1, 2].map(tx_id));
}
