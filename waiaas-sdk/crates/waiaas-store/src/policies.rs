//! Tables `policies` and `policy_epoch`.

use crate::failure::Failure;
use crate::open::SqliteStore;
use crate::row::{Fields, id};
use crate::{audit, wallets};
use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use std::sync::{Arc, Mutex, PoisonError};
use waiaas_core::chain::Network;
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::policy::{PolicyRow, PolicyType};
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::WalletStatus;
use waiaas_engine::ports::store::{
    AuditEntry, GuardFailure, Page, PolicyPatch, PolicySnapshot, PolicyStore, StoreError,
};

/// The last rows that were read, so that an unchanged epoch saves reading them again.
///
/// The writer and the readers have one each: the writer's may hold rows that are not committed yet.
#[derive(Debug, Default)]
pub(crate) struct PolicyCache(Mutex<Option<PolicySnapshot>>);

impl PolicyCache {
    /// All rows as `connection` sees them.
    pub(crate) async fn snapshot(&self, connection: &mut SqliteConnection) -> Result<PolicySnapshot, Failure> {
        let epoch = epoch(connection).await?;
        if let Some(cached) = self.kept().clone().filter(|cached| cached.epoch == epoch) {
            return Ok(cached);
        }
        let rows = sqlx::query("SELECT * FROM policies ORDER BY priority DESC, created_at DESC, id DESC")
            .fetch_all(connection)
            .await?;
        let rows: Arc<[PolicyRow]> = rows.iter().map(policy_row).collect::<Result<_, _>>()?;
        let fresh = PolicySnapshot { epoch, rows };
        *self.kept() = Some(fresh.clone());
        Ok(fresh)
    }

    /// Forgets what was read.
    pub(crate) fn clear(&self) {
        *self.kept() = None;
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Option<PolicySnapshot>> {
        // Nothing panics while holding the lock, and a snapshot is replaced as a whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl PolicyStore for SqliteStore {
    async fn insert_policy(&self, row: &PolicyRow, audit: &[AuditEntry]) -> Result<(), StoreError> {
        let (row, audit) = (row.clone(), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                if let Some(wallet) = row.wallet
                    && wallets::read(connection, wallet).await?.status == WalletStatus::Terminated
                {
                    return Err(Failure::guard(GuardFailure::WalletNotActive));
                }
                insert(connection, &row).await?;
                changed(connection, &audit).await
            })
        })
        .await
    }

    async fn policy(&self, id: PolicyId) -> Result<PolicyRow, StoreError> {
        self.read(move |connection| Box::pin(read(connection, id))).await
    }

    async fn policies(&self, wallet: Option<WalletId>, page: Page) -> Result<(Vec<PolicyRow>, u64), StoreError> {
        self.read(move |connection| Box::pin(list(connection, wallet, page))).await
    }

    async fn update_policy(
        &self,
        id: PolicyId,
        patch: &PolicyPatch,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<PolicyRow, StoreError> {
        let (patch, audit) = (patch.clone(), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                let updated = sqlx::query(
                    "UPDATE policies SET rules = COALESCE($2, rules), priority = COALESCE($3, priority),
                         enabled = COALESCE($4, enabled), ceiling = COALESCE($5, ceiling), updated_at = $6
                     WHERE id = $1",
                )
                .bind(id.to_string())
                .bind(patch.rules)
                .bind(patch.priority)
                .bind(patch.enabled.map(i64::from))
                .bind(patch.ceiling.map(i64::from))
                .bind(at.as_millis())
                .execute(&mut *connection)
                .await?;
                if updated.rows_affected() == 0 {
                    return Err(Failure::not_found());
                }
                changed(connection, &audit).await?;
                read(connection, id).await
            })
        })
        .await
    }

    async fn delete_policy(&self, id: PolicyId, audit: &[AuditEntry]) -> Result<(), StoreError> {
        let audit = audit.to_vec();
        self.write(move |connection| {
            Box::pin(async move {
                let deleted = sqlx::query("DELETE FROM policies WHERE id = $1")
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?;
                if deleted.rows_affected() == 0 {
                    return Err(Failure::not_found());
                }
                changed(connection, &audit).await
            })
        })
        .await
    }

    async fn policy_snapshot(&self) -> Result<PolicySnapshot, StoreError> {
        let cache = Arc::clone(&self.read_policies);
        self.read(move |connection| Box::pin(async move { cache.snapshot(connection).await })).await
    }
}

