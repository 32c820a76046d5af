//! ALLOWED_NETWORKS: where transactions may happen.

use super::PolicyKind;
use crate::chain::Network;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};

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

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("networks", issues)?;
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add(&list, "expected at least one network");
        }
        let networks = entries.iter().filter_map(|entry| read_entry(entry, issues)).collect();
        Some(Self { networks })
    }

    fn concerns(_: &Case<'_>) -> bool {
        true
    }

    fn judge(&self, case: &Case<'_>) -> Result<Contribution, Refusal> {
        let network = case.subject.network;
        if self.networks.contains(&network) {
            Ok(Contribution::none())
        } else {
            let detail = format!("network {} not in allowed networks", network.as_str());
            Err(Refusal::new(ReasonCode::NetworkNotAllowed, detail))
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
