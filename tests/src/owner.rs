//! A key that signs in as the owner of a wallet (EIP-4361 text, EIP-191 signature).

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use k256::ecdsa::SigningKey;
use sha3::{Digest, Keccak256};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The domain that owners sign for; one of those that the service admits by itself.
pub const DOMAIN: &str = "waiaas.local";
/// How long a message is good for.
const LIFETIME: Duration = Duration::from_secs(300);

/// An owner's key pair.
#[derive(Clone, Debug)]
pub struct OwnerKey(SigningKey);

impl OwnerKey {
    /// The key whose 32 bytes all are `byte`. Everybody knows it: for test networks only.
    ///
    /// # Errors
    /// `byte` is zero.
    pub fn well_known(byte: u8) -> Result<Self> {
        SigningKey::from_slice(&[byte; 32]).map(Self).context("zero is not a key")
    }

    /// The account, with EIP-55 checksum.
    #[must_use]
    pub fn address(&self) -> String {
        let point = self.0.verifying_key().to_sec1_point(false);
        let hash = Keccak256::digest(point.as_bytes().get(1..).unwrap_or_default());
        checksummed(&hex::encode(hash.get(12..).unwrap_or_default()))
    }

    /// The text that says `statement`, bound to `nonce` and fresh now.
    #[must_use]
    pub fn message(&self, statement: &str, nonce: &str, chain_id: u64) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        format!(
            "{DOMAIN} wants you to sign in with your Ethereum account:\n{}\n\n{statement}\n\nURI: http://{DOMAIN}\n\
             Version: 1\nChain ID: {chain_id}\nNonce: {nonce}\nIssued At: {}\nExpiration Time: {}",
            self.address(),
            rfc3339(now),
            rfc3339(now.saturating_add(LIFETIME)),
        )
    }

    /// The signature that wallets call `personal_sign`, as `0x` and 65 bytes.
    ///
    /// # Errors
    /// The key refuses to sign; it never does.
    pub fn sign(&self, message: &str) -> Result<String> {
        let prefixed = format!("\u{19}Ethereum Signed Message:\n{}{message}", message.len());
        let (signature, recovery) = self.0.sign_prehash_recoverable(&Keccak256::digest(prefixed));
        Ok(format!("0x{}{:02x}", hex::encode(signature.to_bytes()), recovery.to_byte().saturating_add(27)))
    }

    /// The headers that prove that the owner says `statement`.
    ///
    /// # Errors
    /// See [`Self::sign`].
    pub fn headers(&self, statement: &str, nonce: &str, chain_id: u64) -> Result<Vec<(String, String)>> {
        let message = self.message(statement, nonce, chain_id);
        Ok(vec![
            ("X-Owner-Signature".to_owned(), self.sign(&message)?),
            ("X-Owner-Message".to_owned(), STANDARD.encode(message)),
        ])
    }
}

/// An address of 40 hexadecimal digits in the mixed case of EIP-55.
#[must_use]
pub fn checksummed(digits: &str) -> String {
    let hash = hex::encode(Keccak256::digest(digits));
    let letters = digits.chars().zip(hash.chars());
    let mixed = letters.map(|(letter, nibble)| if nibble >= '8' { letter.to_ascii_uppercase() } else { letter });
    format!("0x{}", mixed.collect::<String>())
}

/// Seconds since 1970 as `2026-03-04T12:00:00Z`.
fn rfc3339(since_epoch: Duration) -> String {
    let seconds = since_epoch.as_secs();
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Howard Hinnant's days-to-civil algorithm for the Gregorian calendar, years from March to February.
    let shifted = days.saturating_add(719_468);
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_the_calendar_has_them() {
        for (seconds, expect) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc3339(Duration::from_secs(seconds)), expect);
        }
    }

    #[test]
    fn the_account_of_a_known_key_is_known() {
        // The key of the example in EIP-155.
        let key = OwnerKey::well_known(0x46).unwrap();
        assert_eq!(key.address(), "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F");
    }
}
