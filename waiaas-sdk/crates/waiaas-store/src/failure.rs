//! What goes wrong inside a job, before it becomes the port's [`StoreError`].

use waiaas_engine::ports::store::{GuardFailure, StoreError};

/// Why a job did not finish. Exists so that `?` takes both kinds of error.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An answer of the port.
    Store(StoreError),
    /// The database refused.
    Sql(sqlx::Error),
}

/// A value that the schema cannot hold. It is refused, never cut.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{what} does not fit its column")]
pub(crate) struct OutOfRange {
    what: &'static str,
}

impl Failure {
    /// The row is in another state than expected.
    pub(crate) fn stale(current: impl Into<String>) -> Self {
        Self::Store(StoreError::Stale { current: current.into() })
    }

    /// A guard does not hold.
    pub(crate) fn guard(failure: GuardFailure) -> Self {
        Self::Store(StoreError::Guard(failure))
    }

    /// The row does not exist.
    pub(crate) fn not_found() -> Self {
        Self::Store(StoreError::NotFound)
    }

    /// A value is too large for its column.
    pub(crate) fn out_of_range(what: &'static str) -> Self {
        Self::Store(unavailable(OutOfRange { what }))
    }

    /// Whether a unique index or primary key refused the row.
    pub(crate) fn is_duplicate(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(error)) if error.is_unique_violation())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error,
            Failure::Sql(error) => unavailable(error),
        }
    }
}

/// Wraps an error that the caller can only wait out.
pub(crate) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
