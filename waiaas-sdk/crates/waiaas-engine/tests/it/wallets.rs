//! The life of wallets, and what goes with them.

use crate::world::{World, code, dollars, new_session, new_wallet, tiers};
use waiaas_core::chain::{ChainKind, Environment};
use waiaas_core::error::ErrorCode;
use waiaas_core::policy::PolicyType;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;
use waiaas_engine::ports::store::{AdmissionState, Ledger, WalletStore};
use waiaas_engine::services::policies::NewPolicy;
use waiaas_engine::services::sessions::NewSession;
use waiaas_engine::services::wallets::NewWallet;

#[tokio::test]
async fn a_wallet_moves_between_its_states_as_it_may() {
    let world = World::new().await;
    let wallets = world.engine.wallets();
    let id = world.wallet;
    assert_eq!(code(wallets.resume(id).await), ErrorCode::InvalidStateTransition);
    let row = wallets.suspend(id, "odd").await.unwrap();
    assert_eq!((row.status, row.suspension_reason.as_deref()), (WalletStatus::Suspended, Some("odd")));
    assert!(row.suspended_at.is_some());
    assert_eq!(code(wallets.suspend(id, "again").await), ErrorCode::InvalidStateTransition);
    let row = wallets.resume(id).await.unwrap();
    assert_eq!((row.status, row.suspension_reason, row.suspended_at), (WalletStatus::Active, None, None));
    wallets.rename(id, "purse").await.unwrap();
    assert_eq!(wallets.get(id).await.unwrap().name, "purse");
    wallets.suspend(id, "odd").await.unwrap();
    wallets.terminate(id).await.unwrap();
    for refused in [
        code(wallets.terminate(id).await),
        code(wallets.rename(id, "late").await),
        code(world.engine.transactions().send(world.payment(1, 1)).await),
    ] {
        assert_eq!(refused, ErrorCode::WalletTerminated);
    }
    assert_eq!(code(wallets.suspend(id, "late").await), ErrorCode::InvalidStateTransition);
    assert_eq!(code(wallets.resume(id).await), ErrorCode::InvalidStateTransition);
    let mut log = world.log().await;
    log.reverse();
    let about_wallets: Vec<_> = log.iter().filter(|event| event.starts_with("WALLET_")).map(String::as_str).collect();
    assert_eq!(
        about_wallets,
        [
            "WALLET_CREATED",
            "WALLET_SUSPENDED",
            "WALLET_RESUMED",
            "WALLET_RENAMED",
            "WALLET_SUSPENDED",
            "WALLET_TERMINATED"
        ]
    );
}

#[tokio::test]
async fn a_suspended_wallet_takes_no_requests() {
    let world = World::new().await;
    world.engine.wallets().suspend(world.wallet, "odd").await.unwrap();
    assert_eq!(code(world.engine.transactions().send(world.payment(1, 1)).await), ErrorCode::WalletSuspended);
    assert_eq!(code(world.engine.transactions().dry_run(world.payment(1, 1)).await), ErrorCode::WalletSuspended);
    world.engine.wallets().resume(world.wallet).await.unwrap();
    world.pay(1, 1).await;
    world.settle().await;
    assert_eq!(world.paid(1), dollars(1));
}

#[tokio::test]
async fn ending_a_wallet_ends_what_waits_and_frees_its_sessions() {
    let world = World::with_owner().await;
    let other = world.engine.wallets().create(new_wallet("other")).await.unwrap().id;
    let both = NewSession { wallets: vec![world.wallet, other], ..new_session(other) };
    let (shared, _) = world.engine.sessions().create(both, &world.tokens).await.unwrap();
    let made = world.pay(1, 5).await;
    let pending = world.admit(2, 5).await;
    let delayed = world.admit(3, 500).await;
    let asked = world.admit(4, 5_000).await;

    let ended = world.engine.wallets().terminate(world.wallet).await.unwrap();
    assert_eq!(ended.revoked, [world.session], "its only wallet is gone");
    let mut cancelled = ended.cancelled.clone();
    cancelled.sort();
    let mut waiting = vec![pending, delayed, asked];
    waiting.sort();
    assert_eq!(cancelled, waiting);
    for id in cancelled {
        assert_eq!(world.status(id).await, TxStatus::Cancelled);
    }
    assert_eq!(world.engine.sessions().get(shared.id).await.unwrap().wallets, [other]);
    assert!(world.approve(asked).await.is_err());

    world.clock.advance_secs(3_600);
    world.settle().await;
    assert_eq!(world.status(made).await, TxStatus::Confirmed, "what was sent is followed to its end");
    assert_eq!(world.held().await, 0);
    assert!((2..=4).all(|payee| world.paid(payee) == dollars(0)));
}

