//! Tables `sessions` and `session_wallets`.

use crate::failure::Failure;
use crate::open::SqliteStore;
use crate::row::{Fields, hash, hash_text, id, integer};
use crate::{audit, wallets};
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use waiaas_core::id::{SessionId, WalletId};
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::WalletStatus;
use waiaas_engine::ports::store::{
    AuditEntry, GuardFailure, Page, SessionRow, SessionSource, SessionStore, StoreError, TokenHash, TokenReplacement,
};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn insert_session(
        &self,
        session: &SessionRow,
        limit_per_wallet: u32,
        audit: &[AuditEntry],
    ) -> Result<(), StoreError> {
        let (session, audit) = (session.clone(), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                for wallet in &session.wallets {
                    check_room(connection, *wallet, limit_per_wallet, session.created_at).await?;
                }
                insert(connection, &session).await?;
                audit::append(connection, &audit).await
            })
        })
        .await
    }

    async fn session(&self, id: SessionId) -> Result<SessionRow, StoreError> {
        self.read(move |connection| Box::pin(async move { find(connection, id).await?.ok_or_else(Failure::not_found) }))
            .await
    }

    async fn sessions(&self, wallet: Option<WalletId>, page: Page) -> Result<(Vec<SessionRow>, u64), StoreError> {
        self.read(move |connection| Box::pin(list(connection, wallet, page))).await
    }

    async fn replace_token(
        &self,
        id: SessionId,
        replacement: &TokenReplacement,
        audit: &[AuditEntry],
    ) -> Result<SessionRow, StoreError> {
        let (replacement, audit) = (replacement.clone(), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                replace(connection, id, &replacement).await?;
                audit::append(connection, &audit).await?;
                find(connection, id).await?.ok_or_else(Failure::not_found)
            })
        })
        .await
    }

    async fn revoke_session(&self, id: SessionId, at: UnixMillis, audit: &[AuditEntry]) -> Result<bool, StoreError> {
        let audit = audit.to_vec();
        self.write(move |connection| {
            Box::pin(async move {
                let session = find(connection, id).await?.ok_or_else(Failure::not_found)?;
                if session.revoked_at.is_some() {
                    return Ok(false);
                }
                revoke(connection, id, at).await?;
                audit::append(connection, &audit).await?;
                Ok(true)
            })
        })
        .await
    }

    async fn revoke_sessions_of(
        &self,
        wallet: WalletId,
        at: UnixMillis,
        audit: &AuditEntry,
    ) -> Result<Vec<SessionId>, StoreError> {
        let audit = audit.clone();
        self.write(move |connection| {
            Box::pin(async move {
                wallets::read(connection, wallet).await?;
                let ended = revoke_live(connection, Some(wallet), at).await?;
                for session in &ended {
                    let entry = AuditEntry { session: Some(*session), ..audit.clone() };
                    audit::append(connection, &[entry]).await?;
                }
                Ok(ended)
            })
        })
        .await
    }

    async fn live_session_count(&self, now: UnixMillis) -> Result<u64, StoreError> {
        self.read(move |connection| {
            Box::pin(async move {
                let row = sqlx::query(
                    "SELECT COUNT(*) AS n FROM sessions
                     WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
                         AND (absolute_expires_at IS NULL OR absolute_expires_at > $1)",
                )
                .bind(now.as_millis())
                .fetch_one(connection)
                .await?;
                Fields::new(&row, "sessions", "n").number("n")
            })
        })
        .await
    }
}

