//! Which curve a chain signs with, and what each curve can do. A further curve adds a variant to the three
//! enums here; the compiler then lists what is left to write.

use crate::secp256k1::{InvalidKey, Secp256k1Key, random_scalar};
use crate::secret::Secret;
use crate::wrap::decode_hex;
use waiaas_core::chain::ChainKind;
use waiaas_engine::ports::clock::RandomError;
use waiaas_engine::ports::keystore::{PublicKey, Signature};

/// A curve that this build signs on. Its private keys are 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    Secp256k1,
}

impl Curve {
    /// The curve of `chain`'s keys, or `None` when this build has no keys for the chain.
    pub(crate) const fn of(chain: ChainKind) -> Option<Self> {
        match chain {
            ChainKind::Ethereum => Some(Self::Secp256k1),
            ChainKind::Solana | ChainKind::Ripple => None,
        }
    }

    /// The name in key files.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Secp256k1 => "secp256k1",
        }
    }

    /// A new random private key.
    pub(crate) fn random_secret(self) -> Result<Secret<[u8; 32]>, RandomError> {
        match self {
            Self::Secp256k1 => random_scalar(),
        }
    }

    /// Makes a private key ready to sign.
    pub(crate) fn key(self, secret: &Secret<[u8; 32]>) -> Result<SigningKey, InvalidKey> {
        match self {
            Self::Secp256k1 => Secp256k1Key::from_scalar(secret).map(SigningKey::Secp256k1),
        }
    }

    /// Reads the public key of a key file.
    pub(crate) fn parse_public(self, text: &str) -> Option<Public> {
        match self {
            Self::Secp256k1 => decode_hex(text).map(Public::Secp256k1),
        }
    }
}

/// A private key ready to sign; wiped when dropped.
pub(crate) enum SigningKey {
    Secp256k1(Secp256k1Key),
}

impl SigningKey {
    pub(crate) fn public(&self) -> Result<Public, InvalidKey> {
        match self {
            Self::Secp256k1(key) => key.public_key().map(Public::Secp256k1),
        }
    }

    pub(crate) fn sign(&self, payload: &[u8]) -> Signature {
        match self {
            Self::Secp256k1(key) => key.sign(payload),
        }
    }
}

/// A public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Public {
    /// Both coordinates, without the 0x04 prefix.
    Secp256k1([u8; 64]),
}

impl Public {
    /// Lowercase hex, as in key files.
    pub(crate) fn to_hex(self) -> String {
        match self {
            Self::Secp256k1(coordinates) => hex::encode(coordinates),
        }
    }
}

impl From<Public> for PublicKey {
    fn from(public: Public) -> Self {
        match public {
            Public::Secp256k1(coordinates) => Self::Secp256k1(coordinates),
        }
    }
}
