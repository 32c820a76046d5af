//! Opening and closing the database.

use crate::failure::{Failure, unavailable};
use crate::policies::PolicyCache;
use crate::schema;
use crate::writer::{Work, Writer};
use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use waiaas_engine::ports::store::StoreError;

/// How to open a database file.
#[derive(Clone, Copy, Debug)]
pub struct SqliteOptions {
    /// Reading connections at most. Each is a thread and up to `cache_kib` of memory while in use.
    pub readers: u32,
    /// Page cache per connection, in KiB.
    pub cache_kib: u32,
    /// How long to wait for another process that holds the file.
    pub busy_timeout: Duration,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { readers: 4, cache_kib: 2_048, busy_timeout: Duration::from_secs(5) }
    }
}

/// Why a database could not be opened. Reaches callers as the source of [`StoreError::Unavailable`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file or its directory cannot be made or protected.
    #[error("cannot prepare `{path}`")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database was written by a newer build.
    #[error("the database has schema version {found}, this build knows up to {newest}: start a newer build")]
    TooNew {
        /// Version in the file.
        found: i64,
        /// Newest version that this build knows.
        newest: i64,
    },
    /// A migration failed or an applied one differs from this build's.
    #[error("the schema cannot be brought up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A migration of this build is named wrongly.
    #[error("migration `{0}` is not named NNNN_verb_noun")]
    BadMigrationName(&'static str),
    /// SQLite refused.
    #[error("the database cannot be opened")]
    Sql(#[from] sqlx::Error),
}

/// The storage of one service in one SQLite file. Clones share it.
///
/// One task writes, in groups; a few connections read, each from a consistent snapshot. Must be opened
/// inside a Tokio runtime.
#[derive(Clone, Debug)]
pub struct SqliteStore {
    writer: Writer,
    /// `None` for a database in memory, whose only connection is the writer's.
    readers: Option<SqlitePool>,
    pub(crate) written_policies: Arc<PolicyCache>,
    pub(crate) read_policies: Arc<PolicyCache>,
}

impl SqliteStore {
    /// Opens the database at `path`, making it and its directory if they are missing (on Unix with modes
    /// 0600 and 0700), and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] with an [`OpenError`] inside.
    pub async fn open(path: &Path, options: SqliteOptions) -> Result<Self, StoreError> {
        Self::open_file(path, options).await.map_err(unavailable)
    }

    /// A database that lives as long as the store. For tests: nothing is durable, and reads queue up
    /// behind writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn in_memory() -> Result<Self, StoreError> {
        Self::open_memory().await.map_err(unavailable)
    }

    /// Finishes queued writes, moves the write-ahead log into the database file and closes it. Every
    /// later call on any clone is [`StoreError::Unavailable`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; what was acknowledged is durable nevertheless.
    pub async fn close(&self) -> Result<(), StoreError> {
        if let Some(readers) = &self.readers {
            readers.close().await;
        }
        self.writer.close().await
    }

    async fn open_file(path: &Path, options: SqliteOptions) -> Result<Self, OpenError> {
        prepare_file(path)?;
        let common = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(options.busy_timeout)
            .pragma("cache_size", format!("-{}", options.cache_kib))
            .disable_statement_logging();
        let writing = common
            .clone()
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // After a checkpoint the log is cut back to this, so that one burst does not keep the disk.
            .pragma("journal_size_limit", "16777216");
        let mut connection = writing.connect().await?;
        schema::migrate(&mut connection).await?;

        let readers = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .test_before_acquire(false)
            .idle_timeout(Duration::from_secs(60))
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(common.read_only(true));
        let written_policies = Arc::new(PolicyCache::default());
        let writer = Writer::start(connection, Arc::clone(&written_policies));
        Ok(Self { writer, readers: Some(readers), written_policies, read_policies: Arc::new(PolicyCache::default()) })
    }

    async fn open_memory() -> Result<Self, OpenError> {
        let mut connection = SqliteConnectOptions::new()
            .in_memory(true)
            .foreign_keys(true)
            .disable_statement_logging()
            .connect()
            .await?;
        schema::migrate(&mut connection).await?;
        let policies = Arc::new(PolicyCache::default());
        let writer = Writer::start(connection, Arc::clone(&policies));
        Ok(Self { writer, readers: None, written_policies: Arc::clone(&policies), read_policies: policies })
    }

    /// Runs `job` in the writer's transaction.
    pub(crate) async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
    {
        self.writer.run(job).await
    }

    /// Runs `job` on one consistent snapshot of what is committed.
    pub(crate) async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
    {
        let Some(readers) = &self.readers else { return self.writer.run(job).await };
        // Dropping the transaction, also when the caller goes away, rolls it back before the connection
        // is used again.
        let mut snapshot = readers.begin().await.map_err(unavailable)?;
        let result = job(&mut snapshot).await;
        snapshot.rollback().await.map_err(unavailable)?;
        result.map_err(|failure: Failure| failure.into())
    }
}

fn prepare_file(path: &Path) -> Result<(), OpenError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| OpenError::File { path, source }
    };
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty() && !directory.exists())
    {
        make_private_directory(directory).map_err(failed(directory))?;
    }
    make_private_file(path).map_err(failed(path))
}

#[cfg(unix)]
fn make_private_directory(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_private_directory(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

/// SQLite gives its log and index files the mode of the database file, so this protects all three.
#[cfg(unix)]
fn make_private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    let mut permissions = file.metadata()?.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(0o600);
        file.set_permissions(permissions)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private_file(path: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path).map(drop)
}
