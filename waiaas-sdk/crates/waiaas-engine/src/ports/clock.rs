//! Time and randomness.

use waiaas_core::time::UnixMillis;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant. May go backwards when the machine's clock does; callers never assume order.
    fn now(&self) -> UnixMillis;
}

/// Supplies unpredictable bytes.
pub trait Random: Send + Sync {
    /// Fills `buffer` from a cryptographically secure source.
    ///
    /// # Errors
    /// [`RandomError`] when the source is out of reach; the caller then refuses what it was about to do.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomError>;
}

/// The random source is out of reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no random bytes available")]
pub struct RandomError;
