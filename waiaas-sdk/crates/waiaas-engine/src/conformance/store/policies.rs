//! Policy rows.

use super::world::{
    NETWORK, active_wallet, assert_guard, assert_not_found, at, audit_length, entry, refused, wallet_id,
};
use crate::ports::store::{AuditEvent, GuardFailure, Page, PolicyPatch, Store};
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::policy::{PolicyRow, PolicyType};

cases! {
    a_row_comes_back_as_it_went_in,
    wallets_must_exist_and_not_be_terminated,
    lists_are_sorted_by_priority_then_age,
    a_patch_changes_what_it_names,
    a_deleted_row_is_gone,
    equal_epochs_mean_equal_rows,
}

fn id(number: u8) -> PolicyId {
    PolicyId::v7(at(0), [0, 0, 0, 0, 0, 0, 0, 0, 0, number])
}

fn row(number: u8, wallet: Option<WalletId>) -> PolicyRow {
    PolicyRow {
        id: id(number),
        wallet,
        network: None,
        policy_type: PolicyType::RateLimit,
        rules: r#"{"max_requests": 5, "window_seconds": 60 }"#.to_owned(),
        priority: 0,
        enabled: true,
        ceiling: false,
        created_at: at(i64::from(number)),
        updated_at: at(i64::from(number)),
    }
}

async fn a_row_comes_back_as_it_went_in<S: Store>(store: S) {
    let wallet = active_wallet(&store, 1).await;
    let mut special = row(1, Some(wallet));
    special.network = Some(NETWORK);
    special.rules = "{ not even JSON “”".to_owned();
    special.priority = -7;
    special.enabled = false;
    special.ceiling = true;
    for row in [special, row(2, None)] {
        store.insert_policy(&row, &[entry(AuditEvent::PolicyCreated)]).await.unwrap();
        assert_eq!(store.policy(row.id).await.unwrap(), row);
    }
    assert_eq!(audit_length(&store).await, 2);
    assert_not_found(&store.policy(id(9)).await.unwrap_err());
}

async fn wallets_must_exist_and_not_be_terminated<S: Store>(store: S) {
    let audit = [entry(AuditEvent::PolicyCreated)];
    assert_not_found(&refused(&store, store.insert_policy(&row(1, Some(wallet_id(9))), &audit)).await);
    let ended = active_wallet(&store, 1).await;
    store.terminate_wallet(ended, at(1), &[]).await.unwrap();
    let refusal = refused(&store, store.insert_policy(&row(1, Some(ended)), &audit)).await;
    assert_guard(&refusal, GuardFailure::WalletNotActive);
    assert!(store.policy_snapshot().await.unwrap().rows.is_empty());
}

async fn lists_are_sorted_by_priority_then_age<S: Store>(store: S) {
    let (one, two) = (active_wallet(&store, 1).await, active_wallet(&store, 2).await);
    for (number, wallet, priority) in [(1, None, 0), (2, Some(one), 5), (3, Some(two), 9), (4, None, 5)] {
        let mut row = row(number, wallet);
        row.priority = priority;
        store.insert_policy(&row, &[]).await.unwrap();
    }
    let listed = async |wallet, limit, offset| {
        let (rows, total) = store.policies(wallet, Page { limit, offset }).await.unwrap();
        (rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), total)
    };
    assert_eq!(listed(None, 10, 0).await, (vec![id(3), id(4), id(2), id(1)], 4));
    assert_eq!(listed(Some(one), 10, 0).await, (vec![id(4), id(2), id(1)], 3));
    assert_eq!(listed(Some(one), 1, 1).await, (vec![id(2)], 3));
}

async fn a_patch_changes_what_it_names<S: Store>(store: S) {
    store.insert_policy(&row(1, None), &[]).await.unwrap();
    let audit = [entry(AuditEvent::PolicyUpdated)];
    let patch = PolicyPatch { enabled: Some(false), priority: Some(3), ..PolicyPatch::default() };
    let changed = store.update_policy(id(1), &patch, at(50), &audit).await.unwrap();
    assert_eq!(changed, PolicyRow { enabled: false, priority: 3, updated_at: at(50), ..row(1, None) });
    assert_eq!(store.policy(id(1)).await.unwrap(), changed);
    let patch = PolicyPatch { rules: Some("{}".to_owned()), ceiling: Some(true), ..PolicyPatch::default() };
    let changed = store.update_policy(id(1), &patch, at(51), &audit).await.unwrap();
    assert_eq!((changed.rules.as_str(), changed.ceiling, changed.priority), ("{}", true, 3));
    assert_not_found(&refused(&store, store.update_policy(id(9), &patch, at(51), &audit)).await);
    assert_eq!(audit_length(&store).await, 2);
}

async fn a_deleted_row_is_gone<S: Store>(store: S) {
    store.insert_policy(&row(1, None), &[]).await.unwrap();
    let audit = [entry(AuditEvent::PolicyDeleted)];
    store.delete_policy(id(1), &audit).await.unwrap();
    assert_not_found(&store.policy(id(1)).await.unwrap_err());
    assert_not_found(&refused(&store, store.delete_policy(id(1), &audit)).await);
    assert_eq!(audit_length(&store).await, 1);
}

async fn equal_epochs_mean_equal_rows<S: Store>(store: S) {
    let empty = store.policy_snapshot().await.unwrap();
    assert!(empty.rows.is_empty());
    store.insert_policy(&row(1, None), &[]).await.unwrap();
    let one = store.policy_snapshot().await.unwrap();
    assert_eq!(one.rows.to_vec(), [row(1, None)]);
    assert_eq!(store.policy_snapshot().await.unwrap().epoch, one.epoch);
    let patch = PolicyPatch { enabled: Some(false), ..PolicyPatch::default() };
    store.update_policy(id(1), &patch, at(50), &[]).await.unwrap();
    let disabled = store.policy_snapshot().await.unwrap();
    assert!(!disabled.rows[0].enabled, "disabled rows are part of the snapshot");
    store.delete_policy(id(1), &[]).await.unwrap();
    let deleted = store.policy_snapshot().await.unwrap();
    assert!(deleted.rows.is_empty());
    let epochs = [empty.epoch, one.epoch, disabled.epoch, deleted.epoch];
    assert!(epochs.is_sorted_by(|earlier, later| earlier < later), "{epochs:?}");
    // A snapshot that somebody still holds does not change under the reader.
    assert_eq!(one.rows.to_vec(), [row(1, None)]);
}
