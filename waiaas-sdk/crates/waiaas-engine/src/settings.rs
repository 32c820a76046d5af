//! What the operator can tune in the engine.

use waiaas_core::policy::PolicySettings;

/// Settings of the engine, validated by whoever assembles it.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Settings that reach into policy decisions.
    pub policy: PolicySettings,
    /// Live sessions per wallet (`security.max_sessions_per_wallet`).
    pub max_sessions_per_wallet: u32,
    /// Domains that an owner's sign-in message may be made for.
    pub owner_domains: Vec<String>,
    /// Unused owner nonces kept at most (`security.nonce_cache_max`).
    pub nonce_capacity: u32,
    /// `compat.owner_bare_nonce`: accept the bare nonce as the message, as the original's SDK signs it.
    pub compat_owner_bare_nonce: bool,
    /// Confirmations, counting the block itself, after which a transaction is CONFIRMED.
    pub confirmations: u64,
    /// A signing permit lives this long, in seconds.
    pub permit_ttl_seconds: i64,
    /// Executions that failed for want of a node are tried this often before the transaction fails.
    pub max_attempts: u32,
    /// A submitted transaction that no node knows is sent again after this many seconds.
    pub rebroadcast_after_seconds: i64,
    /// A signature that nodes have refused for this many seconds is given up: an empty transaction uses
    /// up its sequence number.
    pub abandon_after_seconds: i64,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            policy: PolicySettings::default(),
            max_sessions_per_wallet: 5,
            owner_domains: ["waiaas.local", "localhost:3100", "127.0.0.1:3100"].map(str::to_owned).to_vec(),
            nonce_capacity: 1_000,
            compat_owner_bare_nonce: false,
            confirmations: 1,
            permit_ttl_seconds: 60,
            max_attempts: 5,
            rebroadcast_after_seconds: 15,
            abandon_after_seconds: 300,
        }
    }
}
