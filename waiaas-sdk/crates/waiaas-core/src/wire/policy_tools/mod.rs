//! Questions to the policies: why a request is decided as it is, and how other policies would have judged the past.
//!
//! Both may bring a candidate: policies that judge in place of all stored ones ([`candidate`]).

mod candidate;
mod explain;
mod replay;

pub use candidate::CandidatePolicy;
pub use explain::{
    ConsultedLedger, ConsultedPrice, ConsultedToken, HeldAmount, MovedAmount, PolicyExplainRequest, PolicyExplanation,
    RequestCount,
};
pub use replay::{PolicyReplay, PolicyReplayRequest, ReplayedList, ReplayedTransaction};

use super::number::UnixSecs;
use super::schema::wire_struct;
use super::transactions::{SimulatedCumulativeWarning, WouldPass};
use crate::id::PolicyId;
use crate::policy::{ApprovalReason, Decision, DeniedBy, ReasonCode, Tier, Verdict};
use crate::wire::Millionths;

wire_struct! {
    /// What policies say to a request.
    PolicyVerdict {
        /// Whether it may proceed.
        allowed: bool,
        /// How it proceeds.
        [optional] tier: Option<Tier>,
        /// Length of the delay window in seconds.
        [optional] delay_seconds: Option<u32>,
        /// How long the owner has, in seconds.
        [optional] approval_timeout_seconds: Option<u32>,
        /// Why the owner is asked.
        [optional] approval_reason: Option<ApprovalReason>,
        /// The owner would be asked, but there is none.
        [optional] downgraded: Option<bool>,
        /// 80 % or more of a cumulative limit is used.
        [optional] cumulative_warning: Option<SimulatedCumulativeWarning>,
        /// Which policy type refused.
        [optional] denied_by: Option<DeniedBy>,
        /// Why not, for machines.
        [optional] reason_code: Option<ReasonCode>,
        /// Why not, for people.
        [optional] message: Option<String>,
        /// The policy that refused; absent when it was the absence of one.
        [optional] policy_id: Option<PolicyId>,
        /// When a rate limit frees up, in seconds.
        [optional] retry_after_seconds: Option<u64>,
        /// Which instruction of a batch was refused, from 0.
        [optional] instruction_index: Option<u64>,
        /// What would let it pass.
        [optional] would_pass: Option<WouldPass>,
    }
}

wire_struct! {
    /// One rule that was considered.
    ConsideredRule {
        /// The policy type, or what else contributed.
        rule: String,
        /// The policy; null for what holds without one.
        policy_id: Option<PolicyId>,
        /// What came of it.
        outcome: String,
    }
}

impl PolicyVerdict {
    /// A verdict that says no more than whether.
    #[must_use]
    pub const fn bare(allowed: bool, tier: Option<Tier>) -> Self {
        Self {
            allowed,
            tier,
            delay_seconds: None,
            approval_timeout_seconds: None,
            approval_reason: None,
            downgraded: None,
            cumulative_warning: None,
            denied_by: None,
            reason_code: None,
            message: None,
            policy_id: None,
            retry_after_seconds: None,
            instruction_index: None,
            would_pass: None,
        }
    }
}

impl From<&Verdict> for PolicyVerdict {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Allow(allowance) => Self {
                delay_seconds: allowance.delay_seconds,
                approval_timeout_seconds: allowance.approval_timeout_seconds,
                approval_reason: allowance.approval_reason,
                downgraded: allowance.downgraded.then_some(true),
                cumulative_warning: allowance.cumulative_warning.map(|warning| SimulatedCumulativeWarning {
                    window: warning.window,
                    ratio: Millionths::new(warning.spent.ratio_millionths(warning.limit).unwrap_or_default()),
                    spent: warning.spent.into(),
                    limit: warning.limit.into(),
                }),
                ..Self::bare(true, Some(allowance.tier))
            },
            Verdict::Deny(denial) => Self {
                denied_by: Some(denial.denied_by),
                reason_code: Some(denial.reason),
                message: Some(denial.message.clone()),
                policy_id: denial.policy,
                retry_after_seconds: denial.retry_after_seconds,
                instruction_index: denial.instruction.and_then(|index| u64::try_from(index).ok()),
                ..Self::bare(false, None)
            },
        }
    }
}

/// The trace of a decision.
#[must_use]
pub fn considered(decision: &Decision) -> Vec<ConsideredRule> {
    let line = |entry: &crate::policy::TraceEntry| ConsideredRule {
        rule: entry.rule.to_owned(),
        policy_id: entry.policy,
        outcome: entry.outcome.clone(),
    };
    decision.trace.iter().map(line).collect()
}

#[cfg(test)]
mod tests;
