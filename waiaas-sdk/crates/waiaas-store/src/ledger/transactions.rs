//! Table `transactions`.

use super::dollars;
use super::history::Place;
use crate::failure::Failure;
use crate::row::{Fields, hash_text, id};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use waiaas_core::chain::Network;
use waiaas_core::id::{TxId, WalletId};
use waiaas_core::money::BaseUnits;
use waiaas_core::policy::Tier;
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Tx, TxStatus};
use waiaas_engine::ports::store::{Due, FailureNote, HistoryQuery, IdempotencyClaim, TxRow};

/// An id above every id in text form.
const ABOVE_ALL_IDS: &str = "g";

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    row: &TxRow,
    counts_for_rate: bool,
    claim: Option<&IdempotencyClaim>,
) -> Result<(), Failure> {
    let (micros, large) = row.usd.map(dollars::columns).unzip();
    let inserted = sqlx::query(
        "INSERT INTO transactions (id, wallet_id, session_id, network, request, status, tier, usd_micros, usd_micros_large,
             decision, created_at, updated_at, queued_at, delay_until, executed_at, tx_hash, fee, failure_code,
             failure_message, counts_for_rate, idempotency_key, idempotency_fingerprint)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22)",
    )
    .bind(row.id.to_string())
    .bind(row.wallet.to_string())
    .bind(row.session.map(|session| session.to_string()))
    .bind(row.network.as_str())
    .bind(row.tx.to_record().to_string())
    .bind(row.status.as_str())
    .bind(row.tier.map(Tier::as_str))
    .bind(micros)
    .bind(large.flatten())
    .bind(row.decision.to_string())
    .bind(row.created_at.as_millis())
    .bind(row.updated_at.as_millis())
    .bind(row.queued_at.map(UnixMillis::as_millis))
    .bind(row.delay_until.map(UnixMillis::as_millis))
    .bind(row.executed_at.map(UnixMillis::as_millis))
    .bind(row.tx_hash.as_deref())
    .bind(row.fee.map(|fee| fee.to_string()))
    .bind(row.failure.as_ref().map(|failure| failure.code.as_str()))
    .bind(row.failure.as_ref().map(|failure| failure.message.as_str()))
    .bind(i64::from(counts_for_rate))
    .bind(claim.map(|claim| claim.key.as_str()))
    .bind(claim.map(|claim| hash_text(&claim.fingerprint)))
    .execute(&mut *connection)
    .await
    .map_err(Failure::Sql);
    match inserted {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_duplicate() => Err(match find(connection, row.id).await? {
            Some(present) => Failure::stale(present.status.as_str()),
            None => failure,
        }),
        Err(failure) => Err(failure),
    }
}

/// One transaction, if there is one.
pub(super) async fn find(connection: &mut SqliteConnection, id: TxId) -> Result<Option<TxRow>, Failure> {
    let row =
        sqlx::query("SELECT * FROM transactions WHERE id = $1").bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(tx_row).transpose()
}

/// Newest first.
pub(super) async fn list(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    before: Option<TxId>,
    limit: u32,
    open_only: bool,
) -> Result<Vec<TxRow>, Failure> {
    let sql = if open_only {
        "SELECT * FROM transactions WHERE wallet_id = $1 AND id < $2 AND status IN ('PENDING', 'QUEUED')
         ORDER BY id DESC LIMIT $3"
    } else {
        "SELECT * FROM transactions WHERE wallet_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
    };
    let rows = sqlx::query(sql)
        .bind(wallet.to_string())
        .bind(before.map_or_else(|| ABOVE_ALL_IDS.to_owned(), |id| id.to_string()))
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    rows.iter().map(tx_row).collect()
}

/// Newest first, of all wallets.
pub(crate) async fn recent(connection: &mut SqliteConnection, limit: u32) -> Result<Vec<TxRow>, Failure> {
    let rows = sqlx::query("SELECT * FROM transactions ORDER BY id DESC LIMIT $1")
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    rows.iter().map(tx_row).collect()
}

