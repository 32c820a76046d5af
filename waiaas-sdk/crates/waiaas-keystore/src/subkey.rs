//! Independent keys for independent uses, all from the one data key.

use crate::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroize;

/// What a subkey is for. The labels are part of the file formats: changing one makes old files unreadable.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    WalletKeys,
    Sealing,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::WalletKeys => b"waiaas/keystore/v2/wallet-keys",
            Self::Sealing => b"waiaas/keystore/v2/sealing",
        }
    }
}

/// Derives the subkey for `purpose`.
pub(crate) fn derive(data_key: &Secret<[u8; 32]>, purpose: Purpose) -> Result<Secret<[u8; 32]>, SubkeyError> {
    expand(data_key.expose(), purpose.label())
}

/// The hash refused its key; HMAC accepts every length, so this does not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a subkey could not be derived")]
pub(crate) struct SubkeyError;

/// HKDF-Expand with SHA-256 (RFC 5869 section 2.3) for exactly one block of output. The extract step is left
/// out, as section 3.3 allows: the data key is uniformly random already.
fn expand(key: &[u8], info: &[u8]) -> Result<Secret<[u8; 32]>, SubkeyError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| SubkeyError)?;
    mac.update(info);
    mac.update(&[1]);
    let mut block: [u8; 32] = mac.finalize().into_bytes().into();
    let subkey = Secret::filled(|bytes| {
        bytes.copy_from_slice(&block);
        Ok(())
    });
    block.zeroize();
    subkey
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_rfc_5869() {
        // Appendix A.1: PRK, info and the first 32 bytes of OKM.
        let prk = hex::decode("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5").unwrap();
        let info = hex::decode("f0f1f2f3f4f5f6f7f8f9").unwrap();
        let okm = expand(&prk, &info).unwrap();
        assert_eq!(hex::encode(okm.expose()), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
    }

    #[test]
    fn purposes_have_different_keys() {
        let data_key = Secret::new([7; 32]);
        let wallet = derive(&data_key, Purpose::WalletKeys).unwrap();
        let sealing = derive(&data_key, Purpose::Sealing).unwrap();
        assert!(!wallet.same_as(&sealing));
        assert!(!wallet.same_as(&data_key));
    }
}
