//! Powers of ten.

use ruint::aliases::U256;

/// Those that fit into 128 bits.
static SMALL: [u128; 39] = small();

#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, where a wrong index is a compile error")]
const fn small() -> [u128; 39] {
    let mut powers = [1_u128; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
}

/// `10^exponent`; `None` above 2^128 − 1.
pub(crate) fn small_power_of_ten(exponent: usize) -> Option<u128> {
    SMALL.get(exponent).copied()
}

/// `10^exponent`; `None` above 2^256 − 1.
pub(crate) fn power_of_ten(exponent: usize) -> Option<U256> {
    match small_power_of_ten(exponent) {
        Some(power) => Some(U256::from(power)),
        None => U256::from(10_u8).checked_pow(U256::from(exponent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers() {
        for exponent in 0..=77 {
            assert_eq!(power_of_ten(exponent).unwrap().to_string(), format!("1{}", "0".repeat(exponent)));
        }
        assert_eq!(power_of_ten(78), None);
        assert_eq!(small_power_of_ten(39), None);
    }
}
