//! METHOD_WHITELIST: which methods of a contract may be called.

use super::{PolicyKind, address_list};
use crate::address::Address;
use crate::chain::ChainKind;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::frozen::FrozenMap;
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::{CallHead, Operation};
use serde_json::json;
use std::collections::BTreeMap;

/// `{"methods": [{"contractAddress": "0x…", "selectors": ["0x414bf389", …]}, …]}`: a contract with an entry may be
/// called only with one of its selectors.
///
/// On the EVM a selector is the first four bytes of the calldata as `0x` and eight hex digits. On Solana it is the
/// beginning of the instruction's data, one to [`CallHead::CAPACITY`] bytes in hex, with or without `0x`. Letter case
/// does not matter. A contract without an entry is not restricted; two entries of one contract add up. A call with less
/// data than a selector has does not match it. A text that is no selector matches nothing. No row means no restriction.
// DIFFERS: the original reads only the first entry of each contract. On Solana it sees no selector when it sends, and
// compares the first eight bytes as a whole when it only signs.
#[derive(Clone, Debug)]
pub(in crate::policy) struct MethodWhitelist {
    methods: FrozenMap<Address, Beginnings>,
}

/// How the calls of one contract may begin.
#[derive(Clone, Debug)]
struct Beginnings(Vec<CallHead>); // INVARIANT: sorted, none empty, none the beginning of another

impl Beginnings {
    fn of(mut heads: Vec<CallHead>) -> Self {
        heads.sort_unstable_by(|one, other| one.as_bytes().cmp(other.as_bytes()));
        // Whatever begins with an entry follows right after it.
        heads.dedup_by(|next, kept| next.as_bytes().starts_with(kept.as_bytes()));
        Self(heads)
    }

    fn admit(&self, head: &CallHead) -> bool {
        let data = head.as_bytes();
        // An entry that `data` begins with is not above `data`, and between the two there is only what begins with it.
        let not_above = self.0.partition_point(|entry| entry.as_bytes() <= data);
        self.0.get(..not_above).and_then(<[_]>::last).is_some_and(|entry| data.starts_with(entry.as_bytes()))
    }
}

impl PolicyKind for MethodWhitelist {
    const TYPE: PolicyType = PolicyType::MethodWhitelist;
    const DENIED_BY: DeniedBy = DeniedBy::MethodWhitelist;
    const TOPICS: Topics = Topics::CALL;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("methods", issues)?;
        let mut methods: BTreeMap<Address, Vec<CallHead>> = BTreeMap::new();
        for entry in list.list(issues)? {
            if let Some((contract, selectors)) = read_entry(&entry, issues).flatten() {
                methods.entry(contract).or_default().extend(selectors);
            }
        }
        let methods = methods.into_iter().map(|(contract, heads)| (contract, Beginnings::of(heads)));
        Some(Self { methods: FrozenMap::collect(methods, |_, _| ()) })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        for operation in case.operations {
            let Operation::ContractCall { contract, head } = operation else { continue };
            let Some(allowed) = self.methods.get(contract) else { continue };
            if !allowed.admit(head) {
                let called = called(contract, head);
                let name = called.as_deref().unwrap_or("none");
                let detail = format!("Method not whitelisted: {name} of contract {contract}");
                let refusal = Refusal::new(ReasonCode::MethodNotWhitelisted, detail);
                // What has no name cannot be listed.
                let Some(selector) = called else { return Err(refusal) };
                let entry = json!({ "contractAddress": contract.to_string(), "selectors": [selector] });
                case.lacks(refusal.for_want_of(Self::TYPE, "methods", entry))?;
            }
        }
        Ok(())
    }
}

/// Outer `None`: an issue was found. Inner `None`: no transaction can name the contract.
fn read_entry(entry: &Node<'_>, issues: &mut Issues) -> Option<Option<(Address, Vec<CallHead>)>> {
    let entry = entry.object(issues)?;
    let contract = entry.required("contractAddress", issues).and_then(|node| node.text(issues));
    let node = entry.required("selectors", issues)?;
    let texts = node.list(issues)?;
    if texts.is_empty() {
        issues.add_at_creation(&node, "expected at least one selector");
    }
    let texts: Vec<&str> = texts.iter().filter_map(|text| text.text(issues)).collect();
    let contract = address_list::parse(contract?, None);
    Some(contract.map(|contract| {
        let selectors = texts.into_iter().filter_map(|text| parse_selector(contract.chain(), text)).collect();
        (contract, selectors)
    }))
}

/// `None` for what no call begins with.
fn parse_selector(chain: ChainKind, text: &str) -> Option<CallHead> {
    let digits = text.strip_prefix("0x");
    let bytes = match chain {
        ChainKind::Ethereum => hex::decode(digits?).ok().filter(|bytes| bytes.len() == 4)?,
        ChainKind::Solana => hex::decode(digits.unwrap_or(text)).ok()?,
        ChainKind::Ripple => return None,
    };
    (1..=CallHead::CAPACITY).contains(&bytes.len()).then(|| CallHead::of(&bytes))
}

