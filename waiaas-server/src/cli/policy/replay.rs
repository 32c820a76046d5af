//! `waiaas policy replay`: how other policies would have judged the stored transactions.

use super::super::client::{array, text};
use super::super::context::Context;
use super::super::failure::Failure;
use super::super::report::{Report, cell, printable, utc};
use super::super::wallet;
use super::documents;
use serde_json::{Value, json};
use std::path::PathBuf;
use waiaas_sdk::core::time::UnixMillis;
use waiaas_sdk::engine::ports::clock::Clock;
use waiaas_sdk::machine::SystemClock;
use waiaas_sdk::scenario;

const EXAMPLES: &str = "\
Examples:
  waiaas policy replay --since 30d --policies candidate.toml
  waiaas policy replay --since 2026-01-01 --policies candidate.toml --wallet trading-bot
  waiaas policy replay --since 7d
        what today's policies say about the last week: what was changed since shows

Each transaction is judged with the prices and facts that were recorded when it was judged. What the candidate would
have denied is not spent, what it would have allowed is. Nothing is stored or sent.";

/// Options of `waiaas policy replay`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in super::super) struct Args {
    /// How far back: 90m, 24h, 7d, 4w; a day such as 2026-01-31 or an instant such as 2026-01-31T09:00:00Z, in UTC
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Since,

    /// Policies that judge in place of all stored ones [default: the stored ones, as they are now]
    #[arg(long, value_name = "FILE")]
    policies: Option<PathBuf>,

    /// Only transactions of this wallet, by id or name
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME")]
    wallet: Option<String>,

    /// Transactions to show in each list; the counts go on
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=1_000))]
    limit: u32,
}

/// Where a replay begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    Ago(i64),
    At(UnixMillis),
}

fn since(text: &str) -> Result<Since, String> {
    let expected = || "expected a time such as 7d or 24h, or a day such as 2026-01-31".to_owned();
    let instant = scenario::parse_instant(text).or_else(|| scenario::parse_instant(&format!("{text}T00:00:00Z")));
    if let Some(at) = instant {
        return Ok(Since::At(at));
    }
    let units = [('s', 1_i64), ('m', 60), ('h', 3_600), ('d', 86_400), ('w', 604_800)];
    let split = units.into_iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)));
    let (number, seconds) = split.ok_or_else(expected)?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse::<i64>().ok().filter(|_| digits).ok_or_else(expected)?;
    number.checked_mul(seconds).map(Since::Ago).ok_or_else(expected)
}

/// Asks the service.
///
/// # Errors
/// See [`Client`](super::super::client::Client); a file that cannot be read.
pub(super) async fn run(context: &Context, args: &Args) -> Result<Report, Failure> {
    let candidate = args.policies.as_deref().map(documents::policies).transpose()?;
    let since = match args.since {
        Since::At(at) => at,
        Since::Ago(seconds) => SystemClock.now().plus_secs(seconds.saturating_neg()),
    };
    let client = context.master_client()?;
    let wallets = wallet::all(&client).await?;
    let wallet = args.wallet.as_deref().map(|meant| wallet::find(&wallets, meant)).transpose()?;
    let wallet_id = wallet.map(|wallet| text(wallet, "id")).transpose()?;
    let body = json!({
        "since": since.as_secs().max(0), "walletId": wallet_id, "policies": candidate, "limit": args.limit,
    });
    let answer = client.post("/v1/policies/replay", &body).await?;
    Ok(Report::new(lines(&answer, &wallets)?, answer))
}

fn lines(answer: &Value, wallets: &[Value]) -> Result<String, Failure> {
    let seconds = |key: &str| answer.get(key).and_then(Value::as_i64);
    let mut lines = format!(
        "{} transactions since {} judged again, {} come out the same\n",
        cell(answer, "judged"),
        utc(seconds("since").unwrap_or_default()),
        cell(answer, "unchanged"),
    );
    let lists = [
        ("newlyDenied", "allowed then, denied by the candidate"),
        ("newlyAllowed", "denied then, allowed by the candidate"),
        ("otherTier", "another tier"),
        ("notReplayable", "not judged, because something was not recorded"),
    ];
    for (key, title) in lists {
        let list = answer.get(key).unwrap_or(&Value::Null);
        lines.push_str(&format!("{title}: {}\n", cell(list, "count")));
        let items = array(list, "items")?;
        for item in items {
            lines.push_str(&line(item, wallets));
        }
        let shown = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let left = list.get("count").and_then(Value::as_u64).unwrap_or_default().saturating_sub(shown);
        if left > 0 {
            lines.push_str(&format!("  and {left} more (--limit)\n"));
        }
    }
    if let Some(at) = seconds("stoppedAt") {
        lines.push_str(&format!(
            "Stopped at {}: there are too many. Name a wallet with --wallet, or a later --since.\n",
            utc(at)
        ));
    }
    Ok(lines)
}

fn line(item: &Value, wallets: &[Value]) -> String {
    let at = utc(item.get("createdAt").and_then(Value::as_i64).unwrap_or_default());
    let id = item.get("walletId").and_then(Value::as_str);
    let wallet = wallets.iter().find(|wallet| wallet.get("id").and_then(Value::as_str) == id);
    let wallet = wallet.map_or_else(|| cell(item, "walletId"), |wallet| cell(wallet, "name"));
    let worth = match item.get("amountUsd").and_then(Value::as_str) {
        Some(usd) => format!("${}", printable(usd)),
        None => format!("amount {}", cell(item, "amount")),
    };
    let recorded = short(item.get("recorded"));
    let becomes = match item.get("candidate") {
        Some(candidate) => format!("{recorded} -> {}", short(Some(candidate))),
        None => format!("{recorded}; missing: {}", cell(item, "missing")),
    };
    format!("  {at}  {}  {wallet}  {} {worth}  {becomes}\n", cell(item, "id"), cell(item, "type"))
}

/// A verdict in a word or two.
fn short(verdict: Option<&Value>) -> String {
    let verdict = verdict.unwrap_or(&Value::Null);
    match verdict.get("allowed") {
        Some(Value::Bool(true)) => cell(verdict, "tier"),
        _ => format!("denied ({})", cell(verdict, "reasonCode")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spans_days_or_instants() {
        for (text, expect) in [
            ("90m", Some(Since::Ago(5_400))),
            ("24h", Some(Since::Ago(86_400))),
            ("7d", Some(Since::Ago(604_800))),
            ("2w", Some(Since::Ago(1_209_600))),
            ("45s", Some(Since::Ago(45))),
            ("1970-01-02", Some(Since::At(UnixMillis::from_secs(86_400)))),
            ("1970-01-01T01:00:00+01:00", Some(Since::At(UnixMillis::EPOCH))),
            ("", None),
            ("d", None),
            ("-1d", None),
            ("+1d", None),
            ("7", None),
            ("7dd", None),
            ("2026-13-01", None),
            ("yesterday", None),
            ("99999999999999999999d", None),
            ("9999999999999999w", None),
        ] {
            assert_eq!(since(text).ok(), expect, "{text}");
        }
    }
}
