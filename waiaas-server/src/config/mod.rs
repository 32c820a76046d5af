//! Configuration: one typed struct per section of `config.toml`.
//!
//! A value comes from the first of these that has it: a command-line flag, the environment variable
//! `WAIAAS_<SECTION>_<KEY>`, `config.toml` in the data directory, the default. To add a key, add one
//! field to its section's file; reading, range check, environment name and documentation follow from it.
//!
//! What is wrong is collected and reported at once. An unknown section stops the start, an unknown key
//! is a warning with a suggestion, a value out of range stops the start.

mod channels;
mod compat;
mod daemon;
mod database;
mod keystore;
mod layers;
mod not_used;
mod oracle;
mod policy;
mod read;
mod rpc;
mod section;
mod security;
#[cfg(test)]
mod tests;

pub use channels::{Erc8128, RpcProxy, X402};
pub use compat::Compat;
pub use daemon::{Daemon, Listen, LogLevel};
pub use database::Database;
pub use keystore::Keystore;
pub use oracle::Oracle;
pub use policy::Policy;
pub use rpc::Rpc;
pub use section::KeyDoc;
pub use security::{AddressRange, Security};

use layers::Layers;
use section::{Reader, Section};
use std::path::{Path, PathBuf};

/// Everything that the operator can set before the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The directory that holds `config.toml`, the database, the key files and the lock.
    pub data_dir: PathBuf,
    /// The process and its listener.
    pub daemon: Daemon,
    /// The database file.
    pub database: Database,
    /// One endpoint per network.
    pub rpc: Rpc,
    /// Limits and the network surface.
    pub security: Security,
    /// Settings that reach into policy decisions.
    pub policy: Policy,
    /// Payments for HTTP resources.
    pub x402: X402,
    /// Signatures for HTTP requests.
    pub erc8128: Erc8128,
    /// Requests of programs that speak to a node.
    pub rpc_proxy: RpcProxy,
    /// Prices.
    pub oracle: Oracle,
    /// Deviations towards the original's behaviour; all off by default.
    pub compat: Compat,
    /// The key store.
    pub keystore: Keystore,
    /// What the operator should know about the configuration, in plain sentences.
    pub warnings: Vec<String>,
}

/// Why the configuration is not usable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file exists but cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("config.toml line {line}: {message}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Sections or values that cannot be accepted, one sentence each.
    #[error("the configuration is not usable:\n  {}", .0.join("\n  "))]
    Invalid(Vec<String>),
}

/// Where values come from besides `config.toml`.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// Environment variables; everything that does not begin with `WAIAAS_` is ignored.
    pub environment: Vec<(String, String)>,
    /// Values of command-line flags as (`section.key`, text).
    pub flags: Vec<(String, String)>,
}

impl Config {
    /// Reads `config.toml` in `data_dir` (a missing file means defaults) under the other sources.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(data_dir: &Path, sources: &Sources) -> Result<Self, ConfigError> {
        let path = data_dir.join("config.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(ConfigError::Unreadable { path, source }),
        };
        Self::parse(data_dir, &text, sources)
    }

    /// Reads the text of a `config.toml` under the other sources.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn parse(data_dir: &Path, toml: &str, sources: &Sources) -> Result<Self, ConfigError> {
        let layers = Layers::build(toml, sources)?;
        let mut reader = Reader::new(layers);
        let mut config = Self {
            data_dir: data_dir.to_path_buf(),
            daemon: Daemon::read(&mut reader),
            database: Database::read(&mut reader),
            rpc: Rpc::read(&mut reader),
            security: Security::read(&mut reader),
            policy: Policy::read(&mut reader),
            x402: X402::read(&mut reader),
            erc8128: Erc8128::read(&mut reader),
            rpc_proxy: RpcProxy::read(&mut reader),
            oracle: Oracle::read(&mut reader),
            compat: Compat::read(&mut reader),
            keystore: Keystore::read(&mut reader),
            warnings: Vec::new(),
        };
        config.warnings = reader.finish().map_err(ConfigError::Invalid)?;
        Ok(config)
    }

    /// The documentation of every key that has an effect, by section.
    #[must_use]
    pub fn reference() -> Vec<(&'static str, Vec<KeyDoc>)> {
        vec![
            (Daemon::NAME, Daemon::keys()),
            (Database::NAME, Database::keys()),
            (Rpc::NAME, Rpc::keys()),
            (Security::NAME, Security::keys()),
            (Policy::NAME, Policy::keys()),
            (X402::NAME, X402::keys()),
            (Erc8128::NAME, Erc8128::keys()),
            (RpcProxy::NAME, RpcProxy::keys()),
            (Oracle::NAME, Oracle::keys()),
            (Compat::NAME, Compat::keys()),
            (Keystore::NAME, Keystore::keys()),
        ]
    }

    /// `path` as it stands when it is absolute, else inside the data directory.
    #[must_use]
    pub fn in_data_dir(&self, path: &str) -> PathBuf {
        self.data_dir.join(path)
    }
}
