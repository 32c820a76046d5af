//! One data directory: SQLite, encrypted keys, EVM networks.

use crate::machine::{BundledTimeZones, SystemClock, SystemRandom};
use crate::tokens::InProcess;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use waiaas_core::chain::{ChainKind, Network};
use waiaas_engine::ports::chain::ChainAdapter;
use waiaas_engine::ports::notify::Notifier;
use waiaas_engine::ports::owner_proof::OwnerSignatureVerifier;
use waiaas_engine::ports::store::StoreError;
use waiaas_engine::prices::FixedPrices;
use waiaas_engine::{Engine, EngineError, EngineParts, EngineSettings};
use waiaas_evm::{EvmAdapter, EvmOptions, EvmOwnerVerifier, SetupError};
use waiaas_keystore::{LocalKeyStore, LocalSealer, MasterPassword, Vault, VaultError};
use waiaas_store::{SqliteOptions, SqliteStore};

/// The files of a data directory; the same as the service's, so that either can go on with the other's.
const LOCK: &str = "daemon.lock";
const KEYS: &str = "keystore";
const DATABASE: &str = "data/waiaas.db";

/// What a local assembly is made from.
pub struct LocalOptions {
    /// Where everything is kept. Made when it is missing.
    pub data_dir: PathBuf,
    /// Protects the keys. At the first start it must have [`MasterPassword::MIN_CHARS`] characters.
    pub password: MasterPassword,
    /// The JSON-RPC endpoint of each network that can be used.
    pub endpoints: BTreeMap<Network, String>,
    /// What assets cost. What has no price here is judged by the rules for unpriced amounts.
    pub prices: FixedPrices,
    /// Who is told what people should know.
    pub notifier: Arc<dyn Notifier>,
    /// Tuning.
    pub settings: EngineSettings,
}

/// An engine over a data directory, which it holds until [`Local::close`].
pub struct Local {
    /// The engine. Recovery is done; [`drive::round`](crate::drive::round) takes up what was interrupted.
    pub engine: Engine,
    /// For sessions of callers in this process.
    pub tokens: InProcess,
    store: SqliteStore,
    _lock: File,
}

/// Why a data directory could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// Another engine or a running service holds it. Two of them would sign with the same sequence numbers.
    #[error("`{0}` is in use by another process")]
    InUse(PathBuf),
    /// It cannot be made or read.
    #[error("`{path}` cannot be used")]
    DataDir {
        /// Which directory or file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The keys cannot be had: a wrong password, a damaged file.
    #[error("the keys cannot be opened")]
    Keys(#[from] VaultError),
    /// The database cannot be had.
    #[error("the database cannot be opened")]
    Database(#[from] StoreError),
    /// A network cannot be used.
    #[error(transparent)]
    Network(#[from] SetupError),
    /// What was interrupted could not be looked through.
    #[error("recovery failed")]
    Recovery(#[from] EngineError),
}

/// Opens a data directory, or makes it at the first start. Deriving the key from the password takes a moment
/// (tens of milliseconds) of the calling thread. Must be called inside a Tokio runtime.
///
/// # Errors
/// See [`LocalError`]; nothing is left behind that a second try could not use.
pub async fn local(options: LocalOptions) -> Result<Local, LocalError> {
    let LocalOptions { data_dir, password, endpoints, prices, notifier, settings } = options;
    let lock = lock(&data_dir)?;
    let keys = data_dir.join(KEYS);
    let vault = if Vault::exists(&keys)? { Vault::open(&keys, &password)? } else { Vault::create(&keys, &password)? };
    let store = SqliteStore::open(&data_dir.join(DATABASE), SqliteOptions::default()).await?;
    let mut chains: BTreeMap<Network, Arc<dyn ChainAdapter>> = BTreeMap::new();
    let http = EvmOptions::default();
    for (network, endpoint) in endpoints {
        chains.insert(network, Arc::new(EvmAdapter::new(network, &endpoint, http.clone())?));
    }
    let mut owner_verifiers: BTreeMap<ChainKind, Arc<dyn OwnerSignatureVerifier>> = BTreeMap::new();
    owner_verifiers.insert(ChainKind::Ethereum, Arc::new(EvmOwnerVerifier));
    let engine = Engine::new(EngineParts {
        store: Arc::new(store.clone()),
        keystore: Arc::new(LocalKeyStore::new(&vault)?),
        sealer: Arc::new(LocalSealer::new(&vault)?),
        chains,
        owner_verifiers,
        prices: Arc::new(prices),
        notifier,
        clock: Arc::new(SystemClock),
        time_zones: Arc::new(BundledTimeZones::default()),
        random: Arc::new(SystemRandom),
        settings,
    });
    engine.system().recover().await?;
    Ok(Local { engine, tokens: InProcess::new(Arc::new(SystemRandom)), store, _lock: lock })
}

impl Local {
    /// Finishes what is being written and gives the data directory back. Clones of the engine fail from then on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; what was acknowledged is durable nevertheless.
    pub async fn close(self) -> Result<(), StoreError> {
        self.store.close().await
    }
}

/// Makes the directory when it is missing, closed to other users, and takes its lock. The operating system gives
/// the lock back however the process ends.
fn lock(data_dir: &Path) -> Result<File, LocalError> {
    let failed = |source| LocalError::DataDir { path: data_dir.to_owned(), source };
    let mut directory = std::fs::DirBuilder::new();
    directory.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut directory, 0o700);
    directory.create(data_dir).map_err(failed)?;
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let lock = options.open(data_dir.join(LOCK)).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(LocalError::InUse(data_dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
