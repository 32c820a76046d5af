//! What a case expects, and whether that is what came out.

use crate::explain::Outcome;
use crate::node::{Faults, Node};
use serde_json::{Map, Value};
use waiaas_core::money::Usd;

const KEYS: [&str; 12] = [
    "allowed",
    "tier",
    "denied_by",
    "why",
    "delay_seconds",
    "approval_timeout_seconds",
    "approval_reason",
    "downgraded",
    "cumulative_warning",
    "instruction_index",
    "retry_after_seconds",
    "path",
];

/// One expectation that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The key of `expect`.
    pub key: String,
    /// What the case says; `null` means "must be absent".
    pub expected: Value,
    /// What came out; `null` when there is none.
    pub got: Value,
}

impl core::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: expected {}, got {}", self.key, self.expected, self.got)
    }
}

/// Reads `expect`. It must say something: a case that expects nothing would always pass.
pub(crate) fn read<'v>(node: &Node<'v>, faults: &mut Faults) -> Option<&'v Map<String, Value>> {
    node.only(&KEYS, faults);
    if let Some(warning) = node.given("cumulative_warning") {
        warning.only(&["type", "ratio", "spent", "limit"], faults);
    }
    let members = node.object(faults)?;
    if members.is_empty() {
        return node.invalid(faults, format!("expects nothing; say at least one of: {}", KEYS.join(", ")));
    }
    Some(members)
}

/// All expectations that do not hold.
pub(crate) fn mismatches(expect: &Map<String, Value>, outcome: &Outcome) -> Vec<Mismatch> {
    let facts = outcome.facts();
    let got = |key: &str| facts.get(key).cloned().unwrap_or_default();
    let mut found: Vec<Mismatch> = expect
        .iter()
        .filter(|(key, expected)| !agrees(key, expected, &got(key)))
        .map(|(key, expected)| Mismatch { key: key.clone(), expected: expected.clone(), got: got(key) })
        .collect();
    // A request with a slip in it is refused as well. Only a case that says so wants that.
    let says_so = ["denied_by", "why", "path"].iter().any(|key| expect.contains_key(*key));
    if matches!(outcome, Outcome::Refused(_)) && !says_so && found.is_empty() {
        let expected = Value::from("a decision of the policies (or `denied_by`: `VALIDATION` in `expect`)");
        let got = facts.get("issues").cloned().unwrap_or_default();
        found.push(Mismatch { key: "denied_by".to_owned(), expected, got });
    }
    found
}

/// The path is asserted as a prefix; numbers are compared as decimals, so `0.80` is `0.8`.
fn agrees(key: &str, expected: &Value, got: &Value) -> bool {
    match (key, expected) {
        ("path", Value::String(prefix)) => got.as_str().is_some_and(|path| path.starts_with(prefix)),
        ("cumulative_warning", Value::Object(parts)) => {
            let part = |name: &str| got.get(name).cloned().unwrap_or_default();
            got.is_object() && parts.iter().all(|(name, value)| agrees(name, value, &part(name)))
        }
        ("ratio" | "spent" | "limit", _) => decimal(expected).is_some_and(|number| Some(number) == decimal(got)),
        _ => expected == got,
    }
}

fn decimal(value: &Value) -> Option<Usd> {
    Usd::parse(&crate::node::decimal_text(value)?).ok()
}
