//! CONTRACT_WHITELIST: which contracts may be called.

use super::{Absent, PolicyKind, address_list};
use crate::address::Address;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::Operation;
use crate::tx::solana::programs;
use address_list::AddressList;
use serde_json::json;

/// `{"contracts": [{"address": "0x…", "name"?, "chain"?}, …]}`: every called contract must be listed,
/// and the collection of every NFT that leaves the wallet. On Solana contracts are programs, and those that belong to
/// nearly every transaction need no entry ([`programs::is_implicit`]). A provider that is part of this service and
/// switched on needs no entry either.
///
/// Without a row no contract may be called (setting `policy.default_deny_contracts`).
#[derive(Clone, Debug)]
pub(in crate::policy) struct ContractWhitelist {
    contracts: AddressList,
}

impl PolicyKind for ContractWhitelist {
    const TYPE: PolicyType = PolicyType::ContractWhitelist;
    const DENIED_BY: DeniedBy = DeniedBy::ContractWhitelist;
    const TOPICS: Topics = Topics::UNVOUCHED_CODE;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("contracts", issues)?;
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add_at_creation(&list, "expected at least one contract");
        }
        let addresses = entries.iter().filter_map(|entry| address_list::read_entry(entry, issues)).flatten();
        Some(Self { contracts: AddressList::from_entries(addresses) })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        for operation in case.operations {
            let Some(contract) = contract_of(operation) else { continue };
            if !self.contracts.contains(contract) {
                let detail = format!("contract {contract} not whitelisted");
                case.lacks(refuse(ReasonCode::ContractNotWhitelisted, detail, contract))?;
            }
        }
        Ok(())
    }
}

fn absent(case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
    match case.operations.iter().find_map(contract_of).filter(|_| case.facts.settings.default_deny_contracts) {
        Some(contract) => {
            let detail = "Contract calls disabled: add a CONTRACT_WHITELIST policy that lists the contract";
            Err(refuse(ReasonCode::ContractCallDisabled, detail.to_owned(), contract))
        }
        None => Ok(()),
    }
}

fn refuse(reason: ReasonCode, detail: String, contract: &Address) -> Refusal {
    let entry = json!({ "address": contract.to_string() });
    Refusal::new(reason, detail).for_want_of(ContractWhitelist::TYPE, "contracts", entry)
}

/// The contract that an operation runs or takes an NFT of, if it needs an entry.
fn contract_of(operation: &Operation) -> Option<&Address> {
    match operation {
        Operation::ContractCall { contract, .. } if programs::is_implicit(contract) => None,
        Operation::ContractCall { contract, .. } | Operation::NftTransfer { collection: contract, .. } => {
            Some(contract)
        }
        Operation::NativeTransfer { .. }
        | Operation::TokenTransfer { .. }
        | Operation::Approval { .. }
        | Operation::Deployment => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::address::Address;
    use crate::chain::ChainKind;
    use crate::policy::PolicyType::ContractWhitelist;
    use crate::policy::kind::testing::{call, check, check_rules, decide, hex, message, native_transfer, summary};
    use crate::tx::{CallHead, Operation};
    use serde_json::json;

    #[test]
    fn shapes() {
        check_rules(
            ContractWhitelist,
            &json!({"contracts": [{"address": hex(1), "name": "Router", "chain": "ethereum"}]}),
            &[],
        );
        check_rules(ContractWhitelist, &json!({"contracts": []}), &["rules.contracts"]);
        check_rules(
            ContractWhitelist,
            &json!({"contracts": [hex(1), {"name": "x"}]}),
            &["rules.contracts.0", "rules.contracts.1.address"],
        );
    }

    #[test]
    fn calls_need_an_entry() {
        let listed = |chain: &str| [json!({"contracts": [{"address": hex(1), "chain": chain}]})];
        check(ContractWhitelist, &listed("ethereum"), call(1), "INSTANT");
        check(ContractWhitelist, &listed("solana"), call(1), "CONTRACT_NOT_WHITELISTED");
        check(ContractWhitelist, &listed("ethereum"), call(2), "CONTRACT_NOT_WHITELISTED");
        check(ContractWhitelist, &listed("ethereum"), native_transfer(2, 5), "INSTANT");
        check(ContractWhitelist, &[json!({"contracts": []})], call(1), "CONTRACT_NOT_WHITELISTED");
        check(ContractWhitelist, &[], call(1), "CONTRACT_CALL_DISABLED");
        // A ceiling holds in addition to the row.
        check(
            ContractWhitelist,
            &[listed("ethereum")[0].clone(), json!({"contracts": [{"address": hex(2)}]})],
            call(1),
            "CONTRACT_NOT_WHITELISTED",
        );
    }

    #[test]
    fn programs_of_solana() {
        const JUPITER: &str = "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4";
        const BUDGET: &str = "ComputeBudget111111111111111111111111111111";
        const STRANGER: &str = "Evi1111111111111111111111111111111111111111";
        let run = |program: &str| {
            let contract = Address::parse(ChainKind::Solana, program).unwrap();
            Operation::ContractCall { contract, head: CallHead::of(&[1]) }
        };
        let listed = |text: &str| [json!({"contracts": [{"address": text, "chain": "solana"}]})];
        for (rules, given, expect) in [
            (listed(JUPITER), vec![JUPITER], "INSTANT"),
            (listed(JUPITER), vec![BUDGET, JUPITER], "INSTANT"),
            (listed(JUPITER), vec![STRANGER, JUPITER], "CONTRACT_NOT_WHITELISTED"),
            (listed(JUPITER), vec![JUPITER, STRANGER], "CONTRACT_NOT_WHITELISTED"),
            (listed(&JUPITER.to_lowercase()), vec![JUPITER], "CONTRACT_NOT_WHITELISTED"),
            (listed(&JUPITER[..42]), vec![JUPITER], "CONTRACT_NOT_WHITELISTED"),
        ] {
            let operations = given.iter().map(|program| run(program)).collect();
            assert_eq!(summary(&decide(ContractWhitelist, &rules, operations)), expect, "{given:?} under {rules:?}");
        }
        check(ContractWhitelist, &[], run(BUDGET), "INSTANT");
        check(ContractWhitelist, &[], run(JUPITER), "CONTRACT_CALL_DISABLED");
    }

    #[test]
    fn messages_keep_their_fragments() {
        assert!(message(&decide(ContractWhitelist, &[], vec![call(1)])).contains("Contract calls disabled"));
        assert!(
            message(&decide(ContractWhitelist, &[json!({"contracts": []})], vec![call(1)])).contains("not whitelisted")
        );
    }
}
