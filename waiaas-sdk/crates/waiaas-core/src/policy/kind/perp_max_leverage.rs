//! PERP_MAX_LEVERAGE: the leverage of perpetual positions.

use super::PolicyKind;
use crate::money::Ratio;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::policy::{PolicyType, Tier};
use crate::tx::action::{Perp, PerpOp};

/// `{"maxLeverage": 5, "warningLeverage"?: 3}`: a position must not have more leverage; above the warning the tier is at
/// least DELAY. Both values themselves are allowed. Unknown leverage is denied; no row means no limit.
///
// DIFFERS: the original lets a position of unknown leverage pass, and does not look at orders and changes of leverage.
#[derive(Clone, Copy, Debug)]
pub(in crate::policy) struct PerpMaxLeverage {
    max: Ratio,
    warning: Option<Ratio>,
}

fn limited<'a>(case: &Case<'a>) -> Option<&'a Perp> {
    let ops = [PerpOp::OpenPosition, PerpOp::ModifyPosition, PerpOp::PlaceOrder, PerpOp::SetLeverage];
    case.action()?.perp.as_ref().filter(|perp| ops.contains(&perp.op))
}

fn positive(node: &Node<'_>, issues: &mut Issues) -> Option<Ratio> {
    let ratio = node.ratio(None, issues)?;
    if ratio == Ratio::default() {
        issues.add(node, "expected a number above 0");
        return None;
    }
    Some(ratio)
}

impl PolicyKind for PerpMaxLeverage {
    const TYPE: PolicyType = PolicyType::PerpMaxLeverage;
    const DENIED_BY: DeniedBy = DeniedBy::PerpMaxLeverage;
    const TOPICS: Topics = Topics::LEVERAGE;
    const ONCE: bool = true;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let max = rules.required("maxLeverage", issues).and_then(|node| positive(&node, issues));
        let warning = rules.read_optional("warningLeverage", issues, positive);
        Some(Self { max: max?, warning: warning? })
    }

    fn judge(&self, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        let Some(leverage) = limited(case).and_then(|perp| perp.leverage) else {
            return Err(Refusal::new(ReasonCode::MissingInput, "the leverage is unknown"));
        };
        if leverage > self.max {
            return Err(Refusal::new(
                ReasonCode::LeverageExceeded,
                format!("leverage {leverage} is above {}", self.max),
            ));
        }
        if self.warning.is_some_and(|warning| leverage > warning) {
            into.raise(Tier::Delay, "the leverage");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::PerpMaxLeverage;
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        let cases: [(serde_json::Value, &[&str]); 5] = [
            (json!({"maxLeverage": 5, "warningLeverage": 3.5}), &[]),
            (json!({"maxLeverage": 0}), &["rules.maxLeverage"]),
            (json!({"maxLeverage": 5, "warningLeverage": 0}), &["rules.warningLeverage"]),
            (json!({"maxLeverage": -1}), &["rules.maxLeverage"]),
            (json!({}), &["rules.maxLeverage"]),
        ];
        for (given, expect) in cases {
            check_rules(PerpMaxLeverage, &given, expect);
        }
    }
}
