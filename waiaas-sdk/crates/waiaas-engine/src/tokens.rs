//! Tokens that every installation knows: address, ticker and decimals per network.
//!
//! The decimals of these are trusted; those of any other token are read from its contract. Source of
//! the rows: `pipeline.md` section 13 of the specification.

use waiaas_core::address::Address;
use waiaas_core::address::EvmAddress;
use waiaas_core::chain::{AssetId, Network};

/// A token that is known without asking the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownToken {
    /// Its asset id.
    pub asset: AssetId,
    /// Ticker.
    pub symbol: &'static str,
    /// Decimal places.
    pub decimals: u8,
}

/// All known tokens of `network`, in table order.
pub fn known_tokens(network: Network) -> impl Iterator<Item = KnownToken> {
    TABLE.iter().filter(move |(row_network, ..)| *row_network == network).filter_map(
        |(network, symbol, address, decimals)| {
            let contract = Address::Evm(EvmAddress::parse_any_case(address).ok()?);
            Some(KnownToken { asset: AssetId::token(*network, &contract)?, symbol, decimals: *decimals })
        },
    )
}

/// The known token behind `asset`.
#[must_use]
pub fn known_token(asset: &AssetId) -> Option<KnownToken> {
    known_tokens(asset.network()).find(|token| token.asset == *asset)
}

type Row = (Network, &'static str, &'static str, u8);

/// The predeployed WETH of OP-stack chains.
const OP_WETH: &str = "0x4200000000000000000000000000000000000006";
/// The PIM test token, at one address on several test networks.
const PIM: &str = "0xFC3e86566895Fb007c6A0d3809eb2827DF94F751";

