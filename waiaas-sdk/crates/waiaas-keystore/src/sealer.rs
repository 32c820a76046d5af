//! Small secrets for storage elsewhere, encrypted under a subkey of the vault.

use crate::vault::{Vault, VaultError};
use crate::wrap::fill_random;
use crate::xaes::{NONCE_LEN, XaesKey};
use waiaas_engine::ports::keystore::{SealError, Sealer};
use zeroize::Zeroizing;

/// First byte of every sealed value: the version of the layout `version ‖ nonce ‖ ciphertext ‖ tag`.
const VERSION: u8 = 1;

const SEAL: SealError = SealError("sealed");
const OPEN: SealError = SealError("opened");

/// Seals under a vault's data key. A password change does not touch what was sealed. Adds 41 bytes.
pub struct LocalSealer {
    key: XaesKey,
}

impl LocalSealer {
    /// A sealer of `vault`. Every sealer of one vault opens what another sealed.
    ///
    /// # Errors
    /// [`VaultError::Internal`] when the subkey cannot be derived, which does not happen.
    pub fn new(vault: &Vault) -> Result<Self, VaultError> {
        Ok(Self { key: XaesKey::new(&vault.subkey(crate::subkey::Purpose::Sealing)?) })
    }
}

impl core::fmt::Debug for LocalSealer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("LocalSealer").finish_non_exhaustive()
    }
}

impl Sealer for LocalSealer {
    fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        fill_random(&mut nonce).map_err(|_| SEAL)?;
        let body = self.key.encrypt(&nonce, &associated(context), plain).map_err(|_| SEAL)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(OPEN)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(OPEN)?;
        if version != VERSION {
            return Err(OPEN);
        }
        self.key.decrypt(nonce, &associated(context), body).map_err(|_| OPEN)
    }
}

/// What is authenticated besides the secret: the layout version and the caller's context.
fn associated(context: &str) -> Vec<u8> {
    [&[VERSION], context.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::MasterPassword;

    fn vault(root: &tempfile::TempDir) -> Vault {
        Vault::create(&root.path().join("keystore"), &MasterPassword::new("the password".to_owned())).unwrap()
    }

    #[test]
    fn opens_what_it_sealed_also_after_a_password_change_and_restart() {
        let root = tempfile::tempdir().unwrap();
        let vault = vault(&root);
        let sealer = LocalSealer::new(&vault).unwrap();
        let sealed: Vec<Vec<u8>> =
            [&b""[..], b"a", &[0x5a; 5_000]].iter().map(|plain| sealer.seal("tx/1", plain).unwrap()).collect();
        let new = MasterPassword::new("another password".to_owned());
        vault.rewrap(&new).unwrap();
        let reopened = LocalSealer::new(&Vault::open(&root.path().join("keystore"), &new).unwrap()).unwrap();
        for (plain, sealed) in [&b""[..], b"a", &[0x5a; 5_000]].iter().zip(&sealed) {
            assert_eq!(&**reopened.open("tx/1", sealed).unwrap(), *plain);
            assert_eq!(sealed.len(), plain.len() + 41);
        }
    }

    #[test]
    fn a_sealed_value_cannot_be_altered_or_moved() {
        let root = tempfile::tempdir().unwrap();
        let sealer = LocalSealer::new(&vault(&root)).unwrap();
        let sealed = sealer.seal("tx/1", b"signed bytes").unwrap();
        for context in ["", "tx/2", "tx/1 ", "tx/11"] {
            assert_eq!(sealer.open(context, &sealed), Err(OPEN), "{context}");
        }
        for position in 0..sealed.len() {
            for bit in 0..8 {
                let mut altered = sealed.clone();
                altered[position] ^= 1 << bit;
                assert_eq!(sealer.open("tx/1", &altered), Err(OPEN), "bit {bit} of byte {position}");
            }
            assert_eq!(sealer.open("tx/1", &sealed[..position]), Err(OPEN), "{position}");
        }
        let elsewhere = tempfile::tempdir().unwrap();
        assert_eq!(LocalSealer::new(&vault(&elsewhere)).unwrap().open("tx/1", &sealed), Err(OPEN));
    }

    #[test]
    fn sealing_twice_gives_different_bytes_without_the_plain_text() {
        let root = tempfile::tempdir().unwrap();
        let sealer = LocalSealer::new(&vault(&root)).unwrap();
        let plain = [0x41; 64];
        let (one, two) = (sealer.seal("tx/1", &plain).unwrap(), sealer.seal("tx/1", &plain).unwrap());
        assert_ne!(one, two);
        assert!(!one.windows(8).any(|window| window == &plain[..8]));
    }
}
