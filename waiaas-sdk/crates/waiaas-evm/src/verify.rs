//! Signatures of owners: EIP-191 `personal_sign`, by plain accounts.

use crate::recovery::signer_of;
use alloy::primitives::eip191_hash_message;
use async_trait::async_trait;
use waiaas_core::address::Address;
use waiaas_engine::ports::owner_proof::OwnerSignatureVerifier;

/// Verifies EIP-191 signatures (version byte `0x45`, "personal sign") by recovering the signer. Asks no
/// node, so contract wallets (EIP-1271) cannot be owners.
#[derive(Clone, Copy, Debug, Default)]
pub struct EvmOwnerVerifier;

#[async_trait]
impl OwnerSignatureVerifier for EvmOwnerVerifier {
    async fn verify(&self, owner: &Address, message: &str, signature: &[u8]) -> bool {
        let Address::Evm(owner) = owner else { return false };
        let Some((rs, y_odd)) = split(signature) else { return false };
        signer_of(eip191_hash_message(message), rs, y_odd) == Some(*owner)
    }
}

/// `r ‖ s ‖ v` with `v` as 27/28 (wallets) or 0/1 (hardware wallets and libraries). Nothing else: the
/// compact form of EIP-2098 would be a second spelling of the same signature.
fn split(signature: &[u8]) -> Option<(&[u8; 64], bool)> {
    let (rs, [v]) = signature.split_first_chunk::<64>()? else { return None };
    match v {
        0 | 27 => Some((rs, false)),
        1 | 28 => Some((rs, true)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
