//! From the configuration to the running parts.

use crate::app::{App, Limits, Parts};
use crate::auth::master::{MasterGate, PasswordVerifier};
use crate::auth::tokens::Tokens;
use crate::config::Config;
use crate::logging::LogNotifier;
use crate::run::StartError;
use crate::stop::Stop;
use crate::workers::{Work, WorkQueue};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use waiaas_sdk::core::chain::{ChainKind, Network};
use waiaas_sdk::core::policy::PolicySettings;
use waiaas_sdk::engine::ports::chain::ChainAdapter;
use waiaas_sdk::engine::ports::clock::{Clock, Random};
use waiaas_sdk::engine::ports::keystore::Sealer;
use waiaas_sdk::engine::ports::owner_proof::OwnerSignatureVerifier;
use waiaas_sdk::engine::ports::store::{Store, StoreError, SystemStore};
use waiaas_sdk::engine::prices::FixedPrices;
use waiaas_sdk::engine::{Engine, EngineParts, EngineSettings};
use waiaas_sdk::evm::{EvmAdapter, EvmOptions, EvmOwnerVerifier};
use waiaas_sdk::keystore::{KdfParams, LocalKeyStore, LocalSealer, MasterPassword, Vault, VaultError};
use waiaas_sdk::machine::{BundledTimeZones, SystemClock, SystemRandom};
use waiaas_sdk::store::{SqliteOptions, SqliteStore};
use zeroize::Zeroizing;

/// Where the secret of session tokens is stored, and the context that it is sealed with.
const TOKEN_SECRET: &str = "jwt_secret_current";

/// Opens the database.
pub(crate) async fn open_store(config: &Config) -> Result<SqliteStore, StartError> {
    let options = SqliteOptions {
        cache_kib: config.database.cache_size,
        busy_timeout: Duration::from_millis(config.database.busy_timeout.into()),
        ..SqliteOptions::default()
    };
    let path = config.in_data_dir(&config.database.path);
    SqliteStore::open(&path, options).await.map_err(StartError::Store)
}

/// Opens the key store, or makes it at the first start. Blocks for the key derivation.
pub(crate) fn open_vault(config: &Config, password: &MasterPassword) -> Result<Vault, StartError> {
    let dir = config.in_data_dir("keystore");
    let vault = if Vault::exists(&dir).map_err(StartError::Vault)? {
        Vault::open(&dir, password)
    } else {
        let keystore = &config.keystore;
        let params = KdfParams::new(keystore.argon2_memory, keystore.argon2_time, keystore.argon2_parallelism)
            .unwrap_or(KdfParams::DEFAULT);
        Vault::create_with(&dir, password, params)
    };
    vault.map_err(|error| match error {
        VaultError::WrongPassword => StartError::WrongPassword,
        other => StartError::Vault(other),
    })
}

/// The service, its work and the store that must be closed in the end. `port` is the one that is listened on.
pub(crate) async fn assemble(
    config: Config,
    store: SqliteStore,
    vault: Vault,
    port: u16,
) -> Result<(App, Work), StartError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let sealer: Arc<dyn Sealer> = Arc::new(LocalSealer::new(&vault).map_err(StartError::Vault)?);
    let keystore = Arc::new(LocalKeyStore::new(&vault).map_err(StartError::Vault)?);
    let secret = token_secret(&store, &*sealer, &*random).await?;
    let schema_version = store.schema_version().await.map_err(StartError::Store)?;
    let store: Arc<dyn Store> = Arc::new(store);
    let mut owner_verifiers: BTreeMap<ChainKind, Arc<dyn OwnerSignatureVerifier>> = BTreeMap::new();
    owner_verifiers.insert(ChainKind::Ethereum, Arc::new(EvmOwnerVerifier));
    let engine = Engine::new(EngineParts {
        store: Arc::clone(&store),
        keystore,
        sealer: Arc::clone(&sealer),
        chains: chains(&config)?,
        owner_verifiers,
        prices: Arc::new(FixedPrices::new(config.oracle.fixed.clone())),
        notifier: Arc::new(LogNotifier),
        clock: Arc::clone(&clock),
        time_zones: Arc::new(BundledTimeZones::default()),
        random: Arc::clone(&random),
        settings: engine_settings(&config, port),
    });
    let mut hash_key = Zeroizing::new([0; 32]);
    random.fill(&mut *hash_key).map_err(StartError::internal)?;
    let (work, receiver) = WorkQueue::new();
    let app = App::new(Parts {
        limits: Limits::new(&config),
        master: MasterGate::new(Arc::new(VaultVerifier(vault)), hash_key),
        tokens: Tokens::new(&secret, Arc::clone(&random)),
        config,
        engine,
        store,
        sealer,
        clock,
        random,
        work,
        stop: Stop::default(),
        schema_version,
        started: Instant::now(),
    });
    Ok((app, receiver))
}

