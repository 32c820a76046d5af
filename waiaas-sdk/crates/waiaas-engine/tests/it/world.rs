//! One wallet, one session, one chain, and an engine between them.

use crate::gate::Gate;
use crate::gated::Gated;
use crate::siwe::{OWNER, OwnerKeys};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::{ChainKind, Environment, Network};
use waiaas_core::error::ErrorCode;
use waiaas_core::id::{PolicyId, SessionId, TxId, WalletId};
use waiaas_core::money::{BaseUnits, Price, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, PolicyType};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Amount, TxRequest, TxStatus};
use waiaas_engine::memory::{
    FixedPrices, FixedTimeZones, ManualClock, MemoryChain, MemoryKeyStore, MemoryStore, PlainSealer, RecordingNotifier,
    SequenceRandom,
};
use waiaas_engine::pipeline::Progress;
use waiaas_engine::ports::chain::ChainAdapter;
use waiaas_engine::ports::owner_proof::OwnerSignatureVerifier;
use waiaas_engine::ports::store::{AuditLog, AuditRecord, Ledger, Page, SessionRow, SessionSource, TokenHash, TxRow};
use waiaas_engine::services::policies::{NewPolicy, PolicyChange};
use waiaas_engine::services::sessions::{IssuedToken, NewSession, TokenIssuer};
use waiaas_engine::services::transactions::{SendOutcome, Submission};
use waiaas_engine::services::wallets::{NewOwner, NewWallet};
use waiaas_engine::{Engine, EngineError, EngineParts, EngineSettings};
use zeroize::Zeroizing;

pub(crate) const NETWORK: Network = Network::EthereumSepolia;

/// 2026-03-04T12:00:00Z.
pub(crate) const START: UnixMillis = UnixMillis::from_secs(1_772_625_600);

/// Smallest units that are worth a dollar here: one coin costs one dollar.
const DOLLAR: u128 = 1_000_000_000_000_000_000;

/// Everything that outlives the process.
pub(crate) struct Outside {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) chain: Arc<MemoryChain>,
    pub(crate) keys: Arc<MemoryKeyStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) random: Arc<SequenceRandom>,
    pub(crate) prices: Arc<FixedPrices>,
    pub(crate) notifier: Arc<RecordingNotifier>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) settings: EngineSettings,
}

pub(crate) struct World {
    pub(crate) outside: Outside,
    pub(crate) tokens: Tokens,
    pub(crate) engine: Engine,
    pub(crate) wallet: WalletId,
    pub(crate) account: Address,
    pub(crate) session: SessionId,
}

impl core::ops::Deref for World {
    type Target = Outside;

    fn deref(&self) -> &Outside {
        &self.outside
    }
}

impl Outside {
    fn new(settings: EngineSettings) -> Self {
        let prices = FixedPrices::new();
        prices.set(NETWORK.native_asset(), Price::parse("1").unwrap());
        Self {
            store: Arc::new(MemoryStore::new()),
            chain: Arc::new(MemoryChain::new(NETWORK)),
            keys: Arc::new(MemoryKeyStore::new()),
            clock: Arc::new(ManualClock::new(START)),
            random: Arc::new(SequenceRandom::new(1)),
            prices: Arc::new(prices),
            notifier: Arc::new(RecordingNotifier::new()),
            gate: Arc::new(Gate::new()),
            settings,
        }
    }

    /// A process over all this.
    pub(crate) fn assemble(&self) -> Engine {
        let mut chains: BTreeMap<Network, Arc<dyn ChainAdapter>> = BTreeMap::new();
        chains.insert(NETWORK, Gated::new(&self.chain, &self.gate));
        let mut owner_verifiers: BTreeMap<ChainKind, Arc<dyn OwnerSignatureVerifier>> = BTreeMap::new();
        owner_verifiers.insert(ChainKind::Ethereum, Arc::new(OwnerKeys));
        Engine::new(EngineParts {
            store: Gated::new(&self.store, &self.gate),
            keystore: Gated::new(&self.keys, &self.gate),
            sealer: Arc::new(PlainSealer),
            chains,
            owner_verifiers,
            prices: Arc::clone(&self.prices) as _,
            notifier: Arc::clone(&self.notifier) as _,
            clock: Arc::clone(&self.clock) as _,
            time_zones: Arc::new(FixedTimeZones::utc()),
            random: Arc::clone(&self.random) as _,
            settings: self.settings.clone(),
        })
    }
}

impl World {
    /// A wallet with a million dollars and these tiers: up to $10 INSTANT, $100 NOTIFY, $1,000 DELAY of a
    /// minute, above that APPROVAL within an hour.
    pub(crate) async fn new() -> Self {
        let world = Self::without_policy(EngineSettings::default()).await;
        world.limit(tiers()).await;
        world
    }

