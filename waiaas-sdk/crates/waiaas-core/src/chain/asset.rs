//! Assets, named by CAIP-19.

use super::Network;
use crate::address::{Address, EvmAddress};

/// One asset on one network. Equal ids mean the same asset: the reference is stored parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId {
    network: Network,
    kind: AssetKind,
}

/// What an asset is on its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AssetKind {
    /// The native coin.
    Native,
    /// An ERC-20 contract.
    Erc20(EvmAddress),
}

/// The text names no asset that this build knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a CAIP-19 asset id such as `eip155:1/slip44:60` or `eip155:1/erc20:0x…`")]
pub struct AssetIdError;

impl AssetId {
    /// The native coin of `network`.
    #[must_use]
    pub const fn native(network: Network) -> Self {
        Self { network, kind: AssetKind::Native }
    }

    /// The fungible token that lives at `address` on `network`; `None` when the two do not belong together.
    #[must_use]
    pub fn token(network: Network, address: &Address) -> Option<Self> {
        match address {
            Address::Evm(contract) if network.evm_chain_id().is_some() => {
                Some(Self { network, kind: AssetKind::Erc20(*contract) })
            }
            Address::Evm(_) => None,
        }
    }

    /// The network that the asset lives on.
    #[must_use]
    pub const fn network(&self) -> Network {
        self.network
    }

    /// What it is there.
    #[must_use]
    pub const fn kind(&self) -> AssetKind {
        self.kind
    }

    /// Whether it is the native coin.
    #[must_use]
    pub const fn is_native(&self) -> bool {
        matches!(self.kind, AssetKind::Native)
    }

    /// The token contract; `None` for the native coin.
    #[must_use]
    pub const fn token_address(&self) -> Option<Address> {
        match self.kind {
            AssetKind::Native => None,
            AssetKind::Erc20(contract) => Some(Address::Evm(contract)),
        }
    }

    /// Reads CAIP-19 text. The chain must be one of ours and, for a native coin, carry its own coin type.
    ///
    /// # Errors
    /// [`AssetIdError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, AssetIdError> {
        let (chain, asset) = text.split_once('/').ok_or(AssetIdError)?;
        let (namespace, reference) = asset.split_once(':').ok_or(AssetIdError)?;
        let network = Network::ALL.iter().copied().find(|network| network.caip2() == chain).ok_or(AssetIdError)?;
        match namespace {
            "slip44" if reference == network.slip44().to_string() => Ok(Self::native(network)),
            "erc20" if network.evm_chain_id().is_some() => {
                // CAIP-19 references of eip155 are compared without case, so a checksum is not demanded here.
                let contract = EvmAddress::parse_any_case(reference).map_err(|_| AssetIdError)?;
                Ok(Self { network, kind: AssetKind::Erc20(contract) })
            }
            _ => Err(AssetIdError),
        }
    }

    /// Whether the text has the form of a CAIP-19 id, also of a chain or namespace that this build does
    /// not know: `chain_namespace:reference/asset_namespace:reference` with the alphabets and lengths of
    /// CAIP-2 and CAIP-19.
    #[must_use]
    pub fn has_caip19_syntax(text: &str) -> bool {
        let part = |text: &str, lengths: core::ops::RangeInclusive<usize>, allowed: fn(u8) -> bool| {
            lengths.contains(&text.len()) && text.bytes().all(allowed)
        };
        let namespace = |byte: u8| byte == b'-' || byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let chain_reference = |byte: u8| byte == b'-' || byte == b'_' || byte.is_ascii_alphanumeric();
        let asset_reference = |byte: u8| matches!(byte, b'-' | b'.' | b'%') || byte.is_ascii_alphanumeric();
        let Some((chain, asset)) = text.split_once('/') else { return false };
        let (Some(chain), Some(asset)) = (chain.split_once(':'), asset.split_once(':')) else { return false };
        part(chain.0, 3..=8, namespace)
            && part(chain.1, 1..=32, chain_reference)
            && part(asset.0, 3..=8, namespace)
            && part(asset.1, 1..=128, asset_reference)
    }
}

impl core::fmt::Display for AssetId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.kind {
            AssetKind::Native => write!(f, "{}/slip44:{}", self.network.caip2(), self.network.slip44()),
            AssetKind::Erc20(contract) => write!(f, "{}/erc20:{}", self.network.caip2(), contract.to_lower_hex()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_in_lower_case() {
        for text in
            ["eip155:1/slip44:60", "eip155:137/slip44:966", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:501"]
        {
            assert_eq!(AssetId::parse(text).unwrap().to_string(), text);
        }
        let usdc = AssetId::parse("eip155:1/erc20:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48").unwrap();
        assert_eq!(usdc.to_string(), "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48");
    }

    #[test]
    fn syntax_is_wider_than_knowledge() {
        for text in ["eip155:1/slip44:60", "eip155:56/erc20:0xAb", "xrpl:0/token:USD.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B"]
        {
            assert!(AssetId::has_caip19_syntax(text), "{text}");
        }
        for text in [
            "",
            "USDC",
            "eip155:1",
            "eip155:1/erc20",
            "eip155:1/erc20:",
            "EIP155:1/erc20:0x",
            "a:1/erc20:0x",
            "eip155:1/erc20:a/b",
        ] {
            assert!(!AssetId::has_caip19_syntax(text), "{text}");
        }
    }

    #[test]
    fn foreign_coin_types_and_chains_are_refused() {
        for text in [
            "eip155:137/slip44:60",
            "eip155:5/slip44:60",
            "eip155:1",
            "eip155:1/erc20:0x12",
            "eip155:1/erc721:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
        ] {
            assert_eq!(AssetId::parse(text), Err(AssetIdError), "{text}");
        }
    }
}