struct VaultVerifier(Vault);

impl PasswordVerifier for VaultVerifier {
    fn verify(&self, password: &str) -> bool {
        self.0.verify_password(&MasterPassword::new(password.to_owned()))
    }
}

fn engine_settings(config: &Config, port: u16) -> EngineSettings {
    let security = &config.security;
    let mut owner_domains = security.owner_domains.clone();
    // The names under which this very service is reached from this machine.
    owner_domains.extend([format!("localhost:{port}"), format!("127.0.0.1:{port}")]);
    EngineSettings {
        policy: policy_settings(config),
        max_sessions_per_wallet: security.max_sessions_per_wallet,
        owner_domains,
        nonce_capacity: security.nonce_cache_max,
        compat_owner_bare_nonce: config.compat.owner_bare_nonce,
        ..EngineSettings::default()
    }
}

/// Every setting of the evaluator has its key: a new one does not compile until it has.
const fn policy_settings(config: &Config) -> PolicySettings {
    let (policy, security) = (&config.policy, &config.security);
    PolicySettings {
        default_deny_tokens: policy.default_deny_tokens,
        default_deny_contracts: policy.default_deny_contracts,
        default_deny_spenders: policy.default_deny_spenders,
        default_deny_transfers: policy.default_deny_transfers,
        default_deny_x402_domains: policy.default_deny_x402_domains,
        default_deny_erc8128_domains: policy.default_deny_erc8128_domains,
        default_deny_lending_assets: policy.default_deny_lending_assets,
        default_deny_perp_markets: policy.default_deny_perp_markets,
        default_deny_venues: policy.venue_whitelist_enabled,
        nft_transfer_tier: policy.nft_transfer_default_tier,
        deploy_tier: config.rpc_proxy.deploy_default_tier,
        x402_enabled: config.x402.enabled,
        x402_request_timeout_seconds: config.x402.request_timeout,
        erc8128_enabled: config.erc8128.enabled,
        erc8128_default_rpm: config.erc8128.default_rate_limit_rpm,
        zero_policy_passthrough: policy.zero_policy_passthrough,
        legacy_raw_limit_for_tokens: policy.legacy_raw_limit_for_tokens,
        unpriced_tier: policy.unpriced_tier,
        default_delay_seconds: security.policy_defaults_delay_seconds,
        default_approval_timeout_seconds: security.policy_defaults_approval_timeout,
    }
}

fn chains(config: &Config) -> Result<BTreeMap<Network, Arc<dyn ChainAdapter>>, StartError> {
    let options = EvmOptions::default();
    let mut chains: BTreeMap<Network, Arc<dyn ChainAdapter>> = BTreeMap::new();
    for network in Network::ALL.iter().copied().filter(|network| network.chain() == ChainKind::Ethereum) {
        let adapter =
            EvmAdapter::new(network, config.rpc.url(network), options.clone()).map_err(StartError::internal)?;
        chains.insert(network, Arc::new(adapter));
    }
    Ok(chains)
}

