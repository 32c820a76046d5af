//! The ledger of one wallet as it would have been: the requests that were let through, and when each of them ended.
//!
//! What nobody can know is assumed on the side of counting more:
//!
//! - a request that was allowed in truth ends when and as it ended in truth, whatever tier it has now;
//! - a request that was denied in truth is executed at once;
//! - requests come at the same moments, whatever became of the ones before.
//!
//! Requests are taken by their dates. Where the clock was turned back, that is not quite the order in which they came.

use crate::ports::store::{Hold, TxRow};
use std::collections::BTreeMap;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, RateCount, RateWindow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

/// Length of the daily window, in seconds (`policy.md` section 6).
const DAY_SECS: i64 = 86_400;
/// Length of the monthly window, in seconds (`policy.md` section 6).
const MONTH_SECS: i64 = 2_592_000;

/// What one wallet's requests count for.
#[derive(Debug, Default)]
pub(super) struct PastLedger {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    at: UnixMillis,
    /// When it stopped being in flight; `None` = it still is.
    ended_at: Option<UnixMillis>,
    /// It was spent in the end, rather than released.
    spent: bool,
    holds: Vec<Hold>,
}

impl PastLedger {
    /// A request was let through. `holds` is what it holds from its admission on.
    pub(super) fn take(&mut self, row: &TxRow, holds: Vec<Hold>) {
        let (ended_at, spent) = match row.tier {
            None => (Some(row.created_at), true),
            // A final row does not change any more: its last change is its end.
            Some(_) if row.status.is_terminal() => (Some(row.updated_at), row.status == TxStatus::Confirmed),
            Some(_) => (None, false),
        };
        self.entries.push(Entry { at: row.created_at, ended_at, spent, holds });
    }

    /// What the ledger would have answered at `now`.
    ///
    /// # Errors
    /// In words, what it cannot know, because it happened before `horizon`.
    pub(super) fn facts(
        &self,
        query: &LedgerQuery,
        now: UnixMillis,
        horizon: UnixMillis,
    ) -> Result<LedgerFacts, String> {
        let rates = query.rates.iter().map(|window| self.rate(*window, now, horizon)).collect::<Result<_, _>>()?;
        let sum = |asked: bool, window: i64| if asked { self.spent(now, window) } else { Usd::ZERO };
        let mut held = BTreeMap::new();
        for hold in self.entries.iter().filter(|entry| entry.is_open(now)).flat_map(|entry| &entry.holds) {
            if query.held.contains(&hold.asset) {
                let total = held.entry(hold.asset).or_insert(BaseUnits::ZERO);
                *total = total.saturating_add(hold.amount);
            }
        }
        Ok(LedgerFacts {
            held,
            daily_usd: sum(query.daily_usd, DAY_SECS),
            monthly_usd: sum(query.monthly_usd, MONTH_SECS),
            rates,
        })
    }

    fn spent(&self, now: UnixMillis, window: i64) -> Usd {
        let start = now.plus_secs(window.saturating_neg());
        let counts = |entry: &&Entry| entry.is_open(now) || (entry.spent && entry.at >= start);
        let holds = self.entries.iter().filter(counts).flat_map(|entry| &entry.holds);
        holds.fold(Usd::ZERO, |sum, hold| sum.saturating_add(hold.usd))
    }

    fn rate(&self, window: RateWindow, now: UnixMillis, horizon: UnixMillis) -> Result<RateCount, String> {
        let start = now.plus_secs(i64::try_from(window.window_seconds).unwrap_or(i64::MAX).saturating_neg());
        if start < horizon {
            return Err(format!(
                "requests of the {} s before it, which a rate limit counts: they are older than what is read",
                window.window_seconds
            ));
        }
        let mut times: Vec<UnixMillis> = self.entries.iter().map(|entry| entry.at).filter(|at| *at >= start).collect();
        times.sort_unstable();
        let count = u64::try_from(times.len()).unwrap_or(u64::MAX);
        // The (count − max + 1)-th oldest stands at position count − max.
        let position = count.checked_sub(window.max_requests).and_then(|position| usize::try_from(position).ok());
        let frees_at_expiry_of = position.and_then(|position| times.get(position).copied());
        Ok(RateCount { window, count, frees_at_expiry_of })
    }
}

impl Entry {
    fn is_open(&self, now: UnixMillis) -> bool {
        self.ended_at.is_none_or(|end| end > now)
    }
}
