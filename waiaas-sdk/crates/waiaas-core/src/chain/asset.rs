//! Assets, named by CAIP-19.

use super::{ChainKind, CurrencyCode, Network};
use crate::address::{Address, EvmAddress, SolanaAddress, XrplAddress};

/// One asset on one network. Equal ids mean the same asset: the reference is stored parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId {
    network: Network,
    kind: AssetKind, // INVARIANT: of the network's chain
}

/// What an asset is on its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AssetKind {
    /// The native coin.
    Native,
    /// An ERC-20 contract.
    Erc20(EvmAddress),
    /// A mint of one of Solana's token programs.
    Spl(SolanaAddress),
    /// A currency that an account of the XRP Ledger issues.
    Issued(CurrencyCode, XrplAddress),
}

impl AssetKind {
    /// Reads a token as requests and rules on `chain` name it: the contract on the EVM, in any letter case; the mint on
    /// Solana; `<currency>.<issuer>` on the XRP Ledger.
    ///
    /// # Errors
    /// [`AssetIdError`] for anything else.
    pub fn parse_token(chain: ChainKind, text: &str) -> Result<Self, AssetIdError> {
        match chain {
            ChainKind::Ethereum => EvmAddress::parse_any_case(text).map(Self::Erc20).map_err(|_| AssetIdError),
            ChainKind::Solana => SolanaAddress::parse(text).map(Self::Spl).map_err(|_| AssetIdError),
            ChainKind::Ripple => {
                let (currency, issuer) = text.split_once('.').ok_or(AssetIdError)?;
                let issuer = XrplAddress::parse(issuer).map_err(|_| AssetIdError)?;
                Ok(Self::Issued(CurrencyCode::parse(currency)?, issuer))
            }
        }
    }

    /// The chain of a token; `None` for a native coin, which every chain has.
    #[must_use]
    pub const fn chain(&self) -> Option<ChainKind> {
        match self {
            Self::Native => None,
            Self::Erc20(_) => Some(ChainKind::Ethereum),
            Self::Spl(_) => Some(ChainKind::Solana),
            Self::Issued(..) => Some(ChainKind::Ripple),
        }
    }

    /// What names a token on its chain, as bytes: the contract, the mint, or the currency and then its issuer. Empty for
    /// a native coin.
    #[must_use]
    pub fn reference_bytes(&self) -> Vec<u8> {
        match self {
            Self::Native => Vec::new(),
            Self::Erc20(contract) => contract.as_bytes().to_vec(),
            Self::Spl(mint) => mint.as_bytes().to_vec(),
            Self::Issued(currency, issuer) => [*currency.as_bytes(), *issuer.as_bytes()].concat(),
        }
    }

    /// The token of `chain` that [`AssetKind::reference_bytes`] names; `None` for bytes that name none.
    #[must_use]
    pub fn from_reference_bytes(chain: ChainKind, bytes: &[u8]) -> Option<Self> {
        match chain {
            ChainKind::Ethereum => Some(Self::Erc20(EvmAddress::from_bytes(bytes.try_into().ok()?))),
            ChainKind::Solana => Some(Self::Spl(SolanaAddress::from_bytes(bytes.try_into().ok()?))),
            ChainKind::Ripple => {
                let (currency, issuer) = bytes.split_first_chunk::<20>()?;
                let issuer = XrplAddress::from_bytes(issuer.try_into().ok()?);
                Some(Self::Issued(CurrencyCode::from_bytes(*currency).ok()?, issuer))
            }
        }
    }

    /// The text that [`AssetKind::parse_token`] reads, in its canonical form; `None` for a native coin.
    #[must_use]
    pub fn token_text(&self) -> Option<String> {
        match self {
            Self::Native => None,
            Self::Erc20(contract) => Some(contract.to_string()),
            Self::Spl(mint) => Some(mint.to_string()),
            Self::Issued(currency, issuer) => Some(format!("{currency}.{issuer}")),
        }
    }
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

    /// What `kind` is on `network`; `None` when the two do not belong together.
    #[must_use]
    pub fn new(network: Network, kind: AssetKind) -> Option<Self> {
        kind.chain().is_none_or(|chain| chain == network.chain()).then_some(Self { network, kind })
    }

