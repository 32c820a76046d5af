//! Compare-and-set moves of transactions.

use super::{approvals, guard, holds, transactions};
use crate::failure::Failure;
use crate::{audit, wallets};
use sqlx::sqlite::SqliteConnection;
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{IntentGuard, Transition, TxRow};

pub(super) async fn apply(connection: &mut SqliteConnection, change: &Transition) -> Result<TxRow, Failure> {
    let row = transactions::find(connection, change.tx).await?.ok_or_else(Failure::not_found)?;
    if !change.from.contains(&row.status) || row.status.check_move(change.to).is_err() {
        return Err(Failure::stale(row.status.as_str()));
    }
    let by_owner = approvals::apply(connection, change.tx, &change.approval, change.at).await?;
    match change.guard {
        IntentGuard::None => {}
        IntentGuard::MaySign => guard::may_sign(connection, row.wallet, row.session, change.at).await?,
    }
    let patch = &change.patch;
    let moved = sqlx::query(
        "UPDATE transactions SET status = $3, updated_at = $4,
             delay_until = CASE WHEN $3 = 'QUEUED' THEN delay_until END,
             tx_hash = COALESCE($5, tx_hash), executed_at = COALESCE($6, executed_at), fee = COALESCE($7, fee),
             failure_code = COALESCE($8, failure_code), failure_message = COALESCE($9, failure_message)
         WHERE id = $1 AND status = $2",
    )
    .bind(change.tx.to_string())
    .bind(row.status.as_str())
    .bind(change.to.as_str())
    .bind(change.at.as_millis())
    .bind(patch.tx_hash.as_deref())
    .bind(patch.executed_at.map(UnixMillis::as_millis))
    .bind(patch.fee.map(|fee| fee.to_string()))
    .bind(patch.failure.as_ref().map(|failure| failure.code.as_str()))
    .bind(patch.failure.as_ref().map(|failure| failure.message.as_str()))
    .execute(&mut *connection)
    .await?;
    if moved.rows_affected() != 1 {
        return Err(Failure::stale(row.status.as_str()));
    }
    holds::apply(connection, change.tx, change.holds).await?;
    if by_owner {
        wallets::verify_owner(connection, row.wallet, change.at).await?;
    }
    audit::append(connection, &change.audit).await?;
    transactions::find(connection, change.tx).await?.ok_or_else(Failure::not_found)
}
