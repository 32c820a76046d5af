//! Table `wallets`.

use crate::failure::Failure;
use crate::ledger::cascade;
use crate::open::SqliteStore;
use crate::row::{Fields, id};
use crate::{audit, sessions};
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use waiaas_core::address::Address;
use waiaas_core::chain::{ChainKind, Environment};
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::WalletStatus;
use waiaas_engine::ports::store::{
    AuditEntry, FailureNote, OwnerRecord, StoreError, Terminated, WalletRow, WalletStore,
};

#[async_trait]
impl WalletStore for SqliteStore {
    async fn insert_wallet(&self, wallet: &WalletRow) -> Result<(), StoreError> {
        let wallet = wallet.clone();
        self.write(move |connection| Box::pin(async move { insert(connection, &wallet).await })).await
    }

    async fn activate_wallet(
        &self,
        id: WalletId,
        address: &Address,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError> {
        let (address, audit) = (*address, audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                expect_status(connection, id, &[WalletStatus::Creating]).await?;
                sqlx::query("UPDATE wallets SET status = $2, address = $3, updated_at = $4 WHERE id = $1")
                    .bind(id.to_string())
                    .bind(WalletStatus::Active.as_str())
                    .bind(address.to_string())
                    .bind(at.as_millis())
                    .execute(&mut *connection)
                    .await?;
                audit::append(connection, &audit).await?;
                read(connection, id).await
            })
        })
        .await
    }

    async fn discard_wallet(&self, id: WalletId) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                expect_status(connection, id, &[WalletStatus::Creating]).await?;
                sqlx::query("DELETE FROM wallets WHERE id = $1").bind(id.to_string()).execute(connection).await?;
                Ok(())
            })
        })
        .await
    }

    async fn wallet(&self, id: WalletId) -> Result<WalletRow, StoreError> {
        self.read(move |connection| Box::pin(read(connection, id))).await
    }

    async fn wallets(&self) -> Result<Vec<WalletRow>, StoreError> {
        self.read(|connection| {
            Box::pin(async move {
                let rows = sqlx::query("SELECT * FROM wallets ORDER BY created_at, id").fetch_all(connection).await?;
                rows.iter().map(wallet_row).collect()
            })
        })
        .await
    }

    async fn move_wallet(
        &self,
        id: WalletId,
        from: WalletStatus,
        to: WalletStatus,
        reason: Option<&str>,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError> {
        let (reason, audit) = (reason.map(str::to_owned), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                let now = expect_status(connection, id, &[from]).await?;
                if !matches!(
                    (from, to),
                    (WalletStatus::Active, WalletStatus::Suspended) | (WalletStatus::Suspended, WalletStatus::Active)
                ) {
                    return Err(Failure::stale(now.as_str()));
                }
                set_running(connection, id, to, reason.as_deref(), at).await?;
                audit::append(connection, &audit).await?;
                read(connection, id).await
            })
        })
        .await
    }

    async fn terminate_wallet(
        &self,
        id: WalletId,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Terminated, StoreError> {
        let audit = audit.to_vec();
        self.write(move |connection| {
            Box::pin(async move {
                expect_status(connection, id, &[WalletStatus::Active, WalletStatus::Suspended]).await?;
                let note = FailureNote {
                    code: "WALLET_TERMINATED".to_owned(),
                    message: "the wallet was terminated".to_owned(),
                };
                let cancelled = cascade::cancel_unsigned(connection, Some(id), &note, at).await?;
                let revoked = sessions::unlink_wallet(connection, id, at).await?;
                sqlx::query("UPDATE wallets SET status = $2, updated_at = $3 WHERE id = $1")
                    .bind(id.to_string())
                    .bind(WalletStatus::Terminated.as_str())
                    .bind(at.as_millis())
                    .execute(&mut *connection)
                    .await?;
                audit::append(connection, &audit).await?;
                Ok(Terminated { cancelled, revoked })
            })
        })
        .await
    }

    async fn rename_wallet(
        &self,
        id: WalletId,
        name: &str,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError> {
        let (name, audit) = (name.to_owned(), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                expect_not_terminated(connection, id).await?;
                sqlx::query("UPDATE wallets SET name = $2, updated_at = $3 WHERE id = $1")
                    .bind(id.to_string())
                    .bind(name)
                    .bind(at.as_millis())
                    .execute(&mut *connection)
                    .await?;
                audit::append(connection, &audit).await?;
                read(connection, id).await
            })
        })
        .await
    }

    async fn set_owner(
        &self,
        id: WalletId,
        expected: Option<&OwnerRecord>,
        owner: &OwnerRecord,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError> {
        let (expected, owner, audit) = (expected.cloned(), owner.clone(), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                let wallet = read(connection, id).await?;
                if wallet.status == WalletStatus::Terminated {
                    return Err(Failure::stale(wallet.status.as_str()));
                }
                if wallet.owner != expected {
                    return Err(Failure::stale(wallet.owner_state().as_str()));
                }
                sqlx::query(
                    "UPDATE wallets SET owner_address = $2, owner_verified = $3, owner_approval_method = $4,
                         wallet_type = $5, updated_at = $6
                     WHERE id = $1",
                )
                .bind(id.to_string())
                .bind(owner.address.to_string())
                .bind(i64::from(owner.verified))
                .bind(owner.approval_method.as_deref())
                .bind(owner.wallet_type.as_deref())
                .bind(at.as_millis())
                .execute(&mut *connection)
                .await?;
                audit::append(connection, &audit).await?;
                read(connection, id).await
            })
        })
        .await
    }
}

