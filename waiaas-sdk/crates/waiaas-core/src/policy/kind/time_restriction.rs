//! TIME_RESTRICTION: at which hours and on which days.

use super::PolicyKind;
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::facts::UTC;
use crate::policy::rules::{Issues, Node, Object};
use crate::policy::topics::Topics;
use crate::time::UnixMillis;

/// `{"allowed_hours": {"start": 9, "end": 17}, "allowed_days"?: [1, 2, 3, 4, 5], "timezone"?: "Europe/Paris"}`;
/// `allowedHours` and `allowedDays` are the same names in another spelling.
///
/// Hours by the clock on the wall in the zone (an IANA name, default UTC): the start is allowed, the end is
/// not, and 24 is the end of the day. A start after the end is a window over midnight. Days are 0 (Sunday) to
/// 6, default all; the day is that of the moment, also after midnight in a window that began the day before.
/// An hour that the end of summer time repeats is allowed both times. Judged when a transaction is requested,
/// not again when it executes after waiting. No row means no restriction.
///
/// This crate knows no zones but UTC: the offset of every other zone is a fact, and without it the row denies.
// DIFFERS: the original stores such rows and never looks at them.
#[derive(Clone, Debug)]
pub(in crate::policy) struct TimeRestriction {
    hours: Hours,
    /// From Sunday.
    days: [bool; 7],
    zone: String,
}

#[derive(Clone, Copy, Debug)]
struct Hours {
    /// 0 to 23.
    start: i64,
    /// 1 to 24, never equal to the start.
    end: i64,
}

impl PolicyKind for TimeRestriction {
    const TYPE: PolicyType = PolicyType::TimeRestriction;
    const DENIED_BY: DeniedBy = DeniedBy::TimeRestriction;
    const TOPICS: Topics = Topics::TIMED;
    const ONCE: bool = true;

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let rules = rules.object(issues)?;
        let hours = match either(&rules, ["allowed_hours", "allowedHours"], issues)? {
            Some(node) => read_hours(&node, issues),
            None => {
                rules.required("allowed_hours", issues);
                None
            }
        };
        let days = match either(&rules, ["allowed_days", "allowedDays"], issues)? {
            Some(node) => read_days(&node, issues),
            None => Some([true; 7]),
        };
        let zone = match rules.optional("timezone") {
            Some(node) => read_zone(&node, issues),
            None => Some(UTC.to_owned()),
        };
        Some(Self { hours: hours?, days: days?, zone: zone? })
    }

    fn time_zone(&self) -> Option<&str> {
        (self.zone != UTC).then_some(self.zone.as_str())
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        let zone = &self.zone;
        let Some(offset) = self.time_zone().map_or(Some(0), |zone| case.facts.zone_offsets.get(zone).copied()) else {
            let detail = format!("its rules cannot be read (`timezone`: `{zone}` is not a known time zone)");
            return Err(Refusal::new(ReasonCode::PolicyRulesCorrupt, detail));
        };
        let local = Local::at(case.facts.now, offset);
        if self.hours.allow(local.hour) && self.days.get(local.weekday) == Some(&true) {
            return Ok(());
        }
        let day = DAYS.get(local.weekday).copied().unwrap_or_default();
        let Local { hour, minute, .. } = local;
        let detail = format!("{day} {hour:02}:{minute:02} in {zone} is outside of the allowed hours and days");
        Err(Refusal::new(ReasonCode::TimeRestricted, detail))
    }
}

impl Hours {
    const fn allow(self, hour: i64) -> bool {
        if self.start < self.end {
            self.start <= hour && hour < self.end
        } else {
            self.start <= hour || hour < self.end
        }
    }
}

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// What the clock on the wall shows.
struct Local {
    hour: i64,
    minute: i64,
    /// From Sunday.
    weekday: usize,
}

