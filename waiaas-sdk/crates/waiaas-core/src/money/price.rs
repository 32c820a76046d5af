//! Prices in US dollars per whole unit of an asset.

use super::decimal::{Decimal, DecimalError};
use super::power::small_power_of_ten;

/// US dollars per whole unit, exactly: `digits / 10^places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Price {
    digits: u128, // INVARIANT: above zero, and no multiple of ten unless `places` is zero
    places: u8,   // INVARIANT: at most `DECIMALS`, and digits × 10^(DECIMALS − places) fits
}

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
        let mut digits = digits.parse::<u128>().map_err(|_| PriceError::Decimal(DecimalError::TooLarge))?;
        if digits == 0 {
            return Err(PriceError::Zero);
        }
        // Short numbers are cheap to multiply with.
        let mut places = Self::DECIMALS;
        while let (Some(shorter), 0, 1..) = (digits.checked_div(10), digits % 10, places) {
            digits = shorter;
            places = places.saturating_sub(1);
        }
        Ok(Self { digits, places })
    }

    /// The price `digits / 10^places`, written as [`Price::digits_and_places`] tells it. `None` for anything that
    /// [`Price::parse`] would not make: a price of zero, more than [`Self::DECIMALS`] places or more digits than there
    /// is room for, and a fraction that could be shorter.
    #[must_use]
    pub fn new(digits: u128, places: u8) -> Option<Self> {
        let shortest = places == 0 || !digits.is_multiple_of(10);
        let room = small_power_of_ten(usize::from(Self::DECIMALS.checked_sub(places)?))?;
        digits.checked_mul(room).filter(|whole| *whole > 0 && shortest).map(|_| Self { digits, places })
    }

    /// The price as a fraction: digits, and how many of them stand behind the point (at most [`Self::DECIMALS`]).
    #[must_use]
    pub const fn digits_and_places(self) -> (u128, u8) {
        (self.digits, self.places)
    }

    /// The count of 10⁻¹⁸ dollars.
    #[must_use]
    pub fn atto_usd(self) -> u128 {
        let factor = small_power_of_ten(usize::from(Self::DECIMALS.saturating_sub(self.places)));
        factor.and_then(|factor| self.digits.checked_mul(factor)).unwrap_or(u128::MAX)
    }
}

impl Ord for Price {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.atto_usd().cmp(&other.atto_usd())
    }
}

impl PartialOrd for Price {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl core::fmt::Display for Price {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&super::decimal::with_point(&self.digits.to_string(), self.places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_is_taken_in_its_only_form() {
        for text in ["2000", "0.9998", "0.000000000000000001", "300000000000000000000", "20", "1.5"] {
            let price = Price::parse(text).unwrap();
            let (digits, places) = price.digits_and_places();
            assert_eq!(Price::new(digits, places), Some(price), "{text}");
        }
        let most = u128::MAX / 1_000_000_000_000_000_000;
        for (digits, places, taken) in [
            (0, 0, false),
            (0, 18, false),
            (10, 1, false),
            (1, 18, true),
            (1, 19, false),
            (1, 255, false),
            (most, 0, true),
            (most + 1, 0, false),
            (u128::MAX, 18, true),
            (u128::MAX, 17, false),
        ] {
            assert_eq!(Price::new(digits, places).is_some(), taken, "{digits} {places}");
        }
    }

    #[test]
    fn reads_and_prints() {
        assert_eq!(Price::parse("2000").unwrap().to_string(), "2000");
        assert_eq!(Price::parse("0.9998").unwrap().to_string(), "0.9998");
        let same = ["2000", "2000.0", "2000.000000000000000000"].map(|text| Price::parse(text).unwrap());
        assert!(same.iter().all(|price| price.digits_and_places() == (2000, 0)));
        assert_eq!(Price::parse("0.0001").unwrap().atto_usd(), 100_000_000_000_000);
        assert!(Price::parse("9.5").unwrap() < Price::parse("10").unwrap());
        assert_eq!(Price::parse("0"), Err(PriceError::Zero));
        assert!(Price::parse("-1").is_err());
    }
}
