//! A clock that stands still until it is moved.

use crate::ports::clock::Clock;
use std::sync::atomic::{AtomicI64, Ordering};
use waiaas_core::time::UnixMillis;

/// A clock that its owner moves by hand. Share it with `Arc`.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub const fn new(now: UnixMillis) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Shows `now` from here on; it may lie in the past.
    pub fn set(&self, now: UnixMillis) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Moves by `millis` (negative moves back), stopping at the ends of the range; returns the new time.
    pub fn advance_millis(&self, millis: i64) -> UnixMillis {
        let mut present = self.0.load(Ordering::SeqCst);
        loop {
            let next = present.saturating_add(millis);
            match self.0.compare_exchange(present, next, Ordering::SeqCst, Ordering::SeqCst) {
                Ok(_) => return UnixMillis::from_millis(next),
                Err(actual) => present = actual,
            }
        }
    }

    /// Moves by `secs` (negative moves back), stopping at the ends of the range; returns the new time.
    pub fn advance_secs(&self, secs: i64) -> UnixMillis {
        self.advance_millis(secs.saturating_mul(1_000))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixMillis {
        UnixMillis::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_only_by_hand_and_in_both_directions() {
        let clock = ManualClock::new(UnixMillis::from_secs(100));
        assert_eq!(clock.now(), clock.now());
        assert_eq!(clock.advance_secs(5), UnixMillis::from_secs(105));
        assert_eq!(clock.advance_millis(-5_001), UnixMillis::from_millis(99_999));
        clock.set(UnixMillis::EPOCH);
        assert_eq!(clock.now(), UnixMillis::EPOCH);
    }
}
