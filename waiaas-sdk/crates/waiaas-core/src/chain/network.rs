//! The table of networks: one row each, and everything that is derived from it.
//!
//! Source of the rows: `pipeline.md` section 2 of the specification; CAIP-2 namespaces `eip155`,
//! `solana` (first 32 characters of the genesis hash) and `xrpl`; coin types from SLIP-0044.

use super::{AssetId, ChainKind, Environment};

macro_rules! networks {
    ($($variant:ident {
        name: $name:literal, display: $display:literal, chain: $chain:ident, environment: $environment:ident,
        caip2: $caip2:literal, evm_chain_id: $chain_id:expr, symbol: $symbol:literal, decimals: $decimals:literal,
        slip44: $slip44:literal, rpc_key: $rpc_key:literal, rpc: $rpc:literal, explorer: $explorer:expr,
    })*) => {
        /// One of the networks that the service knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Network {
            $(#[doc = $display] $variant,)*
        }

        impl Network {
            /// All networks, in table order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            const fn row(self) -> Row {
                match self {
                    $(Self::$variant => Row {
                        name: $name, display: $display, chain: ChainKind::$chain,
                        environment: Environment::$environment, caip2: $caip2, evm_chain_id: $chain_id,
                        symbol: $symbol, decimals: $decimals, slip44: $slip44, rpc_key: $rpc_key,
                        rpc: $rpc, explorer: $explorer,
                    },)*
                }
            }
        }
    };
}

struct Row {
    name: &'static str,
    display: &'static str,
    chain: ChainKind,
    environment: Environment,
    caip2: &'static str,
    evm_chain_id: Option<u64>,
    symbol: &'static str,
    decimals: u8,
    slip44: u32,
    rpc_key: &'static str,
    rpc: &'static str,
    /// Transaction page with `{}` in place of the hash.
    explorer: Option<&'static str>,
}

