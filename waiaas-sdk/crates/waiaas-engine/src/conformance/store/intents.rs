//! Signatures that are about to be sent.

use super::world::{
    Request, assert_guard, assert_not_found, assert_stale, at, audit_length, entry, intent, party, refused, status,
    take_to, tx_id,
};
use crate::ports::store::{AuditEvent, GuardFailure, HoldEffect, NewIntent, Store};
use waiaas_core::chain::Network;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;

cases! {
    recording_starts_the_execution,
    only_what_may_still_be_signed_gets_a_signature,
    one_open_signature_per_transaction,
    one_open_signature_per_sequence_number,
    a_closed_signature_frees_its_place,
    a_closed_signature_of_the_same_transaction_opens_again,
    a_repair_needs_no_transaction,
    recording_is_guarded,
    open_signatures_are_listed_in_sequence,
}

async fn recording_starts_the_execution<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).admit(&store).await;
    let signed = intent(Some(id), party.wallet, u64::MAX >> 1, "0x01");
    let before = audit_length(&store).await;
    store.record_intent(&signed, &[entry(AuditEvent::TxSigned)]).await.unwrap();
    assert_eq!(audit_length(&store).await, before + 1);
    let (row, _) = store.transaction(id).await.unwrap();
    assert_eq!((row.status, row.tx_hash), (TxStatus::Executing, None));
    let open = store.open_intents(Some(id)).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((&open[0].intent, open[0].open), (&signed, true));
}

async fn only_what_may_still_be_signed_gets_a_signature<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let audit = [entry(AuditEvent::TxSigned)];
    let unknown = intent(Some(tx_id(9)), party.wallet, 0, "0x09");
    assert_not_found(&refused(&store, store.record_intent(&unknown, &audit)).await);
    let queued = Request::new(1, party, at(10)).delayed(at(100)).admit(&store).await;
    let early = intent(Some(queued), party.wallet, 0, "0x01");
    assert_stale(&refused(&store, store.record_intent(&early, &audit)).await);
    for (number, to) in (2..).zip([TxStatus::Submitted, TxStatus::Cancelled, TxStatus::Failed]) {
        let id = Request::new(number, party, at(10)).admit(&store).await;
        take_to(&store, id, to, HoldEffect::Keep, at(11)).await;
        let late = intent(Some(id), party.wallet, 0, "0x02");
        assert_stale(&refused(&store, store.record_intent(&late, &audit)).await);
        assert_eq!(status(&store, id).await, to);
    }
    assert!(store.open_intents(None).await.unwrap().is_empty());
}

async fn one_open_signature_per_transaction<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).admit(&store).await;
    store.record_intent(&intent(Some(id), party.wallet, 0, "0x01"), &[]).await.unwrap();
    let second = intent(Some(id), party.wallet, 1, "0x02");
    assert_stale(&refused(&store, store.record_intent(&second, &[entry(AuditEvent::TxSigned)])).await);
}

async fn one_open_signature_per_sequence_number<S: Store>(store: S) {
    let one = party(&store, 1).await;
    let two = party(&store, 2).await;
    let audit = [entry(AuditEvent::TxSigned)];
    let first = Request::new(1, one, at(10)).admit(&store).await;
    let second = Request::new(2, one, at(10)).admit(&store).await;
    store.record_intent(&intent(Some(first), one.wallet, 4, "0x01"), &[]).await.unwrap();
    assert_stale(&refused(&store, store.record_intent(&intent(Some(second), one.wallet, 4, "0x02"), &audit)).await);
    assert_eq!(status(&store, second).await, TxStatus::Pending);
    let repair = intent(None, one.wallet, 4, "0x03");
    assert_stale(&refused(&store, store.record_intent(&repair, &audit)).await);
    // The same number of another account or network is another number.
    let other = Request::new(3, two, at(10)).admit(&store).await;
    store.record_intent(&intent(Some(other), two.wallet, 4, "0x04"), &[]).await.unwrap();
    let elsewhere = NewIntent { network: Network::BaseSepolia, ..intent(None, one.wallet, 4, "0x05") };
    store.record_intent(&elsewhere, &[]).await.unwrap();
    store.record_intent(&intent(Some(second), one.wallet, 5, "0x02"), &[]).await.unwrap();
}

