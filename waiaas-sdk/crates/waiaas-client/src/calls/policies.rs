//! Policies.

use super::Page;
use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::wire::policies::{
    CreatePolicyRequest, PaginatedPolicyList, PolicyDeleteResponse, PolicyResponse, UpdatePolicyRequest,
};

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

    /// Removes a policy.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete(&self, id: PolicyId) -> Result<PolicyDeleteResponse, Error> {
        Call::delete(self.0, format!("/v1/policies/{id}"), Authority::Master).answer().await
    }
}