/// Oldest first. Each list has a partial index, so its cost is the length of the list, not of the table.
pub(super) async fn due(
    connection: &mut SqliteConnection,
    due: Due,
    now: UnixMillis,
    after: Option<TxId>,
    limit: u32,
) -> Result<Vec<TxRow>, Failure> {
    let sql = match due {
        Due::DelayElapsed => {
            "SELECT * FROM transactions
             WHERE status = 'QUEUED' AND delay_until IS NOT NULL AND delay_until <= $3 AND id > $1
             ORDER BY id LIMIT $2"
        }
        Due::ApprovalExpired => {
            "SELECT transactions.* FROM transactions
             JOIN pending_approvals ON pending_approvals.tx_id = transactions.id
             WHERE pending_approvals.closed_at IS NULL AND pending_approvals.expires_at <= $3
                 AND transactions.status = 'QUEUED' AND transactions.id > $1
             ORDER BY transactions.id LIMIT $2"
        }
        Due::Unfinished => {
            "SELECT * FROM transactions WHERE status IN ('PENDING', 'EXECUTING') AND id > $1 ORDER BY id LIMIT $2"
        }
        Due::Submitted => "SELECT * FROM transactions WHERE status = 'SUBMITTED' AND id > $1 ORDER BY id LIMIT $2",
    };
    let mut query = sqlx::query(sql).bind(after.map(|id| id.to_string()).unwrap_or_default()).bind(i64::from(limit));
    if matches!(due, Due::DelayElapsed | Due::ApprovalExpired) {
        query = query.bind(now.as_millis());
    }
    let rows = query.fetch_all(connection).await?;
    rows.iter().map(tx_row).collect()
}

/// Oldest first, after `after`.
pub(super) async fn past(
    connection: &mut SqliteConnection,
    query: &HistoryQuery,
    after: Option<Place>,
    limit: u32,
) -> Result<Vec<TxRow>, Failure> {
    let (instant, id) = after.map_or((i64::MIN, String::new()), |(at, id)| (at.as_millis(), id.to_string()));
    // The walk is along `transactions_by_creation`, once from end to end however many pages there are.
    let rows = sqlx::query(
        "SELECT * FROM transactions
         WHERE (created_at, id) > ($1, $2) AND ($3 IS NULL OR wallet_id = $3)
             AND (created_at >= $4 OR updated_at >= $5
                 OR status IN ('PENDING', 'QUEUED', 'GAS_WAITING', 'EXECUTING', 'SUBMITTED'))
         ORDER BY created_at, id LIMIT $6",
    )
    .bind(instant)
    .bind(id)
    .bind(query.wallet.map(|wallet| wallet.to_string()))
    .bind(query.admitted_since.as_millis())
    .bind(query.open_since.as_millis())
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    rows.iter().map(tx_row).collect()
}

fn tx_row(row: &SqliteRow) -> Result<TxRow, Failure> {
    let fields = Fields::new(row, "transactions", "id");
    let network = fields.parsed("network", |text| Network::parse(text).ok())?;
    let tx = Tx::from_record(network, &fields.json("request")?).map_err(|error| fields.damaged("request", error))?;
    let failure = match (fields.text_opt("failure_code")?, fields.text_opt("failure_message")?) {
        (Some(code), Some(message)) => Some(FailureNote { code, message }),
        (None, None) => None,
        _ => return Err(fields.damaged("failure_code", "a code without a message, or the other way round")),
    };
    Ok(TxRow {
        id: fields.parsed("id", id)?,
        wallet: fields.parsed("wallet_id", id)?,
        session: fields.parsed_opt("session_id", id)?,
        network,
        tx,
        status: fields.parsed("status", TxStatus::parse)?,
        tier: fields.parsed_opt("tier", Tier::parse)?,
        usd: dollars::read_opt(&fields)?,
        decision: fields.json("decision")?,
        created_at: fields.instant("created_at")?,
        updated_at: fields.instant("updated_at")?,
        queued_at: fields.instant_opt("queued_at")?,
        delay_until: fields.instant_opt("delay_until")?,
        executed_at: fields.instant_opt("executed_at")?,
        tx_hash: fields.text_opt("tx_hash")?,
        fee: fields.parsed_opt("fee", |text| BaseUnits::parse_digits(text).ok())?,
        failure,
    })
}