impl Local {
    fn at(now: UnixMillis, offset_seconds: i32) -> Self {
        let seconds = now.as_secs().saturating_add(i64::from(offset_seconds));
        let of_day = seconds.rem_euclid(86_400);
        // 1970-01-01, day zero, was a Thursday.
        let weekday = seconds.div_euclid(86_400).saturating_add(4).rem_euclid(7);
        Self {
            hour: of_day.div_euclid(3_600),
            minute: of_day.rem_euclid(3_600).div_euclid(60),
            weekday: usize::try_from(weekday).unwrap_or_default(),
        }
    }
}

/// The member under one of its two names; `None` after an issue.
fn either<'a>(rules: &Object<'a>, names: [&str; 2], issues: &mut Issues) -> Option<Option<Node<'a>>> {
    match names.map(|name| rules.optional(name)) {
        [Some(_), Some(second)] => {
            issues.add(&second, format!("`{}` and `{}` are the same: expected only one", names[0], names[1]));
            None
        }
        [first, second] => Some(first.or(second)),
    }
}

fn read_hours(node: &Node<'_>, issues: &mut Issues) -> Option<Hours> {
    let hours = node.object(issues)?;
    let start = hours.required("start", issues).and_then(|node| hour(&node, 23, issues));
    let end = hours.required("end", issues).and_then(|node| hour(&node, 24, issues));
    let (start, end) = start.zip(end)?;
    if start == end {
        issues.add(node, "expected a start and an end that differ; 0 to 24 is the whole day");
        return None;
    }
    // The end of a window that reaches midnight may be written as 0.
    Some(Hours { start, end: if end == 0 { 24 } else { end } })
}

fn hour(node: &Node<'_>, max: i64, issues: &mut Issues) -> Option<i64> {
    let hour = node.integer(0, issues)?;
    let hour = i64::try_from(hour).ok().filter(|hour| *hour <= max);
    if hour.is_none() {
        issues.add(node, format!("expected an hour from 0 to {max}"));
    }
    hour
}

fn read_days(node: &Node<'_>, issues: &mut Issues) -> Option<[bool; 7]> {
    let entries = node.list(issues)?;
    if entries.is_empty() {
        issues.add(node, "expected at least one day");
    }
    let mut days = [false; 7];
    for entry in &entries {
        let number = entry.integer(0, issues).and_then(|number| usize::try_from(number).ok());
        match number.and_then(|number| days.get_mut(number)) {
            Some(day) => *day = true,
            None if number.is_some() => issues.add(entry, "expected a day from 0 (Sunday) to 6 (Saturday)"),
            None => {}
        }
    }
    Some(days)
}

/// Longest zone name that is looked at. The longest in use has 32 characters.
const MAX_ZONE_CHARS: usize = 64;

