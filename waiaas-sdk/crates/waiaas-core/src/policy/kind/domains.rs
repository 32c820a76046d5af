//! Host names in rules.

use crate::policy::rules::{Issues, Node};
use crate::tx::Host;

/// Hosts, and suffixes under which every host is listed. Letter case does not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Domains {
    hosts: Vec<Host>,
    /// Of `*.example.com`: `.example.com`. The root itself is not listed by it.
    suffixes: Vec<String>,
}

impl Domains {
    /// Reads an array of at least one bare host name, each optionally behind `*.`.
    pub(super) fn read(node: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let entries = node.list(issues)?;
        if entries.is_empty() {
            issues.add(node, "expected at least one host");
        }
        let mut domains = Self::default();
        for entry in &entries {
            let Some(text) = entry.text(issues) else { continue };
            let (name, wildcard) = text.strip_prefix("*.").map_or((text, false), |name| (name, true));
            match Host::parse(name) {
                Some(host) if wildcard => domains.suffixes.push(format!(".{host}")),
                Some(host) => domains.hosts.push(host),
                None => issues.add(entry, "expected a bare host name such as `api.example.com` or `*.example.com`"),
            }
        }
        Some(domains)
    }

    /// Whether the host is listed.
    pub(super) fn contain(&self, host: &Host) -> bool {
        self.hosts.contains(host) || self.suffixes.iter().any(|suffix| host.as_str().ends_with(suffix))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::PolicyType::X402AllowedDomains;
    use crate::policy::kind::testing::check_rules;
    use serde_json::json;

    #[test]
    fn shapes() {
        check_rules(X402AllowedDomains, &json!({"domains": ["api.example.com", "*.Example.COM"]}), &[]);
        check_rules(X402AllowedDomains, &json!({"domains": []}), &["rules.domains"]);
        check_rules(
            X402AllowedDomains,
            &json!({"domains": ["https://a.b", "a.b:80", "a.b/x", "*", "*.", "a.*.b", 5, ""]}),
            &(0..8)
                .map(|index| format!("rules.domains.{index}"))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
        );
    }

    #[test]
    fn wildcards_stop_at_dots() {
        let domains = Domains { hosts: Vec::new(), suffixes: vec![".example.com".to_owned()] };
        for (given, expect) in
            [("a.example.com", true), ("a.b.example.com", true), ("example.com", false), ("evilexample.com", false)]
        {
            assert_eq!(domains.contain(&Host::parse(given).unwrap()), expect, "{given}");
        }
    }
}
