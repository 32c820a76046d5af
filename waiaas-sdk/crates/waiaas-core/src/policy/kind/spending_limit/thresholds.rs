//! Three inclusive thresholds and the tier they give.

use crate::policy::Tier;

/// `<= instant` is INSTANT, `<= notify` NOTIFY, `<= delay` DELAY, everything above APPROVAL. A missing
/// threshold is skipped, which for any amount above zero is the same as a threshold of zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thresholds<T> {
    pub(super) instant: Option<T>,
    pub(super) notify: Option<T>,
    pub(super) delay: Option<T>,
}

impl<T: Copy + Ord> Thresholds<T> {
    /// The thresholds, unless all are missing.
    pub(super) fn if_any(self) -> Option<Self> {
        (self.instant.is_some() || self.notify.is_some() || self.delay.is_some()).then_some(self)
    }

    /// The tier of an amount above zero. Thresholds that were stored out of order are read one after
    /// the other.
    pub(super) fn tier(&self, amount: T) -> Tier {
        self.tier_by(|limit| amount <= *limit)
    }

    /// The position (0 to 2) of the first threshold that is above a later one.
    pub(super) fn first_out_of_order(&self) -> Option<usize> {
        let above = |earlier: Option<T>, later: Option<T>| earlier.zip(later).is_some_and(|(a, b)| a > b);
        if above(self.instant, self.notify) || above(self.instant, self.delay) {
            Some(0)
        } else if above(self.notify, self.delay) {
            Some(1)
        } else {
            None
        }
    }
}

impl<T> Thresholds<T> {
    /// As [`Thresholds::tier`], for limits that are told by `within` whether an amount is.
    pub(super) fn tier_by(&self, within: impl Fn(&T) -> bool) -> Tier {
        let within = |limit: &Option<T>| limit.as_ref().is_some_and(&within);
        if within(&self.instant) {
            Tier::Instant
        } else if within(&self.notify) {
            Tier::Notify
        } else if within(&self.delay) {
            Tier::Delay
        } else {
            Tier::Approval
        }
    }

    /// Every threshold through `convert`.
    pub(super) fn map<U>(self, convert: impl Fn(T) -> U) -> Thresholds<U> {
        Thresholds {
            instant: self.instant.map(&convert),
            notify: self.notify.map(&convert),
            delay: self.delay.map(&convert),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_inclusive_and_missing_ones_skipped() {
        let check = |[instant, notify, delay]: [Option<u32>; 3], amount, expect| {
            assert_eq!(
                Thresholds { instant, notify, delay }.tier(amount),
                expect,
                "{instant:?} {notify:?} {delay:?} {amount}"
            );
        };
        let full = [Some(10), Some(20), Some(30)];
        check(full, 10, Tier::Instant);
        check(full, 11, Tier::Notify);
        check(full, 20, Tier::Notify);
        check(full, 21, Tier::Delay);
        check(full, 30, Tier::Delay);
        check(full, 31, Tier::Approval);
        check([Some(100), None, None], 101, Tier::Approval);
        check([None, None, Some(100)], 1, Tier::Delay);
        check([Some(30), Some(20), Some(10)], 25, Tier::Instant);
    }

    #[test]
    fn order() {
        let check = |[instant, notify, delay]: [Option<u32>; 3], expect| {
            assert_eq!(Thresholds { instant, notify, delay }.first_out_of_order(), expect);
        };
        check([Some(1), Some(1), Some(1)], None);
        check([Some(2), None, Some(1)], Some(0));
        check([None, Some(2), Some(1)], Some(1));
        check([Some(3), None, None], None);
    }
}
