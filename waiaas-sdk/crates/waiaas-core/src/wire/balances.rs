//! What a wallet holds, and its address.

use super::number::Millionths;
use super::schema::{Components, Schema, one_of, wire_struct};
use crate::chain::{ChainKind, Environment, Network};
use crate::id::WalletId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

wire_struct! {
    /// The address of a wallet.
    read WalletAddressResponse {
        /// The wallet.
        wallet_id: WalletId,
        /// Its chain.
        chain: ChainKind,
        /// The only network of chain and environment, or the name of the chain when there are several.
        network: String,
        /// The address.
        address: String,
        /// Whether real money is at stake.
        environment: Environment,
    }
}

wire_struct! {
    /// Native coins of a wallet on one network.
    read WalletBalanceResponse {
        /// The wallet.
        wallet_id: WalletId,
        /// Its chain.
        chain: ChainKind,
        /// The network.
        network: Network,
        /// The address.
        address: String,
        /// Smallest units.
        balance: String,
        /// Decimal places of the coin.
        decimals: u8,
        /// Ticker of the coin.
        symbol: String,
        /// Whole units.
        balance_formatted: Option<String>,
        /// Value in the display currency; null.
        display_balance: Option<String>,
        /// The display currency; null.
        display_currency: Option<String>,
        /// CAIP-2 id of the network.
        [optional] chain_id: Option<String>,
        /// CAIP-19 id of the coin.
        [optional] asset_id: Option<String>,
    }
}

wire_struct! {
    /// Native coins of a wallet on all its networks.
    read WalletBalanceAllResponse {
        /// The wallet.
        wallet_id: WalletId,
        /// Its chain.
        chain: ChainKind,
        /// Its environment.
        environment: Environment,
        /// One entry per network.
        balances: Vec<NetworkBalanceResult>,
    }
}

wire_struct! {
    /// Native coins on one network.
    read NetworkBalance {
        /// The network.
        network: Network,
        /// Smallest units.
        balance: String,
        /// Decimal places of the coin.
        decimals: u8,
        /// Ticker of the coin.
        symbol: String,
        /// Whole units.
        balance_formatted: String,
    }
}

wire_struct! {
    /// A network that could not be read.
    read NetworkError {
        /// The network.
        network: Network,
        /// Why, for people.
        error: String,
    }
}

wire_struct! {
    /// What a wallet holds on one network.
    read WalletAssetsResponse {
        /// The wallet.
        wallet_id: WalletId,
        /// Its chain.
        chain: ChainKind,
        /// The network.
        network: Network,
        /// The native coin first.
        assets: Vec<WalletAsset>,
        /// The display currency; null.
        display_currency: Option<String>,
        /// CAIP-2 id of the network.
        [optional] chain_id: Option<String>,
    }
}

wire_struct! {
    /// What a wallet holds on all its networks.
    read WalletAssetsAllResponse {
        /// The wallet.
        wallet_id: WalletId,
        /// Its chain.
        chain: ChainKind,
        /// Its environment.
        environment: Environment,
        /// One entry per network.
        network_assets: Vec<NetworkAssetsResult>,
    }
}

wire_struct! {
    /// What a wallet holds on one of its networks.
    read NetworkAssets {
        /// The network.
        network: Network,
        /// The native coin first.
        assets: Vec<WalletAsset>,
    }
}

wire_struct! {
    /// One asset of a wallet.
    read WalletAsset {
        /// Address of the token; `native` for the coin.
        mint: String,
        /// Ticker.
        symbol: String,
        /// Name.
        name: String,
        /// Smallest units.
        balance: String,
        /// Decimal places.
        decimals: u8,
        /// Whether it is the native coin.
        is_native: bool,
        /// Value in US dollars, when a price is known.
        [optional] usd_value: Option<Millionths>,
        /// Value in the display currency; null.
        display_value: Option<String>,
        /// Whole units.
        balance_formatted: Option<String>,
        /// The network.
        network: Network,
        /// CAIP-2 id of the network.
        [optional] chain_id: Option<String>,
        /// CAIP-19 id of the asset.
        [optional] asset_id: Option<String>,
    }
}

/// A network's balance, or why it could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NetworkBalanceResult {
    /// The balance.
    Balance(NetworkBalance),
    /// The failure.
    Error(NetworkError),
}

/// A network's assets, or why they could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NetworkAssetsResult {
    /// The assets.
    Assets(NetworkAssets),
    /// The failure.
    Error(NetworkError),
}

impl Schema for NetworkBalanceResult {
    fn definition() -> Value {
        one_of(vec![NetworkBalance::reference(), NetworkError::reference()])
    }

    fn register(components: &mut Components) {
        NetworkBalance::register(components);
        NetworkError::register(components);
    }
}

impl Schema for NetworkAssetsResult {
    fn definition() -> Value {
        one_of(vec![NetworkAssets::reference(), NetworkError::reference()])
    }

    fn register(components: &mut Components) {
        NetworkAssets::register(components);
        NetworkError::register(components);
    }
}
