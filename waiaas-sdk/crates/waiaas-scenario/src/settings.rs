//! The `settings` of a context: the operator's settings by their names, as texts.

use crate::node::{Faults, Node};
use serde_json::Value;
use std::collections::BTreeMap;
use waiaas_core::policy::{PolicySettings, Tier, UnpricedTier};

/// Everything that settings say.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Those of the evaluator.
    pub(crate) policy: PolicySettings,
    /// `policy.signed_reservation_ttl_seconds`: how long a signed request that this service did not send is held.
    pub(crate) signed_ttl_seconds: i64,
    /// `actions.*`: what is switched on, and tiers of actions.
    actions: BTreeMap<String, String>,
}

impl Settings {
    /// Reads settings by name; those that are missing have the service's own values.
    pub(crate) fn read(entries: &BTreeMap<&str, Node<'_>>, faults: &mut Faults) -> Self {
        // Seconds for which a signed request is held (`policy.md` section 14).
        const SIGNED_TTL_SECONDS: i64 = 3_600;
        let (policy, actions) = (PolicySettings::default(), BTreeMap::new());
        let mut settings = Self { policy, signed_ttl_seconds: SIGNED_TTL_SECONDS, actions };
        for (name, node) in entries {
            settings.set(name, node, faults);
        }
        settings
    }

    /// Whether the provider behind the key is switched on.
    pub(crate) fn is_enabled(&self, key: &str) -> bool {
        self.actions.get(&format!("actions.{key}_enabled")).is_some_and(|value| value == "true")
    }

    /// The operator's tier for an action.
    pub(crate) fn action_tier(&self, provider: &str, action: &str) -> Option<Tier> {
        Tier::parse(self.actions.get(&format!("actions.{provider}_{action}_tier"))?)
    }

    fn set(&mut self, name: &str, node: &Node<'_>, faults: &mut Faults) {
        // Two names for one setting (`policy.md` section 14).
        let name = if name == "policy.venue_whitelist_enabled" { "venue_whitelist_enabled" } else { name };
        let policy = &mut self.policy;
        let flags: [(&str, &mut bool); 13] = [
            ("policy.default_deny_tokens", &mut policy.default_deny_tokens),
            ("policy.default_deny_contracts", &mut policy.default_deny_contracts),
            ("policy.default_deny_spenders", &mut policy.default_deny_spenders),
            ("policy.default_deny_transfers", &mut policy.default_deny_transfers),
            ("policy.default_deny_x402_domains", &mut policy.default_deny_x402_domains),
            ("policy.default_deny_erc8128_domains", &mut policy.default_deny_erc8128_domains),
            ("policy.default_deny_lending_assets", &mut policy.default_deny_lending_assets),
            ("policy.default_deny_perp_markets", &mut policy.default_deny_perp_markets),
            ("venue_whitelist_enabled", &mut policy.default_deny_venues),
            ("x402.enabled", &mut policy.x402_enabled),
            ("erc8128.enabled", &mut policy.erc8128_enabled),
            ("policy.zero_policy_passthrough", &mut policy.zero_policy_passthrough),
            ("policy.legacy_raw_limit_for_tokens", &mut policy.legacy_raw_limit_for_tokens),
        ];
        let names: Vec<&str> = flags.iter().map(|(name, _)| *name).collect();
        if let Some((_, place)) = flags.into_iter().find(|(known, _)| *known == name) {
            let Some(flag) = switch(node, faults) else { return };
            *place = flag;
            return;
        }
        match name {
            "policy.nft_transfer_default_tier" => store(&mut policy.nft_transfer_tier, tier(node, faults)),
            "rpc_proxy.deploy_default_tier" => store(&mut policy.deploy_tier, tier(node, faults)),
            "x402.request_timeout" => store(&mut policy.x402_request_timeout_seconds, number(node, faults)),
            "erc8128.default_rate_limit_rpm" => store(&mut policy.erc8128_default_rpm, number(node, faults)),
            "policy.unpriced_tier" => store(&mut policy.unpriced_tier, unpriced(node, faults)),
            "security.policy_defaults_delay_seconds" => {
                store(&mut policy.default_delay_seconds, number(node, faults));
            }
            "security.policy_defaults_approval_timeout" => {
                store(&mut policy.default_approval_timeout_seconds, number(node, faults));
            }
            "policy.signed_reservation_ttl_seconds" => {
                store(&mut self.signed_ttl_seconds, number::<u32>(node, faults).map(i64::from));
            }
            _ if name.starts_with("actions.") && name.ends_with("_enabled") => {
                let Some(flag) = switch(node, faults) else { return };
                self.actions.insert(name.to_owned(), flag.to_string());
            }
            _ if name.starts_with("actions.") && name.ends_with("_tier") => {
                // An empty text means the provider's own tier.
                if node.value.as_str() != Some("")
                    && let Some(tier) = tier(node, faults)
                {
                    self.actions.insert(name.to_owned(), tier.as_str().to_owned());
                }
            }
            _ => {
                let _: Option<()> = node.invalid(
                    faults,
                    format!(
                        "is no setting that decisions depend on; those are {}, {}, and of actions \
                         `actions.<provider>_enabled` and `actions.<provider>_<action>_tier`",
                        names.join(", "),
                        VALUES.join(", "),
                    ),
                );
            }
        }
    }
}

/// Settings that are more than a switch.
const VALUES: [&str; 8] = [
    "policy.nft_transfer_default_tier",
    "rpc_proxy.deploy_default_tier",
    "x402.request_timeout",
    "erc8128.default_rate_limit_rpm",
    "policy.unpriced_tier",
    "security.policy_defaults_delay_seconds",
    "security.policy_defaults_approval_timeout",
    "policy.signed_reservation_ttl_seconds",
];

fn store<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// Settings are stored as texts; in a file for people `true` is as good as `"true"`.
fn switch(node: &Node<'_>, faults: &mut Faults) -> Option<bool> {
    match node.value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text == "true" => Some(true),
        Value::String(text) if text == "false" => Some(false),
        _ => node.invalid(faults, "expected `true` or `false`"),
    }
}

fn number<T: core::str::FromStr>(node: &Node<'_>, faults: &mut Faults) -> Option<T> {
    let text = match node.value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let value = text.and_then(|text| text.parse().ok());
    value.or_else(|| node.invalid(faults, "expected a whole number of at least 0"))
}

fn tier(node: &Node<'_>, faults: &mut Faults) -> Option<Tier> {
    node.one_of(faults, Tier::ALL, Tier::as_str)
}

fn unpriced(node: &Node<'_>, faults: &mut Faults) -> Option<Option<UnpricedTier>> {
    match node.text(faults)? {
        "" => Some(None),
        "DENY" => Some(Some(UnpricedTier::Deny)),
        _ => node.one_of(faults, Tier::ALL, Tier::as_str).map(|tier| Some(UnpricedTier::Tier(tier))),
    }
}
