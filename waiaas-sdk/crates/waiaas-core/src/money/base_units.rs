//! Amounts in the smallest unit of an asset.

use super::decimal::{Decimal, DecimalError, with_point};
use ruint::aliases::U256;

/// A number of smallest units of one asset: wei, lamports, drops or token units. 0 to 2²⁵⁶ − 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BaseUnits(U256); // INVARIANT: only this module does arithmetic on it, always checked

/// Why an amount was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a string of digits.
    #[error("expected a string of digits (smallest units)")]
    NotDigits,
    /// Not a decimal number, or more fraction digits than the asset has.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// Above 2²⁵⁶ − 1.
    #[error("amount is larger than 2^256 - 1")]
    TooLarge,
}

impl BaseUnits {
    /// Nothing.
    pub const ZERO: Self = Self(U256::ZERO);
    /// 2²⁵⁶ − 1, the sentinel that token contracts take for "unlimited".
    pub const MAX: Self = Self(U256::MAX);

    /// Wraps an integer.
    #[must_use]
    pub const fn new(value: U256) -> Self {
        Self(value)
    }

    /// Wraps a small integer.
    #[must_use]
    pub fn from_u128(value: u128) -> Self {
        Self(U256::from(value))
    }

    /// The integer inside.
    #[must_use]
    pub const fn get(self) -> U256 {
        self.0
    }

    /// Reads a string of ASCII digits.
    ///
    /// # Errors
    /// [`AmountError::NotDigits`] or [`AmountError::TooLarge`].
    pub fn parse_digits(text: &str) -> Result<Self, AmountError> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AmountError::NotDigits);
        }
        U256::from_str_radix(text, 10).map(Self).map_err(|_| AmountError::TooLarge)
    }

    /// Reads a human decimal (`"0.5"`) of an asset with `decimals` places, exactly.
    ///
    /// # Errors
    /// [`AmountError::Decimal`] on bad syntax or too many fraction digits, [`AmountError::TooLarge`].
    pub fn from_human(text: &str, decimals: u8) -> Result<Self, AmountError> {
        Self::parse_digits(&Decimal::parse(text)?.scaled_digits(decimals)?)
    }

    /// Reads a human decimal, cutting off what lies below one smallest unit. For limits only.
    ///
    /// # Errors
    /// [`AmountError::Decimal`] on bad syntax, [`AmountError::TooLarge`].
    pub fn from_human_truncated(text: &str, decimals: u8) -> Result<Self, AmountError> {
        Self::parse_digits(&Decimal::parse(text)?.truncated_digits(decimals))
    }

    /// The amount in whole units as decimal text: `1500000` with 6 places is `1.5`.
    #[must_use]
    pub fn to_human(self, decimals: u8) -> String {
        with_point(&self.0.to_string(), decimals)
    }

    /// Sum, or `None` above 2²⁵⁶ − 1.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Difference, or `None` below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Sum, stopping at 2²⁵⁶ − 1. For comparing against limits, where the largest value is the strictest.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Whether this is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// 32 bytes, most significant first.
    #[must_use]
    pub fn to_be_bytes(self) -> [u8; 32] {
        self.0.to_be_bytes()
    }

    /// Reads 32 bytes, most significant first.
    #[must_use]
    pub fn from_be_bytes(bytes: [u8; 32]) -> Self {
        Self(U256::from_be_bytes(bytes))
    }
}

impl core::fmt::Display for BaseUnits {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn human_text_is_exact() {
        assert_eq!(BaseUnits::from_human("0.1", 18).unwrap().to_string(), "100000000000000000");
        assert_eq!(BaseUnits::from_human("1.5", 6).unwrap().to_human(6), "1.5");
        assert_eq!(
            BaseUnits::from_human("1.0000001", 6),
            Err(AmountError::Decimal(DecimalError::TooPrecise { allowed: 6 }))
        );
        assert_eq!(BaseUnits::from_human_truncated("1.0000009", 6).unwrap().to_string(), "1000000");
    }

    #[test]
    fn range_is_checked() {
        let max = BaseUnits::MAX.to_string();
        assert_eq!(BaseUnits::parse_digits(&max), Ok(BaseUnits::MAX));
        assert_eq!(BaseUnits::parse_digits(&format!("{max}0")), Err(AmountError::TooLarge));
        assert_eq!(BaseUnits::MAX.checked_add(BaseUnits::from_u128(1)), None);
        assert_eq!(BaseUnits::ZERO.checked_sub(BaseUnits::from_u128(1)), None);
        assert_eq!(BaseUnits::parse_digits("-1"), Err(AmountError::NotDigits));
    }
}
