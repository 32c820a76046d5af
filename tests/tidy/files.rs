//! Every file by itself.

use crate::tree::{none, sources};
use waiaas_tests::project::root;

/// A file that is longer holds more than one idea.
const LONGEST: usize = 800;

/// What may stand at the top. Everything else has a place further down.
const TOP: [&str; 25] = [
    ".cargo",
    ".ci",
    ".dockerignore",
    ".editorconfig",
    ".git",
    ".github",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "Dockerfile",
    "README.md",
    "SECURITY.md",
    "bindings",
    "clippy.toml",
    "compose.yaml",
    "deny.toml",
    "docs",
    "examples",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "tests",
    "wasm",
];
/// The two products, and what tools leave there.
const PRODUCTS: [&str; 4] = ["waiaas-sdk", "waiaas-server", "target", "node_modules"];

/// Things that mean "not finished". Put together here, so that this file does not find itself.
fn markers() -> Vec<String> {
    [("TO", "DO"), ("FIX", "ME"), ("XX", "X:"), ("HA", "CK:"), ("todo", "!("), ("unimplemented", "!(")]
        .map(|(left, right)| format!("{left}{right}"))
        .to_vec()
}

/// Folders of somebody's machine.
fn machine_paths() -> Vec<String> {
    [("/ro", "ot/"), ("/Use", "rs/"), ("/wo", "rk/"), ("C:\\", "Users")]
        .map(|(left, right)| format!("{left}{right}"))
        .to_vec()
}

const WRITTEN: [&str; 14] =
    [".rs", ".toml", ".md", ".sql", ".sh", ".yaml", ".yml", ".html", ".css", ".js", ".cjs", ".mjs", ".py", "run"];

#[test]
fn files_stay_short() {
    let long = sources("", &[".rs"]).into_iter().filter(|file| file.text.lines().count() > LONGEST);
    none(long.map(|file| format!("{} has more than {LONGEST} lines: split it", file.path)).collect());
}

#[test]
fn nothing_is_left_for_later() {
    none(lines_with(&markers(), "is not finished"));
}

#[test]
fn no_file_knows_the_machine_it_was_written_on() {
    none(lines_with(&machine_paths(), "names a folder of one machine"));
}

fn lines_with(words: &[String], complaint: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in sources("", &WRITTEN) {
        for (number, line) in file.lines() {
            if words.iter().any(|word| line.contains(word.as_str())) {
                complaints.push(format!("{}:{number} {complaint}: {}", file.path, line.trim()));
            }
        }
    }
    complaints
}

#[test]
fn the_top_folder_holds_what_people_look_for() {
    let mut complaints = Vec::new();
    for entry in std::fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !TOP.contains(&name.as_str()) && !PRODUCTS.contains(&name.as_str()) {
            complaints.push(format!("`{name}` does not belong at the top"));
        }
    }
    none(complaints);
}

#[test]
fn files_have_names_that_say_something() {
    let empty_names = ["utils.rs", "util.rs", "common.rs", "helpers.rs", "misc.rs"];
    let files = sources("", &[".rs"]);
    let bad = files.iter().filter(|file| empty_names.iter().any(|name| file.path.ends_with(&format!("/{name}"))));
    none(bad.map(|file| format!("{} could hold anything", file.path)).collect());
}

#[test]
fn every_file_begins_with_what_it_is_about() {
    let files = sources("", &[".rs"]);
    let silent = files.iter().filter(|file| !file.path.ends_with("/tests.rs") && !file.text.starts_with("//!"));
    none(silent.map(|file| format!("{} does not begin with `//!`", file.path)).collect());
}
