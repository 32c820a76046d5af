//! METHOD_WHITELIST: which methods of a contract may be called.

use super::{PolicyKind, address_list};
use crate::address::Address;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::topics::Topics;
use crate::policy::rules::{Issues, Node};
use crate::tx::Operation;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// `{"methods": [{"contractAddress": "0x…", "selectors": ["0x414bf389", …]}, …]}`: a contract with an entry may be
/// called only with one of its selectors, the first four bytes of the calldata as `0x` and eight hex digits in any
/// letter case.
///
/// A contract without an entry is not restricted; two entries of one contract add up. Calldata of fewer than four
/// bytes has no selector and is denied. A text that is no selector matches nothing. No row means no restriction.
// DIFFERS: the original reads only the first entry of each contract.
#[derive(Clone, Debug)]
pub(in crate::policy) struct MethodWhitelist {
    methods: BTreeMap<Address, BTreeSet<[u8; 4]>>,
}

impl PolicyKind for MethodWhitelist {
    const TYPE: PolicyType = PolicyType::MethodWhitelist;
    const DENIED_BY: DeniedBy = DeniedBy::MethodWhitelist;
    const TOPICS: Topics = Topics::CALL;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("methods", issues)?;
        let mut methods: BTreeMap<Address, BTreeSet<[u8; 4]>> = BTreeMap::new();
        for entry in list.list(issues)? {
            let Some((contract, selectors)) = read_entry(&entry, issues) else { continue };
            if let Some(contract) = contract {
                methods.entry(contract).or_default().extend(selectors);
            }
        }
        Some(Self { methods })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        for operation in case.operations {
            let Operation::ContractCall { contract, head } = operation else { continue };
            let Some(allowed) = self.methods.get(contract) else { continue };
            if !head.selector().is_some_and(|selector| allowed.contains(&selector)) {
                let called = head.selector().map(|bytes| format!("0x{}", hex::encode(bytes)));
                let name = called.as_deref().unwrap_or("none");
                let detail = format!("Method not whitelisted: {name} of contract {contract}");
                let refusal = Refusal::new(ReasonCode::MethodNotWhitelisted, detail);
                // Without a selector there is nothing to list.
                let Some(selector) = called else { return Err(refusal) };
                let entry = json!({ "contractAddress": contract.to_string(), "selectors": [selector] });
                case.lacks(refusal.for_want_of(Self::TYPE, "methods", entry))?;
            }
        }
        Ok(())
    }
}

/// A contract that no transaction can name gives an inner `None`.
fn read_entry(entry: &Node<'_>, issues: &mut Issues) -> Option<(Option<Address>, Vec<[u8; 4]>)> {
    let entry = entry.object(issues)?;
    let contract = entry.required("contractAddress", issues).and_then(|node| node.text(issues));
    let node = entry.required("selectors", issues)?;
    let texts = node.list(issues)?;
    if texts.is_empty() {
        issues.add_at_creation(&node, "expected at least one selector");
    }
    let selectors = texts.iter().filter_map(|text| parse_selector(text.text(issues)?)).collect();
    Some((address_list::parse(contract?, None), selectors))
}

fn parse_selector(text: &str) -> Option<[u8; 4]> {
    let mut bytes = [0; 4];
    hex::decode_to_slice(text.strip_prefix("0x")?, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::MethodWhitelist;
    use crate::policy::kind::testing::{address, call, check, check_rules, decide, hex, message, native_transfer};
    use crate::tx::{CallHead, Operation};
    use serde_json::json;

    fn method(contract: u8, selector: [u8; 4]) -> Operation {
        Operation::ContractCall { contract: address(contract), head: CallHead::of(&selector) }
    }

    #[test]
    fn shapes() {
        check_rules(MethodWhitelist, &json!({"methods": [{"contractAddress": hex(1), "selectors": ["0x414bf389"]}]}), &[]);
        check_rules(MethodWhitelist, &json!({"methods": []}), &[]);
        check_rules(MethodWhitelist, &json!({}), &["rules.methods"]);
        check_rules(
            MethodWhitelist,
            &json!({"methods": [
                {"contractAddress": hex(1), "selectors": []}, {"selectors": ["0x414bf389"]},
                {"contractAddress": hex(1)}, {"contractAddress": hex(1), "selectors": [5, ""]}, 7,
            ]}),
            &[
                "rules.methods.1.contractAddress",
                "rules.methods.2.selectors",
                "rules.methods.3.selectors.0",
                "rules.methods.3.selectors.1",
                "rules.methods.4",
                "rules.methods.0.selectors",
            ],
        );
    }

    #[test]
    fn selectors() {
        let rules = [json!({"methods": [
            {"contractAddress": hex(1), "selectors": ["0xAABBCCDD", "11223344", "0x1122", "transfer(address,uint256)"]},
            {"contractAddress": hex(1), "selectors": ["0x55667788"]},
            {"contractAddress": hex(2), "selectors": []},
        ]})];
        for (given, expect) in [
            (method(1, [0xaa, 0xbb, 0xcc, 0xdd]), "INSTANT"),
            (method(1, [0x55, 0x66, 0x77, 0x88]), "INSTANT"),
            (method(1, [0x11, 0x22, 0x33, 0x44]), "METHOD_NOT_WHITELISTED"),
            (call(1), "METHOD_NOT_WHITELISTED"),
            (method(2, [0xaa, 0xbb, 0xcc, 0xdd]), "METHOD_NOT_WHITELISTED"),
            (method(3, [0xaa, 0xbb, 0xcc, 0xdd]), "INSTANT"),
            (native_transfer(1, 5), "INSTANT"),
        ] {
            check(MethodWhitelist, &rules, given, expect);
        }
        check(MethodWhitelist, &[], method(1, [0; 4]), "INSTANT");
    }

    #[test]
    fn messages_keep_their_fragment() {
        let rules = [json!({"methods": [{"contractAddress": hex(1), "selectors": ["0x11223344"]}]})];
        let denied = decide(MethodWhitelist, &rules, vec![method(1, [1, 2, 3, 4])]);
        assert!(message(&denied).contains("Method not whitelisted: 0x01020304"), "{}", message(&denied));
    }
}
