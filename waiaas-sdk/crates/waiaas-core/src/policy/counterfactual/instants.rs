//! When a request that comes too early or too often would pass.

use super::super::decision::{Denial, ReasonCode, Verdict};
use super::super::evaluate::Inputs;
use super::super::facts::{Facts, LedgerFacts, RateCount};
use super::{Change, Counterfactual};
use crate::time::UnixMillis;

/// Seconds east of UTC in a zone at an instant.
type ZoneOffset<'a> = &'a dyn Fn(&str, UnixMillis) -> Option<i32>;

/// How many instants are looked at. Every one is at least half an hour after the one before, save where a rate limit
/// frees up or clocks are changed, so this is enough for any weekly hour, also one that the beginning of summer time
/// skips, in two zones that take turns.
const MAX_STEPS: usize = 1_000;

/// The earliest whole second at which the request passes.
///
/// Nothing but hours, days and rate limits depends on the instant alone. Whatever denies keeps denying until the next
/// second at which it can change its mind; so none is missed, and the first that passes is the earliest. (Between seconds
/// a request may pass that does not pass at the next one: when a limit frees up in the last second of the hours.)
pub(super) fn earliest(inputs: &Inputs<'_>, denial: &Denial, zone_offset: ZoneOffset<'_>) -> Option<Counterfactual> {
    let mut denial = denial.clone();
    let mut now = inputs.facts.now;
    for _ in 0..MAX_STEPS {
        now = match denial.reason {
            ReasonCode::RateLimitExceeded => next_freed(inputs.facts.ledger, now)?,
            ReasonCode::TimeRestricted => next_hour(zone_of(inputs, &denial)?, now, zone_offset)?,
            _ => return None,
        };
        match verdict_at(inputs, now, zone_offset) {
            Verdict::Allow(allowance) => {
                return Some(Counterfactual { change: Change::Time { earliest: now }, tier: Some(allowance.tier) });
            }
            Verdict::Deny(later) => denial = later,
        }
    }
    None
}

/// The verdict at another instant, if nothing but time has passed.
fn verdict_at(inputs: &Inputs<'_>, now: UnixMillis, zone_offset: ZoneOffset<'_>) -> Verdict {
    let zones = inputs.book.time_zones(inputs.subject, inputs.effects).into_iter();
    let zone_offsets = zones.filter_map(|zone| Some((zone.to_owned(), zone_offset(zone, now)?))).collect();
    let rate = |rate: &RateCount| match freed_at(rate).filter(|freed| *freed <= now) {
        // What else left the window meanwhile is not known, and makes no difference.
        Some(_) => RateCount { count: rate.window.max_requests.saturating_sub(1), frees_at_expiry_of: None, ..*rate },
        None => *rate,
    };
    let known = inputs.facts.ledger;
    let rates = known.rates.iter().map(rate).collect();
    let ledger = LedgerFacts { rates, held: known.held.clone(), ..*known };
    let facts = Facts { now, zone_offsets: &zone_offsets, ledger: &ledger, ..*inputs.facts };
    Inputs { facts: &facts, ..*inputs }.verdict()
}

/// When a used up window has room again: the moment after the entry is exactly one window old, which still counts.
fn freed_at(rate: &RateCount) -> Option<UnixMillis> {
    let window = i64::try_from(rate.window.window_seconds).ok()?;
    Some(rate.frees_at_expiry_of?.plus_secs(window).plus_millis(1))
}

/// The next second after `now` at which some used up window has room again.
fn next_freed(ledger: &LedgerFacts, now: UnixMillis) -> Option<UnixMillis> {
    ledger.rates.iter().filter_map(freed_at).filter(|freed| *freed > now).min().map(UnixMillis::ceil_to_secs)
}

/// The zone of the row that denied; the outer `None` when there is no such row.
fn zone_of<'a>(inputs: &Inputs<'a>, denial: &Denial) -> Option<Option<&'a str>> {
    let (book, denied) = (inputs.book, denial.policy?);
    let mut rows = book.plan(inputs.subject, inputs.effects).rows().filter_map(|position| book.row(position));
    Some(rows.find(|row| row.id == denied)?.rules.as_ref().ok()?.time_zone())
}

/// The next instant after `now` at which the clock on the wall shows another hour, by running or by being changed.
/// Clocks are taken to be changed at most once within an hour.
fn next_hour(zone: Option<&str>, now: UnixMillis, zone_offset: ZoneOffset<'_>) -> Option<UnixMillis> {
    let offset_at = |secs: i64| zone.map_or(Some(0), |zone| zone_offset(zone, UnixMillis::from_secs(secs)));
    let secs = now.as_secs();
    let offset = offset_at(secs)?;
    let into_the_hour = secs.saturating_add(i64::from(offset)).rem_euclid(3_600);
    let (mut same, mut next) = (secs, secs.saturating_add(3_600_i64.saturating_sub(into_the_hour)));
    if offset_at(next)? != offset {
        // The clocks are changed on the way: the first second of the new time.
        while next.saturating_sub(same) > 1 {
            let middle = same.saturating_add(next.saturating_sub(same).div_euclid(2));
            if offset_at(middle)? == offset { same = middle } else { next = middle }
        }
    }
    Some(UnixMillis::from_secs(next)).filter(|next| *next > now)
}
