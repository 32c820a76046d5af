//! Addresses, parsed once at the edge. Inside, two addresses are equal exactly when they are the same
//! account, so no trick of letter case passes a list.
//!
//! A new chain adds its file here and its variant to [`Address`]; the compiler then lists every place
//! that must learn about it. That an address can be read does not mean that its chain can be executed: which
//! chains have an adapter is decided where wallets are made and where requests are read.

/// Order and hash of an address by whole words. Every evaluation looks addresses up, and comparing byte by byte is a call
/// into the system's library each time.
macro_rules! order_by_words {
    ($Address:ident) => {
        impl $Address {
            /// The bytes in words, most significant first, ordered like the bytes. (Every kind has a multiple of four.)
            #[inline]
            fn words(&self) -> impl Iterator<Item = u64> {
                let (words, rest) = self.0.as_chunks::<8>();
                let rest = rest.first_chunk::<4>().map(|rest| u64::from(u32::from_be_bytes(*rest)));
                words.iter().map(|word| u64::from_be_bytes(*word)).chain(rest)
            }
        }

        impl Ord for $Address {
            #[inline]
            fn cmp(&self, other: &Self) -> core::cmp::Ordering {
                self.words().cmp(other.words())
            }
        }

        impl PartialOrd for $Address {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl core::hash::Hash for $Address {
            #[inline]
            fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
                self.words().for_each(|word| state.write_u64(word));
            }
        }
    };
}
use order_by_words;

mod evm;
mod solana;
mod xrpl;

pub use evm::{EvmAddress, EvmAddressError};
pub use solana::{SolanaAddress, SolanaAddressError};
pub use xrpl::{XrplAddress, XrplAddressError};

use crate::chain::ChainKind;

/// An account, contract or token on some chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Address {
    /// An EVM account or contract.
    Evm(EvmAddress),
    /// A Solana account, program or mint.
    Solana(SolanaAddress),
    /// An account of the XRP Ledger.
    Xrpl(XrplAddress),
}

/// Why an address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not an EVM address.
    #[error(transparent)]
    Evm(#[from] EvmAddressError),
    /// Not a Solana address.
    #[error(transparent)]
    Solana(#[from] SolanaAddressError),
    /// Not an address of the XRP Ledger.
    #[error(transparent)]
    Xrpl(#[from] XrplAddressError),
}

impl Address {
    /// Reads an address of `chain`. EVM addresses with mixed case must carry a right EIP-55 checksum.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse(chain: ChainKind, text: &str) -> Result<Self, AddressError> {
        match chain {
            ChainKind::Ethereum => Ok(Self::Evm(EvmAddress::parse(text)?)),
            ChainKind::Solana | ChainKind::Ripple => Self::parse_any_case(chain, text),
        }
    }

    /// Reads an address of `chain` from a stored list or rule, without demanding an EIP-55 checksum. Off the EVM
    /// letter case is part of the address, so there it reads what [`Address::parse`] reads.
    ///
    /// # Errors
    /// See [`AddressError`].
    pub fn parse_any_case(chain: ChainKind, text: &str) -> Result<Self, AddressError> {
        match chain {
            ChainKind::Ethereum => Ok(Self::Evm(EvmAddress::parse_any_case(text)?)),
            ChainKind::Solana => Ok(Self::Solana(SolanaAddress::parse(text)?)),
            ChainKind::Ripple => Ok(Self::Xrpl(XrplAddress::parse(text)?)),
        }
    }

    /// The address as bytes: 20 on the EVM and the XRP Ledger, 32 on Solana.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Evm(address) => address.as_bytes(),
            Self::Solana(address) => address.as_bytes(),
            Self::Xrpl(address) => address.as_bytes(),
        }
    }

    /// The address of `chain` with these bytes; `None` when there are more or fewer than its addresses have.
    #[must_use]
    pub fn from_bytes(chain: ChainKind, bytes: &[u8]) -> Option<Self> {
        match chain {
            ChainKind::Ethereum => Some(Self::Evm(EvmAddress::from_bytes(bytes.try_into().ok()?))),
            ChainKind::Solana => Some(Self::Solana(SolanaAddress::from_bytes(bytes.try_into().ok()?))),
            ChainKind::Ripple => Some(Self::Xrpl(XrplAddress::from_bytes(bytes.try_into().ok()?))),
        }
    }

    /// The chain that the address belongs to.
    #[must_use]
    pub const fn chain(&self) -> ChainKind {
        match self {
            Self::Evm(_) => ChainKind::Ethereum,
            Self::Solana(_) => ChainKind::Solana,
            Self::Xrpl(_) => ChainKind::Ripple,
        }
    }
}

impl core::fmt::Display for Address {
    /// The canonical text: EIP-55 on the EVM, base58 elsewhere.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Evm(address) => address.fmt(f),
            Self::Solana(address) => address.fmt(f),
            Self::Xrpl(address) => address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_belongs_to_one_chain() {
        for (text, expect) in [
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", Some(ChainKind::Ethereum)),
            ("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU", Some(ChainKind::Solana)),
            ("11111111111111111111111111111111", Some(ChainKind::Solana)),
            ("rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe", Some(ChainKind::Ripple)),
            ("rrrrrrrrrrrrrrrrrrrrrhoLvTp", Some(ChainKind::Ripple)),
            ("native", None),
        ] {
            let read: Vec<Address> =
                ChainKind::ALL.into_iter().filter_map(|chain| Address::parse(chain, text).ok()).collect();
            assert_eq!(read.iter().map(Address::chain).collect::<Vec<_>>(), Vec::from_iter(expect), "{text}");
            assert!(read.iter().all(|address| address.to_string() == text), "{text}");
            for address in read {
                assert_eq!(Address::from_bytes(address.chain(), address.as_bytes()), Some(address));
                assert_eq!(Address::from_bytes(address.chain(), &[0; 21]), None);
            }
        }
    }

    #[test]
    fn addresses_are_ordered_like_their_bytes() {
        let mut bytes = [7_u8; 20];
        let mut sorted = vec![EvmAddress::from_bytes(bytes)];
        for place in [19, 16, 15, 8, 7, 0] {
            bytes[place] += 1;
            sorted.push(EvmAddress::from_bytes(bytes));
        }
        assert!(sorted.windows(2).all(|pair| pair[0] < pair[1] && pair[0].as_bytes() < pair[1].as_bytes()));
    }

    #[test]
    fn an_address_is_its_bytes_and_a_tag() {
        assert_eq!(size_of::<Address>(), 33);
    }
}
