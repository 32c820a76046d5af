//! Writes the first inputs of the fuzz targets, made from the policy vectors: one file for each shape of rules and of
//! requests, so that the fuzzer begins with what people write.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use waiaas_core::policy::PolicyType;

/// The targets and their inputs, each once.
type Seeds = BTreeMap<&'static str, BTreeSet<Vec<u8>>>;

fn main() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Seeds::new();
    let mut shapes = BTreeSet::new();
    for entry in std::fs::read_dir(here.join("../vectors/policy")).expect("the vectors") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a text");
        let Ok(Value::Array(vectors)) = serde_json::from_str(&text) else { continue };
        vectors.iter().for_each(|vector| collect(vector, &mut shapes, &mut seeds));
    }
    seeds.insert("book", (1..=16).map(noise).collect());
    for (target, inputs) in seeds {
        let folder = here.join("seeds").join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        for (number, input) in inputs.into_iter().enumerate() {
            std::fs::write(folder.join(format!("{number:03}")), input).expect("a file");
        }
    }
}

fn collect(vector: &Value, shapes: &mut BTreeSet<String>, seeds: &mut Seeds) {
    let created = vector["request"].get("create_policy");
    for row in vector["policies"].as_array().into_iter().flatten().chain(created) {
        let Some(position) = PolicyType::ALL.iter().position(|kind| row["type"] == kind.as_str()) else { continue };
        let rules = row["rules_raw"].as_str().map_or_else(|| row["rules"].to_string(), str::to_owned);
        if !shapes.insert(format!("{position} {}", shape(&row["rules"]))) {
            continue;
        }
        let mut input = vec![b'A' + position as u8];
        input.extend(rules.as_bytes());
        seeds.entry("policy_rules").or_default().insert(input);
    }
    if let Some(body) = created.filter(|body| shapes.insert(format!("create {}", shape(body)))) {
        seeds.entry("create_policy").or_default().insert(body.to_string().into());
    }
    if created.is_none() && shapes.insert(shape(&vector["request"])) {
        seeds.entry("request").or_default().insert(vector["request"].to_string().into());
    }
    let calldata = vector["request"].get("calldata").and_then(Value::as_str).and_then(|text| text.strip_prefix("0x"));
    if let Some(bytes) = calldata.and_then(decode) {
        seeds.entry("calldata").or_default().insert(bytes);
    }
}

/// Bytes without order, long enough for a few rows: a short input makes no scene at all, so the fuzzer would have nothing
/// to begin with. Marsaglia's xorshift, 64 bits.
fn noise(number: u64) -> Vec<u8> {
    let mut state = number;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    (0..number * 64 + 256).map(|_| next()).collect()
}

/// Names and kinds of values, without the values.
fn shape(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("{name}{}", shape(value))).collect::<Vec<_>>().join(",")
        }
        Value::Array(entries) => entries.first().map_or_else(|| "[]".to_owned(), |entry| format!("[{}]", shape(entry))),
        Value::String(_) => "s".to_owned(),
        Value::Number(_) => "n".to_owned(),
        Value::Bool(_) => "b".to_owned(),
        Value::Null => "0".to_owned(),
    }
}

fn decode(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}
