//! Stages 2 to 4 as one step under the ledger's lock.

use super::s1_validate::Validated;
use super::s2_authenticate::authenticate;
use super::s3_policy::{decide, subject};
use super::s4_wait::{MintedIds, wait};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::store::{Admission, AdmissionState, Admitted, GuardFailure, IdempotencyClaim, Judge, Ruling, TxRow};
use sha2::{Digest, Sha256};
use waiaas_core::id::{ApprovalId, SessionId, TxId};
use waiaas_core::policy::{LedgerFacts, LedgerQuery};
use waiaas_core::time::UnixMillis;

/// The pipeline's judge: pure, and the same for every attempt of the store.
struct PipelineJudge<'a> {
    inner: &'a Inner,
    request: &'a Validated,
    ids: MintedIds,
    now: UnixMillis,
}

impl Judge for PipelineJudge<'_> {
    fn query(&self, state: &AdmissionState) -> LedgerQuery {
        let book = self.inner.book(&state.policies);
        let subject = subject(&state.wallet, self.request.network);
        book.query(&subject, &self.request.effects, &self.inner.settings.policy)
    }

    fn rule(&self, state: &AdmissionState, facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        let authenticated = authenticate(self.request, state, self.now)?;
        let book = self.inner.book(&state.policies);
        let decided = decide(authenticated, &self.inner.rules(&book), facts);
        Ok(wait(&decided, self.ids, self.now))
    }
}

impl Inner {
    /// Admits a validated request: decided, reserved, recorded, in one transaction.
    pub(crate) async fn admit(
        &self,
        request: &Validated,
        session: SessionId,
        idempotency_key: Option<&str>,
    ) -> Result<(TxRow, bool), EngineError> {
        let now = request.market.now;
        let ids = MintedIds { tx: TxId::v7(now, self.id_bytes()?), approval: ApprovalId::v7(now, self.id_bytes()?) };
        let idempotency =
            idempotency_key.map(|key| IdempotencyClaim { key: key.to_owned(), fingerprint: fingerprint(request) });
        let admission = Admission { wallet: request.wallet.id, session, now, idempotency };
        let judge = PipelineJudge { inner: self, request, ids, now };
        match self.store.admit(&admission, &judge).await? {
            Admitted::New(row) => Ok((row, false)),
            Admitted::Replayed(row) => Ok((row, true)),
        }
    }
}

/// SHA-256 over wallet, network and the exact transaction: equal requests have equal fingerprints
/// however their JSON was written.
fn fingerprint(request: &Validated) -> [u8; 32] {
    Sha256::digest(request.tx.binding_text(request.network, &request.wallet.id).as_bytes()).into()
}
