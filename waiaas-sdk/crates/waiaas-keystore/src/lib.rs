//! Local key store: private keys in encrypted files, signatures only under a permit.
//!
//! # How the keys are wrapped
//!
//! ```text
//! master password --Argon2id--> key-encryption key --AES-256-GCM--> data key (random, 256 bits)
//! data key --HKDF-SHA256--> wallet subkey --AES-256-GCM--> one file per wallet
//!                      \--> sealing subkey --XAES-256-GCM--> small secrets stored elsewhere
//! ```
//!
//! [`Vault`] unwraps the data key once, at start; after that no password work is done per request or per
//! signature. Changing the password rewrites one small file ([`Vault::rewrap`]), so there is no state in
//! which some keys answer to the old password and some to the new one.
//!
//! [`LocalKeyStore`] implements the engine's `KeyStore`, [`LocalSealer`] its `Sealer`.
//!
//! ```
//! use waiaas_engine::ports::keystore::Sealer;
//! use waiaas_keystore::{LocalKeyStore, LocalSealer, MasterPassword, Vault, VaultError};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let data = tempfile::tempdir()?;
//! let dir = data.path().join("keystore");
//! let password = MasterPassword::new("correct horse battery".to_owned());
//! let vault = if Vault::exists(&dir)? { Vault::open(&dir, &password)? } else { Vault::create(&dir, &password)? };
//! let keys = LocalKeyStore::new(&vault)?; // the engine's `KeyStore`
//! let sealer = LocalSealer::new(&vault)?; // the engine's `Sealer`
//!
//! let sealed = sealer.seal("tx/1", b"signed bytes")?;
//! vault.rewrap(&MasterPassword::new("another password".to_owned()))?;
//! assert_eq!(sealer.open("tx/1", &sealed)?.as_slice(), b"signed bytes");
//! assert!(matches!(Vault::open(&dir, &password), Err(VaultError::WrongPassword)));
//! # Ok(())
//! # }
//! ```
//!
//! # What is protected
//!
//! Somebody who copies the files must guess the master password at the cost of Argon2id per guess. Somebody
//! who may write the files cannot make one wallet sign with another's key, nor bring in a key of their own:
//! every public field is authenticated, and the public key is derived again from what was decrypted.
//! Not protected: a process that may read this one's memory. Secrets are wiped when they are no longer needed,
//! and wallet keys stay encrypted in memory between signatures, but the data key must be present.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)
)]

mod curve;
mod files;
mod kdf;
mod key_file;
mod local;
mod sealer;
mod secp256k1;
mod secret;
mod subkey;
mod vault;
mod wrap;
mod xaes;

pub use kdf::{KdfParams, KdfParamsError};
pub use local::LocalKeyStore;
pub use sealer::LocalSealer;
pub use secret::{MasterPassword, Secret, WeakPassword};
pub use vault::{Vault, VaultError};
