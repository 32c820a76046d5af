//! APPROVED_SPENDERS: who may get an allowance, and how large.

use super::{Absent, PolicyKind, address_list};
use crate::address::Address;
use crate::money::BaseUnits;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::frozen::FrozenMap;
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::Operation;
use serde_json::json;

/// `{"spenders": [{"address": "0x…", "name"?, "maxAmount"?: "1000000"}, …]}`: spenders must be listed.
///
/// `maxAmount` counts smallest units of whatever token is approved; the limit itself is allowed. A
/// spender that is listed twice has the larger maximum. Without a row nothing may be approved
/// (setting `policy.default_deny_spenders`).
// DIFFERS: the original stores `maxAmount` and never looks at it.
#[derive(Clone, Debug)]
pub(in crate::policy) struct ApprovedSpenders {
    /// The largest allowance of each spender; [`BaseUnits::MAX`] where the row sets none.
    limits: FrozenMap<Address, BaseUnits>,
}

impl PolicyKind for ApprovedSpenders {
    const TYPE: PolicyType = PolicyType::ApprovedSpenders;
    const DENIED_BY: DeniedBy = DeniedBy::ApprovedSpenders;
    const TOPICS: Topics = Topics::APPROVAL;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("spenders", issues)?;
        let entries = list.list(issues)?;
        if entries.is_empty() {
            issues.add_at_creation(&list, "expected at least one spender");
        }
        let mut limits = Vec::with_capacity(entries.len());
        for entry in &entries {
            let address = address_list::read_entry(entry, issues)?;
            let limit = match entry.object(issues)?.optional("maxAmount") {
                Some(limit) => limit.digits(issues)?,
                None => BaseUnits::MAX,
            };
            limits.extend(address.map(|address| (address, limit)));
        }
        Some(Self { limits: FrozenMap::collect(limits, |known, limit| *known = limit.max(*known)) })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        for operation in case.operations {
            let Operation::Approval { spender, amount, collection, .. } = operation else { continue };
            let Some(limit) = self.limits.get(spender) else {
                let detail = format!("spender {spender} not in approved list");
                case.lacks(refuse(ReasonCode::SpenderNotApproved, detail, case, spender))?;
                continue;
            };
            let amount = if *collection { BaseUnits::MAX } else { *amount };
            if amount > *limit {
                let detail = format!("allowance of {amount} is above {limit}, the most that spender {spender} may get");
                return Err(Refusal::new(ReasonCode::ApproveAmountExceeded, detail));
            }
        }
        Ok(())
    }
}

fn absent(case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
    let spender = case.operations.iter().find_map(|operation| match operation {
        Operation::Approval { spender, .. } => Some(spender),
        _ => None,
    });
    match spender.filter(|_| case.facts.settings.default_deny_spenders) {
        Some(spender) => {
            let detail = "Token approvals disabled: add an APPROVED_SPENDERS policy that lists the spender";
            Err(refuse(ReasonCode::ApproveDisabled, detail.to_owned(), case, spender))
        }
        None => Ok(()),
    }
}

/// The missing entry allows no more than the whole request asks for.
fn refuse(reason: ReasonCode, detail: String, case: &Case<'_>, spender: &Address) -> Refusal {
    let amounts = case.effects.operations.iter().filter_map(|operation| match operation {
        Operation::Approval { collection: true, spender: other, .. } if other == spender => Some(None),
        Operation::Approval { amount, spender: other, .. } if other == spender => Some(Some(*amount)),
        _ => None,
    });
    let most = amounts.collect::<Option<Vec<BaseUnits>>>().and_then(|amounts| amounts.into_iter().max());
    let entry = match most {
        Some(most) => json!({ "address": spender.to_string(), "maxAmount": most.to_string() }),
        None => json!({ "address": spender.to_string() }),
    };
    Refusal::new(reason, detail).for_want_of(ApprovedSpenders::TYPE, "spenders", entry)
}

#[cfg(test)]
mod tests {
    use crate::money::BaseUnits;
    use crate::policy::PolicyType::ApprovedSpenders;
    use crate::policy::kind::testing::{approval, check, check_rules, decide, hex, message, token_transfer};
    use serde_json::json;

    #[test]
    fn shapes() {
        check_rules(ApprovedSpenders, &json!({"spenders": [{"address": hex(1), "name": "x", "maxAmount": "10"}]}), &[]);
        check_rules(ApprovedSpenders, &json!({"spenders": []}), &["rules.spenders"]);
        for refused in [json!("1e9"), json!(10), json!("-1"), json!("")] {
            let rules = json!({"spenders": [{"address": hex(1), "maxAmount": refused}]});
            check_rules(ApprovedSpenders, &rules, &["rules.spenders.0.maxAmount"]);
        }
    }

    #[test]
    fn allowances() {
        let amount = BaseUnits::from_u128;
        let rules = [json!({"spenders": [
            {"address": hex(1), "maxAmount": "10"}, {"address": hex(1), "maxAmount": "5"}, {"address": hex(2)},
        ]})];
        for (given, expect) in [
            (approval(1, 1, amount(10)), "INSTANT"),
            (approval(1, 1, amount(11)), "APPROVE_AMOUNT_EXCEEDED"),
            (approval(1, 2, amount(1_000_000)), "INSTANT"),
            (approval(1, 2, BaseUnits::MAX), "UNLIMITED_APPROVE_BLOCKED"),
            (approval(1, 3, amount(1)), "SPENDER_NOT_APPROVED"),
            (token_transfer(1, 3, 1), "INSTANT"),
        ] {
            check(ApprovedSpenders, &rules, given, expect);
        }
        check(ApprovedSpenders, &[], approval(1, 1, amount(0)), "APPROVE_DISABLED");
    }

    #[test]
    fn messages_keep_their_fragments() {
        let given = || vec![approval(1, 1, BaseUnits::ZERO)];
        assert!(message(&decide(ApprovedSpenders, &[], given())).contains("Token approvals disabled"));
        assert!(
            message(&decide(ApprovedSpenders, &[json!({"spenders": []})], given())).contains("not in approved list")
        );
    }
}
