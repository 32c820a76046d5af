//! What a command that did its work has to say: once for people, once for machines.

use super::failure::Failure;
use serde_json::Value;
use waiaas_sdk::core::time::UnixMillis;

/// The answer of a command. Exactly one of the two forms is printed, on standard output.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Report {
    /// Lines for people; ends with a line break unless empty.
    pub(super) text: String,
    /// One value for machines (`--json`); its keys are stable.
    pub(super) json: Value,
    /// Parts of the work that failed while others were done. The first decides the exit code.
    pub(super) failures: Vec<Failure>,
}

impl Report {
    /// The answer of a command that did all of its work.
    pub(super) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json, failures: Vec::new() }
    }
}

/// Lines `Label:  value` with the values in one column.
pub(super) fn fields(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0).saturating_add(2);
    let line = |(label, value): &(&str, String)| {
        format!("{:<width$}{value}", format!("{label}:")).trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// A table with a header line and columns as wide as their widest cell.
pub(super) fn table(headers: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(headers.get(column).map(|header| header.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headers.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}", width = *width)).collect();
        padded.join("  ").trim_end().to_owned() + "\n"
    };
    let mut text = line(headers.to_vec());
    for row in rows {
        text.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    text
}

/// Text of `json[key]`: strings as they are, `-` for null or nothing, anything else as JSON.
pub(super) fn cell(json: &Value, key: &str) -> String {
    match json.get(key) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => printable(text),
        Some(other) => other.to_string(),
    }
}

/// `text` without control characters: names are chosen by callers of the API, and a terminal obeys
/// escape sequences.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// When a session ends, for people. The API says 0 for "never".
pub(super) fn expiry(unix_seconds: i64) -> String {
    if unix_seconds == 0 { "Never (unlimited)".to_owned() } else { utc(unix_seconds) }
}

/// Unix seconds as `2026-01-31 13:05:09 UTC`.
pub(super) fn utc(unix_seconds: i64) -> String {
    UnixMillis::from_secs(unix_seconds).to_rfc3339().replace('T', " ").replace('Z', " UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_columns_line_up() {
        assert_eq!(
            fields(&[
                ("Name", "trading-bot".to_owned()),
                ("Environment", "testnet".to_owned()),
                ("Owner", String::new())
            ]),
            "Name:        trading-bot\nEnvironment: testnet\nOwner:\n"
        );
        assert_eq!(
            table(&["ID", "NAME"], &[vec!["1".to_owned(), "alpha".to_owned()], vec!["22".to_owned(), "b".to_owned()]]),
            "ID  NAME\n1   alpha\n22  b\n"
        );
        assert_eq!(table(&["ID", "NAME"], &[]), "ID  NAME\n");
    }

    #[test]
    fn a_terminal_never_sees_control_characters() {
        assert_eq!(cell(&serde_json::json!({"name": "a\u{1b}[2Jb"}), "name"), "a\u{fffd}[2Jb");
        assert_eq!(cell(&serde_json::json!({"name": null}), "name"), "-");
        assert_eq!(cell(&serde_json::json!({"n": 3}), "n"), "3");
    }

    #[test]
    fn dates() {
        for (seconds, text) in [
            (1, "1970-01-01 00:00:01 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59:59 UTC"),
            (1_767_225_600, "2026-01-01 00:00:00 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(utc(seconds), text);
        }
        assert_eq!(expiry(0), "Never (unlimited)");
    }
}
