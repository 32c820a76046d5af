//! Earlier requests of the wallet, summed as the specification says (`policy.md` sections 5.4, 5.21, 6 and 8).

use crate::civil::{day_start, month_start, parse_instant};
use crate::node::{Faults, Node};
use crate::rows::wallet_id;
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::id::WalletId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{ActionFacts, CategoryUse, LedgerFacts, LedgerQuery, RateCount, RateWindow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Host, TxStatus};

/// The two windows of cumulative limits, in seconds (`policy.md` section 6).
pub(crate) const DAY_SECONDS: i64 = 86_400;
pub(crate) const MONTH_SECONDS: i64 = 2_592_000;
/// The window of signatures per host, in seconds (`policy.md` section 5.19).
const SIGNATURE_SECONDS: i64 = 60;

const KEYS: [&str; 13] = [
    "type",
    "times",
    "status",
    "at",
    "usd",
    "amount",
    "asset",
    "denied",
    "category",
    "notional_usd",
    "withdrawal",
    "domain",
    "walletId",
];

/// One earlier request.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Where it stands.
    pub(crate) status: TxStatus,
    /// When it was made.
    pub(crate) at: UnixMillis,
    /// What it counts in cumulative sums.
    pub(crate) usd: Usd,
    /// What it holds.
    pub(crate) amounts: Vec<(AssetId, BaseUnits)>,
    /// It was refused by the policies.
    pub(crate) denied: bool,
    /// The action that it was: what it was worth in its category.
    pub(crate) action: Option<Category>,
    /// The host for which an HTTP request was signed.
    pub(crate) host: Option<Host>,
    /// Another wallet's; it counts for nothing here.
    pub(crate) foreign: bool,
    /// How many requests the entry stands for; dollars and amounts are those of all of them together.
    pub(crate) times: u64,
}

/// An action of the past.
#[derive(Clone, Debug)]
pub(crate) struct Category {
    /// Its category.
    pub(crate) name: Option<String>,
    /// It took something out of a protocol.
    pub(crate) withdrawal: bool,
    /// What it was worth.
    pub(crate) notional: Usd,
}

/// Reads the `history` of a context. `wallet` is the wallet under test.
pub(crate) fn read(node: &Node<'_>, wallet: WalletId, faults: &mut Faults) -> Vec<Entry> {
    let entries = node.list(faults).unwrap_or_default();
    entries.iter().filter_map(|entry| read_entry(entry, wallet, faults)).collect()
}

fn read_entry(node: &Node<'_>, wallet: WalletId, faults: &mut Faults) -> Option<Entry> {
    node.only(&KEYS, faults);
    let usd = |key: &str, faults: &mut Faults| {
        let node = node.given(key)?;
        node.decimal(faults, "US dollars", Usd::parse)
    };
    let flag = |key: &str, faults: &mut Faults| node.given(key).and_then(|node| node.flag(faults)).unwrap_or(false);
    if let Some(kind) = node.given("type") {
        kind.text(faults)?;
    }
    let amount = node.given("amount").and_then(|node| node.decimal(faults, "smallest units", BaseUnits::parse_digits));
    let asset = node.given("asset").and_then(|node| {
        node.parsed(faults, "a CAIP-19 id", |text| {
            // An asset of a chain that this build does not know cannot matter here.
            AssetId::parse(text).map(Some).ok().or_else(|| AssetId::has_caip19_syntax(text).then_some(None))
        })
    });
    if node.given("amount").is_some() != node.given("asset").is_some() {
        return node.invalid(faults, "`amount` and `asset` go together");
    }
    let category = node.given("category").and_then(|node| node.text(faults)).map(str::to_owned);
    let (withdrawal, notional) = (flag("withdrawal", faults), usd("notional_usd", faults));
    let host = node.given("domain").and_then(|node| node.parsed(faults, "a host name", Host::parse));
    let foreign = node.given("walletId").and_then(|node| wallet_id(&node, faults)).is_some_and(|other| other != wallet);
    let times = node.given("times").map_or(Some(1), |node| {
        let times = node.integer(faults).and_then(|number| u64::try_from(number).ok());
        times.or_else(|| node.invalid(faults, "expected a whole number of at least 0"))
    });
    let (usd, denied) = (usd("usd", faults).unwrap_or(Usd::ZERO), flag("denied", faults));
    let status = node.required("status", faults)?.one_of(faults, TxStatus::ALL, TxStatus::as_str);
    let at = node.required("at", faults)?.parsed(faults, "an instant such as `2026-03-04T12:00:00Z`", parse_instant);
    let is_action = category.is_some() || withdrawal;
    Some(Entry {
        status: status?,
        at: at?,
        usd,
        amounts: asset.flatten().zip(amount).into_iter().collect(),
        denied,
        action: is_action.then(|| Category { name: category, withdrawal, notional: notional.unwrap_or(Usd::ZERO) }),
        host,
        foreign,
        times: times?,
    })
}

