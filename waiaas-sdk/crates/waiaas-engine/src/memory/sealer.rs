//! Sealing without secrecy.

use crate::ports::keystore::{SealError, Sealer};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Puts a checksum over context and text before the text. **Does not encrypt**: it only notices, like a
/// real sealer, when a value is altered or opened in another place.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainSealer;

impl Sealer for PlainSealer {
    fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut sealed = checksum(context, plain).to_vec();
        sealed.extend_from_slice(plain);
        Ok(sealed)
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (tag, plain) = sealed.split_at_checked(32).ok_or(SealError("opened"))?;
        if tag != checksum(context, plain) {
            return Err(SealError("opened"));
        }
        Ok(Zeroizing::new(plain.to_vec()))
    }
}

fn checksum(context: &str, plain: &[u8]) -> [u8; 32] {
    // Hashed one by one, so that no byte can wander from the context into the text.
    Sha256::new().chain_update(Sha256::digest(context)).chain_update(Sha256::digest(plain)).finalize().into()
}