const TABLE: &[Row] = &[
    (Network::EthereumMainnet, "USDC", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", 6),
    (Network::EthereumMainnet, "USDT", "0xdAC17F958D2ee523a2206206994597C13D831ec7", 6),
    (Network::EthereumMainnet, "WETH", "0xC02aaA39b223FE8D0A0e5c4F27eAD9083C756Cc2", 18),
    (Network::EthereumMainnet, "DAI", "0x6B175474E89094C44Da98b954EedeAC495271d0F", 18),
    (Network::EthereumMainnet, "LINK", "0x514910771AF9Ca656af840dff83E8264EcF986CA", 18),
    (Network::EthereumMainnet, "UNI", "0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984", 18),
    (Network::PolygonMainnet, "USDC", "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", 6),
    (Network::PolygonMainnet, "USDT", "0xc2132D05D31c914a87C6611C10748AEb04B58e8F", 6),
    (Network::PolygonMainnet, "WETH", "0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619", 18),
    (Network::PolygonMainnet, "DAI", "0x8f3Cf7ad23Cd3CaDbD9735AFf958023239c6A063", 18),
    (Network::PolygonMainnet, "WMATIC", "0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270", 18),
    (Network::ArbitrumMainnet, "USDC", "0xaf88d065e77c8cC2239327C5EDb3A432268e5831", 6),
    (Network::ArbitrumMainnet, "USDT", "0xFd086bC7CD5C481DCC9C85ebE478A1C0b69FCbb9", 6),
    (Network::ArbitrumMainnet, "WETH", "0x82aF49447D8a07e3bd95BD0d56f35241523fBab1", 18),
    (Network::ArbitrumMainnet, "DAI", "0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1", 18),
    (Network::ArbitrumMainnet, "ARB", "0x912CE59144191C1204E64559FE8253a0e49E6548", 18),
    (Network::OptimismMainnet, "USDC", "0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85", 6),
    (Network::OptimismMainnet, "USDT", "0x94b008aA00579c1307B0EF2c499aD98a8ce58e58", 6),
    (Network::OptimismMainnet, "WETH", OP_WETH, 18),
    (Network::OptimismMainnet, "DAI", "0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1", 18),
    (Network::OptimismMainnet, "OP", "0x4200000000000000000000000000000000000042", 18),
    (Network::BaseMainnet, "USDC", "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", 6),
    (Network::BaseMainnet, "WETH", OP_WETH, 18),
    (Network::BaseMainnet, "DAI", "0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb", 18),
    (Network::EthereumSepolia, "USDC", "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238", 6),
    (Network::EthereumSepolia, "USDT", "0xaA8E23Fb1079EA71e0a56F48a2aA51851D8433D0", 6),
    (Network::EthereumSepolia, "WETH", "0x7b79995e5f793A07Bc00c21412e50Ecae098E7f9", 18),
    (Network::EthereumSepolia, "DAI", "0xFF34B3d4Aee8ddCd6F9AFFFB6Fe49bD371b8a357", 18),
    (Network::EthereumSepolia, "LINK", "0x779877A7B0D9E8603169DdbD7836e478b4624789", 18),
    (Network::EthereumSepolia, "WBTC", "0x29f2D40B0605204364af54EC677bD022dA425d03", 8),
    (Network::EthereumSepolia, "UNI", "0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984", 18),
    (Network::EthereumSepolia, "AAVE", "0x88541670E55cC00bEEFD87eB59EDd1b7C511AC9a", 18),
    (Network::EthereumSepolia, "GHO", "0xc4bF5CbDaBE595361438F8c6a187bDc330539c60", 18),
    (Network::EthereumSepolia, "EURS", "0x6d906e526a4e2Ca02097BA9d0caA3c382F52278E", 2),
    (Network::EthereumSepolia, "PIM", PIM, 6),
    (Network::PolygonAmoy, "USDC", "0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582", 6),
    (Network::PolygonAmoy, "WETH", "0x52eF3d68BaB452a294342DC3e5f464d7f610f72E", 18),
    (Network::PolygonAmoy, "LINK", "0x0Fd9e8d3aF1aaee056EB9e802c3A762a667b1904", 18),
    (Network::PolygonAmoy, "WPOL", "0x360ad4f9a9A8EFe9A8DCB5f461c4Cc1047E1Dcf9", 18),
    (Network::ArbitrumSepolia, "USDC", "0x75faf114eafb1BDbe2F0316DF893fd58CE46AA4d", 6),
    (Network::ArbitrumSepolia, "WETH", "0x980B62Da83eFf3D4576C647993b0c1D7faf17c73", 18),
    (Network::ArbitrumSepolia, "LINK", "0xb1D4538B4571d411F07960EF2838Ce337FE1E80E", 18),
    (Network::ArbitrumSepolia, "PIM", PIM, 6),
    (Network::OptimismSepolia, "USDC", "0x5fd84259d66Cd46123540766Be93DFE6D43130D7", 6),
    (Network::OptimismSepolia, "WETH", OP_WETH, 18),
    (Network::OptimismSepolia, "LINK", "0xE4aB69C077896252FAFBD49EFD26B5D171A32410", 18),
    (Network::BaseSepolia, "USDC", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", 6),
    (Network::BaseSepolia, "USDT", "0x0a215D8ba66387DCA84B284D18c3B4ec3de6E54a", 6),
    (Network::BaseSepolia, "WETH", OP_WETH, 18),
    (Network::BaseSepolia, "WBTC", "0x54114591963CF60EF3aA63bEfD6eC263D98145a4", 8),
    (Network::BaseSepolia, "LINK", "0xE4aB69C077896252FAFBD49EFD26B5D171A32410", 18),
    (Network::BaseSepolia, "cbETH", "0xD171b9694f7A2597Ed006D41f7509aaD4B485c4B", 18),
    (Network::BaseSepolia, "PIM", PIM, 6),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_parses_and_is_unique() {
        let parsed: Vec<_> = Network::ALL.iter().flat_map(|network| known_tokens(*network)).collect();
        assert_eq!(parsed.len(), TABLE.len());
        let distinct: std::collections::BTreeSet<_> = parsed.iter().map(|token| token.asset).collect();
        assert_eq!(distinct.len(), TABLE.len());
    }
}
