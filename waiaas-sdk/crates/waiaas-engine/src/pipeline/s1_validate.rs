//! Stage 1, validate: from a parsed request to exact effects, with everything a decision needs to know.

use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::prices::Quote;
use crate::ports::store::WalletRow;
use std::collections::{BTreeMap, BTreeSet};
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::error::ErrorCode;
use waiaas_core::policy::{PriceFact, TokenFact};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Effects, Operation, ResolveError, Tx, TxRequest};
use waiaas_core::wallet::WalletStatus;

/// A request whose amounts, tokens and network are exact.
#[derive(Clone, Debug)]
pub(crate) struct Validated {
    pub(crate) wallet: WalletRow,
    pub(crate) network: Network,
    pub(crate) tx: Tx,
    pub(crate) effects: Effects,
    pub(crate) market: Market,
}

/// Prices and token facts at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) tokens: BTreeMap<AssetId, TokenFact>,
    pub(crate) prices: BTreeMap<AssetId, PriceFact>,
    pub(crate) quotes: BTreeMap<AssetId, Quote>,
    pub(crate) now: UnixMillis,
}

impl Inner {
    /// Runs the stage.
    pub(crate) async fn validate(
        &self,
        wallet: WalletRow,
        network: Option<Network>,
        request: TxRequest,
    ) -> Result<Validated, EngineError> {
        usable(&wallet)?;
        let network = resolve_network(&wallet, network)?;
        self.chain(network)?;
        let token = match request.token() {
            Some(token) => {
                let fact = self.token_fact(network, &token.address).await?;
                Some(fact.ok_or_else(|| {
                    EngineError::invalid(
                        "token.address",
                        format!("no token contract answers at {} on {network}", token.address),
                    )
                })?)
            }
            None => None,
        };
        let tx = Tx::resolve(request, network, token.as_ref()).map_err(|error| {
            let refusal = EngineError::invalid(error.field(), error.to_string());
            match error {
                ResolveError::DecimalsMismatch { .. } => refusal.with_detail("reasonCode", "TOKEN_DECIMALS_MISMATCH"),
                _ => refusal,
            }
        })?;
        let effects = tx.effects(network);
        let market = self.market(&effects).await?;
        Ok(Validated { wallet, network, tx, effects, market })
    }

    /// Facts about every asset that `effects` touch, as of now.
    pub(crate) async fn market(&self, effects: &Effects) -> Result<Market, EngineError> {
        let assets = assets_of(effects);
        let mut tokens = BTreeMap::new();
        for asset in &assets {
            if let Some(contract) = asset.token_address() {
                // A contract that does not say its decimals stays unknown, and an unknown token is an
                // unpriced one: the policy decides, on the strict side.
                if let Some(fact) = self.token_fact(asset.network(), &contract).await? {
                    tokens.insert(*asset, fact);
                }
            }
        }
        let assets: Vec<_> = assets.into_iter().collect();
        let now = self.clock.now();
        let quotes = self.prices.quotes(&assets, now).await;
        let prices = quotes.iter().map(|(asset, quote)| (*asset, quote.fact)).collect();
        Ok(Market { tokens, prices, quotes, now })
    }
}

/// Every asset whose price and decimals a decision about `effects` may ask for.
pub(crate) fn assets_of(effects: &Effects) -> BTreeSet<AssetId> {
    let asset = |operation: &Operation| match operation {
        Operation::NativeTransfer { .. } => Some(effects.network.native_asset()),
        Operation::TokenTransfer { asset, .. } | Operation::Approval { asset, .. } => Some(*asset),
        Operation::ContractCall { .. } | Operation::NftTransfer { .. } | Operation::Deployment => None,
    };
    effects.operations.iter().filter_map(asset).collect()
}

/// Whether the wallet may be used at all.
pub(crate) fn usable(wallet: &WalletRow) -> Result<Address, EngineError> {
    match (wallet.status, wallet.address) {
        (WalletStatus::Active, Some(address)) => Ok(address),
        (WalletStatus::Suspended, _) => Err(EngineError::new(
            ErrorCode::WalletSuspended,
            "the wallet is suspended; an operator must resume it before anything is signed",
        )
        .with_detail("reason", wallet.suspension_reason.clone().unwrap_or_default())),
        (WalletStatus::Terminated, _) => {
            Err(EngineError::new(ErrorCode::WalletTerminated, "the wallet was terminated"))
        }
        (WalletStatus::Creating | WalletStatus::Active, _) => {
            Err(EngineError::new(ErrorCode::WalletNotFound, "no such wallet"))
        }
    }
}

/// The network that a request on `wallet` means.
pub(crate) fn resolve_network(wallet: &WalletRow, asked: Option<Network>) -> Result<Network, EngineError> {
    let network = asked.or_else(|| Network::single(wallet.chain, wallet.environment)).ok_or_else(|| {
        let choices: Vec<_> = Network::of(wallet.chain, wallet.environment).map(Network::as_str).collect();
        EngineError::new(ErrorCode::NetworkRequired, format!("name a network; this wallet has: {}", choices.join(", ")))
            .with_detail("availableNetworks", choices)
    })?;
    if network.chain() != wallet.chain {
        return Err(EngineError::invalid(
            "network",
            format!("`{network}` is not a network of chain `{}`, which the wallet is on", wallet.chain),
        ));
    }
    if network.environment() != wallet.environment {
        return Err(EngineError::new(
            ErrorCode::EnvironmentNetworkMismatch,
            format!("`{network}` is a {} network, the wallet is for {}", network.environment(), wallet.environment),
        ));
    }
    Ok(network)
}
