//! Policy rows as people write them.

use crate::Zones;
use crate::node::{Faults, Node};
use waiaas_core::chain::Network;
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::policy::{PolicyRow, PolicyType, validate_rules_in};
use waiaas_core::time::UnixMillis;
use waiaas_core::wire::{Issue, PathStep};

const KEYS: [&str; 12] = [
    "id",
    "type",
    "rules",
    "rules_raw",
    "walletId",
    "wallet_id",
    "network",
    "priority",
    "enabled",
    "ceiling",
    "createdAt",
    "updatedAt",
];

/// Reads a list of rows: what `POST /v1/policies` takes and what `GET /v1/policies` lists.
pub(crate) fn read(node: &Node<'_>, faults: &mut Faults) -> Vec<PolicyRow> {
    let rows = node.list(faults).unwrap_or_default();
    rows.iter().enumerate().filter_map(|(position, row)| read_row(position, row, faults)).collect()
}

/// What is wrong with the rules of rows: such rows are no fault of the document, they deny what they concern.
pub(crate) fn doubts(node: &Node<'_>, zones: Zones<'_>) -> Vec<Issue> {
    let mut ignored = Faults::default();
    let mut doubts = Vec::new();
    for row in node.list(&mut ignored).unwrap_or_default() {
        let policy_type = row.get("type").and_then(|node| PolicyType::parse(node.text(&mut ignored)?));
        let (Some(policy_type), Some(rules)) = (policy_type, row.get("rules")) else { continue };
        let found = validate_rules_in(policy_type, rules.value, &|zone| zones(zone, UnixMillis::EPOCH).is_some());
        for issue in found.err().unwrap_or_default() {
            let mut issue = Issue::from(issue);
            let mut path: Vec<PathStep> = row.path().to_vec();
            path.append(&mut issue.path);
            doubts.push(Issue { path, ..issue });
        }
    }
    doubts
}

fn read_row(position: usize, node: &Node<'_>, faults: &mut Faults) -> Option<PolicyRow> {
    node.only(&KEYS, faults);
    let policy_type = node.required("type", faults)?.one_of(faults, PolicyType::ALL, PolicyType::as_str);
    let wallet = match node.given("walletId").or_else(|| node.given("wallet_id")) {
        Some(wallet) => Some(wallet_id(&wallet, faults)?),
        None => None,
    };
    let network = match node.given("network") {
        Some(network) => Some(network.parsed(faults, "a network", |text| Network::parse(text).ok())?),
        None => None,
    };
    let rules = match node.given("rules_raw") {
        Some(raw) => raw.text(faults)?.to_owned(),
        None => {
            let rules = node.required("rules", faults)?;
            rules.object(faults)?;
            rules.value.to_string()
        }
    };
    let id = match node.given("id") {
        Some(id) => id.parsed(faults, "a UUID", |text| text.parse().ok())?,
        None => numbered(position),
    };
    let flag =
        |key: &str, default: bool, faults: &mut Faults| node.given(key).map_or(Some(default), |node| node.flag(faults));
    let number = |key: &str, faults: &mut Faults| node.given(key).map_or(Some(0), |node| node.integer(faults));
    let created_at = UnixMillis::from_secs(number("createdAt", faults)?);
    number("updatedAt", faults)?;
    Some(PolicyRow {
        id,
        wallet,
        network,
        policy_type: policy_type?,
        rules,
        priority: number("priority", faults)?,
        enabled: flag("enabled", true, faults)?,
        ceiling: flag("ceiling", false, faults)?,
        created_at,
        updated_at: created_at,
    })
}

/// The id of a row that has none: later rows have larger ones.
pub(crate) fn numbered(position: usize) -> PolicyId {
    let mut bytes = [0; 16];
    for (place, byte) in bytes.iter_mut().rev().zip(position.to_le_bytes()) {
        *place = byte;
    }
    PolicyId::from_bytes(bytes)
}

/// A wallet by a short name (`w1`, `w2`, …) or by its id.
pub(crate) fn wallet_id(node: &Node<'_>, faults: &mut Faults) -> Option<WalletId> {
    node.parsed(faults, "`w1`, `w2`, …, `w255` or the id of a wallet", |text| {
        let short = text.strip_prefix('w').and_then(|number| number.parse::<u8>().ok()).filter(|number| *number > 0);
        short.map(|number| WalletId::from_bytes([number; 16])).or_else(|| text.parse().ok())
    })
}

/// The wallet under test, when the context does not say which: that of the name [`DEFAULT_WALLET`](crate::DEFAULT_WALLET).
pub(crate) const DEFAULT_WALLET_ID: WalletId = WalletId::from_bytes([1; 16]);
