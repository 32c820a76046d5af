//! Keys that exist for tests.

use super::signature;
use crate::pipeline::permit::SignPermit;
use crate::ports::keystore::{KeyStore, KeyStoreError, PublicKey, Signature};
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::ChainKind;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;

/// A key store without keys: public keys follow from the wallet id, signatures are those of
/// [`signature`], and permits are checked exactly as a real key store checks them.
///
/// **Insecure by design**: everybody can make these signatures. Only [`MemoryChain`](super::MemoryChain)
/// accepts them.
#[derive(Debug, Default)]
pub struct MemoryKeyStore(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    keys: BTreeMap<WalletId, [u8; 64]>,
    signed: Vec<(WalletId, Vec<u8>)>,
}

impl MemoryKeyStore {
    /// A store without keys.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every payload that was signed, in order, with the wallet that signed it.
    #[must_use]
    pub fn signed(&self) -> Vec<(WalletId, Vec<u8>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).signed.clone()
    }
}

#[async_trait]
impl KeyStore for MemoryKeyStore {
    async fn create(&self, wallet: WalletId, chain: ChainKind) -> Result<PublicKey, KeyStoreError> {
        if chain != ChainKind::Ethereum {
            return Err(KeyStoreError::Unsupported(chain));
        }
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.keys.contains_key(&wallet) {
            return Err(KeyStoreError::Exists(wallet));
        }
        let coordinates = public_coordinates(wallet);
        state.keys.insert(wallet, coordinates);
        Ok(PublicKey::Secp256k1(coordinates))
    }

    async fn sign(&self, permit: SignPermit, payload: &[u8], now: UnixMillis) -> Result<Signature, KeyStoreError> {
        permit.check(payload, now).map_err(KeyStoreError::Permit)?;
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wallet = permit.wallet();
        let coordinates = state.keys.get(&wallet).ok_or(KeyStoreError::NotFound(wallet))?;
        let account = Address::Evm(EvmAddress::from_public_key(coordinates));
        state.signed.push((wallet, payload.to_vec()));
        Ok(signature::sign(&account, payload))
    }

    async fn public_key(&self, wallet: WalletId) -> Result<Option<PublicKey>, KeyStoreError> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(state.keys.get(&wallet).copied().map(PublicKey::Secp256k1))
    }

    async fn destroy(&self, wallet: WalletId) -> Result<(), KeyStoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keys.remove(&wallet);
        Ok(())
    }
}

/// Two coordinates that look like a public key; they are not a point of the curve.
fn public_coordinates(wallet: WalletId) -> [u8; 64] {
    let half = |side: u8| Sha256::new().chain_update([side]).chain_update(wallet.as_bytes()).finalize();
    let mut coordinates = [0_u8; 64];
    for (target, source) in coordinates.iter_mut().zip(half(0).into_iter().chain(half(1))) {
        *target = source;
    }
    coordinates
}
