//! X402_ALLOWED_DOMAINS: which hosts may be paid over x402.

use super::domains::Domains;
use super::{Absent, PolicyKind};
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::{Channel, Host};

/// `{"domains": ["api.example.com", "*.example.org"]}`: the host of the paid URL must be listed. `*.` stands for any
/// number of labels, and not for none.
///
/// Without a row nothing may be paid (setting `policy.default_deny_x402_domains`).
#[derive(Clone, Debug)]
pub(in crate::policy) struct X402AllowedDomains {
    domains: Domains,
}

fn host<'a>(case: &Case<'a>) -> Option<&'a Host> {
    match &case.effects.channel {
        Channel::X402(host) => Some(host),
        _ => None,
    }
}

fn refuse(host: &Host) -> Refusal {
    Refusal::new(ReasonCode::X402DomainNotAllowed, format!("host {host} is not in the list of hosts that may be paid"))
        .for_want_of(X402AllowedDomains::TYPE, "domains", host.as_str())
}

impl PolicyKind for X402AllowedDomains {
    const TYPE: PolicyType = PolicyType::X402AllowedDomains;
    const DENIED_BY: DeniedBy = DeniedBy::X402AllowedDomains;
    const TOPICS: Topics = Topics::X402;
    const ONCE: bool = true;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("domains", issues)?;
        Some(Self { domains: Domains::read(&list, issues)? })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        match host(case).filter(|host| !self.domains.contain(host)) {
            Some(host) => case.lacks(refuse(host)),
            None => Ok(()),
        }
    }
}

fn absent(case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
    match host(case).filter(|_| case.facts.settings.default_deny_x402_domains) {
        Some(host) => Err(refuse(host)),
        None => Ok(()),
    }
}