#[tokio::test]
async fn a_wallet_that_is_not_there_is_not_found() {
    let world = World::new().await;
    let id = waiaas_core::id::WalletId::v7(crate::world::START, [9; 10]);
    let wallets = world.engine.wallets();
    assert_eq!(code(wallets.get(id).await), ErrorCode::WalletNotFound);
    assert_eq!(code(wallets.suspend(id, "odd").await), ErrorCode::WalletNotFound);
    assert_eq!(code(wallets.terminate(id).await), ErrorCode::WalletNotFound);
    assert_eq!(code(world.engine.sessions().revoke_for_wallet(id).await), ErrorCode::WalletNotFound);
    let mut submission = world.payment(1, 1);
    submission.wallet = id;
    assert_eq!(code(world.engine.transactions().send(submission).await), ErrorCode::WalletNotFound);
}

#[tokio::test]
async fn a_wallet_is_made_whole_or_not_at_all() {
    let world = World::new().await;
    let solana = NewWallet { chain: ChainKind::Solana, ..new_wallet("sol") };
    assert_eq!(code(world.engine.wallets().create(solana).await), ErrorCode::UnsupportedChain);
    world.random.set_exhausted(true);
    assert_eq!(code(world.engine.wallets().create(new_wallet("blind")).await), ErrorCode::InternalError);
    world.random.set_exhausted(false);
    assert_eq!(world.store.wallets().await.unwrap().len(), 1);
    let main = NewWallet { environment: Environment::Mainnet, ..new_wallet("main") };
    let row = world.engine.wallets().create(main).await.unwrap();
    assert_eq!((row.status, row.environment), (WalletStatus::Active, Environment::Mainnet));
    assert_ne!(row.address, Some(world.account));
}

#[tokio::test]
async fn without_randomness_no_payment_is_admitted() {
    let world = World::new().await;
    world.random.set_exhausted(true);
    assert_eq!(code(world.engine.transactions().send(world.payment(1, 1)).await), ErrorCode::InternalError);
    let none = |_: &AdmissionState| waiaas_core::policy::LedgerQuery::default();
    let now = waiaas_engine::ports::clock::Clock::now(&*world.clock);
    let (state, _) = world.store.preview(world.wallet, None, now, None, &none).await.unwrap();
    assert_eq!(state.in_flight, 0);
}

#[tokio::test]
async fn a_policy_belongs_to_a_wallet_that_lives() {
    let world = World::new().await;
    let policy = |wallet| NewPolicy {
        wallet: Some(wallet),
        network: None,
        policy_type: PolicyType::SpendingLimit,
        rules: tiers(),
        priority: 0,
        enabled: true,
        ceiling: false,
    };
    let policies = world.engine.policies();
    let unknown = waiaas_core::id::WalletId::v7(crate::world::START, [9; 10]);
    assert_eq!(code(policies.create(policy(unknown)).await), ErrorCode::WalletNotFound);
    let mut elsewhere = policy(world.wallet);
    elsewhere.network = Some(waiaas_core::chain::Network::EthereumMainnet);
    assert_eq!(code(policies.create(elsewhere).await), ErrorCode::ActionValidationFailed);
    let mut unreadable = policy(world.wallet);
    unreadable.rules = serde_json::json!({ "instant_max_usd": "a lot" });
    assert_eq!(code(policies.create(unreadable).await), ErrorCode::ActionValidationFailed);
    world.engine.wallets().terminate(world.wallet).await.unwrap();
    assert_eq!(code(policies.create(policy(world.wallet)).await), ErrorCode::WalletTerminated);
}
