//! The reference passes the policy vectors too: what the specification settles by example, it settles for both.
//!
//! A vector becomes effects and facts by the same code as for the core.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

#[path = "../../../waiaas-sdk/crates/waiaas-core/tests/it/actions.rs"]
mod actions;
#[path = "../../../waiaas-sdk/crates/waiaas-core/tests/it/history.rs"]
mod history;
#[path = "../../../waiaas-sdk/crates/waiaas-core/tests/it/request.rs"]
mod request;
#[path = "../../../waiaas-sdk/crates/waiaas-core/tests/it/world.rs"]
mod world;
#[path = "../../../waiaas-sdk/crates/waiaas-core/tests/it/zones.rs"]
mod zones;

use serde_json::{Value, json};
use std::path::PathBuf;
use waiaas_core::policy::{Facts, Phase, PolicyBook, PolicyRow};
use waiaas_reference::evaluate::evaluate;
use waiaas_reference::verdict::Verdict;
use world::{World, policy_row};

#[test]
fn all_vectors_that_are_judged() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../vectors/policy");
    let read = |path: &PathBuf| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let defaults = read(&folder.join("defaults.json"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "json") && !path.ends_with("defaults.json"));
    files.sort();
    let mut judged = 0;
    let mut failures = Vec::new();
    for vector in files.iter().flat_map(|file| read(file).as_array().unwrap().clone()) {
        let Some(got) = outcome(&vector, &defaults) else { continue };
        judged += 1;
        for (key, expected) in vector["expect"].as_object().unwrap() {
            if got.get(key).is_some_and(|got| got != expected) {
                failures.push(format!("{}: {key}: expected {expected}, got {got}", vector["name"]));
            }
        }
    }
    println!("{judged} policy vectors judged by the reference");
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    // Vectors that create policies, or that are refused while they are read, never reach an evaluator.
    assert!(judged > 350, "only {judged} vectors were judged");
}

fn outcome(vector: &Value, defaults: &Value) -> Option<Value> {
    let request = &vector["request"];
    if request.get("create_policy").is_some() {
        return None;
    }
    let world = World::of(defaults, vector.get("context").unwrap_or(&Value::Null));
    let rows: Vec<PolicyRow> =
        vector["policies"].as_array().unwrap().iter().enumerate().map(|(at, row)| policy_row(at, row)).collect();
    let effects = request::effects(request, &world).ok()?;
    let book = PolicyBook::compile(&rows);
    let facts = Facts {
        now: world.now,
        zone_offsets: &zones::offsets(&book.time_zones(&world.subject, &effects), world.now),
        prices: &world.prices(&effects),
        tokens: &world.tokens,
        ledger: &world.ledger(&book.query(&world.subject, &effects, &world.settings)),
        actions: &world.actions(&effects),
        settings: &world.settings,
    };
    Some(match evaluate(&rows, &world.subject, &effects, &facts, Phase::Admission) {
        Verdict::Denied(refusal) => json!({
            "allowed": false,
            "tier": null,
            "denied_by": refusal.denied_by.as_str(),
            "why": refusal.reason.as_str(),
            "instruction_index": refusal.instruction,
            "retry_after_seconds": refusal.retry_after_seconds,
        }),
        Verdict::Allowed(allowance) => json!({
            "allowed": true,
            "tier": allowance.tier.as_str(),
            "denied_by": null,
            "why": null,
            "delay_seconds": allowance.delay_seconds,
            "approval_timeout_seconds": allowance.approval_timeout_seconds,
            "approval_reason": allowance.approval_reason.map(|reason| reason.as_str()),
            "downgraded": allowance.downgraded,
        }),
    })
}
