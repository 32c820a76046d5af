//! The contexts in which requests are tried.

use super::points::Points;
use crate::Zones;
use crate::civil::{day_start, format_instant};
use crate::world::World;
use serde_json::{Map, Value, json};
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::money::{Ratio, Usd};
use waiaas_core::time::UnixMillis;

/// The provider of the actions that are tried; the service has none of this name.
pub(super) const PROVIDER: &str = "probe";

/// A price for what the context has none for: one dollar per whole unit makes every threshold reachable.
const ASSUMED_PRICE: &str = "1";
/// Decimals of tokens that the context says nothing about.
const ASSUMED_DECIMALS: u8 = 6;
/// Collateral of the loans that are tried: a million, so that every ratio of six digits is a whole number of dollars.
const COLLATERAL_USD: &str = "1000000";

/// A change of a context, with everything that it needs.
pub(super) type Overlay = Map<String, Value>;

/// What is laid over the context for one wallet on one network at one instant, before anything is varied.
pub(super) fn base(world: &World, wallet: &str, network: Network, now: UnixMillis, points: &Points) -> Overlay {
    let mut overlay = Map::new();
    let owner = world.subject.owner.as_str();
    let (chain, environment) = (network.chain().as_str(), network.environment().as_str());
    let wallet = json!({ "id": wallet, "chain": chain, "environment": environment, "owner_state": owner });
    overlay.insert("wallet".to_owned(), wallet);
    overlay.insert("network".to_owned(), Value::from(network.as_str()));
    overlay.insert("now".to_owned(), Value::from(format_instant(now)));
    let tokens = points.tokens.iter().filter_map(|token| AssetId::token(network, token));
    let assets: Vec<AssetId> = std::iter::once(network.native_asset()).chain(tokens).collect();
    let (mut prices, mut facts) = (Map::new(), Map::new());
    for asset in &assets {
        if !world.prices.contains_key(asset) {
            prices.insert(asset.to_string(), Value::from(ASSUMED_PRICE));
        }
        if !asset.is_native() && !world.tokens.contains_key(asset) {
            facts.insert(asset.to_string(), json!({ "decimals": ASSUMED_DECIMALS, "symbol": "TOKEN" }));
        }
    }
    overlay.insert("prices".to_owned(), Value::Object(prices));
    overlay.insert("tokens".to_owned(), Value::Object(facts));
    overlay.insert("settings".to_owned(), json!({ format!("actions.{PROVIDER}_enabled"): "true" }));
    if !points.ltv.is_empty() {
        overlay.insert("positions".to_owned(), json!([{ "kind": "SUPPLY", "usd": COLLATERAL_USD }]));
    }
    overlay
}

/// Everything that is varied, one thing at a time: what was spent and asked before, scores, an owner, prices.
pub(super) fn variations(base: &Overlay, points: &Points, parties: &[Address], now: UnixMillis) -> Vec<Overlay> {
    let mut all = Vec::new();
    let mut vary = |key: &str, value: Value| {
        let mut overlay = base.clone();
        overlay.insert(key.to_owned(), value);
        all.push(overlay);
    };
    let at = |seconds: u64| format_instant(now.plus_secs(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_neg()));
    for limit in &points.cumulative {
        for usd in below(*limit, 3) {
            vary("history", json!([{ "status": "CONFIRMED", "at": at(0), "usd": usd.to_string() }]));
        }
    }
    for (requests, seconds) in &points.rates {
        let before = seconds.saturating_add(1);
        let tries = [(requests.saturating_sub(1), 0), (*requests, 0), (*requests, *seconds), (*requests, before)];
        for (times, age) in tries {
            vary("history", json!([{ "status": "CANCELLED", "at": at(age), "times": times }]));
        }
    }
    for (category, limit) in &points.categories {
        for usd in limit.iter().flat_map(|limit| below(*limit, 3)) {
            let entry = json!({
                "status": "CONFIRMED", "at": at(0), "category": category, "notional_usd": usd.to_string(),
                "withdrawal": category == "withdraw",
            });
            vary("history", json!([entry]));
        }
    }
    // 60 a minute is what holds where no rule says otherwise.
    let minutes = points.signatures.iter().copied().chain((!points.erc8128_hosts.is_empty()).then_some(60));
    for limit in minutes {
        for times in [limit.saturating_sub(1), limit] {
            let entry = |host: &String| json!({ "status": "SIGNED", "at": at(0), "domain": host, "times": times });
            vary("history", points.erc8128_hosts.iter().take(4).map(entry).collect());
        }
    }
    for score in &points.scores {
        for millionths in [score.millionths().saturating_sub(1), score.millionths()] {
            let score = Ratio::from_millionths(millionths).to_string();
            let scores: Map<String, Value> =
                parties.iter().map(|party| (party.to_string(), Value::from(score.as_str()))).collect();
            vary("reputation", Value::Object(scores));
        }
    }
    let mut ownerless = base.get("wallet").cloned().unwrap_or_default();
    if let Some(wallet) = ownerless.as_object_mut() {
        wallet.insert("owner_state".to_owned(), Value::from("NONE"));
    }
    vary("wallet", ownerless);
    vary("price_status", Value::from("down"));
    let unlisted = base.get("prices").and_then(Value::as_object).into_iter().flatten();
    let unlisted: Map<String, Value> = unlisted.map(|(asset, _)| (asset.clone(), Value::Null)).collect();
    if !unlisted.is_empty() {
        vary("prices", Value::Object(unlisted));
    }
    all
}

/// A limit and the values just below it, in steps of a millionth of a dollar.
fn below(limit: Usd, count: u128) -> Vec<Usd> {
    (0..count).filter_map(|step| limit.checked_sub(Usd::from_micros(step))).collect()
}

/// Instants at which hours of the rules begin and end, and the second before each, on all days of one week.
pub(super) fn instants(points: &Points, now: UnixMillis, zones: Zones<'_>) -> Vec<UnixMillis> {
    let mut all = Vec::new();
    for hours in &points.hours {
        for day in 0..7_i64 {
            let midnight = day_start(now).plus_secs(day.saturating_mul(86_400));
            let offset = if hours.zone == "UTC" { Some(0) } else { zones(&hours.zone, midnight) };
            let Some(offset) = offset else { continue };
            for hour in hours.edges {
                let local = midnight.plus_secs(hour.saturating_mul(3_600));
                let edge = local.plus_secs(i64::from(offset).saturating_neg());
                all.extend([edge, edge.plus_secs(-1)]);
            }
        }
    }
    if all.is_empty() {
        return all;
    }
    // Days without a rule about hours still have their noon.
    all.extend((0..7_i64).map(|day| day_start(now).plus_secs(day.saturating_mul(86_400).saturating_add(43_200))));
    super::points::distinct(&mut all);
    all
}
