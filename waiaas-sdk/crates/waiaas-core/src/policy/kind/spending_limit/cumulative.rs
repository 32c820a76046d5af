//! Dollars per day and per month, in rolling windows that end now.

use crate::money::Usd;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{CumulativeWarning, ReasonCode, Window};
use crate::wallet::OwnerState;

/// The cumulative limits of a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct CumulativeLimits {
    pub(super) daily: Option<Usd>,
    pub(super) monthly: Option<Usd>,
    pub(super) on_exceed: OnExceed,
}

/// What happens above a cumulative limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnExceed {
    /// The owner is asked. A wallet without an owner has nobody to ask, so there it is a denial: a mere
    /// delay would void the limit.
    Approval,
    /// Denied.
    Deny,
}

/// A warning is given from this share of a limit on, in millionths: 80 %.
const WARNING_MILLIONTHS: u64 = 800_000;

impl CumulativeLimits {
    /// Whether there is any.
    pub(super) const fn any(&self) -> bool {
        self.daily.is_some() || self.monthly.is_some()
    }

    /// Judges `spent` more dollars. The daily limit speaks before the monthly one.
    pub(super) fn judge(&self, spent: Usd, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        if spent.is_zero() {
            return Ok(());
        }
        let ledger = case.facts.ledger;
        let windows =
            [(Window::Daily, self.daily, ledger.daily_usd), (Window::Monthly, self.monthly, ledger.monthly_usd)];
        let limited = windows.into_iter().filter_map(|(window, limit, before)| {
            limit.map(|limit| CumulativeWarning { window, spent: before.saturating_add(spent), limit })
        });
        if let Some(CumulativeWarning { window, spent, limit }) = limited.clone().find(|use_| use_.spent > use_.limit) {
            if self.on_exceed == OnExceed::Deny || case.subject.owner == OwnerState::None {
                let detail = format!("the {window} limit of ${limit} would be passed: ${spent} with this transaction");
                return Err(Refusal::new(ReasonCode::SpendingLimitExceeded, detail));
            }
            into.exceed(window);
            return Ok(());
        }
        if let Some(warning) = limited.into_iter().find(|use_| use_.spent.is_at_least(WARNING_MILLIONTHS, use_.limit)) {
            into.warn(warning);
        }
        Ok(())
    }
}
