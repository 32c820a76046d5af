//! What the channels themselves demand, whatever the rows say.

use super::case::{Case, Refusal};
use super::decision::ReasonCode;
use super::tier::Tier;
use crate::tx::Channel;

/// Whether what comes this way can be put off until a delay is over or the owner has answered.
pub(super) const fn can_wait(channel: &Channel) -> bool {
    matches!(channel, Channel::Send | Channel::External)
}

/// Refuses what comes by a way that is switched off.
pub(super) fn refuse_disabled(case: &Case<'_>) -> Result<(), Refusal> {
    let settings = case.facts.settings;
    let (enabled, reason) = match case.effects.channel {
        Channel::X402(_) => (settings.x402_enabled, ReasonCode::X402Disabled),
        Channel::Erc8128(_) => (settings.erc8128_enabled, ReasonCode::Erc8128Disabled),
        Channel::Send | Channel::Sign | Channel::Message | Channel::External => return Ok(()),
    };
    if enabled { Ok(()) } else { Err(Refusal::new(reason, "the operator has switched this off")) }
}

/// Refuses what cannot wait as long as its tier demands.
pub(super) fn refuse_waiting(case: &Case<'_>, tier: Tier, delay_seconds: Option<u32>) -> Result<(), Refusal> {
    match case.effects.channel {
        Channel::Send | Channel::External => Ok(()),
        Channel::X402(_) => {
            let longest = case.facts.settings.x402_request_timeout_seconds;
            if tier == Tier::Approval {
                let detail = "the owner would have to be asked, and a payment cannot wait for that";
                return Err(Refusal::new(ReasonCode::X402ApprovalRequired, detail));
            }
            if delay_seconds.is_some_and(|delay| delay > longest) {
                let detail = format!("the delay is longer than the {longest} s that a payment can wait");
                return Err(Refusal::new(ReasonCode::X402DelayTimeout, detail));
            }
            Ok(())
        }
        Channel::Sign | Channel::Message | Channel::Erc8128(_) if tier > Tier::Notify => {
            let detail = format!("tier {tier} would have to wait, and a mere signature cannot");
            Err(Refusal::new(ReasonCode::TierNotSupported, detail))
        }
        Channel::Sign | Channel::Message | Channel::Erc8128(_) => Ok(()),
    }
}
