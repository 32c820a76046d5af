//! secp256k1 keys of EVM wallets: making, deriving the public key, signing.

use crate::secret::Secret;
use crate::wrap::fill_random;
use k256::ecdsa::SigningKey;
use sha3::{Digest, Keccak256};
use waiaas_engine::ports::clock::RandomError;
use waiaas_engine::ports::keystore::Signature;

/// The bytes are not a private key: zero or not below the order of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a secp256k1 private key")]
pub(crate) struct InvalidKey;

/// A private key ready to sign, with its public key. `SigningKey` wipes itself when dropped.
pub(crate) struct Secp256k1Key(SigningKey);

impl Secp256k1Key {
    /// Reads a 32-byte scalar, most significant byte first.
    pub(crate) fn from_scalar(scalar: &Secret<[u8; 32]>) -> Result<Self, InvalidKey> {
        SigningKey::from_slice(scalar.expose()).map(Self).map_err(|_| InvalidKey)
    }

    /// The two coordinates of the public key, 32 bytes each, most significant first.
    pub(crate) fn public_key(&self) -> Result<[u8; 64], InvalidKey> {
        let point = self.0.verifying_key().to_sec1_point(false);
        match point.as_bytes().split_first() {
            Some((0x04, coordinates)) => coordinates.try_into().map_err(|_| InvalidKey),
            _ => Err(InvalidKey),
        }
    }

    /// ECDSA over the Keccak-256 hash of `payload`: nonce by RFC 6979, so no randomness can go wrong here;
    /// low S (EIP-2); the parity bit says which public key to recover.
    pub(crate) fn sign(&self, payload: &[u8]) -> Signature {
        let prehash = Keccak256::digest(payload);
        let (signature, recovery) = self.0.sign_prehash_recoverable(&prehash);
        Signature::Secp256k1 { rs: signature.to_bytes().into(), y_odd: recovery.is_y_odd() }
    }
}

/// A new uniformly random scalar. A draw outside the curve's order (chance 2⁻¹²⁸) is drawn again.
pub(crate) fn random_scalar() -> Result<Secret<[u8; 32]>, RandomError> {
    loop {
        let scalar = Secret::filled(|bytes| fill_random(bytes))?;
        if Secp256k1Key::from_scalar(&scalar).is_ok() {
            return Ok(scalar);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k256::ecdsa::{RecoveryId, VerifyingKey};

    #[test]
    fn signs_the_example_of_eip_155() {
        // EIP-155, section "Example": private key 0x46…46, the signing data and the signed transaction.
        let key = Secp256k1Key::from_scalar(&Secret::new([0x46; 32])).unwrap();
        let signing_data =
            hex::decode("ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080")
                .unwrap();
        let Signature::Secp256k1 { rs, y_odd } = key.sign(&signing_data) else { panic!("another curve") };
        assert_eq!(hex::encode(&rs[..32]), "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276");
        assert_eq!(hex::encode(&rs[32..]), "67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
        assert!(!y_odd, "v is 37 = 35 + 2 * chain id 1 + parity 0");
    }

    #[test]
    fn the_public_key_is_the_well_known_one() {
        // The private key 1 has the generator itself as its public key (SEC 2, section 2.4.1).
        let mut one = [0; 32];
        one[31] = 1;
        let public = Secp256k1Key::from_scalar(&Secret::new(one)).unwrap().public_key().unwrap();
        assert_eq!(
            hex::encode(public),
            "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798\
             483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
        );
    }

    #[test]
    fn s_is_low_and_the_parity_recovers_the_key() {
        // Half the order of the curve, rounded down (EIP-2).
        let half_order = hex::decode("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0").unwrap();
        let key = Secp256k1Key::from_scalar(&random_scalar().unwrap()).unwrap();
        let mut parities = std::collections::BTreeSet::new();
        for message in 0_u8..64 {
            let Signature::Secp256k1 { rs, y_odd } = key.sign(&[message]) else { panic!("another curve") };
            assert!(rs[32..] <= half_order[..]);
            parities.insert(y_odd);
            let signature = k256::ecdsa::Signature::from_slice(&rs).unwrap();
            let prehash = Keccak256::digest([message]);
            let recovered =
                VerifyingKey::recover_from_prehash(&prehash, &signature, RecoveryId::new(y_odd, false)).unwrap();
            assert_eq!(&recovered, key.0.verifying_key());
        }
        assert_eq!(parities.len(), 2, "both parities occur");
    }

    #[test]
    fn refuses_scalars_outside_the_curve() {
        let order = hex::decode("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141").unwrap();
        for scalar in [[0; 32], order.try_into().unwrap(), [0xff; 32]] {
            assert!(Secp256k1Key::from_scalar(&Secret::new(scalar)).is_err());
        }
    }
}
