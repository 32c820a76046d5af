//! PERP_MAX_POSITION_USD: the size of perpetual positions.

use super::PolicyKind;
use crate::money::Usd;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::policy::{PolicyType, Tier};
use crate::tx::action::{Perp, PerpOp};

/// `{"maxPositionUsd": 10000, "warningPositionUsd"?: 5000}`: a position must not become larger; above the warning the tier
/// is at least DELAY. Both values themselves are allowed. An unknown size is denied; no row means no limit.
///
// DIFFERS: the original lets a position of unknown size pass.
#[derive(Clone, Copy, Debug)]
pub(in crate::policy) struct PerpMaxPositionUsd {
    max: Usd,
    warning: Option<Usd>,
}

fn limited<'a>(case: &Case<'a>) -> Option<&'a Perp> {
    let ops = [PerpOp::OpenPosition, PerpOp::ModifyPosition, PerpOp::PlaceOrder];
    case.action()?.perp.as_ref().filter(|perp| ops.contains(&perp.op))
}

impl PolicyKind for PerpMaxPositionUsd {
    const TYPE: PolicyType = PolicyType::PerpMaxPositionUsd;
    const DENIED_BY: DeniedBy = DeniedBy::PerpMaxPositionUsd;
    const TOPICS: Topics = Topics::POSITION;
    const ONCE: bool = true;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let positive = |node: &Node<'_>, issues: &mut Issues| node.positive_usd(issues);
        let max = rules.required("maxPositionUsd", issues).and_then(|node| positive(&node, issues));
        let warning = rules.read_optional("warningPositionUsd", issues, positive);
        Some(Self { max: max?, warning: warning? })
    }

    fn judge(&self, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        let Some(size) = limited(case).and_then(|perp| perp.size) else {
            return Err(Refusal::new(ReasonCode::MissingInput, "the size of the position is unknown"));
        };
        if size > self.max {
            let detail = format!("a position of ${size} is above ${}", self.max);
            return Err(Refusal::new(ReasonCode::PositionSizeExceeded, detail));
        }
        if self.warning.is_some_and(|warning| size > warning) {
            into.raise(Tier::Delay, "the size of the position");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::PerpMaxPositionUsd;
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        let cases: [(serde_json::Value, &[&str]); 4] = [
            (json!({"maxPositionUsd": 10000, "warningPositionUsd": "5000.5"}), &[]),
            (json!({"maxPositionUsd": 0}), &["rules.maxPositionUsd"]),
            (json!({"maxPositionUsd": 5, "warningPositionUsd": -5}), &["rules.warningPositionUsd"]),
            (json!({}), &["rules.maxPositionUsd"]),
        ];
        for (given, expect) in cases {
            check_rules(PerpMaxPositionUsd, &given, expect);
        }
    }
}
