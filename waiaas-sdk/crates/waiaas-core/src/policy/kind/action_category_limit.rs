//! ACTION_CATEGORY_LIMIT: dollars per category of actions.

use super::PolicyKind;
use crate::money::Usd;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::facts::{ActionFacts, CategoryUse};
use crate::policy::rules::{Issues, Node, Object};
use crate::policy::topics::Topics;
use crate::policy::{PolicyType, Tier};
use crate::tx::Action;

/// `{"category": "swap", "per_action_limit_usd"?: 100, "daily_limit_usd"?: 500, "monthly_limit_usd"?: 5000,
/// "tier_on_exceed"?: "DELAY"}`: what goes above a limit gets at least the tier, or with `DENY` is denied. The limits
/// themselves are allowed. `per_action`, `daily`, `monthly` are the same limits, `auto` is DELAY.
///
/// Days and months are those of the calendar in UTC. The category is what the provider of the action declares; `trade` is
/// `swap`, `perp` and `prediction` together, `stake` is `staking`, `lend` is `lending`, and `withdraw` is what takes
/// something out. An action of unknown worth is above every limit. One row is in force per category.
// DIFFERS: the original has one row in force for all categories together, skips actions of unknown worth, and lets the
// tier take the place of the spending tier.
#[derive(Clone, Debug)]
pub(in crate::policy) struct ActionCategoryLimit {
    category: String,
    per_action: Option<Usd>,
    daily: Option<Usd>,
    monthly: Option<Usd>,
    on_exceed: Outcome,
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Tier(Tier),
    Deny,
}

impl PolicyKind for ActionCategoryLimit {
    const TYPE: PolicyType = PolicyType::ActionCategoryLimit;
    const DENIED_BY: DeniedBy = DeniedBy::ActionCategoryLimit;
    const TOPICS: Topics = Topics::CATEGORY;
    const ONCE: bool = true;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let category = rules.required("category", issues).and_then(|node| node.text(issues));
        let per_action = limit(&rules, ["per_action_limit_usd", "per_action"], issues);
        let daily = limit(&rules, ["daily_limit_usd", "daily"], issues);
        let monthly = limit(&rules, ["monthly_limit_usd", "monthly"], issues);
        let on_exceed = rules.read_optional("tier_on_exceed", issues, |node, issues| match node.as_text() {
            Some("DENY") => Some(Outcome::Deny),
            Some("auto") => Some(Outcome::Tier(Tier::Delay)),
            _ => node.tier(issues).map(Outcome::Tier),
        });
        Some(Self {
            category: category?.to_owned(),
            per_action: per_action?,
            daily: daily?,
            monthly: monthly?,
            on_exceed: on_exceed?.unwrap_or(Outcome::Tier(Tier::Delay)),
        })
    }

    fn group(&self) -> Option<&str> {
        Some(&self.category)
    }

    fn judge(&self, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        if !case.action().is_some_and(|action| self.covers(action)) {
            return Ok(());
        }
        if (self.daily.is_some() || self.monthly.is_some()) && case.facts.actions.categories.is_none() {
            return Err(Refusal::new(ReasonCode::MissingInput, "the worth of earlier actions is unknown"));
        }
        let Some(which) = self.exceeded(case) else { return Ok(()) };
        match self.on_exceed {
            Outcome::Tier(tier) => into.raise(tier, "a limit of the category"),
            Outcome::Deny => {
                let detail = format!("the {which} limit of category `{}` would be passed", self.category);
                return Err(Refusal::new(ReasonCode::CategoryLimitExceeded, detail));
            }
        }
        Ok(())
    }
}

impl ActionCategoryLimit {
    /// The categories of actions that the row's category stands for.
    fn members(&self) -> impl Iterator<Item = &str> {
        let (aliased, own): (&[&str], _) = match self.category.as_str() {
            "trade" => (&["swap", "perp", "prediction"], None),
            "stake" => (&["staking"], None),
            "lend" => (&["lending"], None),
            other => (&[], Some(other)),
        };
        aliased.iter().copied().chain(own)
    }

    fn covers(&self, action: &Action) -> bool {
        let takes_out = self.category == ActionFacts::WITHDRAWALS && action.withdrawal;
        takes_out || action.category.as_deref().is_some_and(|category| self.members().any(|member| member == category))
    }

    /// The first limit that the action would pass.
    fn exceeded(&self, case: &Case<'_>) -> Option<&'static str> {
        let notional = case.action().and_then(|action| action.notional);
        let before = case.facts.actions.categories.as_ref();
        let before = |part: fn(&CategoryUse) -> Usd| {
            let uses = before?;
            let members = self.members().filter_map(|member| uses.get(member));
            Some(members.map(part).fold(Usd::ZERO, Usd::saturating_add))
        };
        let totals = [
            ("per-action", self.per_action, notional),
            ("daily", self.daily, notional.zip(before(|used| used.day)).map(|(new, old)| old.saturating_add(new))),
            (
                "monthly",
                self.monthly,
                notional.zip(before(|used| used.month)).map(|(new, old)| old.saturating_add(new)),
            ),
        ];
        let passed = |limit: Usd, total: Option<Usd>| total.is_none_or(|total| total > limit);
        totals
            .into_iter()
            .find(|(_, limit, total)| limit.is_some_and(|limit| passed(limit, *total)))
            .map(|(which, ..)| which)
    }
}

/// The limit under one of its two names.
fn limit(rules: &Object<'_>, names: [&str; 2], issues: &mut Issues) -> Option<Option<Usd>> {
    let [first, second] = names.map(|name| rules.read_optional(name, issues, |node, issues| node.positive_usd(issues)));
    // Of two, the smaller: nobody can mean the larger one alone.
    let limits = [first?, second?];
    Some(limits.into_iter().flatten().min())
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::ActionCategoryLimit;
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        let cases: [(serde_json::Value, &[&str]); 6] = [
            (json!({"category": "swap", "per_action_limit_usd": 1, "daily_limit_usd": 2, "monthly_limit_usd": 3}), &[]),
            (json!({"category": "swap", "per_action": 1, "daily": 2, "monthly": 3, "tier_on_exceed": "auto"}), &[]),
            (json!({"category": "swap", "tier_on_exceed": "DENY"}), &[]),
            (json!({"daily": 5}), &["rules.category"]),
            (json!({"category": "", "daily": 0}), &["rules.category", "rules.daily"]),
            (json!({"category": "swap", "tier_on_exceed": "WHENEVER"}), &["rules.tier_on_exceed"]),
        ];
        for (given, expect) in cases {
            check_rules(ActionCategoryLimit, &given, expect);
        }
    }
}
