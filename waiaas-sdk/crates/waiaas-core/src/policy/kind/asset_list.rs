//! Assets in rules.

use crate::chain::{AssetId, AssetKind, ChainKind};
use crate::policy::frozen::FrozenSet;

/// A set of assets, listed in any of the spellings that rules have for them (`policy.md` section 5).
#[derive(Clone, Debug, Default)]
pub(super) struct AssetList {
    assets: FrozenSet<AssetId>,
    /// By their own names alone, on any network of their chain.
    tokens: FrozenSet<AssetKind>,
    /// Chains whose native coins are listed.
    native: Vec<ChainKind>,
}

/// What one entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// One asset on one network.
    Asset(AssetId),
    /// A token by its own name.
    Token(AssetKind),
    /// The native coin of one chain, or of all.
    Native(Option<ChainKind>),
}

impl AssetList {
    /// Collects a list.
    pub(super) fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let (mut assets, mut tokens, mut native) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries {
            match entry {
                Entry::Asset(asset) => assets.push(asset),
                Entry::Token(token) => tokens.push(token),
                Entry::Native(Some(chain)) => native.push(chain),
                Entry::Native(None) => native.extend(ChainKind::ALL),
            }
        }
        Self { assets: FrozenSet::of(assets), tokens: FrozenSet::of(tokens), native }
    }

    /// Whether the asset is listed.
    pub(super) fn contains(&self, asset: &AssetId) -> bool {
        let by_name = if asset.is_native() {
            self.native.contains(&asset.network().chain())
        } else {
            self.tokens.contains(&asset.kind())
        };
        by_name || self.assets.contains(asset)
    }
}

/// What a text names: `native`, `native:<chain>`, a CAIP-19 id, or the name of a token, on `chain` or, without one, on
/// any chain. `None` for what no transaction can name.
pub(super) fn parse(text: &str, chain: Option<ChainKind>) -> Option<Entry> {
    if text == "native" {
        return Some(Entry::Native(chain));
    }
    let is_wanted = |candidate: ChainKind| chain.is_none_or(|chain| chain == candidate);
    if let Some(named) = text.strip_prefix("native:") {
        return ChainKind::parse(named).filter(|named| is_wanted(*named)).map(|named| Entry::Native(Some(named)));
    }
    if let Ok(asset) = AssetId::parse(text) {
        return is_wanted(asset.network().chain()).then_some(Entry::Asset(asset));
    }
    let chains = ChainKind::ALL.into_iter().filter(|candidate| is_wanted(*candidate));
    chains.filter_map(|chain| AssetKind::parse_token(chain, text).ok()).next().map(Entry::Token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const USDC: &str = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";

    fn check(listed: &str, chain: Option<ChainKind>, asset: &str, expect: bool) {
        let list = AssetList::of(parse(listed, chain));
        assert_eq!(list.contains(&AssetId::parse(asset).unwrap()), expect, "{listed} {chain:?} {asset}");
    }

    #[test]
    fn every_spelling() {
        let (ether, solana) = ("eip155:1/slip44:60", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:501");
        let usdc = format!("eip155:1/erc20:{USDC}");
        for (listed, chain, asset, expect) in [
            ("native", None, ether, true),
            ("native", None, solana, true),
            ("native", Some(ChainKind::Solana), ether, false),
            ("native:ethereum", None, ether, true),
            ("native:ethereum", None, solana, false),
            ("native:ethereum", Some(ChainKind::Solana), ether, false),
            ("native:bitcoin", None, ether, false),
            (ether, None, ether, true),
            (ether, Some(ChainKind::Solana), ether, false),
            (ether, None, "eip155:10/slip44:60", false),
            ("native", None, usdc.as_str(), false),
            (USDC, None, usdc.as_str(), true),
            (USDC, Some(ChainKind::Solana), usdc.as_str(), false),
            (usdc.as_str(), None, usdc.as_str(), true),
            ("0xa0b8", None, usdc.as_str(), false),
        ] {
            check(listed, chain, asset, expect);
        }
        check(USDC, None, &usdc.replace("eip155:1/", "eip155:10/"), true);
        check(&usdc, None, &usdc.replace("eip155:1/", "eip155:10/"), false);
    }
}
