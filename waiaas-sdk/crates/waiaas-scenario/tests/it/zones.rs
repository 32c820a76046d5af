//! The time zones that the vectors name, as a table of the world's zones would tell them.

use waiaas_core::time::UnixMillis;

/// Seconds east of UTC; `None` for a zone that does not exist.
pub(crate) fn offset(zone: &str, at: UnixMillis) -> Option<i32> {
    match zone {
        "Asia/Seoul" => Some(9 * 3_600),
        "America/New_York" => {
            // Summer time of 2026: from 2026-03-08T07:00:00Z, the second Sunday in March, to 2026-11-01T06:00:00Z,
            // the first Sunday in November.
            let summer = UnixMillis::from_secs(1_772_953_200)..UnixMillis::from_secs(1_793_512_800);
            Some(if summer.contains(&at) { -4 * 3_600 } else { -5 * 3_600 })
        }
        _ => None,
    }
}
