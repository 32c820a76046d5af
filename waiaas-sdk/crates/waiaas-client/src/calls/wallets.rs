//! Wallets and their owners.

use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use crate::owner::OwnerProof;
use waiaas_core::id::WalletId;
use waiaas_core::wire::owners::{OwnerVerifyResponse, SetOwnerRequest, WalletOwnerResponse};
use waiaas_core::wire::wallets::{
    CreateWalletRequest, UpdateWalletRequest, WalletCreateResponse, WalletCrudResponse, WalletDeleteResponse,
    WalletDetailResponse, WalletListResponse, WalletNetworksResponse, WalletResumeResponse, WalletSuspendRequest,
    WalletSuspendResponse,
};

/// Calls about wallets.
#[derive(Clone, Copy, Debug)]
pub struct Wallets<'c>(pub(crate) &'c Client);

impl Wallets<'_> {
    /// Creates a wallet and its key, and unless told not to a session for it, whose token is shown this once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create(&self, request: &CreateWalletRequest) -> Result<WalletCreateResponse, Error> {
        Call::post(self.0, "/v1/wallets", Authority::Master).body(request)?.keyed(None)?.answer().await
    }

    /// All wallets that the caller may see, terminated ones included.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list(&self) -> Result<WalletListResponse, Error> {
        Call::get(self.0, "/v1/wallets", Authority::SessionOrMaster).answer().await
    }

    /// One wallet.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get(&self, id: WalletId) -> Result<WalletDetailResponse, Error> {
        Call::get(self.0, format!("/v1/wallets/{id}"), Authority::SessionOrMaster).answer().await
    }

    /// Renames a wallet.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn rename(&self, id: WalletId, name: impl Into<String>) -> Result<WalletCrudResponse, Error> {
        let request = UpdateWalletRequest { name: name.into() };
        Call::put(self.0, format!("/v1/wallets/{id}"), Authority::Master).body(&request)?.answer().await
    }

    /// Ends a wallet for good.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn terminate(&self, id: WalletId) -> Result<WalletDeleteResponse, Error> {
        Call::delete(self.0, format!("/v1/wallets/{id}"), Authority::Master).answer().await
    }

    /// Stops a wallet: nothing of it is signed until it is resumed.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn suspend(&self, id: WalletId, request: &WalletSuspendRequest) -> Result<WalletSuspendResponse, Error> {
        Call::post(self.0, format!("/v1/wallets/{id}/suspend"), Authority::Master).body(request)?.answer().await
    }

    /// Starts a suspended wallet again.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn resume(&self, id: WalletId) -> Result<WalletResumeResponse, Error> {
        Call::post(self.0, format!("/v1/wallets/{id}/resume"), Authority::Master).answer().await
    }

    /// Networks that a wallet can be used on.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn networks(&self, id: WalletId) -> Result<WalletNetworksResponse, Error> {
        Call::get(self.0, format!("/v1/wallets/{id}/networks"), Authority::SessionOrMaster).answer().await
    }

    /// Registers the owner's address, as long as no owner has signed for the wallet.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_owner(&self, id: WalletId, request: &SetOwnerRequest) -> Result<WalletOwnerResponse, Error> {
        Call::put(self.0, format!("/v1/wallets/{id}/owner"), Authority::Master).body(request)?.answer().await
    }

    /// The owner proves that it has its key.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn verify_owner(&self, id: WalletId, proof: &OwnerProof) -> Result<OwnerVerifyResponse, Error> {
        Call::post(self.0, format!("/v1/wallets/{id}/owner/verify"), Authority::Owner(proof)).answer().await
    }
}
