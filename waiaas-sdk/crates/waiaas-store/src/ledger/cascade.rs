//! What happens to transactions when their wallet ends or everything stops.

use super::{approvals, holds};
use crate::failure::Failure;
use crate::row::{Fields, id};
use sqlx::sqlite::SqliteConnection;
use waiaas_core::id::{TxId, WalletId};
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{FailureNote, HoldEffect};

/// Cancels the transactions of `wallet` (or of all) that were never signed, oldest first, and releases
/// what they hold. A signed one, even if its signature looks dead, goes on to its own end: what the
/// chain says about it is for the reconciler to find out.
pub(crate) async fn cancel_unsigned(
    connection: &mut SqliteConnection,
    wallet: Option<WalletId>,
    note: &FailureNote,
    at: UnixMillis,
) -> Result<Vec<TxId>, Failure> {
    let rows = sqlx::query(
        "SELECT id FROM transactions
         WHERE ($1 IS NULL OR wallet_id = $1)
             AND status IN ('PENDING', 'QUEUED', 'GAS_WAITING', 'EXECUTING')
             AND (status IN ('QUEUED', 'GAS_WAITING')
                  OR NOT EXISTS (SELECT 1 FROM tx_intents WHERE tx_intents.tx_id = transactions.id))
         ORDER BY id",
    )
    .bind(wallet.map(|wallet| wallet.to_string()))
    .fetch_all(&mut *connection)
    .await?;
    let mut cancelled = Vec::with_capacity(rows.len());
    for row in &rows {
        let tx: TxId = Fields::new(row, "transactions", "id").parsed("id", id)?;
        sqlx::query(
            "UPDATE transactions SET status = 'CANCELLED', updated_at = $2, delay_until = NULL, failure_code = $3,
                 failure_message = $4
             WHERE id = $1",
        )
        .bind(tx.to_string())
        .bind(at.as_millis())
        .bind(&note.code)
        .bind(&note.message)
        .execute(&mut *connection)
        .await?;
        holds::apply(connection, tx, HoldEffect::Release).await?;
        approvals::withdraw(connection, tx, at).await?;
        cancelled.push(tx);
    }
    Ok(cancelled)
}
