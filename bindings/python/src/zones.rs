//! Time zones.
//!
//! From the tables that are compiled in, as in the service, and not from Python's `zoneinfo`: what a policy means must
//! not depend on which tables a machine has, and judging must not wait for the interpreter.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use std::sync::LazyLock;
use waiaas_core::time::UnixMillis;

static TABLES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Seconds east of UTC in an IANA time zone; `None` for one that does not exist.
pub(crate) fn offset(zone: &str, at: UnixMillis) -> Option<i32> {
    let zone = TABLES.get(zone).ok()?;
    let at = Timestamp::from_millisecond(at.as_millis()).ok()?;
    Some(zone.to_offset(at).seconds())
}
