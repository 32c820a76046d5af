//! The stand-in for a signature scheme that [`MemoryChain`](super::MemoryChain) and `MemoryKeyStore` share.
//!
//! It binds a signature to one account and one payload, so that mixing them up is noticed. It keeps
//! nobody out: whoever knows an address can make its signatures. No real chain accepts them.

use crate::ports::keystore::Signature;
use sha2::{Digest, Sha256};
use waiaas_core::address::Address;

/// Separates these digests from every other use of SHA-256.
const DOMAIN: &[u8] = b"waiaas memory signature v1";

/// The signature of `account` under `payload`.
#[must_use]
pub fn sign(account: &Address, payload: &[u8]) -> Signature {
    let half = |side: u8| {
        Sha256::new()
            .chain_update(DOMAIN)
            .chain_update([side])
            .chain_update(Sha256::digest(account.to_string()))
            .chain_update(Sha256::digest(payload))
            .finalize()
    };
    let mut rs = [0_u8; 64];
    for (target, source) in rs.iter_mut().zip(half(0).into_iter().chain(half(1))) {
        *target = source;
    }
    Signature::Secp256k1 { rs, y_odd: false }
}

/// Whether `signature` is what [`sign`] gives for `account` and `payload`.
#[must_use]
pub fn verify(account: &Address, payload: &[u8], signature: &Signature) -> bool {
    *signature == sign(account, payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use waiaas_core::address::EvmAddress;

    #[test]
    fn belongs_to_one_account_and_one_payload() {
        let account = Address::Evm(EvmAddress::from_bytes([1; 20]));
        let other = Address::Evm(EvmAddress::from_bytes([2; 20]));
        let signature = sign(&account, b"pay");
        assert!(verify(&account, b"pay", &signature));
        assert!(!verify(&account, b"pay!", &signature));
        assert!(!verify(&other, b"pay", &signature));
    }
}
