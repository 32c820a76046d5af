//! The machine's clock and randomness, and the world's time zones.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use std::time::{SystemTime, UNIX_EPOCH};
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::clock::{Clock, Random, RandomError, TimeZones};

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixMillis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMillis::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The IANA database that is compiled into the program. What a policy means does not depend on which tables, if any,
/// the machine has.
#[derive(Clone, Debug)]
pub struct BundledTimeZones(TimeZoneDatabase);

impl Default for BundledTimeZones {
    fn default() -> Self {
        Self(TimeZoneDatabase::bundled())
    }
}

impl TimeZones for BundledTimeZones {
    fn utc_offset(&self, zone: &str, at: UnixMillis) -> Option<i32> {
        let zone = self.0.get(zone).ok()?;
        let at = Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(zone.to_offset(at).seconds())
    }
}

/// The operating system's secure random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError> {
        getrandom::fill(buffer).map_err(|_| RandomError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_with_and_without_summer_time() {
        let zones = BundledTimeZones::default();
        // One second before and at 2026-03-08T07:00:00Z, when the clocks of New York go forward.
        for (zone, second, expect) in [
            ("UTC", 0, Some(0)),
            ("Asia/Seoul", 1_772_953_200, Some(32_400)),
            ("America/New_York", 1_772_953_199, Some(-18_000)),
            ("America/New_York", 1_772_953_200, Some(-14_400)),
            ("Mars/Base", 0, None),
            ("", 0, None),
        ] {
            assert_eq!(zones.utc_offset(zone, UnixMillis::from_secs(second)), expect, "{zone} {second}");
        }
    }
}
