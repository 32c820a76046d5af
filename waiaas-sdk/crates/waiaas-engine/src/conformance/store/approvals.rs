//! Approvals by the owner.

use super::world::{Party, Request, assert_stale, at, owner, party, refused, status, step, tx_id};
use crate::ports::store::{ApprovalEffect, HoldEffect, Store, Transition};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::OwnerState;

cases! {
    an_approval_is_given_once_and_verifies_the_owner,
    at_its_end_an_approval_is_too_late,
    an_approval_expires_from_its_end_on,
    a_rejection_closes_the_approval,
    a_rejection_by_an_operator_verifies_nobody,
    a_transaction_without_approval_cannot_be_approved,
    a_delay_is_expedited_only_without_an_approval,
    a_cancelled_transaction_is_not_revived_by_an_approval,
    a_plain_move_leaves_the_approval_alone,
}

const QUEUED: &[TxStatus] = &[TxStatus::Queued];

/// A wallet with an unverified owner, and transaction 1 waiting for that owner until second 100.
async fn waiting<S: Store>(store: &S) -> Party {
    let party = party(store, 1).await;
    store.set_owner(party.wallet, None, &owner(0xa1), at(1), &[]).await.unwrap();
    Request::new(1, party, at(10)).for_approval(at(100)).admit(store).await;
    party
}

fn approve(when: UnixMillis) -> Transition {
    let approval = ApprovalEffect::Approve { signature: vec![1, 2, 3] };
    Transition { approval, ..step(tx_id(1), QUEUED, TxStatus::Executing, when) }
}

fn reject(by_owner: bool) -> Transition {
    let approval = ApprovalEffect::Reject { by_owner };
    Transition { approval, holds: HoldEffect::Release, ..step(tx_id(1), QUEUED, TxStatus::Cancelled, at(50)) }
}

fn expire(when: UnixMillis) -> Transition {
    let approval = ApprovalEffect::Expire;
    Transition { approval, holds: HoldEffect::Release, ..step(tx_id(1), QUEUED, TxStatus::Expired, when) }
}

fn expedite() -> Transition {
    Transition { approval: ApprovalEffect::Expedite, ..step(tx_id(1), QUEUED, TxStatus::Executing, at(50)) }
}

async fn owner_state<S: Store>(store: &S, party: Party) -> OwnerState {
    store.wallet(party.wallet).await.unwrap().owner_state()
}

async fn an_approval_is_given_once_and_verifies_the_owner<S: Store>(store: S) {
    let party = waiting(&store).await;
    assert_eq!(owner_state(&store, party).await, OwnerState::Grace);
    let row = store.transition(&approve(at(99))).await.unwrap();
    assert_eq!(row.status, TxStatus::Executing);
    let (_, approval) = store.transaction(tx_id(1)).await.unwrap();
    let approval = approval.unwrap();
    assert_eq!((approval.approved_at, approval.rejected_at), (Some(at(99)), None));
    assert_eq!(owner_state(&store, party).await, OwnerState::Locked);
    assert_stale(&refused(&store, store.transition(&approve(at(99)))).await);
}

async fn at_its_end_an_approval_is_too_late<S: Store>(store: S) {
    let party = waiting(&store).await;
    for late in [100, 101] {
        assert_stale(&refused(&store, store.transition(&approve(at(late)))).await);
    }
    assert_eq!(status(&store, tx_id(1)).await, TxStatus::Queued);
    assert_eq!(owner_state(&store, party).await, OwnerState::Grace);
}

async fn an_approval_expires_from_its_end_on<S: Store>(store: S) {
    waiting(&store).await;
    assert_stale(&refused(&store, store.transition(&expire(at(99)))).await);
    assert_eq!(store.transition(&expire(at(100))).await.unwrap().status, TxStatus::Expired);
    // Closed is closed, whatever status a later mover names.
    let revival = Transition { from: &[TxStatus::Expired], ..approve(at(50)) };
    assert_stale(&refused(&store, store.transition(&revival)).await);
    let again = Transition { from: &[TxStatus::Expired], ..expire(at(101)) };
    assert_stale(&refused(&store, store.transition(&again)).await);
}

async fn a_rejection_closes_the_approval<S: Store>(store: S) {
    let party = waiting(&store).await;
    assert_eq!(store.transition(&reject(true)).await.unwrap().status, TxStatus::Cancelled);
    let (_, approval) = store.transaction(tx_id(1)).await.unwrap();
    let approval = approval.unwrap();
    assert_eq!((approval.approved_at, approval.rejected_at), (None, Some(at(50))));
    assert_eq!(owner_state(&store, party).await, OwnerState::Locked);
    let revival = Transition { from: &[TxStatus::Cancelled], ..approve(at(51)) };
    assert_stale(&refused(&store, store.transition(&revival)).await);
}

async fn a_rejection_by_an_operator_verifies_nobody<S: Store>(store: S) {
    let party = waiting(&store).await;
    store.transition(&reject(false)).await.unwrap();
    assert_eq!(owner_state(&store, party).await, OwnerState::Grace);
    let (_, approval) = store.transaction(tx_id(1)).await.unwrap();
    assert_eq!(approval.unwrap().rejected_at, Some(at(50)));
}

async fn a_transaction_without_approval_cannot_be_approved<S: Store>(store: S) {
    let party = party(&store, 1).await;
    Request::new(1, party, at(10)).delayed(at(100)).admit(&store).await;
    assert_stale(&refused(&store, store.transition(&approve(at(50)))).await);
    assert_stale(&refused(&store, store.transition(&expire(at(100)))).await);
    // Rejecting needs none.
    store.transition(&reject(true)).await.unwrap();
}

async fn a_delay_is_expedited_only_without_an_approval<S: Store>(store: S) {
    let party = waiting(&store).await;
    assert_stale(&refused(&store, store.transition(&expedite())).await);
    Request::new(2, party, at(10)).delayed(at(100)).admit(&store).await;
    let delayed = Transition { tx: tx_id(2), ..expedite() };
    assert_eq!(store.transition(&delayed).await.unwrap().status, TxStatus::Executing);
    assert_eq!(owner_state(&store, party).await, OwnerState::Locked);
}

async fn a_cancelled_transaction_is_not_revived_by_an_approval<S: Store>(store: S) {
    waiting(&store).await;
    store.throw_kill_switch("master", "test", at(20), &[]).await.unwrap();
    assert_eq!(status(&store, tx_id(1)).await, TxStatus::Cancelled);
    let revival = Transition { from: &[TxStatus::Cancelled], ..approve(at(50)) };
    assert_stale(&refused(&store, store.transition(&revival)).await);
    let (_, approval) = store.transaction(tx_id(1)).await.unwrap();
    assert_eq!(approval.and_then(|approval| approval.approved_at), None);
}

async fn a_plain_move_leaves_the_approval_alone<S: Store>(store: S) {
    let party = waiting(&store).await;
    let before = store.transaction(tx_id(1)).await.unwrap().1;
    store.transition(&step(tx_id(1), QUEUED, TxStatus::GasWaiting, at(20))).await.unwrap();
    assert_eq!(store.transaction(tx_id(1)).await.unwrap().1, before);
    assert_eq!(owner_state(&store, party).await, OwnerState::Grace);
}