/// The secret that session tokens are signed with; made at the first start, stored sealed.
async fn token_secret(
    store: &dyn SystemStore,
    sealer: &dyn Sealer,
    random: &dyn Random,
) -> Result<Zeroizing<[u8; 32]>, StartError> {
    if store.value(TOKEN_SECRET).await.map_err(StartError::Store)?.is_none() {
        let mut fresh = Zeroizing::new([0; 32]);
        random.fill(&mut *fresh).map_err(StartError::internal)?;
        let sealed = sealer.seal(TOKEN_SECRET, &*fresh).map_err(StartError::internal)?;
        match store.set_value(TOKEN_SECRET, None, &sealed).await {
            Ok(()) => return Ok(fresh),
            // Somebody else was faster; theirs counts.
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(StartError::Store(error)),
        }
    }
    let sealed = store.value(TOKEN_SECRET).await.map_err(StartError::Store)?.unwrap_or_default();
    let secret = sealer.open(TOKEN_SECRET, &sealed).map_err(|_| StartError::ForeignDatabase)?;
    let mut bytes = Zeroizing::new([0; 32]);
    if secret.len() != bytes.len() {
        return Err(StartError::ForeignDatabase);
    }
    bytes.copy_from_slice(&secret);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;
    use std::path::Path;
    use waiaas_sdk::core::policy::{Tier, UnpricedTier};

    #[test]
    fn a_fresh_configuration_judges_as_the_evaluator_does_by_default() {
        let config = Config::parse(Path::new("data"), "", &Sources::default()).unwrap();
        assert_eq!(policy_settings(&config), PolicySettings::default());
    }

    #[test]
    fn every_key_reaches_its_setting() {
        let check = |toml: &str, change: fn(&mut PolicySettings)| {
            let config = Config::parse(Path::new("data"), toml, &Sources::default()).unwrap();
            let mut expect = PolicySettings::default();
            change(&mut expect);
            assert_ne!(expect, PolicySettings::default(), "{toml}");
            assert_eq!(policy_settings(&config), expect, "{toml}");
        };
        check("[policy]\ndefault_deny_tokens = false", |to| to.default_deny_tokens = false);
        check("[policy]\ndefault_deny_contracts = false", |to| to.default_deny_contracts = false);
        check("[policy]\ndefault_deny_spenders = false", |to| to.default_deny_spenders = false);
        check("[policy]\ndefault_deny_transfers = false", |to| to.default_deny_transfers = false);
        check("[policy]\ndefault_deny_x402_domains = false", |to| to.default_deny_x402_domains = false);
        check("[policy]\ndefault_deny_erc8128_domains = false", |to| to.default_deny_erc8128_domains = false);
        check("[policy]\ndefault_deny_lending_assets = false", |to| to.default_deny_lending_assets = false);
        check("[policy]\ndefault_deny_perp_markets = false", |to| to.default_deny_perp_markets = false);
        check("[policy]\nvenue_whitelist_enabled = true", |to| to.default_deny_venues = true);
        check("venue_whitelist_enabled = true", |to| to.default_deny_venues = true);
        check("[policy]\nnft_transfer_default_tier = \"NOTIFY\"", |to| to.nft_transfer_tier = Tier::Notify);
        check("[policy]\nzero_policy_passthrough = true", |to| to.zero_policy_passthrough = true);
        check("[policy]\nlegacy_raw_limit_for_tokens = true", |to| to.legacy_raw_limit_for_tokens = true);
        check("[policy]\nunpriced_tier = \"deny\"", |to| to.unpriced_tier = Some(UnpricedTier::Deny));
        check("[rpc_proxy]\ndeploy_default_tier = \"DELAY\"", |to| to.deploy_tier = Tier::Delay);
        check("[x402]\nenabled = false", |to| to.x402_enabled = false);
        check("[x402]\nrequest_timeout = 120", |to| to.x402_request_timeout_seconds = 120);
        check("[erc8128]\nenabled = true", |to| to.erc8128_enabled = true);
        check("[erc8128]\ndefault_rate_limit_rpm = 1", |to| to.erc8128_default_rpm = 1);
        check("[security]\npolicy_defaults_delay_seconds = 60", |to| to.default_delay_seconds = 60);
        check("[security]\npolicy_defaults_approval_timeout = 300", |to| to.default_approval_timeout_seconds = 300);
    }
}
