//! Sliding 60-second limits with bounded memory.
//!
//! A key's requests are counted in one-second slots, so a key costs the same memory at any limit. The
//! slot that is only partly inside the window counts whole: the limit is kept exactly or up to one
//! second too long, never exceeded.

use crate::http::error::ApiError;
use core::hash::Hash;
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use waiaas_sdk::core::error::ErrorCode;

/// Length of the window in slots of one second.
const WINDOW: u64 = 60;
/// Keys that are counted one by one.
const MOST_KEYS: usize = 20_000;

/// Counts requests by key.
#[derive(Debug)]
pub struct RateLimit<K> {
    name: &'static str,
    per_minute: u32,
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K> {
    keys: HashMap<K, Window>,
    /// Counts for all keys that came while the table was full.
    rest: Window,
    swept_at: u64,
}

/// Non-empty slots, oldest first: second and count.
#[derive(Debug, Default)]
struct Window {
    slots: std::collections::VecDeque<(u64, u32)>,
    total: u32,
}

impl<K: Eq + Hash> RateLimit<K> {
    /// A limit of `per_minute` requests; `name` says in the answer what was limited.
    #[must_use]
    pub fn new(name: &'static str, per_minute: u32) -> Self {
        let state = State { keys: HashMap::new(), rest: Window::default(), swept_at: 0 };
        Self { name, per_minute, state: Mutex::new(state) }
    }

    /// Counts one request of `key` at `now` (a monotonic time).
    ///
    /// # Errors
    /// 429 with the seconds until the next request is accepted.
    pub fn take(&self, key: K, now: Duration) -> Result<(), ApiError> {
        let second = now.as_secs();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        if second >= state.swept_at.saturating_add(WINDOW) || state.keys.len() >= MOST_KEYS {
            if second > state.swept_at {
                state.keys.retain(|_, window| window.is_busy(second));
            }
            state.swept_at = second;
        }
        let window = if state.keys.len() < MOST_KEYS || state.keys.contains_key(&key) {
            state.keys.entry(key).or_default()
        } else {
            &mut state.rest
        };
        window.take(second, self.per_minute).map_err(|wait| {
            ApiError::new(
                ErrorCode::RateLimited,
                format!("Too many requests: {} a minute {}.", self.per_minute, self.name),
            )
            .with_retry_after(wait)
        })
    }
}

impl Window {
    fn is_busy(&self, second: u64) -> bool {
        self.slots.back().is_some_and(|(newest, _)| newest.saturating_add(WINDOW) >= second)
    }

    fn take(&mut self, second: u64, limit: u32) -> Result<(), u64> {
        while let Some((oldest, count)) = self.slots.front().copied()
            && oldest.saturating_add(WINDOW) < second
        {
            self.slots.pop_front();
            self.total = self.total.saturating_sub(count);
        }
        if self.total >= limit {
            return Err(self.wait(second, limit));
        }
        self.total = self.total.saturating_add(1);
        match self.slots.back_mut() {
            Some((newest, count)) if *newest == second => *count = count.saturating_add(1),
            _ => self.slots.push_back((second, 1)),
        }
        Ok(())
    }

    /// Seconds until enough slots have left the window.
    fn wait(&self, second: u64, limit: u32) -> u64 {
        let mut left = self.total;
        for (slot, count) in &self.slots {
            left = left.saturating_sub(*count);
            if left < limit {
                return slot.saturating_add(WINDOW).saturating_add(1).saturating_sub(second).max(1);
            }
        }
        WINDOW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Duration {
        Duration::from_secs(second)
    }

    #[test]
    fn the_window_slides() {
        let limit = RateLimit::new("for tests", 3);
        for second in [0, 10, 20] {
            limit.take("a", at(second)).unwrap();
        }
        assert!(limit.take("a", at(21)).is_err());
        limit.take("b", at(21)).unwrap();
        assert!(limit.take("a", at(60)).is_err());
        limit.take("a", at(61)).unwrap();
        assert!(limit.take("a", at(62)).is_err());
    }

    #[test]
    fn the_wait_is_until_the_next_slot_is_free() {
        let mut window = Window::default();
        for second in [5, 5, 30] {
            window.take(second, 3).unwrap();
        }
        assert_eq!(window.take(40, 3), Err(26));
        assert_eq!(window.take(65, 3), Err(1));
        assert_eq!(window.take(66, 3), Ok(()));
    }

    #[test]
    fn strangers_share_one_count_when_the_table_is_full() {
        let limit = RateLimit::new("for tests", 2);
        for key in 0..MOST_KEYS {
            limit.take(key, at(1)).unwrap();
        }
        limit.take(MOST_KEYS, at(2)).unwrap();
        limit.take(MOST_KEYS + 1, at(2)).unwrap();
        assert!(limit.take(MOST_KEYS + 2, at(2)).is_err());
        limit.take(0, at(2)).unwrap();
        // A minute later the table is empty again.
        limit.take(MOST_KEYS + 2, at(70)).unwrap();
        assert_eq!(limit.state.lock().unwrap().keys.len(), 1);
    }
}
