//! ERC8128_ALLOWED_DOMAINS: for which hosts HTTP requests may be signed, and how often.

use super::domains::Domains;
use super::{Absent, PolicyKind};
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::{Channel, Host};

/// `{"domains": ["api.example.com", "*.example.org"], "rate_limit_rpm"?: 30}`: the host of the signed request must be
/// listed, and fewer than `rate_limit_rpm` requests to it signed by the wallet in the last 60 seconds (default: setting
/// `erc8128.default_rate_limit_rpm`). One that is exactly 60 seconds old no longer counts.
///
/// Without a row nothing may be signed (setting `policy.default_deny_erc8128_domains`).
// DIFFERS: the original counts for all wallets together, and in memory.
#[derive(Clone, Debug)]
pub(in crate::policy) struct Erc8128AllowedDomains {
    domains: Domains,
    requests_per_minute: Option<u64>,
}

fn host<'a>(case: &Case<'a>) -> Option<&'a Host> {
    match &case.effects.channel {
        Channel::Erc8128(host) => Some(host),
        _ => None,
    }
}

fn refuse(host: &Host) -> Refusal {
    let detail = format!("host {host} is not in the list of hosts for which requests may be signed");
    Refusal::new(ReasonCode::Erc8128DomainNotAllowed, detail).for_want_of(
        Erc8128AllowedDomains::TYPE,
        "domains",
        host.as_str(),
    )
}

fn check_rate(limit: Option<u64>, case: &Case<'_>) -> Result<(), Refusal> {
    let limit = limit.unwrap_or(case.facts.settings.erc8128_default_rpm);
    match case.facts.actions.erc8128_recent {
        Some(recent) if recent < limit => Ok(()),
        Some(_) => {
            let detail = format!("{limit} requests to the host within 60 s are used up");
            Err(Refusal::new(ReasonCode::Erc8128RateLimited, detail))
        }
        None => Err(Refusal::new(ReasonCode::MissingInput, "the number of recently signed requests is unknown")),
    }
}

impl PolicyKind for Erc8128AllowedDomains {
    const TYPE: PolicyType = PolicyType::Erc8128AllowedDomains;
    const DENIED_BY: DeniedBy = DeniedBy::Erc8128AllowedDomains;
    const TOPICS: Topics = Topics::ERC8128;
    const ONCE: bool = true;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let domains = rules.required("domains", issues).and_then(|list| Domains::read(&list, issues));
        let requests_per_minute = rules.read_optional("rate_limit_rpm", issues, |node, issues| node.integer(1, issues));
        Some(Self { domains: domains?, requests_per_minute: requests_per_minute? })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        if let Some(host) = host(case).filter(|host| !self.domains.contain(host)) {
            case.lacks(refuse(host))?;
        }
        check_rate(self.requests_per_minute, case)
    }
}

fn absent(case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
    match host(case).filter(|_| case.facts.settings.default_deny_erc8128_domains) {
        Some(host) => Err(refuse(host)),
        None => check_rate(None, case),
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::Erc8128AllowedDomains;
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        let cases: [(serde_json::Value, &[&str]); 5] = [
            (json!({"domains": ["a.b"], "rate_limit_rpm": 1}), &[]),
            (json!({}), &["rules.domains"]),
            (json!({"domains": []}), &["rules.domains"]),
            (json!({"domains": ["a.b"], "rate_limit_rpm": 0}), &["rules.rate_limit_rpm"]),
            (json!({"domains": "a.b"}), &["rules.domains"]),
        ];
        for (given, expect) in cases {
            check_rules(Erc8128AllowedDomains, &given, expect);
        }
    }
}
