//! How documents, issues and names cross the boundary.

use serde_json::Value;
use waiaas_core::chain::Network;
use waiaas_core::policy::{DeniedBy, PolicyType, ReasonCode};
use waiaas_core::wire::{Issue, IssueCode, Issues};
use wasm_bindgen::prelude::wasm_bindgen;

/// The JSON of the names that packed verdicts count, and of those that documents use.
#[wasm_bindgen]
pub fn names() -> String {
    let denied_by: Vec<&str> = DeniedBy::ALL.iter().map(|value| value.as_str()).collect();
    let reasons: Vec<&str> = ReasonCode::ALL.iter().map(|value| value.as_str()).collect();
    let types: Vec<&str> = PolicyType::ALL.iter().map(|value| value.as_str()).collect();
    let networks: Vec<&str> = Network::ALL.iter().map(|value| value.as_str()).collect();
    serde_json::json!({ "deniedBy": denied_by, "reasons": reasons, "policyTypes": types, "networks": networks })
        .to_string()
}

/// Reads an argument.
pub(crate) fn json(name: &str, text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        issues_text(&Issues::one(Issue::at(name, IssueCode::InvalidType, format!("is no JSON: {error}"))))
    })
}

/// An error that crosses the boundary.
pub(crate) fn issues_text(issues: &Issues) -> String {
    Value::from(issues.as_slice().iter().map(issue_json).collect::<Vec<_>>()).to_string()
}

/// One issue.
pub(crate) fn issue_json(issue: &Issue) -> Value {
    serde_json::json!({ "path": issue.path_string(), "code": issue.code.as_str(), "message": issue.message })
}
