//! Which module may import which, inside a package.

use crate::tree::{none, sources};

/// `(folder of sources, module, modules of the same package that it must not import, why)`.
const FORBIDDEN: [(&str, &str, &[&str], &str); 8] = [
    (CORE, "policy", &["wire", "error"], "rules are judged without knowing how they travel"),
    (CORE, "tx", &["wire", "error"], "a transaction is a value; bodies are read at the edge"),
    (CORE, "money", &["wire", "error", "policy", "tx", "chain", "address"], "money depends on nothing"),
    (CORE, "chain", &["wire", "error", "policy", "tx"], "the network table depends on nothing"),
    (CORE, "address", &["wire", "error", "policy", "tx"], "an address depends on its chain only"),
    (ENGINE, "ports", &["pipeline::s", "services", "engine", "memory"], "ports know the values and the permit only"),
    (ENGINE, "pipeline", &["services", "memory"], "services use the pipeline, not the other way round"),
    (SERVER, "http", &["cli", "workers"], "parts of the server meet in `app`"),
];
/// The same for the other parts of the server, which are single words in the table above.
const SERVER_PARTS: [(&str, &[&str]); 2] = [("cli", &["http", "workers"]), ("workers", &["http", "cli"])];

const CORE: &str = "waiaas-sdk/crates/waiaas-core/src";
const SCENARIO: &str = "waiaas-sdk/crates/waiaas-scenario/src";
const ENGINE: &str = "waiaas-sdk/crates/waiaas-engine/src";
const SERVER: &str = "waiaas-server/src";

/// What the core and the tools over it must not touch: their answers depend on their arguments alone. Only the tests inside it may.
const IMPURE: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::time",
    "std::thread",
    "std::process",
    "std::io",
    "SystemTime",
    "f64",
    "f32",
];

#[test]
fn modules_import_downwards_only() {
    let parts = SERVER_PARTS.map(|(module, others)| (SERVER, module, others, "parts of the server meet in `app`"));
    let mut complaints = Vec::new();
    for (folder, module, forbidden, why) in FORBIDDEN.into_iter().chain(parts) {
        let own = [format!("{folder}/{module}.rs"), format!("{folder}/{module}/")];
        for file in sources(folder, &[".rs"]) {
            let belongs = own.iter().any(|prefix| file.path.starts_with(prefix.as_str()));
            if !belongs || file.is_test() || file.path.ends_with("/tests.rs") {
                continue;
            }
            for (number, line) in file.program_lines().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                for other in forbidden.iter().filter(|other| line.contains(&format!("crate::{other}"))) {
                    complaints.push(format!("{}:{number} imports `{other}`: {why}", file.path));
                }
            }
        }
    }
    none(complaints);
}

#[test]
fn the_core_and_its_tools_are_pure() {
    let mut complaints = Vec::new();
    let pure = [CORE, SCENARIO].into_iter().flat_map(|folder| sources(folder, &[".rs"]));
    for file in pure.filter(|file| !file.path.ends_with("/tests.rs")) {
        for (number, line) in file.program_lines().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            for word in IMPURE.iter().filter(|word| has_word(line, word)) {
                complaints.push(format!("{}:{number} uses {word}", file.path));
            }
        }
    }
    none(complaints);
}

/// Whether `word` stands in `line` by itself.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    line.match_indices(word).any(|(at, found)| {
        let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at + found.len()..).unwrap_or_default());
        !is_part(before.chars().next_back()) && !is_part(after.chars().next())
    })
}
