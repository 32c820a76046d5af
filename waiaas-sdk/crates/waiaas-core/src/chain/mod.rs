//! Chains, networks and assets.
//!
//! To add a network on a known chain, add one row to the table in [`network`]. To add a chain, add a
//! variant to [`ChainKind`], its address file in [`crate::address`], and its networks.

mod asset;
mod currency;
pub mod network;

pub use asset::{AssetId, AssetIdError, AssetKind};
pub use currency::CurrencyCode;
pub use network::{Network, NetworkParseError};

/// A family of networks that share keys, addresses and transaction formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChainKind {
    /// Ed25519 keys, base58 addresses.
    Solana,
    /// Every EVM network: secp256k1 keys, 20-byte addresses. The wire name is `ethereum`.
    Ethereum,
    /// The XRP Ledger. The wire name is `ripple`.
    Ripple,
}

impl ChainKind {
    /// All of them, in the order of the API documentation.
    pub const ALL: [Self; 3] = [Self::Solana, Self::Ethereum, Self::Ripple];

    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Solana => "solana",
            Self::Ethereum => "ethereum",
            Self::Ripple => "ripple",
        }
    }

    /// Reads a wire name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chain| chain.as_str() == text)
    }
}

impl core::fmt::Display for ChainKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether real money is at stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Environment {
    /// Coins without value.
    Testnet,
    /// Real money.
    Mainnet,
}

impl Environment {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Testnet, Self::Mainnet];

    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Testnet => "testnet",
            Self::Mainnet => "mainnet",
        }
    }

    /// Reads a wire name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.as_str() == text)
    }
}

impl core::fmt::Display for Environment {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}
