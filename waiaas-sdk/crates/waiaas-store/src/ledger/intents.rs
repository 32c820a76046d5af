//! Table `tx_intents`: signed bytes that are about to be sent.

use super::{guard, transactions};
use crate::failure::Failure;
use crate::row::{Fields, id, integer};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use waiaas_core::chain::Network;
use waiaas_core::id::TxId;
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;
use waiaas_engine::ports::store::{IntentRow, NewIntent};

/// Stores `intent` and moves its transaction to EXECUTING. Two partial unique indexes keep what must be
/// single single, whatever happens before them.
pub(super) async fn record(connection: &mut SqliteConnection, intent: &NewIntent) -> Result<(), Failure> {
    let session = match intent.tx {
        None => None,
        Some(tx) => {
            // A signature of another account is not this transaction's.
            let row = transactions::find(connection, tx)
                .await?
                .filter(|row| row.wallet == intent.wallet && row.network == intent.network);
            let row = row.ok_or_else(Failure::not_found)?;
            if !matches!(row.status, TxStatus::Pending | TxStatus::Executing) {
                return Err(Failure::stale(row.status.as_str()));
            }
            row.session
        }
    };
    guard::may_sign(connection, intent.wallet, session, intent.at).await?;
    insert(connection, intent).await?;
    if let Some(tx) = intent.tx {
        sqlx::query(
            "UPDATE transactions SET status = 'EXECUTING', updated_at = $2
             WHERE id = $1 AND status IN ('PENDING', 'EXECUTING')",
        )
        .bind(tx.to_string())
        .bind(intent.at.as_millis())
        .execute(connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn close(connection: &mut SqliteConnection, hash: &str, at: UnixMillis) -> Result<(), Failure> {
    // Closing twice keeps the first instant.
    let closed = sqlx::query("UPDATE tx_intents SET closed_at = COALESCE(closed_at, $2) WHERE hash = $1")
        .bind(hash)
        .bind(at.as_millis())
        .execute(connection)
        .await?;
    if closed.rows_affected() == 0 { Err(Failure::not_found()) } else { Ok(()) }
}

pub(super) async fn open(connection: &mut SqliteConnection, tx: Option<TxId>) -> Result<Vec<IntentRow>, Failure> {
    let rows = sqlx::query(
        "SELECT * FROM tx_intents WHERE closed_at IS NULL AND ($1 IS NULL OR tx_id = $1)
         ORDER BY wallet_id, network, sequence",
    )
    .bind(tx.map(|tx| tx.to_string()))
    .fetch_all(connection)
    .await?;
    rows.iter().map(intent_row).collect()
}

async fn insert(connection: &mut SqliteConnection, intent: &NewIntent) -> Result<(), Failure> {
    let inserted = sqlx::query(
        "INSERT INTO tx_intents (hash, tx_id, wallet_id, network, sequence, sealed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (hash) DO UPDATE SET closed_at = NULL, sealed = excluded.sealed, created_at = excluded.created_at
         WHERE closed_at IS NOT NULL AND tx_id IS excluded.tx_id
           AND wallet_id = excluded.wallet_id AND network = excluded.network",
    )
    .bind(&intent.hash)
    .bind(intent.tx.map(|tx| tx.to_string()))
    .bind(intent.wallet.to_string())
    .bind(intent.network.as_str())
    .bind(integer(intent.sequence, "sequence number")?)
    .bind(intent.sealed.clone())
    .bind(intent.at.as_millis())
    .execute(connection)
    .await
    .map_err(Failure::Sql);
    let taken = || Failure::stale("the transaction, the sequence number or the hash has a signature already");
    match inserted {
        Ok(done) if done.rows_affected() == 0 => Err(taken()),
        Ok(_) => Ok(()),
        Err(failure) if failure.is_duplicate() => Err(taken()),
        Err(failure) => Err(failure),
    }
}

fn intent_row(row: &SqliteRow) -> Result<IntentRow, Failure> {
    let fields = Fields::new(row, "tx_intents", "hash");
    Ok(IntentRow {
        intent: NewIntent {
            tx: fields.parsed_opt("tx_id", id)?,
            wallet: fields.parsed("wallet_id", id)?,
            network: fields.parsed("network", |text| Network::parse(text).ok())?,
            sequence: fields.number("sequence")?,
            hash: fields.text("hash")?,
            sealed: fields.bytes("sealed")?,
            at: fields.instant("created_at")?,
        },
        open: fields.instant_opt("closed_at")?.is_none(),
    })
}