networks! {
    SolanaMainnet { name: "solana-mainnet", display: "Solana Mainnet", chain: Solana, environment: Mainnet,
        caip2: "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", evm_chain_id: None, symbol: "SOL", decimals: 9, slip44: 501,
        rpc_key: "solana_mainnet", rpc: "https://api.mainnet-beta.solana.com", explorer: Some("https://solscan.io/tx/{}"), }
    SolanaDevnet { name: "solana-devnet", display: "Solana Devnet", chain: Solana, environment: Testnet,
        caip2: "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1", evm_chain_id: None, symbol: "SOL", decimals: 9, slip44: 501,
        rpc_key: "solana_devnet", rpc: "https://api.devnet.solana.com", explorer: Some("https://solscan.io/tx/{}?cluster=devnet"), }
    SolanaTestnet { name: "solana-testnet", display: "Solana Testnet", chain: Solana, environment: Testnet,
        caip2: "solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z", evm_chain_id: None, symbol: "SOL", decimals: 9, slip44: 501,
        rpc_key: "solana_testnet", rpc: "https://api.testnet.solana.com", explorer: Some("https://solscan.io/tx/{}?cluster=testnet"), }
    EthereumMainnet { name: "ethereum-mainnet", display: "Ethereum Mainnet", chain: Ethereum, environment: Mainnet,
        caip2: "eip155:1", evm_chain_id: Some(1), symbol: "ETH", decimals: 18, slip44: 60,
        rpc_key: "evm_ethereum_mainnet", rpc: "https://eth.drpc.org", explorer: Some("https://etherscan.io/tx/{}"), }
    EthereumSepolia { name: "ethereum-sepolia", display: "Ethereum Sepolia", chain: Ethereum, environment: Testnet,
        caip2: "eip155:11155111", evm_chain_id: Some(11_155_111), symbol: "ETH", decimals: 18, slip44: 60,
        rpc_key: "evm_ethereum_sepolia", rpc: "https://sepolia.drpc.org", explorer: Some("https://sepolia.etherscan.io/tx/{}"), }
    PolygonMainnet { name: "polygon-mainnet", display: "Polygon Mainnet", chain: Ethereum, environment: Mainnet,
        caip2: "eip155:137", evm_chain_id: Some(137), symbol: "POL", decimals: 18, slip44: 966,
        rpc_key: "evm_polygon_mainnet", rpc: "https://polygon.drpc.org", explorer: Some("https://polygonscan.com/tx/{}"), }
    PolygonAmoy { name: "polygon-amoy", display: "Polygon Amoy", chain: Ethereum, environment: Testnet,
        caip2: "eip155:80002", evm_chain_id: Some(80_002), symbol: "POL", decimals: 18, slip44: 966,
        rpc_key: "evm_polygon_amoy", rpc: "https://polygon-amoy.drpc.org", explorer: Some("https://amoy.polygonscan.com/tx/{}"), }
    ArbitrumMainnet { name: "arbitrum-mainnet", display: "Arbitrum Mainnet", chain: Ethereum, environment: Mainnet,
        caip2: "eip155:42161", evm_chain_id: Some(42_161), symbol: "ETH", decimals: 18, slip44: 60,
        rpc_key: "evm_arbitrum_mainnet", rpc: "https://arbitrum.drpc.org", explorer: Some("https://arbiscan.io/tx/{}"), }
    ArbitrumSepolia { name: "arbitrum-sepolia", display: "Arbitrum Sepolia", chain: Ethereum, environment: Testnet,
        caip2: "eip155:421614", evm_chain_id: Some(421_614), symbol: "ETH", decimals: 18, slip44: 60,
        rpc_key: "evm_arbitrum_sepolia", rpc: "https://arbitrum-sepolia.drpc.org", explorer: Some("https://sepolia.arbiscan.io/tx/{}"), }
    OptimismMainnet { name: "optimism-mainnet", display: "Optimism Mainnet", chain: Ethereum, environment: Mainnet,
        caip2: "eip155:10", evm_chain_id: Some(10), symbol: "ETH", decimals: 18, slip44: 60,
        rpc_key: "evm_optimism_mainnet", rpc: "https://optimism.drpc.org", explorer: Some("https://optimistic.etherscan.io/tx/{}"), }
    OptimismSepolia { name: "optimism-sepolia", display: "Optimism Sepolia", chain: Ethereum, environment: Testnet,
        caip2: "eip155:11155420", evm_chain_id: Some(11_155_420), symbol: "ETH", decimals: 18, slip44: 60,
        rpc_key: "evm_optimism_sepolia", rpc: "https://optimism-sepolia.drpc.org", explorer: Some("https://sepolia-optimism.etherscan.io/tx/{}"), }
    BaseMainnet { name: "base-mainnet", display: "Base Mainnet", chain: Ethereum, environment: Mainnet,
        caip2: "eip155:8453", evm_chain_id: Some(8_453), symbol: "ETH", decimals: 18, slip44: 60,
        rpc_key: "evm_base_mainnet", rpc: "https://base.drpc.org", explorer: Some("https://basescan.org/tx/{}"), }
    BaseSepolia { name: "base-sepolia", display: "Base Sepolia", chain: Ethereum, environment: Testnet,
        caip2: "eip155:84532", evm_chain_id: Some(84_532), symbol: "ETH", decimals: 18, slip44: 60,
        rpc_key: "evm_base_sepolia", rpc: "https://base-sepolia.drpc.org", explorer: Some("https://sepolia.basescan.org/tx/{}"), }
    HyperevmMainnet { name: "hyperevm-mainnet", display: "HyperEVM Mainnet", chain: Ethereum, environment: Mainnet,
        caip2: "eip155:999", evm_chain_id: Some(999), symbol: "HYPE", decimals: 18, slip44: 999,
        rpc_key: "evm_hyperevm_mainnet", rpc: "https://rpc.hyperliquid.xyz/evm", explorer: None, }
    HyperevmTestnet { name: "hyperevm-testnet", display: "HyperEVM Testnet", chain: Ethereum, environment: Testnet,
        caip2: "eip155:998", evm_chain_id: Some(998), symbol: "HYPE", decimals: 18, slip44: 999,
        rpc_key: "evm_hyperevm_testnet", rpc: "https://rpc.hyperliquid-testnet.xyz/evm", explorer: None, }
    XrplMainnet { name: "xrpl-mainnet", display: "XRPL Mainnet", chain: Ripple, environment: Mainnet,
        caip2: "xrpl:0", evm_chain_id: None, symbol: "XRP", decimals: 6, slip44: 144,
        rpc_key: "xrpl_mainnet", rpc: "wss://xrplcluster.com", explorer: None, }
    XrplTestnet { name: "xrpl-testnet", display: "XRPL Testnet", chain: Ripple, environment: Testnet,
        caip2: "xrpl:1", evm_chain_id: None, symbol: "XRP", decimals: 6, slip44: 144,
        rpc_key: "xrpl_testnet", rpc: "wss://s.altnet.rippletest.net:51233", explorer: None, }
    XrplDevnet { name: "xrpl-devnet", display: "XRPL Devnet", chain: Ripple, environment: Testnet,
        caip2: "xrpl:2", evm_chain_id: None, symbol: "XRP", decimals: 6, slip44: 144,
        rpc_key: "xrpl_devnet", rpc: "wss://s.devnet.rippletest.net:51233", explorer: None, }
}

/// The text names no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown network: expected a name such as `ethereum-sepolia` or a CAIP-2 id such as `eip155:11155111`")]
pub struct NetworkParseError;