async fn a_closed_signature_frees_its_place<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).admit(&store).await;
    store.record_intent(&intent(Some(id), party.wallet, 0, "0x01"), &[]).await.unwrap();
    assert_not_found(&refused(&store, store.close_intent("0x09", at(60))).await);
    store.close_intent("0x01", at(60)).await.unwrap();
    assert!(store.open_intents(None).await.unwrap().is_empty());
    store.record_intent(&intent(Some(id), party.wallet, 0, "0x02"), &[]).await.unwrap();
    assert_eq!(store.open_intents(Some(id)).await.unwrap()[0].intent.hash, "0x02");
}

async fn a_closed_signature_of_the_same_transaction_opens_again<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let audit = [entry(AuditEvent::TxSigned)];
    let id = Request::new(1, party, at(10)).admit(&store).await;
    let other = Request::new(2, party, at(10)).admit(&store).await;
    let signed = intent(Some(id), party.wallet, 0, "0x01");
    store.record_intent(&signed, &[]).await.unwrap();
    assert_stale(&refused(&store, store.record_intent(&signed, &audit)).await);
    store.close_intent("0x01", at(60)).await.unwrap();
    let foreign = intent(Some(other), party.wallet, 0, "0x01");
    assert_stale(&refused(&store, store.record_intent(&foreign, &audit)).await);

    let again = NewIntent { sealed: vec![9, 9], at: at(70), ..signed };
    store.record_intent(&again, &audit).await.unwrap();
    let open = store.open_intents(None).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((&open[0].intent, open[0].open), (&again, true));
    store.close_intent("0x01", at(80)).await.unwrap();
    assert!(store.open_intents(None).await.unwrap().is_empty());
}

async fn a_repair_needs_no_transaction<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let repair = intent(None, party.wallet, 3, "0x01");
    store.record_intent(&repair, &[entry(AuditEvent::SequenceRepaired)]).await.unwrap();
    assert_eq!(store.open_intents(None).await.unwrap()[0].intent, repair);
    // It belongs to the account, not to anybody's session.
    store.revoke_session(party.session, at(20), &[]).await.unwrap();
    store.record_intent(&intent(None, party.wallet, 4, "0x02"), &[]).await.unwrap();
}

async fn recording_is_guarded<S: Store>(store: S) {
    let audit = [entry(AuditEvent::TxSigned)];
    let revoked = party(&store, 1).await;
    Request::new(1, revoked, at(10)).admit(&store).await;
    store.revoke_session(revoked.session, at(20), &[]).await.unwrap();
    let signed = intent(Some(tx_id(1)), revoked.wallet, 0, "0x01");
    assert_guard(&refused(&store, store.record_intent(&signed, &audit)).await, GuardFailure::SessionDead);
    assert_eq!(status(&store, tx_id(1)).await, TxStatus::Pending);

    let stopped = party(&store, 2).await;
    Request::new(2, stopped, at(10)).admit(&store).await;
    let (active, suspended) = (WalletStatus::Active, WalletStatus::Suspended);
    store.move_wallet(stopped.wallet, active, suspended, Some("manual"), at(20), &[]).await.unwrap();
    let signed = intent(Some(tx_id(2)), stopped.wallet, 0, "0x02");
    assert_guard(&refused(&store, store.record_intent(&signed, &audit)).await, GuardFailure::WalletNotActive);
    let repair = intent(None, stopped.wallet, 0, "0x03");
    assert_guard(&refused(&store, store.record_intent(&repair, &audit)).await, GuardFailure::WalletNotActive);

    store.throw_kill_switch("master", "test", at(30), &[]).await.unwrap();
    let repair = intent(None, revoked.wallet, 0, "0x04");
    assert_guard(&refused(&store, store.record_intent(&repair, &audit)).await, GuardFailure::KillSwitch);
    assert!(store.open_intents(None).await.unwrap().is_empty());
}

async fn open_signatures_are_listed_in_sequence<S: Store>(store: S) {
    let party = party(&store, 1).await;
    for (number, sequence) in [(1, 12_u64), (2, 3), (3, 100)] {
        let id = Request::new(number, party, at(10)).admit(&store).await;
        store.record_intent(&intent(Some(id), party.wallet, sequence, &format!("0x0{number}")), &[]).await.unwrap();
    }
    store.close_intent("0x03", at(60)).await.unwrap();
    let open = store.open_intents(None).await.unwrap();
    let numbers: Vec<u64> = open.iter().map(|row| row.intent.sequence).collect();
    assert_eq!(numbers, [3, 12]);
    assert!(store.open_intents(Some(tx_id(3))).await.unwrap().is_empty());
}
