//! What every [`KeyStore`] and every [`Sealer`] must do.

use crate::pipeline::permit::{SignPermit, SignPurpose};
use crate::ports::keystore::{KeyStore, KeyStoreError, PublicKey, Sealer, Signature};
use std::sync::Arc;
use tokio::task::JoinSet;
use waiaas_core::chain::ChainKind;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;

/// Decides whether a signature over a payload was made by the key.
pub type SignatureCheck = dyn Fn(&PublicKey, &[u8], &Signature) -> bool + Send + Sync;

/// Runs every case on a fresh key store from `make`; `verify` is the scheme's own verification. Keys are
/// made for the EVM.
///
/// # Panics
/// When a promise is broken.
pub async fn run_keystore_suite<F, Fut, K>(make: F, verify: &SignatureCheck)
where
    F: Fn() -> Fut,
    Fut: Future<Output = K>,
    K: KeyStore + 'static,
{
    keys_are_made_once_and_differ(make().await).await;
    one_creator_wins(make().await).await;
    a_signature_is_the_wallets_and_over_the_payload(make().await, verify).await;
    a_permit_covers_one_payload(make().await).await;
    a_permit_ends_at_its_very_instant(make().await).await;
    a_permit_of_another_wallet_signs_with_that_wallets_key(make().await, verify).await;
    without_a_key_nothing_is_signed(make().await).await;
    a_destroyed_key_is_gone(make().await).await;
}

const CHAIN: ChainKind = ChainKind::Ethereum;

fn wallet(number: u8) -> WalletId {
    WalletId::from_bytes([number; 16])
}

fn at(secs: i64) -> UnixMillis {
    UnixMillis::from_secs(1_800_000_000).plus_secs(secs)
}

/// A permit for `payload` that ends at second 60.
fn permit(wallet: WalletId, payload: &[u8]) -> SignPermit {
    SignPermit::new(wallet, payload, SignPurpose::Transaction, at(60))
}

#[track_caller]
fn assert_permit_refused(result: Result<Signature, KeyStoreError>) {
    assert!(matches!(result, Err(KeyStoreError::Permit(_))), "expected a refused permit, got {result:?}");
}

#[track_caller]
fn assert_no_key(result: Result<Signature, KeyStoreError>, expected: WalletId) {
    assert!(matches!(result, Err(KeyStoreError::NotFound(id)) if id == expected), "expected no key, got {result:?}");
}

async fn keys_are_made_once_and_differ<K: KeyStore>(keys: K) {
    assert_eq!(keys.public_key(wallet(1)).await.unwrap(), None);
    let first = keys.create(wallet(1), CHAIN).await.unwrap();
    assert_eq!(keys.public_key(wallet(1)).await.unwrap(), Some(first));
    let again = keys.create(wallet(1), CHAIN).await;
    assert!(matches!(again, Err(KeyStoreError::Exists(id)) if id == wallet(1)), "{again:?}");
    assert_eq!(keys.public_key(wallet(1)).await.unwrap(), Some(first), "keys are never overwritten");
    assert_ne!(keys.create(wallet(2), CHAIN).await.unwrap(), first);
}

async fn one_creator_wins<K: KeyStore + 'static>(keys: K) {
    let keys = Arc::new(keys);
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let keys = Arc::clone(&keys);
        tasks.spawn(async move { keys.create(wallet(1), CHAIN).await });
    }
    let mut made = Vec::new();
    for outcome in tasks.join_all().await {
        match outcome {
            Ok(key) => made.push(key),
            Err(KeyStoreError::Exists(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(made.len(), 1);
    assert_eq!(keys.public_key(wallet(1)).await.unwrap(), made.first().copied());
}

async fn a_signature_is_the_wallets_and_over_the_payload<K: KeyStore>(keys: K, verify: &SignatureCheck) {
    let key = keys.create(wallet(1), CHAIN).await.unwrap();
    let other = keys.create(wallet(2), CHAIN).await.unwrap();
    for payload in [&b"pay"[..], &[], &[0; 10_000]] {
        let signature = keys.sign(permit(wallet(1), payload), payload, at(0)).await.unwrap();
        assert!(verify(&key, payload, &signature));
        assert!(!verify(&key, b"another payload", &signature));
        assert!(!verify(&other, payload, &signature));
    }
}

async fn a_permit_covers_one_payload<K: KeyStore>(keys: K) {
    keys.create(wallet(1), CHAIN).await.unwrap();
    for payload in [&b"pay 2"[..], b"pay 1 ", b"pay ", b""] {
        assert_permit_refused(keys.sign(permit(wallet(1), b"pay 1"), payload, at(0)).await);
    }
}

async fn a_permit_ends_at_its_very_instant<K: KeyStore>(keys: K) {
    keys.create(wallet(1), CHAIN).await.unwrap();
    keys.sign(permit(wallet(1), b"pay"), b"pay", at(60).plus_millis(-1)).await.unwrap();
    for late in [at(60), at(61)] {
        assert_permit_refused(keys.sign(permit(wallet(1), b"pay"), b"pay", late).await);
    }
}

async fn a_permit_of_another_wallet_signs_with_that_wallets_key<K: KeyStore>(keys: K, verify: &SignatureCheck) {
    let first = keys.create(wallet(1), CHAIN).await.unwrap();
    let second = keys.create(wallet(2), CHAIN).await.unwrap();
    let signature = keys.sign(permit(wallet(2), b"pay"), b"pay", at(0)).await.unwrap();
    assert!(verify(&second, b"pay", &signature));
    assert!(!verify(&first, b"pay", &signature));
}

async fn without_a_key_nothing_is_signed<K: KeyStore>(keys: K) {
    keys.create(wallet(1), CHAIN).await.unwrap();
    assert_no_key(keys.sign(permit(wallet(9), b"pay"), b"pay", at(0)).await, wallet(9));
}

async fn a_destroyed_key_is_gone<K: KeyStore>(keys: K) {
    keys.create(wallet(1), CHAIN).await.unwrap();
    let other = keys.create(wallet(2), CHAIN).await.unwrap();
    keys.destroy(wallet(1)).await.unwrap();
    keys.destroy(wallet(1)).await.unwrap();
    assert_eq!(keys.public_key(wallet(1)).await.unwrap(), None);
    assert_no_key(keys.sign(permit(wallet(1), b"pay"), b"pay", at(0)).await, wallet(1));
    assert_eq!(keys.public_key(wallet(2)).await.unwrap(), Some(other));
}

/// Runs every case of sealing on a sealer from `make`.
///
/// # Panics
/// When a promise is broken.
pub fn run_sealer_suite<S: Sealer>(make: impl Fn() -> S) {
    for plain in [&b""[..], b"x", &[0xff; 5_000]] {
        let sealer = make();
        let sealed = sealer.seal("intent:0x01", plain).unwrap();
        assert_eq!(sealer.open("intent:0x01", &sealed).unwrap().as_slice(), plain);
        for context in ["intent:0x02", "intent:0x0", "intent:0x01 ", ""] {
            assert!(sealer.open(context, &sealed).is_err(), "opened in the place of `{context}`");
        }
        // Every byte counts; of long values a sample.
        for position in (0..sealed.len()).step_by(1 + sealed.len() / 64) {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert!(sealer.open("intent:0x01", &altered).is_err(), "opened with byte {position} altered");
        }
        assert!(sealer.open("intent:0x01", &sealed[..sealed.len() - 1]).is_err(), "opened without its last byte");
    }
    assert!(make().open("intent:0x01", &[]).is_err(), "opened nothing");
}