    /// Like [`World::new`], with a registered owner.
    pub(crate) async fn with_owner() -> Self {
        let world = Self::new().await;
        world.register_owner(world.wallet).await;
        world
    }

    pub(crate) async fn without_policy(settings: EngineSettings) -> Self {
        let outside = Outside::new(settings);
        let engine = outside.assemble();
        engine.system().recover().await.unwrap();
        let wallet = engine.wallets().create(new_wallet("till")).await.unwrap();
        let account = wallet.address.unwrap();
        outside.chain.credit(&account, dollars(1_000_000));
        let tokens = Tokens::default();
        let (session, _) = engine.sessions().create(new_session(wallet.id), &tokens).await.unwrap();
        Self { outside, tokens, engine, wallet: wallet.id, account, session: session.id }
    }

    /// The process ended, however it did; a new one starts over what is stored. Returns what it must
    /// execute again.
    pub(crate) async fn restart(&mut self) -> Vec<TxId> {
        self.gate.open();
        self.engine = self.outside.assemble();
        self.engine.system().recover().await.unwrap()
    }

    pub(crate) async fn limit(&self, rules: Value) -> PolicyId {
        let policy = NewPolicy {
            wallet: Some(self.wallet),
            network: None,
            policy_type: PolicyType::SpendingLimit,
            rules,
            priority: 0,
            enabled: true,
            ceiling: false,
        };
        self.engine.policies().create(policy).await.unwrap().id
    }

    /// The rules of the wallet's first policy are these from now on.
    pub(crate) async fn change_limit(&self, rules: Value) {
        let (rows, _) = self.engine.policies().list(None, Page { limit: 1, offset: 0 }).await.unwrap();
        let change = PolicyChange { rules: Some(rules), ..PolicyChange::default() };
        self.engine.policies().update(rows[0].id, change).await.unwrap();
    }

    pub(crate) async fn register_owner(&self, wallet: WalletId) {
        let owner = NewOwner { address: OWNER.to_owned(), approval_method: None, wallet_type: None };
        self.engine.wallets().set_owner(wallet, owner).await.unwrap();
    }

    /// The request to pay so many dollars to `payee`.
    pub(crate) fn payment(&self, payee: u16, amount: u128) -> Submission {
        let request = TxRequest::Transfer { to: address(payee), amount: Amount::Base(dollars(amount)), memo: None };
        Submission {
            wallet: self.wallet,
            session: self.session,
            network: Some(NETWORK),
            request,
            idempotency_key: None,
        }
    }

    pub(crate) async fn send(&self, payee: u16, amount: u128) -> SendOutcome {
        self.engine.transactions().send(self.payment(payee, amount)).await.unwrap()
    }

    /// Sends what must be admitted.
    pub(crate) async fn admit(&self, payee: u16, amount: u128) -> TxId {
        let outcome = self.send(payee, amount).await;
        assert!(outcome.denial.is_none(), "denied: {:?}", outcome.denial);
        outcome.row.id
    }

    pub(crate) async fn execute(&self, id: TxId) -> Progress {
        self.engine.transactions().execute(id).await.unwrap()
    }

    /// Sends and executes.
    pub(crate) async fn pay(&self, payee: u16, amount: u128) -> TxId {
        let id = self.admit(payee, amount).await;
        self.execute(id).await;
        id
    }

    pub(crate) async fn row(&self, id: TxId) -> TxRow {
        self.store.transaction(id).await.unwrap().0
    }

    pub(crate) async fn status(&self, id: TxId) -> TxStatus {
        self.row(id).await.status
    }

    /// The code of the failure note.
    pub(crate) async fn failure(&self, id: TxId) -> String {
        self.row(id).await.failure.map(|note| note.code).unwrap_or_default()
    }

    pub(crate) fn paid(&self, payee: u16) -> BaseUnits {
        self.chain.balance(&address(payee))
    }

    /// Every kind of periodic work once.
    pub(crate) async fn tick(&self) {
        let system = self.engine.system();
        let mut ready = system.release_delayed().await.unwrap();
        ready.extend(system.unfinished().await.unwrap());
        for id in ready {
            self.execute(id).await;
        }
        system.expire_approvals().await.unwrap();
        system.confirm().await.unwrap();
        system.repair_sequences().await.unwrap();
    }

    /// Periodic work, minute by minute, until nothing is left to do. Two hours must suffice.
    pub(crate) async fn settle(&self) {
        for _ in 0..120 {
            self.tick().await;
            let open = self.store.open_intents(None).await.unwrap();
            let all = self.store.transactions(self.wallet, None, u32::MAX, false).await.unwrap();
            if open.is_empty() && all.iter().all(|row| row.status.is_terminal()) {
                return;
            }
            self.clock.advance_secs(60);
        }
        let all = self.store.transactions(self.wallet, None, u32::MAX, false).await.unwrap();
        let states: Vec<_> = all.iter().map(|row| (row.id, row.status)).collect();
        let open = self.store.open_intents(None).await.unwrap();
        let open: Vec<_> = open.iter().map(|row| (row.intent.tx, row.intent.sequence)).collect();
        panic!("not quiet: {states:?}, open signatures: {open:?}");
    }

