//! Table `idempotency_keys`.

use crate::failure::Failure;
use crate::open::SqliteStore;
use crate::row::{Fields, hash, hash_text};
use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{ClaimToken, IdempotencyOutcome, IdempotencyStore, StoreError, StoredAnswer};

/// How long a claim is respected without an answer, in milliseconds (contract of
/// [`IdempotencyStore::claim_key`]).
const CLAIM_MS: i64 = 60_000;

#[async_trait]
impl IdempotencyStore for SqliteStore {
    async fn claim_key(
        &self,
        scope: &str,
        key: &str,
        fingerprint: [u8; 32],
        token: ClaimToken,
        now: UnixMillis,
        keep_ms: i64,
    ) -> Result<IdempotencyOutcome, StoreError> {
        let (scope, key) = (scope.to_owned(), key.to_owned());
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query("DELETE FROM idempotency_keys WHERE claimed_at < $1")
                    .bind(now.as_millis().saturating_sub(keep_ms))
                    .execute(&mut *connection)
                    .await?;
                match earlier_outcome(connection, &scope, &key, fingerprint, now).await? {
                    Some(outcome) => Ok(outcome),
                    None => claim(connection, &scope, &key, fingerprint, token, now).await,
                }
            })
        })
        .await
    }

    async fn complete_key(
        &self,
        scope: &str,
        key: &str,
        token: ClaimToken,
        answer: Option<&StoredAnswer>,
    ) -> Result<(), StoreError> {
        let (scope, key, answer) = (scope.to_owned(), key.to_owned(), answer.cloned());
        self.write(move |connection| {
            Box::pin(async move {
                let query = match answer {
                    Some(answer) => sqlx::query(
                        "UPDATE idempotency_keys SET http_status = $4, sealed_body = $5
                         WHERE scope = $1 AND key = $2 AND claim = $3 AND http_status IS NULL",
                    )
                    .bind(scope)
                    .bind(key)
                    .bind(hex::encode(token.0))
                    .bind(i64::from(answer.status))
                    .bind(answer.sealed_body),
                    None => sqlx::query(
                        "DELETE FROM idempotency_keys
                         WHERE scope = $1 AND key = $2 AND claim = $3 AND http_status IS NULL",
                    )
                    .bind(scope)
                    .bind(key)
                    .bind(hex::encode(token.0)),
                };
                match query.execute(connection).await?.rows_affected() {
                    1 => Ok(()),
                    _ => Err(Failure::stale("the claim does not stand any more")),
                }
            })
        })
        .await
    }
}

/// What an earlier claim of the key means for this one; `None` when it may be claimed.
async fn earlier_outcome(
    connection: &mut SqliteConnection,
    scope: &str,
    key: &str,
    fingerprint: [u8; 32],
    now: UnixMillis,
) -> Result<Option<IdempotencyOutcome>, Failure> {
    let row = sqlx::query("SELECT * FROM idempotency_keys WHERE scope = $1 AND key = $2")
        .bind(scope)
        .bind(key)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let fields = Fields::new(&row, "idempotency_keys", "key");
    if fields.parsed("fingerprint", hash)? != fingerprint {
        return Ok(Some(IdempotencyOutcome::Conflict));
    }
    match (fields.number_opt("http_status")?, fields.bytes_opt("sealed_body")?) {
        (Some(status), Some(sealed_body)) => Ok(Some(IdempotencyOutcome::Replay(StoredAnswer { status, sealed_body }))),
        (None, None) if now.millis_since(fields.instant("claimed_at")?) < CLAIM_MS => {
            Ok(Some(IdempotencyOutcome::InProgress))
        }
        (None, None) => Ok(None),
        _ => Err(fields.damaged("sealed_body", "a status without a body, or the other way round")),
    }
}

async fn claim(
    connection: &mut SqliteConnection,
    scope: &str,
    key: &str,
    fingerprint: [u8; 32],
    token: ClaimToken,
    now: UnixMillis,
) -> Result<IdempotencyOutcome, Failure> {
    sqlx::query(
        "INSERT INTO idempotency_keys (scope, key, fingerprint, claimed_at, claim) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope, key) DO UPDATE SET claimed_at = excluded.claimed_at, claim = excluded.claim",
    )
    .bind(scope)
    .bind(key)
    .bind(hash_text(&fingerprint))
    .bind(now.as_millis())
    .bind(hex::encode(token.0))
    .execute(connection)
    .await?;
    Ok(IdempotencyOutcome::Claimed)
}
