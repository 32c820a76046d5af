//! What WebAssembly is built with, found or installed: the target's standard library, `wasm-bindgen`, `wasm-opt`.

use crate::project::{cargo, root};
use crate::tools::{npm_install, on_path};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The platform of browsers.
const TARGET: &str = "wasm32-unknown-unknown";

/// The version of the crate `wasm-bindgen`, which its program must have as well.
const BINDGEN: &str = "0.2.130";

/// The npm package with `wasm-opt`.
const BINARYEN: &str = "binaryen@132.0.0";

/// What the compiler may use of WebAssembly; all of it is in Node 18 and in the browsers of 2022.
const FEATURES: [&str; 6] =
    ["bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];

/// Debian's package with the source of the standard library of exactly the compiler that `rust-toolchain.toml` names.
const RUST_SRC: &str = "rust-src=1.95.0+dfsg1-2~bpo13+1";
/// The distribution that has it.
const SUITE: &str = "trixie-backports";
/// Where the library is inside of it.
const LIBRARY: &str = "usr/src/rustc-1.95.0/library";

/// Where the standard library of the target comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Library {
    /// It is installed beside the compiler.
    Installed,
    /// It is compiled together with the program, from this folder.
    Source(PathBuf),
}

/// Compiles the package `waiaas-wasm`; the answer is the module.
///
/// # Errors
/// The target's library cannot be had, or the package does not compile.
pub fn module(features: &[&str], say: &dyn Fn(&str)) -> Result<PathBuf> {
    let mut command = cargo();
    command.args(["build", "-p", "waiaas-wasm", "--lib", "--profile", "wasm", "--target", TARGET]);
    command.args(["--quiet", "--message-format=json-render-diagnostics", "--no-default-features", "--features"]);
    command.arg(features.join(","));
    if let Library::Source(folder) = library(say)? {
        command.env("RUSTC_BOOTSTRAP", "1").env("__CARGO_TESTS_ONLY_SRC_ROOT", folder);
        command.arg("-Zbuild-std=std,panic_abort");
    }
    let output = command.stderr(Stdio::inherit()).output().context("cargo cannot be started")?;
    if !output.status.success() {
        bail!("the package waiaas-wasm does not compile for {TARGET}");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let is_module = |file: &&str| file.ends_with("waiaas_wasm.wasm");
    messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find_map(|message| {
            let files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str);
            files.clone().find(is_module).map(PathBuf::from)
        })
        .context("cargo did not say where the module is")
}

/// Writes the JavaScript around a module, and the module itself in its final form, into `folder`.
///
/// # Errors
/// A tool cannot be installed, or refuses the module.
pub fn bind(module: &Path, folder: &Path, say: &dyn Fn(&str)) -> Result<()> {
    let bindgen = bindgen(say)?;
    let mut command = Command::new(bindgen);
    command.args(["--target", "web", "--no-typescript", "--out-name", "waiaas", "--out-dir"]).arg(folder).arg(module);
    run(&mut command)?;
    let module = folder.join("waiaas_bg.wasm");
    let mut command = Command::new(on_path("node").context("Node.js is missing")?);
    command.arg(wasm_opt(say)?).args(["-Oz", "--converge", "--strip-producers", "--mvp-features"]);
    command.args(FEATURES.map(|feature| format!("--enable-{feature}")));
    command.arg(&module).arg("-o").arg(&module);
    run(&mut command)
}

fn library(say: &dyn Fn(&str)) -> Result<Library> {
    if std::env::var_os("WAIAAS_WASM_STD").is_some_and(|choice| choice == "source") {
        return source(say).map(Library::Source);
    }
    if installed() {
        return Ok(Library::Installed);
    }
    say(&format!("adding the target {TARGET} (rustup, once)"));
    let added = Command::new("rustup").args(["target", "add", TARGET]).current_dir(root()).output();
    if added.is_ok_and(|output| output.status.success()) && installed() {
        return Ok(Library::Installed);
    }
    source(say).map(Library::Source)
}

/// Whether the compiler has the target's library.
fn installed() -> bool {
    let output =
        Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).current_dir(root()).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// The library's source, out of the distribution's package, without touching what the system has installed.
fn source(say: &dyn Fn(&str)) -> Result<PathBuf> {
    let folder = root().join("target/tools/rust-src");
    let library = folder.join(LIBRARY);
    if library.is_dir() {
        return Ok(library);
    }
    say("fetching the source of the standard library for WebAssembly (apt-get download, once)");
    let lists = folder.join("lists");
    std::fs::create_dir_all(lists.join("partial"))?;
    let sources = folder.join("sources");
    std::fs::create_dir_all(&sources)?;
    // The site that the system itself installs from.
    let output = Command::new("apt-get")
        .args(["indextargets", "--format", "$(SITE)", "Created-By: Packages"])
        .output()
        .with_context(|| format!("neither rustup nor apt-get can provide the target {TARGET}"))?;
    let sites = String::from_utf8_lossy(&output.stdout).into_owned();
    let site = sites.lines().map(|line| line.trim_end_matches('/')).find(|line| line.ends_with("/debian"));
    let site = site.context("the system does not say where it installs packages from")?;
    let source = format!(
        "Types: deb\nURIs: {site}\nSuites: {SUITE}\nComponents: main\n\
         Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    );
    std::fs::write(sources.join("rust-src.sources"), source)?;
    let apt = || {
        let mut command = Command::new("apt-get");
        command.current_dir(&folder).args(["-q", "-o", "Dir::Etc::SourceList=/dev/null"]);
        command.arg("-o").arg(format!("Dir::Etc::SourceParts={}", sources.display()));
        command.arg("-o").arg(format!("Dir::State::Lists={}", lists.display()));
        command
    };
    run(apt().arg("update"))?;
    run(apt().args(["-o", "APT::Sandbox::User=root", "download", RUST_SRC]))?;
    let packages = std::fs::read_dir(&folder)?.flatten().map(|entry| entry.path());
    let package = packages.into_iter().find(|path| path.extension().is_some_and(|end| end == "deb"));
    run(Command::new("dpkg").arg("-x").arg(package.context("apt-get downloaded nothing")?).arg(&folder))?;
    if library.is_dir() { Ok(library) } else { bail!("{RUST_SRC} does not hold {LIBRARY}") }
}

fn bindgen(say: &dyn Fn(&str)) -> Result<PathBuf> {
    let folder = root().join("target/tools/wasm-bindgen");
    let program = folder.join("bin/wasm-bindgen");
    if program.is_file() {
        return Ok(program);
    }
    say(&format!("installing wasm-bindgen-cli {BINDGEN} (cargo install, once, some minutes)"));
    let install = |locked: bool| {
        let mut command = cargo();
        command.args(["install", "--quiet", "wasm-bindgen-cli", "--version", BINDGEN, "--root"]).arg(&folder);
        if locked {
            command.arg("--locked");
        }
        run(&mut command)
    };
    // Its own lock file may name versions that a mirror does not have yet.
    install(true).or_else(|_| install(false))?;
    Ok(program)
}

fn wasm_opt(say: &dyn Fn(&str)) -> Result<PathBuf> {
    Ok(npm_install("binaryen", &[BINARYEN], say)?.join("binaryen/bin/wasm-opt"))
}

/// Runs a command to its end; what it said is told only when it fails.
///
/// # Errors
/// It cannot be started, or fails.
pub fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{name} cannot be started"))?;
    if !output.status.success() {
        bail!("{name} failed: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
