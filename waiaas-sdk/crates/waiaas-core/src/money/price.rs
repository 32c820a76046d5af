//! Prices in US dollars per whole unit of an asset.

use super::decimal::{Decimal, DecimalError};

/// US dollars per whole unit, as an integer count of 10⁻¹⁸ dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(u128);

/// Why a price was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// Not a decimal number, or more than 18 fraction digits, or above the range.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// A price of zero is an absent price: it would make every amount worthless to the limits.
    #[error("a price must be above zero")]
    Zero,
}

impl Price {
    /// Fraction digits that a price keeps.
    pub const DECIMALS: u8 = 18;

    /// Reads a decimal such as `2000` or `0.9998`.
    ///
    /// # Errors
    /// See [`PriceError`]. The largest price is about 3.4 × 10²⁰ dollars.
    pub fn parse(text: &str) -> Result<Self, PriceError> {
        let digits = Decimal::parse(text)?.scaled_digits(Self::DECIMALS)?;
        match digits.parse::<u128>() {
            Ok(0) => Err(PriceError::Zero),
            Ok(value) => Ok(Self(value)),
            Err(_) => Err(PriceError::Decimal(DecimalError::TooLarge)),
        }
    }

    /// The count of 10⁻¹⁸ dollars.
    #[must_use]
    pub const fn atto_usd(self) -> u128 {
        self.0
    }
}

impl core::fmt::Display for Price {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&super::decimal::with_point(&self.0.to_string(), Self::DECIMALS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        assert_eq!(Price::parse("2000").unwrap().to_string(), "2000");
        assert_eq!(Price::parse("0.9998").unwrap().to_string(), "0.9998");
        assert_eq!(Price::parse("0"), Err(PriceError::Zero));
        assert!(Price::parse("-1").is_err());
    }
}
