//! Admission and reading of transactions.

use super::MemoryStore;
use super::facts::{admission_state, ledger_facts};
use super::stale;
use super::state::{HoldState, StoredApproval, StoredTx, TxClaim};
use crate::ports::store::{
    Admission, AdmissionState, Admitted, ApprovalRow, AuditEntry, Due, HistoryQuery, HistoryRow, HistoryVisitor,
    IntentRow, Judge, Ledger, NewIntent, StoreError, Transition, TxRow,
};
use async_trait::async_trait;
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::policy::{LedgerFacts, LedgerQuery};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

#[async_trait]
impl Ledger for MemoryStore {
    async fn admit(&self, admission: &Admission, judge: &dyn Judge) -> Result<Admitted, StoreError> {
        let mut state = self.state()?;
        let present = admission_state(&state, admission.wallet, Some(admission.session))?;
        let claim =
            admission.idempotency.as_ref().map(|claim| ((admission.wallet, claim.key.clone()), claim.fingerprint));
        if let Some((name, fingerprint)) = &claim
            && let Some(earlier) = state.claims.get(name)
        {
            if earlier.fingerprint != *fingerprint {
                return Err(StoreError::IdempotencyConflict);
            }
            let stored = state.transactions.get(&earlier.tx);
            let stored = stored.ok_or_else(|| StoreError::Corrupt("an idempotency key names no row".to_owned()))?;
            return Ok(Admitted::Replayed(stored.row.clone()));
        }

        let facts = ledger_facts(&state, admission.wallet, admission.now, None, &judge.query(&present));
        let ruling = judge.rule(&present, &facts).map_err(StoreError::Guard)?;
        let row = ruling.row;
        if let Some(taken) = state.transactions.get(&row.id) {
            return Err(stale(taken.row.status));
        }

        if let Some((name, fingerprint)) = claim {
            state.claims.insert(name, TxClaim { fingerprint, tx: row.id });
        }
        state.of_wallet.entry(row.wallet).or_default().insert(row.id);
        let stored = StoredTx {
            row: row.clone(),
            holds: ruling.holds,
            hold_state: if row.status.holds_funds() { HoldState::Held } else { HoldState::Released },
            approval: ruling.approval.map(|row| StoredApproval { row, closed: false, signature: None }),
            counts_for_rate: ruling.counts_for_rate,
        };
        state.transactions.insert(row.id, stored);
        state.audit.append(&ruling.audit);
        Ok(Admitted::New(row))
    }

    async fn preview(
        &self,
        wallet: WalletId,
        session: Option<SessionId>,
        now: UnixMillis,
        except: Option<TxId>,
        query: &(dyn for<'s> Fn(&'s AdmissionState) -> LedgerQuery + Send + Sync),
    ) -> Result<(AdmissionState, LedgerFacts), StoreError> {
        let state = self.state()?;
        let present = admission_state(&state, wallet, session)?;
        let facts = ledger_facts(&state, wallet, now, except, &query(&present));
        Ok((present, facts))
    }

    async fn transition(&self, change: &Transition) -> Result<TxRow, StoreError> {
        super::transitions::apply(&mut *self.state()?, change)
    }

    async fn record_intent(&self, intent: &NewIntent, audit: &[AuditEntry]) -> Result<(), StoreError> {
        super::intents::record(&mut *self.state()?, intent, audit)
    }

    async fn close_intent(&self, hash: &str, _at: UnixMillis) -> Result<(), StoreError> {
        super::intents::close(&mut *self.state()?, hash)
    }

    async fn open_intents(&self, tx: Option<TxId>) -> Result<Vec<IntentRow>, StoreError> {
        Ok(super::intents::open(&*self.state()?, tx))
    }

    async fn transaction(&self, id: TxId) -> Result<(TxRow, Option<ApprovalRow>), StoreError> {
        let state = self.state()?;
        let stored = state.transactions.get(&id).ok_or(StoreError::NotFound)?;
        Ok((stored.row.clone(), stored.approval.as_ref().map(|approval| approval.row.clone())))
    }

    async fn transactions(
        &self,
        wallet: WalletId,
        before: Option<TxId>,
        limit: u32,
        open_only: bool,
    ) -> Result<Vec<TxRow>, StoreError> {
        let state = self.state()?;
        let wanted = |status: TxStatus| !open_only || matches!(status, TxStatus::Pending | TxStatus::Queued);
        Ok(state
            .transactions_of(wallet)
            .rev()
            .map(|stored| &stored.row)
            .filter(|row| before.is_none_or(|before| row.id < before) && wanted(row.status))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .cloned()
            .collect())
    }

    async fn history(&self, query: HistoryQuery, visit: HistoryVisitor<'_>) -> Result<(), StoreError> {
        let mut found: Vec<HistoryRow> = {
            let state = self.state()?;
            let wanted = |stored: &&StoredTx| is_asked_for(&stored.row, &query);
            let copy = |stored: &StoredTx| HistoryRow { row: stored.row.clone(), holds: stored.holds.clone() };
            state.transactions.values().filter(wanted).map(copy).collect()
        };
        found.sort_by_key(|past| (past.row.created_at, past.row.id));
        let _wants_more = found.into_iter().try_for_each(visit);
        Ok(())
    }

    async fn due(&self, due: Due, now: UnixMillis, after: Option<TxId>, limit: u32) -> Result<Vec<TxRow>, StoreError> {
        let state = self.state()?;
        Ok(state
            .transactions
            .values()
            .filter(|stored| after.is_none_or(|after| stored.row.id > after) && is_due(stored, due, now))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|stored| stored.row.clone())
            .collect())
    }
}

impl MemoryStore {
    /// Changes the recorded decisions of all transactions: to make them look like those of an older version.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub fn rewrite_decisions(&self, mut rewrite: impl FnMut(&mut serde_json::Value)) -> Result<(), StoreError> {
        self.state()?.transactions.values_mut().for_each(|stored| rewrite(&mut stored.row.decision));
        Ok(())
    }

    /// The signature with which the owner approved `tx`, as it was recorded.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such transaction.
    pub fn owner_signature(&self, tx: TxId) -> Result<Option<Vec<u8>>, StoreError> {
        let state = self.state()?;
        let stored = state.transactions.get(&tx).ok_or(StoreError::NotFound)?;
        Ok(stored.approval.as_ref().and_then(|approval| approval.signature.clone()))
    }
}

fn is_asked_for(row: &TxRow, query: &HistoryQuery) -> bool {
    query.wallet.is_none_or(|wallet| row.wallet == wallet)
        && (row.created_at >= query.admitted_since || row.updated_at >= query.open_since || !row.status.is_terminal())
}

fn is_due(stored: &StoredTx, due: Due, now: UnixMillis) -> bool {
    let status = stored.row.status;
    match due {
        Due::DelayElapsed => status == TxStatus::Queued && stored.row.delay_until.is_some_and(|end| end <= now),
        Due::ApprovalExpired => {
            status == TxStatus::Queued
                && stored.approval.as_ref().is_some_and(|approval| approval.is_open() && approval.row.expires_at <= now)
        }
        Due::Unfinished => matches!(status, TxStatus::Pending | TxStatus::Executing),
        Due::Submitted => status == TxStatus::Submitted,
    }
}
