//! Two time zones, as a table of the world's zones would tell them, and instants by their texts.

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

/// Reads `2026-03-04T12:00:00Z`.
pub(crate) fn instant(text: &str) -> UnixMillis {
    let fields: Vec<i64> =
        text.strip_suffix('Z').unwrap().split(['-', 'T', ':']).map(|field| field.parse().unwrap()).collect();
    let [year, month, day, hour, minute, second] = fields[..] else { panic!("not an instant: {text}") };
    // Days since 1970-01-01 in the proleptic Gregorian calendar, with years that begin in March.
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = 365 * shifted_year + shifted_year / 4 - shifted_year / 100 + shifted_year / 400 + day_of_year - 719_468;
    UnixMillis::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second)
}

#[test]
fn instants() {
    for text in ["1970-01-01T00:00:00Z", "2026-03-04T12:00:00Z", "2024-02-29T23:59:59Z", "2100-03-01T00:00:00Z"] {
        assert_eq!(instant(text).to_rfc3339(), text);
    }
    assert_eq!(instant("2026-03-04T12:00:00Z").as_secs(), 1_772_625_600);
}
