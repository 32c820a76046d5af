//! Table `owner_nonces`.

use crate::failure::Failure;
use crate::open::SqliteStore;
use crate::row::{Fields, hash_text};
use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{NonceBinding, OwnerNonceStore, StoreError};

#[async_trait]
impl OwnerNonceStore for SqliteStore {
    async fn issue_nonce(
        &self,
        hash: [u8; 32],
        binding: &NonceBinding,
        now: UnixMillis,
        expires_at: UnixMillis,
        capacity: u32,
    ) -> Result<(), StoreError> {
        let binding = binding.clone();
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query("DELETE FROM owner_nonces WHERE expires_at <= $1 OR hash = $2")
                    .bind(now.as_millis())
                    .bind(hash_text(&hash))
                    .execute(&mut *connection)
                    .await?;
                sqlx::query("INSERT INTO owner_nonces (hash, action, resource, expires_at) VALUES ($1, $2, $3, $4)")
                    .bind(hash_text(&hash))
                    .bind(binding.action)
                    .bind(binding.resource)
                    .bind(expires_at.as_millis())
                    .execute(&mut *connection)
                    .await?;
                // Keeps the newest `capacity`: the boundary is the newest one that is too many.
                sqlx::query(
                    "DELETE FROM owner_nonces
                     WHERE id <= (SELECT id FROM owner_nonces ORDER BY id DESC LIMIT 1 OFFSET $1)",
                )
                .bind(i64::from(capacity))
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    async fn consume_nonce(&self, hash: [u8; 32], now: UnixMillis) -> Result<Option<NonceBinding>, StoreError> {
        self.write(move |connection| Box::pin(consume(connection, hash, now))).await
    }
}

async fn consume(
    connection: &mut SqliteConnection,
    hash: [u8; 32],
    now: UnixMillis,
) -> Result<Option<NonceBinding>, Failure> {
    let row = sqlx::query("DELETE FROM owner_nonces WHERE hash = $1 RETURNING hash, action, resource, expires_at")
        .bind(hash_text(&hash))
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let fields = Fields::new(&row, "owner_nonces", "hash");
    if now >= fields.instant("expires_at")? {
        return Ok(None);
    }
    Ok(Some(NonceBinding { action: fields.text_opt("action")?, resource: fields.text_opt("resource")? }))
}
