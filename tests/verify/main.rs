//! `cargo verify`: everything that has to hold before a change is good.
//!
//! Runs format, lints, all tests, then the npm package in Node and in a browser, then the service as it is shipped
//! against a real local chain, and the Python package. Needs nothing but Rust, Node.js with npm, Chromium, and Python;
//! everything else is installed on first use. The last lines are the failures and, alone on a line,
//! `N passed, N failed`: tests by the test, everything else by the step. The exit code is 0 when nothing failed.

mod report;
mod step;

use report::Report;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use step::Step;
use waiaas_tests::npm::package;
use waiaas_tests::project::{Profile, build, cargo, root};
use waiaas_tests::python::Python;
use waiaas_tests::tools::{anvil, chromium, install_anvil, install_browser};

/// How often the tests of races are repeated here; once in a plain `cargo test`.
const ROUNDS: &str = "20";

#[expect(clippy::print_stdout, reason = "a program of the command line says what it does on standard output")]
fn main() -> ExitCode {
    let mut report = Report::default();
    report.action("local chain", || install_anvil(|notice| println!("{notice}")).map(drop));
    report.run(&Step::plain("format", with(&["fmt", "--all", "--check", "--", "--color=never"])));
    report.run(&Step::plain("lints", with(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])));
    report.run(&Step::tests("tests of the workspace", with(&["test", "--workspace", "--no-fail-fast"])));
    report.action("npm package", || package(&|notice| println!("{notice}")).map(drop));
    report.action("what natives decide", build_expected);
    report.action("browser", || install_browser(&|notice| println!("{notice}")).map(drop));
    for (name, file) in [("the package in Node", "node"), ("the package in a browser", "browser")] {
        report.run(&Step::plain(name, script(file)));
    }
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
        let tests = python.tests(service, &anvil()?, &expected());
        prepared = Some((python, tests));
        Ok(())
    });
    if let Some((python, tests)) = prepared {
        report.run(&Step::plain("Python: types", python.types()));
        report.run(&Step::plain("Python: stubs", python.stubs()));
        report.run(&Step::plain("Python: tests", tests));
    }
}

/// A test of the npm package.
fn script(name: &str) -> Command {
    let mut command = Command::new("node");
    command.current_dir(root()).args(["--test", &format!("wasm/tests/{name}.test.mjs")]);
    command.env("WAIAAS_EXPECTED", expected()).env("WAIAAS_CHROMIUM", chromium().unwrap_or_default());
    command
}

/// The program that says what the engine decides natively: optimised, for it has a hundred thousand cases to judge.
fn build_expected() -> anyhow::Result<()> {
    let built = with(&["build", "--quiet", "--release", "-p", "waiaas-reference", "--bin", "expected"]).status()?;
    if built.success() { Ok(()) } else { anyhow::bail!("it does not compile") }
}

/// Where cargo puts that program.
fn expected() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    root().join(target).join("release").join(format!("expected{}", std::env::consts::EXE_SUFFIX))
}

fn with(arguments: &[&str]) -> Command {
    let mut command = cargo();
    command.args(arguments);
    command
}
