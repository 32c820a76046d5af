//! The key store and the sealer keep the promises of the engine's ports.

#![allow(clippy::unwrap_used, reason = "a broken step must fail the test")]

use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{RecoveryId, Signature as Ecdsa, VerifyingKey};
use sha3::{Digest, Keccak256};
use std::cell::Cell;
use tempfile::TempDir;
use waiaas_engine::conformance::{run_keystore_suite, run_sealer_suite};
use waiaas_engine::ports::keystore::{PublicKey, Signature};
use waiaas_keystore::{LocalKeyStore, LocalSealer, MasterPassword, Vault};

/// Makes vaults, each in a directory of its own, all removed at the end of the test.
struct Vaults {
    root: TempDir,
    made: Cell<u32>,
}

impl Vaults {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap(), made: Cell::new(0) }
    }

    fn fresh(&self) -> Vault {
        self.made.set(self.made.get() + 1);
        let dir = self.root.path().join(self.made.get().to_string());
        Vault::create(&dir, &MasterPassword::new("the password".to_owned())).unwrap()
    }
}

/// Whether the signature verifies and its parity bit leads back to the key.
fn verifies(key: &PublicKey, payload: &[u8], signature: &Signature) -> bool {
    let (PublicKey::Secp256k1(coordinates), Signature::Secp256k1 { rs, y_odd }) = (key, signature) else {
        return false;
    };
    let key = VerifyingKey::from_sec1_bytes(&[&[0x04], coordinates.as_slice()].concat()).unwrap();
    let signature = Ecdsa::from_slice(rs).unwrap();
    let hash = Keccak256::digest(payload);
    let recovered = VerifyingKey::recover_from_prehash(&hash, &signature, RecoveryId::new(*y_odd, false));
    key.verify_prehash(&hash, &signature).is_ok() && recovered.is_ok_and(|recovered| recovered == key)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn local_key_store() {
    let vaults = Vaults::new();
    run_keystore_suite(|| async { LocalKeyStore::new(&vaults.fresh()).unwrap() }, &verifies).await;
}

#[test]
fn local_sealer() {
    let vaults = Vaults::new();
    run_sealer_suite(|| LocalSealer::new(&vaults.fresh()).unwrap());
}