/// What is called, as an entry would name it; on Solana by eight bytes, which is what most programs tell their methods
/// apart by. `None` for what no entry can name.
fn called(contract: &Address, head: &CallHead) -> Option<String> {
    let data = head.as_bytes();
    let (least, shown) = match contract.chain() {
        ChainKind::Ethereum => (4, 4),
        ChainKind::Solana => (1, 8),
        ChainKind::Ripple => return None,
    };
    (data.len() >= least).then(|| format!("0x{}", hex::encode(data.get(..shown).unwrap_or(data))))
}

#[cfg(test)]
mod tests {
    use crate::address::Address;
    use crate::chain::ChainKind;
    use crate::policy::PolicyType::MethodWhitelist;
    use crate::policy::kind::testing::{address, call, check, check_rules, decide, hex, message, native_transfer};
    use crate::tx::{CallHead, Operation};
    use serde_json::json;

    fn method(contract: u8, selector: [u8; 4]) -> Operation {
        Operation::ContractCall { contract: address(contract), head: CallHead::of(&selector) }
    }

    #[test]
    fn shapes() {
        check_rules(
            MethodWhitelist,
            &json!({"methods": [{"contractAddress": hex(1), "selectors": ["0x414bf389"]}]}),
            &[],
        );
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
    fn on_solana_selectors_are_beginnings_of_the_data() {
        const PROGRAM: &str = "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4";
        let called = |data: &[u8]| {
            let contract = Address::parse(ChainKind::Solana, PROGRAM).unwrap();
            Operation::ContractCall { contract, head: CallHead::of(data) }
        };
        let long = [0xee; 40];
        for (selector, data, expect) in [
            ("e517cb977ae3ad2a", &[0xe5, 0x17, 0xcb, 0x97, 0x7a, 0xe3, 0xad, 0x2a, 1][..], "INSTANT"),
            ("0xE517CB97", &[0xe5, 0x17, 0xcb, 0x97, 0x7a], "INSTANT"),
            ("0xE517CB97", &[0xe5, 0x17, 0xcb, 0x97], "INSTANT"),
            ("0xE517CB97", &[0xe5, 0x17, 0xcb], "METHOD_NOT_WHITELISTED"),
            ("0xE517CB97", &[], "METHOD_NOT_WHITELISTED"),
            ("03", &[3, 0, 0, 0], "INSTANT"),
            ("03", &[4, 0, 0, 0], "METHOD_NOT_WHITELISTED"),
            // Nothing begins with these.
            ("0", &[3], "METHOD_NOT_WHITELISTED"),
            ("0x", &[3], "METHOD_NOT_WHITELISTED"),
            ("0X03", &[3], "METHOD_NOT_WHITELISTED"),
            ("0x0x03", &[3], "METHOD_NOT_WHITELISTED"),
            (&"ee".repeat(32), &long, "INSTANT"),
            (&"ee".repeat(33), &long, "METHOD_NOT_WHITELISTED"),
        ] {
            let rules = [json!({"methods": [{"contractAddress": PROGRAM, "selectors": [selector]}]})];
            check(MethodWhitelist, &rules, called(data), expect);
        }
        let rules = [json!({"methods": [{"contractAddress": PROGRAM, "selectors": ["03"]}]})];
        let denied = decide(MethodWhitelist, &rules, vec![called(&[0xab; 20])]);
        assert!(message(&denied).contains("Method not whitelisted: 0xabababababababab of"), "{}", message(&denied));
        let other = rules[0].to_string().replace("JUP6", "jup6");
        check(MethodWhitelist, &[serde_json::from_str(&other).unwrap()], called(&[4]), "INSTANT");
    }

    #[test]
    fn short_and_long_selectors_of_one_program() {
        const PROGRAM: &str = "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4";
        let rules = [json!({"methods": [
            {"contractAddress": PROGRAM, "selectors": ["0102", "010203", "01", "0500", "0x05ff", "09"]},
            {"contractAddress": PROGRAM, "selectors": ["0102ff", "0500"]},
        ]})];
        for (data, expect) in [
            (&[1][..], true),
            (&[1, 0], true),
            (&[1, 2, 3], true),
            (&[1, 0xff], true),
            (&[0], false),
            (&[2], false),
            (&[5], false),
            (&[5, 0], true),
            (&[5, 0, 7], true),
            (&[5, 1], false),
            (&[5, 0xff, 0xff], true),
            (&[8, 0xff], false),
            (&[9, 9], true),
            (&[0xff; 32], false),
        ] {
            let contract = Address::parse(ChainKind::Solana, PROGRAM).unwrap();
            let called = Operation::ContractCall { contract, head: CallHead::of(data) };
            check(MethodWhitelist, &rules, called, if expect { "INSTANT" } else { "METHOD_NOT_WHITELISTED" });
        }
    }

    #[test]
    fn messages_keep_their_fragment() {
        let rules = [json!({"methods": [{"contractAddress": hex(1), "selectors": ["0x11223344"]}]})];
        let denied = decide(MethodWhitelist, &rules, vec![method(1, [1, 2, 3, 4])]);
        assert!(message(&denied).contains("Method not whitelisted: 0x01020304"), "{}", message(&denied));
    }
}
