//! Ending a wallet.

use super::world::{
    Party, Request, active_wallet, assert_not_found, assert_stale, at, audit_length, entry, held, intent, live_session,
    native, party, refused, session_row, status, step, tx_id, units, wallet_id, wallet_row,
};
use crate::ports::store::{AuditEvent, Store};
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;

cases! {
    what_is_not_signed_is_withdrawn,
    what_was_signed_stays,
    sessions_lose_the_wallet,
    a_wallet_ends_once,
}

async fn what_is_not_signed_is_withdrawn<S: Store>(store: S) {
    let one = party(&store, 1).await;
    let other = party(&store, 2).await;
    Request::new(1, one, at(10)).admit(&store).await;
    Request::new(2, one, at(10)).delayed(at(100)).admit(&store).await;
    Request::new(3, one, at(10)).for_approval(at(100)).admit(&store).await;
    Request::new(4, one, at(10)).admit(&store).await;
    store.transition(&step(tx_id(4), &[TxStatus::Pending], TxStatus::Executing, at(11))).await.unwrap();
    Request::new(5, one, at(10)).admit(&store).await;
    store.transition(&step(tx_id(5), &[TxStatus::Pending], TxStatus::GasWaiting, at(11))).await.unwrap();
    Request::new(6, other, at(10)).admit(&store).await;

    let before = audit_length(&store).await;
    let mut ended = store.terminate_wallet(one.wallet, at(20), &[entry(AuditEvent::WalletTerminated)]).await.unwrap();
    ended.cancelled.sort();
    assert_eq!(ended.cancelled, [1, 2, 3, 4, 5].map(tx_id));
    assert_eq!(audit_length(&store).await, before + 1);
    for number in 1..=5 {
        let (row, _) = store.transaction(tx_id(number)).await.unwrap();
        assert_eq!((row.status, row.updated_at, row.delay_until), (TxStatus::Cancelled, at(20), None));
    }
    assert!(held(&store, one.wallet, native()).await.is_zero());
    assert_eq!(status(&store, tx_id(6)).await, TxStatus::Pending);
    assert_eq!(held(&store, other.wallet, native()).await, units(5));
}

async fn what_was_signed_stays<S: Store>(store: S) {
    let party = party(&store, 1).await;
    for (number, sequence) in [(1, 0), (2, 1), (3, 2)] {
        let id = Request::new(number, party, at(10)).admit(&store).await;
        store.record_intent(&intent(Some(id), party.wallet, sequence, &format!("0x{number}")), &[]).await.unwrap();
    }
    store.transition(&step(tx_id(2), &[TxStatus::Executing], TxStatus::Submitted, at(15))).await.unwrap();
    // Its signature was found on chain, its status has not followed yet.
    store.close_intent("0x3", at(16)).await.unwrap();
    let ended = store.terminate_wallet(party.wallet, at(20), &[]).await.unwrap();
    assert_eq!(ended.cancelled, []);
    assert_eq!(status(&store, tx_id(1)).await, TxStatus::Executing);
    assert_eq!(status(&store, tx_id(2)).await, TxStatus::Submitted);
    assert_eq!(status(&store, tx_id(3)).await, TxStatus::Executing);
    assert_eq!(held(&store, party.wallet, native()).await, units(15));
}

async fn sessions_lose_the_wallet<S: Store>(store: S) {
    let (one, two) = (active_wallet(&store, 1).await, active_wallet(&store, 2).await);
    let own = live_session(&store, 1, &[one]).await;
    let shared = live_session(&store, 2, &[one, two]).await;
    let other = live_session(&store, 3, &[two]).await;
    let before = live_session(&store, 4, &[one]).await;
    store.revoke_session(before, at(5), &[]).await.unwrap();
    let mut expired = session_row(5, &[one]);
    expired.expires_at = Some(at(10));
    store.insert_session(&expired, 9, &[]).await.unwrap();

    let mut ended = store.terminate_wallet(one, at(20), &[]).await.unwrap();
    ended.revoked.sort();
    assert_eq!(ended.revoked, [own, expired.id]);
    assert_eq!(store.session(own).await.unwrap().revoked_at, Some(at(20)));
    assert_eq!(store.session(before).await.unwrap().revoked_at, Some(at(5)));
    let kept = store.session(shared).await.unwrap();
    assert_eq!((kept.wallets, kept.revoked_at), (vec![two], None));
    assert_eq!(store.session(other).await.unwrap().revoked_at, None);
}

async fn a_wallet_ends_once<S: Store>(store: S) {
    let audit = [entry(AuditEvent::WalletTerminated)];
    let Party { wallet, .. } = party(&store, 1).await;
    let (active, suspended) = (WalletStatus::Active, WalletStatus::Suspended);
    store.move_wallet(wallet, active, suspended, None, at(5), &[]).await.unwrap();
    store.terminate_wallet(wallet, at(20), &audit).await.unwrap();
    let row = store.wallet(wallet).await.unwrap();
    assert_eq!((row.status, row.updated_at), (WalletStatus::Terminated, at(20)));
    assert_stale(&refused(&store, store.terminate_wallet(wallet, at(21), &audit)).await);
    assert_not_found(&refused(&store, store.terminate_wallet(wallet_id(9), at(21), &audit)).await);
    store.insert_wallet(&wallet_row(2)).await.unwrap();
    assert_stale(&refused(&store, store.terminate_wallet(wallet_id(2), at(21), &audit)).await);
}
