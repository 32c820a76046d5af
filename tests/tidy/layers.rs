//! Which package may use which: the table of the architecture, and nothing beyond it.

use crate::tree::none;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use waiaas_tests::project::cargo;

/// Direct dependencies of each package, tests aside. To add one is a decision: it is made by changing this table.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("waiaas-core", &["bs58", "hex", "ruint", "serde", "serde_json", "sha2", "sha3", "smallvec", "thiserror"]),
    (
        "waiaas-client",
        &[
            "getrandom",
            "gloo-timers",
            "reqwest",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "waiaas-core",
            "wasm-bindgen",
        ],
    ),
    (
        "waiaas-engine",
        &[
            "async-trait",
            "base64",
            "futures-util",
            "hex",
            // Only with feature `test-util`: histories for the conformance suites.
            "proptest",
            "serde",
            "serde_json",
            "sha2",
            "thiserror",
            "tokio",
            "tracing",
            "waiaas-core",
            "zeroize",
        ],
    ),
    (
        "waiaas-keystore",
        &[
            "aes-gcm",
            "argon2",
            "async-trait",
            "getrandom",
            "hex",
            "hmac",
            "k256",
            "serde",
            "serde_json",
            "sha2",
            "sha3",
            "subtle",
            "thiserror",
            "tokio",
            "waiaas-core",
            "waiaas-engine",
            "zeroize",
        ],
    ),
    (
        "waiaas-evm",
        &[
            "alloy",
            "async-trait",
            "futures-util",
            "k256",
            "reqwest",
            "serde",
            "serde_json",
            "thiserror",
            "tokio",
            "tracing",
            "waiaas-core",
            "waiaas-engine",
        ],
    ),
    ("waiaas-scenario", &["serde_json", "waiaas-core"]),
    (
        "waiaas-store",
        &["async-trait", "hex", "serde_json", "sqlx", "thiserror", "tokio", "tracing", "waiaas-core", "waiaas-engine"],
    ),
    (
        "waiaas-sdk",
        &[
            "getrandom",
            "jiff",
            "thiserror",
            "waiaas-client",
            "waiaas-core",
            "waiaas-engine",
            "waiaas-evm",
            "waiaas-keystore",
            "waiaas-scenario",
            "waiaas-store",
        ],
    ),
    (
        "waiaas-server",
        &[
            "async-trait",
            "axum",
            "base64",
            "clap",
            "futures-util",
            "getrandom",
            "hex",
            "hmac",
            "jsonwebtoken",
            "reqwest",
            "rustix",
            "serde",
            "serde_json",
            "sha2",
            "subtle",
            "thiserror",
            "tokio",
            "toml",
            "tracing",
            "tracing-subscriber",
            "waiaas-sdk",
            "zeroize",
        ],
    ),
    ("waiaas-tests", &["anyhow", "base64", "hex", "k256", "serde_json", "sha3", "tempfile"]),
    ("waiaas-reference", &["proptest", "ruint", "serde_json", "waiaas-core", "waiaas-scenario"]),
    ("waiaas-python", &["jiff", "pyo3", "serde_json", "waiaas-core", "waiaas-scenario"]),
    ("waiaas-wasm", &["serde_json", "waiaas-core", "waiaas-scenario", "wasm-bindgen"]),
    ("waiaas-examples", &["anyhow", "serde_json", "waiaas-tests"]),
];

/// What each package must not do even through a dependency that it may use: features of tokio that bring threads,
/// timers or sockets into the engine.
const ENGINE_TOKIO: &[&str] = &["sync"];

/// Everything that the core links, compile-time helpers included. All of it runs in browsers and in Python too.
const CORE_CLOSURE: [&str; 30] = [
    "block-buffer",
    "bs58",
    "cfg-if",
    "crypto-common",
    "digest",
    "hex",
    "hybrid-array",
    "itoa",
    "keccak",
    "memchr",
    "proc-macro2",
    "quote",
    "ruint",
    "ruint-macro",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "sha2",
    "sha3",
    "smallvec",
    "syn",
    "thiserror",
    "thiserror-impl",
    "typenum",
    "unicode-ident",
    "waiaas-core",
    "zmij",
    "cpufeatures",
    "ryu",
];

/// One platform, so that the answer is the same everywhere.
const TARGET: &str = "x86_64-unknown-linux-gnu";

fn packages() -> Vec<Value> {
    let output = cargo().args(["metadata", "--no-deps", "--format-version", "1"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata.get("packages").and_then(Value::as_array).unwrap().clone()
}

fn name(value: &Value) -> String {
    value.get("name").and_then(Value::as_str).unwrap().to_owned()
}

/// Dependencies that end up in the program.
fn dependencies(package: &Value) -> Vec<Value> {
    let all = package.get("dependencies").and_then(Value::as_array).unwrap();
    all.iter().filter(|dependency| dependency.get("kind").is_some_and(|kind| kind != "dev")).cloned().collect()
}

#[test]
fn packages_use_what_the_table_allows() {
    let allowed: BTreeMap<&str, BTreeSet<String>> = ALLOWED
        .iter()
        .map(|(package, names)| (*package, names.iter().map(|&name| name.to_owned()).collect()))
        .collect();
    let mut complaints = Vec::new();
    for package in packages() {
        let package_name = name(&package);
        let Some(allowed) = allowed.get(package_name.as_str()) else {
            complaints.push(format!("{package_name} is not in the table: say what it may use"));
            continue;
        };
        let used: BTreeSet<String> = dependencies(&package).iter().map(name).collect();
        complaints.extend(used.difference(allowed).map(|extra| format!("{package_name} may not use {extra}")));
        complaints
            .extend(allowed.difference(&used).map(|gone| format!("{package_name} no longer uses {gone}: remove it")));
    }
    none(complaints);
}

#[test]
fn the_engine_neither_spawns_nor_sleeps() {
    for package in packages().iter().filter(|package| name(package) == "waiaas-engine") {
        for tokio in dependencies(package).iter().filter(|dependency| name(dependency) == "tokio") {
            let features: Vec<&str> =
                tokio.get("features").and_then(Value::as_array).unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(features, ENGINE_TOKIO);
        }
    }
}

#[test]
fn the_core_links_a_closed_list() {
    let output = cargo()
        .args(["tree", "--offline", "-p", "waiaas-core", "-e", "normal,build", "--prefix", "none", "--format", "{p}"])
        .args(["--target", TARGET])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let linked: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    let allowed: BTreeSet<&str> = CORE_CLOSURE.into_iter().collect();
    none(linked.difference(&allowed).map(|extra| format!("waiaas-core links {extra}")).collect());
}
