//! What was acknowledged is there when the file is opened again.

use crate::damage::tamper;
use crate::fixture::{LimitJudge, START, account, admit, coin, entry, facts, open, session_row, wallet_row};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{
    AuditEvent, AuditLog, ClaimToken, IdempotencyOutcome, IdempotencyStore, KillSwitchState, KillSwitchStore, Ledger,
    NonceBinding, OwnerNonceStore, SessionStore, StoreError, SystemStore, WalletStore,
};
use waiaas_store::{SqliteOptions, SqliteStore};

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    let wallet = store.wallet(mine.wallet).await.unwrap();
    let session = store.session(mine.session).await.unwrap();
    let row = admit(&store, mine, &LimitJudge::of(25, 100)).await;
    store.append(&[entry(AuditEvent::MasterAuthFailed, None)]).await.unwrap();
    store.set_value("k", None, b"v").await.unwrap();
    let bound = NonceBinding { action: Some("approve".to_owned()), resource: Some(row.id.to_string()) };
    store.issue_nonce([9; 32], &bound, START, START.plus_secs(300), 10).await.unwrap();
    store.throw_kill_switch("operator", "KILL", START, &[]).await.unwrap();
    drop(store);

    let store = open(directory.path()).await;
    let before = (wallet.name, wallet.address, wallet.owner);
    let wallet = store.wallet(mine.wallet).await.unwrap();
    assert_eq!((wallet.name, wallet.address, wallet.owner), before);
    assert_eq!(wallet.suspension_reason.as_deref(), Some("KILL"));
    assert_eq!(store.session(mine.session).await.unwrap().token_hash, session.token_hash);
    let (again, approval) = store.transaction(row.id).await.unwrap();
    assert_eq!((again.tx, again.created_at, approval), (row.tx, row.created_at, None));
    assert_eq!(store.kill_switch().await.unwrap().state, KillSwitchState::Suspended);
    assert_eq!(store.value("k").await.unwrap().as_deref(), Some(&b"v"[..]));
    assert_eq!(store.consume_nonce([9; 32], START).await.unwrap(), Some(bound));
    assert_eq!(store.entries(None, None, 10).await.unwrap().len(), 2);
    assert_eq!(store.schema_version().await.unwrap(), 2);
}

#[tokio::test]
async fn closing_leaves_one_file_and_refuses_further_calls() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    let other = store.clone();
    store.close().await.unwrap();

    let files: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["store.db"]);
    assert!(matches!(other.wallet(mine.wallet).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(other.insert_wallet(&wallet_row()).await, Err(StoreError::Unavailable(_))));

    let store = open(directory.path()).await;
    store.wallet(mine.wallet).await.unwrap();
}

#[tokio::test]
async fn a_database_in_memory_behaves_like_one_in_a_file() {
    let store = SqliteStore::in_memory().await.unwrap();
    let mine = account(&store).await;
    admit(&store, mine, &LimitJudge::of(25, 100)).await;
    let (state, ledger) = facts(&store, mine, START).await;
    assert_eq!(state.in_flight, 1);
    assert_eq!(ledger.held.get(&coin()), Some(&BaseUnits::from_u128(25)));
    assert_eq!(ledger.daily_usd, Usd::from_micros(25));
    assert!(matches!(
        store.insert_session(&session_row(vec![mine.wallet]), 1, &[]).await,
        Err(StoreError::LimitReached { limit: 1 })
    ));
    store.close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data/db");
    std::fs::create_dir(directory.path().join("data")).unwrap();
    let path = data.join("store.db");
    let store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    account(&store).await;
    store.wallets().await.unwrap();
    assert_eq!(mode(&data), 0o700);
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
    drop(store);

    // A file that was left open to others is closed to them.
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let _store = SqliteStore::open(&path, SqliteOptions::default()).await.unwrap();
    assert_eq!(mode(&path), 0o600);
}

#[tokio::test]
async fn a_database_of_the_first_version_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path()).await.close().await.unwrap();
    tamper(
        directory.path(),
        "ALTER TABLE idempotency_keys DROP COLUMN claim;
         DELETE FROM _sqlx_migrations WHERE version > 1;
         INSERT INTO idempotency_keys (scope, key, fingerprint, claimed_at)
         VALUES ('s', 'k', lower(hex(zeroblob(32))), 1000000)",
    )
    .await;
    let store = open(directory.path()).await;
    assert_eq!(store.schema_version().await.unwrap(), 2);
    // Whoever claimed the key is gone with the process of then; the claim is taken over in its time.
    let token = ClaimToken([7; 16]);
    let claim =
        async |secs| store.claim_key("s", "k", [0; 32], token, UnixMillis::from_secs(secs), 86_400_000).await.unwrap();
    assert_eq!(claim(1_059).await, IdempotencyOutcome::InProgress);
    assert!(store.complete_key("s", "k", token, None).await.is_err());
    assert_eq!(claim(1_060).await, IdempotencyOutcome::Claimed);
    store.complete_key("s", "k", token, None).await.unwrap();
}
