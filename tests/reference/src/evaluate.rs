//! The order of everything (section 4), from the channel's gate to the channel's tier rules.

use crate::read::{Corrupt, Read, Rules, rules};
use crate::verdict::{Refusal, Verdict};
use crate::{actions, lists, moment, rows, spending};
use waiaas_core::policy::{
    Allowance, ApprovalReason, DeniedBy, Facts, Phase, PolicyRow, ReasonCode, Subject, Tier,
};
use waiaas_core::tx::{Channel, Effects, Operation};
use waiaas_core::wallet::OwnerState;

/// One request before the rows that are in scope.
pub(crate) struct Request<'a> {
    pub(crate) scope: Vec<&'a PolicyRow>,
    pub(crate) subject: &'a Subject,
    pub(crate) effects: &'a Effects,
    pub(crate) facts: &'a Facts<'a>,
    pub(crate) phase: Phase,
}

impl Request<'_> {
    /// Asks one row. Rules that cannot be read refuse (section 3, "Corrupt rows").
    pub(crate) fn obeys(
        &self,
        row: &PolicyRow,
        denied_by: DeniedBy,
        judge: impl FnOnce(&Rules) -> Read<Option<ReasonCode>>,
    ) -> Result<(), Refusal> {
        match rules(&row.rules).and_then(|rules| judge(&rules)) {
            Ok(None) => Ok(()),
            Ok(Some(reason)) => Err(Refusal::new(denied_by, reason).by(row.id)),
            Err(Corrupt) => Err(Refusal::new(denied_by, ReasonCode::PolicyRulesCorrupt).by(row.id)),
        }
    }
}

/// A refusal that no row in particular made.
pub(crate) fn refuse<T>(denied_by: DeniedBy, reason: ReasonCode) -> Result<T, Refusal> {
    Err(Refusal::new(denied_by, reason))
}

/// Decides, reading every row anew.
#[must_use]
pub fn evaluate(
    rows: &[PolicyRow],
    subject: &Subject,
    effects: &Effects,
    facts: &Facts<'_>,
    phase: Phase,
) -> Verdict {
    let scope = rows::in_scope(rows, subject, effects.channel.is_on_chain());
    match decide(&Request { scope, subject, effects, facts, phase }) {
        Ok(allowance) => Verdict::Allowed(allowance),
        Err(refusal) => Verdict::Denied(refusal),
    }
}

fn decide(request: &Request<'_>) -> Result<Allowance, Refusal> {
    moment::gate(request)?;
    match request.effects.channel {
        // Nothing moves by a text (11.2), and no other policy applies to a signed HTTP request (5.19).
        Channel::Message | Channel::Erc8128(_) => return Ok(at_once()),
        Channel::Send | Channel::Sign | Channel::X402(_) | Channel::External => {}
    }
    if request.scope.is_empty() && request.facts.settings.zero_policy_passthrough {
        return Ok(at_once());
    }
    if request.effects.instructions.is_empty() {
        single(request)?;
    } else {
        batch(request)?;
    }
    actions::denied(request)?;
    let tier = spending::tier_stage(request)?;
    wait(request, tier)
}

/// INSTANT, with nothing to say about it.
fn at_once() -> Allowance {
    Allowance {
        tier: Tier::Instant,
        delay_seconds: None,
        approval_timeout_seconds: None,
        approval_reason: None,
        downgraded: false,
        cumulative_warning: None,
    }
}

/// Section 4: 2 to 10 for a single request.
fn single(request: &Request<'_>) -> Result<(), Refusal> {
    let operations = &request.effects.operations;
    something(request, operations)?;
    lists::whitelist(request, operations)?;
    moment::once(request)?;
    chain_of(request, operations)
}

/// Section 10: what concerns the whole is asked once, then each instruction goes through the chain by itself.
fn batch(request: &Request<'_>) -> Result<(), Refusal> {
    moment::once(request)?;
    let mut rest = request.effects.operations.as_slice();
    for (index, instruction) in request.effects.instructions.iter().enumerate() {
        let (own, others) = rest.split_at(instruction.operations.min(rest.len()));
        rest = others;
        something(request, own)
            .and_then(|()| lists::whitelist(request, own))
            .and_then(|()| chain_of(request, own))
            .map_err(|refusal| refusal.of_instruction(Some(index)))?;
    }
    Ok(())
}

/// On a chain, nothing to judge is a refusal.
fn something(request: &Request<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    if operations.is_empty() && request.effects.channel.is_on_chain() {
        return refuse(DeniedBy::Validation, ReasonCode::MissingInput);
    }
    Ok(())
}

/// Section 4: 6 to 10.
fn chain_of(request: &Request<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    lists::allowed_tokens(request, operations)?;
    lists::contract_whitelist(request, operations)?;
    lists::method_whitelist(request, operations)?;
    lists::approved_spenders(request, operations)?;
    lists::approve_amount_limit(request, operations)
}

/// Sections 7 and 11: owner downgrade, what the channel can wait for, delay and timeout.
fn wait(request: &Request<'_>, stage: spending::Stage) -> Result<Allowance, Refusal> {
    let Request { subject, effects, facts, .. } = request;
    let refused = |reason| refuse(DeniedBy::Channel, reason);
    let mut tier = stage.tier;
    let mut downgraded = false;
    match effects.channel {
        Channel::Sign if tier > Tier::Notify => return refused(ReasonCode::TierNotSupported),
        Channel::X402(_) if tier == Tier::Approval => return refused(ReasonCode::X402ApprovalRequired),
        Channel::X402(_)
            if tier == Tier::Delay && stage.delay_seconds > facts.settings.x402_request_timeout_seconds =>
        {
            return refused(ReasonCode::X402DelayTimeout);
        }
        Channel::Send | Channel::External if tier == Tier::Approval && subject.owner == OwnerState::None => {
            tier = Tier::Delay;
            downgraded = true;
        }
        _ => {}
    }
    let asked = tier == Tier::Approval;
    Ok(Allowance {
        tier,
        delay_seconds: (tier == Tier::Delay).then_some(stage.delay_seconds),
        approval_timeout_seconds: asked.then_some(stage.approval_timeout_seconds),
        approval_reason: asked.then_some(stage.cumulative.unwrap_or(ApprovalReason::PerTx)),
        downgraded,
        cumulative_warning: stage.warning,
    })
}
