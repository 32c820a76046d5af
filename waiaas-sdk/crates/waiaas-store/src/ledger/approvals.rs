//! Table `pending_approvals`.

use crate::failure::Failure;
use crate::row::{Fields, id};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use waiaas_core::id::TxId;
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{ApprovalEffect, ApprovalRow};

/// A request to the owner, and whether it still waits.
pub(super) struct Approval {
    pub(super) row: ApprovalRow,
    open: bool,
}

pub(super) async fn insert(connection: &mut SqliteConnection, row: &ApprovalRow) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO pending_approvals (id, tx_id, created_at, expires_at, approved_at, rejected_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.id.to_string())
    .bind(row.tx.to_string())
    .bind(row.created_at.as_millis())
    .bind(row.expires_at.as_millis())
    .bind(row.approved_at.map(UnixMillis::as_millis))
    .bind(row.rejected_at.map(UnixMillis::as_millis))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn find(connection: &mut SqliteConnection, tx: TxId) -> Result<Option<Approval>, Failure> {
    let row = sqlx::query("SELECT * FROM pending_approvals WHERE tx_id = $1")
        .bind(tx.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(approval).transpose()
}

/// Checks that the approval of `tx` is as `effect` demands and stamps it. Returns whether the owner's key
/// has signed for this.
pub(super) async fn apply(
    connection: &mut SqliteConnection,
    tx: TxId,
    effect: &ApprovalEffect,
    at: UnixMillis,
) -> Result<bool, Failure> {
    if *effect == ApprovalEffect::None {
        return Ok(false);
    }
    let found = find(connection, tx).await?;
    let exists = found.is_some();
    let end = found.filter(|approval| approval.open).map(|approval| approval.row.expires_at);
    match (effect, end) {
        (ApprovalEffect::None, _) => Ok(false),
        (ApprovalEffect::Approve { signature }, Some(end)) if at < end => {
            close(connection, tx, at, Stamp::Approved(signature)).await?;
            Ok(true)
        }
        (ApprovalEffect::Approve { .. }, Some(_)) => Err(Failure::stale("approval past its end")),
        (ApprovalEffect::Expire, Some(end)) if at >= end => {
            close(connection, tx, at, Stamp::Nothing).await?;
            Ok(false)
        }
        (ApprovalEffect::Expire, Some(_)) => Err(Failure::stale("approval before its end")),
        (ApprovalEffect::Approve { .. } | ApprovalEffect::Expire, None) => Err(Failure::stale("no open approval")),
        (ApprovalEffect::Expedite, _) if exists => Err(Failure::stale("waiting for an approval")),
        (ApprovalEffect::Expedite, _) => Ok(true),
        (ApprovalEffect::Reject { by_owner }, open) => {
            if open.is_some() {
                close(connection, tx, at, Stamp::Rejected).await?;
            }
            Ok(*by_owner)
        }
    }
}

/// Closes the open approval of `tx`, if it has one, without a decision.
pub(super) async fn withdraw(connection: &mut SqliteConnection, tx: TxId, at: UnixMillis) -> Result<(), Failure> {
    close(connection, tx, at, Stamp::Nothing).await
}

enum Stamp<'a> {
    Approved(&'a [u8]),
    Rejected,
    Nothing,
}

async fn close(connection: &mut SqliteConnection, tx: TxId, at: UnixMillis, stamp: Stamp<'_>) -> Result<(), Failure> {
    let (approved_at, rejected_at, signature) = match stamp {
        Stamp::Approved(signature) => (Some(at.as_millis()), None, Some(signature)),
        Stamp::Rejected => (None, Some(at.as_millis()), None),
        Stamp::Nothing => (None, None, None),
    };
    sqlx::query(
        "UPDATE pending_approvals SET closed_at = $2, approved_at = $3, rejected_at = $4, owner_signature = $5
         WHERE tx_id = $1 AND closed_at IS NULL",
    )
    .bind(tx.to_string())
    .bind(at.as_millis())
    .bind(approved_at)
    .bind(rejected_at)
    .bind(signature.map(<[u8]>::to_vec))
    .execute(connection)
    .await?;
    Ok(())
}

fn approval(row: &SqliteRow) -> Result<Approval, Failure> {
    let fields = Fields::new(row, "pending_approvals", "id");
    let row = ApprovalRow {
        id: fields.parsed("id", id)?,
        tx: fields.parsed("tx_id", id)?,
        created_at: fields.instant("created_at")?,
        expires_at: fields.instant("expires_at")?,
        approved_at: fields.instant_opt("approved_at")?,
        rejected_at: fields.instant_opt("rejected_at")?,
    };
    let open = fields.instant_opt("closed_at")?.is_none();
    Ok(Approval { row, open })
}
