//! Every vector of `tests/vectors/policy`, with every key that it asserts.

use crate::request::effects;
use crate::world::{World, policy_row};
use crate::zones;
use serde_json::{Value, json};
use std::path::PathBuf;
use waiaas_core::money::Usd;
use waiaas_core::policy::{
    CumulativeWarning, Decision, Facts, Phase, PolicyBook, PolicyRow, Verdict, validate_rules_in,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::wire::Issue;
use waiaas_core::wire::policies::CreatePolicyRequest;

/// Vectors in the folder; a file that is lost or not read would make this test pass for nothing.
const EXPECTED: usize = 476;

#[test]
fn all_vectors() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../tests/vectors/policy");
    let read = |path: &PathBuf| -> Value { serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap() };
    let defaults = read(&folder.join("defaults.json"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(|path| path.file_name().is_some_and(|name| name != "defaults.json"))
        .collect();
    files.sort();
    let mut count = 0_usize;
    let mut failures = Vec::new();
    for vector in files.iter().flat_map(|file| read(file).as_array().unwrap().clone()) {
        count += 1;
        let got = outcome(&vector, &defaults);
        for (key, expected) in vector["expect"].as_object().unwrap() {
            if !agrees(key, expected, &got[key]) {
                failures.push(format!("{}: {key}: expected {expected}, got {}\n    {got}", vector["name"], got[key]));
            }
        }
    }
    println!("{count} policy vectors in {} files", files.len());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(count, EXPECTED);
}

/// The path is asserted as a prefix, numbers as decimals: `1.0` is `1`.
fn agrees(key: &str, expected: &Value, got: &Value) -> bool {
    match (key, expected) {
        ("path", Value::String(prefix)) => got.as_str().is_some_and(|path| path.starts_with(prefix)),
        ("cumulative_warning", Value::Object(parts)) => {
            parts.iter().all(|(part, value)| agrees(part, value, &got[part]))
        }
        ("ratio", Value::Number(_)) => Usd::parse(&expected.to_string()) == Usd::parse(&got.to_string()),
        _ => expected == got,
    }
}

/// Everything that a vector can assert. Keys that do not apply are null.
fn outcome(vector: &Value, defaults: &Value) -> Value {
    let request = &vector["request"];
    if let Some(body) = request.get("create_policy") {
        return match create(body) {
            None => json!({"allowed": true}),
            Some(path) => refused(("VALIDATION", "ACTION_VALIDATION_FAILED"), Some(path)),
        };
    }
    let world = World::of(defaults, vector.get("context").unwrap_or(&Value::Null));
    let rows: Vec<PolicyRow> =
        vector["policies"].as_array().unwrap().iter().enumerate().map(|(at, row)| policy_row(at, row)).collect();
    let effects = match effects(request, &world) {
        Ok(effects) => effects,
        Err(reason) => return refused(reason, None),
    };
    let book = PolicyBook::compile(&rows);
    let ledger = world.ledger(&book.query(&world.subject, &effects, &world.settings));
    let prices = world.prices(&effects);
    let facts = Facts {
        now: world.now,
        zone_offsets: &zones::offsets(&book.time_zones(&world.subject, &effects), world.now),
        prices: &prices,
        tokens: &world.tokens,
        ledger: &ledger,
        actions: &world.actions(&effects),
        settings: &world.settings,
    };
    describe(&book.evaluate(&world.subject, &effects, &facts, Phase::Admission))
}

fn refused((denied_by, why): (&str, &str), path: Option<String>) -> Value {
    json!({"allowed": false, "denied_by": denied_by, "why": why, "path": path})
}

/// The path of the first issue of a body that creates a policy; `None` when it is accepted.
fn create(body: &Value) -> Option<String> {
    let mut body = body.clone();
    // `w1` is no id.
    body.as_object_mut().unwrap().remove("walletId");
    let path = |issue: &Issue| issue.path_string();
    match CreatePolicyRequest::parse(&body) {
        Err(issues) => Some(path(&issues.as_slice()[0])),
        // What the engine checks beyond the body.
        Ok(CreatePolicyRequest { policy_type, rules, .. }) => {
            validate_rules_in(policy_type, &Value::Object(rules), &|zone| {
                zones::offset(zone, UnixMillis::EPOCH).is_some()
            })
            .err()
            .map(|issues| path(&issues[0].clone().into()))
        }
    }
}

fn describe(decision: &Decision) -> Value {
    match &decision.verdict {
        Verdict::Deny(denial) => {
            let start = "Transaction denied by ";
            assert!(denial.message.starts_with(start), "{}", denial.message);
            json!({
                "allowed": false,
                "denied_by": denial.denied_by.as_str(),
                "why": denial.reason.as_str(),
                "instruction_index": denial.instruction,
                "retry_after_seconds": denial.retry_after_seconds,
                "message": denial.message,
            })
        }
        Verdict::Allow(allowance) => json!({
            "allowed": true,
            "tier": allowance.tier.as_str(),
            "delay_seconds": allowance.delay_seconds,
            "approval_timeout_seconds": allowance.approval_timeout_seconds,
            "approval_reason": allowance.approval_reason.map(|reason| reason.as_str()),
            "downgraded": allowance.downgraded,
            "cumulative_warning": allowance.cumulative_warning.map(|warning| warning_json(&warning)),
            "trace": decision.trace.iter().map(|entry| format!("{}: {}", entry.rule, entry.outcome)).collect::<Vec<_>>(),
        }),
    }
}

fn warning_json(warning: &CumulativeWarning) -> Value {
    let millionths = Usd::from_micros(warning.spent.ratio_millionths(warning.limit).unwrap());
    let ratio: Value = serde_json::from_str(&millionths.to_string()).unwrap();
    json!({"type": warning.window.as_str(), "ratio": ratio})
}
