//! Table `key_value_store`, and counts over the service.

use crate::failure::Failure;
use crate::ledger::transactions;
use crate::open::SqliteStore;
use crate::row::Fields;
use crate::schema;
use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{StoreError, SystemStore, TxRow};

#[async_trait]
impl SystemStore for SqliteStore {
    async fn value(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let key = key.to_owned();
        self.read(move |connection| Box::pin(async move { value(connection, &key).await })).await
    }

    async fn set_value(&self, key: &str, expected: Option<&[u8]>, new: &[u8]) -> Result<(), StoreError> {
        let (key, expected, new) = (key.to_owned(), expected.map(<[u8]>::to_vec), new.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                let present = value(connection, &key).await?;
                if present != expected {
                    // The value itself may be a secret: the error tells only whether there is one.
                    return Err(Failure::stale(if present.is_some() { "another value" } else { "absent" }));
                }
                sqlx::query(
                    "INSERT INTO key_value_store (key, value) VALUES ($1, $2)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                )
                .bind(key)
                .bind(new)
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    async fn transaction_counts(&self, since: UnixMillis) -> Result<(u64, u64), StoreError> {
        self.read(move |connection| {
            Box::pin(async move {
                let row = sqlx::query(
                    "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN status = 'FAILED' THEN 1 ELSE 0 END), 0) AS failed
                     FROM transactions WHERE created_at >= $1",
                )
                .bind(since.as_millis())
                .fetch_one(connection)
                .await?;
                let fields = Fields::new(&row, "transactions", "n");
                Ok((fields.number("n")?, fields.number("failed")?))
            })
        })
        .await
    }

    async fn recent_transactions(&self, limit: u32) -> Result<Vec<TxRow>, StoreError> {
        self.read(move |connection| Box::pin(transactions::recent(connection, limit))).await
    }

    async fn schema_version(&self) -> Result<u32, StoreError> {
        self.read(|connection| {
            Box::pin(async move {
                let version = schema::applied_version(connection).await?.unwrap_or_default();
                u32::try_from(version).map_err(|_| Failure::out_of_range("schema version"))
            })
        })
        .await
    }
}

async fn value(connection: &mut SqliteConnection, key: &str) -> Result<Option<Vec<u8>>, Failure> {
    let row = sqlx::query("SELECT key, value FROM key_value_store WHERE key = $1")
        .bind(key)
        .fetch_optional(connection)
        .await?;
    row.map(|row| Fields::new(&row, "key_value_store", "key").bytes("value")).transpose()
}
