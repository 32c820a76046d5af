//! Admission: read, let the judge decide, write, all inside the writer's transaction.
//!
//! The judge belongs to the caller and stays there: the writer's job holds the [`Bench`] end of a
//! conversation, the caller's future the [`Hearing`] end.

use super::{approvals, facts, holds, transactions};
use crate::audit;
use crate::failure::{Failure, unavailable};
use crate::policies::PolicyCache;
use crate::row::{Fields, hash, id};
use sqlx::sqlite::SqliteConnection;
use std::time::Duration;
use tokio::sync::oneshot;
use waiaas_core::policy::{LedgerFacts, LedgerQuery};
use waiaas_engine::ports::store::{
    Admission, AdmissionState, Admitted, GuardFailure, IdempotencyClaim, Judge, Ruling, StoreError, TxRow,
};

/// How long the writer waits for a caller's next word. A judge computes and does nothing else, so only a
/// caller that is not being polled any more takes this long, and it must not stop everybody.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// The caller said nothing for [`PATIENCE`], or went away.
#[derive(Debug, thiserror::Error)]
#[error("the admission was abandoned by its caller")]
struct Abandoned;

/// The store's end: tells the state, hears the query.
pub(super) struct Inquiry {
    state: oneshot::Sender<AdmissionState>,
    query: oneshot::Receiver<LedgerQuery>,
}

/// The caller's end of an [`Inquiry`].
pub(super) struct Asked {
    state: oneshot::Receiver<AdmissionState>,
    query: oneshot::Sender<LedgerQuery>,
}

/// The store's end: an inquiry, then tells the facts and hears the ruling.
pub(super) struct Bench {
    inquiry: Inquiry,
    facts: oneshot::Sender<LedgerFacts>,
    ruling: oneshot::Receiver<Result<Ruling, GuardFailure>>,
}

/// The caller's end of a [`Bench`].
pub(super) struct Hearing {
    asked: Asked,
    facts: oneshot::Receiver<LedgerFacts>,
    ruling: oneshot::Sender<Result<Ruling, GuardFailure>>,
}

pub(super) fn open_inquiry() -> (Inquiry, Asked) {
    let (tell_state, state) = oneshot::channel();
    let (tell_query, query) = oneshot::channel();
    (Inquiry { state: tell_state, query }, Asked { state, query: tell_query })
}

pub(super) fn open_hearing() -> (Bench, Hearing) {
    let (inquiry, asked) = open_inquiry();
    let (tell_facts, facts) = oneshot::channel();
    let (tell_ruling, ruling) = oneshot::channel();
    (Bench { inquiry, facts: tell_facts, ruling }, Hearing { asked, facts, ruling: tell_ruling })
}

/// The job of the writer.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    admission: &Admission,
    policies: &PolicyCache,
    bench: Bench,
) -> Result<Admitted, Failure> {
    let state = facts::admission_state(connection, admission.wallet, Some(admission.session), policies).await?;
    if let Some(claim) = &admission.idempotency
        && let Some(earlier) = replay(connection, admission, claim).await?
    {
        return Ok(Admitted::Replayed(earlier));
    }
    let query = bench.inquiry.ask(state).await?;
    let facts = facts::ledger_facts(connection, admission.wallet, admission.now, None, &query).await?;
    let _gone = bench.facts.send(facts);
    let ruling = heard(bench.ruling).await?.map_err(Failure::guard)?;

    transactions::insert(connection, &ruling.row, ruling.counts_for_rate, admission.idempotency.as_ref()).await?;
    holds::insert(connection, &ruling.row, &ruling.holds).await?;
    if let Some(approval) = &ruling.approval {
        approvals::insert(connection, approval).await?;
    }
    audit::append(connection, &ruling.audit).await?;
    Ok(Admitted::New(ruling.row))
}

impl Inquiry {
    pub(super) async fn ask(self, state: AdmissionState) -> Result<LedgerQuery, Failure> {
        let _gone = self.state.send(state);
        heard(self.query).await
    }
}

impl Asked {
    pub(super) async fn answer(self, query: impl FnOnce(&AdmissionState) -> LedgerQuery) {
        self.reply(query).await;
    }

    /// Replies, and hands the state on; `None` when the store ended the conversation.
    async fn reply(self, query: impl FnOnce(&AdmissionState) -> LedgerQuery) -> Option<AdmissionState> {
        let state = self.state.await.ok()?;
        self.query.send(query(&state)).ok()?;
        Some(state)
    }
}

impl Hearing {
    /// Lets `judge` speak when it is asked. Returns when the store needs nothing more from it.
    pub(super) async fn attend(self, judge: &dyn Judge) {
        let Some(state) = self.asked.reply(|state| judge.query(state)).await else { return };
        let Ok(facts) = self.facts.await else { return };
        // Nobody listens when the writer has lost its patience; the caller learns it from the outcome.
        let _gone = self.ruling.send(judge.rule(&state, &facts));
    }
}

async fn heard<T>(word: oneshot::Receiver<T>) -> Result<T, Failure> {
    match tokio::time::timeout(PATIENCE, word).await {
        Ok(Ok(said)) => Ok(said),
        Ok(Err(_)) | Err(_) => Err(unavailable(Abandoned).into()),
    }
}

/// The row that was admitted under the same key before.
async fn replay(
    connection: &mut SqliteConnection,
    admission: &Admission,
    claim: &IdempotencyClaim,
) -> Result<Option<TxRow>, Failure> {
    let row = sqlx::query(
        "SELECT id, idempotency_fingerprint FROM transactions WHERE wallet_id = $1 AND idempotency_key = $2",
    )
    .bind(admission.wallet.to_string())
    .bind(&claim.key)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let fields = Fields::new(&row, "transactions", "id");
    if fields.parsed("idempotency_fingerprint", hash)? != claim.fingerprint {
        return Err(StoreError::IdempotencyConflict.into());
    }
    let earlier = fields.parsed("id", id)?;
    transactions::find(connection, earlier).await?.ok_or_else(Failure::not_found).map(Some)
}
