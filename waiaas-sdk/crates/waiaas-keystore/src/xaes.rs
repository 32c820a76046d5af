//! XAES-256-GCM as specified by C2SP (<https://c2sp.org/XAES-256-GCM>): AES-256-GCM with a 192-bit nonce.
//!
//! Half the nonce selects a fresh AES-256-GCM key (NIST SP 800-108r1, counter mode with CMAC), the other half
//! is that key's nonce. Nonces can therefore be random for 2⁸⁰ messages. Plain AES-256-GCM stops at 2³²
//! random nonces under one key, which 500 sealed transactions a second reach in about a hundred days.

use crate::secret::Secret;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::aes::Aes256;
use aes_gcm::aes::cipher::{Array, BlockCipherEncrypt};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use zeroize::Zeroizing;

/// The nonce in bytes.
pub(crate) const NONCE_LEN: usize = 24;

/// Encryption or decryption failed; there is nothing to say about why.
pub(crate) struct Failed;

/// A key, with what every message needs of it computed beforehand.
pub(crate) struct XaesKey {
    cipher: Box<Aes256>,
    /// The CMAC subkey K1 (NIST SP 800-38B section 6.1).
    k1: Secret<[u8; 16]>,
}

impl XaesKey {
    pub(crate) fn new(key: &Secret<[u8; 32]>) -> Self {
        let cipher = Box::new(Aes256::new(key.expose().into()));
        let mut zero = Array::from([0_u8; 16]);
        cipher.encrypt_block(&mut zero);
        // The reduction constant of GF(2¹²⁸) is added by arithmetic, not by a branch on the secret top bit.
        let l = u128::from_be_bytes(zero.into());
        let k1 = (l << 1) ^ ((l >> 127) * 0x87);
        Self { cipher, k1: Secret::new(k1.to_be_bytes()) }
    }

    /// Ciphertext followed by the 16-byte tag. `nonce` must be random.
    pub(crate) fn encrypt(&self, nonce: &[u8; NONCE_LEN], aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, Failed> {
        let (selector, rest) = halves(nonce);
        let cipher = self.message_cipher(selector);
        cipher.encrypt(&Nonce::from(rest), Payload { msg: plain, aad }).map_err(|_| Failed)
    }

    /// The plain text of what [`XaesKey::encrypt`] made with the same nonce and `aad`.
    pub(crate) fn decrypt(
        &self,
        nonce: &[u8; NONCE_LEN],
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Failed> {
        let (selector, rest) = halves(nonce);
        let cipher = self.message_cipher(selector);
        cipher.decrypt(&Nonce::from(rest), Payload { msg: sealed, aad }).map(Zeroizing::new).map_err(|_| Failed)
    }

    fn message_cipher(&self, selector: [u8; 12]) -> Aes256Gcm {
        let mut key = Zeroizing::new([0_u8; 32]);
        for (half, counter) in key.chunks_exact_mut(16).zip(1_u8..) {
            half.copy_from_slice(&self.cmac_block(counter, selector));
        }
        Aes256Gcm::new((&*key).into())
    }

    /// CMAC of the single block `0x00 counter 'X' 0x00 selector`.
    fn cmac_block(&self, counter: u8, selector: [u8; 12]) -> [u8; 16] {
        let mut block = [0_u8; 16];
        let input = [0, counter, b'X', 0].into_iter().chain(selector);
        for ((byte, value), mask) in block.iter_mut().zip(input).zip(self.k1.expose()) {
            *byte = value ^ mask;
        }
        let mut block = Array::from(block);
        self.cipher.encrypt_block(&mut block);
        block.into()
    }
}

const fn halves(nonce: &[u8; NONCE_LEN]) -> ([u8; 12], [u8; 12]) {
    let [s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11] = *nonce;
    ([s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11], [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_specification() {
        // Both vectors of the specification; between them they cover both values of the doubled bit.
        for (key, aad, expected) in [
            (1_u8, "", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
            (3, "c2sp.org/XAES-256-GCM", "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"),
        ] {
            let key = XaesKey::new(&Secret::new([key; 32]));
            let nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX";
            let sealed = key.encrypt(nonce, aad.as_bytes(), b"XAES-256-GCM").ok().unwrap();
            assert_eq!(hex::encode(&sealed), expected);
            assert_eq!(*key.decrypt(nonce, aad.as_bytes(), &sealed).ok().unwrap(), b"XAES-256-GCM");
        }
    }
}
