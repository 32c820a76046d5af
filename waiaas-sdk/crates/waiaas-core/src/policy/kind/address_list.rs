//! Addresses in rules.

use crate::address::Address;
use crate::chain::ChainKind;
use crate::policy::frozen::FrozenSet;
use crate::policy::rules::{Issues, Node};

/// A set of addresses. Entries that are no address of a chain that this build knows are left out: no
/// transaction can name them. So a text that is merely a part of an address matches nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct AddressList(FrozenSet<Address>);

impl AddressList {
    /// Collects a list.
    pub(super) fn from_entries(entries: impl IntoIterator<Item = Address>) -> Self {
        Self(FrozenSet::of(entries))
    }

    /// Whether the address is listed.
    pub(super) fn contains(&self, address: &Address) -> bool {
        self.0.contains(address)
    }
}

/// The address that a text of the rules names, on `chain` or, without one, on any chain.
pub(super) fn parse(text: &str, chain: Option<ChainKind>) -> Option<Address> {
    let candidates = ChainKind::ALL.into_iter().filter(|candidate| chain.is_none_or(|chain| chain == *candidate));
    candidates.filter_map(|candidate| Address::parse_any_case(candidate, text).ok()).next()
}

/// Reads `{address, name?, chain?}`. The outer `None` goes with an issue; the inner one is an entry
/// that cannot match.
pub(super) fn read_entry(entry: &Node<'_>, issues: &mut Issues) -> Option<Option<Address>> {
    let entry = entry.object(issues)?;
    let text = entry.required("address", issues)?.text(issues)?;
    let chain = match entry.optional("chain") {
        Some(chain) => Some(chain.chain(issues)?),
        None => None,
    };
    if let Some(name) = entry.optional("name") {
        name.text(issues)?;
    }
    Some(parse(text, chain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_evm_overlooks_letter_case() {
        const EVM: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
        const SOLANA: &str = "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU";
        const XRPL: &str = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe";
        for (chain, text) in [(ChainKind::Ethereum, EVM), (ChainKind::Solana, SOLANA), (ChainKind::Ripple, XRPL)] {
            let list = AddressList::from_entries(parse(text, None));
            assert!(list.contains(&Address::parse(chain, text).unwrap()), "{text}");
            let lower = AddressList::from_entries(parse(&text.to_lowercase(), None));
            let same = lower.contains(&Address::parse(chain, text).unwrap());
            assert_eq!(same, chain == ChainKind::Ethereum, "{text}");
            for named in ChainKind::ALL {
                assert_eq!(parse(text, Some(named)).is_some(), named == chain, "{text} on {named}");
            }
        }
    }
}
