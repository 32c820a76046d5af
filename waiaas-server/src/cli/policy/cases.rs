//! `waiaas policy test`: files of cases.

use super::super::failure::Failure;
use super::super::report::{Report, printable};
use super::documents::{self, Zones};
use serde_json::{Value, json};
use std::path::PathBuf;
use waiaas_sdk::scenario;

const EXAMPLES: &str = "\
A file in TOML (or the same as JSON):
  [[policies]]
  type = \"SPENDING_LIMIT\"
  rules = { instant_max_usd = 10, delay_max_usd = 100, delay_seconds = 600 }

  [context.prices]
  \"eip155:1/slip44:60\" = \"2000\"

  [[cases]]
  name = \"small change goes at once\"
  request = { to = \"0x1000000000000000000000000000000000000001\", humanAmount = \"0.005\" }
  expect = { tier = \"INSTANT\" }

Examples:
  waiaas policy test policies.toml
  waiaas policy test tests/*.toml --json
  waiaas policy templates treasury --scenario > treasury.json && waiaas policy test treasury.json

No service is needed. The exit code is 0 when every case of every file came out as expected, else 1.";

/// Options of `waiaas policy test`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in super::super) struct Args {
    /// Files of cases: TOML when they end in .toml, else JSON; `-` is JSON on standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Runs the files in order. A file that cannot be run does not keep the others from running.
pub(super) fn run(args: &Args) -> Result<Report, Failure> {
    let zones = Zones::new();
    let mut report = Report::new("", Value::Null);
    let mut files = Vec::new();
    let (mut total, mut failed) = (0_usize, 0_usize);
    for path in &args.files {
        let shown = path.display().to_string();
        let outcome = documents::read(path).and_then(|document| {
            scenario::run(&document, &|zone, at| zones.offset(zone, at))
                .map_err(|issues| documents::faulty(&shown, &issues))
        });
        match outcome {
            Ok(found) => {
                total = total.saturating_add(found.cases.len());
                failed = failed.saturating_add(found.failures().count());
                report.text.push_str(&format!("{}\n{}", printable(&shown), lines(&found)));
                let mut json = found.to_json();
                if let Some(members) = json.as_object_mut() {
                    members.insert("file".to_owned(), json!(shown));
                }
                files.push(json);
            }
            Err(failure) => report.failures.push(failure),
        }
    }
    let passed = total.saturating_sub(failed);
    if total > 0 {
        report.text.push_str(&format!("{passed} of {total} cases passed\n"));
    }
    if failed > 0 {
        report.failures.push(Failure::failed(format!("{failed} of {total} cases failed")));
    }
    report.json = json!({ "passed": report.failures.is_empty(), "total": total, "failed": failed, "files": files });
    Ok(report)
}

/// One line for each case; for one that failed, what differs and how the decision came about.
fn lines(report: &scenario::Report) -> String {
    let mut text = String::new();
    for case in &report.cases {
        let mark = if case.passed() { '✓' } else { '✗' };
        text.push_str(&format!("  {mark} {}\n", printable(&case.name)));
        if case.passed() {
            continue;
        }
        for mismatch in &case.mismatches {
            text.push_str(&format!("      {}\n", printable(&mismatch.to_string())));
        }
        for line in case.explanation.to_string().lines() {
            text.push_str(&format!("      | {}\n", printable(line)));
        }
    }
    text
}
