//! Signatures of owners.

use async_trait::async_trait;
use waiaas_core::address::Address;

/// Checks that the key behind an address signed a message.
#[async_trait]
pub trait OwnerSignatureVerifier: Send + Sync {
    /// Whether `signature` is `owner`'s signature of the text `message`, in the message scheme of the
    /// owner's chain (EIP-191 `personal_sign` on the EVM). Malleable or malformed signatures are `false`.
    async fn verify(&self, owner: &Address, message: &str, signature: &[u8]) -> bool;
}
