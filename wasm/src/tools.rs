//! What needs no compiled policies.

use crate::texts::{issue_json, issues_text, json};
use crate::zones;
use serde_json::Value;
use waiaas_core::policy::{PolicyType, validate_rules_in};
use waiaas_core::time::UnixMillis;
use waiaas_core::wire::{Issue, IssueCode, Issues};
use wasm_bindgen::prelude::wasm_bindgen;

/// The JSON of what changes from one list of rows to another.
///
/// # Errors
/// The issues.
#[wasm_bindgen]
pub fn diff(a: &str, b: &str, contexts: &str) -> Result<String, String> {
    let (a, b, contexts) = (json("a", a)?, json("b", b)?, json("contexts", contexts)?);
    let found = waiaas_scenario::diff(&a, &b, &contexts, &zones::offset);
    found.map(|found| found.to_json().to_string()).map_err(|issues| issues_text(&issues))
}

/// The JSON list of what is wrong with the rules of a policy that is to be made.
///
/// # Errors
/// The issues of the arguments: a type that does not exist, rules that are no JSON.
#[wasm_bindgen(js_name = validatePolicy)]
pub fn validate_policy(policy_type: &str, rules: &str) -> Result<String, String> {
    let rules = json("rules", rules)?;
    let Some(policy_type) = PolicyType::parse(policy_type) else {
        let names: Vec<&str> = PolicyType::ALL.iter().map(|known| known.as_str()).collect();
        let message = format!("expected one of {}", names.join(", "));
        return Err(issues_text(&Issues::one(Issue::at("type", IssueCode::InvalidValue, message))));
    };
    let knows = |zone: &str| zones::offset(zone, UnixMillis::EPOCH).is_some();
    let issues = validate_rules_in(policy_type, &rules, &knows).err().unwrap_or_default();
    let issues: Vec<Value> = issues.into_iter().map(|issue| issue_json(&Issue::from(issue))).collect();
    Ok(Value::from(issues).to_string())
}

/// The JSON list of templates.
#[wasm_bindgen]
pub fn templates() -> String {
    let all: Vec<Value> = waiaas_scenario::templates().iter().map(waiaas_scenario::Template::to_json).collect();
    Value::from(all).to_string()
}

/// The JSON of the rows that a template makes of parameters.
///
/// # Errors
/// The issues.
#[wasm_bindgen(js_name = templateRows)]
pub fn template_rows(name: &str, parameters: &str) -> Result<String, String> {
    let parameters = json("parameters", parameters)?;
    let Some(template) = waiaas_scenario::template(name) else {
        let message = "there is no template of this name";
        return Err(issues_text(&Issues::one(Issue::at("name", IssueCode::InvalidValue, message))));
    };
    template.rows(&parameters).map(|rows| rows.to_string()).map_err(|issues| issues_text(&issues))
}

/// The JSON of the report about a file of cases.
///
/// # Errors
/// The issues of the document.
#[wasm_bindgen(js_name = runScenario)]
pub fn run_scenario(document: &str) -> Result<String, String> {
    let report = waiaas_scenario::run(&json("document", document)?, &zones::offset);
    report.map(|report| report.to_json().to_string()).map_err(|issues| issues_text(&issues))
}