/// One session, if there is one.
pub(crate) async fn find(connection: &mut SqliteConnection, id: SessionId) -> Result<Option<SessionRow>, Failure> {
    // One row per linked wallet, or a single one without.
    let rows = sqlx::query(
        "SELECT sessions.*, session_wallets.wallet_id AS wallet_id FROM sessions
         LEFT JOIN session_wallets ON session_wallets.session_id = sessions.id
         WHERE sessions.id = $1 ORDER BY session_wallets.position",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut wallets = Vec::with_capacity(rows.len());
    for row in &rows {
        wallets.extend(linked_wallet(row)?);
    }
    session_row(first, wallets).map(Some)
}

/// Ends every session that is live at `at`, of one wallet or of all; returns their ids in order.
pub(crate) async fn revoke_live(
    connection: &mut SqliteConnection,
    wallet: Option<WalletId>,
    at: UnixMillis,
) -> Result<Vec<SessionId>, Failure> {
    let rows = sqlx::query(
        "UPDATE sessions SET revoked_at = $1
         WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
             AND (absolute_expires_at IS NULL OR absolute_expires_at > $1)
             AND ($2 IS NULL OR id IN (SELECT session_id FROM session_wallets WHERE wallet_id = $2))
         RETURNING id",
    )
    .bind(at.as_millis())
    .bind(wallet.map(|wallet| wallet.to_string()))
    .fetch_all(connection)
    .await?;
    sorted_ids(&rows)
}

/// Takes `wallet` out of all sessions; those without another wallet are revoked and returned in order.
pub(crate) async fn unlink_wallet(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    at: UnixMillis,
) -> Result<Vec<SessionId>, Failure> {
    let rows = sqlx::query(
        "UPDATE sessions SET revoked_at = $2
         WHERE revoked_at IS NULL
             AND id IN (SELECT session_id FROM session_wallets WHERE wallet_id = $1)
             AND id NOT IN (SELECT session_id FROM session_wallets WHERE wallet_id <> $1)
         RETURNING id",
    )
    .bind(wallet.to_string())
    .bind(at.as_millis())
    .fetch_all(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM session_wallets WHERE wallet_id = $1")
        .bind(wallet.to_string())
        .execute(connection)
        .await?;
    sorted_ids(&rows)
}

fn sorted_ids(rows: &[SqliteRow]) -> Result<Vec<SessionId>, Failure> {
    let mut ids =
        rows.iter().map(|row| Fields::new(row, "sessions", "id").parsed("id", id)).collect::<Result<Vec<_>, _>>()?;
    ids.sort_unstable();
    Ok(ids)
}

async fn check_room(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    limit: u32,
    now: UnixMillis,
) -> Result<(), Failure> {
    let status = wallets::read(connection, wallet).await?.status;
    if !matches!(status, WalletStatus::Active | WalletStatus::Suspended) {
        return Err(Failure::guard(GuardFailure::WalletNotActive));
    }
    let row = sqlx::query(
        "SELECT COUNT(*) AS n FROM session_wallets JOIN sessions ON sessions.id = session_wallets.session_id
         WHERE session_wallets.wallet_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
             AND (absolute_expires_at IS NULL OR absolute_expires_at > $2)",
    )
    .bind(wallet.to_string())
    .bind(now.as_millis())
    .fetch_one(connection)
    .await?;
    if Fields::new(&row, "sessions", "n").int("n")? >= i64::from(limit) {
        return Err(StoreError::LimitReached { limit }.into());
    }
    Ok(())
}

async fn insert(connection: &mut SqliteConnection, session: &SessionRow) -> Result<(), Failure> {
    let inserted = sqlx::query(
        "INSERT INTO sessions (id, token_hash, previous_token_hash, previous_token_until, issued_at, expires_at,
             absolute_expires_at, renewal_count, max_renewals, last_renewed_at, token_issued_count, source, created_at,
             revoked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(session.id.to_string())
    .bind(hash_text(&session.token_hash.0))
    .bind(session.previous_token.map(|(token, _)| hash_text(&token.0)))
    .bind(session.previous_token.map(|(_, until)| until.as_millis()))
    .bind(session.issued_at.as_millis())
    .bind(session.expires_at.map(UnixMillis::as_millis))
    .bind(session.absolute_expires_at.map(UnixMillis::as_millis))
    .bind(i64::from(session.renewal_count))
    .bind(i64::from(session.max_renewals))
    .bind(session.last_renewed_at.map(UnixMillis::as_millis))
    .bind(i64::from(session.token_issued_count))
    .bind(session.source.as_str())
    .bind(session.created_at.as_millis())
    .bind(session.revoked_at.map(UnixMillis::as_millis))
    .execute(&mut *connection)
    .await
    .map_err(Failure::Sql);
    match inserted {
        Ok(_) => {}
        Err(failure) if failure.is_duplicate() => return Err(Failure::stale("present")),
        Err(failure) => return Err(failure),
    }
    for (position, wallet) in session.wallets.iter().enumerate() {
        sqlx::query("INSERT INTO session_wallets (session_id, wallet_id, position) VALUES ($1, $2, $3)")
            .bind(session.id.to_string())
            .bind(wallet.to_string())
            .bind(integer(position, "number of wallets")?)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn replace(
    connection: &mut SqliteConnection,
    id: SessionId,
    replacement: &TokenReplacement,
) -> Result<(), Failure> {
    let session = find(connection, id).await?.ok_or_else(Failure::not_found)?;
    if session.revoked_at.is_some() {
        return Err(Failure::stale("revoked"));
    }
    if session.token_hash != replacement.expected {
        return Err(Failure::stale("replaced"));
    }
    sqlx::query(
        "UPDATE sessions SET token_hash = $2, previous_token_hash = $3, previous_token_until = $4, issued_at = $5,
             expires_at = $6, token_issued_count = token_issued_count + 1, renewal_count = renewal_count + $7,
             last_renewed_at = COALESCE($8, last_renewed_at)
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(hash_text(&replacement.token_hash.0))
    .bind(replacement.grace_until.map(|_| hash_text(&session.token_hash.0)))
    .bind(replacement.grace_until.map(UnixMillis::as_millis))
    .bind(replacement.at.as_millis())
    .bind(replacement.expires_at.map(UnixMillis::as_millis))
    .bind(i64::from(replacement.renewal))
    .bind(replacement.renewal.then_some(replacement.at.as_millis()))
    .execute(connection)
    .await?;
    Ok(())
}

async fn revoke(connection: &mut SqliteConnection, id: SessionId, at: UnixMillis) -> Result<(), Failure> {
    sqlx::query("UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id.to_string())
        .bind(at.as_millis())
        .execute(connection)
        .await?;
    Ok(())
}

async fn list(
    connection: &mut SqliteConnection,
    wallet: Option<WalletId>,
    page: Page,
) -> Result<(Vec<SessionRow>, u64), Failure> {
    let wallet = wallet.map(|wallet| wallet.to_string());
    let rows = sqlx::query(
        "SELECT * FROM sessions
         WHERE revoked_at IS NULL
             AND ($1 IS NULL OR id IN (SELECT session_id FROM session_wallets WHERE wallet_id = $1))
         ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3",
    )
    .bind(wallet.clone())
    .bind(i64::from(page.limit))
    .bind(i64::from(page.offset))
    .fetch_all(&mut *connection)
    .await?;
    let count = sqlx::query(
        "SELECT COUNT(*) AS n FROM sessions
         WHERE revoked_at IS NULL
             AND ($1 IS NULL OR id IN (SELECT session_id FROM session_wallets WHERE wallet_id = $1))",
    )
    .bind(wallet)
    .fetch_one(&mut *connection)
    .await?;
    let mut sessions = Vec::with_capacity(rows.len());
    for row in &rows {
        sessions.push(session_row(row, links(connection, row).await?)?);
    }
    Ok((sessions, Fields::new(&count, "sessions", "n").number("n")?))
}

async fn links(connection: &mut SqliteConnection, session: &SqliteRow) -> Result<Vec<WalletId>, Failure> {
    let rows =
        sqlx::query("SELECT session_id AS id, wallet_id FROM session_wallets WHERE session_id = $1 ORDER BY position")
            .bind(Fields::new(session, "sessions", "id").text("id")?)
            .fetch_all(connection)
            .await?;
    let mut wallets = Vec::with_capacity(rows.len());
    for row in &rows {
        wallets.extend(linked_wallet(row)?);
    }
    Ok(wallets)
}

fn linked_wallet(row: &SqliteRow) -> Result<Option<WalletId>, Failure> {
    Fields::new(row, "session_wallets", "id").parsed_opt("wallet_id", id)
}

fn session_row(row: &SqliteRow, wallets: Vec<WalletId>) -> Result<SessionRow, Failure> {
    let fields = Fields::new(row, "sessions", "id");
    let token = |text: &str| hash(text).map(TokenHash);
    let previous_token =
        match (fields.parsed_opt("previous_token_hash", token)?, fields.instant_opt("previous_token_until")?) {
            (Some(hash), Some(until)) => Some((hash, until)),
            (None, None) => None,
            _ => return Err(fields.damaged("previous_token_until", "a token without its end, or the other way round")),
        };
    Ok(SessionRow {
        id: fields.parsed("id", id)?,
        wallets,
        token_hash: fields.parsed("token_hash", token)?,
        previous_token,
        issued_at: fields.instant("issued_at")?,
        expires_at: fields.instant_opt("expires_at")?,
        absolute_expires_at: fields.instant_opt("absolute_expires_at")?,
        renewal_count: fields.number("renewal_count")?,
        max_renewals: fields.number("max_renewals")?,
        last_renewed_at: fields.instant_opt("last_renewed_at")?,
        token_issued_count: fields.number("token_issued_count")?,
        source: fields.parsed("source", source)?,
        created_at: fields.instant("created_at")?,
        revoked_at: fields.instant_opt("revoked_at")?,
    })
}

fn source(text: &str) -> Option<SessionSource> {
    [SessionSource::Api, SessionSource::Mcp].into_iter().find(|source| source.as_str() == text)
}
