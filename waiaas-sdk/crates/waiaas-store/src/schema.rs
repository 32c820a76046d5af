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
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_create_schema", include_str!("../migrations/sqlite/0001_create_schema.sql")),
    ("0002_add_claim_token", include_str!("../migrations/sqlite/0002_add_claim_token.sql")),
];

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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::path::Path;

    fn folder() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite")
    }

    /// Hash by file name, in the format of `sha384sum`.
    fn released() -> BTreeMap<String, String> {
        let list = std::fs::read_to_string(folder().join("released.sha384")).unwrap();
        list.lines().map(|line| line.split_once("  ").unwrap()).map(|(hash, file)| (file.into(), hash.into())).collect()
    }

    #[test]
    fn released_migrations_are_never_edited() {
        let hashes: BTreeMap<String, String> = MIGRATIONS
            .iter()
            .zip(migrations().unwrap())
            .map(|((name, _), migration)| (format!("{name}.sql"), hex::encode(&migration.checksum)))
            .collect();
        for (file, hash) in released() {
            assert_eq!(hashes.get(&file), Some(&hash), "{file} was released with another text; add a new migration");
        }
    }

    #[test]
    fn every_file_is_embedded_in_order() {
        let mut files: Vec<String> = std::fs::read_dir(folder())
            .unwrap()
            .filter_map(|file| file.unwrap().file_name().to_str().unwrap().strip_suffix(".sql").map(str::to_owned))
            .collect();
        files.sort();
        let embedded: Vec<&str> = MIGRATIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(embedded, files);
        let versions: Vec<i64> = migrations().unwrap().iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..).take(versions.len()).collect::<Vec<i64>>(), "gaps in the numbers");
    }
}
