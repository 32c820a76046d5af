//! Instants and lengths of time. There is no `now()` here: callers pass the time in.

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(i64);

impl UnixMillis {
    /// The instant zero.
    pub const EPOCH: Self = Self(0);

    /// Wraps milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Wraps whole seconds since the epoch, saturating at the ends of the range.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down. The API and the database speak seconds.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// This instant moved by `secs` (negative moves back), saturating.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs.saturating_mul(1_000)))
    }

    /// This instant moved by `millis` (negative moves back), saturating.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The first whole second that is not before this instant: where rounding down would be too early.
    #[must_use]
    pub const fn ceil_to_secs(self) -> Self {
        // Negative instants are rounded up by the negated division.
        Self::from_secs(self.0.saturating_neg().div_euclid(1_000).saturating_neg())
    }

    /// The second that this instant lies in, in UTC, as RFC 3339 writes it: `2026-03-08T07:00:00Z`. Years outside of
    /// 0 to 9999 have more digits or a sign.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let (day, of_day) = (self.as_secs().div_euclid(86_400), self.as_secs().rem_euclid(86_400));
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        let (year, month, day) = civil(day);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// Milliseconds from `earlier` to this instant; negative when this one is earlier.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Year, month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar.
///
/// Counted in years that begin in March, so that the leap day is the last, and in eras of 400 years, which all have
/// 146,097 days. From March on the months have 31, 30, 31, 30, 31 days over and over: 153 in five.
fn civil(days: i64) -> (i64, i64, i64) {
    // From 0000-03-01.
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    // Every fourth year is a day longer, save the last of a century, save the last of an era.
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_as_texts() {
        for (secs, expect) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_772_953_200, "2026-03-08T07:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
        ] {
            assert_eq!(UnixMillis::from_secs(secs).to_rfc3339(), expect);
        }
        assert!(UnixMillis::from_millis(i64::MAX).to_rfc3339().starts_with("292278994-"));
        assert!(UnixMillis::from_millis(i64::MIN).to_rfc3339().starts_with("-292275055-"));
    }

    #[test]
    fn seconds_round_up_where_down_would_be_early() {
        for (millis, expect) in [(0, 0), (1, 1), (1_000, 1), (1_001, 2), (-1, 0), (-1_000, -1), (-1_999, -1)] {
            assert_eq!(UnixMillis::from_millis(millis).ceil_to_secs(), UnixMillis::from_secs(expect), "{millis}");
        }
    }

    #[test]
    fn seconds_round_down_also_before_the_epoch() {
        assert_eq!(UnixMillis::from_millis(1_999).as_secs(), 1);
        assert_eq!(UnixMillis::from_millis(-1).as_secs(), -1);
        assert_eq!(UnixMillis::from_secs(i64::MAX).as_millis(), i64::MAX);
    }
}
