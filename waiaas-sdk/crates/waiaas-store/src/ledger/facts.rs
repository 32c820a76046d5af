//! What an admission reads: the state of the service, and sums over one wallet's ledger.

use super::dollars;
use crate::failure::Failure;
use crate::policies::PolicyCache;
use crate::row::{Fields, integer};
use crate::{sessions, wallets};
use sqlx::sqlite::SqliteConnection;
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, RateCount, RateWindow};
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::AdmissionState;

/// Length of the daily window, in seconds (`policy.md` section 6).
const DAY_SECS: i64 = 86_400;
/// Length of the monthly window, in seconds (`policy.md` section 6).
const MONTH_SECS: i64 = 2_592_000;

pub(super) async fn admission_state(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    session: Option<SessionId>,
    policies: &PolicyCache,
) -> Result<AdmissionState, Failure> {
    let wallet_row = wallets::read(connection, wallet).await?;
    let session = match session {
        Some(session) => sessions::find(connection, session).await?,
        None => None,
    };
    Ok(AdmissionState {
        wallet: wallet_row,
        session,
        kill_switch: crate::system::kill_switch::read(connection).await?.state,
        policies: policies.snapshot(connection).await?,
        in_flight: in_flight(connection, wallet).await?,
    })
}

/// Transactions that are not final.
async fn in_flight(connection: &mut SqliteConnection, wallet: WalletId) -> Result<u64, Failure> {
    // The list is that of `TxStatus::is_terminal` turned round, in the form that an index can serve; a
    // test compares the two.
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM transactions
         WHERE wallet_id = $1 AND status IN ('PENDING', 'QUEUED', 'GAS_WAITING', 'EXECUTING', 'SUBMITTED')",
    )
    .bind(wallet.to_string())
    .fetch_one(connection)
    .await?;
    Fields::new(&row, "transactions", "n").number("n")
}

pub(super) async fn ledger_facts(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    now: UnixMillis,
    except: Option<TxId>,
    query: &LedgerQuery,
) -> Result<LedgerFacts, Failure> {
    let mut held = BTreeMap::new();
    for asset in &query.held {
        if let Some(sum) = held_of(connection, wallet, except, asset).await? {
            held.insert(*asset, sum);
        }
    }
    let (daily_usd, monthly_usd) = spent(connection, wallet, now, except, query).await?;
    let mut rates = Vec::with_capacity(query.rates.len());
    for window in &query.rates {
        rates.push(rate(connection, wallet, now, *window).await?);
    }
    Ok(LedgerFacts { held, daily_usd, monthly_usd, rates })
}

/// Sum of one asset in flight; `None` when there is nothing.
async fn held_of(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    except: Option<TxId>,
    asset: &AssetId,
) -> Result<Option<BaseUnits>, Failure> {
    // 256-bit integers cannot be added in SQL; one joined text costs far less than a row per hold.
    let row = sqlx::query(
        "SELECT wallet_id, group_concat(amount, ' ') AS amounts FROM spend_holds
         WHERE wallet_id = $1 AND asset = $2 AND state = 'HELD' AND tx_id <> $3",
    )
    .bind(wallet.to_string())
    .bind(asset.to_string())
    .bind(except.map(|tx| tx.to_string()).unwrap_or_default())
    .fetch_one(connection)
    .await?;
    let fields = Fields::new(&row, "spend_holds", "wallet_id");
    let Some(amounts) = fields.text_opt("amounts")? else { return Ok(None) };
    let mut sum = BaseUnits::ZERO;
    for amount in amounts.split(' ') {
        let amount = BaseUnits::parse_digits(amount).map_err(|error| fields.damaged("amount", error))?;
        sum = sum.saturating_add(amount);
    }
    Ok(Some(sum))
}

