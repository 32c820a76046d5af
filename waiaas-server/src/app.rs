//! What every request and worker can reach.

use crate::auth::master::MasterGate;
use crate::auth::tokens::Tokens;
use crate::config::Config;
use crate::http::rate_limit::RateLimit;
use crate::stop::Stop;
use crate::workers::WorkQueue;
use core::net::IpAddr;
use core::ops::Deref;
use std::sync::Arc;
use std::time::Instant;
use waiaas_sdk::core::id::SessionId;
use waiaas_sdk::engine::Engine;
use waiaas_sdk::engine::ports::clock::{Clock, Random};
use waiaas_sdk::engine::ports::keystore::Sealer;
use waiaas_sdk::engine::ports::store::Store;

/// The running service. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the service is made of.
pub struct Parts {
    /// The configuration it was started with.
    pub config: Config,
    /// The wallet service itself.
    pub engine: Engine,
    /// The store, for what belongs to the HTTP side alone: idempotent answers and failed log-ins.
    pub store: Arc<dyn Store>,
    /// Encryption of what is stored.
    pub sealer: Arc<dyn Sealer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Checks master passwords.
    pub master: MasterGate,
    /// Issues and reads session tokens.
    pub tokens: Tokens,
    /// Counts requests.
    pub limits: Limits,
    /// Takes transactions that are ready to be executed.
    pub work: WorkQueue,
    /// Stops the service.
    pub stop: Stop,
    /// Version of the database schema.
    pub schema_version: u32,
    /// When the service started.
    pub started: Instant,
}

/// The limits of `security.rate_limit_*`.
#[derive(Debug)]
pub struct Limits {
    /// Requests of one address.
    pub address: RateLimit<IpAddr>,
    /// Requests of one session.
    pub session: RateLimit<SessionId>,
    /// Requests of one session that may move money.
    pub money: RateLimit<SessionId>,
}

impl Limits {
    /// The limits that `config` asks for.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let security = &config.security;
        Self {
            address: RateLimit::new("from one address", security.rate_limit_global_ip_rpm),
            session: RateLimit::new("in one session", security.rate_limit_session_rpm),
            money: RateLimit::new("that may move money in one session", security.rate_limit_tx_rpm),
        }
    }
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
