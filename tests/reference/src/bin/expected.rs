//! What the engine decides, for programs in other languages to compare: one JSON object on each line.
//!
//! `expected vectors <folder>` writes the policy vectors: `name`, `policies`, `context`, `request`,
//! `bytes` (the prepared request in hexadecimal; `null` for one that is refused while it is read) and `expect` (the
//! canonical text).
//! `expected generated <seed> <count>` writes generated cases: `name`, `policies`, `bytes`, `expect`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a program of the tests: it ends loudly")]

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;
use waiaas_core::policy::PolicyRow;
use waiaas_core::time::UnixMillis;
use waiaas_reference::generate::{Case, WINDOWS, case};
use waiaas_scenario::{Prepared, canonical, canonical_refusal, compile, prepare};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["vectors", folder] => vectors(Path::new(folder), &mut out),
        ["generated", seed, count] => generated(seed.parse().unwrap(), count.parse().unwrap(), &mut out),
        _ => panic!("expected `vectors <folder>` or `generated <seed> <count>`"),
    }
    out.flush().unwrap();
}

fn generated(seed: u64, count: u64, out: &mut impl Write) {
    for number in 0..count {
        let case = case(seed, number);
        let policies: Value = case.rows.iter().map(row).collect();
        let book = compile(&policies).unwrap();
        let prepared = prepared(case);
        let (bytes, expect) = (hex(&prepared.to_bytes()), canonical(&prepared.decide(&book)));
        let name = format!("case {number} of seed {seed}");
        writeln!(out, "{}", json!({ "name": name, "policies": policies, "bytes": bytes, "expect": expect })).unwrap();
    }
}

/// A row as documents have it. Rules stay the text that they are, however broken.
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

fn prepared(case: Case) -> Prepared {
    let rates = WINDOWS.iter().filter_map(|window| case.rates.get(window).copied()).collect();
    Prepared {
        subject: case.subject,
        effects: case.effects,
        now: case.now,
        prices: case.prices,
        tokens: case.tokens,
        zone_offsets: case.zones,
        ledger: waiaas_core::policy::LedgerFacts {
            held: case.held,
            daily_usd: case.daily,
            monthly_usd: case.monthly,
            rates,
        },
        actions: case.actions,
        settings: case.settings,
        phase: case.phase,
    }
}

fn vectors(folder: &Path, out: &mut impl Write) {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let defaults = read(&folder.join("defaults.json"));
    let is_vectors = |path: &&std::path::PathBuf| {
        path.extension().is_some_and(|end| end == "json") && !path.ends_with("defaults.json")
    };
    for vector in files.iter().filter(is_vectors).flat_map(|path| read(path).as_array().unwrap().clone()) {
        let part = |key: &str| vector.get(key).cloned().unwrap_or_else(|| json!({}));
        let (policies, request) = (part("policies"), part("request"));
        if request.get("create_policy").is_some() {
            continue;
        }
        let context = laid_over(&defaults, &part("context"));
        let book = compile(&policies).unwrap();
        let (bytes, expect) = match prepare(&book, &context, &request, &zone).unwrap() {
            Ok(prepared) => (Some(hex(&prepared.to_bytes())), canonical(&prepared.decide(&book))),
            Err(refused) => (None, canonical_refusal(&refused)),
        };
        let line = json!({
            "name": part("name"), "policies": policies, "context": context, "request": request, "bytes": bytes,
            "expect": expect,
        });
        writeln!(out, "{line}").unwrap();
    }
}

fn read(path: &Path) -> Value {
    // The wallet of the vectors on Solana has an address that is no base58 of 32 bytes; this one is.
    let text = std::fs::read_to_string(path)
        .unwrap()
        .replace("So1Wa11et111111111111111111111111111111111", "So11111111111111111111111111111111111111112");
    serde_json::from_str(&text).unwrap()
}

/// A context over the defaults: some parts key by key, others as a whole.
fn laid_over(defaults: &Value, own: &Value) -> Value {
    let mut whole = defaults.as_object().unwrap().clone();
    for (key, value) in own.as_object().into_iter().flatten() {
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

/// The zones of the vectors, as the world's tables have them.
fn zone(name: &str, at: UnixMillis) -> Option<i32> {
    match name {
        "Asia/Seoul" => Some(9 * 3_600),
        "America/New_York" => {
            // Summer time of 2026: from the second Sunday in March to the first in November, each at 2:00 local time.
            let summer = UnixMillis::from_secs(1_772_953_200)..UnixMillis::from_secs(1_793_512_800);
            Some(if summer.contains(&at) { -4 * 3_600 } else { -5 * 3_600 })
        }
        _ => None,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
