//! Admission: deciding and writing in one step.

use super::world::{
    Request, UNCOUNTABLE, active_wallet, assert_guard, assert_not_found, at, audit_length, entry, held, live_session,
    native, party, refused, tx_id, units, wallet_id,
};
use crate::ports::store::{
    AdmissionState, Admitted, AuditEvent, GuardFailure, IdempotencyClaim, Judge, KillSwitchState, Ruling, Store,
    StoreError,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, ChainKind};
use waiaas_core::id::PolicyId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, PolicyRow, PolicyType};
use waiaas_core::tx::{Tx, TxStatus};

cases! {
    the_ruling_is_written_as_a_whole,
    every_kind_of_transaction_round_trips,
    extreme_amounts_round_trip,
    the_judge_sees_the_present_state,
    a_refusing_judge_leaves_no_trace,
    an_unknown_wallet_is_not_found,
    a_denied_request_is_recorded_and_holds_nothing,
    an_idempotency_key_replays_its_row,
    an_idempotency_key_belongs_to_one_wallet_and_one_body,
    a_failed_admission_leaves_its_key_free,
}

async fn the_ruling_is_written_as_a_whole<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let request = Request::new(1, party, at(10)).for_approval(at(3_610));
    let Admitted::New(row) = request.send(&store).await.unwrap() else { panic!("expected a new row") };
    assert_eq!(row, request.ruling.row);
    let (stored, approval) = store.transaction(row.id).await.unwrap();
    assert_eq!(stored, row);
    assert_eq!(approval, request.ruling.approval);
    assert_eq!(held(&store, party.wallet, native()).await, units(5));
    let log = store.entries(Some(row.id), None, 10).await.unwrap();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].event, AuditEvent::TxAccepted.as_str());
    assert_not_found(&store.transaction(tx_id(9)).await.unwrap_err());
}

async fn every_kind_of_transaction_round_trips<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let to = Address::parse(ChainKind::Ethereum, "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48").unwrap();
    let asset = AssetId::token(super::world::NETWORK, &to).unwrap();
    let kinds = [
        Tx::Transfer { to, amount: units(0), memo: None },
        Tx::TokenTransfer { to, asset, amount: BaseUnits::MAX },
        Tx::ContractCall { to, calldata: vec![0xa9, 0x05, 0x9c, 0xbb, 0x00, 0xff], value: units(1) },
        Tx::Approve { spender: to, asset, amount: BaseUnits::MAX },
    ];
    for (number, tx) in (1..).zip(kinds) {
        let mut request = Request::new(number, party, at(10));
        request.ruling.row.tx = tx;
        let id = request.admit(&store).await;
        assert_eq!(store.transaction(id).await.unwrap().0, request.ruling.row);
    }
}

async fn extreme_amounts_round_trip<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let mut request = Request::new(1, party, at(10)).holding(native(), BaseUnits::MAX, Usd::MAX);
    request.ruling.row.usd = Some(Usd::MAX);
    let id = request.admit(&store).await;
    let recorded = store.transaction(id).await.unwrap().0.usd;
    assert!(recorded >= Some(UNCOUNTABLE), "{recorded:?}");
    assert_eq!(held(&store, party.wallet, native()).await, BaseUnits::MAX);
    let mut unpriced = Request::new(2, party, at(10)).holding(native(), units(1), Usd::ZERO);
    unpriced.ruling.row.usd = None;
    let id = unpriced.admit(&store).await;
    assert_eq!(store.transaction(id).await.unwrap().0.usd, None);
    // Sums stop at the largest value, which is above every limit.
    assert_eq!(held(&store, party.wallet, native()).await, BaseUnits::MAX);
}

/// Passes the request on and keeps what it was shown.
struct Witness<'r> {
    request: &'r Request,
    seen: Mutex<Option<AdmissionState>>,
}

impl Judge for Witness<'_> {
    fn query(&self, _state: &AdmissionState) -> LedgerQuery {
        LedgerQuery::default()
    }

    fn rule(&self, state: &AdmissionState, _facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        *self.seen.lock().unwrap() = Some(state.clone());
        Ok(self.request.ruling.clone())
    }
}

async fn the_judge_sees_the_present_state<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let policy = PolicyRow {
        id: PolicyId::from_bytes([1; 16]),
        wallet: None,
        network: None,
        policy_type: PolicyType::RateLimit,
        rules: "{}".to_owned(),
        priority: 0,
        enabled: true,
        ceiling: false,
        created_at: at(0),
        updated_at: at(0),
    };
    store.insert_policy(&policy, &[]).await.unwrap();
    Request::new(1, party, at(9)).denied().admit(&store).await;
    Request::new(2, party, at(9)).admit(&store).await;
    let request = Request::new(3, party, at(10));
    let witness = Witness { request: &request, seen: Mutex::new(None) };
    store.admit(&request.admission, &witness).await.unwrap();
    let seen = witness.seen.into_inner().unwrap().unwrap();
    assert_eq!(seen.wallet, store.wallet(party.wallet).await.unwrap());
    assert_eq!(seen.session, Some(store.session(party.session).await.unwrap()));
    assert_eq!(seen.kill_switch, KillSwitchState::Active);
    assert_eq!(seen.policies.rows.to_vec(), [policy]);
    assert_eq!(seen.in_flight, 1, "final rows are not in flight");

    // Preview reads the same without writing.
    let (state, _) = store.preview(party.wallet, None, at(10), None, &|_| LedgerQuery::default()).await.unwrap();
    assert_eq!((state.session, state.in_flight), (None, 2));
    let unknown = store.preview(wallet_id(9), None, at(10), None, &|_| LedgerQuery::default()).await;
    assert_not_found(&unknown.unwrap_err());
}

