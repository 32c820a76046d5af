//! Nonces for owner signatures.

use super::MemoryStore;
use crate::ports::store::{NonceBinding, OwnerNonceStore, StoreError};
use async_trait::async_trait;
use waiaas_core::time::UnixMillis;

/// A nonce that was issued and not used yet.
#[derive(Debug)]
pub(super) struct IssuedNonce {
    hash: [u8; 32],
    binding: NonceBinding,
    expires_at: UnixMillis,
}

#[async_trait]
impl OwnerNonceStore for MemoryStore {
    async fn issue_nonce(
        &self,
        hash: [u8; 32],
        binding: &NonceBinding,
        now: UnixMillis,
        expires_at: UnixMillis,
        capacity: u32,
    ) -> Result<(), StoreError> {
        let nonces = &mut self.state()?.nonces;
        nonces.retain(|nonce| now < nonce.expires_at && nonce.hash != hash);
        nonces.push_back(IssuedNonce { hash, binding: binding.clone(), expires_at });
        while nonces.len() > usize::try_from(capacity).unwrap_or(usize::MAX) {
            nonces.pop_front();
        }
        Ok(())
    }

    async fn consume_nonce(&self, hash: [u8; 32], now: UnixMillis) -> Result<Option<NonceBinding>, StoreError> {
        let nonces = &mut self.state()?.nonces;
        let position = nonces.iter().position(|nonce| nonce.hash == hash);
        let used = position.and_then(|position| nonces.remove(position));
        Ok(used.filter(|nonce| now < nonce.expires_at).map(|nonce| nonce.binding))
    }
}
