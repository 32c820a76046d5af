//! The Python package: an environment with its tools, and its wheel.

use crate::project::root;
use crate::tools::on_path;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where everything is kept, relative to the top folder.
const FOLDER: &str = "target/python";
/// The package, relative to the top folder.
const PACKAGE: &str = "bindings/python";
/// The oldest Python that the package supports.
const OLDEST: (u32, u32) = (3, 10);
/// What builds and tests the package. Versions within which their interfaces stay.
const TOOLS: [&str; 4] = ["maturin>=1.9.4,<2", "pytest>=8", "mypy>=1.13", "httpx>=0.27,<1"];

/// An environment with the tools and the package itself.
#[derive(Debug)]
pub struct Python {
    environment: PathBuf,
    wheel: PathBuf,
}

impl Python {
    /// Makes the environment if there is none yet (which needs the network once), builds the wheel as it is shipped, and
    /// installs it.
    ///
    /// # Errors
    /// No suitable Python; a tool cannot be installed; the wheel does not compile. The message says which.
    pub fn prepare(say: impl Fn(&str)) -> Result<Self> {
        let folder = root().join(FOLDER);
        let environment = folder.join("environment");
        let wheels = folder.join("wheels");
        let mut python = Self { environment, wheel: PathBuf::new() };
        if !python.program("maturin").is_file() || !python.program("mypy").is_file() {
            say(&format!("making a Python environment in {FOLDER} (once)"));
            done(Command::new(interpreter()?).args(["-m", "venv", "--clear"]).arg(&python.environment))?;
            done(python.command("python").args(["-m", "pip", "install", "--quiet"]).args(TOOLS))?;
        }
        // A wheel of another version must not be taken for this one.
        if wheels.exists() {
            std::fs::remove_dir_all(&wheels).context("old wheels cannot be removed")?;
        }
        let mut build = python.command("maturin");
        build.args(["build", "--release", "--quiet", "--out"]).arg(&wheels);
        done(&mut build)?;
        let built = std::fs::read_dir(&wheels)?.flatten().map(|entry| entry.path());
        python.wheel = built.into_iter().next().context("maturin built no wheel")?;
        let mut install = python.command("python");
        install.args(["-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall"]).arg(&python.wheel);
        done(&mut install)?;
        Ok(python)
    }

    /// The tests of the package, with the program `service`, and `expected` that says what the engine decides natively.
    #[must_use]
    pub fn tests(&self, service: &Path, anvil: &Path, expected: &Path) -> Command {
        let mut tests = self.command("python");
        tests
            .args(["-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider"])
            .env("WAIAAS_BIN", service)
            .env("WAIAAS_ANVIL", anvil)
            .env("WAIAAS_WHEEL", &self.wheel)
            .env("WAIAAS_EXPECTED", expected);
        tests
    }

    /// The types of package, examples and tests.
    #[must_use]
    pub fn types(&self) -> Command {
        let mut types = self.command("python");
        types.args(["-m", "mypy", "--strict", "python", "tools", "tests", "bench", "../../examples/python"]);
        types
    }

    /// The stubs of the native module beside the module.
    #[must_use]
    pub fn stubs(&self) -> Command {
        let mut stubs = self.command("python");
        stubs.args(["-m", "mypy.stubtest", "waiaas._native"]);
        stubs
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.program(name));
        // What the tools remember is nothing for the folders of the project.
        command.current_dir(root().join(PACKAGE)).env("MYPY_CACHE_DIR", root().join(FOLDER).join("mypy"));
        command
    }

    fn program(&self, name: &str) -> PathBuf {
        let folder = if cfg!(windows) { "Scripts" } else { "bin" };
        self.environment.join(folder).join(name).with_extension(std::env::consts::EXE_EXTENSION)
    }
}

/// The first Python on the path that is new enough.
fn interpreter() -> Result<PathBuf> {
    let question = format!("import sys, venv; sys.exit(sys.version_info < {OLDEST:?})");
    let is_good = |program: &PathBuf| {
        let mut command = Command::new(program);
        let asked = command.args(["-c", &question]).stdin(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    let mut found = ["python3", "python"].into_iter().filter_map(on_path).filter(is_good);
    found.next().with_context(|| {
        let (major, minor) = OLDEST;
        format!("Python is missing: install {major}.{minor} or later, with its venv module")
    })
}

fn done(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?} cannot be started"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&said).trim());
    }
    Ok(())
}
