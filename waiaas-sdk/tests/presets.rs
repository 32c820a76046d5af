//! The ready assemblies are ready.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use waiaas_sdk::core::address::Address;
use waiaas_sdk::core::chain::{ChainKind, Environment, Network};
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::{SessionId, WalletId};
use waiaas_sdk::core::money::{BaseUnits, Price};
use waiaas_sdk::core::policy::{PolicyType, Tier};
use waiaas_sdk::core::tx::{Amount, TxRequest, TxStatus};
use waiaas_sdk::engine::memory::RecordingNotifier;
use waiaas_sdk::engine::ports::store::SessionSource;
use waiaas_sdk::engine::prices::FixedPrices;
use waiaas_sdk::engine::services::policies::NewPolicy;
use waiaas_sdk::engine::services::sessions::{NewSession, TokenIssuer};
use waiaas_sdk::engine::services::transactions::Submission;
use waiaas_sdk::engine::services::wallets::NewWallet;
use waiaas_sdk::engine::{Engine, EngineSettings};
use waiaas_sdk::keystore::{MasterPassword, VaultError};
use waiaas_sdk::presets::{LocalError, LocalOptions};
use waiaas_sdk::{drive, presets};

const NETWORK: Network = Network::EthereumSepolia;

fn new_wallet() -> NewWallet {
    NewWallet { name: "bot".to_owned(), chain: ChainKind::Ethereum, environment: Environment::Testnet }
}

/// A policy of $10 at once and a session.
async fn ready(engine: &Engine, wallet: WalletId, tokens: &dyn TokenIssuer) -> Asker {
    let policy = NewPolicy {
        wallet: Some(wallet),
        network: None,
        policy_type: PolicyType::SpendingLimit,
        rules: serde_json::json!({ "instant_max_usd": 10, "delay_seconds": 60 }),
        priority: 0,
        enabled: true,
        ceiling: false,
    };
    engine.policies().create(policy).await.unwrap();
    let session = NewSession {
        wallets: vec![wallet],
        ttl_seconds: None,
        max_renewals: 0,
        absolute_lifetime_seconds: None,
        source: SessionSource::Api,
    };
    let session = engine.sessions().create(session, tokens).await.unwrap().0.id;
    Asker { wallet, session, to: engine.wallets().get(wallet).await.unwrap().address.unwrap() }
}

/// Asks to pay its own wallet.
struct Asker {
    wallet: WalletId,
    session: SessionId,
    to: Address,
}

impl Asker {
    fn asks_for(&self, amount: &str) -> Submission {
        let amount = Amount::Human(amount.to_owned());
        Submission {
            wallet: self.wallet,
            session: self.session,
            network: Some(NETWORK),
            request: TxRequest::Transfer { to: self.to, amount, memo: None },
            idempotency_key: None,
        }
    }
}

#[tokio::test]
async fn in_memory_the_clock_is_moved_by_hand() {
    let world = presets::in_memory(NETWORK).await.unwrap();
    world.prices.set(NETWORK.native_asset(), Price::parse("1").unwrap());
    let wallet = world.engine.wallets().create(new_wallet()).await.unwrap();
    world.chain.credit(&wallet.address.unwrap(), BaseUnits::from_human("1000", 18).unwrap());
    let ask = ready(&world.engine, wallet.id, &world.tokens).await;
    let waiting = world.engine.transactions().send(ask.asks_for("20")).await.unwrap().row;
    assert_eq!(waiting.tier, Some(Tier::Delay));
    assert_eq!(drive::round(&world.engine).await.unwrap(), drive::Round::default());
    world.clock.advance_secs(60);
    let round = drive::round(&world.engine).await.unwrap();
    assert_eq!((round.moved, round.completed), (vec![waiting.id], 1));
    let (row, _) = world.engine.transactions().get(waiting.id).await.unwrap();
    assert_eq!(row.status, TxStatus::Confirmed);
    assert_eq!(world.chain.included().len(), 1);
}

fn options(data_dir: &Path, password: &str) -> LocalOptions {
    let prices = BTreeMap::from([(NETWORK.native_asset(), Price::parse("2000").unwrap())]);
    LocalOptions {
        data_dir: data_dir.to_owned(),
        password: MasterPassword::new(password.to_owned()),
        // Nobody listens there.
        endpoints: BTreeMap::from([(NETWORK, "http://127.0.0.1:9".to_owned())]),
        prices: FixedPrices::new(prices),
        notifier: Arc::new(RecordingNotifier::new()),
        settings: EngineSettings::default(),
    }
}

#[tokio::test]
async fn a_data_directory_is_found_again_as_it_was_left() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("waiaas");
    let first = presets::local(options(&dir, "correct horse")).await.unwrap();
    let wallet = first.engine.wallets().create(new_wallet()).await.unwrap();
    let ask = ready(&first.engine, wallet.id, &first.tokens).await;
    let pending = first.engine.transactions().send(ask.asks_for("0.001")).await.unwrap().row;
    assert_eq!(pending.tier, Some(Tier::Instant));
    // Without a node it can only wait.
    let round = drive::round(&first.engine).await.unwrap();
    assert_eq!(round.waiting_for_a_node, [pending.id]);
    first.close().await.unwrap();

    let second = presets::local(options(&dir, "correct horse")).await.unwrap();
    assert_eq!(second.engine.wallets().get(wallet.id).await.unwrap(), wallet);
    assert_eq!(second.engine.system().unfinished().await.unwrap(), [pending.id]);
    let another = second.engine.transactions().send(ask.asks_for("0.001")).await.unwrap();
    assert!(another.denial.is_none(), "policy and session are there too");
}

#[tokio::test]
async fn a_data_directory_has_one_holder_and_one_password() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("waiaas");
    let weak = presets::local(options(&dir, "short")).await.err().unwrap();
    assert!(matches!(weak, LocalError::Keys(VaultError::WeakPassword(_))), "{weak:?}");
    let held = presets::local(options(&dir, "correct horse")).await.unwrap();
    assert!(matches!(presets::local(options(&dir, "correct horse")).await, Err(LocalError::InUse(_))));
    held.close().await.unwrap();
    let wrong = presets::local(options(&dir, "battery staple")).await.err().unwrap();
    assert!(matches!(wrong, LocalError::Keys(VaultError::WrongPassword)), "{wrong:?}");
    presets::local(options(&dir, "correct horse")).await.unwrap();
}

#[tokio::test]
async fn a_network_needs_an_address_of_its_kind() {
    let home = tempfile::tempdir().unwrap();
    let mut odd = options(home.path(), "correct horse");
    odd.endpoints.insert(NETWORK, "not an address".to_owned());
    assert!(matches!(presets::local(odd).await, Err(LocalError::Network(_))));
}

#[tokio::test]
async fn a_session_of_this_process_has_no_token_to_steal() {
    let world = presets::in_memory(NETWORK).await.unwrap();
    let wallet = world.engine.wallets().create(new_wallet()).await.unwrap();
    let session = ready(&world.engine, wallet.id, &world.tokens).await.session;
    let row = world.engine.sessions().get(session).await.unwrap();
    let guess = waiaas_sdk::engine::ports::store::TokenHash([0; 32]);
    let refused = world.engine.sessions().authenticate(row.id, guess).await.err().unwrap();
    assert_eq!(refused.code(), ErrorCode::InvalidToken);
}
