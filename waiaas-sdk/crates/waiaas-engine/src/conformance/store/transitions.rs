//! Compare-and-set moves.

use super::world::{
    Request, assert_guard, assert_not_found, assert_stale, at, audit_length, held, native, party, refused, spent,
    status, step, take_to, tx_id, units,
};
use crate::ports::store::{
    FailureNote, GuardFailure, HoldEffect, IntentGuard, KillSwitchState, Store, Transition, TransitionPatch,
};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;

cases! {
    a_move_needs_the_expected_status,
    moves_outside_the_state_machine_are_refused,
    a_patch_changes_what_it_names,
    a_delay_window_ends_with_the_wait,
    holds_settle_or_vanish_with_the_move,
    a_correction_settles_what_was_released,
    signing_needs_normal_operation,
    signing_needs_an_active_wallet,
    signing_needs_the_session_that_asked,
    signing_needs_a_session_of_this_wallet,
    bookkeeping_needs_no_permission,
}

const PENDING: &[TxStatus] = &[TxStatus::Pending];

async fn a_move_needs_the_expected_status<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).admit(&store).await;
    let wrong = step(id, &[TxStatus::Queued, TxStatus::Executing], TxStatus::Submitted, at(11));
    assert_stale(&refused(&store, store.transition(&wrong)).await);
    assert_eq!(status(&store, id).await, TxStatus::Pending);

    let right = step(id, &[TxStatus::Queued, TxStatus::Pending], TxStatus::Executing, at(11));
    let row = store.transition(&right).await.unwrap();
    assert_eq!((row.status, row.updated_at, row.created_at), (TxStatus::Executing, at(11), at(10)));
    assert_eq!(store.transaction(id).await.unwrap().0, row);
    assert_stale(&refused(&store, store.transition(&right)).await);
    let unknown = step(tx_id(9), PENDING, TxStatus::Executing, at(11));
    assert_not_found(&refused(&store, store.transition(&unknown)).await);
}

async fn moves_outside_the_state_machine_are_refused<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).admit(&store).await;
    for to in [TxStatus::Submitted, TxStatus::Confirmed, TxStatus::Expired, TxStatus::Pending] {
        assert_stale(&refused(&store, store.transition(&step(id, PENDING, to, at(11)))).await);
    }
    take_to(&store, id, TxStatus::Cancelled, HoldEffect::Release, at(11)).await;
    let revival = step(id, &[TxStatus::Cancelled], TxStatus::Executing, at(12));
    assert_stale(&refused(&store, store.transition(&revival)).await);
    assert_eq!(status(&store, id).await, TxStatus::Cancelled);
}

async fn a_patch_changes_what_it_names<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).admit(&store).await;
    store.transition(&step(id, PENDING, TxStatus::Executing, at(11))).await.unwrap();
    let submit = Transition {
        patch: TransitionPatch { tx_hash: Some("0xabc".to_owned()), ..TransitionPatch::default() },
        ..step(id, &[TxStatus::Executing], TxStatus::Submitted, at(11))
    };
    store.transition(&submit).await.unwrap();
    let failure = FailureNote { code: "CHAIN_ERROR".to_owned(), message: "reverted".to_owned() };
    let fail = Transition {
        patch: TransitionPatch {
            executed_at: Some(at(20)),
            fee: Some(BaseUnits::MAX),
            failure: Some(failure.clone()),
            ..TransitionPatch::default()
        },
        ..step(id, &[TxStatus::Submitted], TxStatus::Failed, at(21))
    };
    let row = store.transition(&fail).await.unwrap();
    assert_eq!(row.tx_hash.as_deref(), Some("0xabc"));
    assert_eq!((row.executed_at, row.fee, row.failure.as_ref()), (Some(at(20)), Some(BaseUnits::MAX), Some(&failure)));
    assert_eq!(store.transaction(id).await.unwrap().0, row);
}

async fn a_delay_window_ends_with_the_wait<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).delayed(at(310)).admit(&store).await;
    assert_eq!(store.transaction(id).await.unwrap().0.delay_until, Some(at(310)));
    let row = store.transition(&step(id, &[TxStatus::Queued], TxStatus::Executing, at(310))).await.unwrap();
    assert_eq!((row.delay_until, row.queued_at), (None, Some(at(10))));
}

async fn holds_settle_or_vanish_with_the_move<S: Store>(store: S) {
    let party = party(&store, 1).await;
    for (number, effect, to) in [
        (1, HoldEffect::Keep, TxStatus::Submitted),
        (2, HoldEffect::Settle, TxStatus::Confirmed),
        (3, HoldEffect::Release, TxStatus::Failed),
    ] {
        let id = Request::new(number, party, at(10)).admit(&store).await;
        take_to(&store, id, to, effect, at(11)).await;
    }
    // 5 in flight; 5 + 5 dollars counted; nothing of the failed one.
    assert_eq!(held(&store, party.wallet, native()).await, units(5));
    assert_eq!(spent(&store, party.wallet, at(12), None).await.0, Usd::from_micros(10_000_000));
}

