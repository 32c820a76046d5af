//! The kill switch.

use super::world::{
    Request, active_wallet, assert_stale, at, audit_length, entry, held, intent, live_session, native, party, refused,
    status, take_to, tx_id, units,
};
use crate::ports::store::{AuditEvent, HoldEffect, KillSwitch, KillSwitchState, Store};
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;

cases! {
    a_new_store_is_in_normal_operation,
    throwing_it_ends_everything_unsigned_at_once,
    it_is_thrown_once,
    other_states_are_compared_and_set,
    normal_operation_ends_only_by_throwing,
    only_its_own_wallets_resume,
}

const NORMAL: KillSwitch = KillSwitch { state: KillSwitchState::Active, activated_at: None, activated_by: None };

async fn a_new_store_is_in_normal_operation<S: Store>(store: S) {
    assert_eq!(store.kill_switch().await.unwrap(), NORMAL);
}

async fn throwing_it_ends_everything_unsigned_at_once<S: Store>(store: S) {
    let (one, two) = (party(&store, 1).await, party(&store, 2).await);
    let stopped = active_wallet(&store, 3).await;
    let (active, suspended) = (WalletStatus::Active, WalletStatus::Suspended);
    store.move_wallet(stopped, active, suspended, Some("manual"), at(5), &[]).await.unwrap();
    let revoked = live_session(&store, 4, &[stopped]).await;
    store.revoke_session(revoked, at(5), &[]).await.unwrap();
    Request::new(1, one, at(10)).admit(&store).await;
    Request::new(2, two, at(10)).for_approval(at(100)).admit(&store).await;
    Request::new(3, one, at(10)).delayed(at(100)).admit(&store).await;
    Request::new(4, one, at(10)).admit(&store).await;
    store.record_intent(&intent(Some(tx_id(4)), one.wallet, 0, "0x04"), &[]).await.unwrap();
    Request::new(5, one, at(10)).admit(&store).await;
    take_to(&store, tx_id(5), TxStatus::Submitted, HoldEffect::Keep, at(11)).await;

    let before = audit_length(&store).await;
    let audit = [entry(AuditEvent::KillSwitchActivated)];
    let mut cascade = store.throw_kill_switch("owner", "kill_switch", at(20), &audit).await.unwrap();
    assert_eq!(audit_length(&store).await, before + 1);
    let expected = KillSwitch {
        state: KillSwitchState::Suspended,
        activated_at: Some(at(20)),
        activated_by: Some("owner".to_owned()),
    };
    assert_eq!(store.kill_switch().await.unwrap(), expected);
    cascade.sessions.sort();
    cascade.transactions.sort();
    cascade.wallets.sort();
    assert_eq!(cascade.sessions, [one.session, two.session]);
    assert_eq!(cascade.transactions, [1, 2, 3].map(tx_id));
    assert_eq!(cascade.wallets, [one.wallet, two.wallet]);

    for number in 1..=3 {
        let (row, _) = store.transaction(tx_id(number)).await.unwrap();
        assert_eq!((row.status, row.updated_at), (TxStatus::Cancelled, at(20)));
        assert_eq!(row.failure.map(|note| note.code).as_deref(), Some("kill_switch"));
    }
    assert_eq!(status(&store, tx_id(4)).await, TxStatus::Executing);
    assert_eq!(status(&store, tx_id(5)).await, TxStatus::Submitted);
    assert_eq!(held(&store, one.wallet, native()).await, units(10));
    assert!(held(&store, two.wallet, native()).await.is_zero());
    assert_eq!(store.live_session_count(at(20)).await.unwrap(), 0);
    let row = store.wallet(one.wallet).await.unwrap();
    assert_eq!((row.status, row.suspended_at), (suspended, Some(at(20))));
    assert_eq!(row.suspension_reason.as_deref(), Some("kill_switch"));
    assert_eq!(store.wallet(stopped).await.unwrap().suspension_reason.as_deref(), Some("manual"));
}

async fn it_is_thrown_once<S: Store>(store: S) {
    store.throw_kill_switch("owner", "first", at(20), &[]).await.unwrap();
    active_wallet(&store, 1).await;
    let again = store.throw_kill_switch("master", "second", at(30), &[]);
    assert_stale(&refused(&store, again).await);
    assert_eq!(store.kill_switch().await.unwrap().activated_by.as_deref(), Some("owner"));
}

async fn other_states_are_compared_and_set<S: Store>(store: S) {
    let (suspended, locked) = (KillSwitchState::Suspended, KillSwitchState::Locked);
    store.throw_kill_switch("owner", "x", at(20), &[]).await.unwrap();
    let audit = [entry(AuditEvent::KillSwitchEscalated)];
    assert_stale(&refused(&store, store.move_kill_switch(&[locked], suspended, None, at(21), &audit)).await);
    store.move_kill_switch(&[suspended], locked, None, at(21), &audit).await.unwrap();
    let now = store.kill_switch().await.unwrap();
    assert_eq!((now.state, now.activated_at, now.activated_by.as_deref()), (locked, Some(at(20)), Some("owner")));
    store.move_kill_switch(&[suspended, locked], KillSwitchState::Active, None, at(22), &audit).await.unwrap();
    assert_eq!(store.kill_switch().await.unwrap(), NORMAL);
    assert_eq!(audit_length(&store).await, 2);
}

async fn normal_operation_ends_only_by_throwing<S: Store>(store: S) {
    let bypass = store.move_kill_switch(&[KillSwitchState::Active], KillSwitchState::Locked, None, at(5), &[]);
    assert_stale(&refused(&store, bypass).await);
    assert_eq!(store.kill_switch().await.unwrap(), NORMAL);
}

async fn only_its_own_wallets_resume<S: Store>(store: S) {
    let (one, two) = (active_wallet(&store, 1).await, active_wallet(&store, 2).await);
    let (active, suspended) = (WalletStatus::Active, WalletStatus::Suspended);
    store.move_wallet(two, active, suspended, Some("manual"), at(5), &[]).await.unwrap();
    store.throw_kill_switch("owner", "kill_switch", at(20), &[]).await.unwrap();
    let from = [KillSwitchState::Suspended];
    let resumed =
        store.move_kill_switch(&from, KillSwitchState::Active, Some("kill_switch"), at(30), &[]).await.unwrap();
    assert_eq!(resumed, [one]);
    let row = store.wallet(one).await.unwrap();
    assert_eq!((row.status, row.suspended_at, row.suspension_reason), (active, None, None));
    assert_eq!(store.wallet(two).await.unwrap().status, suspended);

    store.throw_kill_switch("owner", "kill_switch", at(40), &[]).await.unwrap();
    let resumed = store.move_kill_switch(&from, KillSwitchState::Active, None, at(50), &[]).await.unwrap();
    assert_eq!(resumed, []);
    assert_eq!(store.wallet(one).await.unwrap().status, suspended);
}
