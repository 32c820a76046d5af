//! WHITELIST: who may be dealt with.

use super::{PolicyKind, address_list};
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::tx::Operation;
use address_list::AddressList;

/// `{"allowed_addresses": ["0x…", …]}`: every recipient, spender and called contract must be listed.
///
/// Addresses of the EVM are compared without case, all others byte by byte. No row means no
/// restriction. An empty list is no list: it is refused at creation and denies when it is stored.
#[derive(Clone, Debug)]
pub(in crate::policy) struct Whitelist {
    allowed: AddressList,
}

impl PolicyKind for Whitelist {
    const TYPE: PolicyType = PolicyType::Whitelist;
    const DENIED_BY: DeniedBy = DeniedBy::Whitelist;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("allowed_addresses", issues)?;
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add(&list, "expected at least one address");
        }
        let texts = entries.iter().filter_map(|entry| entry.text(issues));
        Some(Self { allowed: AddressList::from_entries(texts.filter_map(|text| address_list::parse(text, None))) })
    }

    fn concerns(_: &Case<'_>) -> bool {
        true
    }

    fn judge(&self, case: &Case<'_>) -> Result<Contribution, Refusal> {
        for operation in &case.effects.operations {
            let (role, address) = match operation {
                Operation::NativeTransfer { to, .. } | Operation::TokenTransfer { to, .. } => ("recipient", to),
                Operation::Approval { spender, .. } => ("spender", spender),
                Operation::ContractCall { contract, .. } => ("contract", contract),
            };
            if !self.allowed.contains(address) {
                let detail = format!("{role} {address} not in whitelist");
                return Err(Refusal::new(ReasonCode::WhitelistDenied, detail));
            }
        }
        Ok(Contribution::none())
    }
}