async fn a_correction_settles_what_was_released<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).admit(&store).await;
    let fail = Transition { holds: HoldEffect::Release, ..step(id, PENDING, TxStatus::Failed, at(11)) };
    store.transition(&fail).await.unwrap();
    assert!(spent(&store, party.wallet, at(12), None).await.0.is_zero());
    let correct =
        Transition { holds: HoldEffect::Settle, ..step(id, &[TxStatus::Failed], TxStatus::Confirmed, at(13)) };
    store.transition(&correct).await.unwrap();
    assert_eq!(spent(&store, party.wallet, at(14), None).await.0, Usd::from_micros(5_000_000));
}

fn sign(number: u16) -> Transition {
    Transition { guard: IntentGuard::MaySign, ..step(tx_id(number), PENDING, TxStatus::Executing, at(20)) }
}

async fn signing_needs_normal_operation<S: Store>(store: S) {
    let party = party(&store, 1).await;
    Request::new(1, party, at(10)).admit(&store).await;
    // A signed transaction survives the cascade; a guarded move is refused all the same.
    store.record_intent(&super::world::intent(Some(tx_id(1)), party.wallet, 0, "0x01"), &[]).await.unwrap();
    store.throw_kill_switch("master", "test", at(15), &[]).await.unwrap();
    let again = Transition { from: &[TxStatus::Executing], to: TxStatus::Submitted, ..sign(1) };
    assert_guard(&refused(&store, store.transition(&again)).await, GuardFailure::KillSwitch);
    let locked = [KillSwitchState::Suspended];
    store.move_kill_switch(&locked, KillSwitchState::Locked, None, at(16), &[]).await.unwrap();
    assert_guard(&refused(&store, store.transition(&again)).await, GuardFailure::KillSwitch);
    assert_eq!(status(&store, tx_id(1)).await, TxStatus::Executing);
}

async fn signing_needs_an_active_wallet<S: Store>(store: S) {
    let party = party(&store, 1).await;
    Request::new(1, party, at(10)).admit(&store).await;
    let (active, suspended) = (WalletStatus::Active, WalletStatus::Suspended);
    store.move_wallet(party.wallet, active, suspended, Some("manual"), at(15), &[]).await.unwrap();
    assert_guard(&refused(&store, store.transition(&sign(1))).await, GuardFailure::WalletNotActive);
    store.move_wallet(party.wallet, suspended, active, None, at(16), &[]).await.unwrap();
    store.transition(&sign(1)).await.unwrap();
}

async fn signing_needs_the_session_that_asked<S: Store>(store: S) {
    let revoked = party(&store, 1).await;
    Request::new(1, revoked, at(10)).admit(&store).await;
    store.revoke_session(revoked.session, at(15), &[]).await.unwrap();
    assert_guard(&refused(&store, store.transition(&sign(1))).await, GuardFailure::SessionDead);

    let mut expired = party(&store, 2).await;
    let mut row = super::world::session_row(3, &[expired.wallet]);
    row.expires_at = Some(at(20));
    store.insert_session(&row, 9, &[]).await.unwrap();
    expired.session = row.id;
    Request::new(2, expired, at(10)).admit(&store).await;
    let early = Transition { at: at(19), ..sign(2) };
    assert_guard(&refused(&store, store.transition(&sign(2))).await, GuardFailure::SessionDead);
    store.transition(&early).await.unwrap();
}

async fn signing_needs_a_session_of_this_wallet<S: Store>(store: S) {
    let (mut stranger, other) = (party(&store, 1).await, party(&store, 2).await);
    stranger.session = other.session;
    Request::new(1, stranger, at(10)).admit(&store).await;
    assert_guard(&refused(&store, store.transition(&sign(1))).await, GuardFailure::SessionDead);
}

async fn bookkeeping_needs_no_permission<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).admit(&store).await;
    take_to(&store, id, TxStatus::Submitted, HoldEffect::Keep, at(11)).await;
    store.throw_kill_switch("master", "test", at(15), &[]).await.unwrap();
    let confirm =
        Transition { holds: HoldEffect::Settle, ..step(id, &[TxStatus::Submitted], TxStatus::Confirmed, at(20)) };
    let before = audit_length(&store).await;
    assert_eq!(store.transition(&confirm).await.unwrap().status, TxStatus::Confirmed);
    assert_eq!(audit_length(&store).await, before + 1);
}
