//! Where the project is, and the program built from it.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The top folder of the project.
#[must_use]
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// The cargo that runs us, else the one on the path; it works in the top folder.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// How the program is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quickly, with all internal checks.
    Debug,
    /// As it is shipped.
    Release,
}

/// Where the `waiaas` program is: the one that `WAIAAS_BIN` names, else the project's, compiled if it is not up to
/// date. What the compiler says goes to standard error, with its progress when a person looks at it.
///
/// # Errors
/// It does not compile.
pub fn build(profile: Profile) -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("WAIAAS_BIN") {
        return Ok(path.into());
    }
    let mut command = cargo();
    command.args(["build", "-p", "waiaas-server", "--bin", "waiaas", "--message-format=json-render-diagnostics"]);
    if !std::io::stderr().is_terminal() {
        command.arg("--quiet");
    }
    if profile == Profile::Release {
        command.arg("--release");
    }
    let output = command.stderr(Stdio::inherit()).output().context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("the waiaas program does not compile");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
        .context("cargo did not say where the waiaas program is")
}

/// The program under test: the one that `WAIAAS_BIN` names, else a debug build. Looked for once per process.
///
/// # Errors
/// See [`build`].
pub fn program() -> Result<&'static Path> {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    static BUILDING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = BUILDING.lock();
    if let Some(program) = PROGRAM.get() {
        return Ok(program);
    }
    let program = build(Profile::Debug)?;
    Ok(PROGRAM.get_or_init(|| program))
}
