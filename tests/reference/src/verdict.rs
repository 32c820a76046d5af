//! What comes out of an evaluation, without the words for people.

use waiaas_core::id::PolicyId;
use waiaas_core::policy::{Allowance, Decision, DeniedBy, ReasonCode, Tier, Verdict as Judged};

/// An outcome that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may proceed, in this manner.
    Allowed(Allowance),
    /// It may not.
    Denied(Refusal),
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What refused.
    pub denied_by: DeniedBy,
    /// Why.
    pub reason: ReasonCode,
    /// The row that refused; `None` for the absence of one.
    pub policy: Option<PolicyId>,
    /// Which instruction of a batch.
    pub instruction: Option<usize>,
    /// When a rate limit frees up, in seconds.
    pub retry_after_seconds: Option<u64>,
}

impl Refusal {
    /// A refusal by the absence of a row, or by no row in particular.
    #[must_use]
    pub const fn new(denied_by: DeniedBy, reason: ReasonCode) -> Self {
        Self { denied_by, reason, policy: None, instruction: None, retry_after_seconds: None }
    }

    /// The same refusal by a row.
    #[must_use]
    pub const fn by(mut self, policy: PolicyId) -> Self {
        self.policy = Some(policy);
        self
    }

    /// The same refusal of one instruction of a batch.
    #[must_use]
    pub const fn of_instruction(mut self, instruction: Option<usize>) -> Self {
        self.instruction = instruction;
        self
    }
}

impl Verdict {
    /// INSTANT < NOTIFY < DELAY < APPROVAL < denied, as 0 to 4.
    #[must_use]
    pub const fn severity(&self) -> u8 {
        match self {
            Self::Allowed(allowance) => match allowance.tier {
                Tier::Instant => 0,
                Tier::Notify => 1,
                Tier::Delay => 2,
                Tier::Approval => 3,
            },
            Self::Denied(_) => 4,
        }
    }
}

impl From<&Decision> for Verdict {
    fn from(decision: &Decision) -> Self {
        match &decision.verdict {
            Judged::Allow(allowance) => Self::Allowed(allowance.clone()),
            Judged::Deny(denial) => Self::Denied(Refusal {
                denied_by: denial.denied_by,
                reason: denial.reason,
                policy: denial.policy,
                instruction: denial.instruction,
                retry_after_seconds: denial.retry_after_seconds,
            }),
        }
    }
}
