//! WHITELIST: who may be dealt with.

use super::names::Names;
use super::{PolicyKind, address_list};
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::{Channel, Operation};
use address_list::AddressList;

/// `{"allowed_addresses": ["0x…", …]}`: every recipient, spender and called contract must be listed.
///
/// Something outside of any chain is listed as `external:<venue>`. A deployment has no recipient and is denied.
/// Addresses of the EVM are compared without case, all others byte by byte. No row means no
/// restriction. An empty list is no list: it is refused at creation and denies when it is stored.
#[derive(Clone, Debug)]
pub(in crate::policy) struct Whitelist {
    allowed: AddressList,
    /// Names after `external:`.
    venues: Names,
}

const LIST: &str = "allowed_addresses";
/// What stands before a venue in the list.
const EXTERNAL: &str = "external:";

impl PolicyKind for Whitelist {
    const TYPE: PolicyType = PolicyType::Whitelist;
    const DENIED_BY: DeniedBy = DeniedBy::Whitelist;
    const TOPICS: Topics = Topics::ON_CHAIN.or(Topics::EXTERNAL);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("allowed_addresses", issues)?;
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add(&list, "expected at least one address");
        }
        let texts: Vec<&str> = entries.iter().filter_map(|entry| entry.text(issues)).collect();
        let addresses = texts.iter().filter_map(|text| address_list::parse(text, None));
        let venues = Names::of(texts.iter().filter_map(|text| text.strip_prefix(EXTERNAL)));
        Some(Self { allowed: AddressList::from_entries(addresses), venues })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        if case.effects.channel == Channel::External {
            let venue = case.action().and_then(|action| action.venue.as_deref()).unwrap_or_default();
            if !self.venues.contain(venue) {
                let detail = format!("`{EXTERNAL}{venue}` not in whitelist");
                let refusal = Refusal::new(ReasonCode::WhitelistDenied, detail);
                // Without a name there is nothing to list.
                let named = !venue.is_empty();
                let entry = format!("{EXTERNAL}{venue}");
                case.lacks(if named { refusal.for_want_of(Self::TYPE, LIST, entry) } else { refusal })?;
            }
        }
        for operation in case.operations {
            let (role, address) = match operation {
                Operation::NativeTransfer { to, .. } | Operation::TokenTransfer { to, .. } => ("recipient", to),
                Operation::Approval { spender, .. } => ("spender", spender),
                Operation::NftTransfer { to, .. } => ("recipient", to),
                Operation::ContractCall { contract, .. } => ("contract", contract),
                Operation::Deployment => {
                    let detail = "a deployment has no recipient, so it is not in whitelist";
                    return Err(Refusal::new(ReasonCode::WhitelistDenied, detail));
                }
            };
            if !self.allowed.contains(address) {
                let detail = format!("{role} {address} not in whitelist");
                let refusal = Refusal::new(ReasonCode::WhitelistDenied, detail);
                case.lacks(refusal.for_want_of(Self::TYPE, LIST, address.to_string()))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::money::BaseUnits;
    use crate::policy::PolicyType::Whitelist;
    use crate::policy::kind::testing::{
        address, approval, call, check, check_rules, decide, hex, message, native_transfer, token_transfer,
    };
    use serde_json::json;

    #[test]
    fn shapes() {
        check_rules(Whitelist, &json!({"allowed_addresses": [hex(1), "external:venue"], "note": 1}), &[]);
        check_rules(Whitelist, &json!({"allowed_addresses": []}), &["rules.allowed_addresses"]);
        check_rules(Whitelist, &json!({"allowed_addresses": hex(1)}), &["rules.allowed_addresses"]);
        check_rules(
            Whitelist,
            &json!({"allowed_addresses": [hex(1), 7, ""]}),
            &["rules.allowed_addresses.1", "rules.allowed_addresses.2"],
        );
        check_rules(Whitelist, &json!({}), &["rules.allowed_addresses"]);
        check_rules(Whitelist, &json!([]), &["rules"]);
    }

    #[test]
    fn everyone_who_is_dealt_with_must_be_listed() {
        let rules = [json!({"allowed_addresses": [hex(1)]})];
        for (listed, stranger) in [
            (native_transfer(1, 5), native_transfer(2, 5)),
            (token_transfer(1, 1, 5), token_transfer(1, 2, 5)),
            (approval(1, 1, BaseUnits::ZERO), approval(1, 2, BaseUnits::ZERO)),
            (call(1), call(2)),
        ] {
            check(Whitelist, &rules, listed, "INSTANT");
            check(Whitelist, &rules, stranger.clone(), "WHITELIST_DENIED");
            assert!(message(&decide(Whitelist, &rules, vec![stranger])).contains("not in whitelist"));
        }
    }

    #[test]
    fn a_part_of_an_address_matches_nothing() {
        let text = address(1).to_string();
        check(
            Whitelist,
            &[json!({"allowed_addresses": [text[..41], format!(" {text}"), "*"]})],
            native_transfer(1, 5),
            "WHITELIST_DENIED",
        );
    }
}
