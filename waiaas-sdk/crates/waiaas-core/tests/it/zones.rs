//! The time zones that the vectors name, as a table of the world's zones would tell them.

use crate::history::instant;
use std::collections::BTreeMap;
use waiaas_core::time::UnixMillis;

/// Seconds east of UTC; `None` for a zone that does not exist.
pub(crate) fn offset(zone: &str, at: UnixMillis) -> Option<i32> {
    match zone {
        "Asia/Seoul" => Some(9 * 3_600),
        // Summer time of 2026: from the second Sunday in March to the first Sunday in November.
        "America/New_York" => {
            let summer = instant("2026-03-08T07:00:00Z")..instant("2026-11-01T06:00:00Z");
            Some(if summer.contains(&at) { -4 * 3_600 } else { -5 * 3_600 })
        }
        _ => None,
    }
}

/// The offsets of those zones that exist.
pub(crate) fn offsets(zones: &[&str], at: UnixMillis) -> BTreeMap<String, i32> {
    zones.iter().filter_map(|zone| Some(((*zone).to_owned(), offset(zone, at)?))).collect()
}