    /// Ten minutes of periodic work, whatever is left to do.
    pub(crate) async fn settle_while_stopped(&self) {
        for _ in 0..10 {
            self.tick().await;
            self.clock.advance_secs(60);
        }
    }

    pub(crate) async fn ledger(&self) -> LedgerFacts {
        let query = LedgerQuery {
            held: vec![NETWORK.native_asset()],
            daily_usd: true,
            monthly_usd: true,
            ..LedgerQuery::default()
        };
        let now = waiaas_engine::ports::clock::Clock::now(&*self.clock);
        self.store.preview(self.wallet, None, now, None, &move |_| query.clone()).await.unwrap().1
    }

    /// Whole dollars in flight.
    pub(crate) async fn held(&self) -> u128 {
        let held = self.ledger().await.held.get(&NETWORK.native_asset()).copied().unwrap_or_default();
        held.to_string().parse::<u128>().unwrap() / DOLLAR
    }

    /// What counts against the limit of the day, in flight included.
    pub(crate) async fn spent_today(&self) -> Usd {
        self.ledger().await.daily_usd
    }

    /// The record of a transaction, oldest first.
    pub(crate) async fn record(&self, id: TxId) -> Vec<String> {
        let mut entries = self.store.entries(Some(id), None, u32::MAX).await.unwrap();
        entries.reverse();
        entries.into_iter().map(|entry| entry.event).collect()
    }

    /// The one entry of this kind about a transaction.
    pub(crate) async fn store_entry(&self, id: TxId, event: &str) -> AuditRecord {
        let mut entries = self.store.entries(Some(id), None, u32::MAX).await.unwrap();
        entries.retain(|entry| entry.event == event);
        assert_eq!(entries.len(), 1, "{event}");
        entries.remove(0)
    }

    /// The kinds of everything that was recorded, newest first.
    pub(crate) async fn log(&self) -> Vec<String> {
        let entries = self.store.entries(None, None, u32::MAX).await.unwrap();
        entries.into_iter().map(|entry| entry.event).collect()
    }

    /// What people were told since the last call.
    pub(crate) fn notices(&self) -> Vec<&'static str> {
        self.notifier.take().into_iter().map(|notice| notice.event.as_str()).collect()
    }

    pub(crate) async fn session_row(&self) -> SessionRow {
        self.engine.sessions().get(self.session).await.unwrap()
    }
}

pub(crate) fn tiers() -> Value {
    json!({
        "instant_max_usd": 10, "notify_max_usd": 100, "delay_max_usd": 1000,
        "delay_seconds": 60, "approval_timeout": 3600,
    })
}

pub(crate) fn dollars(whole: u128) -> BaseUnits {
    BaseUnits::from_u128(whole * DOLLAR)
}

pub(crate) fn address(number: u16) -> Address {
    let mut bytes = [0xEE; 20];
    bytes[18..].copy_from_slice(&number.to_be_bytes());
    Address::Evm(EvmAddress::from_bytes(bytes))
}

pub(crate) fn new_wallet(name: &str) -> NewWallet {
    NewWallet { name: name.to_owned(), chain: ChainKind::Ethereum, environment: Environment::Testnet }
}

/// A day, renewable three times, for 30 days.
pub(crate) fn new_session(wallet: WalletId) -> NewSession {
    NewSession {
        wallets: vec![wallet],
        ttl_seconds: Some(86_400),
        max_renewals: 3,
        absolute_lifetime_seconds: Some(30 * 86_400),
        source: SessionSource::Api,
    }
}

/// Mints tokens by counting.
#[derive(Default)]
pub(crate) struct Tokens(AtomicU64);

impl TokenIssuer for Tokens {
    fn issue(
        &self,
        session: SessionId,
        _issued_at: UnixMillis,
        _expires_at: Option<UnixMillis>,
    ) -> Result<IssuedToken, EngineError> {
        let text = format!("{session}/{}", self.0.fetch_add(1, Ordering::SeqCst));
        let hash = TokenHash(Sha256::digest(text.as_bytes()).into());
        Ok(IssuedToken { text: Zeroizing::new(text), hash })
    }
}

/// The code of a refusal.
#[track_caller]
pub(crate) fn code<T>(result: Result<T, EngineError>) -> ErrorCode {
    match result {
        Ok(_) => panic!("expected a refusal"),
        Err(error) => error.code(),
    }
}
