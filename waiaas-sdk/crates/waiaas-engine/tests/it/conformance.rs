//! The in-memory adapters keep the contracts of their ports.

use waiaas_core::address::{Address, EvmAddress};
use waiaas_engine::conformance::store::ledger_model;
use waiaas_engine::conformance::{run_keystore_suite, run_sealer_suite, run_store_suite};
use waiaas_engine::memory::{MemoryKeyStore, MemoryStore, PlainSealer, signature};
use waiaas_engine::ports::keystore::{PublicKey, Signature};

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_store_keeps_the_contract_of_the_store() {
    run_store_suite(|| async { MemoryStore::new() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_store_follows_the_model_of_the_ledger() {
    ledger_model::run_histories(&|| async { MemoryStore::new() }, histories(256)).await;
}

/// How many histories to play: `usual`, or what the environment says, for a long run.
fn histories(usual: usize) -> usize {
    std::env::var("WAIAAS_TEST_CASES").map_or(usual, |cases| cases.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_key_store_keeps_the_contract_of_key_stores() {
    let verify = |key: &PublicKey, payload: &[u8], proof: &Signature| match key {
        PublicKey::Secp256k1(coordinates) => {
            signature::verify(&Address::Evm(EvmAddress::from_public_key(coordinates)), payload, proof)
        }
        _ => false,
    };
    run_keystore_suite(|| async { MemoryKeyStore::new() }, &verify).await;
}

#[test]
fn the_plain_sealer_notices_what_a_real_one_notices() {
    run_sealer_suite(|| PlainSealer);
}
