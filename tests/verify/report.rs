//! What was done, how long it took and what failed.

use crate::step::{Outcome, Step};
use std::fmt::Write as _;
use std::time::Instant;

/// How much of what a failed command said stands in the summary.
const LAST_LINES: usize = 25;

/// Collects outcomes and tells about them while they happen.
#[derive(Default)]
pub(crate) struct Report {
    passed: usize,
    failures: Vec<Failure>,
    times: Vec<(String, f32)>,
}

struct Failure {
    what: String,
    why: Vec<String>,
}

impl Report {
    /// Runs a command.
    #[expect(clippy::print_stdout, reason = "a program of the command line says what it does on standard output")]
    pub(crate) fn run(&mut self, step: &Step) {
        let began = self.begin(step.name);
        let outcome = step.run(|line| println!("{line}"));
        if step.has_tests {
            self.count(step.name, &outcome);
        } else {
            self.judge(step.name, outcome.succeeded, outcome.lines);
        }
        self.end(step.name, began);
    }

    /// Does something that is not a command.
    pub(crate) fn action(&mut self, name: &str, work: impl FnOnce() -> anyhow::Result<()>) {
        let began = self.begin(name);
        let result = work();
        self.judge(name, result.is_ok(), result.err().map(|error| format!("{error:#}")).into_iter().collect());
        self.end(name, began);
    }

    /// Whether nothing failed.
    pub(crate) const fn is_good(&self) -> bool {
        self.failures.is_empty()
    }

    /// The end of the output: failures, times, counts.
    pub(crate) fn summary(&self) -> String {
        let mut text = String::from("\n");
        for Failure { what, why } in &self.failures {
            let _ = writeln!(text, "FAILED  {what}");
            for line in why {
                let _ = writeln!(text, "        {line}");
            }
        }
        for (name, seconds) in &self.times {
            let _ = writeln!(text, "{seconds:7.1} s  {name}");
        }
        let _ = writeln!(text, "{} passed, {} failed", self.passed, self.failures.len());
        text
    }

    #[expect(clippy::print_stdout, reason = "a program of the command line says what it does on standard output")]
    fn begin(&self, name: &str) -> Instant {
        println!("\n== {name}");
        Instant::now()
    }

    #[expect(clippy::print_stdout, reason = "a program of the command line says what it does on standard output")]
    fn end(&mut self, name: &str, began: Instant) {
        let seconds = began.elapsed().as_secs_f32();
        println!("== {name}: {seconds:.1} s");
        self.times.push((name.to_owned(), seconds));
    }

    fn judge(&mut self, name: &str, succeeded: bool, mut lines: Vec<String>) {
        if succeeded {
            self.passed = self.passed.saturating_add(1);
        } else {
            let why = lines.split_off(lines.len().saturating_sub(LAST_LINES));
            self.failures.push(Failure { what: name.to_owned(), why });
        }
    }

    /// Counts what the test harness printed. A run that fails without a failed test did not compile or crashed.
    fn count(&mut self, name: &str, outcome: &Outcome) {
        let before = self.failures.len();
        for line in &outcome.lines {
            match line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... ")) {
                Some((_, "ok")) => self.passed = self.passed.saturating_add(1),
                Some((test, "FAILED")) => {
                    let why = reason(&outcome.lines, test);
                    self.failures.push(Failure { what: format!("{name}: {test}"), why });
                }
                _ => {}
            }
        }
        if !outcome.succeeded && self.failures.len() == before {
            self.judge(name, false, outcome.lines.clone());
        }
    }
}

/// What a failed test said.
fn reason(lines: &[String], test: &str) -> Vec<String> {
    let title = format!("---- {test} stdout ----");
    let said = lines.iter().skip_while(|line| **line != title).skip(1);
    let ends = ["---- ", "failures:", "note:", "stack backtrace:"];
    let said = said.take_while(|line| !ends.iter().any(|end| line.starts_with(end)));
    said.filter(|line| !line.trim().is_empty()).take(LAST_LINES).cloned().collect()
}
