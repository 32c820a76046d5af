//! The life of a transaction.

use crate::wallet::wire_enum;

wire_enum! {
    /// Where a transaction stands. Terminal: CONFIRMED, FAILED, CANCELLED, EXPIRED, SIGNED,
    /// PARTIAL_FAILURE.
    TxStatus {
        /// Accepted by the policy, not signed yet.
        Pending => "PENDING",
        /// Held: in its delay window, or waiting for the owner.
        Queued => "QUEUED",
        /// Being signed and sent.
        Executing => "EXECUTING",
        /// Accepted by a node; not final.
        Submitted => "SUBMITTED",
        /// On chain and successful.
        Confirmed => "CONFIRMED",
        /// Proven not to have had its effect.
        Failed => "FAILED",
        /// Refused, rejected or withdrawn before it was signed.
        Cancelled => "CANCELLED",
        /// The owner did not decide in time.
        Expired => "EXPIRED",
        /// Some parts of a batch failed.
        PartialFailure => "PARTIAL_FAILURE",
        /// Signed for the caller, not sent by us.
        Signed => "SIGNED",
        /// Waiting for the gas price.
        GasWaiting => "GAS_WAITING",
    }
}

/// A move that the state machine does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a transaction in status `{from}` cannot become `{to}`")]
pub struct TransitionError {
    /// Where it is.
    pub from: TxStatus,
    /// Where it was to go.
    pub to: TxStatus,
}

impl TxStatus {
    /// Whether the status is final.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Confirmed | Self::Failed | Self::Cancelled | Self::Expired | Self::PartialFailure | Self::Signed
        )
    }

    /// Whether amounts of a transaction in this status are held against the limits (`policy.md`
    /// sections 6 and 8).
    #[must_use]
    pub const fn holds_funds(self) -> bool {
        matches!(self, Self::Pending | Self::Queued | Self::GasWaiting | Self::Executing | Self::Submitted)
    }

    /// Checks one move against the state machine of `pipeline.md` section 3.1.
    ///
    /// # Errors
    /// [`TransitionError`] for a move that does not exist.
    pub const fn check_move(self, to: Self) -> Result<(), TransitionError> {
        let allowed = match self {
            Self::Pending => matches!(
                to,
                Self::Queued | Self::GasWaiting | Self::Executing | Self::Failed | Self::Cancelled | Self::Signed
            ),
            Self::Queued => matches!(to, Self::Executing | Self::GasWaiting | Self::Cancelled | Self::Expired),
            Self::GasWaiting => matches!(to, Self::Executing | Self::Cancelled),
            Self::Executing => matches!(to, Self::Submitted | Self::Failed | Self::Cancelled),
            Self::Submitted => matches!(to, Self::Confirmed | Self::Failed | Self::PartialFailure),
            // The reconciler may find on chain what a node had called dead.
            Self::Failed => matches!(to, Self::Confirmed),
            Self::Confirmed | Self::Cancelled | Self::Expired | Self::PartialFailure | Self::Signed => false,
        };
        if allowed { Ok(()) } else { Err(TransitionError { from: self, to }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn final_statuses_do_not_move() {
        for from in TxStatus::ALL {
            for to in TxStatus::ALL {
                let correction = (*from, *to) == (TxStatus::Failed, TxStatus::Confirmed);
                if from.is_terminal() && !correction {
                    assert!(from.check_move(*to).is_err(), "{from} -> {to}");
                }
            }
        }
    }

    #[test]
    fn what_waits_cannot_jump_to_the_chain() {
        assert!(TxStatus::Queued.check_move(TxStatus::Submitted).is_err());
        assert!(TxStatus::Pending.check_move(TxStatus::Submitted).is_err());
        assert!(TxStatus::Submitted.check_move(TxStatus::Cancelled).is_err());
    }
}
