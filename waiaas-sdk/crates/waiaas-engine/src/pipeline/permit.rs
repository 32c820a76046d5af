//! The only thing that makes a key sign.

use sha2::{Digest, Sha256};
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;

/// What a signature is for. Recorded with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignPurpose {
    /// A transaction that the policy cleared.
    Transaction,
    /// A zero self-transfer that closes a gap in the account's sequence numbers.
    SequenceRepair,
}

/// Proof that one exact payload may be signed once. Not `Clone`, not `Deserialize`; only this crate can
/// make one, so no route, binding or key store mints its own.
#[derive(Debug)]
pub struct SignPermit {
    wallet: WalletId,
    payload_digest: [u8; 32],
    purpose: SignPurpose,
    expires_at: UnixMillis,
}

impl SignPermit {
    pub(crate) fn new(wallet: WalletId, payload: &[u8], purpose: SignPurpose, expires_at: UnixMillis) -> Self {
        Self { wallet, payload_digest: Sha256::digest(payload).into(), purpose, expires_at }
    }

    /// A permit for tests of key stores in other crates.
    #[cfg(feature = "test-util")]
    #[must_use]
    pub fn for_tests(wallet: WalletId, payload: &[u8], purpose: SignPurpose, expires_at: UnixMillis) -> Self {
        Self::new(wallet, payload, purpose, expires_at)
    }

    /// Whose key may sign.
    #[must_use]
    pub const fn wallet(&self) -> WalletId {
        self.wallet
    }

    /// What the signature is for.
    #[must_use]
    pub const fn purpose(&self) -> SignPurpose {
        self.purpose
    }

    /// Whether the permit covers `payload` at `now`. Key stores call this first and sign nothing when it
    /// says no.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self, payload: &[u8], now: UnixMillis) -> Result<(), &'static str> {
        let digest: [u8; 32] = Sha256::digest(payload).into();
        if digest != self.payload_digest {
            return Err("the payload is not the one that was permitted");
        }
        if now >= self.expires_at {
            return Err("the permit has expired");
        }
        Ok(())
    }
}
