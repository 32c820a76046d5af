//! The contract of the store, as the engine states it.

use crate::fixture::open;
use std::sync::{Arc, Mutex};
use waiaas_engine::conformance::run_store_suite;
use waiaas_engine::conformance::store::ledger_model;
use waiaas_store::SqliteStore;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_file_keeps_the_contract() {
    // The directories live as long as the suite.
    let directories = Arc::new(Mutex::new(Vec::new()));
    run_store_suite(|| {
        let directories = Arc::clone(&directories);
        async move {
            let directory = tempfile::tempdir().unwrap();
            let store = open(directory.path()).await;
            directories.lock().unwrap().push(directory);
            store
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_in_memory_keeps_the_contract() {
    run_store_suite(|| async { SqliteStore::in_memory().await.unwrap() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_follows_the_model_of_the_ledger() {
    // For a long run, the environment says how many histories.
    let histories = std::env::var("WAIAAS_TEST_CASES").map_or(96, |cases| cases.parse().unwrap());
    ledger_model::run_histories(&|| async { SqliteStore::in_memory().await.unwrap() }, histories).await;
}
