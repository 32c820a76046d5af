//! Keys. Private keys exist only behind this port.

use crate::pipeline::permit::SignPermit;
use crate::ports::BoxError;
use async_trait::async_trait;
use waiaas_core::chain::ChainKind;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// The two 32-byte coordinates of an uncompressed secp256k1 point, without the 0x04 prefix.
    Secp256k1([u8; 64]),
    /// An Ed25519 point.
    Ed25519([u8; 32]),
}

/// A signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signature {
    /// ECDSA over the Keccak-256 hash of the payload, low S.
    Secp256k1 {
        /// `r ‖ s`, 32 bytes each, most significant first.
        rs: [u8; 64],
        /// Whether the y coordinate of R is odd.
        y_odd: bool,
    },
    /// Ed25519 over the payload itself.
    Ed25519([u8; 64]),
}

/// Why a key store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyStoreError {
    /// There is no key for the wallet.
    #[error("wallet `{0}` has no key")]
    NotFound(WalletId),
    /// There is a key already; keys are never overwritten.
    #[error("wallet `{0}` already has a key")]
    Exists(WalletId),
    /// The permit does not cover this payload, this wallet or this instant.
    #[error("signing permit refused: {0}")]
    Permit(&'static str),
    /// The chain has no key type in this build.
    #[error("keys for chain `{0}` are not supported by this build")]
    Unsupported(ChainKind),
    /// The stored key cannot be decrypted or is not the wallet's.
    #[error("key file of wallet `{wallet}` is damaged or was exchanged: {reason}")]
    Corrupt {
        /// Whose.
        wallet: WalletId,
        /// What is wrong, without secrets.
        reason: String,
    },
    /// The files are out of reach.
    #[error("key store is unavailable")]
    Unavailable(#[source] BoxError),
}

/// Creates keys and signs with them; never hands one out.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Makes a new random key for `wallet` and stores it durably before returning.
    ///
    /// # Errors
    /// [`KeyStoreError::Exists`] when there is one already.
    async fn create(&self, wallet: WalletId, chain: ChainKind) -> Result<PublicKey, KeyStoreError>;

    /// Signs `payload` once under `permit`.
    ///
    /// # Errors
    /// [`KeyStoreError::Permit`] when the payload does not hash to the permit's digest or the permit
    /// has expired at `now`.
    async fn sign(&self, permit: SignPermit, payload: &[u8], now: UnixMillis) -> Result<Signature, KeyStoreError>;

    /// The public key of `wallet`, or `None` when it has none.
    ///
    /// # Errors
    /// [`KeyStoreError::Corrupt`], [`KeyStoreError::Unavailable`].
    async fn public_key(&self, wallet: WalletId) -> Result<Option<PublicKey>, KeyStoreError>;

    /// Removes the key of `wallet` for good. Nothing happens when there is none.
    ///
    /// # Errors
    /// [`KeyStoreError::Unavailable`].
    async fn destroy(&self, wallet: WalletId) -> Result<(), KeyStoreError>;
}

/// Encrypts small secrets for storage elsewhere (signed bytes before broadcast, token secrets).
pub trait Sealer: Send + Sync {
    /// Encrypts `plain`. `context` is authenticated, not stored: opening needs the same text, so a
    /// sealed value cannot be moved to another row.
    ///
    /// # Errors
    /// [`SealError`].
    fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Decrypts what [`Sealer::seal`] made with the same `context`.
    ///
    /// # Errors
    /// [`SealError`] when it was altered, moved, or sealed under another key.
    fn open(&self, context: &str, sealed: &[u8]) -> Result<zeroize::Zeroizing<Vec<u8>>, SealError>;
}

/// Sealing or opening failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret cannot be {0}")]
pub struct SealError(
    /// `sealed` or `opened`.
    pub &'static str,
);
