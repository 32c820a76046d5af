//! Where the master password comes from.

use super::context::Context;
use super::failure::Failure;
use super::terminal;
use std::fmt;
use std::io::{ErrorKind, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// The operator's password. Zeroed when dropped, never printed.
#[derive(Clone)]
pub(super) struct MasterPassword(Zeroizing<String>);

impl MasterPassword {
    /// The characters, for the one place that sends or checks them.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for MasterPassword {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// For the option parser.
impl From<&str> for MasterPassword {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for MasterPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// The first of: `--password`, `--password-file`, `WAIAAS_MASTER_PASSWORD`, the file named by
/// `WAIAAS_MASTER_PASSWORD_FILE`, `<data>/recovery.key` (only with `recovery_key`), a prompt.
///
/// # Errors
/// A named file that is missing, unreadable or empty; an empty password; nobody to ask.
pub(super) fn resolve(context: &Context, recovery_key: bool) -> Result<MasterPassword, Failure> {
    if let Some(password) = &context.options.password {
        return not_empty(password.clone());
    }
    if let Some(path) = &context.options.password_file {
        return if path == Path::new("-") { from_stdin() } else { from_file(path) };
    }
    if let Some(password) = context.variable("WAIAAS_MASTER_PASSWORD") {
        return Ok(MasterPassword::from(password));
    }
    if let Some(path) = context.variable("WAIAAS_MASTER_PASSWORD_FILE") {
        return from_file(Path::new(&path));
    }
    let key = context.data_dir.join("recovery.key");
    if recovery_key && key.exists() {
        return from_file(&key);
    }
    if !terminal::is_interactive() {
        return Err(Failure::usage("no master password, and standard input is not a terminal to ask on").hint(
            "set WAIAAS_MASTER_PASSWORD or WAIAAS_MASTER_PASSWORD_FILE, or pass --password-file <PATH> (`-` = standard input)",
        ));
    }
    not_empty(terminal::read_hidden("Master password: ")?)
}

fn not_empty(password: MasterPassword) -> Result<MasterPassword, Failure> {
    if password.expose().is_empty() { Err(Failure::failed("Password cannot be empty")) } else { Ok(password) }
}

fn from_file(path: &Path) -> Result<MasterPassword, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::failed(format!("password file {} does not exist", path.display())),
        _ => Failure::failed(format!("cannot read password file {}: {error}", path.display())),
    })?;
    trimmed(text, &path.display().to_string())
}

fn from_stdin() -> Result<MasterPassword, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::failed(format!("cannot read the password from standard input: {error}")))?;
    trimmed(text, "standard input")
}

/// Editors and `echo` end files with a line break that is not part of the password.
fn trimmed(text: String, source: &str) -> Result<MasterPassword, Failure> {
    let text = Zeroizing::new(text);
    let password = MasterPassword::from(text.trim());
    if password.expose().is_empty() {
        return Err(Failure::failed(format!("password file {source} is empty")));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::super::context::{GlobalOptions, ReadVariable};
    use super::*;

    /// A data directory whose `recovery.key` and `pw` hold known passwords.
    fn resolve_in(
        recovery_key: bool,
        options: impl FnOnce(&Path) -> GlobalOptions,
        variable: ReadVariable,
    ) -> Result<String, Failure> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("recovery.key"), "key").unwrap();
        std::fs::write(dir.path().join("pw"), "  from file\n").unwrap();
        std::fs::write(dir.path().join("empty"), "\n").unwrap();
        let options = GlobalOptions { data_dir: Some(dir.path().to_owned()), ..options(dir.path()) };
        let context = Context::new(options, variable).unwrap();
        resolve(&context, recovery_key).map(|password| password.expose().to_owned())
    }

    const FROM_ENV: ReadVariable = |name| (name == "WAIAAS_MASTER_PASSWORD").then(|| "from env".to_owned());

    #[test]
    fn option_then_file_then_environment_then_recovery_key() {
        let typed = |_: &Path| GlobalOptions { password: Some("typed".into()), ..GlobalOptions::default() };
        let file = |dir: &Path| GlobalOptions { password_file: Some(dir.join("pw")), ..GlobalOptions::default() };
        let nothing = |_: &Path| GlobalOptions::default();
        assert_eq!(resolve_in(true, typed, FROM_ENV).unwrap(), "typed");
        assert_eq!(resolve_in(true, file, FROM_ENV).unwrap(), "from file");
        assert_eq!(resolve_in(true, nothing, FROM_ENV).unwrap(), "from env");
        assert_eq!(resolve_in(true, nothing, |_| None).unwrap(), "key");
    }

    #[test]
    fn an_empty_or_missing_file_is_an_error_and_not_a_reason_to_look_elsewhere() {
        let empty = |dir: &Path| GlobalOptions { password_file: Some(dir.join("empty")), ..GlobalOptions::default() };
        let missing = |dir: &Path| GlobalOptions { password_file: Some(dir.join("none")), ..GlobalOptions::default() };
        let blank = |_: &Path| GlobalOptions { password: Some("".into()), ..GlobalOptions::default() };
        assert!(resolve_in(true, empty, FROM_ENV).unwrap_err().message.ends_with("is empty"));
        assert!(resolve_in(true, missing, FROM_ENV).unwrap_err().message.ends_with("does not exist"));
        assert_eq!(resolve_in(true, blank, FROM_ENV).unwrap_err().message, "Password cannot be empty");
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", MasterPassword::from("hunter22")), "***");
    }
}
