//! Time zones whose clocks are never changed.

use crate::ports::clock::TimeZones;
use std::collections::BTreeMap;
use waiaas_core::time::UnixMillis;

/// UTC, and those zones that were put in, each with one offset for all times.
#[derive(Clone, Debug, Default)]
pub struct FixedTimeZones(BTreeMap<String, i32>);

impl FixedTimeZones {
    /// Knows UTC only.
    #[must_use]
    pub fn utc() -> Self {
        Self::default()
    }

    /// Also knows `zone`, whose clocks are `seconds` ahead of UTC.
    #[must_use]
    pub fn with(mut self, zone: impl Into<String>, seconds: i32) -> Self {
        self.0.insert(zone.into(), seconds);
        self
    }
}

impl TimeZones for FixedTimeZones {
    fn utc_offset(&self, zone: &str, _at: UnixMillis) -> Option<i32> {
        if zone == "UTC" { Some(0) } else { self.0.get(zone).copied() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_utc_and_what_was_put_in() {
        let zones = FixedTimeZones::utc().with("Asia/Seoul", 32_400);
        for (zone, expect) in [("UTC", Some(0)), ("Asia/Seoul", Some(32_400)), ("asia/seoul", None), ("", None)] {
            assert_eq!(zones.utc_offset(zone, UnixMillis::EPOCH), expect, "{zone}");
        }
    }
}
