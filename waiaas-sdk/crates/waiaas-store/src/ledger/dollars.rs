//! Dollar values in columns: `usd_micros`, and `usd_micros_large` for what does not fit there.

use crate::failure::Failure;
use crate::row::Fields;
use waiaas_core::money::Usd;

/// The two columns of a value.
pub(super) fn columns(usd: Usd) -> (i64, Option<String>) {
    match i64::try_from(usd.micros()) {
        Ok(micros) => (micros, None),
        Err(_) => (0, Some(usd.micros().to_string())),
    }
}

/// A value, or nothing.
pub(super) fn read_opt(fields: &Fields<'_>) -> Result<Option<Usd>, Failure> {
    let large = fields.parsed_opt("usd_micros_large", parse_large)?;
    let small = fields.number_opt("usd_micros")?.map(Usd::from_micros);
    match (small, large) {
        (Some(Usd::ZERO), Some(large)) => Ok(Some(large)),
        (small, None) => Ok(small),
        _ => Err(fields.damaged("usd_micros_large", "there is a value in both columns")),
    }
}

/// A row of sums: `billions` and `rest` (the values divided by 10⁹ and what is left over, which cannot
/// overflow), and `large`, the texts joined by spaces. Stops at [`Usd::MAX`].
pub(super) fn read_sum(fields: &Fields<'_>) -> Result<Usd, Failure> {
    let (billions, rest): (u128, u128) = (fields.number("billions")?, fields.number("rest")?);
    let small = Usd::from_micros(billions.saturating_mul(1_000_000_000).saturating_add(rest));
    let Some(large) = fields.text_opt("large")? else { return Ok(small) };
    large.split(' ').try_fold(small, |sum, text| {
        let value =
            parse_large(text).ok_or_else(|| fields.damaged("usd_micros_large", "the text is not understood"))?;
        Ok(sum.saturating_add(value))
    })
}

fn parse_large(text: &str) -> Option<Usd> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).map(Usd::from_micros)
}