fn read_zone(node: &Node<'_>, issues: &mut Issues) -> Option<String> {
    let zone = node.text(issues)?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte);
    if zone.len() > MAX_ZONE_CHARS || !zone.bytes().all(known) {
        issues.add(node, "expected the IANA name of a time zone such as `UTC` or `Europe/Paris`");
        return None;
    }
    Some(zone.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::policy::PolicyType::TimeRestriction as Kind;
    use crate::policy::kind::testing::{check_rules, decide_at, message, native_transfer, summary};
    use serde_json::{Value, json};

    const DAY: i64 = 86_400;

    /// Seconds after the midnight (UTC) that began a Thursday.
    fn check(rules: &Value, second: i64, expect: &str) {
        let decision = decide_at(Kind, std::slice::from_ref(rules), vec![native_transfer(1, 5)], second);
        assert_eq!(summary(&decision), expect, "{rules} {second}: {decision:#?}");
    }

    #[test]
    fn shapes() {
        let hours = json!({"start": 9, "end": 17});
        check_rules(Kind, &json!({"allowed_hours": hours, "allowed_days": [0, 6]}), &[]);
        check_rules(Kind, &json!({"allowedHours": hours, "allowedDays": [0], "timezone": "Etc/GMT+5"}), &[]);
        check_rules(Kind, &json!({"allowedHours": {"start": 22, "end": 0}}), &[]);
        for (given, path) in [
            (json!({}), "rules.allowed_hours"),
            (json!({"allowed_days": [1]}), "rules.allowed_hours"),
            (json!({"allowed_hours": hours, "allowedHours": hours}), "rules.allowedHours"),
            (json!({"allowed_hours": {"start": 24, "end": 24}}), "rules.allowed_hours.start"),
            (json!({"allowed_hours": {"start": 9, "end": 25}}), "rules.allowed_hours.end"),
            (json!({"allowed_hours": {"start": 9}}), "rules.allowed_hours.end"),
            (json!({"allowed_hours": {"start": 0, "end": 0}}), "rules.allowed_hours"),
            (json!({"allowed_hours": {"start": 9, "end": 9}}), "rules.allowed_hours"),
            (json!({"allowed_hours": hours, "allowed_days": []}), "rules.allowed_days"),
            (json!({"allowed_hours": hours, "allowed_days": [1, 7]}), "rules.allowed_days.1"),
            (json!({"allowed_hours": hours, "allowed_days": ["Mon"]}), "rules.allowed_days.0"),
            (json!({"allowed_hours": hours, "timezone": ""}), "rules.timezone"),
            (json!({"allowed_hours": hours, "timezone": "Mars Base"}), "rules.timezone"),
            (json!({"allowed_hours": hours, "timezone": "x".repeat(65)}), "rules.timezone"),
        ] {
            check_rules(Kind, &given, &[path]);
        }
    }

    #[test]
    fn windows() {
        let hours = |start: i64, end: i64| json!({"allowed_hours": {"start": start, "end": end}});
        check(&hours(9, 17), 9 * 3_600, "INSTANT");
        check(&hours(9, 17), 9 * 3_600 - 1, "TIME_RESTRICTED");
        check(&hours(9, 17), 17 * 3_600 - 1, "INSTANT");
        check(&hours(9, 17), 17 * 3_600, "TIME_RESTRICTED");
        check(&hours(22, 6), 6 * 3_600 - 1, "INSTANT");
        check(&hours(22, 6), 6 * 3_600, "TIME_RESTRICTED");
        check(&hours(22, 6), 22 * 3_600, "INSTANT");
        check(&hours(22, 0), DAY - 1, "INSTANT");
        check(&hours(22, 0), 0, "TIME_RESTRICTED");
        check(&hours(0, 24), DAY - 1, "INSTANT");
        // Before the epoch the days run the same way.
        check(&hours(23, 24), -1, "INSTANT");
    }

    #[test]
    fn days_and_zones() {
        let rules = |day: i64, zone: &str| json!({"allowedHours": {"start": 0, "end": 24}, "allowedDays": [day], "timezone": zone});
        check(&rules(4, "UTC"), 0, "INSTANT");
        check(&rules(3, "UTC"), -1, "INSTANT");
        check(&rules(4, "UTC"), DAY, "TIME_RESTRICTED");
        // The facts of these checks know one more zone, nine hours ahead.
        check(&rules(5, "Asia/Seoul"), 15 * 3_600, "INSTANT");
        check(&rules(4, "Asia/Seoul"), 15 * 3_600 - 1, "INSTANT");
        check(&rules(4, "Mars/Base"), 0, "POLICY_RULES_CORRUPT");
    }

    #[test]
    fn denials_say_what_time_it_is() {
        let rules = [json!({"allowedHours": {"start": 9, "end": 17}, "timezone": "Asia/Seoul"})];
        let denied = decide_at(Kind, &rules, vec![native_transfer(1, 5)], 12 * 3_600 + 300);
        assert!(message(&denied).contains("Thursday 21:05 in Asia/Seoul"), "{}", message(&denied));
    }
}
