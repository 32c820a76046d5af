//! Everything in memory.

use crate::tokens::InProcess;
use std::collections::BTreeMap;
use std::sync::Arc;
use waiaas_core::chain::Network;
use waiaas_core::time::UnixMillis;
use waiaas_engine::memory::{
    FixedPrices, FixedTimeZones, ManualClock, MemoryChain, MemoryKeyStore, MemoryStore, PlainSealer, RecordingNotifier,
    SequenceRandom,
};
use waiaas_engine::ports::chain::ChainAdapter;
use waiaas_engine::{Engine, EngineError, EngineParts, EngineSettings};

/// When the clock of a new world stands: 2027-01-15T08:00:00Z.
const START: UnixMillis = UnixMillis::from_secs(1_800_000_000);

/// An engine, and the world around it, to be moved by hand.
pub struct InMemory {
    /// The engine.
    pub engine: Engine,
    /// Its only network. Give accounts something to spend here, and make things go wrong.
    pub chain: Arc<MemoryChain>,
    /// Stands still until it is moved.
    pub clock: Arc<ManualClock>,
    /// Empty at first: nothing has a price.
    pub prices: Arc<FixedPrices>,
    /// What people would have been told.
    pub notifier: Arc<RecordingNotifier>,
    /// The state.
    pub store: Arc<MemoryStore>,
    /// For sessions of callers in this process.
    pub tokens: InProcess,
}

/// An engine whose chain, keys, prices and time exist in this process only, ready for use. The same calls give
/// the same ids in every run. There are no verifiers of owners' signatures. **Its keys keep nobody out**: for tests
/// and demonstrations.
///
/// # Errors
/// None that a new world could give; the signature is that of every start.
pub async fn in_memory(network: Network) -> Result<InMemory, EngineError> {
    let chain = Arc::new(MemoryChain::new(network));
    let clock = Arc::new(ManualClock::new(START));
    let prices = Arc::new(FixedPrices::new());
    let notifier = Arc::new(RecordingNotifier::new());
    let store = Arc::new(MemoryStore::new());
    let random = Arc::new(SequenceRandom::default());
    let mut chains: BTreeMap<Network, Arc<dyn ChainAdapter>> = BTreeMap::new();
    chains.insert(network, chain.clone());
    let engine = Engine::new(EngineParts {
        store: store.clone(),
        keystore: Arc::new(MemoryKeyStore::new()),
        sealer: Arc::new(PlainSealer),
        chains,
        owner_verifiers: BTreeMap::new(),
        prices: prices.clone(),
        notifier: notifier.clone(),
        clock: clock.clone(),
        time_zones: Arc::new(FixedTimeZones::utc()),
        random: random.clone(),
        settings: EngineSettings::default(),
    });
    engine.system().recover().await?;
    Ok(InMemory { engine, chain, clock, prices, notifier, store, tokens: InProcess::new(random) })
}
