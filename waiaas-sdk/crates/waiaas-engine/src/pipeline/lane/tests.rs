//! The hand-over of turns in a lane, under a model checker: at most one signer per account at any instant, and
//! every payment happens once, however its callers overtake each other or go away.

use crate::engine::{Engine, EngineParts};
use crate::error::EngineError;
use crate::memory::{
    FixedPrices, FixedTimeZones, ManualClock, MemoryChain, MemoryKeyStore, MemoryStore, PlainSealer, RecordingNotifier,
    SequenceRandom,
};
use crate::pipeline::Progress;
use crate::pipeline::permit::SignPermit;
use crate::ports::chain::ChainAdapter;
use crate::ports::keystore::{KeyStore, KeyStoreError, PublicKey, Signature};
use crate::ports::store::{Ledger, SessionSource, TokenHash};
use crate::services::policies::NewPolicy;
use crate::services::sessions::{IssuedToken, NewSession, TokenIssuer};
use crate::services::transactions::Submission;
use crate::services::wallets::NewWallet;
use crate::settings::EngineSettings;
use crate::sync::explore::{LONG, explore, finds};
use async_trait::async_trait;
use shuttle::future::{JoinHandle, block_on, spawn, yield_now};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::{ChainKind, Environment, Network};
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::money::BaseUnits;
use waiaas_core::policy::PolicyType;
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Amount, TxRequest, TxStatus};
use zeroize::Zeroizing;

const NETWORK: Network = Network::EthereumSepolia;
const START: UnixMillis = UnixMillis::from_secs(1_772_625_600);

/// What each payment moves.
const AMOUNT: u128 = 7;

/// Keys that complain when a second signature is asked for before the first is made.
#[derive(Default)]
struct OneAtATime {
    keys: MemoryKeyStore,
    signing: AtomicBool,
}

/// A signature being made; it ends also when its caller goes away.
struct Signing<'a>(&'a AtomicBool);

impl<'a> Signing<'a> {
    fn begin(signing: &'a AtomicBool) -> Self {
        assert!(!signing.swap(true, Ordering::SeqCst), "two signers of one account");
        Self(signing)
    }
}

impl Drop for Signing<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl KeyStore for OneAtATime {
    async fn create(&self, wallet: WalletId, chain: ChainKind) -> Result<PublicKey, KeyStoreError> {
        self.keys.create(wallet, chain).await
    }

    async fn sign(&self, permit: SignPermit, payload: &[u8], now: UnixMillis) -> Result<Signature, KeyStoreError> {
        let _signing = Signing::begin(&self.signing);
        yield_now().await;
        self.keys.sign(permit, payload, now).await
    }

    async fn public_key(&self, wallet: WalletId) -> Result<Option<PublicKey>, KeyStoreError> {
        self.keys.public_key(wallet).await
    }

    async fn destroy(&self, wallet: WalletId) -> Result<(), KeyStoreError> {
        self.keys.destroy(wallet).await
    }
}

/// One token for the one session.
struct Token;

impl TokenIssuer for Token {
    fn issue(
        &self,
        _session: SessionId,
        _issued_at: UnixMillis,
        _expires_at: Option<UnixMillis>,
    ) -> Result<IssuedToken, EngineError> {
        Ok(IssuedToken { text: Zeroizing::new(String::new()), hash: TokenHash([1; 32]) })
    }
}

struct World {
    engine: Engine,
    store: Arc<MemoryStore>,
    chain: Arc<MemoryChain>,
    keys: Arc<OneAtATime>,
    clock: Arc<ManualClock>,
    payments: Vec<TxId>,
}

fn payee(number: u8) -> Address {
    Address::Evm(EvmAddress::from_bytes([number; 20]))
}

/// A process over all this.
fn assemble(
    store: &Arc<MemoryStore>,
    chain: &Arc<MemoryChain>,
    keys: &Arc<OneAtATime>,
    clock: &Arc<ManualClock>,
) -> Engine {
    let mut chains: BTreeMap<Network, Arc<dyn ChainAdapter>> = BTreeMap::new();
    chains.insert(NETWORK, Arc::clone(chain) as _);
    Engine::new(EngineParts {
        store: Arc::clone(store) as _,
        keystore: Arc::clone(keys) as _,
        sealer: Arc::new(PlainSealer),
        chains,
        owner_verifiers: BTreeMap::new(),
        prices: Arc::new(FixedPrices::new()),
        notifier: Arc::new(RecordingNotifier::new()),
        clock: Arc::clone(clock) as _,
        time_zones: Arc::new(FixedTimeZones::utc()),
        random: Arc::new(SequenceRandom::new(1)),
        settings: EngineSettings::default(),
    })
}

