//! A verdict as one number, for callers that judge often.

use waiaas_core::policy::{ApprovalReason, DeniedBy, ReasonCode, Tier, Verdict, Window};

/// What a caller needs in order to act, in 32 bits:
///
/// | bits | meaning |
/// |---|---|
/// | 0–1 | the tier: INSTANT, NOTIFY, DELAY, APPROVAL |
/// | 2 | denied |
/// | 3 | DELAY instead of APPROVAL, because there is no owner |
/// | 4–5 | why the owner is asked: nothing, per_tx, cumulative_daily, cumulative_monthly |
/// | 6–7 | a limit is nearly used up: none, daily, monthly |
/// | 8–15 | what denies, counted in `DeniedBy::ALL` |
/// | 16–23 | the reason, counted in `ReasonCode::ALL` |
#[must_use]
pub fn pack(verdict: &Verdict) -> u32 {
    match verdict {
        Verdict::Allow(allowance) => {
            let tier = match allowance.tier {
                Tier::Instant => 0,
                Tier::Notify => 1,
                Tier::Delay => 2,
                Tier::Approval => 3,
            };
            let reason = match allowance.approval_reason {
                None => 0,
                Some(ApprovalReason::PerTx) => 1,
                Some(ApprovalReason::CumulativeDaily) => 2,
                Some(ApprovalReason::CumulativeMonthly) => 3,
            };
            let warning = match allowance.cumulative_warning.map(|warning| warning.window) {
                None => 0,
                Some(Window::Daily) => 1,
                Some(Window::Monthly) => 2,
            };
            tier | u32::from(allowance.downgraded) << 3 | reason << 4 | warning << 6
        }
        Verdict::Deny(denial) => {
            let denied_by = place(DeniedBy::ALL, denial.denied_by);
            1 << 2 | denied_by << 8 | place(ReasonCode::ALL, denial.reason) << 16
        }
    }
}

fn place<T: PartialEq>(all: &[T], value: T) -> u32 {
    let place = all.iter().position(|other| *other == value).and_then(|place| u8::try_from(place).ok());
    // Both lists have far fewer entries than a byte has values.
    place.map_or(u32::from(u8::MAX), u32::from)
}

/// The seconds that belong to a verdict: of the delay or of the owner's time; 0 without either.
pub(crate) fn seconds(verdict: &Verdict) -> u32 {
    match verdict {
        Verdict::Allow(allowance) => allowance.delay_seconds.or(allowance.approval_timeout_seconds).unwrap_or(0),
        Verdict::Deny(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn both_lists_fit() {
        for count in [DeniedBy::ALL.len(), ReasonCode::ALL.len()] {
            assert!(count < usize::from(u8::MAX), "{count}");
        }
        assert_eq!(place(DeniedBy::ALL, DeniedBy::Validation), 0);
        assert_eq!(
            place(DeniedBy::ALL, *DeniedBy::ALL.last().unwrap()),
            u32::try_from(DeniedBy::ALL.len() - 1).unwrap()
        );
    }
}
