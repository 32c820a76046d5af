//! Why a request would be decided as it would: the decision of a send at this moment, with everything it rests on.

use super::policies::Policies;
use crate::error::EngineError;
use crate::pipeline::dry_run::Previewed;
use crate::pipeline::s3_policy::{decide_for, subject};
use crate::ports::prices::Quote;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::id::WalletId;
use waiaas_core::policy::{Decision, LedgerFacts, LedgerQuery, PolicyBook, PolicyRow, TokenFact};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxRequest;
use waiaas_core::wallet::OwnerState;
use waiaas_core::wire::transactions::WouldPass;

/// A request that somebody wonders about.
#[derive(Clone, Debug)]
pub struct Question {
    /// Whose wallet.
    pub wallet: WalletId,
    /// Where; `None` = the wallet's only network.
    pub network: Option<Network>,
    /// What.
    pub request: TxRequest,
    /// Rows that judge in place of all stored ones; `None` = the stored ones.
    pub candidate: Option<Vec<PolicyRow>>,
}

/// A decision with everything it rests on.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Whose wallet.
    pub wallet: WalletId,
    /// Where.
    pub network: Network,
    /// The moment of the decision.
    pub at: UnixMillis,
    /// How far the wallet's owner is established.
    pub owner: OwnerState,
    /// The decision, with the trace of every rule that was considered.
    pub decision: Decision,
    /// What would have passed instead, if it is denied.
    pub would_pass: Option<WouldPass>,
    /// The rows that the trace names, in its order.
    pub rows: Vec<PolicyRow>,
    /// The prices that were asked for.
    pub prices: BTreeMap<AssetId, Quote>,
    /// The tokens that were asked for and answered.
    pub tokens: BTreeMap<AssetId, TokenFact>,
    /// What the policies wanted to know of the ledger: what is not in here is zero in `ledger` and means nothing.
    pub query: LedgerQuery,
    /// What the ledger said.
    pub ledger: LedgerFacts,
    /// The state of the stored rows that judged; `None` when the candidate did.
    pub epoch: Option<u64>,
}

impl Policies<'_> {
    /// What the policies say about a request at this moment, and why: the validation, the reading of one snapshot and
    /// the evaluation of a send and of a dry run. Nothing is written, and no session is needed: sessions have no part
    /// in the policies' decision.
    ///
    /// # Errors
    /// Validation and wallet errors, as for a send; `ACTION_VALIDATION_FAILED` for a candidate that could not be stored. A denial is a result, not an error.
    pub async fn explain(&self, question: Question) -> Result<Explanation, EngineError> {
        self.check_candidate(question.candidate.as_deref())?;
        let wallet = self.inner.wallet(question.wallet).await?;
        let request = self.inner.validate(wallet, question.network, question.request).await?;
        let candidate = question.candidate.as_deref().map(|rows| Arc::new(PolicyBook::compile(rows)));
        let Previewed { state, query, ledger, book } = self.inner.preview(&request, None, candidate.as_ref()).await?;
        let subject = subject(&state.wallet, request.network);
        let rules = self.inner.rules(&book);
        let (decision, would_pass) = decide_for(&rules, &subject, &request, &ledger);
        let epoch = if candidate.is_some() { None } else { Some(state.policies.epoch) };
        let rows = named(&decision, question.candidate.as_deref().unwrap_or(&state.policies.rows));
        Ok(Explanation {
            wallet: subject.wallet,
            network: request.network,
            at: request.market.now,
            owner: subject.owner,
            decision,
            would_pass,
            rows,
            prices: request.market.quotes,
            tokens: request.market.tokens,
            query,
            ledger,
            epoch,
        })
    }
}

/// The rows that the trace names, each once.
fn named(decision: &Decision, rows: &[PolicyRow]) -> Vec<PolicyRow> {
    let mut seen = BTreeSet::new();
    let ids = decision.trace.iter().filter_map(|entry| entry.policy).filter(|id| seen.insert(*id));
    ids.filter_map(|id| rows.iter().find(|row| row.id == id)).cloned().collect()
}