impl Network {
    /// The canonical name, for example `ethereum-sepolia`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The name for people, for example `Ethereum Sepolia`.
    #[must_use]
    pub const fn display_name(self) -> &'static str {
        self.row().display
    }

    /// The family that the network belongs to.
    #[must_use]
    pub const fn chain(self) -> ChainKind {
        self.row().chain
    }

    /// Whether it carries real money.
    #[must_use]
    pub const fn environment(self) -> Environment {
        self.row().environment
    }

    /// The CAIP-2 chain id, for example `eip155:11155111`.
    #[must_use]
    pub const fn caip2(self) -> &'static str {
        self.row().caip2
    }

    /// The EIP-155 chain id; `None` off the EVM.
    #[must_use]
    pub const fn evm_chain_id(self) -> Option<u64> {
        self.row().evm_chain_id
    }

    /// Ticker of the native coin.
    #[must_use]
    pub const fn native_symbol(self) -> &'static str {
        self.row().symbol
    }

    /// Decimal places of the native coin.
    #[must_use]
    pub const fn native_decimals(self) -> u8 {
        self.row().decimals
    }

    /// SLIP-0044 coin type of the native coin.
    #[must_use]
    pub const fn slip44(self) -> u32 {
        self.row().slip44
    }

    /// The native coin.
    #[must_use]
    pub const fn native_asset(self) -> AssetId {
        AssetId::native(self)
    }

    /// Key of the endpoint in section `[rpc]` of the configuration file.
    #[must_use]
    pub const fn rpc_key(self) -> &'static str {
        self.row().rpc_key
    }

    /// The endpoint that is used when the operator names none.
    #[must_use]
    pub const fn default_rpc(self) -> &'static str {
        self.row().rpc
    }

    /// The page of transaction `hash` in a public explorer, when there is one.
    #[must_use]
    pub fn explorer_tx(self, hash: &str) -> Option<String> {
        self.row().explorer.map(|page| page.replace("{}", hash))
    }

    /// Reads a canonical name, a CAIP-2 id, or one of the deprecated bare names `mainnet`, `devnet`
    /// and `testnet`, which mean Solana.
    ///
    /// # Errors
    /// [`NetworkParseError`] for anything else. Case matters.
    pub fn parse(text: &str) -> Result<Self, NetworkParseError> {
        match text {
            "mainnet" => return Ok(Self::SolanaMainnet),
            "devnet" => return Ok(Self::SolanaDevnet),
            "testnet" => return Ok(Self::SolanaTestnet),
            _ => {}
        }
        Self::ALL
            .iter()
            .copied()
            .find(|network| network.as_str() == text || network.caip2() == text)
            .ok_or(NetworkParseError)
    }

    /// The network with this EIP-155 chain id.
    #[must_use]
    pub fn from_evm_chain_id(chain_id: u64) -> Option<Self> {
        Self::ALL.iter().copied().find(|network| network.evm_chain_id() == Some(chain_id))
    }

    /// The networks of a wallet, in table order.
    pub fn of(chain: ChainKind, environment: Environment) -> impl Iterator<Item = Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(move |network| network.chain() == chain && network.environment() == environment)
    }

    /// The network that a request means when it names none; `None` where it must name one.
    ///
    /// Solana and the XRP Ledger's main net have one; every EVM pair and the XRP test nets do not
    /// (`pipeline.md` section 2).
    #[must_use]
    pub const fn single(chain: ChainKind, environment: Environment) -> Option<Self> {
        match (chain, environment) {
            (ChainKind::Solana, Environment::Mainnet) => Some(Self::SolanaMainnet),
            (ChainKind::Solana, Environment::Testnet) => Some(Self::SolanaDevnet),
            (ChainKind::Ripple, Environment::Mainnet) => Some(Self::XrplMainnet),
            (ChainKind::Ripple, Environment::Testnet) | (ChainKind::Ethereum, _) => None,
        }
    }
}

impl core::fmt::Display for Network {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn eighteen_networks_with_distinct_names() {
        assert_eq!(Network::ALL.len(), 18);
        for text in [Network::as_str, Network::caip2, Network::rpc_key] {
            let distinct: HashSet<_> = Network::ALL.iter().map(|network| text(*network)).collect();
            assert_eq!(distinct.len(), 18);
        }
    }

    #[test]
    fn every_spelling_is_read() {
        for network in Network::ALL {
            assert_eq!(Network::parse(network.as_str()), Ok(*network));
            assert_eq!(Network::parse(network.caip2()), Ok(*network));
            if let Some(id) = network.evm_chain_id() {
                assert_eq!(network.caip2(), format!("eip155:{id}"));
                assert_eq!(Network::from_evm_chain_id(id), Some(*network));
            }
        }
        assert_eq!(Network::parse("devnet"), Ok(Network::SolanaDevnet));
        assert_eq!(Network::parse("Ethereum-Mainnet"), Err(NetworkParseError));
    }

    #[test]
    fn evm_wallets_must_name_a_network() {
        assert_eq!(Network::single(ChainKind::Ethereum, Environment::Testnet), None);
        assert_eq!(Network::single(ChainKind::Solana, Environment::Testnet), Some(Network::SolanaDevnet));
        assert_eq!(Network::of(ChainKind::Ethereum, Environment::Mainnet).count(), 6);
    }
}