    /// The fungible token that lives at `address` on `network`; `None` when the two do not belong together. On the
    /// XRP Ledger no token has an address of its own: see [`AssetKind::parse_token`].
    #[must_use]
    pub fn token(network: Network, address: &Address) -> Option<Self> {
        match address {
            Address::Evm(contract) => Self::new(network, AssetKind::Erc20(*contract)),
            Address::Solana(mint) => Self::new(network, AssetKind::Spl(*mint)),
            Address::Xrpl(_) => None,
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

    /// The token's contract or mint; `None` for the native coin and for what is issued on the XRP Ledger, where the
    /// issuer alone would name all its currencies at once.
    #[must_use]
    pub const fn token_address(&self) -> Option<Address> {
        match self.kind {
            AssetKind::Native | AssetKind::Issued(..) => None,
            AssetKind::Erc20(contract) => Some(Address::Evm(contract)),
            AssetKind::Spl(mint) => Some(Address::Solana(mint)),
        }
    }

    /// Reads CAIP-19 text. The chain must be one of ours and, for a native coin, carry its own coin type. References
    /// are read without case on the EVM only.
    ///
    /// # Errors
    /// [`AssetIdError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, AssetIdError> {
        let (chain, asset) = text.split_once('/').ok_or(AssetIdError)?;
        let (namespace, reference) = asset.split_once(':').ok_or(AssetIdError)?;
        let network = Network::ALL.iter().copied().find(|network| network.caip2() == chain).ok_or(AssetIdError)?;
        if namespace == "slip44" && reference == network.slip44().to_string() {
            return Ok(Self::native(network));
        }
        if namespace != token_namespace(network.chain()) {
            return Err(AssetIdError);
        }
        Ok(Self { network, kind: AssetKind::parse_token(network.chain(), reference)? })
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
            AssetKind::Spl(mint) => write!(f, "{}/token:{mint}", self.network.caip2()),
            AssetKind::Issued(currency, issuer) => write!(f, "{}/token:{currency}.{issuer}", self.network.caip2()),
        }
    }
}

/// The namespace of CAIP-19 that tokens of a chain have.
const fn token_namespace(chain: ChainKind) -> &'static str {
    match chain {
        ChainKind::Ethereum => "erc20",
        ChainKind::Solana | ChainKind::Ripple => "token",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for text in [
            "eip155:1/slip44:60",
            "eip155:137/slip44:966",
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:501",
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            "xrpl:1/slip44:144",
            "xrpl:0/token:USD.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B",
            "xrpl:0/token:524C555344000000000000000000000000000000.rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De",
        ] {
            let asset = AssetId::parse(text).unwrap();
            assert_eq!(asset.to_string(), text);
            let kind = asset.kind();
            let again = AssetKind::from_reference_bytes(asset.network().chain(), &kind.reference_bytes());
            assert_eq!(again, Some(kind).filter(|_| !asset.is_native()), "{text}");
            assert!(AssetId::has_caip19_syntax(text), "{text}");
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
            "eip155:1/token:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:60",
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:epjfwdd5aufqssqem2qn1xzybapc8g4weggkzwytdt1v",
            "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/erc20:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            "xrpl:0/token:rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B",
            "xrpl:0/token:XRP.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B",
            "xrpl:0/token:USD.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59b",
            "xrpl:3/token:USD.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B",
        ] {
            assert_eq!(AssetId::parse(text), Err(AssetIdError), "{text}");
        }
    }

    #[test]
    fn tokens_belong_to_networks_of_their_chain() {
        for (chain, text) in [
            (ChainKind::Ethereum, "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"),
            (ChainKind::Solana, "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"),
            (ChainKind::Ripple, "USD.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B"),
        ] {
            let kind = AssetKind::parse_token(chain, text).unwrap();
            assert_eq!((kind.chain(), kind.token_text().as_deref()), (Some(chain), Some(text)));
            for network in Network::ALL {
                let asset = AssetId::new(*network, kind);
                assert_eq!(asset.is_some(), network.chain() == chain, "{text} on {network}");
                if let Some(address) = asset.and_then(|asset| asset.token_address()) {
                    assert_eq!(AssetId::token(*network, &address), asset);
                }
            }
            for other in ChainKind::ALL.into_iter().filter(|other| *other != chain) {
                assert!(AssetKind::parse_token(other, text).is_err(), "{text} on {other}");
            }
        }
    }

    #[test]
    fn an_issuer_names_none_of_its_currencies() {
        let issuer = Address::parse(ChainKind::Ripple, "rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B").unwrap();
        assert_eq!(AssetId::token(Network::XrplMainnet, &issuer), None);
        let dollars = AssetId::parse("xrpl:0/token:USD.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B").unwrap();
        let euros = AssetId::parse("xrpl:0/token:EUR.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B").unwrap();
        assert_ne!(dollars, euros);
        assert_eq!(dollars.token_address(), None);
    }
}
