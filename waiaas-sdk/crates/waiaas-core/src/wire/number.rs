//! Numbers on the wire: dollars and ratios without floats, instants in seconds.

use crate::money::{Decimal, Usd};
use crate::time::UnixMillis;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

/// A non-negative JSON number with at most six decimals: US dollars, or a ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millionths(u128);

impl Millionths {
    /// Wraps a count of millionths.
    #[must_use]
    pub const fn new(count: u128) -> Self {
        Self(count)
    }

    /// The count of millionths.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0
    }

    /// The JSON number that stands for this value.
    ///
    /// A `serde_json::Number` with a fraction is a binary float inside, and this is the only place that
    /// makes one. Decimal text of at most 15 digits survives the way through a double (IEEE 754 binary64
    /// keeps 15 decimal digits): the parser divides one exact integer by another, correctly rounded, and
    /// the shortest text that identifies the result is the decimal we started from. From 10¹⁵ millionths
    /// (10⁹ dollars) on the fraction is dropped, rounding up, because readers of JSON numbers could not
    /// tell it apart any more; above 2⁶⁴ − 1 the value stops there.
    #[must_use]
    pub fn to_number(self) -> Number {
        const EXACT: u128 = 1_000_000_000_000_000;
        if self.0 < EXACT
            && let Ok(number) = Usd::from_micros(self.0).to_string().parse()
        {
            return number;
        }
        Number::from(u64::try_from(self.0.div_ceil(1_000_000)).unwrap_or(u64::MAX))
    }

    /// Reads the text of a JSON number: not negative, at most six decimals, possibly with an exponent.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let Some((digits, exponent)) = text.split_once(['e', 'E']) else {
            return Usd::parse(text).ok().map(|usd| Self(usd.micros()));
        };
        // `d.ddde±n`, which is how very small and very large numbers may be printed.
        let exponent: i16 = exponent.parse().ok()?;
        let places = u8::try_from(exponent.checked_add(6)?).ok()?;
        Decimal::parse(digits).ok()?.scaled_digits(places).ok()?.parse().ok().map(Self)
    }
}

impl From<Usd> for Millionths {
    fn from(usd: Usd) -> Self {
        Self(usd.micros())
    }
}

impl Serialize for Millionths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_number().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Millionths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        Self::parse(&number.to_string()).ok_or_else(|| D::Error::custom("expected a number with at most six decimals"))
    }
}

/// Seconds since 1970-01-01T00:00:00Z, the form of every instant on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixSecs(i64);

impl UnixSecs {
    /// What the wire says instead of an end that never comes.
    pub const NEVER: Self = Self(0);

    /// Wraps whole seconds.
    #[must_use]
    pub const fn new(secs: i64) -> Self {
        Self(secs)
    }

    /// Whole seconds.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The end of something; no end is 0.
    #[must_use]
    pub fn end(at: Option<UnixMillis>) -> Self {
        at.map_or(Self::NEVER, Self::from)
    }
}

impl From<UnixMillis> for UnixSecs {
    fn from(at: UnixMillis) -> Self {
        Self(at.as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(count: u128, expect: &str) {
        assert_eq!(serde_json::to_string(&Millionths::new(count)).unwrap(), expect);
    }

    #[test]
    fn prints_the_short_decimal() {
        check(0, "0");
        check(1_000_000, "1");
        check(12_500_000, "12.5");
        check(100_000, "0.1");
        check(999_999_999_999_999, "999999999.999999");
        check(1_000_000_000_000_001, "1000000001");
        check(u128::MAX, "18446744073709551615");
    }

    #[test]
    fn reads_what_it_prints_and_nothing_negative() {
        assert_eq!(Millionths::parse("1e-6"), Some(Millionths::new(1)));
        assert_eq!(Millionths::parse("1.2e-5"), Some(Millionths::new(12)));
        assert_eq!(Millionths::parse("1.5e3"), Some(Millionths::new(1_500_000_000)));
        for text in ["-1", "1e-7", "0.0000001", "1e", "e5", "1e999"] {
            assert_eq!(Millionths::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn exact_below_a_billion_dollars(count in 0_u128..1_000_000_000_000_000) {
            let text = serde_json::to_string(&Millionths::new(count)).unwrap();
            prop_assert_eq!(Millionths::parse(&text), Some(Millionths::new(count)));
            prop_assert_eq!(serde_json::from_str::<Millionths>(&text).unwrap(), Millionths::new(count));
            if !text.contains('e') {
                prop_assert_eq!(text, Usd::from_micros(count).to_string());
            }
        }
    }
}
