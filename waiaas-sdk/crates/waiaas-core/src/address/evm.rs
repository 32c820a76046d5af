//! EVM addresses: 20 bytes, shown with the mixed-case checksum of EIP-55.

use sha3::{Digest, Keccak256};

/// A 20-byte EVM address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EvmAddress([u8; 20]);

/// Why an EVM address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvmAddressError {
    /// Not `0x` and 40 hexadecimal digits.
    #[error("expected an EVM address: `0x` and 40 hexadecimal digits")]
    Syntax,
    /// Mixed case, but not the case that EIP-55 gives.
    #[error("the address fails its EIP-55 checksum; check it for a mistyped character")]
    Checksum,
}

super::order_by_words!(EvmAddress);

impl EvmAddress {
    /// The zero address.
    pub const ZERO: Self = Self([0; 20]);

    /// Wraps 20 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The 20 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// Reads `0x` and 40 hexadecimal digits. All-lower and all-upper text is accepted; mixed case must
    /// match its EIP-55 checksum.
    ///
    /// # Errors
    /// See [`EvmAddressError`].
    pub fn parse(text: &str) -> Result<Self, EvmAddressError> {
        let address = Self::parse_any_case(text)?;
        let letters = text.get(2..).unwrap_or_default();
        let lower = letters.bytes().any(|byte| byte.is_ascii_lowercase());
        let upper = letters.bytes().any(|byte| byte.is_ascii_uppercase());
        if lower && upper && address.to_string() != text {
            return Err(EvmAddressError::Checksum);
        }
        Ok(address)
    }

    /// Reads `0x` and 40 hexadecimal digits whose EIP-55 checksum must be present and right. For
    /// addresses that a person registers once and trusts for long, such as an owner's.
    ///
    /// # Errors
    /// See [`EvmAddressError`].
    pub fn parse_checksummed(text: &str) -> Result<Self, EvmAddressError> {
        let address = Self::parse_any_case(text)?;
        if address.to_string() == text { Ok(address) } else { Err(EvmAddressError::Checksum) }
    }

    /// Reads `0x` and 40 hexadecimal digits in any case, without looking at the checksum.
    ///
    /// # Errors
    /// [`EvmAddressError::Syntax`].
    pub fn parse_any_case(text: &str) -> Result<Self, EvmAddressError> {
        let digits = text.strip_prefix("0x").ok_or(EvmAddressError::Syntax)?;
        let mut bytes = [0_u8; 20];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| EvmAddressError::Syntax)?;
        Ok(Self(bytes))
    }

    /// `0x` and 40 lowercase digits.
    #[must_use]
    pub fn to_lower_hex(&self) -> String {
        format!("0x{}", hex::encode(self.0))
    }

    /// The address of an uncompressed secp256k1 public key: the last 20 bytes of the Keccak-256 hash of
    /// its 64 coordinate bytes (Ethereum Yellow Paper, appendix F).
    #[must_use]
    pub fn from_public_key(coordinates: &[u8; 64]) -> Self {
        let hash: [u8; 32] = Keccak256::digest(coordinates).into();
        let [_, _, _, _, _, _, _, _, _, _, _, _, tail @ ..] = hash;
        Self(tail)
    }
}

impl core::fmt::Display for EvmAddress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let lower = hex::encode(self.0);
        let hash = hex::encode(Keccak256::digest(lower.as_bytes()));
        f.write_str("0x")?;
        for (letter, nibble) in lower.chars().zip(hash.chars()) {
            // EIP-55: a letter is upper case where the hash of the lower-case text has a nibble of 8 or more.
            let shown = if nibble >= '8' { letter.to_ascii_uppercase() } else { letter };
            core::fmt::Write::write_char(f, shown)?;
        }
        Ok(())
    }
}

impl core::fmt::Debug for EvmAddress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "EvmAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eip_55_examples() {
        // The test cases of EIP-55 itself.
        for text in [
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0xde709f2102306220921060314715629080e2fb77",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        ] {
            assert_eq!(EvmAddress::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_flipped_letter_is_noticed() {
        assert_eq!(EvmAddress::parse("0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed"), Err(EvmAddressError::Checksum));
        assert!(EvmAddress::parse("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed").is_ok());
        assert_eq!(
            EvmAddress::parse_checksummed("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
            Err(EvmAddressError::Checksum)
        );
        for text in [
            "",
            "0x",
            "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg",
        ] {
            assert_eq!(EvmAddress::parse(text), Err(EvmAddressError::Syntax), "{text}");
        }
    }
}
