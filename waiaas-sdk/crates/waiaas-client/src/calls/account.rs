//! The wallet of a session.

use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use waiaas_core::chain::Network;
use waiaas_core::id::WalletId;
use waiaas_core::wire::balances::{
    WalletAddressResponse, WalletAssetsAllResponse, WalletAssetsResponse, WalletBalanceAllResponse,
    WalletBalanceResponse,
};

/// Calls about the wallet of a session.
#[derive(Clone, Copy, Debug)]
pub struct Account<'c>(pub(crate) &'c Client);

/// Which wallet and network is meant, where a session leaves a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The wallet, when the session has several.
    pub wallet: Option<WalletId>,
    /// The network, where the wallet has several.
    pub network: Option<Network>,
}

impl<'c> Account<'c> {
    /// The address.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn address(&self, wallet: Option<WalletId>) -> Result<WalletAddressResponse, Error> {
        self.get("/v1/wallet/address", wallet).answer().await
    }

    /// The balance of the native coin on one network.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn balance(&self, choice: Choice) -> Result<WalletBalanceResponse, Error> {
        self.get("/v1/wallet/balance", choice.wallet).query("network", choice.network).answer().await
    }

    /// The balances on all networks of the wallet; what cannot be reached is named.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn balances(&self, wallet: Option<WalletId>) -> Result<WalletBalanceAllResponse, Error> {
        self.get("/v1/wallet/balance", wallet).query("network", Some("all")).answer().await
    }

    /// Native coin and tokens on one network.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn assets(&self, choice: Choice) -> Result<WalletAssetsResponse, Error> {
        self.get("/v1/wallet/assets", choice.wallet).query("network", choice.network).answer().await
    }

    /// The same on all networks of the wallet.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn all_assets(&self, wallet: Option<WalletId>) -> Result<WalletAssetsAllResponse, Error> {
        self.get("/v1/wallet/assets", wallet).query("network", Some("all")).answer().await
    }

    fn get(&self, path: &str, wallet: Option<WalletId>) -> Call<'c> {
        Call::get(self.0, path, Authority::Session).query("walletId", wallet)
    }
}
