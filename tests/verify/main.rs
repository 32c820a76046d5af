//! `cargo verify`: everything that has to hold before a change is good.
//!
//! Runs format, lints, all tests, and then the service as it is shipped against a real local chain. Needs nothing
//! but Rust, npm and Python; the local chain and the tools of Python are installed on first use. The last lines are the failures and, alone on a line,
//! `N passed, N failed`: tests by the test, everything else by the step. The exit code is 0 when nothing failed.

mod report;
mod step;

use report::Report;
use std::path::Path;
use std::process::{Command, ExitCode};
use step::Step;
use waiaas_tests::project::{Profile, build, cargo};
use waiaas_tests::python::Python;
use waiaas_tests::tools::{anvil, install_anvil};

/// How often the tests of races are repeated here; once in a plain `cargo test`.
const ROUNDS: &str = "20";

#[expect(clippy::print_stdout, reason = "a program of the command line says what it does on standard output")]
fn main() -> ExitCode {
    let mut report = Report::default();
    report.action("local chain", || install_anvil(|notice| println!("{notice}")).map(drop));
    report.run(&Step::plain("format", with(&["fmt", "--all", "--check", "--", "--color=never"])));
    report.run(&Step::plain("lints", with(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])));
    report.run(&Step::tests("tests of the workspace", with(&["test", "--workspace", "--no-fail-fast"])));
    let mut program = None;
    report.action("release build", || build(Profile::Release).map(|path| program = Some(path)));
    if let Some(program) = program {
        let mut shipped = with(&["test", "-p", "waiaas-tests", "--test", "e2e", "--", "--show-output"]);
        shipped.env("WAIAAS_BIN", &program).env("WAIAAS_TEST_ROUNDS", ROUNDS);
        report.run(&Step::tests("the shipped program against a real chain", shipped));
        report.run(&Step::plain("demo", with(&["demo"])));
        python(&mut report, &program);
    }
    print!("{}", report.summary());
    if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The Python package as it is shipped: its types, its stubs, and its tests with the service and a real chain.
#[expect(clippy::print_stdout, reason = "a program of the command line says what it does on standard output")]
fn python(report: &mut Report, service: &Path) {
    let mut prepared = None;
    report.action("Python package", || {
        let python = Python::prepare(|notice| println!("{notice}"))?;
        let tests = python.tests(service, &anvil()?)?;
        prepared = Some((python, tests));
        Ok(())
    });
    if let Some((python, tests)) = prepared {
        report.run(&Step::plain("Python: types", python.types()));
        report.run(&Step::plain("Python: stubs", python.stubs()));
        report.run(&Step::plain("Python: tests", tests));
    }
}

fn with(arguments: &[&str]) -> Command {
    let mut command = cargo();
    command.args(arguments);
    command
}
