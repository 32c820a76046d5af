//! `create_policy`: whether the service would take a policy.

use crate::Zones;
use crate::node::{Faults, Node};
use serde_json::Value;
use waiaas_core::policy::validate_rules_in;
use waiaas_core::time::UnixMillis;
use waiaas_core::wire::Issue;
use waiaas_core::wire::policies::CreatePolicyRequest;

const KEYS: [&str; 7] = ["type", "rules", "walletId", "network", "priority", "enabled", "ceiling"];

/// What is wrong with the body; empty when the policy is accepted.
pub(crate) fn check(node: &Node<'_>, zones: Zones<'_>, faults: &mut Faults) -> Vec<Issue> {
    node.only(&KEYS, faults);
    // The names of wallets in a scenario are no ids.
    let mut members = node.value.as_object().cloned().unwrap_or_default();
    members.remove("walletId");
    match CreatePolicyRequest::parse(&Value::Object(members)) {
        Ok(CreatePolicyRequest { policy_type, rules, .. }) => {
            // The body's own reader does not know which time zones exist.
            let exists = |zone: &str| zones(zone, UnixMillis::EPOCH).is_some();
            let found = validate_rules_in(policy_type, &Value::Object(rules), &exists).err();
            found.into_iter().flatten().map(Issue::from).collect()
        }
        Err(issues) => issues.as_slice().to_vec(),
    }
}