/// One wallet.
pub(crate) async fn read(connection: &mut SqliteConnection, id: WalletId) -> Result<WalletRow, Failure> {
    let row =
        sqlx::query("SELECT * FROM wallets WHERE id = $1").bind(id.to_string()).fetch_optional(connection).await?;
    wallet_row(&row.ok_or_else(Failure::not_found)?)
}

/// The owner of `id` has signed for it: from now on its address cannot be changed without its key.
pub(crate) async fn verify_owner(
    connection: &mut SqliteConnection,
    id: WalletId,
    at: UnixMillis,
) -> Result<(), Failure> {
    sqlx::query(
        "UPDATE wallets SET owner_verified = 1, updated_at = $2
         WHERE id = $1 AND owner_address IS NOT NULL AND owner_verified = 0",
    )
    .bind(id.to_string())
    .bind(at.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// All ACTIVE wallets become SUSPENDED with `reason`; returns them, oldest first.
pub(crate) async fn suspend_all(
    connection: &mut SqliteConnection,
    reason: &str,
    at: UnixMillis,
) -> Result<Vec<WalletId>, Failure> {
    let rows = sqlx::query("SELECT * FROM wallets WHERE status = $1 ORDER BY created_at, id")
        .bind(WalletStatus::Active.as_str())
        .fetch_all(&mut *connection)
        .await?;
    move_all(connection, &rows, WalletStatus::Suspended, Some(reason), at).await
}

/// All wallets that were suspended with exactly `reason` become ACTIVE; returns them, oldest first.
pub(crate) async fn resume_all(
    connection: &mut SqliteConnection,
    reason: &str,
    at: UnixMillis,
) -> Result<Vec<WalletId>, Failure> {
    let rows =
        sqlx::query("SELECT * FROM wallets WHERE status = $1 AND suspension_reason = $2 ORDER BY created_at, id")
            .bind(WalletStatus::Suspended.as_str())
            .bind(reason)
            .fetch_all(&mut *connection)
            .await?;
    move_all(connection, &rows, WalletStatus::Active, None, at).await
}

async fn move_all(
    connection: &mut SqliteConnection,
    rows: &[SqliteRow],
    to: WalletStatus,
    reason: Option<&str>,
    at: UnixMillis,
) -> Result<Vec<WalletId>, Failure> {
    let mut moved = Vec::with_capacity(rows.len());
    for row in rows {
        let wallet = wallet_row(row)?.id;
        set_running(connection, wallet, to, reason, at).await?;
        moved.push(wallet);
    }
    Ok(moved)
}

async fn set_running(
    connection: &mut SqliteConnection,
    id: WalletId,
    to: WalletStatus,
    reason: Option<&str>,
    at: UnixMillis,
) -> Result<(), Failure> {
    let suspended = to == WalletStatus::Suspended;
    sqlx::query(
        "UPDATE wallets SET status = $2, suspended_at = $3, suspension_reason = $4, updated_at = $5 WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(to.as_str())
    .bind(suspended.then_some(at.as_millis()))
    .bind(reason.filter(|_| suspended))
    .bind(at.as_millis())
    .execute(connection)
    .await?;
    Ok(())
}

/// The wallet's status when it is one of `expected`.
async fn expect_status(
    connection: &mut SqliteConnection,
    id: WalletId,
    expected: &[WalletStatus],
) -> Result<WalletStatus, Failure> {
    let status = read(connection, id).await?.status;
    if expected.contains(&status) { Ok(status) } else { Err(Failure::stale(status.as_str())) }
}

async fn expect_not_terminated(connection: &mut SqliteConnection, id: WalletId) -> Result<(), Failure> {
    let alive = [WalletStatus::Creating, WalletStatus::Active, WalletStatus::Suspended];
    expect_status(connection, id, &alive).await.map(drop)
}

async fn insert(connection: &mut SqliteConnection, wallet: &WalletRow) -> Result<(), Failure> {
    let owner = wallet.owner.as_ref();
    let inserted = sqlx::query(
        "INSERT INTO wallets (id, name, chain, environment, address, status, owner_address, owner_verified,
             owner_approval_method, wallet_type, created_at, updated_at, suspended_at, suspension_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(wallet.id.to_string())
    .bind(&wallet.name)
    .bind(wallet.chain.as_str())
    .bind(wallet.environment.as_str())
    .bind(wallet.address.map(|address| address.to_string()))
    .bind(wallet.status.as_str())
    .bind(owner.map(|owner| owner.address.to_string()))
    .bind(i64::from(owner.is_some_and(|owner| owner.verified)))
    .bind(owner.and_then(|owner| owner.approval_method.as_deref()))
    .bind(owner.and_then(|owner| owner.wallet_type.as_deref()))
    .bind(wallet.created_at.as_millis())
    .bind(wallet.updated_at.as_millis())
    .bind(wallet.suspended_at.map(UnixMillis::as_millis))
    .bind(wallet.suspension_reason.as_deref())
    .execute(&mut *connection)
    .await;
    match inserted.map_err(Failure::Sql) {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_duplicate() => {
            Err(Failure::stale(read(connection, wallet.id).await?.status.as_str()))
        }
        Err(failure) => Err(failure),
    }
}

fn wallet_row(row: &SqliteRow) -> Result<WalletRow, Failure> {
    let fields = Fields::new(row, "wallets", "id");
    let chain = fields.parsed("chain", ChainKind::parse)?;
    let address = |text: &str| Address::parse_any_case(chain, text).ok();
    let owner = match fields.parsed_opt("owner_address", address)? {
        None => None,
        Some(address) => Some(OwnerRecord {
            address,
            verified: fields.flag("owner_verified")?,
            approval_method: fields.text_opt("owner_approval_method")?,
            wallet_type: fields.text_opt("wallet_type")?,
        }),
    };
    Ok(WalletRow {
        id: fields.parsed("id", id)?,
        name: fields.text("name")?,
        chain,
        environment: fields.parsed("environment", Environment::parse)?,
        address: fields.parsed_opt("address", address)?,
        status: fields.parsed("status", WalletStatus::parse)?,
        owner,
        created_at: fields.instant("created_at")?,
        updated_at: fields.instant("updated_at")?,
        suspended_at: fields.instant_opt("suspended_at")?,
        suspension_reason: fields.text_opt("suspension_reason")?,
    })
}
