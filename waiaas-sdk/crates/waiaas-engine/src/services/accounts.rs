//! Balances and assets, read from the chain.

use crate::engine::Inner;
use crate::error::EngineError;
use crate::pipeline::s1_validate::resolve_network;
use crate::ports::store::WalletRow;
use crate::tokens::known_tokens;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::error::ErrorCode;
use waiaas_core::money::BaseUnits;
use waiaas_core::policy::{PolicyRow, PolicyType, TokenFact};

/// How much of one asset an account holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The asset.
    pub asset: AssetId,
    /// Ticker.
    pub symbol: String,
    /// Decimal places.
    pub decimals: u8,
    /// Smallest units.
    pub amount: BaseUnits,
}

/// Balances and assets.
#[derive(Clone, Copy)]
pub struct Accounts<'a> {
    pub(crate) inner: &'a Inner,
}

impl Accounts<'_> {
    /// The network that a reading of `wallet` means when `asked` names none.
    ///
    /// # Errors
    /// `NETWORK_REQUIRED`, `ENVIRONMENT_NETWORK_MISMATCH`, `ACTION_VALIDATION_FAILED`.
    pub fn network(&self, wallet: &WalletRow, asked: Option<Network>) -> Result<Network, EngineError> {
        resolve_network(wallet, asked)
    }

    /// The address of a wallet, whatever its status.
    ///
    /// # Errors
    /// `WALLET_NOT_FOUND` when it has no key.
    pub fn address(&self, wallet: &WalletRow) -> Result<Address, EngineError> {
        wallet.address.ok_or_else(|| EngineError::new(ErrorCode::WalletNotFound, "the wallet has no key"))
    }

    /// Decimal places and ticker of an asset, as far as they are at hand or the chain tells them now.
    pub async fn unit(&self, asset: &AssetId) -> Option<(u8, String)> {
        let network = asset.network();
        match asset.token_address() {
            None => Some((network.native_decimals(), network.native_symbol().to_owned())),
            Some(contract) => {
                let fact = self.inner.token_fact(network, &contract).await.ok()??;
                Some((fact.decimals, fact.symbol))
            }
        }
    }

    /// Native balance.
    ///
    /// # Errors
    /// `CHAIN_ERROR`.
    pub async fn balance(&self, wallet: &WalletRow, network: Network) -> Result<Holding, EngineError> {
        let address = self.address(wallet)?;
        let amount = self.inner.chain(network)?.native_balance(&address).await?;
        Ok(Holding {
            asset: network.native_asset(),
            symbol: network.native_symbol().to_owned(),
            decimals: network.native_decimals(),
            amount,
        })
    }

    /// Native balance on every network of the wallet; a network that fails does not spoil the others.
    pub async fn balances(&self, wallet: &WalletRow) -> Vec<(Network, Result<Holding, EngineError>)> {
        let networks: Vec<_> = Network::of(wallet.chain, wallet.environment).collect();
        let readings = networks.iter().map(|network| self.balance(wallet, *network));
        let results = join_all(readings).await;
        networks.into_iter().zip(results).collect()
    }

    /// The native coin and every token that is held: tokens of the built-in table and of ALLOWED_TOKENS
    /// policies in scope. Native first, then by amount descending, then by ticker.
    ///
    /// # Errors
    /// `CHAIN_ERROR`.
    pub async fn assets(&self, wallet: &WalletRow, network: Network) -> Result<Vec<Holding>, EngineError> {
        let native = self.balance(wallet, network).await?;
        let tokens = self.tokens_of_interest(wallet, network).await?;
        let address = self.address(wallet)?;
        let contracts: Vec<_> = tokens.keys().filter_map(AssetId::token_address).collect();
        let amounts = self.inner.chain(network)?.token_balances(&address, &contracts).await?;
        let mut held: Vec<_> = tokens
            .into_iter()
            .zip(amounts)
            .filter_map(|((asset, fact), amount)| {
                let amount = amount.filter(|amount| !amount.is_zero())?;
                Some(Holding { asset, symbol: fact.symbol, decimals: fact.decimals, amount })
            })
            .collect();
        held.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.symbol.cmp(&b.symbol)));
        held.insert(0, native);
        Ok(held)
    }

    /// Assets on every network of the wallet.
    pub async fn all_assets(&self, wallet: &WalletRow) -> Vec<(Network, Result<Vec<Holding>, EngineError>)> {
        let networks: Vec<_> = Network::of(wallet.chain, wallet.environment).collect();
        let readings = networks.iter().map(|network| self.assets(wallet, *network));
        let results = join_all(readings).await;
        networks.into_iter().zip(results).collect()
    }

    async fn tokens_of_interest(
        &self,
        wallet: &WalletRow,
        network: Network,
    ) -> Result<BTreeMap<AssetId, TokenFact>, EngineError> {
        let mut tokens: BTreeMap<_, _> = known_tokens(network)
            .map(|token| (token.asset, TokenFact { decimals: token.decimals, symbol: token.symbol.to_owned() }))
            .collect();
        let snapshot = self.inner.store.policy_snapshot().await?;
        let in_scope = snapshot.rows.iter().filter(|row| {
            row.enabled
                && row.policy_type == PolicyType::AllowedTokens
                && row.wallet.is_none_or(|id| id == wallet.id)
                && row.network.is_none_or(|scope| scope == network)
        });
        for asset in in_scope.flat_map(|row| listed_tokens(row, network)) {
            if let Some(contract) = asset.token_address()
                && !tokens.contains_key(&asset)
                && let Some(fact) = self.inner.token_fact(network, &contract).await?
            {
                tokens.insert(asset, fact);
            }
        }
        Ok(tokens)
    }
}

/// The tokens that an ALLOWED_TOKENS row lists on `network`. Entries that cannot be read are skipped: this
/// only decides which balances are looked up.
fn listed_tokens(row: &PolicyRow, network: Network) -> Vec<AssetId> {
    let rules: serde_json::Value = serde_json::from_str(&row.rules).unwrap_or_default();
    let entries = rules.get("tokens").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| {
            let text = |name: &str| entry.get(name).and_then(serde_json::Value::as_str);
            if let Some(asset) = text("assetId").and_then(|id| AssetId::parse(id).ok()) {
                return (asset.network() == network).then_some(asset);
            }
            let contract = Address::parse_any_case(network.chain(), text("address")?).ok()?;
            AssetId::token(network, &contract)
        })
        .collect()
}
