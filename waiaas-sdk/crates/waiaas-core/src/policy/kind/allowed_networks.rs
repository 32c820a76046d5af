//! ALLOWED_NETWORKS: where transactions may happen.

use super::PolicyKind;
use crate::chain::Network;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use serde_json::json;

/// `{"networks": [{"network": "ethereum-mainnet", "name": "…"}, …]}`: the network must be listed.
///
/// An entry may also be the bare text. Names, CAIP-2 ids and the deprecated `mainnet`, `devnet`,
/// `testnet` (which mean Solana) are accepted, names in any letter case. No row means all networks.
#[derive(Clone, Debug)]
pub(in crate::policy) struct AllowedNetworks {
    networks: Vec<Network>,
}

impl PolicyKind for AllowedNetworks {
    const TYPE: PolicyType = PolicyType::AllowedNetworks;
    const DENIED_BY: DeniedBy = DeniedBy::AllowedNetworks;
    const TOPICS: Topics = Topics::ON_CHAIN;
    const ONCE: bool = true;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("networks", issues)?;
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add(&list, "expected at least one network");
        }
        let networks = entries.iter().filter_map(|entry| read_entry(entry, issues)).collect();
        Some(Self { networks })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        let network = case.subject.network;
        if self.networks.contains(&network) {
            Ok(())
        } else {
            let detail = format!("network {} not in allowed networks", network.as_str());
            let entry = json!({ "network": network.as_str() });
            case.lacks(Refusal::new(ReasonCode::NetworkNotAllowed, detail).for_want_of(Self::TYPE, "networks", entry))
        }
    }
}

fn read_entry(entry: &Node<'_>, issues: &mut Issues) -> Option<Network> {
    let (node, text) = match entry.as_text() {
        Some(text) => (entry.clone(), text),
        None => {
            let node = entry.object(issues)?.required("network", issues)?;
            let text = node.text(issues)?;
            (node, text)
        }
    };
    // CAIP-2 ids of Solana are case-sensitive, the names are not.
    let network = Network::parse(text).or_else(|_| Network::parse(&text.to_ascii_lowercase()));
    network.map_err(|error| issues.add(&node, error.to_string())).ok()
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::AllowedNetworks;
    use crate::policy::kind::testing::{check, check_rules, decide, message, native_transfer};
    use serde_json::json;

    #[test]
    fn shapes() {
        for accepted in [
            json!({"networks": [{"network": "ethereum-mainnet", "name": "main"}]}),
            json!({"networks": ["Ethereum-Mainnet"]}),
            json!({"networks": [{"network": "eip155:1"}, "devnet"]}),
        ] {
            check_rules(AllowedNetworks, &accepted, &[]);
        }
        check_rules(AllowedNetworks, &json!({"networks": []}), &["rules.networks"]);
        check_rules(AllowedNetworks, &json!({"networks": ["bitcoin"]}), &["rules.networks.0"]);
        check_rules(AllowedNetworks, &json!({"networks": [{"network": "bitcoin"}]}), &["rules.networks.0.network"]);
        check_rules(AllowedNetworks, &json!({"networks": [{}, 1]}), &["rules.networks.0.network", "rules.networks.1"]);
    }

    #[test]
    fn the_network_must_be_listed() {
        check(AllowedNetworks, &[], native_transfer(1, 5), "INSTANT");
        for (listed, expect) in
            [("ETHEREUM-MAINNET", "INSTANT"), ("eip155:1", "INSTANT"), ("mainnet", "NETWORK_NOT_ALLOWED")]
        {
            check(AllowedNetworks, &[json!({"networks": [listed]})], native_transfer(1, 5), expect);
        }
        let denied = decide(AllowedNetworks, &[json!({"networks": ["base-mainnet"]})], vec![native_transfer(1, 5)]);
        assert!(message(&denied).contains("not in allowed networks"));
    }
}
