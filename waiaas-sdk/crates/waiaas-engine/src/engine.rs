//! The engine: everything assembled, and its public face.

use crate::pipeline::lane::Lanes;
use crate::pipeline::running::Running;
use crate::pipeline::s3_policy::Rules;
use crate::ports::chain::ChainAdapter;
use crate::ports::clock::{Clock, Random, RandomError, TimeZones};
use crate::ports::keystore::{KeyStore, Sealer};
use crate::ports::notify::Notifier;
use crate::ports::owner_proof::OwnerSignatureVerifier;
use crate::ports::prices::PriceOracle;
use crate::ports::store::{KillSwitchState, PolicySnapshot, Store};
use crate::services::accounts::Accounts;
use crate::services::kill_switch::KillSwitches;
use crate::services::policies::Policies;
use crate::services::sessions::Sessions;
use crate::services::system::System;
use crate::services::token_facts::TokenFacts;
use crate::services::transactions::Transactions;
use crate::services::wallets::Wallets;
use crate::settings::EngineSettings;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use waiaas_core::chain::{ChainKind, Network};
use waiaas_core::policy::PolicyBook;

/// What an engine is made of. Every part is required: nothing falls back to a weaker one.
pub struct EngineParts {
    /// Durable state.
    pub store: Arc<dyn Store>,
    /// Keys.
    pub keystore: Arc<dyn KeyStore>,
    /// Encryption of stored secrets.
    pub sealer: Arc<dyn Sealer>,
    /// One adapter per network that can be used.
    pub chains: BTreeMap<Network, Arc<dyn ChainAdapter>>,
    /// Owner signatures, per chain.
    pub owner_verifiers: BTreeMap<ChainKind, Arc<dyn OwnerSignatureVerifier>>,
    /// Prices.
    pub prices: Arc<dyn PriceOracle>,
    /// Notices.
    pub notifier: Arc<dyn Notifier>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Time zones.
    pub time_zones: Arc<dyn TimeZones>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Tuning.
    pub settings: EngineSettings,
}

/// The wallet service without its network face. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) keystore: Arc<dyn KeyStore>,
    pub(crate) sealer: Arc<dyn Sealer>,
    pub(crate) chains: BTreeMap<Network, Arc<dyn ChainAdapter>>,
    pub(crate) owner_verifiers: BTreeMap<ChainKind, Arc<dyn OwnerSignatureVerifier>>,
    pub(crate) prices: Arc<dyn PriceOracle>,
    pub(crate) notifier: Arc<dyn Notifier>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) time_zones: Arc<dyn TimeZones>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) settings: EngineSettings,
    pub(crate) token_facts: TokenFacts,
    pub(crate) lanes: Lanes,
    pub(crate) running: Running,
    pub(crate) kill_flag: KillFlag,
    book: Mutex<Option<(u64, Arc<PolicyBook>)>>,
}

impl Engine {
    /// Assembles an engine. The kill switch counts as thrown until [`System::recover`] has read it.
    #[must_use]
    pub fn new(parts: EngineParts) -> Self {
        let inner = Inner {
            store: parts.store,
            keystore: parts.keystore,
            sealer: parts.sealer,
            chains: parts.chains,
            owner_verifiers: parts.owner_verifiers,
            prices: parts.prices,
            notifier: parts.notifier,
            clock: parts.clock,
            time_zones: parts.time_zones,
            random: parts.random,
            settings: parts.settings,
            token_facts: TokenFacts::default(),
            lanes: Lanes::default(),
            running: Running::default(),
            kill_flag: KillFlag::thrown(),
            book: Mutex::new(None),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Wallets and their owners.
    #[must_use]
    pub fn wallets(&self) -> Wallets<'_> {
        Wallets { inner: &self.inner }
    }

    /// Sessions.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions { inner: &self.inner }
    }

    /// Policies.
    #[must_use]
    pub fn policies(&self) -> Policies<'_> {
        Policies { inner: &self.inner }
    }

    /// Transactions: the pipeline's entrance, and reading.
    #[must_use]
    pub fn transactions(&self) -> Transactions<'_> {
        Transactions { inner: &self.inner }
    }

    /// Balances and assets.
    #[must_use]
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts { inner: &self.inner }
    }

    /// The kill switch.
    #[must_use]
    pub fn kill_switch(&self) -> KillSwitches<'_> {
        KillSwitches { inner: &self.inner }
    }

    /// Recovery, periodic work and counts.
    #[must_use]
    pub fn system(&self) -> System<'_> {
        System { inner: &self.inner }
    }
}

impl Inner {
    /// The compiled policies of `snapshot`; compiled once per epoch.
    pub(crate) fn book(&self, snapshot: &PolicySnapshot) -> Arc<PolicyBook> {
        let mut cached = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((epoch, book)) = cached.as_ref()
            && *epoch == snapshot.epoch
        {
            return Arc::clone(book);
        }
        let book = Arc::new(PolicyBook::compile(&snapshot.rows));
        *cached = Some((snapshot.epoch, Arc::clone(&book)));
        book
    }

    /// A compiled book with what goes along with it into every decision.
    pub(crate) fn rules<'a>(&'a self, book: &'a PolicyBook) -> Rules<'a> {
        Rules { book, settings: &self.settings.policy, time_zones: &*self.time_zones }
    }

    /// Ten random bytes for a UUID version 7.
    pub(crate) fn id_bytes(&self) -> Result<[u8; 10], RandomError> {
        let mut bytes = [0_u8; 10];
        self.random.fill(&mut bytes)?;
        Ok(bytes)
    }
}

/// The kill switch as an atomic, so that it is looked at before every signature and every broadcast
/// without asking the database. The database stays the truth: signing also passes a guard there.
pub(crate) struct KillFlag(AtomicU8);

impl KillFlag {
    const fn thrown() -> Self {
        Self(AtomicU8::new(2))
    }

    pub(crate) fn set(&self, state: KillSwitchState) {
        let code = match state {
            KillSwitchState::Active => 0,
            KillSwitchState::Suspended => 1,
            KillSwitchState::Locked => 2,
        };
        self.0.store(code, Ordering::SeqCst);
    }

    pub(crate) fn state(&self) -> KillSwitchState {
        match self.0.load(Ordering::SeqCst) {
            0 => KillSwitchState::Active,
            1 => KillSwitchState::Suspended,
            _ => KillSwitchState::Locked,
        }
    }

    pub(crate) fn is_thrown(&self) -> bool {
        self.state() != KillSwitchState::Active
    }
}
