//! Transactions.

use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use crate::owner::OwnerProof;
use crate::send::Send;
use waiaas_core::id::{TxId, WalletId};
use waiaas_core::wire::transactions::{
    DryRunSimulationResult, TxApproveResponse, TxCancelResponse, TxDetailResponse, TxListResponse,
    TxPendingListResponse, TxRejectResponse, TxSendResponse,
};

/// Calls about transactions.
#[derive(Clone, Copy, Debug)]
pub struct Transactions<'c>(pub(crate) &'c Client);

/// The longest time that the server waits for a final status, in seconds.
const LONGEST_WAIT: u32 = 60;

impl Transactions<'_> {
    /// Sends a transaction. The answer comes when the policies have decided; PENDING is being executed, QUEUED waits.
    ///
    /// The call carries an idempotency key ([`Send::once`], or a fresh one), so it is repeated safely when an answer is lost.
    ///
    /// # Errors
    /// See [`Error`]; a denial is [`Error::Policy`] or [`Error::Transaction`].
    pub async fn send(&self, request: &Send) -> Result<TxSendResponse, Error> {
        let mut request = request.clone();
        let key = request.take_key();
        request.set_dry_run(false);
        let call = Call::post(self.0, "/v1/transactions/send", Authority::Session);
        call.body(&request)?.keyed(key.as_deref())?.answer().await
    }

    /// What a send would do right now. Nothing is stored or sent.
    ///
    /// # Errors
    /// See [`Error`]. A denial is no error here but part of the answer.
    pub async fn simulate(&self, request: &Send) -> Result<DryRunSimulationResult, Error> {
        let mut request = request.clone();
        request.take_key();
        request.set_dry_run(false);
        let call = Call::post(self.0, "/v1/transactions/simulate", Authority::Session);
        call.body(&request)?.repeatable().answer().await
    }

    /// One transaction.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get(&self, id: TxId) -> Result<TxDetailResponse, Error> {
        self.get_within(id, 0).await
    }

    /// One transaction, once its status is final or when `seconds` are over (from the server's side at most 60 at a time;
    /// this method asks as often as it takes).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn wait_until_final(&self, id: TxId, seconds: u32) -> Result<TxDetailResponse, Error> {
        let mut left = seconds;
        loop {
            let wait = left.min(LONGEST_WAIT);
            let found = self.get_within(id, wait).await?;
            left = left.saturating_sub(wait);
            if left == 0 || found.status.is_terminal() {
                return Ok(found);
            }
        }
    }

    /// Transactions of a wallet, newest first, with the `cursor` of the page before.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list(
        &self,
        wallet: Option<WalletId>,
        cursor: Option<TxId>,
        limit: Option<u32>,
    ) -> Result<TxListResponse, Error> {
        let call = Call::get(self.0, "/v1/transactions", Authority::Session).query("walletId", wallet);
        call.query("cursor", cursor).query("limit", limit).answer().await
    }

    /// Transactions that are neither final nor executing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn pending(&self, wallet: Option<WalletId>) -> Result<TxPendingListResponse, Error> {
        let call = Call::get(self.0, "/v1/transactions/pending", Authority::Session);
        call.query("walletId", wallet).answer().await
    }

    /// Withdraws a transaction that waits.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn cancel(&self, id: TxId) -> Result<TxCancelResponse, Error> {
        Call::post(self.0, format!("/v1/transactions/{id}/cancel"), Authority::SessionOrMaster).answer().await
    }

    /// The owner lets a transaction proceed; the proof says [`SignIn::approve`](crate::SignIn::approve).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn approve(&self, id: TxId, proof: &OwnerProof) -> Result<TxApproveResponse, Error> {
        Call::post(self.0, format!("/v1/transactions/{id}/approve"), Authority::Owner(proof)).answer().await
    }

    /// The owner refuses a transaction; the proof says [`SignIn::reject`](crate::SignIn::reject).
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn reject(&self, id: TxId, proof: &OwnerProof) -> Result<TxRejectResponse, Error> {
        Call::post(self.0, format!("/v1/transactions/{id}/reject"), Authority::Owner(proof)).answer().await
    }

    /// An operator cancels a transaction that waits, of whatever wallet.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn cancel_as_admin(&self, id: TxId) -> Result<TxCancelResponse, Error> {
        Call::post(self.0, format!("/v1/admin/transactions/{id}/cancel"), Authority::Master).answer().await
    }

    async fn get_within(&self, id: TxId, seconds: u32) -> Result<TxDetailResponse, Error> {
        let call = Call::get(self.0, format!("/v1/transactions/{id}"), Authority::SessionOrMaster);
        call.query("wait", (seconds > 0).then_some(seconds)).waiting(seconds).answer().await
    }
}
