//! Currency codes of the XRP Ledger (XRPL documentation, "Currency Formats").

use super::AssetIdError;

/// The code of a currency that somebody issues on the XRP Ledger: 160 bits, as the ledger stores them.
///
/// A code of three characters and its form as 40 hexadecimal digits are the same code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode([u8; 20]);

/// Where the three characters of a standard code stand; everything else in it is zero.
const STANDARD: core::ops::Range<usize> = 12..15;

/// What the native coin is called, which nobody can issue.
const NATIVE: [u8; 3] = *b"XRP";

impl CurrencyCode {
    /// Reads three letters or digits, whose case matters, or 40 hexadecimal digits. A standard code with one of the
    /// signs that the ledger permits beside letters and digits is read in hexadecimal only: CAIP-19 has no place for them.
    ///
    /// # Errors
    /// [`AssetIdError`], also for `XRP` and for hexadecimal forms that begin with a zero byte without being a standard
    /// code.
    pub fn parse(text: &str) -> Result<Self, AssetIdError> {
        let mut bytes = [0_u8; 20];
        if let Ok(characters) = <[u8; 3]>::try_from(text.as_bytes()) {
            let plain = characters.iter().all(u8::is_ascii_alphanumeric) && characters != NATIVE;
            bytes.get_mut(STANDARD).filter(|_| plain).ok_or(AssetIdError)?.copy_from_slice(&characters);
            return Ok(Self(bytes));
        }
        hex::decode_to_slice(text, &mut bytes).map_err(|_| AssetIdError)?;
        Self::from_bytes(bytes)
    }

    /// Wraps the 160 bits of the ledger.
    ///
    /// # Errors
    /// [`AssetIdError`] for the native coin, and for what begins with a zero byte without being a standard code.
    pub fn from_bytes(bytes: [u8; 20]) -> Result<Self, AssetIdError> {
        let code = Self(bytes);
        let own_format = !matches!(bytes, [0, ..]);
        let permitted = |characters: [u8; 3]| characters != NATIVE && characters.into_iter().all(is_permitted);
        if own_format || code.standard().is_some_and(permitted) { Ok(code) } else { Err(AssetIdError) }
    }

    /// The 160 bits of the ledger.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The three characters, when everything beside them is zero.
    fn standard(&self) -> Option<[u8; 3]> {
        let [.., a, b, c, _, _, _, _, _] = self.0;
        let mut bytes = [0_u8; 20];
        bytes.get_mut(STANDARD)?.copy_from_slice(&[a, b, c]);
        (bytes == self.0).then_some([a, b, c])
    }
}

/// The characters of a standard code.
fn is_permitted(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"?!@#$%^&*<>(){}[]|".contains(&byte)
}

impl core::fmt::Display for CurrencyCode {
    /// Three characters where they are letters and digits, else 40 upper-case hexadecimal digits.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.standard().filter(|characters| characters.iter().all(u8::is_ascii_alphanumeric)) {
            Some(characters) => f.write_str(core::str::from_utf8(&characters).map_err(|_| core::fmt::Error)?),
            None => f.write_str(&hex::encode_upper(self.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        for (given, expect) in [
            ("USD", Some("USD")),
            ("usd", Some("usd")),
            ("1iN", Some("1iN")),
            ("524C555344000000000000000000000000000000", Some("524C555344000000000000000000000000000000")),
            ("524c555344000000000000000000000000000000", Some("524C555344000000000000000000000000000000")),
            ("0000000000000000000000005553440000000000", Some("USD")),
            ("0000000000000000000000002424240000000000", Some("0000000000000000000000002424240000000000")),
            ("XRP", None),
            ("xrp", Some("xrp")),
            ("0000000000000000000000005852500000000000", None),
            ("0000000000000000000000000000000000000000", None),
            ("0000000000000000000000005553440000000001", None),
            ("0000000000000000000000005500440000000000", None),
            ("$$$", None),
            ("US", None),
            ("USDC", None),
            ("U\u{e9}", None),
            ("", None),
            ("524C55534400000000000000000000000000000", None),
        ] {
            let code = CurrencyCode::parse(given);
            assert_eq!(code.ok().map(|code| code.to_string()).as_deref(), expect, "{given}");
            assert_eq!(code.and_then(|code| CurrencyCode::from_bytes(*code.as_bytes())), code, "{given}");
        }
        assert_eq!(CurrencyCode::parse("USD"), CurrencyCode::parse("0000000000000000000000005553440000000000"));
        assert_ne!(CurrencyCode::parse("USD"), CurrencyCode::parse("usd"));
    }
}
