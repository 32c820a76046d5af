//! Who made a signature.

use alloy::primitives::B256;
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use waiaas_core::address::EvmAddress;

/// The address whose key signed `digest`, or `None` when the signature is not one.
///
/// A high S is refused: for every signature there is a second one with S negated (EIP-2), and accepting
/// both would let a stranger make a new signature out of a seen one.
pub(crate) fn signer_of(digest: B256, rs: &[u8; 64], y_odd: bool) -> Option<EvmAddress> {
    let signature = Signature::from_slice(rs).ok()?;
    if signature.normalize_s() != signature {
        return None;
    }
    let key = VerifyingKey::recover_from_prehash(digest.as_slice(), &signature, RecoveryId::new(y_odd, false)).ok()?;
    let point = key.to_sec1_point(false);
    let coordinates: &[u8; 64] = point.as_bytes().get(1..)?.try_into().ok()?;
    Some(EvmAddress::from_public_key(coordinates))
}
