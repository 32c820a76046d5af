//! The npm package, put together from the module and its JavaScript.

use crate::project::{cargo, root};
use crate::wasm::{bind, module};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The two forms of the package: its folder, the features of the crate, and the file that a program imports.
const FORMS: [(&str, &[&str], &str); 2] = [("full", &["tools"], "index"), ("evaluator", &[], "evaluator")];

/// JavaScript of both forms, then of the full one alone.
const SHARED: [&str; 5] = ["zones.js", "errors.js", "evaluator.js", "errors.d.ts", "evaluator.d.ts"];
const FULL: [&str; 2] = ["index.js", "index.d.ts"];

/// The ways to load a form.
const ENTRIES: [&str; 3] = ["node", "bundler", "web"];

/// Builds the package into `target/npm/waiaas`; the answer is that folder.
///
/// # Errors
/// A tool cannot be had, or something does not compile.
pub fn package(say: &dyn Fn(&str)) -> Result<PathBuf> {
    let target = root().join("target/npm/waiaas");
    let types = types()?;
    for (form, features, entry) in FORMS {
        let folder = target.join(form);
        say(&format!("building the npm package ({form})"));
        std::fs::create_dir_all(&folder)?;
        bind(&module(features, say)?, &folder, say)?;
        let names = SHARED.iter().chain(if form == "full" { FULL.as_slice() } else { &[] });
        for name in names {
            copy(name, &folder.join(name), entry)?;
        }
        for name in ENTRIES {
            copy(&format!("{name}.js"), &folder.join(format!("{name}.js")), entry)?;
            let declarations = if name == "web" { "web.d.ts" } else { "entry.d.ts" };
            copy(declarations, &folder.join(format!("{name}.d.ts")), entry)?;
        }
        std::fs::write(folder.join("types.d.ts"), &types)?;
    }
    copy("../README.md", &target.join("README.md"), "")?;
    copy("package.json", &target.join("package.json"), "")?;
    Ok(target)
}

/// A file of `wasm/js`, with the name of the form's main file in its place.
fn copy(name: &str, to: &Path, entry: &str) -> Result<()> {
    let from = root().join("wasm/js").join(name);
    let text = std::fs::read_to_string(&from).with_context(|| format!("{} cannot be read", from.display()))?;
    std::fs::write(to, text.replace("./ENTRY", &format!("./{entry}.js")))?;
    Ok(())
}

/// The TypeScript declarations of documents and answers, from their schemas.
fn types() -> Result<String> {
    let output = cargo().args(["run", "--quiet", "-p", "waiaas-wasm", "--bin", "waiaas-types"]).output()?;
    if !output.status.success() {
        bail!("the types cannot be made: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("the types are no text")
}
