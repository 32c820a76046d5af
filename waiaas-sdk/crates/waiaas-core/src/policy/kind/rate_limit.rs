//! RATE_LIMIT: how many requests per rolling window.

use super::PolicyKind;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::facts::{LedgerQuery, PolicySettings, RateWindow};
use crate::policy::rules::{Issues, Node, Object};
use crate::policy::topics::Topics;
use crate::tx::Effects;

/// `{"max_requests": 10, "window_seconds": 3600}` or `{"maxTransactions": 10, "period": "hourly"}`.
///
/// Counts all requests of the wallet in the window that passed the policy, whatever became of them;
/// a request exactly one window old still counts. Judged when a transaction is requested, not again
/// when it executes after waiting. No row means no limit.
#[derive(Clone, Debug)]
pub(in crate::policy) struct RateLimit {
    window: RateWindow,
}

/// The periods of the second shape, in seconds. A month is 30 days.
const PERIODS: [(&str, u64); 4] = [("hourly", 3_600), ("daily", 86_400), ("weekly", 604_800), ("monthly", 2_592_000)];

impl PolicyKind for RateLimit {
    const TYPE: PolicyType = PolicyType::RateLimit;
    const DENIED_BY: DeniedBy = DeniedBy::RateLimit;
    const TOPICS: Topics = Topics::COUNTED;
    const ONCE: bool = true;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let has = |name| rules.optional(name).is_some();
        let by_seconds = has("max_requests") || has("window_seconds");
        let by_period = has("maxTransactions") || has("period");
        if by_seconds && by_period {
            issues.add(rules.node(), format!("{ACCEPTED}, not both"));
            return None;
        }
        if by_period { read_period(&rules, issues) } else { read_seconds(&rules, issues) }.map(|window| Self { window })
    }

    fn needs(&self, _: &Effects, _: &PolicySettings, query: &mut LedgerQuery) {
        if !query.rates.contains(&self.window) {
            query.rates.push(self.window);
        }
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        let RateWindow { window_seconds, max_requests } = self.window;
        let Some(rate) = case.facts.ledger.rates.iter().find(|rate| rate.window == self.window) else {
            return Err(Refusal::new(ReasonCode::MissingInput, "the number of recent requests is unknown"));
        };
        if rate.count < max_requests {
            return Ok(());
        }
        // The oldest counted request leaves the window the moment after it is one window old, hence + 1.
        let retry_after_seconds = rate.frees_at_expiry_of.map_or(window_seconds, |entry| {
            let window_millis = i64::try_from(window_seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
            let millis = entry.plus_millis(window_millis).millis_since(case.facts.now);
            u64::try_from(millis).unwrap_or(0).saturating_div(1_000).saturating_add(1)
        });
        let detail = format!("{max_requests} requests within {window_seconds} s are used up");
        let refusal = Refusal::new(ReasonCode::RateLimitExceeded, detail);
        Err(Refusal { retry_after_seconds: Some(retry_after_seconds), ..refusal })
    }
}

const ACCEPTED: &str = "expected `max_requests` with `window_seconds`, or `maxTransactions` with `period`";

fn read_seconds(rules: &Object<'_>, issues: &mut Issues) -> Option<RateWindow> {
    let max_requests = rules.required("max_requests", issues).and_then(|node| node.integer(1, issues));
    let window_seconds = rules.required("window_seconds", issues).and_then(|node| node.integer(1, issues));
    Some(RateWindow { window_seconds: window_seconds?, max_requests: max_requests? })
}

fn read_period(rules: &Object<'_>, issues: &mut Issues) -> Option<RateWindow> {
    let max_requests = rules.required("maxTransactions", issues).and_then(|node| node.integer(1, issues));
    let node = rules.required("period", issues)?;
    let period = node.text(issues)?;
    let Some((_, window_seconds)) = PERIODS.into_iter().find(|(name, _)| *name == period) else {
        issues.add(&node, "expected `hourly`, `daily`, `weekly` or `monthly`");
        return None;
    };
    Some(RateWindow { window_seconds, max_requests: max_requests? })
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::RateLimit;
    use crate::policy::kind::testing::{check, check_rules, native_transfer};
    use serde_json::json;

    #[test]
    fn shapes() {
        check_rules(RateLimit, &json!({"max_requests": 1, "window_seconds": 1}), &[]);
        for period in ["hourly", "daily", "weekly", "monthly"] {
            check_rules(RateLimit, &json!({"maxTransactions": 1, "period": period}), &[]);
        }
        check_rules(RateLimit, &json!({}), &["rules.max_requests", "rules.window_seconds"]);
        check_rules(
            RateLimit,
            &json!({"max_requests": 0, "window_seconds": 1.5}),
            &["rules.max_requests", "rules.window_seconds"],
        );
        check_rules(RateLimit, &json!({"maxTransactions": 1, "period": "yearly"}), &["rules.period"]);
        check_rules(RateLimit, &json!({"maxTransactions": 1}), &["rules.period"]);
        check_rules(RateLimit, &json!({"max_requests": 1, "window_seconds": 1, "period": "daily"}), &["rules"]);
    }

    #[test]
    fn an_unknown_count_denies() {
        // The facts of this check hold no counts at all.
        let rules = [json!({"max_requests": 9, "window_seconds": 60})];
        check(RateLimit, &rules, native_transfer(1, 5), "MISSING_INPUT");
    }
}
