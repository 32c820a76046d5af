//! Transactions, what they hold against limits, approvals, and signatures on their way.
//!
//! | file | tables |
//! |---|---|
//! | `transactions` | `transactions` |
//! | `holds`, `facts`, `dollars` | `spend_holds`, and the sums over it |
//! | `approvals` | `pending_approvals` |
//! | `intents` | `tx_intents` |
//! | `history` | both, read in the order of admission |
//! | `admit`, `transition`, `cascade` | the steps that change several of them at once |

mod admit;
mod approvals;
pub(crate) mod cascade;
mod dollars;
mod facts;
mod guard;
mod history;
mod holds;
mod intents;
pub(crate) mod transactions;
mod transition;

use crate::failure::Failure;
use crate::open::SqliteStore;
use async_trait::async_trait;
use std::sync::Arc;
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::policy::{LedgerFacts, LedgerQuery};
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{
    Admission, AdmissionState, Admitted, ApprovalRow, AuditEntry, Due, HistoryQuery, HistoryVisitor, IntentRow, Judge,
    Ledger, NewIntent, StoreError, Transition, TxRow,
};

#[async_trait]
impl Ledger for SqliteStore {
    async fn admit(&self, admission: &Admission, judge: &dyn Judge) -> Result<Admitted, StoreError> {
        let (bench, hearing) = admit::open_hearing();
        let (admission, policies) = (admission.clone(), Arc::clone(&self.written_policies));
        let work = self.write(move |connection| {
            Box::pin(async move { admit::run(connection, &admission, &policies, bench).await })
        });
        let (outcome, ()) = tokio::join!(work, hearing.attend(judge));
        outcome
    }

    async fn preview(
        &self,
        wallet: WalletId,
        session: Option<SessionId>,
        now: UnixMillis,
        except: Option<TxId>,
        query: &(dyn for<'s> Fn(&'s AdmissionState) -> LedgerQuery + Send + Sync),
    ) -> Result<(AdmissionState, LedgerFacts), StoreError> {
        let (inquiry, asked) = admit::open_inquiry();
        let policies = Arc::clone(&self.read_policies);
        let work = self.read(move |connection| {
            Box::pin(async move {
                let state = facts::admission_state(connection, wallet, session, &policies).await?;
                let query = inquiry.ask(state.clone()).await?;
                let facts = facts::ledger_facts(connection, wallet, now, except, &query).await?;
                Ok((state, facts))
            })
        });
        let (outcome, ()) = tokio::join!(work, asked.answer(query));
        outcome
    }

    async fn transition(&self, change: &Transition) -> Result<TxRow, StoreError> {
        let change = change.clone();
        self.write(move |connection| Box::pin(async move { transition::apply(connection, &change).await })).await
    }

    async fn record_intent(&self, intent: &NewIntent, audit: &[AuditEntry]) -> Result<(), StoreError> {
        let (intent, audit) = (intent.clone(), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                intents::record(connection, &intent).await?;
                crate::audit::append(connection, &audit).await
            })
        })
        .await
    }

    async fn close_intent(&self, hash: &str, at: UnixMillis) -> Result<(), StoreError> {
        let hash = hash.to_owned();
        self.write(move |connection| Box::pin(async move { intents::close(connection, &hash, at).await })).await
    }

    async fn open_intents(&self, tx: Option<TxId>) -> Result<Vec<IntentRow>, StoreError> {
        self.read(move |connection| Box::pin(intents::open(connection, tx))).await
    }

    async fn transaction(&self, id: TxId) -> Result<(TxRow, Option<ApprovalRow>), StoreError> {
        self.read(move |connection| {
            Box::pin(async move {
                let row = transactions::find(connection, id).await?.ok_or_else(Failure::not_found)?;
                let approval = approvals::find(connection, id).await?;
                Ok((row, approval.map(|approval| approval.row)))
            })
        })
        .await
    }

    async fn transactions(
        &self,
        wallet: WalletId,
        before: Option<TxId>,
        limit: u32,
        open_only: bool,
    ) -> Result<Vec<TxRow>, StoreError> {
        self.read(move |connection| Box::pin(transactions::list(connection, wallet, before, limit, open_only))).await
    }

    async fn history(&self, query: HistoryQuery, visit: HistoryVisitor<'_>) -> Result<(), StoreError> {
        let (reader, listener) = history::open(query);
        let work = self.read(move |connection| Box::pin(reader.run(connection)));
        let (outcome, ()) = tokio::join!(work, listener.attend(visit));
        outcome
    }

    async fn due(&self, due: Due, now: UnixMillis, after: Option<TxId>, limit: u32) -> Result<Vec<TxRow>, StoreError> {
        self.read(move |connection| Box::pin(transactions::due(connection, due, now, after, limit))).await
    }
}
