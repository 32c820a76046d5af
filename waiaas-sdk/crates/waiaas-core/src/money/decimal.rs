//! The one grammar for decimal text: `digits` or `digits.digits`. No sign, exponent, separator or space.

/// Unsigned decimal text, split and checked but not yet scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal<'a> {
    // INVARIANT: both fields hold ASCII digits only; `whole` has at least one.
    whole: &'a str,
    fraction: &'a str,
}

/// Why a decimal text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not of the form `digits` or `digits.digits`.
    #[error("expected a plain decimal number such as `12` or `0.5`, without sign, exponent or separators")]
    Syntax,
    /// More non-zero fraction digits than the unit has.
    #[error("more than {allowed} digits after the decimal point")]
    TooPrecise {
        /// Fraction digits that the unit has.
        allowed: u8,
    },
    /// The value does not fit.
    #[error("number is too large")]
    TooLarge,
}

impl<'a> Decimal<'a> {
    /// Splits `text` at its decimal point.
    ///
    /// # Errors
    /// [`DecimalError::Syntax`] when the text is not `\d+(\.\d+)?`.
    pub fn parse(text: &'a str) -> Result<Self, DecimalError> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(DecimalError::Syntax),
            Some(parts) => parts,
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return Err(DecimalError::Syntax);
        }
        Ok(Self { whole, fraction: fraction.trim_end_matches('0') })
    }

    /// Digits after the point once trailing zeros are dropped.
    #[must_use]
    pub fn fraction_digits(&self) -> usize {
        self.fraction.len()
    }

    /// The digits of `value × 10^places`, exactly.
    ///
    /// # Errors
    /// [`DecimalError::TooPrecise`] when that is not an integer.
    pub fn scaled_digits(&self, places: u8) -> Result<String, DecimalError> {
        let places_len = usize::from(places);
        if self.fraction.len() > places_len {
            return Err(DecimalError::TooPrecise { allowed: places });
        }
        Ok(self.shifted(places_len))
    }

    /// The digits of `floor(value × 10^places)`: excess digits are cut off.
    #[must_use]
    pub fn truncated_digits(&self, places: u8) -> String {
        let places_len = usize::from(places);
        let kept = self.fraction.get(..places_len.min(self.fraction.len())).unwrap_or(self.fraction);
        Self { whole: self.whole, fraction: kept }.shifted(places_len)
    }

    fn shifted(&self, places: usize) -> String {
        let mut digits = String::with_capacity(self.whole.len().saturating_add(places));
        digits.push_str(self.whole);
        digits.push_str(self.fraction);
        for _ in self.fraction.len()..places {
            digits.push('0');
        }
        digits
    }
}

/// `digits` (an integer) divided by 10^places as text, trailing zeros and point dropped.
pub(super) fn with_point(digits: &str, places: u8) -> String {
    let places = usize::from(places);
    let padded = format!("{digits:0>width$}", width = places.saturating_add(1));
    let (whole, fraction) = padded.split_at(padded.len().saturating_sub(places));
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_grammar() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e5", "1,000", " 1", "1 ", "0x10", "1.5.7", "١"] {
            assert_eq!(Decimal::parse(text), Err(DecimalError::Syntax), "{text}");
        }
        assert_eq!(Decimal::parse("007.50").unwrap().scaled_digits(2).unwrap(), "00750");
        assert_eq!(Decimal::parse("1.239").unwrap().truncated_digits(2), "123");
        assert_eq!(Decimal::parse("1.239").unwrap().scaled_digits(2), Err(DecimalError::TooPrecise { allowed: 2 }));
        assert_eq!(Decimal::parse("1.2300").unwrap().scaled_digits(2).unwrap(), "123");
    }

    #[test]
    fn point_is_placed_and_zeros_dropped() {
        assert_eq!(with_point("1500000000000000", 18), "0.0015");
        assert_eq!(with_point("1000000", 6), "1");
        assert_eq!(with_point("0", 18), "0");
        assert_eq!(with_point("42", 0), "42");
    }
}
