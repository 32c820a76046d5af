//! Time, time zones and randomness.

use waiaas_core::time::UnixMillis;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The present instant. May go backwards when the machine's clock does; callers never assume order.
    fn now(&self) -> UnixMillis;
}

/// Knows the world's time zones.
pub trait TimeZones: Send + Sync {
    /// Seconds east of UTC in the zone with the IANA name `zone` at the instant `at`, summer time included; `None` for
    /// a zone that does not exist. Policies in such a zone are refused when they are made, and deny when stored.
    fn utc_offset(&self, zone: &str, at: UnixMillis) -> Option<i32>;
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
