//! Table `audit_log`.

use crate::failure::Failure;
use crate::open::SqliteStore;
use crate::row::{Fields, id};
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use waiaas_core::id::TxId;
use waiaas_engine::ports::store::{AuditEntry, AuditLog, AuditRecord, Severity, StoreError};

#[async_trait]
impl AuditLog for SqliteStore {
    async fn append(&self, entries: &[AuditEntry]) -> Result<(), StoreError> {
        let entries = entries.to_vec();
        self.write(move |connection| Box::pin(async move { append(connection, &entries).await })).await
    }

    async fn entries(&self, tx: Option<TxId>, before: Option<i64>, limit: u32) -> Result<Vec<AuditRecord>, StoreError> {
        self.read(move |connection| {
            Box::pin(async move {
                let before = before.unwrap_or(i64::MAX);
                let query = match tx {
                    Some(tx) => {
                        sqlx::query("SELECT * FROM audit_log WHERE tx_id = $3 AND id < $1 ORDER BY id DESC LIMIT $2")
                            .bind(before)
                            .bind(i64::from(limit))
                            .bind(tx.to_string())
                    }
                    None => sqlx::query("SELECT * FROM audit_log WHERE id < $1 ORDER BY id DESC LIMIT $2")
                        .bind(before)
                        .bind(i64::from(limit)),
                };
                query.fetch_all(connection).await?.iter().map(record).collect()
            })
        })
        .await
    }
}

/// Appends `entries` in order, in the caller's transaction.
pub(crate) async fn append(connection: &mut SqliteConnection, entries: &[AuditEntry]) -> Result<(), Failure> {
    for entry in entries {
        sqlx::query(
            "INSERT INTO audit_log (timestamp, event_type, actor, severity, wallet_id, session_id, tx_id, details)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(entry.at.as_millis())
        .bind(entry.event.as_str())
        .bind(entry.actor.to_string())
        .bind(entry.severity.as_str())
        .bind(entry.wallet.map(|id| id.to_string()))
        .bind(entry.session.map(|id| id.to_string()))
        .bind(entry.tx.map(|id| id.to_string()))
        .bind(entry.details.to_string())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn record(row: &SqliteRow) -> Result<AuditRecord, Failure> {
    let fields = Fields::new(row, "audit_log", "id");
    Ok(AuditRecord {
        id: fields.int("id")?,
        at: fields.instant("timestamp")?,
        event: fields.text("event_type")?,
        actor: fields.text("actor")?,
        severity: fields.parsed("severity", Severity::parse)?,
        wallet: fields.parsed_opt("wallet_id", id)?,
        session: fields.parsed_opt("session_id", id)?,
        tx: fields.parsed_opt("tx_id", id)?,
        details: fields.json("details")?,
    })
}
