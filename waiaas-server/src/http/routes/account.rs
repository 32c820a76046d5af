//! `/v1/wallet`: the address, balances and assets of the session's wallet.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Session, SessionAuth};
use crate::http::present;
use crate::http::route::Route;
use serde::Serialize;
use serde_json::Value;
use waiaas_sdk::core::chain::Network;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::WalletId;
use waiaas_sdk::core::wire::balances::{
    NetworkAssets, NetworkAssetsResult, NetworkBalance, NetworkBalanceResult, NetworkError, WalletAddressResponse,
    WalletAsset, WalletAssetsAllResponse, WalletAssetsResponse, WalletBalanceAllResponse, WalletBalanceResponse,
};
use waiaas_sdk::core::wire::{Components, Schema};
use waiaas_sdk::engine::ports::store::WalletRow;
use waiaas_sdk::engine::services::accounts::Holding;
use waiaas_sdk::engine::services::transactions::resolve_wallet;

const TAG: &str = "Wallet";
const ALL: &str = "all";

pub(super) fn routes() -> Vec<Route> {
    use ErrorCode::{
        ChainError, EnvironmentNetworkMismatch, NetworkRequired, WalletAccessDenied, WalletIdRequired, WalletNotFound,
    };
    let choose = [WalletIdRequired, WalletAccessDenied, WalletNotFound];
    let read = [ChainError, EnvironmentNetworkMismatch, NetworkRequired];
    vec![
        Route::get("/v1/wallet/address", Session, address)
            .tag(TAG)
            .summary("The wallet's address")
            .query::<WalletId>("walletId", "Which wallet, when the session has several.")
            .errors(&choose),
        Route::get("/v1/wallet/balance", Session, balance)
            .tag(TAG)
            .summary("Native balance on one network, or on all with `network=all`")
            .query::<WalletId>("walletId", "Which wallet, when the session has several.")
            .query::<String>("network", "Name or CAIP-2 id, or `all`. EVM wallets must name one.")
            .errors(&choose)
            .errors(&read),
        Route::get("/v1/wallet/assets", Session, assets)
            .tag(TAG)
            .summary("Native coin and tokens that are held, on one network or on all")
            .query::<WalletId>("walletId", "Which wallet, when the session has several.")
            .query::<String>("network", "Name or CAIP-2 id, or `all`. EVM wallets must name one.")
            .errors(&choose)
            .errors(&read),
    ]
}

async fn address(call: Call<SessionAuth>) -> Result<Answer<WalletAddressResponse>, ApiError> {
    let wallet = wallet(&call).await?;
    Ok(Answer::ok(WalletAddressResponse {
        wallet_id: wallet.id,
        chain: wallet.chain,
        network: present::wallet_network(&wallet).to_owned(),
        address: call.app.engine.accounts().address(&wallet)?.to_string(),
        environment: wallet.environment,
    }))
}

async fn balance(call: Call<SessionAuth>) -> Result<Answer<BalanceAnswer>, ApiError> {
    let wallet = wallet(&call).await?;
    let accounts = call.app.engine.accounts();
    if call.query("network") == Some(ALL) {
        let balances = accounts
            .balances(&wallet)
            .await
            .into_iter()
            .map(|(network, reading)| match reading {
                Ok(held) => NetworkBalanceResult::Balance(NetworkBalance {
                    network,
                    balance_formatted: held.amount.to_human(held.decimals),
                    balance: held.amount.to_string(),
                    decimals: held.decimals,
                    symbol: held.symbol,
                }),
                Err(error) => NetworkBalanceResult::Error(NetworkError { network, error: error.message().to_owned() }),
            })
            .collect();
        return Ok(Answer::ok(BalanceAnswer::All(WalletBalanceAllResponse {
            wallet_id: wallet.id,
            chain: wallet.chain,
            environment: wallet.environment,
            balances,
        })));
    }
    let network = accounts.network(&wallet, network(&call)?)?;
    let held = accounts.balance(&wallet, network).await?;
    Ok(Answer::ok(BalanceAnswer::One(WalletBalanceResponse {
        wallet_id: wallet.id,
        chain: wallet.chain,
        network,
        address: accounts.address(&wallet)?.to_string(),
        balance: held.amount.to_string(),
        decimals: held.decimals,
        balance_formatted: Some(held.amount.to_human(held.decimals)),
        symbol: held.symbol,
        display_balance: None,
        display_currency: None,
        chain_id: Some(network.caip2().to_owned()),
        asset_id: Some(held.asset.to_string()),
    })))
}

