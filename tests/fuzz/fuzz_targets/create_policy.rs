//! Any text as the body that creates or changes a policy.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use waiaas_core::wire::policies::{CreatePolicyRequest, UpdatePolicyRequest};
use waiaas_fuzz::accepted_rules_are_readable;

fuzz_target!(|input: &[u8]| {
    let Ok(body) = serde_json::from_slice::<Value>(input) else { return };
    match CreatePolicyRequest::parse(&body) {
        Ok(request) => {
            assert_eq!(
                Some(&Value::Object(request.rules.clone())),
                body.get("rules"),
                "the rules are kept as they came"
            );
            accepted_rules_are_readable(request.policy_type, &Value::Object(request.rules));
        }
        Err(issues) => {
            assert!(!issues.as_slice().is_empty(), "refused without a reason");
            for issue in issues.as_slice() {
                let known = ["type", "rules", "walletId", "wallet_id", "priority", "enabled", "network", "ceiling"];
                let path = issue.path_string();
                let key = path.split('.').next().unwrap_or_default();
                assert!(known.contains(&key) || (path.is_empty() && !body.is_object()), "{issue:?}");
            }
        }
    }
    // Types are not known here; whoever changes a policy validates the rules for the type of the row.
    if let Ok(change) = UpdatePolicyRequest::parse(&body) {
        assert_eq!(change.rules.map(Value::Object).as_ref(), body.get("rules"));
    }
});
