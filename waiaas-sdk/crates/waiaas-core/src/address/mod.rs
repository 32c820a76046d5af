//! Addresses, parsed once at the edge. Inside, two addresses are equal exactly when they are the same
//! account, so no trick of letter case passes a list.
//!
//! A new chain adds its file here and its variant to [`Address`]; the compiler then lists every place
//! that must learn about it.

mod evm;

pub use evm::{EvmAddress, EvmAddressError};

use crate::chain::ChainKind;

/// An account, contract or token on some chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Address {
    /// An EVM account or contract.
    Evm(EvmAddress),
}

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not an EVM address.
    #[error(transparent)]
    Evm(#[from] EvmAddressError),
    /// This build has no adapter for the chain.
    #[error("addresses of chain `{0}` are not supported by this build")]
    UnsupportedChain(ChainKind),
}

impl Address {
    /// Reads an address of `chain`. EVM addresses with mixed case must carry a right EIP-55 checksum.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse(chain: ChainKind, text: &str) -> Result<Self, AddressError> {
        match chain {
            ChainKind::Ethereum => Ok(Self::Evm(EvmAddress::parse(text)?)),
            ChainKind::Solana | ChainKind::Ripple => Err(AddressError::UnsupportedChain(chain)),
        }
    }

    /// Reads an address of `chain` from a stored list or rule, without demanding an EIP-55 checksum.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse_any_case(chain: ChainKind, text: &str) -> Result<Self, AddressError> {
        match chain {
            ChainKind::Ethereum => Ok(Self::Evm(EvmAddress::parse_any_case(text)?)),
            ChainKind::Solana | ChainKind::Ripple => Err(AddressError::UnsupportedChain(chain)),
        }
    }

    /// The chain that the address belongs to.
    #[must_use]
    pub const fn chain(&self) -> ChainKind {
        match self {
            Self::Evm(_) => ChainKind::Ethereum,
        }
    }
}

impl core::fmt::Display for Address {
    /// The canonical text: EIP-55 on the EVM.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Evm(address) => address.fmt(f),
        }
    }
}
