//! Policies.

use super::body::{self, Body};
use super::issue::{Issue, IssueCode, Issues, PathStep};
use super::number::UnixSecs;
use super::schema::wire_struct;
use crate::chain::Network;
use crate::id::{PolicyId, WalletId};
use crate::policy::{PolicyType, RuleIssue, validate_rules};
use serde_json::{Map, Value};

wire_struct! {
    /// A policy.
    read PolicyResponse {
        /// The policy.
        id: PolicyId,
        /// The wallet that it binds; null is every wallet.
        wallet_id: Option<WalletId>,
        /// What kind of rule.
        policy_type as "type": PolicyType,
        /// The rules, as they were given.
        rules: Map<String, Value>,
        /// Within one scope the highest priority wins.
        priority: i64,
        /// Whether it is in force.
        enabled: bool,
        /// The network that it is limited to; null is every network.
        network: Option<Network>,
        /// Whether it holds in addition to every more specific policy of its type.
        ceiling: bool,
        /// When it was created, in unix seconds.
        created_at: UnixSecs,
        /// When it was last changed, in unix seconds.
        updated_at: UnixSecs,
    }
}

wire_struct! {
    /// A page of policies, highest priority first.
    read PaginatedPolicyList {
        /// The page.
        data: Vec<PolicyResponse>,
        /// Policies on all pages.
        total: u64,
        /// Size of a page.
        limit: u32,
        /// Policies before this page.
        offset: u64,
    }
}

wire_struct! {
    /// A policy was deleted.
    read PolicyDeleteResponse {
        /// The policy.
        id: PolicyId,
        /// True.
        deleted: bool,
    }
}

wire_struct! {
    /// Body that creates a policy.
    CreatePolicyRequest {
        /// The wallet that it binds; absent is every wallet.
        [optional] wallet_id: Option<WalletId>,
        /// What kind of rule, for example SPENDING_LIMIT.
        policy_type as "type": PolicyType,
        /// The rules; their keys depend on the type.
        rules: Map<String, Value>,
        /// Within one scope the highest priority wins.
        priority: i64 = 0,
        /// Whether it is in force.
        enabled: bool = true,
        /// The network that it is limited to: a name or a CAIP-2 id; absent is every network.
        [optional] network: Option<Network>,
        /// Whether it holds in addition to every more specific policy of its type.
        ceiling: bool = false,
    }
}

impl CreatePolicyRequest {
    /// Reads the body, rules included ([`validate_rules`]). Keys that the route does not know are ignored, save inside
    /// the rules.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        let wallet_id = body.either("walletId", "wallet_id", wallet_or_all).flatten();
        let policy_type = body.required("type", body::one_of(PolicyType::ALL, PolicyType::as_str));
        let rules = body.required("rules", rules);
        let priority = body.optional("priority", priority).unwrap_or_default();
        let enabled = body.optional("enabled", body::boolean).unwrap_or(true);
        let network = body.nullable("network", body::network);
        let ceiling = body.optional("ceiling", body::boolean).unwrap_or_default();
        if let Some((policy_type, rules)) = policy_type.zip(rules.as_ref())
            && let Err(found) = validate_rules(policy_type, &Value::Object(rules.clone()))
        {
            found.into_iter().for_each(|issue| body.add(issue.into()));
        }
        body.finish(policy_type.zip(rules).map(|(policy_type, rules)| Self {
            wallet_id,
            policy_type,
            rules,
            priority,
            enabled,
            network,
            ceiling,
        }))
    }
}

wire_struct! {
    /// Body that changes a policy; type, wallet and network cannot change.
    UpdatePolicyRequest {
        /// Replaces the rules as a whole.
        [optional] rules: Option<Map<String, Value>>,
        /// New priority.
        [optional] priority: Option<i64>,
        /// Puts it in or out of force.
        [optional] enabled: Option<bool>,
        /// Whether it holds in addition to every more specific policy of its type.
        [optional] ceiling: Option<bool>,
    }
}

impl UpdatePolicyRequest {
    /// Reads the body. Keys that the route does not know are ignored.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        let request = Self {
            rules: body.optional("rules", rules),
            priority: body.optional("priority", priority),
            enabled: body.optional("enabled", body::boolean),
            ceiling: body.optional("ceiling", body::boolean),
        };
        body.finish(Some(request))
    }
}

impl From<RuleIssue> for Issue {
    fn from(issue: RuleIssue) -> Self {
        let step = |step: &String| step.parse().map_or_else(|_| PathStep::from(step.as_str()), PathStep::Index);
        let path: Vec<PathStep> = issue.path.iter().map(step).collect();
        Self { path, code: IssueCode::InvalidValue, message: issue.message }
    }
}

/// A wallet; null is every wallet.
fn wallet_or_all(value: &Value) -> Result<Option<WalletId>, body::Refusal> {
    if value.is_null() { Ok(None) } else { body::parsed(value).map(Some) }
}

fn rules(value: &Value) -> Result<Map<String, Value>, body::Refusal> {
    body::object(value).cloned()
}

fn priority(value: &Value) -> Result<i64, body::Refusal> {
    // The range of JSON readers that use doubles.
    const LIMIT: i64 = 9_007_199_254_740_991;
    body::integer(-LIMIT, LIMIT)(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn network_is_read_in_every_spelling() {
        for network in ["ethereum-sepolia", "eip155:11155111"] {
            let json = json!({
                "type": "WHITELIST",
                "rules": { "allowed_addresses": ["0x52908400098527886E0F7030069857D2E4169EE7"] },
                "network": network,
            });
            assert_eq!(CreatePolicyRequest::parse(&json).unwrap().network, Some(Network::EthereumSepolia));
        }
    }

    #[test]
    fn absent_wallet_is_every_wallet() {
        let policy = CreatePolicyRequest::parse(&json!({
            "type": "RATE_LIMIT",
            "rules": { "max_requests": 5, "window_seconds": 60 },
            "walletId": null,
        }))
        .unwrap();
        assert_eq!((policy.wallet_id, policy.priority, policy.enabled, policy.ceiling), (None, 0, true, false));
    }

    #[test]
    fn bad_bodies() {
        let check = |json: Value, expect: &[&str]| {
            let issues = CreatePolicyRequest::parse(&json).unwrap_err();
            let paths: Vec<String> = issues.as_slice().iter().map(super::super::Issue::path_string).collect();
            assert_eq!(paths, expect, "{json}");
        };
        check(json!({}), &["type", "rules"]);
        check(json!({ "type": "WHITELIST", "rules": [] }), &["rules"]);
        let rules = json!({ "max_requests": 5, "window_seconds": 60 });
        check(json!({ "type": "RATE_LIMIT", "rules": rules, "walletId": "x" }), &["walletId"]);
        check(
            json!({ "type": "RATE_LIMIT", "rules": rules, "network": "mars", "priority": 1.5 }),
            &["priority", "network"],
        );
        check(json!({ "type": "RATE_LIMIT", "rules": rules, "enabled": "yes" }), &["enabled"]);
        check(json!({ "type": "NO_SUCH_POLICY", "rules": rules }), &["type"]);
        check(json!({ "type": "VENUE_WHITELIST", "rules": {} }), &["rules.venues"]);
        check(json!({ "type": "WHITELIST", "rules": { "allowed_addresses": [5] } }), &["rules.allowed_addresses.0"]);
        assert!(UpdatePolicyRequest::parse(&json!({ "rules": null })).is_err());
        assert_eq!(UpdatePolicyRequest::parse(&json!({ "enabled": false })).unwrap().enabled, Some(false));
    }
}
