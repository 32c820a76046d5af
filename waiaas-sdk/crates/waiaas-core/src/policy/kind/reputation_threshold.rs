//! REPUTATION_THRESHOLD: how well the counterparty is thought of (ERC-8004).

use super::PolicyKind;
use crate::address::Address;
use crate::money::Ratio;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node, Object};
use crate::policy::topics::Topics;
use crate::policy::{PolicyType, Tier};
use crate::tx::Operation;

/// `{"min_score": 50, "below_threshold_tier"?: "APPROVAL", "unrated_tier"?: "APPROVAL", "check_counterparty"?: false,
/// "tag1"?, "tag2"?}`: with `check_counterparty`, dealing with somebody whose score (0 to 100) is below `min_score`, or who
/// has none, raises the tier. `DENY` in place of a tier denies.
///
/// The counterparty is whom WHITELIST looks at: recipients, spenders and contracts, of which the worst counts. Every
/// ordinary address is unrated.
// DIFFERS: the original does not look at the instructions of batches, and forgets the tier when another rule ends early.
#[derive(Clone, Copy, Debug)]
pub(in crate::policy) struct ReputationThreshold {
    min_score: Ratio,
    below: Outcome,
    unrated: Outcome,
    check_counterparty: bool,
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Tier(Tier),
    Deny,
}

/// What has a counterparty.
const COUNTERPARTIES: Topics = Topics::NATIVE.or(Topics::TOKEN).or(Topics::APPROVAL).or(Topics::CALL).or(Topics::NFT);

const MAX_SCORE: Ratio = Ratio::from_millionths(100_000_000);
const MAX_TAG_CHARS: usize = 32;

impl PolicyKind for ReputationThreshold {
    const TYPE: PolicyType = PolicyType::ReputationThreshold;
    const DENIED_BY: DeniedBy = DeniedBy::ReputationThreshold;
    const TOPICS: Topics = COUNTERPARTIES;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let min_score = rules.required("min_score", issues).and_then(|node| node.ratio(Some(MAX_SCORE), issues));
        let below = outcome(&rules, "below_threshold_tier", issues);
        let unrated = outcome(&rules, "unrated_tier", issues);
        let check = rules.read_optional("check_counterparty", issues, |node, issues| node.flag(issues));
        for tag in ["tag1", "tag2"].into_iter().filter_map(|name| rules.optional(name)) {
            if tag.text(issues).is_some_and(|text| text.chars().count() > MAX_TAG_CHARS) {
                issues.add(&tag, format!("expected at most {MAX_TAG_CHARS} characters"));
            }
        }
        Some(Self {
            min_score: min_score?,
            below: below?,
            unrated: unrated?,
            check_counterparty: check?.unwrap_or(false),
        })
    }

    fn judge(&self, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        if !self.check_counterparty {
            return Ok(());
        }
        let Some(scores) = &case.facts.actions.reputation else {
            return Err(Refusal::new(ReasonCode::MissingInput, "nothing here looks up reputations"));
        };
        for address in case.operations.iter().filter_map(counterparty) {
            let (outcome, because) = match scores.get(address) {
                Some(score) if *score >= self.min_score => continue,
                Some(_) => (self.below, "the counterparty's reputation is below the threshold"),
                None => (self.unrated, "the counterparty has no reputation"),
            };
            match outcome {
                Outcome::Tier(tier) => into.raise(tier, because),
                Outcome::Deny => {
                    return Err(Refusal::new(ReasonCode::ReputationTooLow, format!("{because}: {address}")));
                }
            }
        }
        Ok(())
    }
}

const fn counterparty(operation: &Operation) -> Option<&Address> {
    match operation {
        Operation::NativeTransfer { to, .. }
        | Operation::TokenTransfer { to, .. }
        | Operation::NftTransfer { to, .. } => Some(to),
        Operation::Approval { spender, .. } => Some(spender),
        Operation::ContractCall { contract, .. } => Some(contract),
        Operation::Deployment => None,
    }
}

fn outcome(rules: &Object<'_>, name: &str, issues: &mut Issues) -> Option<Outcome> {
    let read = |node: &Node<'_>, issues: &mut Issues| match node.as_text() {
        Some("DENY") => Some(Outcome::Deny),
        _ => node.tier(issues).map(Outcome::Tier),
    };
    Some(rules.read_optional(name, issues, read)?.unwrap_or(Outcome::Tier(Tier::Approval)))
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::ReputationThreshold;
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        let cases: [(serde_json::Value, &[&str]); 6] = [
            (json!({"min_score": 0}), &[]),
            (json!({"min_score": 100, "below_threshold_tier": "DENY", "unrated_tier": "NOTIFY", "tag1": "x"}), &[]),
            (json!({"min_score": 100.01}), &["rules.min_score"]),
            (json!({}), &["rules.min_score"]),
            (json!({"min_score": 1, "unrated_tier": "LATER"}), &["rules.unrated_tier"]),
            (
                json!({"min_score": 1, "check_counterparty": 1, "tag2": "x".repeat(33)}),
                &["rules.check_counterparty", "rules.tag2"],
            ),
        ];
        for (given, expect) in cases {
            check_rules(ReputationThreshold, &given, expect);
        }
    }
}
