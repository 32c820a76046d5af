//! Wallet rows. Termination has its own file.

use super::world::{
    active_wallet, address, assert_not_found, assert_stale, at, audit_length, entry, owner, refused, wallet_id,
    wallet_row,
};
use crate::ports::store::{AuditEvent, OwnerRecord, Store};
use waiaas_core::wallet::{OwnerState, WalletStatus};

cases! {
    a_row_comes_back_as_it_went_in,
    ids_are_unique,
    a_wallet_becomes_active_once,
    only_an_unfinished_wallet_is_discarded,
    wallets_are_listed_from_the_oldest,
    suspension_keeps_its_reason_until_the_wallet_resumes,
    other_moves_do_not_exist,
    a_rename_keeps_everything_else,
    the_owner_changes_only_from_the_expected_one,
}

async fn a_row_comes_back_as_it_went_in<S: Store>(store: S) {
    let mut row = wallet_row(1);
    row.name = "Ünïcode “name” 🪙".to_owned();
    row.owner = Some(OwnerRecord {
        address: address(9),
        verified: true,
        approval_method: Some("sdk_push".to_owned()),
        wallet_type: Some("dcent".to_owned()),
    });
    store.insert_wallet(&row).await.unwrap();
    assert_eq!(store.wallet(row.id).await.unwrap(), row);
    assert_not_found(&store.wallet(wallet_id(2)).await.unwrap_err());
}

async fn ids_are_unique<S: Store>(store: S) {
    store.insert_wallet(&wallet_row(1)).await.unwrap();
    let mut other = wallet_row(1);
    other.name = "another".to_owned();
    assert_stale(&refused(&store, store.insert_wallet(&other)).await);
    assert_eq!(store.wallet(wallet_id(1)).await.unwrap().name, "wallet 1");
}

async fn a_wallet_becomes_active_once<S: Store>(store: S) {
    let row = wallet_row(1);
    let audit = [entry(AuditEvent::WalletCreated)];
    assert_not_found(&refused(&store, store.activate_wallet(row.id, &address(1), at(5), &audit)).await);
    store.insert_wallet(&row).await.unwrap();
    let active = store.activate_wallet(row.id, &address(1), at(5), &audit).await.unwrap();
    assert_eq!((active.status, active.address), (WalletStatus::Active, Some(address(1))));
    assert_eq!(active.updated_at, at(5));
    assert_eq!(store.wallet(row.id).await.unwrap(), active);
    assert_eq!(audit_length(&store).await, 1);
    assert_stale(&refused(&store, store.activate_wallet(row.id, &address(2), at(6), &audit)).await);
    assert_eq!(store.wallet(row.id).await.unwrap(), active);
}

async fn only_an_unfinished_wallet_is_discarded<S: Store>(store: S) {
    store.insert_wallet(&wallet_row(1)).await.unwrap();
    store.discard_wallet(wallet_id(1)).await.unwrap();
    assert_not_found(&store.wallet(wallet_id(1)).await.unwrap_err());
    let active = active_wallet(&store, 2).await;
    assert_stale(&refused(&store, store.discard_wallet(active)).await);
    assert_eq!(store.wallet(active).await.unwrap().status, WalletStatus::Active);
}

async fn wallets_are_listed_from_the_oldest<S: Store>(store: S) {
    for number in [3, 1, 2] {
        active_wallet(&store, number).await;
    }
    store.terminate_wallet(wallet_id(2), at(10), &[]).await.unwrap();
    let listed: Vec<_> = store.wallets().await.unwrap().into_iter().map(|wallet| wallet.id).collect();
    assert_eq!(listed, [wallet_id(1), wallet_id(2), wallet_id(3)]);
}

async fn suspension_keeps_its_reason_until_the_wallet_resumes<S: Store>(store: S) {
    let id = active_wallet(&store, 1).await;
    let (active, suspended) = (WalletStatus::Active, WalletStatus::Suspended);
    let audit = [entry(AuditEvent::WalletSuspended)];
    let row = store.move_wallet(id, active, suspended, Some("manual"), at(7), &audit).await.unwrap();
    assert_eq!((row.status, row.suspended_at), (suspended, Some(at(7))));
    assert_eq!(row.suspension_reason.as_deref(), Some("manual"));
    assert_stale(&refused(&store, store.move_wallet(id, active, suspended, Some("again"), at(8), &audit)).await);
    let row = store.move_wallet(id, suspended, active, None, at(9), &[]).await.unwrap();
    assert_eq!((row.status, row.suspended_at, row.suspension_reason.clone()), (active, None, None));
    assert_eq!(store.wallet(id).await.unwrap(), row);
    assert_eq!(audit_length(&store).await, 1);
}

async fn other_moves_do_not_exist<S: Store>(store: S) {
    let id = active_wallet(&store, 1).await;
    store.terminate_wallet(id, at(5), &[]).await.unwrap();
    let revival = store.move_wallet(id, WalletStatus::Terminated, WalletStatus::Active, None, at(6), &[]);
    assert_stale(&refused(&store, revival).await);
    let missing = store.move_wallet(wallet_id(9), WalletStatus::Active, WalletStatus::Suspended, None, at(6), &[]);
    assert_not_found(&refused(&store, missing).await);
    assert_eq!(store.wallet(id).await.unwrap().status, WalletStatus::Terminated);
}

async fn a_rename_keeps_everything_else<S: Store>(store: S) {
    let id = active_wallet(&store, 1).await;
    let before = store.wallet(id).await.unwrap();
    let audit = [entry(AuditEvent::WalletRenamed)];
    let after = store.rename_wallet(id, "savings", at(9), &audit).await.unwrap();
    assert_eq!((after.name.as_str(), after.updated_at), ("savings", at(9)));
    assert_eq!((after.status, after.address, after.created_at), (before.status, before.address, before.created_at));
    assert_not_found(&refused(&store, store.rename_wallet(wallet_id(9), "x", at(9), &audit)).await);
    store.terminate_wallet(id, at(10), &[]).await.unwrap();
    assert_stale(&refused(&store, store.rename_wallet(id, "x", at(11), &audit)).await);
}

async fn the_owner_changes_only_from_the_expected_one<S: Store>(store: S) {
    let id = active_wallet(&store, 1).await;
    let audit = [entry(AuditEvent::OwnerRegistered)];
    let (first, second) = (owner(0xa1), owner(0xa2));
    assert_stale(&refused(&store, store.set_owner(id, Some(&first), &second, at(5), &audit)).await);
    let row = store.set_owner(id, None, &first, at(5), &audit).await.unwrap();
    assert_eq!((row.owner.as_ref(), row.owner_state()), (Some(&first), OwnerState::Grace));
    assert_stale(&refused(&store, store.set_owner(id, None, &second, at(6), &audit)).await);
    // The whole record is compared: an owner who has verified meanwhile is another one.
    let verified = OwnerRecord { verified: true, ..first.clone() };
    assert_stale(&refused(&store, store.set_owner(id, Some(&verified), &second, at(6), &audit)).await);
    let row = store.set_owner(id, Some(&first), &verified, at(6), &audit).await.unwrap();
    assert_eq!(row.owner_state(), OwnerState::Locked);
    assert_eq!(store.wallet(id).await.unwrap().owner, Some(verified));
    assert_eq!(audit_length(&store).await, 2);
}
