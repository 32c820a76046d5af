//! What the fuzz targets share: a wallet, its world, requests of every kind, and what must hold of every decision.

mod requests;
mod scene;

pub use requests::requests;
pub use scene::{NETWORK, Scene, address, lax, row, severity, strict, token};

use serde_json::Value;
use std::sync::OnceLock;
use waiaas_core::policy::{PolicyBook, PolicyType, ReasonCode, Verdict, validate_rules_in};

/// The zones that exist here.
pub fn knows_zone(zone: &str) -> bool {
    matches!(zone, "UTC" | "Asia/Seoul")
}

/// Rules that are accepted make a row that every request can be judged by, the same way each time.
///
/// # Panics
/// When they do not: this is what the targets look for.
pub fn accepted_rules_are_readable(policy_type: PolicyType, rules: &Value) {
    if validate_rules_in(policy_type, rules, &knows_zone).is_err() {
        return;
    }
    let book = PolicyBook::compile(&[row(1, policy_type, rules.to_string())]);
    for scene in scenes() {
        let verdict = scene.judge_by(&book).verdict;
        if let Verdict::Deny(denial) = &verdict {
            assert_ne!(denial.reason, ReasonCode::PolicyRulesCorrupt, "accepted, and then: {}", denial.message);
        }
        assert_eq!(verdict, scene.judge_by(&book).verdict);
    }
}

/// One scene for each of the [`requests`].
pub fn scenes() -> &'static [Scene] {
    static SCENES: OnceLock<Vec<Scene>> = OnceLock::new();
    SCENES.get_or_init(|| requests().into_iter().map(Scene::new).collect())
}