async fn assets(call: Call<SessionAuth>) -> Result<Answer<AssetsAnswer>, ApiError> {
    let wallet = wallet(&call).await?;
    let accounts = call.app.engine.accounts();
    if call.query("network") == Some(ALL) {
        let network_assets = accounts
            .all_assets(&wallet)
            .await
            .into_iter()
            .map(|(network, reading)| match reading {
                Ok(held) => NetworkAssetsResult::Assets(NetworkAssets {
                    network,
                    assets: held.into_iter().map(asset).collect(),
                }),
                Err(error) => NetworkAssetsResult::Error(NetworkError { network, error: error.message().to_owned() }),
            })
            .collect();
        return Ok(Answer::ok(AssetsAnswer::All(WalletAssetsAllResponse {
            wallet_id: wallet.id,
            chain: wallet.chain,
            environment: wallet.environment,
            network_assets,
        })));
    }
    let network = accounts.network(&wallet, network(&call)?)?;
    let held = accounts.assets(&wallet, network).await?;
    Ok(Answer::ok(AssetsAnswer::One(WalletAssetsResponse {
        wallet_id: wallet.id,
        chain: wallet.chain,
        network,
        assets: held.into_iter().map(asset).collect(),
        display_currency: None,
        chain_id: Some(network.caip2().to_owned()),
    })))
}

fn asset(held: Holding) -> WalletAsset {
    let network = held.asset.network();
    WalletAsset {
        mint: held.asset.token_address().map_or_else(|| "native".to_owned(), |contract| contract.to_string()),
        name: held.symbol.clone(),
        symbol: held.symbol,
        balance: held.amount.to_string(),
        decimals: held.decimals,
        is_native: held.asset.is_native(),
        usd_value: None,
        display_value: None,
        balance_formatted: Some(held.amount.to_human(held.decimals)),
        network,
        chain_id: Some(network.caip2().to_owned()),
        asset_id: Some(held.asset.to_string()),
    }
}

/// The wallet that the request means.
async fn wallet(call: &Call<SessionAuth>) -> Result<WalletRow, ApiError> {
    let named = match call.query_as::<WalletId>("walletId")? {
        Some(id) => Some(id),
        None => call.query_as::<WalletId>("wallet_id")?,
    };
    let id = resolve_wallet(&call.caller.session, named)?;
    Ok(call.app.engine.wallets().get(id).await?)
}

fn network(call: &Call<SessionAuth>) -> Result<Option<Network>, ApiError> {
    call.query("network")
        .map(|text| Network::parse(text).map_err(|error| ApiError::invalid("network", error.to_string())))
        .transpose()
}

/// One network or all of them.
#[derive(Serialize)]
#[serde(untagged)]
enum BalanceAnswer {
    One(WalletBalanceResponse),
    All(WalletBalanceAllResponse),
}

impl Schema for BalanceAnswer {
    fn definition() -> Value {
        serde_json::json!({ "oneOf": [WalletBalanceResponse::reference(), WalletBalanceAllResponse::reference()] })
    }

    fn register(components: &mut Components) {
        WalletBalanceResponse::register(components);
        WalletBalanceAllResponse::register(components);
    }
}

/// One network or all of them.
#[derive(Serialize)]
#[serde(untagged)]
enum AssetsAnswer {
    One(WalletAssetsResponse),
    All(WalletAssetsAllResponse),
}

impl Schema for AssetsAnswer {
    fn definition() -> Value {
        serde_json::json!({ "oneOf": [WalletAssetsResponse::reference(), WalletAssetsAllResponse::reference()] })
    }

    fn register(components: &mut Components) {
        WalletAssetsResponse::register(components);
        WalletAssetsAllResponse::register(components);
    }
}
