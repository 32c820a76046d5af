//! LENDING_LTV_LIMIT: how much may be borrowed on the collateral.

use super::PolicyKind;
use crate::money::{Ratio, Usd};
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::policy::{PolicyType, Tier};
use crate::tx::action::{Lending, LendingOp};
use ruint::aliases::U256;

/// `{"maxLtv": 0.75, "warningLtv"?: 0.6}`: with a new loan, debt divided by collateral must not be above `maxLtv`; above
/// `warningLtv` the tier is at least DELAY. Both values themselves are allowed.
///
/// A loan of unknown worth and a wallet of unknown positions are denied. No row means no limit.
// DIFFERS: in the original a loan of unknown worth counts as nothing.
#[derive(Clone, Copy, Debug)]
pub(in crate::policy) struct LendingLtvLimit {
    max: Ratio,
    warning: Option<Ratio>,
}

fn borrowing<'a>(case: &Case<'a>) -> Option<&'a Lending> {
    case.action()?.lending.as_ref().filter(|lending| lending.op == LendingOp::Borrow)
}

impl PolicyKind for LendingLtvLimit {
    const TYPE: PolicyType = PolicyType::LendingLtvLimit;
    const DENIED_BY: DeniedBy = DeniedBy::LendingLtvLimit;
    const TOPICS: Topics = Topics::BORROWING;
    const ONCE: bool = true;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let share = |node: &Node<'_>, issues: &mut Issues| node.ratio(Some(Ratio::ONE), issues);
        let max = rules.required("maxLtv", issues).and_then(|node| share(&node, issues));
        let warning = rules.read_optional("warningLtv", issues, share);
        let (max, warning) = (max?, warning?);
        if let Some(node) = rules.optional("warningLtv").filter(|_| warning.is_some_and(|warning| warning > max)) {
            issues.add_at_creation(&node, "expected at most `maxLtv`");
        }
        Some(Self { max, warning })
    }

    fn judge(&self, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        let Some(loan) = borrowing(case).and_then(|lending| lending.usd) else {
            return Err(Refusal::new(ReasonCode::PriceUnavailable, "the worth of the loan is unknown"));
        };
        let Some(positions) = case.facts.actions.positions else {
            return Err(Refusal::new(ReasonCode::MissingInput, "the loans of the wallet are unknown"));
        };
        let debt = positions.debt.saturating_add(loan);
        if above(debt, positions.collateral, self.max) {
            let detail =
                format!("debt of ${debt} on collateral of ${} would be above {}", positions.collateral, self.max);
            return Err(Refusal::new(ReasonCode::LtvExceeded, detail));
        }
        if self.warning.is_some_and(|warning| above(debt, positions.collateral, warning)) {
            into.raise(Tier::Delay, "the share of debt on the collateral");
        }
        Ok(())
    }
}

/// Whether debt divided by collateral is above the limit; any debt without collateral is.
fn above(debt: Usd, collateral: Usd, limit: Ratio) -> bool {
    // Neither product reaches 2^192.
    let debt = U256::from(debt.micros()).saturating_mul(U256::from(Ratio::ONE.millionths()));
    debt > U256::from(collateral.micros()).saturating_mul(U256::from(limit.millionths()))
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::LendingLtvLimit;
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        let cases: [(serde_json::Value, &[&str]); 7] = [
            (json!({"maxLtv": 0.75}), &[]),
            (json!({"maxLtv": 1, "warningLtv": 1}), &[]),
            (json!({"maxLtv": "0.5", "warningLtv": 0}), &[]),
            (json!({"maxLtv": 1.01}), &["rules.maxLtv"]),
            (json!({"maxLtv": -0.1, "warningLtv": 2}), &["rules.maxLtv", "rules.warningLtv"]),
            (json!({"maxLtv": 0.5, "warningLtv": 0.51}), &["rules.warningLtv"]),
            (json!({"warningLtv": 0.5}), &["rules.maxLtv"]),
        ];
        for (given, expect) in cases {
            check_rules(LendingLtvLimit, &given, expect);
        }
    }
}
