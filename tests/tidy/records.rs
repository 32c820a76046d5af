//! What has to exist beside the code.

use crate::tree::{Source, none, sources};
use serde_json::Value;
use waiaas_tests::project::root;

const KINDS: &str = "waiaas-sdk/crates/waiaas-core/src/policy/kind";
const VECTORS: &str = "tests/vectors/policy";
const MIGRATIONS: &str = "waiaas-sdk/crates/waiaas-store/migrations";

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The wire names of the enforced policy types, and the file that declares each.
fn policy_kinds() -> Vec<(String, Source)> {
    let found: Vec<(String, Source)> = sources(KINDS, &[".rs"])
        .into_iter()
        .filter_map(|file| {
            let declared = file.text.split("const TYPE: PolicyType = PolicyType::").nth(1)?;
            let variant = declared.split(';').next()?.to_owned();
            Some((screaming(&variant), file))
        })
        .collect();
    assert!(found.len() >= 7, "the way policy types are declared has changed: {}", found.len());
    found
}

/// `SpendingLimit` as `SPENDING_LIMIT`.
fn screaming(camel: &str) -> String {
    let mut name = String::new();
    for letter in camel.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}

#[test]
fn every_policy_type_is_documented_and_has_vectors() {
    let vectors: Vec<Value> =
        sources(VECTORS, &[".json"]).iter().map(|file| serde_json::from_str(&file.text).unwrap()).collect();
    let vectors = Value::from(vectors).to_string();
    let mut complaints = Vec::new();
    for (name, file) in policy_kinds() {
        let documentation = file.text.lines().filter(|line| line.trim_start().starts_with("//")).count();
        if !file.text.lines().next().is_some_and(|line| line.contains(&name)) || documentation < 3 {
            complaints.push(format!("{}: say in its first line that it is {name}, and what it means", file.path));
        }
        if !vectors.contains(&format!("\"{name}\"")) {
            complaints.push(format!("no vector in {VECTORS} uses {name}"));
        }
    }
    none(complaints);
}

/// The store's own tests compare the hashes; this one sees a file that was forgotten.
#[test]
fn every_migration_is_on_the_list_of_released_ones() {
    let mut complaints = Vec::new();
    for file in sources(MIGRATIONS, &[".sql"]) {
        let (folder, name) = file.path.rsplit_once('/').unwrap();
        let number = name.split('_').next().unwrap().trim_start_matches('0');
        let released = read(&format!("{folder}/released.sha384"));
        let listed = released
            .lines()
            .any(|line| line.split_whitespace().any(|word| word == name || word.trim_start_matches('0') == number));
        if !listed {
            complaints.push(format!("{} is not in {folder}/released.sha384", file.path));
        }
    }
    none(complaints);
}

#[test]
fn every_package_says_what_it_is() {
    let mut complaints = Vec::new();
    for manifest in sources("", &["Cargo.toml"]).iter().filter(|file| file.text.contains("[package]")) {
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        if !manifest.text.contains("\ndescription = ") {
            complaints.push(format!("{} has no description", manifest.path));
        }
        if !manifest.text.contains("[lints]\nworkspace = true") {
            complaints.push(format!("{} does not take the lints of the workspace", manifest.path));
        }
        let library = root().join(folder).join("src/lib.rs");
        let documented = std::fs::read_to_string(&library).is_ok_and(|text| {
            text.lines().filter(|line| line.starts_with("//!") || line.starts_with("#![doc")).count() > 0
        });
        if library.exists() && !documented {
            complaints.push(format!("{folder}src/lib.rs does not say what the package is for"));
        }
    }
    none(complaints);
}

#[test]
fn the_changelog_knows_the_version() {
    let manifest = read("Cargo.toml");
    let version = manifest.split("[workspace.package]").nth(1).unwrap().split('"').nth(1).unwrap();
    let changelog = read("CHANGELOG.md");
    assert!(
        changelog.lines().any(|line| line.starts_with("## ") && line.contains(version)),
        "CHANGELOG.md has no section for {version}"
    );
}

#[test]
fn the_papers_of_the_project_exist() {
    for paper in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"] {
        assert!(read(paper).lines().count() > 5, "{paper} says nothing");
    }
}

/// Links of the papers to files of the project lead somewhere.
#[test]
fn links_between_papers_hold() {
    let mut complaints = Vec::new();
    for file in sources("", &[".md"]) {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            let is_elsewhere = target.is_empty() || target.contains("://") || target.contains(' ');
            if !is_elsewhere && !root().join(folder).join(target).exists() {
                complaints.push(format!("{} links to {target}, which does not exist", file.path));
            }
        }
    }
    none(complaints);
}
