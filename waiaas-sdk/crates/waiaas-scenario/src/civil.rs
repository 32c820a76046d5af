//! Instants as people write them (RFC 3339), and the calendar behind them.

use waiaas_core::time::UnixMillis;

const DAY_SECONDS: i64 = 86_400;

/// Reads `2026-03-04T12:00:00Z`, also with a fraction of up to three digits or an offset such as `+09:00`; `None` for
/// anything else.
#[must_use]
pub fn parse_instant(text: &str) -> Option<UnixMillis> {
    let (date, clock) = text.split_once(['T', 't', ' '])?;
    let (clock, offset) = split_offset(clock)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let [hour, minute, second] = numbers(clock, ':', [2, 2, 2])?;
    if fraction.len() > 3 || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let millis = if fraction.is_empty() { 0 } else { digits(&format!("{fraction:0<3}"))? };
    let seconds = days_since_epoch(year, month, day)
        .checked_mul(DAY_SECONDS)?
        .checked_add(hour.checked_mul(3_600)?)?
        .checked_add(minute.checked_mul(60)?)?
        .checked_add(second)?
        .checked_sub(offset)?;
    Some(UnixMillis::from_secs(seconds).plus_millis(millis))
}

/// `2026-03-04T12:00:00Z`, to the second.
pub(crate) fn format_instant(at: UnixMillis) -> String {
    let (days, second) = (at.as_secs().div_euclid(DAY_SECONDS), at.as_secs().rem_euclid(DAY_SECONDS));
    let (year, month, day) = date_of(days);
    let (hour, minute) = (second.div_euclid(3_600), second.rem_euclid(3_600).div_euclid(60));
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second.rem_euclid(60))
}

/// The first instant of the day of `at`, in UTC.
pub(crate) const fn day_start(at: UnixMillis) -> UnixMillis {
    UnixMillis::from_secs(at.as_secs().div_euclid(DAY_SECONDS).saturating_mul(DAY_SECONDS))
}

/// The first instant of the month of `at`, in UTC.
pub(crate) fn month_start(at: UnixMillis) -> UnixMillis {
    let days = at.as_secs().div_euclid(DAY_SECONDS);
    let (_, _, day) = date_of(days);
    let first = days.saturating_sub(day.saturating_sub(1));
    UnixMillis::from_secs(first.saturating_mul(DAY_SECONDS))
}

/// Cuts `Z` or `±hh:mm` off; the offset in seconds east of UTC.
fn split_offset(clock: &str) -> Option<(&str, i64)> {
    if let Some(rest) = clock.strip_suffix(['Z', 'z']) {
        return Some((rest, 0));
    }
    let sign_at = clock.rfind(['+', '-'])?;
    let (rest, offset) = clock.split_at_checked(sign_at)?;
    let sign = if offset.starts_with('-') { -1 } else { 1 };
    let [hours, minutes] = numbers(offset.get(1..)?, ':', [2, 2])?;
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?;
    Some((rest, seconds.checked_mul(sign)?))
}

fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i64; N]> {
    let mut found = [0_i64; N];
    let mut parts = text.split(separator);
    for (number, width) in found.iter_mut().zip(widths) {
        *number = parts.next().filter(|part| part.len() == width).and_then(digits)?;
    }
    parts.next().is_none().then_some(found)
}

fn digits(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March, so that the
/// leap day is the last of its year.
const fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year.saturating_sub(1) } else { year };
    let month_from_march = month.saturating_add(9).rem_euclid(12);
    let day_of_year = month_from_march.saturating_mul(153).saturating_add(2).div_euclid(5).saturating_add(day);
    let leaps = shifted.div_euclid(4).saturating_sub(shifted.div_euclid(100)).saturating_add(shifted.div_euclid(400));
    // 719,469 = days from the first of March of the year 0 to the epoch, and one because days count from 1.
    shifted.saturating_mul(365).saturating_add(leaps).saturating_add(day_of_year).saturating_sub(719_469)
}

/// Year, month and day of a day since the epoch: the year is narrowed down, then the month.
fn date_of(days: i64) -> (i64, i64, i64) {
    // 146,097 days in 400 years.
    let mut year = days.saturating_mul(400).div_euclid(146_097).saturating_add(1970);
    while days_since_epoch(year, 1, 1) > days {
        year = year.saturating_sub(1);
    }
    while days_since_epoch(year.saturating_add(1), 1, 1) <= days {
        year = year.saturating_add(1);
    }
    let month = (1..=12).rev().find(|month| days_since_epoch(year, *month, 1) <= days).unwrap_or(1);
    let day = days.saturating_sub(days_since_epoch(year, month, 1)).saturating_add(1);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants() {
        for (text, secs) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-03-04T12:00:00Z", 1_772_625_600),
            ("2024-02-29T23:59:59Z", 1_709_251_199),
            ("2026-03-04T21:00:00+09:00", 1_772_625_600),
            ("2026-03-04T07:30:00-04:30", 1_772_625_600),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(parse_instant(text).map(UnixMillis::as_secs), Some(secs), "{text}");
        }
        assert_eq!(parse_instant("1970-01-01T00:00:00.25Z"), Some(UnixMillis::from_millis(250)));
        for text in [
            "",
            "2026-03-04",
            "2026-03-04T12:00:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-3-4T12:00:00Z",
            "2026-03-04T24:00:00Z",
            "2026-03-04T12:00Z",
            "2026-03-04T12:00:00+9",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }

    #[test]
    fn texts_round_trip_on_every_day_of_five_centuries() {
        for day in -40_000..140_000 {
            let at = UnixMillis::from_secs(day * DAY_SECONDS + 86_399);
            let text = format_instant(at);
            assert_eq!(parse_instant(&text), Some(at), "{text}");
            assert!(text.ends_with("T23:59:59Z"));
        }
    }

    #[test]
    fn days_and_months_begin() {
        let at = parse_instant("2024-03-31T17:02:03Z").unwrap();
        assert_eq!(format_instant(day_start(at)), "2024-03-31T00:00:00Z");
        assert_eq!(format_instant(month_start(at)), "2024-03-01T00:00:00Z");
    }
}
