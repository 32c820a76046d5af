//! The history of a vector, summed as the specification says (sections 5.4, 6 and 8).

use serde_json::Value;
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{CategoryUse, LedgerFacts, LedgerQuery, RateCount, RateWindow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

const DAY_SECONDS: i64 = 86_400;
const MONTH_SECONDS: i64 = 2_592_000;

/// Answers a query from a list of earlier requests.
pub(crate) fn ledger(entries: &[Value], query: &LedgerQuery, now: UnixMillis, signed_ttl_seconds: i64) -> LedgerFacts {
    let mut facts = LedgerFacts::default();
    for entry in entries.iter().map(Entry::read) {
        if let Some((asset, amount)) = entry.amount.filter(|(asset, _)| query.held.contains(asset)) {
            let signed_recently = entry.status == TxStatus::Signed && entry.at > now.plus_secs(-signed_ttl_seconds);
            if entry.status.holds_funds() || signed_recently {
                let held = facts.held.entry(asset).or_default();
                *held = held.checked_add(amount).unwrap();
            }
        }
        let settled = matches!(entry.status, TxStatus::Confirmed | TxStatus::Signed | TxStatus::PartialFailure);
        let counts = |window: i64| entry.status.holds_funds() || (settled && entry.at >= now.plus_secs(-window));
        if query.daily_usd && counts(DAY_SECONDS) {
            facts.daily_usd = facts.daily_usd.saturating_add(entry.usd);
        }
        if query.monthly_usd && counts(MONTH_SECONDS) {
            facts.monthly_usd = facts.monthly_usd.saturating_add(entry.usd);
        }
    }
    facts.rates = query.rates.iter().map(|window| rate(entries, *window, now)).collect();
    facts
}

fn rate(entries: &[Value], window: RateWindow, now: UnixMillis) -> RateCount {
    let since = now.plus_secs(-i64::try_from(window.window_seconds).unwrap());
    let passed = entries.iter().map(Entry::read).filter(|entry| !entry.denied && entry.at >= since);
    let mut times: Vec<UnixMillis> = passed.map(|entry| entry.at).collect();
    times.sort_unstable();
    let count = u64::try_from(times.len()).unwrap();
    let position = count.checked_sub(window.max_requests).map(|position| usize::try_from(position).unwrap());
    RateCount { window, count, frees_at_expiry_of: position.map(|position| times[position]) }
}

/// Worth of earlier actions by category, this day and this month.
pub(crate) fn categories(entries: &[Value], now: UnixMillis) -> BTreeMap<String, CategoryUse> {
    let day = now.as_secs().div_euclid(DAY_SECONDS);
    // All vectors are set in March of 2026.
    let month = instant("2026-03-01T00:00:00Z");
    let mut uses: BTreeMap<String, CategoryUse> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.get("category").is_some()) {
        let Entry { status, at, .. } = Entry::read(entry);
        if matches!(status, TxStatus::Failed | TxStatus::Cancelled | TxStatus::Expired) {
            continue;
        }
        let notional = Usd::parse(entry["notional_usd"].as_str().unwrap()).unwrap();
        let used = uses.entry(entry["category"].as_str().unwrap().to_owned()).or_default();
        if at.as_secs().div_euclid(DAY_SECONDS) == day {
            used.day = used.day.saturating_add(notional);
        }
        if at >= month {
            used.month = used.month.saturating_add(notional);
        }
    }
    uses
}

/// HTTP requests to the host that wallet `w1` signed less than 60 s ago.
pub(crate) fn signatures(entries: &[Value], host: &str, now: UnixMillis) -> u64 {
    let counts = |entry: &&Value| {
        entry["domain"] == host && entry["walletId"] == "w1" && Entry::read(entry).at > now.plus_secs(-60)
    };
    u64::try_from(entries.iter().filter(counts).count()).unwrap()
}

struct Entry {
    status: TxStatus,
    at: UnixMillis,
    usd: Usd,
    amount: Option<(AssetId, BaseUnits)>,
    denied: bool,
}

impl Entry {
    fn read(entry: &Value) -> Self {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        Self {
            status: TxStatus::parse(text("status").unwrap()).unwrap(),
            at: instant(text("at").unwrap()),
            usd: text("usd").map_or(Usd::ZERO, |usd| Usd::parse(usd).unwrap()),
            amount: text("asset")
                .zip(text("amount"))
                .map(|(asset, amount)| (AssetId::parse(asset).unwrap(), BaseUnits::parse_digits(amount).unwrap())),
            denied: entry.get("denied").and_then(Value::as_bool).unwrap_or(false),
        }
    }
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
    assert_eq!(instant("1970-01-01T00:00:00Z"), UnixMillis::EPOCH);
    assert_eq!(instant("2026-03-04T12:00:00Z").as_secs(), 1_772_625_600);
    assert_eq!(instant("2024-02-29T23:59:59Z").as_secs(), 1_709_251_199);
}
