//! The sources of values, laid over each other: flag over environment over file.

use super::section::known_keys;
use super::{ConfigError, Sources, not_used};
use std::collections::BTreeMap;
use toml::Value;

/// One given value and where it came from.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) raw: Raw,
    /// For messages: `security.cors_origins in config.toml`, `WAIAAS_DAEMON_PORT`, …
    pub(super) origin: String,
    source: Source,
}

/// Of two sources the later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    File,
    Environment,
    Flag,
}

/// A value before its key's reader has looked at it.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    /// From the file, typed by TOML.
    Toml(Value),
    /// From the environment or a flag: the key decides what it means.
    Text(String),
}

/// All given values by section and key.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) given: BTreeMap<(String, String), Given>,
    pub(super) problems: Vec<String>,
}

/// Keys that also have a name outside of their section: bare in the file, without the section in the environment.
const BARE_NAMES: [(&str, (&str, &str)); 1] = [("venue_whitelist_enabled", ("policy", "venue_whitelist_enabled"))];

/// Variables with this prefix that are not configuration values.
const RESERVED: [&str; 13] = [
    "WAIAAS_DATA_DIR",
    "WAIAAS_MASTER_PASSWORD",
    "WAIAAS_MASTER_PASSWORD_FILE",
    "WAIAAS_AUTO_PROVISION",
    "WAIAAS_BASE_URL",
    "WAIAAS_SESSION_TOKEN",
    "WAIAAS_WALLET_ID",
    "WAIAAS_WALLET_NAME",
    "WAIAAS_NO_UPDATE_NOTIFY",
    "WAIAAS_CLI_PATH",
    "WAIAAS_ACTION_DEBUG",
    "WAIAAS_OWNER_ADDRESS",
    "WAIAAS_PORT",
];

impl Layers {
    pub(super) fn build(toml: &str, sources: &Sources) -> Result<Self, ConfigError> {
        let mut layers = Self::default();
        let table: toml::Table = toml::from_str(toml).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let line = toml.get(..offset).map_or(1, |before| before.matches('\n').count().saturating_add(1));
            ConfigError::Syntax { line, message: error.message().to_owned() }
        })?;
        for (section, value) in table {
            layers.add_section(&section, value);
        }
        for (name, text) in &sources.environment {
            layers.add_variable(name, text);
        }
        for (path, text) in &sources.flags {
            if let Some((section, key)) = path.split_once('.') {
                let origin = format!("the command-line value of {path}");
                layers.set(section, key, Raw::Text(text.clone()), origin, Source::Flag);
            }
        }
        Ok(layers)
    }

    fn add_section(&mut self, section: &str, value: Value) {
        if let Some((section, key)) = by_bare_name(section) {
            let origin = format!("a bare {key} in config.toml");
            self.set(section, key, Raw::Toml(value), origin, Source::File);
            return;
        }
        if !is_section(section) {
            let known = section_names().join(", ");
            self.problems.push(format!("unknown section [{section}] in config.toml; the sections are {known}"));
            return;
        }
        let Value::Table(keys) = value else {
            self.problems.push(format!("`{section}` in config.toml must be a section: write [{section}]"));
            return;
        };
        for (key, value) in keys {
            let origin = format!("{section}.{key} in config.toml");
            self.set(section, &key, Raw::Toml(value), origin, Source::File);
        }
    }

    fn add_variable(&mut self, name: &str, text: &str) {
        let Some(rest) = name.strip_prefix("WAIAAS_") else { return };
        if RESERVED.contains(&name) {
            return;
        }
        let rest = rest.to_ascii_lowercase();
        if let Some((section, key)) = by_bare_name(&rest) {
            self.set(section, key, Raw::Text(text.to_owned()), name.to_owned(), Source::Environment);
            return;
        }
        // The longest match: `rpc_pool` must win over `rpc`.
        let section = section_names()
            .into_iter()
            .filter(|section| rest.strip_prefix(section).is_some_and(|tail| tail.starts_with('_')))
            .max_by_key(|section| section.len());
        // Another tool's variable when it names no section of ours.
        let Some(section) = section else { return };
        if let Some(key) = rest.get(section.len().saturating_add(1)..) {
            self.set(section, key, Raw::Text(text.to_owned()), name.to_owned(), Source::Environment);
        }
    }

    /// A key that one source gives under two names stops the start: which of them was meant, nobody can tell.
    fn set(&mut self, section: &str, key: &str, raw: Raw, origin: String, source: Source) {
        let name = (section.to_owned(), key.to_owned());
        if let Some(other) = self.given.get(&name).filter(|other| other.source == source && other.origin != origin) {
            self.problems.push(format!("{section}.{key} is set twice: by {} and by {origin}", other.origin));
        }
        self.given.insert(name, Given { raw, origin, source });
    }
}

fn by_bare_name(name: &str) -> Option<(&'static str, &'static str)> {
    BARE_NAMES.iter().find(|(bare, _)| *bare == name).map(|(_, key)| *key)
}

fn is_section(name: &str) -> bool {
    section_names().contains(&name)
}

/// The sections that may stand in the file.
pub(super) fn section_names() -> Vec<&'static str> {
    let mut names: Vec<_> = known_keys().into_iter().map(|(section, _)| section).collect();
    names.extend(not_used::KEYS.iter().map(|(section, _)| *section));
    names.sort_unstable();
    names.dedup();
    names
}
