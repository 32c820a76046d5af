//! The schema and its versions.
//!
//! A migration is one file `migrations/sqlite/NNNN_verb_noun.sql` and one line in `MIGRATIONS`. They only
//! go forward, each in its own transaction. A file that is listed in `migrations/sqlite/released.sha384`
//! is never edited again: databases out there carry its hash.

use crate::open::OpenError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Row, SqlSafeStr};

/// Name of the file without `.sql`, and its text.
const MIGRATIONS: &[(&str, &str)] =
    &[("0001_create_schema", include_str!("../migrations/sqlite/0001_create_schema.sql"))];

/// Brings the database to the newest version that this build knows.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let migrator = Migrator::with_migrations(migrations()?);
    let newest = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    if let Some(found) = applied_version(connection).await?
        && found > newest
    {
        return Err(OpenError::TooNew { found, newest });
    }
    migrator.run_direct(None, connection, false).await.map_err(OpenError::Migrate)
}

/// The version that the database is at; `None` before the first migration.
pub(crate) async fn applied_version(connection: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    let exists = sqlx::query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'")
        .fetch_optional(&mut *connection)
        .await?;
    if exists.is_none() {
        return Ok(None);
    }
    sqlx::query("SELECT MAX(version) AS version FROM _sqlx_migrations").fetch_one(connection).await?.try_get("version")
}

fn migrations() -> Result<Vec<Migration>, OpenError> {
    MIGRATIONS
        .iter()
        .map(|(name, sql)| {
            let (number, description) = name.split_once('_').ok_or(OpenError::BadMigrationName(name))?;
            let version = number.parse().map_err(|_| OpenError::BadMigrationName(name))?;
            let description = description.replace('_', " ").into();
            Ok(Migration::new(version, description, MigrationType::Simple, sql.into_sql_str(), false))
        })
        .collect()
}
