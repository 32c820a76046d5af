//! Files that people write: policies, requests, contexts and cases, as JSON or TOML.

use super::super::client::Client;
use super::super::failure::{Failure, Issue, Refusal};
use serde_json::{Map, Value};
use std::io::Read;
use std::path::Path;
use waiaas_sdk::core::time::UnixMillis;
use waiaas_sdk::core::wire::{Issue as Fault, Issues};
use waiaas_sdk::engine::ports::clock::TimeZones;
use waiaas_sdk::machine::BundledTimeZones;

/// Reads a file by its extension: `.toml`, or JSON. `-` is JSON on standard input.
///
/// # Errors
/// A file that cannot be read, or that is not what its name says.
pub(super) fn read(path: &Path) -> Result<Value, Failure> {
    let shown = path.display();
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| Failure::failed(format!("cannot read {shown}: {error}")))?;
    let is_toml = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    if is_toml {
        let table = text.parse::<toml::Table>();
        let table =
            table.map_err(|error| Failure::failed(format!("{shown} is not TOML: {}", error.to_string().trim())))?;
        return Ok(Value::Object(table.into_iter().map(|(key, value)| (key, json_of(value))).collect()));
    }
    let hint = "files that end in .toml are read as TOML, all others as JSON";
    serde_json::from_str(&text).map_err(|error| Failure::failed(format!("{shown} is not JSON: {error}")).hint(hint))
}

/// A list of policies: the list itself, or what has it as `policies` (a file of cases, TOML) or as `data` (what
/// `waiaas policy list --json` prints).
///
/// # Errors
/// See [`read`]; anything else.
pub(super) fn policies(path: &Path) -> Result<Value, Failure> {
    let document = read(path)?;
    let list = match &document {
        Value::Array(_) => Some(&document),
        Value::Object(members) => members.get("policies").or_else(|| members.get("data")),
        _ => None,
    };
    match list {
        Some(list) if list.is_array() => Ok(list.clone()),
        _ => Err(Failure::failed(format!("{} has no list of policies", path.display()))
            .hint("expected a list, or an object with a list `policies` or `data`; in TOML: [[policies]]")),
    }
}

/// What the word `live` stands for: the policies that the service has stored.
pub(super) const LIVE: &str = "live";

/// All policies of the service.
///
/// # Errors
/// See [`Client::pages`].
pub(super) async fn live(client: &Client) -> Result<Value, Failure> {
    Ok(Value::Array(client.pages("/v1/policies", "").await?))
}

/// The failure for a document with faults.
pub(super) fn faulty(what: &str, issues: &Issues) -> Failure {
    let issue = |fault: &Fault| Issue { path: fault.path_string(), message: fault.message.clone() };
    let issues = issues.as_slice().iter().map(issue).collect();
    Failure::failed(format!("{what} cannot be used")).refused(Refusal { issues, ..Refusal::default() })
}

/// The time zones that the service knows as well.
pub(super) struct Zones(BundledTimeZones);

impl Zones {
    pub(super) fn new() -> Self {
        Self(BundledTimeZones::default())
    }

    pub(super) fn offset(&self, zone: &str, at: UnixMillis) -> Option<i32> {
        self.0.utc_offset(zone, at)
    }
}

/// Dates become text. A number that JSON has no form for (an infinite one) becomes text too, which no reader takes for
/// a number.
fn json_of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => {
            serde_json::Number::from_f64(number).map_or_else(|| Value::String(number.to_string()), Value::Number)
        }
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(items) => items.into_iter().map(json_of).collect(),
        toml::Value::Table(members) => {
            Value::Object(members.into_iter().map(|(key, value)| (key, json_of(value))).collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn file(name: &str, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        (dir, path)
    }

    #[test]
    fn toml_says_what_json_says() {
        let text = "[[policies]]\ntype = \"RATE_LIMIT\"\nrules = { max_requests = 5, x = 0.1 }\n\n[context]\nnow = 2026-01-05T12:00:00Z\n";
        let (_dir, path) = file("a.toml", text);
        let policies = json!([{ "type": "RATE_LIMIT", "rules": { "max_requests": 5, "x": 0.1 } }]);
        let expect = json!({ "policies": policies, "context": { "now": "2026-01-05T12:00:00Z" } });
        assert_eq!(read(&path).unwrap(), expect);
        assert_eq!(super::policies(&path).unwrap(), policies);
        let (_dir, path) = file("a.json", &expect.to_string());
        assert_eq!(read(&path).unwrap(), expect);
    }

    #[test]
    fn lists_of_policies_come_in_three_shapes() {
        for text in ["[]", r#"{"policies": []}"#, r#"{"total": 0, "data": []}"#] {
            let (_dir, path) = file("a.json", text);
            assert_eq!(policies(&path).unwrap(), json!([]), "{text}");
        }
        for text in ["{}", "5", r#"{"policies": {}}"#, "[", ""] {
            let (_dir, path) = file("a.json", text);
            assert!(policies(&path).is_err(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let (_dir, path) = file("a.toml", "x = = 1\n");
        assert!(read(&path).unwrap_err().message.contains("a.toml is not TOML"));
        assert!(read(Path::new("/nowhere/b.json")).unwrap_err().message.starts_with("cannot read /nowhere/b.json: "));
    }
}
