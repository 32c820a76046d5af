//! APPROVE_TIER_OVERRIDE: one tier for allowances, whatever their amount.

use super::{Absent, PolicyKind};
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::DeniedBy;
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::policy::{PolicyType, Tier};

/// `{"tier": "NOTIFY"}`: allowances get this tier.
///
/// The row that the type resolves to takes the place of the tier that SPENDING_LIMIT would give to the approved amount,
/// also when that is stricter; what the same transaction spends is measured all the same, and every other rule still
/// raises the tier. A row marked as a ceiling replaces nothing: it is a floor. Without a row the approved amount is
/// measured like a transfer, and in a batch needs the owner.
// DIFFERS: the original ends the evaluation here, so that floors, delay and approval time of other rows are lost.
#[derive(Clone, Copy, Debug)]
pub(in crate::policy) struct ApproveTierOverride {
    tier: Tier,
}

impl PolicyKind for ApproveTierOverride {
    const TYPE: PolicyType = PolicyType::ApproveTierOverride;
    const DENIED_BY: DeniedBy = DeniedBy::ApproveTierOverride;
    const TOPICS: Topics = Topics::APPROVAL;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let tier = rules.object(issues)?.required("tier", issues)?.tier(issues)?;
        Some(Self { tier })
    }

    fn judge(&self, _: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        into.raise(self.tier, "the tier of allowances");
        Ok(())
    }
}

fn absent(case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
    if !case.effects.instructions.is_empty() {
        into.raise(Tier::Approval, "an allowance within a batch");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::money::BaseUnits;
    use crate::policy::PolicyType::{ApproveTierOverride, SpendingLimit};
    use crate::policy::Tier;
    use crate::policy::kind::testing::{
        approval, call, check, check_rules, decide_rows, native_transfer, row, summary, token_transfer,
    };
    use serde_json::json;

    #[test]
    fn shapes() {
        for tier in Tier::ALL {
            check_rules(ApproveTierOverride, &json!({"tier": tier.as_str()}), &[]);
        }
        for refused in [json!("LATER"), json!("instant"), json!(1)] {
            check_rules(ApproveTierOverride, &json!({"tier": refused}), &["rules.tier"]);
        }
        check_rules(ApproveTierOverride, &json!({}), &["rules.tier"]);
    }

    #[test]
    fn only_allowances_get_the_tier() {
        let rules = [json!({"tier": "DELAY"})];
        check(ApproveTierOverride, &rules, approval(1, 1, BaseUnits::ZERO), "DELAY");
        check(ApproveTierOverride, &rules, token_transfer(1, 1, 5), "INSTANT");
    }

    #[test]
    fn it_replaces_the_tier_of_the_approved_amount_and_nothing_else() {
        let spending =
            row(0, SpendingLimit, &json!({"instant_max_usd": 10, "notify_max_usd": 20, "delay_seconds": 600}));
        let override_ = |tier: &str| row(1, ApproveTierOverride, &json!({"tier": tier}));
        let ceiling = |tier: &str| crate::policy::PolicyRow {
            ceiling: true,
            ..row(2, ApproveTierOverride, &json!({"tier": tier}))
        };
        // 50 dollars: above every threshold.
        let given = || vec![approval(1, 1, BaseUnits::from_u128(50_000_000))];
        let check = |rows: &[crate::policy::PolicyRow], operations, expect: &str| {
            let decision = decide_rows(rows, operations);
            assert_eq!(summary(&decision), expect, "{decision:#?}");
        };
        check(std::slice::from_ref(&spending), given(), "APPROVAL");
        check(&[spending.clone(), override_("INSTANT")], given(), "INSTANT");
        check(&[spending.clone(), override_("DELAY")], given(), "DELAY");
        // As a ceiling it is only a floor.
        check(&[spending.clone(), ceiling("INSTANT")], given(), "APPROVAL");
        check(&[spending.clone(), override_("INSTANT"), ceiling("NOTIFY")], given(), "NOTIFY");
        // 40 dollars of native coin beside it are spent, not approved.
        let with_value = vec![native_transfer(1, 20_000_000_000_000_000), call(1), approval(1, 1, BaseUnits::ZERO)];
        check(&[spending.clone(), override_("INSTANT")], with_value, "APPROVAL");
        // An asset without a price is not measured either.
        let unlisted = vec![approval(2, 1, BaseUnits::from_u128(5))];
        check(&[spending, override_("INSTANT")], unlisted, "INSTANT");
    }
}
