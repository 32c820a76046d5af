//! Files that cannot be trusted are refused, and the refusal says where to look.

use crate::fixture::{Account, LimitJudge, account, admit, open};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::error::Error;
use std::path::Path;
use waiaas_engine::ports::store::{KillSwitchStore, Ledger, PolicyStore, SessionStore, StoreError, WalletStore};
use waiaas_store::{OpenError, SqliteOptions, SqliteStore};

/// Runs `sql` on the closed database in `directory`.
pub(crate) async fn tamper(directory: &Path, sql: &'static str) {
    let mut connection =
        SqliteConnectOptions::new().filename(directory.join("store.db")).foreign_keys(false).connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
}

async fn reopen_error(directory: &Path) -> OpenError {
    let error = SqliteStore::open(&directory.join("store.db"), SqliteOptions::default()).await.unwrap_err();
    let StoreError::Unavailable(source) = error else { panic!("{error:?}") };
    *source.downcast::<OpenError>().unwrap()
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path()).await.close().await.unwrap();
    tamper(
        directory.path(),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (99, 'from the future', 1, x'00', 0)",
    )
    .await;
    let error = reopen_error(directory.path()).await;
    assert_eq!(error.to_string(), "the database has schema version 99, this build knows up to 2: start a newer build");
}

#[tokio::test]
async fn an_edited_migration_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    open(directory.path()).await.close().await.unwrap();
    tamper(directory.path(), "UPDATE _sqlx_migrations SET checksum = x'00'").await;
    let error = reopen_error(directory.path()).await;
    assert!(error.source().unwrap().to_string().contains("has been modified"), "{error:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("store.db"), "not a database, but long enough to look at".repeat(100))
        .unwrap();
    assert!(matches!(reopen_error(directory.path()).await, OpenError::Sql(_)));
}

/// Damages one value and expects reading to name its table and column.
async fn check(sql: &'static str, expect: &str) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    let row = admit(&store, mine, &LimitJudge::of(25, 100)).await;
    store.close().await.unwrap();
    tamper(directory.path(), sql).await;

    let store = open(directory.path()).await;
    let results = [
        store.wallets().await.map(drop),
        store.session(mine.session).await.map(drop),
        store.transaction(row.id).await.map(drop),
        store.policy_snapshot().await.map(drop),
        store.kill_switch().await.map(drop),
        admission(&store, mine).await,
    ];
    let errors: Vec<String> = results.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
    assert!(!errors.is_empty(), "{sql}: nothing noticed");
    assert!(errors.iter().all(|error| error.starts_with("stored data is damaged: ")), "{sql}: {errors:?}");
    assert!(errors.iter().any(|error| error.contains(expect)), "{sql}: {errors:?}");
}

async fn admission(store: &SqliteStore, mine: Account) -> Result<(), StoreError> {
    crate::fixture::admit_with(store, mine, &LimitJudge::of(1, 100), None).await.map(drop)
}

#[tokio::test]
async fn damaged_values_are_named() {
    for (sql, expect) in [
        ("UPDATE wallets SET status = 'HAPPY'", "table `wallets`"),
        ("UPDATE wallets SET status = 'HAPPY'", "column `status`"),
        ("UPDATE wallets SET address = '0x12'", "column `address`"),
        ("UPDATE wallets SET owner_verified = 2", "column `owner_verified`"),
        ("UPDATE sessions SET token_hash = 'zz'", "table `sessions`"),
        ("UPDATE sessions SET renewal_count = -1", "column `renewal_count`"),
        ("UPDATE transactions SET request = '{}'", "table `transactions`"),
        ("UPDATE transactions SET usd_micros = -5", "column `usd_micros`"),
        ("UPDATE transactions SET usd_micros_large = '7'", "column `usd_micros_large`"),
        ("UPDATE spend_holds SET usd_micros_large = '+7'", "column `usd_micros_large`"),
        ("UPDATE spend_holds SET usd_micros = -5000000000", "column `billions`"),
        ("UPDATE transactions SET network = 'ethereum-moon'", "column `network`"),
        ("UPDATE spend_holds SET amount = '1e18'", "column `amount`"),
        ("UPDATE kill_switch SET state = 'OFF'", "column `state`"),
        ("DELETE FROM kill_switch", "`kill_switch` has lost its row"),
        ("DELETE FROM policy_epoch", "`policy_epoch` has lost its row"),
    ] {
        check(sql, expect).await;
    }
}