/// Answers what the evaluator asks its ledger.
pub(crate) fn ledger(entries: &[Entry], query: &LedgerQuery, now: UnixMillis, signed_ttl_seconds: i64) -> LedgerFacts {
    let mut facts = LedgerFacts::default();
    for entry in entries.iter().filter(|entry| !entry.foreign) {
        let signed_recently =
            entry.status == TxStatus::Signed && entry.at > now.plus_secs(signed_ttl_seconds.saturating_neg());
        for (asset, amount) in entry.amounts.iter().filter(|(asset, _)| query.held.contains(asset)) {
            if entry.status.holds_funds() || signed_recently {
                let held = facts.held.entry(*asset).or_default();
                *held = held.saturating_add(*amount);
            }
        }
        let settled = matches!(entry.status, TxStatus::Confirmed | TxStatus::Signed | TxStatus::PartialFailure);
        let counts =
            |window: i64| entry.status.holds_funds() || (settled && entry.at >= now.plus_secs(window.saturating_neg()));
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

fn rate(entries: &[Entry], window: RateWindow, now: UnixMillis) -> RateCount {
    let seconds = i64::try_from(window.window_seconds).unwrap_or(i64::MAX);
    let since = now.plus_secs(seconds.saturating_neg());
    let passed = entries.iter().filter(|entry| !entry.denied && !entry.foreign && entry.at >= since);
    let mut passed: Vec<(UnixMillis, u64)> = passed.map(|entry| (entry.at, entry.times)).collect();
    passed.sort_unstable();
    let count = passed.iter().fold(0_u64, |sum, (_, times)| sum.saturating_add(*times));
    let frees_at_expiry_of = count.checked_sub(window.max_requests).and_then(|older| {
        let mut seen = 0_u64;
        let entry = passed.iter().find(|(_, times)| {
            seen = seen.saturating_add(*times);
            seen > older
        });
        entry.map(|(at, _)| *at)
    });
    RateCount { window, count, frees_at_expiry_of }
}

/// Worth of earlier actions by category, this day and this month in UTC.
pub(crate) fn categories(entries: &[Entry], now: UnixMillis) -> BTreeMap<String, CategoryUse> {
    let (day, month) = (day_start(now), month_start(now));
    let mut uses: BTreeMap<String, CategoryUse> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !entry.foreign && !entry.denied) {
        let Some(action) = &entry.action else { continue };
        if matches!(entry.status, TxStatus::Failed | TxStatus::Cancelled | TxStatus::Expired) {
            continue;
        }
        let withdrawal = action.withdrawal.then_some(ActionFacts::WITHDRAWALS);
        for key in action.name.as_deref().into_iter().chain(withdrawal) {
            let used = uses.entry(key.to_owned()).or_default();
            if entry.at >= day {
                used.day = used.day.saturating_add(action.notional);
            }
            if entry.at >= month {
                used.month = used.month.saturating_add(action.notional);
            }
        }
    }
    uses
}

/// HTTP requests to the host that the wallet signed less than 60 s ago.
pub(crate) fn signatures(entries: &[Entry], host: &Host, now: UnixMillis) -> u64 {
    let since = now.plus_secs(SIGNATURE_SECONDS.saturating_neg());
    let counts = |entry: &&Entry| !entry.foreign && entry.host.as_ref() == Some(host) && entry.at > since;
    entries.iter().filter(counts).fold(0, |sum, entry| sum.saturating_add(entry.times))
}
