#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use super::{declarations, shapes};
use serde_json::{Value, json};
use std::path::Path;

/// Says where a value is not of its schema.
fn complaints(schema: &Value, value: &Value, path: &str, all: &mut Vec<String>) {
    let shapes = shapes::all();
    if value.is_null() && schema["nullable"] == true {
        return;
    }
    if let Some(name) = schema["$ref"].as_str() {
        return complaints(&shapes[name.trim_start_matches("#/")], value, path, all);
    }
    if let Some(names) = schema["enum"].as_array() {
        if !names.contains(value) {
            all.push(format!("{path}: {value}"));
        }
        return;
    }
    let right = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => {
            for (index, entry) in value.as_array().into_iter().flatten().enumerate() {
                complaints(&schema["items"], entry, &format!("{path}.{index}"), all);
            }
            value.is_array()
        }
        Some("object") => {
            for name in schema["required"].as_array().into_iter().flatten() {
                if value.get(name.as_str().unwrap()).is_none() {
                    all.push(format!("{path}.{name} is missing"));
                }
            }
            for (name, member) in value.as_object().into_iter().flatten() {
                match &schema["properties"][name] {
                    Value::Null if schema["additionalProperties"].is_null() => {
                        all.push(format!("{path}.{name} is new"))
                    }
                    Value::Null => {}
                    known => complaints(known, member, &format!("{path}.{name}"), all),
                }
            }
            value.is_object()
        }
        _ => true,
    };
    if !right {
        all.push(format!("{path}: {value}"));
    }
}

fn check(shape: &str, value: &Value) {
    let mut all = Vec::new();
    complaints(&shapes::all()[shape], value, shape, &mut all);
    assert!(all.is_empty(), "{}", all.join("\n"));
}

fn read(path: &Path) -> Value {
    // The wallet of the vectors on Solana has an address that is no base58 of 32 bytes; this one is.
    let text = std::fs::read_to_string(path)
        .unwrap()
        .replace("So1Wa11et111111111111111111111111111111111", "So11111111111111111111111111111111111111112");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn answers_about_all_vectors_are_of_their_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/policy");
    let defaults = read(&folder.join("defaults.json"));
    check("Context", &defaults);
    let mut judged = 0;
    for path in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|end| end != "json") || path.ends_with("defaults.json") {
            continue;
        }
        let report = waiaas_scenario::run(&json!({ "defaults": defaults, "vectors": read(&path) }), &|_, _| Some(0));
        let report = report.unwrap_or_else(|issues| panic!("{}: {issues:?}", path.display())).to_json();
        check("ScenarioReport", &report);
        judged += report["total"].as_i64().unwrap();
    }
    assert!(judged > 450, "{judged}");
}

#[test]
fn the_tools_answer_in_their_types() {
    let rows = |usd: &str| json!([{ "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": usd, "delay_max_usd": "100", "delay_seconds": 600 } }]);
    let context = json!({ "prices": { "eip155:1/slip44:60": "2000" } });
    let diff = waiaas_scenario::diff(&rows("10"), &rows("20"), &context, &waiaas_scenario::no_zones).unwrap();
    check("Diff", &diff.to_json());
    for template in waiaas_scenario::templates() {
        check("Template", &template.to_json());
        let scenario = template.scenario();
        scenario["policies"].as_array().unwrap().iter().for_each(|row| check("PolicyDocument", row));
        check("Context", &scenario["context"]);
    }
}

#[test]
fn declarations_name_nothing_that_is_not_declared() {
    let text = declarations();
    let declared = |name: &str| text.contains(&format!("export type {name} ="));
    let schemas = waiaas_core::wire::all_components();
    for schema in schemas.values().cloned().chain(shapes::all().into_values()) {
        for part in schema.to_string().split("\"$ref\":\"").skip(1) {
            let name = part.split('"').next().and_then(|path| path.rsplit('/').next()).unwrap();
            assert!(declared(name), "{name}");
        }
    }
    assert!(declared("WouldPass") && declared("Explanation"));
    assert!(text.contains("  allowed: boolean;\n") && text.contains("  tier?: Tier;\n"), "{text}");
}
