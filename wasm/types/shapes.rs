//! The schemas of what the policy tools take and answer. The tests hold every answer about every policy vector
//! against them.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use waiaas_core::chain::{ChainKind, Environment, Network};
use waiaas_core::policy::{ApprovalReason, DeniedBy, PolicyType, ReasonCode, Tier, Window};
use waiaas_core::wallet::OwnerState;
use waiaas_core::wire::IssueCode;

/// All of them, by name.
pub(crate) fn all() -> BTreeMap<&'static str, Value> {
    let names = [
        ("Tier", names(Tier::ALL, Tier::as_str)),
        ("DeniedBy", names(DeniedBy::ALL, DeniedBy::as_str)),
        ("ReasonCode", names(ReasonCode::ALL, ReasonCode::as_str)),
        ("PolicyType", names(PolicyType::ALL, PolicyType::as_str)),
        ("ApprovalReason", names(ApprovalReason::ALL, ApprovalReason::as_str)),
        ("Window", names(Window::ALL, Window::as_str)),
        ("NetworkName", names(Network::ALL, Network::as_str)),
        ("OwnerState", names(OwnerState::ALL, OwnerState::as_str)),
        ("IssueCode", names(IssueCode::ALL, IssueCode::as_str)),
    ];
    names.into_iter().chain(documents()).chain(answers()).collect()
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Value {
    json!({ "type": "string", "enum": all.iter().map(|value| name(*value)).collect::<Vec<_>>() })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/{name}") })
}

fn or_null(mut schema: Value) -> Value {
    if let Some(members) = schema.as_object_mut() {
        members.insert("nullable".to_owned(), Value::Bool(true));
    }
    schema
}

fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