impl World {
    /// So many admitted payments of one wallet, each to another payee.
    async fn with_payments(count: u8) -> Self {
        let store = Arc::new(MemoryStore::new());
        let chain = Arc::new(MemoryChain::new(NETWORK));
        let keys = Arc::new(OneAtATime::default());
        let clock = Arc::new(ManualClock::new(START));
        let engine = assemble(&store, &chain, &keys, &clock);
        engine.system().recover().await.unwrap();
        let wallet =
            NewWallet { name: "till".to_owned(), chain: ChainKind::Ethereum, environment: Environment::Testnet };
        let wallet = engine.wallets().create(wallet).await.unwrap();
        chain.credit(&wallet.address.unwrap(), BaseUnits::from_u128(u128::MAX));
        let session = NewSession {
            wallets: vec![wallet.id],
            ttl_seconds: None,
            max_renewals: 0,
            absolute_lifetime_seconds: None,
            source: SessionSource::Api,
        };
        let (session, _) = engine.sessions().create(session, &Token).await.unwrap();
        let policy = NewPolicy {
            wallet: None,
            network: None,
            policy_type: PolicyType::SpendingLimit,
            rules: serde_json::json!({ "instant_max": "1000" }),
            priority: 0,
            enabled: true,
            ceiling: false,
        };
        engine.policies().create(policy).await.unwrap();
        let mut payments = Vec::new();
        for number in 1..=count {
            let request = TxRequest::Transfer {
                to: payee(number),
                amount: Amount::Base(BaseUnits::from_u128(AMOUNT)),
                memo: None,
            };
            let submission = Submission {
                wallet: wallet.id,
                session: session.id,
                network: Some(NETWORK),
                request,
                idempotency_key: None,
            };
            let sent = engine.transactions().send(submission).await.unwrap();
            assert_eq!(sent.row.status, TxStatus::Pending, "{:?}", sent.denial);
            payments.push(sent.row.id);
        }
        Self { engine, store, chain, keys, clock, payments }
    }

    fn execution(&self, payment: usize) -> JoinHandle<Progress> {
        execution(&self.engine, self.payments[payment])
    }

    /// Periodic work, minute by minute, until nothing is left to do. Ten minutes must suffice.
    async fn settle(&self) {
        for _ in 0..10 {
            if self.store.open_intents(None).await.unwrap().is_empty()
                && self.engine.system().unfinished().await.unwrap().is_empty()
            {
                return;
            }
            for id in self.engine.system().unfinished().await.unwrap() {
                self.engine.transactions().execute(id).await.unwrap();
            }
            self.engine.system().confirm().await.unwrap();
            self.engine.system().repair_sequences().await.unwrap();
            self.clock.advance_secs(60);
        }
    }

    /// Every payment happened once, with a sequence number and a signature of its own.
    async fn assert_paid_once(&self) {
        for (number, id) in (1..).zip(&self.payments) {
            let row = self.store.transaction(*id).await.unwrap().0;
            assert_eq!(row.status, TxStatus::Confirmed, "{:?}", row.failure);
            assert_eq!(self.chain.balance(&payee(number)), BaseUnits::from_u128(AMOUNT));
        }
        assert_eq!(self.chain.included().len(), self.payments.len());
        assert!(self.store.open_intents(None).await.unwrap().is_empty());
    }

    /// How many payloads were signed, each of them once.
    fn signatures(&self) -> usize {
        let signed = self.keys.keys.signed();
        let distinct: BTreeSet<_> = signed.iter().collect();
        assert_eq!(distinct.len(), signed.len(), "a payload was signed twice");
        signed.len()
    }
}

fn execution(engine: &Engine, id: TxId) -> JoinHandle<Progress> {
    let engine = engine.clone();
    spawn(async move { engine.transactions().execute(id).await.unwrap() })
}

fn end<T>(task: JoinHandle<T>) -> T {
    block_on(task).unwrap()
}

#[test]
fn an_account_has_one_signer_at_a_time() {
    explore(LONG, "two payments, one of them executed twice", || {
        let world = block_on(World::with_payments(2));
        let tasks = [0, 1, 0].map(|payment| world.execution(payment));
        for task in tasks {
            end(task);
        }
        // Nothing is left to the periodic work but to look for the outcome.
        assert_eq!(world.signatures(), 2);
        assert_eq!(world.chain.broadcasts().len(), 2);
        block_on(world.settle());
        block_on(world.assert_paid_once());
        assert_eq!(world.signatures(), 2);
    });
}

#[test]
fn a_caller_that_goes_away_stops_nobody() {
    explore(LONG, "three payments, one caller gone", || {
        let world = block_on(World::with_payments(3));
        let [first, leaves, last] = [0, 1, 2].map(|payment| world.execution(payment));
        let gone = spawn(async move {
            yield_now().await;
            leaves.abort();
            // Gone means that its future is dropped, not that it is never polled again. It may have finished.
            let _ = leaves.await;
        });
        end(first);
        end(last);
        end(gone);
        block_on(world.settle());
        block_on(world.assert_paid_once());
    });
}

/// The check can fail: two processes have a lane each, so that both sign at once.
#[test]
fn two_signers_of_an_account_are_found_out() {
    finds(LONG, "two signers of one account", || {
        let world = block_on(World::with_payments(2));
        let other = assemble(&world.store, &world.chain, &world.keys, &world.clock);
        block_on(other.system().recover()).unwrap();
        let tasks = [world.execution(0), execution(&other, world.payments[1])];
        for task in tasks {
            end(task);
        }
    });
}
