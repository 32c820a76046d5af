//! US dollars.

use super::decimal::{Decimal, DecimalError, with_point};
use super::power::small_power_of_ten;
use super::{BaseUnits, Price};
use ruint::aliases::{U256, U512};

/// US dollars, fixed point: 1 unit = 10⁻⁶ USD.
///
/// Values computed from an amount and a price are rounded **up** to the next unit. For any limit that
/// is itself a whole number of units, "rounded-up value ≤ limit" holds exactly when "true value ≤
/// limit" holds, so a single comparison is exact; sums err by less than a millionth of a dollar per
/// part, on the strict side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(u128); // INVARIANT: only this module builds one, so overflow is handled in one place

/// Why a dollar amount was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsdError {
    /// Not a decimal number, more than 6 fraction digits, or above the range.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
}

impl Usd {
    /// Fraction digits that a dollar amount keeps.
    pub const DECIMALS: u8 = 6;
    /// No dollars.
    pub const ZERO: Self = Self(0);
    /// Above every limit; what a value too large to count becomes.
    pub const MAX: Self = Self(u128::MAX);

    /// Wraps a count of 10⁻⁶ dollars.
    #[must_use]
    pub const fn from_micros(micros: u128) -> Self {
        Self(micros)
    }

    /// The count of 10⁻⁶ dollars.
    #[must_use]
    pub const fn micros(self) -> u128 {
        self.0
    }

    /// Reads a decimal such as `12.5`, exactly.
    ///
    /// # Errors
    /// [`UsdError::Decimal`] on bad syntax, more than 6 fraction digits, or above the range.
    pub fn parse(text: &str) -> Result<Self, UsdError> {
        let digits = Decimal::parse(text)?.scaled_digits(Self::DECIMALS)?;
        digits.parse().map(Self).map_err(|_| UsdError::Decimal(DecimalError::TooLarge))
    }

    /// What `amount` smallest units of an asset with `decimals` places are worth at `price`, rounded up.
    /// A value above the range becomes [`Usd::MAX`], which is above every limit.
    #[must_use]
    pub fn value_of(amount: BaseUnits, decimals: u8, price: Price) -> Self {
        short_value(amount, decimals, price).unwrap_or_else(|| long_value(amount, decimals, price))
    }

    /// Sum, stopping at [`Usd::MAX`]: the largest value is the strictest.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Difference, or `None` below zero.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Whether this is no money at all.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether this is at least `millionths` millionths of `whole`.
    #[must_use]
    pub fn is_at_least(self, millionths: u64, whole: Self) -> bool {
        if let (Ok(own), Ok(whole)) = (u64::try_from(self.0), u64::try_from(whole.0)) {
            // Products of 64-bit numbers fit.
            let product = |left: u64, right: u64| u128::from(left).saturating_mul(u128::from(right));
            return product(own, 1_000_000) >= product(whole, millionths);
        }
        let own = U256::from(self.0).saturating_mul(U256::from(1_000_000_u32));
        own >= U256::from(whole.0).saturating_mul(U256::from(millionths))
    }

    /// `self / whole` in millionths, rounded down; `None` when `whole` is zero.
    #[must_use]
    pub fn ratio_millionths(self, whole: Self) -> Option<u128> {
        let scaled = U256::from(self.0).checked_mul(U256::from(1_000_000_u32))?;
        u128::try_from(scaled.checked_div(U256::from(whole.0))?).ok()
    }
}

/// amount × price / 10^(decimals + places − 6), rounded up, in 128 bits; `None` when something does not fit.
fn short_value(amount: BaseUnits, decimals: u8, price: Price) -> Option<Usd> {
    let (digits, places) = price.digits_and_places();
    let product = u128::try_from(amount.get()).ok()?.checked_mul(digits)?;
    let places = usize::from(decimals).saturating_add(usize::from(places));
    match places.checked_sub(usize::from(Usd::DECIMALS)) {
        Some(shift) => Some(Usd(product.div_ceil(small_power_of_ten(shift)?))),
        None => {
            let factor = small_power_of_ten(usize::from(Usd::DECIMALS).saturating_sub(places))?;
            product.checked_mul(factor).map(Usd)
        }
    }
}

/// The same in 512 bits.
fn long_value(amount: BaseUnits, decimals: u8, price: Price) -> Usd {
    // amount × price / 10^(decimals + 18 − 6): here the price counts 10⁻¹⁸ dollars, we count 10⁻⁶.
    let product: U512 = U512::from(amount.get()).saturating_mul(U512::from(price.atto_usd()));
    let shift = u32::from(decimals).saturating_add(12);
    let Some(divisor) = U512::from(10_u8).checked_pow(U512::from(shift)) else {
        // 10^154 is above 2^512: such a divisor leaves at most one unit of any product.
        return if product.is_zero() { Usd::ZERO } else { Usd(1) };
    };
    let (quotient, remainder) = product.div_rem(divisor);
    let rounded = if remainder.is_zero() { quotient } else { quotient.saturating_add(U512::from(1_u8)) };
    u128::try_from(rounded).map_or(Usd::MAX, Usd)
}

impl core::fmt::Display for Usd {
    /// Plain decimal, trailing zeros dropped: `12.5`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&with_point(&self.0.to_string(), Self::DECIMALS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wei_over_a_limit_is_over() {
        let price = Price::parse("2000").unwrap();
        let limit = Usd::parse("10").unwrap();
        let exactly = BaseUnits::from_human("0.005", 18).unwrap();
        assert_eq!(Usd::value_of(exactly, 18, price), limit);
        let above = exactly.checked_add(BaseUnits::from_u128(1)).unwrap();
        assert!(Usd::value_of(above, 18, price) > limit);
    }

    #[test]
    fn the_short_way_is_the_long_way() {
        let prices = ["2000", "1", "0.9998", "0.000000000000000001", "2034.12345678", "300000000000000000000"];
        let amounts = [0, 1, 999_999, 1_000_000, 1_000_000_000_000_000_001, u128::MAX / 3, u128::MAX];
        let mut short = 0;
        for price in prices.map(|text| Price::parse(text).unwrap()) {
            for amount in amounts.map(BaseUnits::from_u128) {
                for decimals in [0, 1, 5, 6, 7, 9, 18, 24, 30, 77, 255] {
                    let long = long_value(amount, decimals, price);
                    assert_eq!(Usd::value_of(amount, decimals, price), long, "{amount} {decimals} {price}");
                    short += usize::from(short_value(amount, decimals, price).is_some());
                }
            }
        }
        assert!(short > 100, "{short}");
    }

    #[test]
    fn absurd_values_are_above_every_limit() {
        let price = Price::parse("300000000000000000000").unwrap();
        assert_eq!(Usd::value_of(BaseUnits::MAX, 0, price), Usd::MAX);
        assert_eq!(Usd::MAX.saturating_add(Usd::from_micros(1)), Usd::MAX);
        assert_eq!(Usd::value_of(BaseUnits::from_u128(1), 255, price), Usd::from_micros(1));
        assert_eq!(Usd::value_of(BaseUnits::ZERO, 255, price), Usd::ZERO);
    }

    #[test]
    fn text() {
        assert_eq!(Usd::parse("12.50").unwrap().to_string(), "12.5");
        assert!(Usd::parse("0.0000001").is_err());
        assert_eq!(Usd::parse("80").unwrap().ratio_millionths(Usd::parse("100").unwrap()), Some(800_000));
    }
}
