//! Wrapping one 256-bit key under another: AES-256-GCM with a random 96-bit nonce.
//!
//! Random nonces are safe here because a wrapping key wraps few messages: a key-encryption key wraps one data
//! key and is never used again (a password change draws a new salt); the wallet subkey wraps one message per
//! wallet. NIST SP 800-38D section 8.3 allows 2³² messages under one key.

use crate::secret::Secret;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit, Nonce, Tag};
use serde::{Deserialize, Serialize};
use waiaas_engine::ports::clock::RandomError;

/// A wrapped key. Holds nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrapped {
    pub(crate) nonce: [u8; 12],
    pub(crate) ciphertext: [u8; 32],
    pub(crate) tag: [u8; 16],
}

/// Why a key was not wrapped or unwrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WrapError {
    #[error(transparent)]
    Random(#[from] RandomError),
    #[error("the key could not be encrypted")]
    Encrypt,
    #[error("authentication failed")]
    Unauthentic,
}

/// An AES-256-GCM key that wraps other keys. On the heap, wiped when dropped.
pub(crate) struct WrappingKey(Box<Aes256Gcm>);

impl WrappingKey {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        Self(Box::new(Aes256Gcm::new(key.expose().into())))
    }

    /// Encrypts `key`; `header` is authenticated with it.
    pub(crate) fn wrap(&self, header: &[u8], key: &Secret<[u8; 32]>) -> Result<Wrapped, WrapError> {
        let mut nonce = [0; 12];
        fill_random(&mut nonce)?;
        let mut ciphertext = *key.expose();
        let tag = self
            .0
            .encrypt_inout_detached(&Nonce::from(nonce), header, ciphertext.as_mut_slice().into())
            .map_err(|_| WrapError::Encrypt)?;
        Ok(Wrapped { nonce, ciphertext, tag: tag.into() })
    }

    /// Decrypts what [`WrappingKey::wrap`] made with the same `header`.
    pub(crate) fn unwrap(&self, header: &[u8], wrapped: &Wrapped) -> Result<Secret<[u8; 32]>, WrapError> {
        Secret::filled(|key| {
            key.copy_from_slice(&wrapped.ciphertext);
            self.0
                .decrypt_inout_detached(
                    &Nonce::from(wrapped.nonce),
                    header,
                    key.as_mut_slice().into(),
                    &Tag::from(wrapped.tag),
                )
                .map_err(|_| WrapError::Unauthentic)
        })
    }
}

/// Random bytes from the operating system.
///
/// Not through the engine's `Random` port: a repeatable source handed in for a test must never be able to
/// make a key or a nonce.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}

/// The `wrap` object of the vault file and of the wallet files; binary fields are lowercase hex.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct WrapJson {
    alg: String,
    dek_id: String,
    nonce: String,
    ciphertext: String,
    tag: String,
}

/// The only wrapping algorithm so far.
pub(crate) const ALG: &str = "aes-256-gcm";

impl WrapJson {
    pub(crate) fn new(dek_id: &[u8; 16], wrapped: &Wrapped) -> Self {
        Self {
            alg: ALG.to_owned(),
            dek_id: hex::encode(dek_id),
            nonce: hex::encode(wrapped.nonce),
            ciphertext: hex::encode(wrapped.ciphertext),
            tag: hex::encode(wrapped.tag),
        }
    }

    /// The data key's id and the wrapped key, or what is wrong with them.
    pub(crate) fn parse(&self) -> Result<([u8; 16], Wrapped), &'static str> {
        if self.alg != ALG {
            return Err("unknown encryption algorithm");
        }
        let wrapped = Wrapped {
            nonce: decode_hex(&self.nonce).ok_or("malformed nonce")?,
            ciphertext: decode_hex(&self.ciphertext).ok_or("malformed ciphertext")?,
            tag: decode_hex(&self.tag).ok_or("malformed tag")?,
        };
        Ok((decode_hex(&self.dek_id).ok_or("malformed data key id")?, wrapped))
    }
}

/// Exactly `N` bytes of lowercase hex. Upper case is refused so that a file has one spelling.
pub(crate) fn decode_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}
