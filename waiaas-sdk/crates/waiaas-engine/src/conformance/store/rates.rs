//! Counting requests.

use super::world::{Party, Request, at, facts, party, take_to};
use crate::ports::store::{HoldEffect, Store};
use waiaas_core::policy::{LedgerQuery, RateCount, RateWindow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

cases! {
    a_request_exactly_one_window_old_counts,
    the_entry_that_frees_the_limit_is_named,
    whatever_became_of_them_counts,
    refused_requests_and_other_wallets_do_not_count,
    windows_are_answered_in_the_order_of_the_question,
}

fn window(window_seconds: u64, max_requests: u64) -> RateWindow {
    RateWindow { window_seconds, max_requests }
}

async fn counts<S: Store>(store: &S, party: Party, now: UnixMillis, windows: &[RateWindow]) -> Vec<RateCount> {
    let query = LedgerQuery { rates: windows.to_vec(), ..LedgerQuery::default() };
    facts(store, party.wallet, now, None, query).await.rates
}

async fn a_request_exactly_one_window_old_counts<S: Store>(store: S) {
    let party = party(&store, 1).await;
    Request::new(1, party, at(0)).admit(&store).await;
    for (age, count) in [(0, 1), (59, 1), (60, 1), (61, 0)] {
        let seen = counts(&store, party, at(age), &[window(60, 5)]).await;
        assert_eq!(seen[0].count, count, "{age} s later");
    }
}

async fn the_entry_that_frees_the_limit_is_named<S: Store>(store: S) {
    let party = party(&store, 1).await;
    // Ids and times run against each other: it is the time that counts.
    for (number, time) in [(1, 40), (2, 10), (3, 30), (4, 20)] {
        Request::new(number, party, at(time)).admit(&store).await;
    }
    for (max, frees) in [(5, None), (4, Some(10)), (3, Some(20)), (2, Some(30)), (1, Some(40))] {
        let seen = counts(&store, party, at(50), &[window(60, max)]).await;
        let expected = RateCount { window: window(60, max), count: 4, frees_at_expiry_of: frees.map(at) };
        assert_eq!(seen, [expected], "limit {max}");
    }
    let seen = counts(&store, party, at(75), &[window(60, 2)]).await;
    assert_eq!((seen[0].count, seen[0].frees_at_expiry_of), (3, Some(at(30))));
}

async fn whatever_became_of_them_counts<S: Store>(store: S) {
    let party = party(&store, 1).await;
    for (number, to) in (1..).zip([TxStatus::Cancelled, TxStatus::Failed, TxStatus::Confirmed]) {
        let id = Request::new(number, party, at(10)).admit(&store).await;
        take_to(&store, id, to, HoldEffect::Release, at(11)).await;
    }
    assert_eq!(counts(&store, party, at(20), &[window(60, 9)]).await[0].count, 3);
}

async fn refused_requests_and_other_wallets_do_not_count<S: Store>(store: S) {
    let (one, two) = (party(&store, 1).await, party(&store, 2).await);
    Request::new(1, one, at(10)).denied().admit(&store).await;
    Request::new(2, two, at(10)).admit(&store).await;
    assert_eq!(counts(&store, one, at(20), &[window(60, 9)]).await[0].count, 0);
}

async fn windows_are_answered_in_the_order_of_the_question<S: Store>(store: S) {
    let party = party(&store, 1).await;
    for (number, time) in [(1, 0), (2, 100)] {
        Request::new(number, party, at(time)).admit(&store).await;
    }
    let asked = [window(500, 1), window(10, 3), window(500, 2), window(u64::MAX, 9)];
    let seen = counts(&store, party, at(105), &asked).await;
    assert_eq!(seen.iter().map(|rate| rate.window).collect::<Vec<_>>(), asked);
    assert_eq!(seen.iter().map(|rate| rate.count).collect::<Vec<_>>(), [2, 1, 2, 2]);
    assert_eq!(seen[0].frees_at_expiry_of, Some(at(100)));
    assert_eq!(seen[2].frees_at_expiry_of, Some(at(0)));
}
