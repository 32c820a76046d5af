//! Plain numbers of rules: shares, multiples, scores.

use super::decimal::{Decimal, DecimalError};

/// A number without a unit, at least zero, fixed point: a count of millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u64);

impl Ratio {
    /// Fraction digits that a ratio keeps.
    pub const DECIMALS: u8 = 6;
    /// One.
    pub const ONE: Self = Self(1_000_000);

    /// Wraps a count of millionths.
    #[must_use]
    pub const fn from_millionths(millionths: u64) -> Self {
        Self(millionths)
    }

    /// The count of millionths.
    #[must_use]
    pub const fn millionths(self) -> u64 {
        self.0
    }

    /// Reads a decimal such as `0.75`, exactly.
    ///
    /// # Errors
    /// [`DecimalError`] on bad syntax, more than 6 fraction digits, or above about 1.8 × 10¹³.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let digits = Decimal::parse(text)?.scaled_digits(Self::DECIMALS)?;
        digits.parse().map(Self).map_err(|_| DecimalError::TooLarge)
    }
}

impl core::fmt::Display for Ratio {
    /// Plain decimal, trailing zeros dropped: `0.75`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&super::decimal::with_point(&self.0.to_string(), Self::DECIMALS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_decimals() {
        assert_eq!(Ratio::parse("0.750").unwrap().to_string(), "0.75");
        assert_eq!(Ratio::parse("1").unwrap(), Ratio::ONE);
        assert!(Ratio::parse("49.99").unwrap() < Ratio::parse("50").unwrap());
        for refused in ["-1", "0.0000001", "99999999999999", "1e3"] {
            assert!(Ratio::parse(refused).is_err(), "{refused}");
        }
    }
}
