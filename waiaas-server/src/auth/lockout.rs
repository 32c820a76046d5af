//! Pauses after wrong master passwords.
//!
//! Five wrong passwords from one source lock it for 30 s; every further wrong one after that doubles the
//! pause, up to 15 minutes. Failures are forgotten 15 minutes after the last one. What is known of a
//! source is bounded in memory.
//!
//! On top of that all sources other than this machine share one count with a higher threshold, so that
//! many addresses do not add up to many guesses. This machine does not take part in it: strangers on the
//! network cannot lock out the operator who sits at the service.

use crate::http::source::Source;
use core::net::IpAddr;
use core::time::Duration;
use std::collections::HashMap;

/// Failures of one source that are free.
const FREE_FAILURES: u32 = 5;
/// Failures of all remote sources together that are free.
const FREE_FAILURES_GLOBAL: u32 = 50;
/// The first pause.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
/// The longest pause, and how long failures are remembered.
const LONGEST_PAUSE: Duration = Duration::from_secs(900);
/// Sources that are remembered one by one.
const MOST_SOURCES: usize = 10_000;

/// Counts failures. Times are monotonic.
#[derive(Debug, Default)]
pub(super) struct Lockout {
    sources: HashMap<IpAddr, Failures>,
    /// All remote sources together; also stands in for sources that found no room.
    remote: Failures,
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    count: u32,
    last: Duration,
    locked_until: Duration,
}

impl Lockout {
    /// How long `source` must wait; `None` when it may try.
    pub(super) fn pause(&self, source: Source, now: Duration) -> Option<Duration> {
        let own = self.sources.get(&source.bucket()).map_or(Duration::ZERO, |failures| failures.locked_until);
        let shared = if source.is_loopback() { Duration::ZERO } else { self.remote.locked_until };
        let until = own.max(shared);
        (until > now).then(|| until.saturating_sub(now))
    }

    /// Counts a wrong password.
    pub(super) fn fail(&mut self, source: Source, now: Duration) {
        if self.sources.len() >= MOST_SOURCES && !self.sources.contains_key(&source.bucket()) {
            self.sources.retain(|_, failures| !failures.is_forgotten(now));
        }
        if self.sources.len() < MOST_SOURCES || self.sources.contains_key(&source.bucket()) {
            self.sources.entry(source.bucket()).or_default().add(FREE_FAILURES, now);
        }
        if !source.is_loopback() {
            self.remote.add(FREE_FAILURES_GLOBAL, now);
        }
    }

    /// A right password: the source starts afresh.
    pub(super) fn succeed(&mut self, source: Source) {
        self.sources.remove(&source.bucket());
    }
}

impl Failures {
    const fn is_forgotten(&self, now: Duration) -> bool {
        now.saturating_sub(self.last).as_secs() > LONGEST_PAUSE.as_secs()
    }

    fn add(&mut self, free: u32, now: Duration) {
        if self.is_forgotten(now) {
            *self = Self::default();
        }
        self.count = self.count.saturating_add(1);
        self.last = now;
        if let Some(doublings) = self.count.checked_sub(free) {
            let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
            self.locked_until = now.saturating_add(FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::from_ip(text.parse().unwrap())
    }

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn pauses_double_up_to_fifteen_minutes_and_end_with_a_right_password() {
        let mut lockout = Lockout::default();
        let here = source("127.0.0.1");
        let mut now = secs(0);
        for _ in 0..4 {
            lockout.fail(here, now);
            assert_eq!(lockout.pause(here, now), None);
        }
        for pause in [30, 60, 120, 240, 480, 900, 900] {
            lockout.fail(here, now);
            assert_eq!(lockout.pause(here, now), Some(secs(pause)));
            now += secs(pause);
            assert_eq!(lockout.pause(here, now), None);
        }
        lockout.succeed(here);
        lockout.fail(here, now);
        assert_eq!(lockout.pause(here, now), None);
    }

    #[test]
    fn sources_are_counted_apart_and_forgotten() {
        let mut lockout = Lockout::default();
        for _ in 0..5 {
            lockout.fail(source("192.0.2.1"), secs(0));
        }
        assert!(lockout.pause(source("192.0.2.1"), secs(1)).is_some());
        assert_eq!(lockout.pause(source("192.0.2.2"), secs(1)), None);
        lockout.fail(source("192.0.2.1"), secs(1_000));
        assert_eq!(lockout.pause(source("192.0.2.1"), secs(1_000)), None);
    }

    #[test]
    fn many_strangers_are_locked_together_but_never_this_machine() {
        let mut lockout = Lockout::default();
        for host in 0..50 {
            lockout.fail(source(&format!("192.0.2.{host}")), secs(0));
        }
        assert!(lockout.pause(source("198.51.100.1"), secs(1)).is_some());
        assert_eq!(lockout.pause(source("127.0.0.1"), secs(1)), None);
    }
}