fn by_key(of: Value) -> Value {
    json!({ "type": "object", "additionalProperties": of })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn number() -> Value {
    json!({ "type": "integer" })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn anything() -> Value {
    json!({ "type": "object", "additionalProperties": true })
}

/// An object; names that end with `?` may be missing.
fn object<const N: usize>(about: &str, members: [(&str, Value); N]) -> Value {
    let required: Vec<&str> = members.iter().map(|(name, _)| *name).filter(|name| !name.ends_with('?')).collect();
    let members: BTreeMap<&str, &Value> =
        members.iter().map(|(name, schema)| (name.trim_end_matches('?'), schema)).collect();
    json!({ "type": "object", "description": about, "required": required, "properties": members })
}

/// What callers write.
fn documents() -> [(&'static str, Value); 3] {
    let chains: Vec<&str> = ChainKind::ALL.into_iter().map(ChainKind::as_str).collect();
    let environments: Vec<&str> = Environment::ALL.into_iter().map(Environment::as_str).collect();
    let decimal = || json!({ "oneOf": [{ "type": "string" }, { "type": "number" }] });
    let wallet = object(
        "Whose request it is.",
        [
            ("id?", text()),
            ("chain?", json!({ "type": "string", "enum": chains })),
            ("environment?", json!({ "type": "string", "enum": environments })),
            ("owner_state?", reference("OwnerState")),
            ("address?", text()),
        ],
    );
    let policy = object(
        "A policy row, as the API takes and lists it.",
        [
            ("id?", text()),
            ("type", reference("PolicyType")),
            ("rules?", anything()),
            ("rules_raw?", text()),
            ("walletId?", or_null(text())),
            ("network?", or_null(reference("NetworkName"))),
            ("priority?", number()),
            ("enabled?", flag()),
            ("ceiling?", flag()),
            ("createdAt?", number()),
            ("updatedAt?", number()),
        ],
    );
    let context = object(
        "Everything around a request; all of it may be left out.",
        [
            ("wallet?", wallet),
            ("network?", text()),
            ("now?", text()),
            ("price_status?", json!({ "type": "string", "enum": ["ok", "down", "stale"] })),
            ("prices?", by_key(or_null(decimal()))),
            ("tokens?", by_key(object("Of a token.", [("decimals", number()), ("symbol?", text())]))),
            ("history?", list(anything())),
            ("positions?", or_null(list(anything()))),
            ("token_accounts?", anything()),
            ("reputation?", by_key(or_null(decimal()))),
            ("reputation_status?", json!({ "type": "string", "enum": ["ok", "down"] })),
            ("settings?", anything()),
        ],
    );
    let request = json!({
        "type": "object",
        "description": "A body of `POST /v1/transactions/send`, or what comes by another channel.",
        "properties": { "type": text(), "network": text() },
        "additionalProperties": true,
    });
    [("PolicyDocument", policy), ("Context", context), ("RequestDocument", request)]
}

/// What the tools answer.
fn answers() -> [(&'static str, Value); 11] {
    let issue = |about: &str| object(about, [("path", text()), ("code?", reference("IssueCode")), ("message", text())]);
    let row = object(
        "A row of the document.",
        [
            ("position", number()),
            ("id", text()),
            ("type", reference("PolicyType")),
            ("walletId", or_null(text())),
            ("network", or_null(reference("NetworkName"))),
            ("ceiling", flag()),
            ("rules", json!({})),
        ],
    );
    let considered = object(
        "One rule that was considered.",
        [("rule", text()), ("row", or_null(reference("RowRef"))), ("outcome", text())],
    );
    let component =
        object("One asset that leaves the wallet.", [("asset", text()), ("amount", text()), ("usd", or_null(text()))]);
    let valuation = object(
        "What a request moves and is worth: smallest units and US dollars, exact.",
        [("usd", or_null(text())), ("components", list(reference("Component")))],
    );
    let warning = object(
        "80 % or more of a limit is used.",
        [("type", reference("Window")), ("ratio", or_null(text())), ("spent", text()), ("limit", text())],
    );
    let explanation = object(
        "A verdict with everything that it followed from.",
        [
            ("allowed", flag()),
            ("tier?", reference("Tier")),
            ("delay_seconds?", number()),
            ("approval_timeout_seconds?", number()),
            ("approval_reason?", reference("ApprovalReason")),
            ("downgraded?", flag()),
            ("cumulative_warning?", reference("Warning")),
            ("denied_by?", reference("DeniedBy")),
            ("why?", text()),
            ("instruction_index?", number()),
            ("retry_after_seconds?", number()),
            ("message?", text()),
            ("path?", text()),
            ("issues?", list(reference("Issue"))),
            ("considered", list(reference("Considered"))),
            ("valuation?", reference("Valuation")),
            ("doubts?", list(reference("Issue"))),
        ],
    );
    let group = object(
        "One kind of change, with its plainest request.",
        [
            ("kind", text()),
            ("count", number()),
            ("request", reference("RequestDocument")),
            ("context", reference("Context")),
            ("before", reference("Explanation")),
            ("after", reference("Explanation")),
        ],
    );
    let diff = object(
        "What changes from one list of rows to another.",
        [("judged", number()), ("capped", flag()), ("groups", list(group))],
    );
    let mismatch =
        object("An expectation that did not hold.", [("key", text()), ("expected", json!({})), ("got", json!({}))]);
    let case = object(
        "What came of one case.",
        [("name", text()), ("passed", flag()), ("mismatches", list(mismatch)), ("decision", reference("Explanation"))],
    );
    let report = object(
        "What came of a file of cases.",
        [("passed", flag()), ("total", number()), ("failed", number()), ("cases", list(reference("CaseReport")))],
    );
    let parameter =
        object("What can be chosen.", [("name", text()), ("about", text()), ("kind", text()), ("default", json!({}))]);
    let template =
        object("Rows to begin with.", [("name", text()), ("about", text()), ("parameters", list(parameter))]);
    [
        ("Issue", issue("One fault and its place.")),
        ("RowRef", row),
        ("Considered", considered),
        ("Component", component),
        ("Valuation", valuation),
        ("Warning", warning),
        ("Explanation", explanation),
        ("Diff", diff),
        ("CaseReport", case),
        ("ScenarioReport", report),
        ("Template", template),
    ]
}
