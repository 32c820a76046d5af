//! The files of the project.

use std::path::{Path, PathBuf};
use waiaas_tests::project::root;

/// Folders that hold nothing written by people.
const GENERATED: [&str; 7] = ["target", "node_modules", ".git", ".venv", ".mypy_cache", ".pytest_cache", "__pycache__"];

/// A file with its path from the top folder, with `/` between the parts.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// Lines with their numbers.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// The lines of the program itself: everything before the tests at its end.
    pub(crate) fn program_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines().take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
    }

    /// Whether the whole file is tests.
    pub(crate) fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/") || self.path.starts_with("tests/")
    }
}

/// All text files below `folder` whose names end in one of `endings`.
pub(crate) fn sources(folder: &str, endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), endings, &mut found);
    assert!(!found.is_empty(), "no {endings:?} below `{folder}`: the test looks at the wrong place");
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<Source>) {
    let entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !GENERATED.contains(&name.as_str()) {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let from_root = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            // A file that is not text has no lines to look at.
            if let Ok(text) = std::fs::read_to_string(&path) {
                found.push(Source { path: from_root, text });
            }
        }
    }
}

/// Fails with all complaints at once.
pub(crate) fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
