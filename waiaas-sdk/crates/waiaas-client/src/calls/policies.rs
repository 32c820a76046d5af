//! Policies.

use super::Page;
use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use crate::send::Send;
use serde::Serialize;
use serde_json::{Value, json};
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::wire::policies::{
    CreatePolicyRequest, PaginatedPolicyList, PolicyDeleteResponse, PolicyResponse, UpdatePolicyRequest,
};
use waiaas_core::wire::policy_tools::{PolicyExplanation, PolicyReplay};

/// Calls about policies.
#[derive(Clone, Copy, Debug)]
pub struct Policies<'c>(pub(crate) &'c Client);

impl Policies<'_> {
    /// Creates a policy.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create(&self, request: &CreatePolicyRequest) -> Result<PolicyResponse, Error> {
        Call::post(self.0, "/v1/policies", Authority::Master).body(request)?.keyed(None)?.answer().await
    }

    /// Policies of a wallet and global ones; without a wallet all that the caller may see.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list(&self, wallet: Option<WalletId>, page: Page) -> Result<PaginatedPolicyList, Error> {
        let call = Call::get(self.0, "/v1/policies", Authority::SessionOrMaster).query("walletId", wallet);
        call.query("limit", Some(page.limit)).query("offset", Some(page.offset)).answer().await
    }

    /// One policy.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get(&self, id: PolicyId) -> Result<PolicyResponse, Error> {
        Call::get(self.0, format!("/v1/policies/{id}"), Authority::Master).answer().await
    }

    /// Changes a policy. Rules are replaced as a whole.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update(&self, id: PolicyId, request: &UpdatePolicyRequest) -> Result<PolicyResponse, Error> {
        Call::put(self.0, format!("/v1/policies/{id}"), Authority::Master).body(request)?.answer().await
    }

    /// Why a request would be decided as it would right now; with `candidates` as if these were all policies.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn explain(
        &self,
        wallet: WalletId,
        request: &Send,
        candidates: Option<&[CreatePolicyRequest]>,
    ) -> Result<PolicyExplanation, Error> {
        let mut body = json!({ "walletId": wallet, "request": request });
        insert(&mut body, "policies", candidates)?;
        Call::post(self.0, "/v1/policies/explain", Authority::Master).body(&body)?.repeatable().answer().await
    }

    /// How other policies would have judged what was asked for since an instant (unix seconds), of one wallet or of all.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn replay(
        &self,
        since: i64,
        candidates: &[CreatePolicyRequest],
        wallet: Option<WalletId>,
    ) -> Result<PolicyReplay, Error> {
        let mut body = json!({ "since": since, "policies": candidates });
        insert(&mut body, "walletId", wallet)?;
        Call::post(self.0, "/v1/policies/replay", Authority::Master).body(&body)?.repeatable().answer().await
    }

    /// Removes a policy.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete(&self, id: PolicyId) -> Result<PolicyDeleteResponse, Error> {
        Call::delete(self.0, format!("/v1/policies/{id}"), Authority::Master).answer().await
    }
}

/// Adds a member, if there is a value.
fn insert(body: &mut Value, key: &str, value: Option<impl Serialize>) -> Result<(), Error> {
    if let (Some(value), Some(object)) = (value, body.as_object_mut()) {
        let value = serde_json::to_value(value).map_err(|error| Error::Usage(format!("the body: {error}")))?;
        object.insert(key.to_owned(), value);
    }
    Ok(())
}
