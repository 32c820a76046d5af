//! What every command knows: the global options, the environment and the data directory.

use super::client::Client;
use super::failure::Failure;
use super::password::MasterPassword;
use super::{password, target, terminal};
use std::path::{Path, PathBuf};

/// Options that every command accepts, before or after its name.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct GlobalOptions {
    /// Data directory [default: WAIAAS_DATA_DIR, else ~/.waiaas]
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) data_dir: Option<PathBuf>,

    /// Address of the service [default: from config.toml, else WAIAAS_BASE_URL, else http://127.0.0.1:3100]
    #[arg(long, global = true, value_name = "URL")]
    pub(super) base_url: Option<String>,

    /// Master password (other users of the machine can read it in the process list: prefer --password-file)
    #[arg(long, global = true, value_name = "PASSWORD", conflicts_with = "password_file")]
    pub(super) password: Option<MasterPassword>,

    /// File that holds the master password; `-` reads it from standard input
    #[arg(long, global = true, value_name = "PATH")]
    pub(super) password_file: Option<PathBuf>,

    /// Print one JSON value instead of text
    #[arg(long, global = true)]
    pub(super) json: bool,

    /// Print results and errors only
    #[arg(long, global = true)]
    pub(super) quiet: bool,

    /// Answer yes to every confirmation
    #[arg(long, global = true)]
    pub(super) yes: bool,
}

/// Reads one environment variable. A function, so that tests bring their own environment.
pub(super) type ReadVariable = fn(&str) -> Option<String>;

/// The surroundings of one invocation.
#[derive(Clone, Debug)]
pub(super) struct Context {
    /// The global options as typed.
    pub(super) options: GlobalOptions,
    /// `--data-dir`, else `WAIAAS_DATA_DIR`, else `~/.waiaas`.
    pub(super) data_dir: PathBuf,
    variable: ReadVariable,
}

impl Context {
    /// Settles the data directory.
    ///
    /// # Errors
    /// When neither an option nor a variable names one and there is no home directory.
    pub(super) fn new(options: GlobalOptions, variable: ReadVariable) -> Result<Self, Failure> {
        let named = options.data_dir.clone().or_else(|| variable("WAIAAS_DATA_DIR").map(PathBuf::from));
        let data_dir = match named {
            Some(path) => path,
            None => match variable("HOME") {
                Some(home) => Path::new(&home).join(".waiaas"),
                None => return Err(Failure::usage("no data directory: HOME is not set").hint("pass --data-dir <PATH>")),
            },
        };
        Ok(Self { options, data_dir, variable })
    }

    /// The value of an environment variable; an empty one counts as not set.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }

    /// Where the service answers.
    ///
    /// # Errors
    /// A malformed URL or configuration file; a service that picks its port and does not run.
    pub(super) fn base_url(&self) -> Result<reqwest::Url, Failure> {
        target::base_url(self)
    }

    /// A client that proves nothing about the caller.
    ///
    /// # Errors
    /// See [`Self::base_url`].
    pub(super) fn public_client(&self) -> Result<Client, Failure> {
        Client::new(self.base_url()?, None)
    }

    /// A client that sends the master password.
    ///
    /// # Errors
    /// See [`Self::base_url`] and [`password::resolve`].
    pub(super) fn master_client(&self) -> Result<Client, Failure> {
        let base = self.base_url()?;
        let nearby = target::is_loopback(&base);
        if !nearby && base.scheme() == "http" {
            self.note(&format!("warning: the master password travels unencrypted to {base}"));
        }
        // The recovery key in the local data directory belongs to the local service only.
        let password = password::resolve(self, nearby)?;
        Client::new(base, Some(&password))
    }

    /// Says something on standard error that is not a result; nothing with `--quiet`.
    #[expect(clippy::print_stderr, reason = "notes of a command line program belong on standard error")]
    pub(super) fn note(&self, text: &str) {
        if !self.options.quiet {
            eprintln!("{text}");
        }
    }

    /// Shows `details` and asks a yes/no question; `--yes` answers it unasked.
    ///
    /// # Errors
    /// The person declines, or nobody is there to ask.
    pub(super) fn confirm(&self, details: &str, question: &str) -> Result<(), Failure> {
        if self.options.yes { Ok(()) } else { terminal::confirm(details, question) }
    }
}

/// The process environment, with empty values counted as not set: compose files pass those for
/// variables that the operator left out.
pub(super) fn process_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(option: Option<&str>, variable: ReadVariable, expect: &str) {
        let options = GlobalOptions { data_dir: option.map(PathBuf::from), ..GlobalOptions::default() };
        assert_eq!(Context::new(options, variable).unwrap().data_dir, Path::new(expect));
    }

    #[test]
    fn option_beats_variable_beats_home() {
        let both: ReadVariable = |name| match name {
            "WAIAAS_DATA_DIR" => Some("/srv/waiaas".to_owned()),
            "HOME" => Some("/home/ann".to_owned()),
            _ => None,
        };
        check(Some("/mnt/keys"), both, "/mnt/keys");
        check(None, both, "/srv/waiaas");
        check(None, |name| (name == "HOME").then(|| "/home/ann".to_owned()), "/home/ann/.waiaas");
    }

    #[test]
    fn without_a_home_the_directory_must_be_named() {
        let failure = Context::new(GlobalOptions::default(), |_| None).unwrap_err();
        assert_eq!(failure.hint.as_deref(), Some("pass --data-dir <PATH>"));
    }
}
