//! Programs of others, found or installed.

use crate::project::root;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The npm package with the local Ethereum node. The version is pinned: tests read what it prints.
const ANVIL_PACKAGE: &str = "@foundry-rs/anvil@1.7.1";
/// Where npm puts it, relative to the top folder.
const ANVIL_FOLDER: &str = "target/tools/anvil";

/// The local Ethereum node: the one that `WAIAAS_ANVIL` names, else the installed one, else `anvil` on the path.
///
/// # Errors
/// There is none; the message is one line and says how to get it.
pub fn anvil() -> Result<PathBuf> {
    if let Some(program) = std::env::var_os("WAIAAS_ANVIL") {
        return Ok(program.into());
    }
    installed_anvil().or_else(|| on_path("anvil")).context(
        "anvil (the local Ethereum node) is missing: `cargo verify` and `cargo demo` install it, or set WAIAAS_ANVIL",
    )
}

/// Makes sure that [`anvil`] finds one: installs it with npm when it is missing. `say` hears about it first.
///
/// # Errors
/// npm is missing or fails.
pub fn install_anvil(say: impl Fn(&str)) -> Result<PathBuf> {
    if let Ok(program) = anvil() {
        return Ok(program);
    }
    npm_install("anvil", &[ANVIL_PACKAGE], &say)?;
    anvil().with_context(|| format!("npm installed {ANVIL_PACKAGE}, but without a program for this machine"))
}

/// npm packages (`name@version`) in a folder of their own under `target/tools`, installed when one of them is missing;
/// the answer is their `node_modules`.
///
/// # Errors
/// npm is missing or fails.
pub fn npm_install(folder: &str, packages: &[&str], say: &dyn Fn(&str)) -> Result<PathBuf> {
    let folder = format!("target/tools/{folder}");
    let modules = root().join(&folder).join("node_modules");
    let name = |package: &str| package.rsplit_once('@').map_or_else(|| package.to_owned(), |(name, _)| name.to_owned());
    if packages.iter().all(|package| modules.join(name(package)).is_dir()) {
        return Ok(modules);
    }
    let list = packages.join(" ");
    if on_path("npm").is_none() {
        bail!("npm is missing: install Node.js (18 or later, with npm), so that {list} can be installed");
    }
    say(&format!("installing {list} into {folder} (npm, once)"));
    let output = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", &folder])
        .args(packages)
        .current_dir(root())
        .stdin(Stdio::null())
        .output()
        .context("npm cannot be started")?;
    if !output.status.success() {
        bail!("npm could not install {list}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(modules)
}

/// The npm package that drives a browser, and where it is.
const PLAYWRIGHT: (&str, &str) = ("playwright", "playwright-core@1.65.1");

/// The browser: the one that `WAIAAS_CHROMIUM` names, else `chromium` or Chrome on the path.
#[must_use]
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("WAIAAS_CHROMIUM").map(PathBuf::from);
    named.or_else(|| ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| on_path(name)))
}

/// Makes sure that [`chromium`] finds one, and that there is what drives it. A missing browser is installed from the
/// distribution where that is possible without asking for a password.
///
/// # Errors
/// npm fails, or there is no browser.
pub fn install_browser(say: &dyn Fn(&str)) -> Result<PathBuf> {
    npm_install(PLAYWRIGHT.0, &[PLAYWRIGHT.1], say)?;
    if chromium().is_none() && on_path("apt-get").is_some() {
        say("installing chromium (apt-get, once)");
        for arguments in [&["update", "-q"][..], &["install", "-y", "-q", "chromium"]] {
            let mut command = Command::new("apt-get");
            // It fails for users who may not install; then the message below says what to do.
            let _ = command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).output();
        }
    }
    chromium().context("a browser is missing: install chromium, or set WAIAAS_CHROMIUM to one")
}

/// The program of the platform's package and not the script in `.bin`: killing the script would leave the node running.
fn installed_anvil() -> Option<PathBuf> {
    let packages = root().join(ANVIL_FOLDER).join("node_modules/@foundry-rs");
    let mut packages = std::fs::read_dir(packages).ok()?.flatten().map(|entry| entry.path());
    packages.find_map(|package| {
        ["bin/anvil", "bin/anvil.exe"].iter().map(|name| package.join(name)).find(|program| program.is_file())
    })
}

/// A program on the search path.
#[must_use]
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let candidates =
        std::env::split_paths(&path).flat_map(|folder: PathBuf| [folder.join(name), windows(&folder, name)]);
    candidates.into_iter().find(|program| program.is_file())
}

fn windows(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.exe"))
}