/// Every change ends here: a new epoch and the record of it.
async fn changed(connection: &mut SqliteConnection, audit: &[AuditEntry]) -> Result<(), Failure> {
    let moved = sqlx::query("UPDATE policy_epoch SET epoch = epoch + 1 WHERE id = 1").execute(&mut *connection).await?;
    if moved.rows_affected() != 1 {
        return Err(StoreError::Corrupt("table `policy_epoch` has lost its row".to_owned()).into());
    }
    audit::append(connection, audit).await
}

async fn epoch(connection: &mut SqliteConnection) -> Result<u64, Failure> {
    let row = sqlx::query("SELECT id, epoch FROM policy_epoch WHERE id = 1").fetch_optional(connection).await?;
    let row = row.ok_or_else(|| StoreError::Corrupt("table `policy_epoch` has lost its row".to_owned()))?;
    Fields::new(&row, "policy_epoch", "id").number("epoch")
}

async fn insert(connection: &mut SqliteConnection, row: &PolicyRow) -> Result<(), Failure> {
    let inserted = sqlx::query(
        "INSERT INTO policies (id, wallet_id, network, type, rules, priority, enabled, ceiling, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(row.id.to_string())
    .bind(row.wallet.map(|wallet| wallet.to_string()))
    .bind(row.network.map(|network| network.as_str()))
    .bind(row.policy_type.as_str())
    .bind(&row.rules)
    .bind(row.priority)
    .bind(i64::from(row.enabled))
    .bind(i64::from(row.ceiling))
    .bind(row.created_at.as_millis())
    .bind(row.updated_at.as_millis())
    .execute(connection)
    .await;
    match inserted.map_err(Failure::Sql) {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_duplicate() => Err(Failure::stale("EXISTS")),
        Err(failure) => Err(failure),
    }
}

async fn read(connection: &mut SqliteConnection, id: PolicyId) -> Result<PolicyRow, Failure> {
    let row =
        sqlx::query("SELECT * FROM policies WHERE id = $1").bind(id.to_string()).fetch_optional(connection).await?;
    policy_row(&row.ok_or_else(Failure::not_found)?)
}

async fn list(
    connection: &mut SqliteConnection,
    wallet: Option<WalletId>,
    page: Page,
) -> Result<(Vec<PolicyRow>, u64), Failure> {
    let wallet = wallet.map(|wallet| wallet.to_string());
    let rows = sqlx::query(
        "SELECT * FROM policies WHERE $1 IS NULL OR wallet_id = $1 OR wallet_id IS NULL
         ORDER BY priority DESC, created_at DESC, id DESC LIMIT $2 OFFSET $3",
    )
    .bind(wallet.clone())
    .bind(i64::from(page.limit))
    .bind(i64::from(page.offset))
    .fetch_all(&mut *connection)
    .await?;
    let count =
        sqlx::query("SELECT COUNT(*) AS n FROM policies WHERE $1 IS NULL OR wallet_id = $1 OR wallet_id IS NULL")
            .bind(wallet)
            .fetch_one(connection)
            .await?;
    let rows = rows.iter().map(policy_row).collect::<Result<_, _>>()?;
    Ok((rows, Fields::new(&count, "policies", "n").number("n")?))
}

fn policy_row(row: &SqliteRow) -> Result<PolicyRow, Failure> {
    let fields = Fields::new(row, "policies", "id");
    Ok(PolicyRow {
        id: fields.parsed("id", id)?,
        wallet: fields.parsed_opt("wallet_id", id)?,
        network: fields.parsed_opt("network", |text| Network::parse(text).ok())?,
        policy_type: fields.parsed("type", PolicyType::parse)?,
        rules: fields.text("rules")?,
        priority: fields.int("priority")?,
        enabled: fields.flag("enabled")?,
        ceiling: fields.flag("ceiling")?,
        created_at: fields.instant("created_at")?,
        updated_at: fields.instant("updated_at")?,
    })
}
