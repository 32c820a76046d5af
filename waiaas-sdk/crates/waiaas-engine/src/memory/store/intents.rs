//! Signatures that are about to be sent.

use super::stale;
use super::state::State;
use crate::ports::store::{AuditEntry, IntentRow, NewIntent, StoreError};
use waiaas_core::id::TxId;
use waiaas_core::tx::TxStatus;

pub(super) fn record(state: &mut State, intent: &NewIntent, audit: &[AuditEntry]) -> Result<(), StoreError> {
    let session = match intent.tx {
        None => None,
        Some(tx) => {
            // A signature of another account is not this transaction's.
            let row = state.transactions.get(&tx).map(|stored| &stored.row).ok_or(StoreError::NotFound)?;
            if row.wallet != intent.wallet || row.network != intent.network {
                return Err(StoreError::NotFound);
            }
            if !matches!(row.status, TxStatus::Pending | TxStatus::Executing) {
                return Err(stale(row.status));
            }
            row.session
        }
    };
    for row in &state.intents {
        let earlier = &row.intent;
        let owner = |of: &NewIntent| (of.tx, of.wallet, of.network);
        if earlier.hash == intent.hash && (row.open || owner(earlier) != owner(intent)) {
            return Err(stale("signature is recorded already"));
        }
        if row.open && intent.tx.is_some() && earlier.tx == intent.tx {
            return Err(stale("transaction has an open signature"));
        }
        let account = (earlier.wallet, earlier.network) == (intent.wallet, intent.network);
        if row.open && account && earlier.sequence == intent.sequence {
            return Err(stale("sequence number is in use"));
        }
    }
    state.may_sign(intent.wallet, session, intent.at)?;

    if let Some(stored) = intent.tx.and_then(|tx| state.transactions.get_mut(&tx)) {
        stored.row.status = TxStatus::Executing;
        stored.row.updated_at = intent.at;
    }
    state.intents.retain(|row| row.intent.hash != intent.hash);
    state.intents.push(IntentRow { intent: intent.clone(), open: true });
    state.audit.append(audit);
    Ok(())
}

pub(super) fn close(state: &mut State, hash: &str) -> Result<(), StoreError> {
    let row = state.intents.iter_mut().find(|row| row.intent.hash == hash).ok_or(StoreError::NotFound)?;
    row.open = false;
    Ok(())
}

pub(super) fn open(state: &State, tx: Option<TxId>) -> Vec<IntentRow> {
    let mut rows: Vec<IntentRow> =
        state.intents.iter().filter(|row| row.open && (tx.is_none() || row.intent.tx == tx)).cloned().collect();
    rows.sort_by_key(|row| (row.intent.wallet, row.intent.network, row.intent.sequence));
    rows
}