/// Refuses everything; counts how often it was asked.
#[derive(Default)]
struct Refuser(AtomicUsize);

impl Judge for Refuser {
    fn query(&self, _state: &AdmissionState) -> LedgerQuery {
        LedgerQuery::default()
    }

    fn rule(&self, _state: &AdmissionState, _facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(GuardFailure::SessionDead)
    }
}

async fn a_refusing_judge_leaves_no_trace<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let request = Request::new(1, party, at(10));
    let refusal = refused(&store, store.admit(&request.admission, &Refuser::default())).await;
    assert_guard(&refusal, GuardFailure::SessionDead);
    assert!(store.transactions(party.wallet, None, 10, false).await.unwrap().is_empty());
    assert!(held(&store, party.wallet, native()).await.is_zero());
}

async fn an_unknown_wallet_is_not_found<S: Store>(store: S) {
    let mut nobody = party(&store, 1).await;
    nobody.wallet = wallet_id(9);
    let request = Request::new(1, nobody, at(10));
    assert_not_found(&refused(&store, request.send(&store)).await);
}

async fn a_denied_request_is_recorded_and_holds_nothing<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let mut request = Request::new(1, party, at(10)).denied();
    request.ruling.audit = vec![entry(AuditEvent::PolicyDenied)];
    let id = request.admit(&store).await;
    assert_eq!(store.transaction(id).await.unwrap().0.status, TxStatus::Cancelled);
    assert!(held(&store, party.wallet, native()).await.is_zero());
    assert_eq!(audit_length(&store).await, 1);
}

async fn an_idempotency_key_replays_its_row<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(10)).with_key("pay-rent", 1).admit(&store).await;
    let moved = super::world::step(id, &[TxStatus::Pending], TxStatus::Executing, at(11));
    store.transition(&moved).await.unwrap();
    let audit = audit_length(&store).await;

    // The repetition has another id; it is answered with the earlier row as it is now, unjudged.
    let again = Request::new(2, party, at(20)).with_key("pay-rent", 1);
    let refuser = Refuser::default();
    let Admitted::Replayed(row) = store.admit(&again.admission, &refuser).await.unwrap() else {
        panic!("expected the earlier row")
    };
    assert_eq!((row.id, row.status), (id, TxStatus::Executing));
    assert_eq!(refuser.0.load(Ordering::SeqCst), 0);
    assert_not_found(&store.transaction(tx_id(2)).await.unwrap_err());
    assert_eq!(held(&store, party.wallet, native()).await, units(5));
    assert_eq!(audit_length(&store).await, audit);

    // A denial is an answer too.
    let denied = Request::new(3, party, at(30)).denied().with_key("too-much", 2).admit(&store).await;
    let again = Request::new(4, party, at(31)).with_key("too-much", 2).send(&store).await.unwrap();
    assert!(matches!(again, Admitted::Replayed(row) if row.id == denied));
}

async fn an_idempotency_key_belongs_to_one_wallet_and_one_body<S: Store>(store: S) {
    let one = party(&store, 1).await;
    let two = party(&store, 2).await;
    Request::new(1, one, at(10)).with_key("pay", 1).admit(&store).await;
    let other_body = Request::new(2, one, at(11)).with_key("pay", 2);
    let refusal = refused(&store, other_body.send(&store)).await;
    assert!(matches!(refusal, StoreError::IdempotencyConflict), "{refusal:?}");
    Request::new(3, two, at(12)).with_key("pay", 2).admit(&store).await;
    Request::new(4, one, at(13)).with_key("Pay", 2).admit(&store).await;

    // Another session of the wallet repeats the same request.
    let mut other_session = one;
    other_session.session = live_session(&store, 3, &[one.wallet]).await;
    let again = Request::new(5, other_session, at(14)).with_key("pay", 1).send(&store).await.unwrap();
    assert!(matches!(again, Admitted::Replayed(row) if row.id == tx_id(1)));
}

async fn a_failed_admission_leaves_its_key_free<S: Store>(store: S) {
    let wallet = active_wallet(&store, 1).await;
    let party = super::world::Party { wallet, session: live_session(&store, 1, &[wallet]).await };
    let mut request = Request::new(1, party, at(10));
    request.admission.idempotency = Some(IdempotencyClaim { key: "k".to_owned(), fingerprint: [1; 32] });
    refused(&store, store.admit(&request.admission, &Refuser::default())).await;
    request.admit(&store).await;
}
