//! Solana addresses: 32 bytes, written in base58.

/// A 32-byte Solana address: an account, a program or a mint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SolanaAddress([u8; 32]);

/// The text is no Solana address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a Solana address: 32 bytes in base58")]
pub struct SolanaAddressError;

/// Longest base58 text of 32 bytes.
const TEXT_MAX: usize = 44;

super::order_by_words!(SolanaAddress);

impl SolanaAddress {
    /// The address of all zero bytes, which is also that of the System program.
    pub const ZERO: Self = Self([0; 32]);

    /// Wraps 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads base58 text of exactly 32 bytes. Letter case is part of the address, and every address has one text only.
    ///
    /// # Errors
    /// [`SolanaAddressError`].
    pub fn parse(text: &str) -> Result<Self, SolanaAddressError> {
        // The time to decode grows with the square of the length.
        if text.len() > TEXT_MAX {
            return Err(SolanaAddressError);
        }
        let mut bytes = [0_u8; 32];
        match bs58::decode(text).onto(&mut bytes) {
            Ok(32) => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err(SolanaAddressError),
        }
    }

    /// A well-known address that is written in the source.
    ///
    /// # Panics
    /// While compiling, when the text is no address.
    pub(crate) const fn literal(text: &str) -> Self {
        Self(bs58::decode(text.as_bytes()).into_array_const_unwrap())
    }
}

impl core::fmt::Display for SolanaAddress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut text = [0_u8; TEXT_MAX];
        let length = bs58::encode(&self.0).onto(text.as_mut_slice()).map_err(|_| core::fmt::Error)?;
        let written = text.get(..length).ok_or(core::fmt::Error)?;
        f.write_str(core::str::from_utf8(written).map_err(|_| core::fmt::Error)?)
    }
}

impl core::fmt::Debug for SolanaAddress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SolanaAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn well_known_addresses() {
        for text in [
            "11111111111111111111111111111111",
            "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
            "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
        ] {
            assert_eq!(SolanaAddress::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(SolanaAddress::parse("11111111111111111111111111111111"), Ok(SolanaAddress::ZERO));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            // One zero byte short, one too many.
            "1111111111111111111111111111111",
            "111111111111111111111111111111111",
            // Another letter case: 33 bytes, or letters that base58 does not have.
            "epjfwdd5aufqssqem2qn1xzybapc8g4weggkzwytdt1v",
            "7XKXTG2CW87D97TXJSDPBD5JBKHETQA83TZRUJOSGASU",
            // 31 bytes.
            "So1Wa11et111111111111111111111111111111111",
            " 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU",
            "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAs0",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
        ] {
            assert_eq!(SolanaAddress::parse(text), Err(SolanaAddressError), "{text}");
        }
        assert!(SolanaAddress::parse(&"z".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn text_round_trips(bytes: [u8; 32], zeros in 0..32_usize) {
            let mut bytes = bytes;
            bytes[..zeros].fill(0);
            let address = SolanaAddress::from_bytes(bytes);
            prop_assert_eq!(SolanaAddress::parse(&address.to_string()), Ok(address));
        }

        #[test]
        fn every_text_that_is_read_is_the_text_that_is_written(text in "[1-9A-HJ-NP-Za-km-z]{30,46}") {
            if let Ok(address) = SolanaAddress::parse(&text) {
                prop_assert_eq!(address.to_string(), text);
            }
        }
    }
}
