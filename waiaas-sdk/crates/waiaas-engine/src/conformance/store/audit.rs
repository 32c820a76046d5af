//! The audit log. That a refused change leaves no entry is checked beside every such change.

use super::world::{at, entry, session_id, tx_id, wallet_id};
use crate::ports::store::{Actor, AuditEntry, AuditEvent, Severity, Store};
use serde_json::json;

cases! {
    an_entry_comes_back_as_it_went_in,
    the_log_is_read_backwards_in_pages,
    entries_of_one_transaction,
}

async fn an_entry_comes_back_as_it_went_in<S: Store>(store: S) {
    let full = AuditEntry {
        at: at(5),
        event: AuditEvent::PolicyDenied,
        actor: Actor::Session(session_id(1)),
        severity: Severity::Critical,
        wallet: Some(wallet_id(1)),
        session: Some(session_id(1)),
        tx: Some(tx_id(1)),
        details: json!({"reason": "zu groß", "amount": "340282366920938463463374607431768211457", "nested": [1, null]}),
    };
    store.append(&[full.clone(), entry(AuditEvent::MasterAuthFailed)]).await.unwrap();
    let log = store.entries(None, None, 10).await.unwrap();
    assert_eq!(log.iter().map(|record| record.id).collect::<Vec<_>>(), [2, 1]);
    let record = &log[1];
    assert_eq!((record.at, record.event.as_str(), record.severity), (full.at, "POLICY_DENIED", full.severity));
    assert_eq!(record.actor, format!("session:{}", session_id(1)));
    assert_eq!((record.wallet, record.session, record.tx), (full.wallet, full.session, full.tx));
    assert_eq!(record.details, full.details);
    let bare = &log[0];
    assert_eq!((bare.wallet, bare.session, bare.tx, bare.actor.as_str()), (None, None, None, "system"));
}

async fn the_log_is_read_backwards_in_pages<S: Store>(store: S) {
    store.append(&[]).await.unwrap();
    for _ in 0..5 {
        store.append(&[entry(AuditEvent::MasterAuthFailed)]).await.unwrap();
    }
    let page = async |before| {
        let records = store.entries(None, before, 2).await.unwrap();
        records.into_iter().map(|record| record.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None).await, [5, 4]);
    assert_eq!(page(Some(4)).await, [3, 2]);
    assert!(page(Some(1)).await.is_empty());
}

async fn entries_of_one_transaction<S: Store>(store: S) {
    for number in [1, 2, 1] {
        store.append(&[AuditEntry { tx: Some(tx_id(number)), ..entry(AuditEvent::TxSigned) }]).await.unwrap();
    }
    let records = store.entries(Some(tx_id(1)), None, 10).await.unwrap();
    assert_eq!(records.into_iter().map(|record| record.id).collect::<Vec<_>>(), [3, 1]);
}
