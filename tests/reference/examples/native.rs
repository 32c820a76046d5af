//! What native code decides, for comparison with the evaluator in other languages.
//!
//! `vectors` writes every case of `tests/vectors/policy`, `generated <seed> <count>` cases from a seed: one JSON object
//! per line with `name`, `policies` (rows as JSON text), `canonical` (the decision, to the byte) and either `prepared`
//! (hexadecimal) or the documents `context` and `request`, with `prepared` when the request can be judged.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a tool of the tests")]

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use waiaas_core::money::Usd;
use waiaas_core::policy::{LedgerFacts, PolicyBook, PolicyRow};
use waiaas_core::time::UnixMillis;
use waiaas_reference::generate::{self, Case};
use waiaas_scenario::{Prepared, canonical, canonical_refusal, compile, prepare};

/// The wallet of the vectors on Solana, whose address is no base58 of 32 bytes, and one that is.
const NO_ADDRESS: &str = "So1Wa11et111111111111111111111111111111111";
const AN_ADDRESS: &str = "So11111111111111111111111111111111111111112";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let lines: Box<dyn Iterator<Item = Value>> =
        match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["vectors"] => Box::new(vectors()),
            ["generated", seed, count] => {
                let (seed, count) = (seed.parse().unwrap(), count.parse().unwrap());
                Box::new((0..count).map(move |number| generated(seed, number)))
            }
            _ => panic!("`vectors` or `generated <seed> <count>`"),
        };
    for line in lines {
        writeln!(out, "{line}").unwrap();
    }
}

fn generated(seed: u64, number: u64) -> Value {
    let case = generate::case(seed, number);
    let rows: Value = case.rows.iter().map(row).collect();
    // Compiled from the documents, as the other languages do it.
    let book = compile(&rows).unwrap();
    assert_eq!(format!("{book:?}"), format!("{:?}", PolicyBook::compile(&case.rows)), "case {number} of {seed}");
    let prepared = prepared(&case, &book);
    json!({
        "name": format!("case {number} of {seed}"),
        "policies": rows.to_string(),
        "prepared": hexadecimal(&prepared),
        "canonical": canonical(&prepared.decide(&book)),
    })
}

/// The case with what the policies ask for and nothing else.
fn prepared(case: &Case, book: &PolicyBook) -> Prepared {
    let query = book.query(&case.subject, &case.effects, &case.settings);
    let zones = book.time_zones(&case.subject, &case.effects);
    let held = case.held.iter().filter(|(asset, _)| query.held.contains(asset));
    Prepared {
        subject: case.subject,
        effects: case.effects.clone(),
        now: case.now,
        prices: case.prices.clone(),
        tokens: case.tokens.clone(),
        zone_offsets: zones.iter().filter_map(|zone| Some(((*zone).to_owned(), *case.zones.get(*zone)?))).collect(),
        ledger: LedgerFacts {
            held: held.map(|(asset, amount)| (*asset, *amount)).collect(),
            daily_usd: if query.daily_usd { case.daily } else { Usd::ZERO },
            monthly_usd: if query.monthly_usd { case.monthly } else { Usd::ZERO },
            rates: query.rates.iter().filter_map(|window| case.rates.get(window)).copied().collect(),
        },
        actions: case.actions.clone(),
        settings: case.settings.clone(),
        phase: case.phase,
    }
}

/// A row as documents have it.
fn row(row: &PolicyRow) -> Value {
    json!({
        "id": row.id.to_string(),
        "type": row.policy_type.as_str(),
        "rules_raw": row.rules,
        "walletId": row.wallet.map(|wallet| wallet.to_string()),
        "network": row.network.map(|network| network.as_str()),
        "priority": row.priority,
        "enabled": row.enabled,
        "ceiling": row.ceiling,
        "createdAt": row.created_at.as_secs(),
    })
}

fn vectors() -> impl Iterator<Item = Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/policy");
    let read = |path: &Path| serde_json::from_str::<Value>(&std::fs::read_to_string(path).unwrap()).unwrap();
    let defaults = read(&folder.join("defaults.json"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "json") && !file.ends_with("defaults.json"));
    files.sort();
    let mut vectors: Vec<Value> = files.iter().flat_map(|file| read(file).as_array().unwrap().clone()).collect();
    for address in vectors.iter_mut().filter_map(|vector| vector.pointer_mut("/context/wallet/address")) {
        if *address == NO_ADDRESS {
            *address = Value::from(AN_ADDRESS);
        }
    }
    let judged = vectors.into_iter().filter(|vector| vector["request"].get("create_policy").is_none());
    judged.map(move |vector| {
        let context = laid_over(&defaults, vector.get("context"));
        let (policies, request) = (&vector["policies"], &vector["request"]);
        let book = compile(policies).unwrap();
        let (prepared, canonical) = match prepare(&book, &context, request, &zone).unwrap() {
            Ok(prepared) => (Some(hexadecimal(&prepared)), canonical(&prepared.decide(&book))),
            Err(refused) => (None, canonical_refusal(&refused)),
        };
        json!({
            "name": vector["name"], "policies": policies.to_string(), "context": context, "request": request,
            "prepared": prepared, "canonical": canonical,
        })
    })
}

/// A context over the defaults: some parts key by key, others as a whole.
fn laid_over(defaults: &Value, own: Option<&Value>) -> Value {
    let mut whole = defaults.as_object().unwrap().clone();
    for (key, value) in own.and_then(Value::as_object).into_iter().flatten() {
        match (whole.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(above))
                if ["settings", "prices", "tokens"].contains(&key.as_str()) =>
            {
                below.extend(above.clone());
            }
            _ => drop(whole.insert(key.clone(), value.clone())),
        }
    }
    Value::Object(whole)
}

/// The time zones that the vectors name, as a table of the world's zones tells them for their instants.
fn zone(zone: &str, at: UnixMillis) -> Option<i32> {
    // Summer time of 2026 in New York: from the second Sunday in March to the first Sunday in November.
    let summer = UnixMillis::from_secs(1_772_953_200)..UnixMillis::from_secs(1_793_512_800);
    match zone {
        "Asia/Seoul" => Some(9 * 3_600),
        "America/New_York" => Some(if summer.contains(&at) { -4 * 3_600 } else { -5 * 3_600 }),
        _ => None,
    }
}

fn hexadecimal(prepared: &Prepared) -> String {
    let bytes = prepared.to_bytes();
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
