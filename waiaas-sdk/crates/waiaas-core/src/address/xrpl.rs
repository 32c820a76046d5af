//! Addresses of the XRP Ledger: 20-byte account ids in base58 with a checksum (XRPL documentation, "Base58 Encodings").

use sha2::{Digest, Sha256};

/// The id of an account on the XRP Ledger.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct XrplAddress([u8; 20]);

/// Why an XRPL address was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XrplAddressError {
    /// Not base58 of an account id.
    #[error("expected a classic XRPL address, which begins with `r`")]
    Syntax,
    /// The last four bytes do not belong to the others.
    #[error("the address fails its checksum; check it for a mistyped character")]
    Checksum,
}

/// The type prefix of account ids.
const ACCOUNT_ID: u8 = 0x00;

/// Prefix, account id and checksum.
const RAW: usize = 25;

/// Longest text of [`RAW`] bytes.
const TEXT_MAX: usize = 35;

super::order_by_words!(XrplAddress);

impl XrplAddress {
    /// Wraps an account id.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The account id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// Reads a classic address (`r…`). X-addresses, which carry a destination tag as well, are not accounts and are
    /// refused. Letter case is part of the address, and every address has one text only.
    ///
    /// # Errors
    /// See [`XrplAddressError`].
    pub fn parse(text: &str) -> Result<Self, XrplAddressError> {
        // The time to decode grows with the square of the length.
        if text.len() > TEXT_MAX {
            return Err(XrplAddressError::Syntax);
        }
        let mut raw = [0_u8; RAW];
        let length = bs58::decode(text).with_alphabet(bs58::Alphabet::RIPPLE).onto(&mut raw);
        let (Ok(RAW), [ACCOUNT_ID, rest @ ..]) = (length, &raw) else { return Err(XrplAddressError::Syntax) };
        let (Some(id), Some(check)) = (rest.first_chunk::<20>(), rest.last_chunk::<4>()) else {
            return Err(XrplAddressError::Syntax);
        };
        if checksum(id) == *check { Ok(Self(*id)) } else { Err(XrplAddressError::Checksum) }
    }
}

/// The first four bytes of SHA-256 applied twice to prefix and id.
fn checksum(id: &[u8; 20]) -> [u8; 4] {
    let once = Sha256::new().chain_update([ACCOUNT_ID]).chain_update(id).finalize();
    let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(once).into();
    [a, b, c, d]
}

impl core::fmt::Display for XrplAddress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut raw = [0_u8; RAW];
        let bytes = [ACCOUNT_ID].into_iter().chain(self.0).chain(checksum(&self.0));
        for (place, byte) in raw.iter_mut().zip(bytes) {
            *place = byte;
        }
        let mut text = [0_u8; TEXT_MAX];
        let encoded = bs58::encode(raw).with_alphabet(bs58::Alphabet::RIPPLE).onto(text.as_mut_slice());
        let written = text.get(..encoded.map_err(|_| core::fmt::Error)?).ok_or(core::fmt::Error)?;
        f.write_str(core::str::from_utf8(written).map_err(|_| core::fmt::Error)?)
    }
}

impl core::fmt::Debug for XrplAddress {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "XrplAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn well_known_addresses() {
        // ACCOUNT_ZERO, ACCOUNT_ONE and the genesis account of the XRPL documentation; two issuers.
        for text in [
            "rrrrrrrrrrrrrrrrrrrrrhoLvTp",
            "rrrrrrrrrrrrrrrrrrrrBZbvji",
            "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh",
            "rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B",
            "rMxCKbEDwqr76QuheSUMdEGf4B9xJ8m5De",
        ] {
            assert_eq!(XrplAddress::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(XrplAddress::parse("rrrrrrrrrrrrrrrrrrrrrhoLvTp"), Ok(XrplAddress::from_bytes([0; 20])));
        assert_eq!(
            hex::encode(XrplAddress::parse("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh").unwrap().as_bytes()),
            "b5f762798a53d543a014caf8b297cff8f2f937e8"
        );
    }

    #[test]
    fn everything_else_is_refused() {
        use XrplAddressError::{Checksum, Syntax};
        for (text, expect) in [
            ("", Syntax),
            ("r", Syntax),
            ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTj", Checksum),
            ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyT", Checksum),
            ("rHb9CJAWyB4rj91VRWn96Dkuk", Syntax),
            // Another letter case.
            ("rhb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", Checksum),
            ("RHB9CJAWYB4RJ91VRWN96DKUKG4BWDTYTH", Syntax),
            // The same account with a destination tag, and the seed of the genesis account.
            ("X7gJ5YK8abHf2eTPWPFHAAot8Knck11QGqmQ7a6a3Z8PJvk", Syntax),
            ("snoPBrXtMeMyMHUVTgbuqAfg1SUTb", Syntax),
            ("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU", Syntax),
        ] {
            assert_eq!(XrplAddress::parse(text), Err(expect), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_round_trips(bytes: [u8; 20], zeros in 0..20_usize) {
            let mut bytes = bytes;
            bytes[..zeros].fill(0);
            let address = XrplAddress::from_bytes(bytes);
            prop_assert_eq!(XrplAddress::parse(&address.to_string()), Ok(address));
        }
    }
}
