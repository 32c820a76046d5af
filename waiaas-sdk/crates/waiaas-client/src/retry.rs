//! When a call is made again.

use core::time::Duration;

/// How often, and with which pauses, a call is made again that may be made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Calls in all, the first included; 1 never repeats.
    pub attempts: u32,
    /// The pause before the second call; it doubles with each further one.
    pub first_pause: Duration,
    /// The longest pause. An answer that asks for a longer one is returned as the error that it is.
    pub longest_pause: Duration,
}

impl Default for RetryPolicy {
    /// Four calls within about two seconds of pauses, and no pause above ten seconds.
    fn default() -> Self {
        Self { attempts: 4, first_pause: Duration::from_millis(250), longest_pause: Duration::from_secs(10) }
    }
}

impl RetryPolicy {
    /// Never repeats anything.
    #[must_use]
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }

    /// The pause after `failed` failed calls; `None` when that was the last one, or when the server asks for more patience
    /// than the policy has. `jitter` is any number; it spreads callers over the upper half of a pause.
    pub(crate) fn pause(&self, failed: u32, asked: Option<Duration>, jitter: u8) -> Option<Duration> {
        if failed >= self.attempts {
            return None;
        }
        if let Some(asked) = asked {
            return (asked <= self.longest_pause).then_some(asked);
        }
        let doublings = failed.saturating_sub(1).min(16);
        let pause = self.first_pause.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(u32::MAX));
        let half = pause.min(self.longest_pause).checked_div(2)?;
        half.checked_add(half.saturating_mul(u32::from(jitter)).checked_div(255)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_end() {
        let policy = RetryPolicy {
            attempts: 9,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_millis(1_000),
        };
        let pauses: Vec<u128> = (1..9).map(|failed| policy.pause(failed, None, 255).unwrap().as_millis()).collect();
        assert_eq!(pauses, [100, 200, 400, 800, 1_000, 1_000, 1_000, 1_000]);
        assert_eq!(policy.pause(9, None, 255), None);
        assert_eq!(policy.pause(1, None, 0), Some(Duration::from_millis(50)));
    }

    #[test]
    fn the_server_is_obeyed_or_the_error_is_returned() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.pause(1, Some(Duration::from_secs(3)), 9), Some(Duration::from_secs(3)));
        assert_eq!(policy.pause(1, Some(Duration::from_secs(60)), 9), None);
        assert_eq!(RetryPolicy::never().pause(1, Some(Duration::ZERO), 9), None);
    }
}
