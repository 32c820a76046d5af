//! The table at the end of a run.

use crate::scene::Scale;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// One measurement.
pub(crate) struct Line {
    pub(crate) scale: Scale,
    pub(crate) engine: &'static str,
    pub(crate) request: &'static str,
    pub(crate) allocations: u64,
}

/// Where the measurements are written.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("criterion")
}

/// Prints all measurements of this and, where a filter left some out, of earlier runs.
pub(crate) fn print(lines: &[Line]) {
    println!("\n| scene | engine | request | median ns | against `judge` | allocations |\n|---|---|---|--:|--:|--:|");
    for Line { scale, engine, request, allocations } in lines {
        let median = median(&format!("{engine}/{}", scale.name()), request);
        let ours = self::median(&format!("judge/{}", scale.name()), request);
        let ratio = median.zip(ours).map_or_else(|| "-".to_owned(), |(other, ours)| format!("{:.1}", other / ours));
        println!("| {} | {engine} | {request} | {} | {ratio} | {allocations} |", scale.name(), text(median));
    }
    for scale in Scale::ALL {
        println!(
            "| {} | compile | the whole book | {} | - | - |",
            scale.name(),
            text(median(&format!("compile/{}", scale.name()), "book"))
        );
    }
}

fn text(median: Option<f64>) -> String {
    median.map_or_else(|| "-".to_owned(), |median| format!("{median:.0}"))
}

/// Nanoseconds, as criterion estimated them.
fn median(group: &str, request: &str) -> Option<f64> {
    // Criterion names its folders after the group, with `_` for `/`.
    let file = folder().join(group.replace('/', "_")).join(request).join("new/estimates.json");
    let estimates: Value = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
