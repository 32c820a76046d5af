//! Nonces for owner signatures.

use super::world::at;
use crate::ports::store::{NonceBinding, Store};

cases! {
    a_nonce_is_good_once,
    at_its_end_a_nonce_is_too_late,
    the_oldest_go_when_there_is_no_room,
    expired_nonces_take_no_room,
}

fn binding(action: &str) -> NonceBinding {
    NonceBinding { action: Some(action.to_owned()), resource: Some("tx-1".to_owned()) }
}

async fn a_nonce_is_good_once<S: Store>(store: S) {
    assert_eq!(store.consume_nonce([1; 32], at(0)).await.unwrap(), None);
    store.issue_nonce([1; 32], &binding("approve"), at(0), at(300), 10).await.unwrap();
    store.issue_nonce([2; 32], &NonceBinding::default(), at(0), at(300), 10).await.unwrap();
    assert_eq!(store.consume_nonce([1; 32], at(1)).await.unwrap(), Some(binding("approve")));
    assert_eq!(store.consume_nonce([1; 32], at(1)).await.unwrap(), None);
    assert_eq!(store.consume_nonce([2; 32], at(1)).await.unwrap(), Some(NonceBinding::default()));
}

async fn at_its_end_a_nonce_is_too_late<S: Store>(store: S) {
    for (nonce, now, good) in [([1; 32], 299, true), ([2; 32], 300, false), ([3; 32], 301, false)] {
        store.issue_nonce(nonce, &binding("approve"), at(0), at(300), 10).await.unwrap();
        assert_eq!(store.consume_nonce(nonce, at(now)).await.unwrap().is_some(), good, "at {now}");
    }
}

async fn the_oldest_go_when_there_is_no_room<S: Store>(store: S) {
    for number in 1..=4 {
        store.issue_nonce([number; 32], &binding("reject"), at(i64::from(number)), at(300), 3).await.unwrap();
    }
    assert_eq!(store.consume_nonce([1; 32], at(5)).await.unwrap(), None);
    for number in 2..=4 {
        assert!(store.consume_nonce([number; 32], at(5)).await.unwrap().is_some(), "{number}");
    }
}

async fn expired_nonces_take_no_room<S: Store>(store: S) {
    store.issue_nonce([1; 32], &binding("a"), at(0), at(300), 2).await.unwrap();
    store.issue_nonce([2; 32], &binding("b"), at(1), at(100), 2).await.unwrap();
    store.issue_nonce([3; 32], &binding("c"), at(100), at(400), 2).await.unwrap();
    assert!(store.consume_nonce([1; 32], at(101)).await.unwrap().is_some());
    assert!(store.consume_nonce([3; 32], at(101)).await.unwrap().is_some());
}
