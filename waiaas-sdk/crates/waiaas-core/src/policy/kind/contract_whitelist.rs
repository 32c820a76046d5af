//! CONTRACT_WHITELIST: which contracts may be called.

use super::{PolicyKind, address_list};
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::tx::Operation;
use address_list::AddressList;

/// `{"contracts": [{"address": "0x…", "name"?, "chain"?}, …]}`: every called contract must be listed.
///
/// Without a row no contract may be called (setting `policy.default_deny_contracts`).
#[derive(Clone, Debug)]
pub(in crate::policy) struct ContractWhitelist {
    contracts: AddressList,
}

impl PolicyKind for ContractWhitelist {
    const TYPE: PolicyType = PolicyType::ContractWhitelist;
    const DENIED_BY: DeniedBy = DeniedBy::ContractWhitelist;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("contracts", issues)?;
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add_at_creation(&list, "expected at least one contract");
        }
        let addresses = entries.iter().filter_map(|entry| address_list::read_entry(entry, issues)).flatten();
        Some(Self { contracts: AddressList::from_entries(addresses) })
    }

    fn concerns(case: &Case<'_>) -> bool {
        case.effects.operations.iter().any(|operation| matches!(operation, Operation::ContractCall { .. }))
    }

    fn absent(case: &Case<'_>) -> Result<Contribution, Refusal> {
        if !case.facts.settings.default_deny_contracts {
            return Ok(Contribution::none());
        }
        let detail = "Contract calls disabled: add a CONTRACT_WHITELIST policy that lists the contract";
        Err(Refusal::new(ReasonCode::ContractCallDisabled, detail))
    }

    fn judge(&self, case: &Case<'_>) -> Result<Contribution, Refusal> {
        for operation in &case.effects.operations {
            let Operation::ContractCall { contract, .. } = operation else { continue };
            if !self.contracts.contains(contract) {
                let detail = format!("contract {contract} not whitelisted");
                return Err(Refusal::new(ReasonCode::ContractNotWhitelisted, detail));
            }
        }
        Ok(Contribution::none())
    }
}
