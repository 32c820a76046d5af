//! Lists of names in rules.

use crate::policy::rules::{Issues, Node};
use std::collections::BTreeSet;

/// Reads an array of at least one entry, each a text or an object with the text under `key`; in lower case.
pub(super) fn read(list: &Node<'_>, key: &str, issues: &mut Issues) -> Option<BTreeSet<String>> {
    let entries = list.list(issues)?;
    if entries.is_empty() {
        issues.add(list, "expected at least one entry");
    }
    let mut names = BTreeSet::new();
    for entry in &entries {
        let text = match entry.as_text() {
            Some(_) => entry.text(issues),
            None => entry.object(issues).and_then(|object| object.required(key, issues)?.text(issues)),
        };
        names.extend(text.map(str::to_lowercase));
    }
    Some(names)
}

#[cfg(test)]
mod tests {
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
}
