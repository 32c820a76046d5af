//! Lists of names in rules.

use crate::policy::frozen::{Folding, FrozenMap};
use crate::policy::rules::{Issues, Node};
use core::hash::Hasher;

/// Names that are compared without letter case, character by character.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(FrozenMap<String, ()>); // INVARIANT: in lower case

impl Names {
    /// Reads an array of at least one entry, each a text or an object with the text under `key`.
    pub(super) fn read(list: &Node<'_>, key: &str, issues: &mut Issues) -> Option<Self> {
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add(list, "expected at least one entry");
        }
        let mut names = Vec::with_capacity(entries.len());
        for entry in &entries {
            let text = match entry.as_text() {
                Some(_) => entry.text(issues),
                None => entry.object(issues).and_then(|object| object.required(key, issues)?.text(issues)),
            };
            names.extend(text);
        }
        Some(Self::of(names))
    }

    /// Collects names.
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let folded = names.into_iter().map(|name| (folded(name).collect(), ()));
        Self(FrozenMap::collect_by(|name: &String| digest(name), folded, |(), ()| ()))
    }

    /// Whether the name is listed.
    pub(super) fn contain(&self, name: &str) -> bool {
        let is_name = |listed: &String| {
            // What is listed is in lower case, so only a name in another script can need more than the first.
            listed.eq_ignore_ascii_case(name) || (!name.is_ascii() && listed.chars().eq(folded(name)))
        };
        self.0.find(digest(name), is_name).is_some()
    }
}

fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars().flat_map(char::to_lowercase)
}

/// The digest of a name, the same in every letter case.
fn digest(name: &str) -> u64 {
    let mut state = Folding::default();
    let (mut word, mut count) = (0_u64, 0_u8);
    let mut take = |character: char| {
        word = word.rotate_left(8) ^ u64::from(u32::from(character));
        count = count.wrapping_add(1);
        if count.is_multiple_of(8) {
            state.write_u64(word);
            word = 0;
        }
    };
    if name.is_ascii() {
        name.chars().for_each(|character| take(character.to_ascii_lowercase()));
    } else {
        folded(name).for_each(take);
    }
    state.write_u64(word);
    state.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PolicyType::{PerpAllowedMarkets, VenueWhitelist};
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        check_rules(
            PerpAllowedMarkets,
            &json!({"markets": [{"market": "ETH-PERP", "name": "Ether"}, "SOL-PERP"]}),
            &[],
        );
        check_rules(PerpAllowedMarkets, &json!({"markets": []}), &["rules.markets"]);
        check_rules(VenueWhitelist, &json!({"venues": ["polymarket", {"id": "0x"}]}), &[]);
        check_rules(
            VenueWhitelist,
            &json!({"venues": ["", {"name": "x"}, 5]}),
            &["rules.venues.0", "rules.venues.1.id", "rules.venues.2"],
        );
        check_rules(VenueWhitelist, &json!({}), &["rules.venues"]);
    }

    #[test]
    fn letter_case_does_not_matter() {
        let names = Names::of(["ETH-PERP", "polymarket", "\u{c4}pfel", "\u{130}x"]);
        for name in ["eth-perp", "Eth-Perp", "POLYMARKET", "\u{e4}PFEL", "\u{130}X", "\u{c4}PFEL", "POLYMAR\u{212a}ET"]
        {
            assert!(names.contain(name), "{name}");
        }
        for name in ["", "eth", "eth-perp ", "ix", "apfel"] {
            assert!(!names.contain(name), "{name}");
        }
        assert!(!Names::default().contain(""));
    }
}