/// Dollars in flight at any age, plus dollars spent in the last day and in the last 30 days.
async fn spent(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    now: UnixMillis,
    except: Option<TxId>,
    query: &LedgerQuery,
) -> Result<(Usd, Usd), Failure> {
    if !query.daily_usd && !query.monthly_usd {
        return Ok((Usd::ZERO, Usd::ZERO));
    }
    let day = now.plus_secs(-DAY_SECS);
    let month = if query.monthly_usd { now.plus_secs(-MONTH_SECS) } else { day };
    let rows = sqlx::query(
        "SELECT 'recent' AS part, COALESCE(SUM(usd_micros / 1000000000), 0) AS billions,
             COALESCE(SUM(usd_micros % 1000000000), 0) AS rest, group_concat(usd_micros_large, ' ') AS large
         FROM spend_holds WHERE wallet_id = $1 AND state = 'HELD' AND tx_id <> $2
         UNION ALL
         SELECT 'recent', COALESCE(SUM(usd_micros / 1000000000), 0),
             COALESCE(SUM(usd_micros % 1000000000), 0), group_concat(usd_micros_large, ' ')
         FROM spend_holds WHERE wallet_id = $1 AND state = 'SETTLED' AND created_at >= $3 AND tx_id <> $2
         UNION ALL
         SELECT 'older', COALESCE(SUM(usd_micros / 1000000000), 0),
             COALESCE(SUM(usd_micros % 1000000000), 0), group_concat(usd_micros_large, ' ')
         FROM spend_holds
         WHERE wallet_id = $1 AND state = 'SETTLED' AND created_at >= $4 AND created_at < $3 AND tx_id <> $2",
    )
    .bind(wallet.to_string())
    .bind(except.map(|tx| tx.to_string()).unwrap_or_default())
    .bind(day.as_millis())
    .bind(month.as_millis())
    .fetch_all(connection)
    .await?;
    let (mut daily, mut monthly) = (Usd::ZERO, Usd::ZERO);
    for row in &rows {
        let fields = Fields::new(row, "spend_holds", "part");
        let sum = dollars::read_sum(&fields)?;
        monthly = monthly.saturating_add(sum);
        if fields.text("part")? == "recent" {
            daily = daily.saturating_add(sum);
        }
    }
    let asked = |wanted: bool, sum: Usd| if wanted { sum } else { Usd::ZERO };
    Ok((asked(query.daily_usd, daily), asked(query.monthly_usd, monthly)))
}

async fn rate(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    now: UnixMillis,
    window: RateWindow,
) -> Result<RateCount, Failure> {
    let length = i64::try_from(window.window_seconds).unwrap_or(i64::MAX);
    let start = now.plus_secs(length.saturating_neg());
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM transactions WHERE wallet_id = $1 AND counts_for_rate = 1 AND created_at >= $2",
    )
    .bind(wallet.to_string())
    .bind(start.as_millis())
    .fetch_one(&mut *connection)
    .await?;
    let count: u64 = Fields::new(&row, "transactions", "n").number("n")?;
    // The (count − max + 1)-th oldest has count − max older ones before it.
    let frees_at_expiry_of = match count.checked_sub(window.max_requests) {
        None => None,
        Some(older) => sqlx::query(
            "SELECT id, created_at FROM transactions
             WHERE wallet_id = $1 AND counts_for_rate = 1 AND created_at >= $2
             ORDER BY created_at LIMIT 1 OFFSET $3",
        )
        .bind(wallet.to_string())
        .bind(start.as_millis())
        .bind(integer(older, "number of requests")?)
        .fetch_optional(connection)
        .await?
        .map(|row| Fields::new(&row, "transactions", "id").instant("created_at"))
        .transpose()?,
    };
    Ok(RateCount { window, count, frees_at_expiry_of })
}

#[cfg(test)]
mod tests {
    use waiaas_core::tx::TxStatus;

    #[test]
    fn in_flight_means_not_final() {
        let listed = ["PENDING", "QUEUED", "GAS_WAITING", "EXECUTING", "SUBMITTED"];
        for status in TxStatus::ALL {
            assert_eq!(listed.contains(&status.as_str()), !status.is_terminal(), "{status}");
        }
    }
}
