//! Every vector of `tests/vectors/policy`, through the public interface, with every key that it asserts.

use crate::zones;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use waiaas_scenario::{Explanation, Outcome, Prepared, canonical, compile, prepare, run};

/// Vectors in the folder; a file that is lost or not read would make this test pass for nothing.
const EXPECTED: usize = 498;

/// Vectors that the service cannot take as they stand, and at which field it says so. Without a field that is required,
/// or with a text that is no address at all (base58 in another letter case), the request is refused while it is read, so
/// that the policy which the vector names is never asked.
const REFUSED_EARLIER: [(&str, &str); 4] = [
    ("tokens: missing token address", "token.address"),
    ("spender: missing spender", "spender"),
    ("tokens: solana mint in other case", "token.address"),
    ("whitelist: solana wrong case is another address", "to"),
];

/// The wallet of the vectors on Solana, whose address is no base58 of 32 bytes, and one that is.
const NO_ADDRESS: &str = "So1Wa11et111111111111111111111111111111111";
const AN_ADDRESS: &str = "So11111111111111111111111111111111111111112";

/// A vector that writes an address in mixed case to show that case does not matter. Its mixed case is no right
/// EIP-55 checksum, which the service refuses; in lower case it is the same address.
const WRONG_CHECKSUM: &str = "contract: listed, checksum case";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/vectors/policy")
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

fn adapted(mut vector: Value) -> Value {
    let name = vector["name"].as_str().unwrap().to_owned();
    if let Some((_, path)) = REFUSED_EARLIER.iter().find(|(known, _)| *known == name) {
        vector["expect"] =
            json!({ "allowed": false, "denied_by": "VALIDATION", "why": "ACTION_VALIDATION_FAILED", "path": path });
    }
    let address = vector.pointer_mut("/context/wallet/address").filter(|address| **address == NO_ADDRESS);
    if let Some(address) = address {
        *address = Value::from(AN_ADDRESS);
    }
    if name == WRONG_CHECKSUM {
        vector["request"]["to"] = Value::from(vector["request"]["to"].as_str().unwrap().to_lowercase());
    }
    vector
}

fn vectors() -> Vec<Value> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(|path| path.file_name().is_some_and(|name| name != "defaults.json"))
        .collect();
    files.sort();
    files.iter().flat_map(|file| read(file).as_array().unwrap().clone()).map(adapted).collect()
}

#[test]
fn all_vectors() {
    let vectors = vectors();
    let document = json!({ "defaults": read(&folder().join("defaults.json")), "vectors": vectors });
    let report = run(&document, &zones::offset).unwrap_or_else(|issues| {
        let lines: Vec<String> =
            issues.as_slice().iter().map(|issue| format!("{}: {}", issue.path_string(), issue.message)).collect();
        panic!("{}", lines.join("\n"))
    });
    let failures: Vec<String> =
        report.failures().map(|case| format!("{}: {:?}\n{}", case.name, case.mismatches, case.explanation)).collect();
    println!("{} policy vectors", report.cases.len());
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(report.cases.len(), EXPECTED);
    // A denial is told apart by its beginning, wherever the message ends up.
    for case in &report.cases {
        let json = case.explanation.to_json();
        if let Some(message) = json["message"].as_str() {
            assert!(message.starts_with("Transaction denied by "), "{message}");
        }
    }
}

#[test]
fn what_is_prepared_is_decided_alike_also_from_its_bytes() {
    let defaults = read(&folder().join("defaults.json"));
    let vectors = vectors();
    let document = json!({ "defaults": defaults.clone(), "vectors": vectors.clone() });
    let report = run(&document, &zones::offset).unwrap();
    let mut decided = 0;
    for (vector, case) in vectors.iter().zip(&report.cases) {
        let name = &case.name;
        if let Outcome::Created(_) = case.explanation.outcome {
            continue;
        }
        let context = laid_over(&defaults, vector.get("context"));
        let book = compile(&vector["policies"]).unwrap();
        let prepared = match (prepare(&book, &context, &vector["request"], &zones::offset).unwrap(), &case.explanation)
        {
            (Err(refused), Explanation { outcome: Outcome::Refused(expect), .. }) => {
                assert_eq!(refused, *expect, "{name}");
                continue;
            }
            (Ok(prepared), _) => prepared,
            (Err(refused), _) => panic!("{name}: {refused:?}"),
        };
        let bytes = prepared.to_bytes();
        let again = Prepared::from_bytes(&bytes).unwrap();
        assert_eq!((&again, again.to_bytes()), (&prepared, bytes), "{name}");
        let decision = again.decide(&book);
        let Outcome::Decided(expect) = &case.explanation.outcome else { panic!("{name}") };
        assert_eq!(decision, **expect, "{name}");
        assert_eq!(again.verdict(&book), decision.verdict, "{name}");
        let text = canonical(&decision);
        assert_eq!(text, serde_json::from_str::<Value>(&text).unwrap().to_string(), "{name}");
        decided += 1;
    }
    assert!(decided > 400, "{decided}");
}

/// A context over the defaults: some parts key by key, others as a whole.
fn laid_over(defaults: &Value, own: Option<&Value>) -> Value {
    let mut whole = defaults.as_object().unwrap().clone();
    for (key, value) in own.and_then(Value::as_object).into_iter().flatten() {
        match (whole.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(above))
                if ["settings", "prices", "tokens"].contains(&&**key) =>
            {
                below.extend(above.clone());
            }
            _ => drop(whole.insert(key.clone(), value.clone())),
        }
    }
    Value::Object(whole)
}
