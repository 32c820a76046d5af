//! The order of everything (section 4), from the channel's gate to the channel's tier rules.

use crate::read::{Corrupt, Read, Rules, rules};
use crate::verdict::{Refusal, Verdict};
use crate::{actions, lists, moment, rows, spending};
use waiaas_core::policy::{Allowance, ApprovalReason, DeniedBy, Facts, Phase, PolicyRow, ReasonCode, Subject, Tier};
use waiaas_core::tx::{Channel, Effects, Operation, TxType};
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
    /// Whether the absence of rows refuses nothing (section 3, "No rows at all"): there is no row in scope, and the
    /// operator wants that to mean what it meant in the original. The domain lists of x402 and ERC-8128 were asked
    /// outside of the original's engine, so their absence refuses all the same.
    pub(crate) fn passes_without_rows(&self) -> bool {
        self.scope.is_empty() && self.facts.settings.zero_policy_passthrough
    }

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
pub fn evaluate(rows: &[PolicyRow], subject: &Subject, effects: &Effects, facts: &Facts<'_>, phase: Phase) -> Verdict {
    let scope = rows::in_scope(rows, subject, effects.channel.is_on_chain());
    match decide(&Request { scope, subject, effects, facts, phase }) {
        Ok(allowance) => Verdict::Allowed(allowance),
        Err(refusal) => Verdict::Denied(refusal),
    }
}

fn decide(request: &Request<'_>) -> Result<Allowance, Refusal> {
    well_formed(request)?;
    moment::gate(request)?;
    match request.effects.channel {
        // No other policy applies to a signed HTTP request (5.19).
        Channel::Erc8128(_) => return Ok(at_once()),
        // Nothing moves by a text (11.2). It is a request all the same.
        Channel::Message => return moment::rate(request).map(|()| at_once()),
        Channel::Send | Channel::Sign | Channel::X402(_) | Channel::External => {}
    }
    let mut tier = Tier::Instant;
    if request.effects.instructions.is_empty() {
        let operations = &request.effects.operations;
        lists::whitelist(request, operations)?;
        moment::once(request)?;
        chain_of(request, operations)?;
        tier = tier.max(actions::of_action(request)?);
        tier = tier.max(of_counterparties(request, request.effects.tx_type, operations)?);
    } else {
        moment::once(request)?;
        tier = tier.max(actions::of_action(request)?);
        tier = tier.max(batch(request)?);
    }
    let stage = spending::tier_stage(request, tier)?;
    wait(request, stage)
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

/// Section 10: what concerns the whole has been asked; each instruction goes through the rest of the chain by itself.
fn batch(request: &Request<'_>) -> Result<Tier, Refusal> {
    let mut tier = Tier::Instant;
    let mut rest = request.effects.operations.as_slice();
    for (index, instruction) in request.effects.instructions.iter().enumerate() {
        let (own, others) = rest.split_at(instruction.operations);
        rest = others;
        let judged = lists::whitelist(request, own)
            .and_then(|()| chain_of(request, own))
            .and_then(|()| of_counterparties(request, instruction.tx_type, own))
            .map_err(|refusal| refusal.of_instruction(Some(index)))?;
        tier = tier.max(judged);
    }
    Ok(tier)
}

/// Section 4: 17, and the default of native transfers, which is the first word of the tier stage.
fn of_counterparties(request: &Request<'_>, tx_type: TxType, operations: &[Operation]) -> Result<Tier, Refusal> {
    let tier = actions::reputation_threshold(request, operations)?;
    spending::transfers_enabled(request, tx_type, operations)?;
    Ok(tier)
}

/// Section 4: 0. On a chain, nothing to judge is a refusal, of a request and of each instruction; outside of any
/// chain there is nothing to be.
fn well_formed(request: &Request<'_>) -> Result<(), Refusal> {
    let effects = request.effects;
    let something = !effects.operations.is_empty();
    let of_instructions: usize = effects.instructions.iter().map(|instruction| instruction.operations).sum();
    let each = effects.instructions.iter().all(|instruction| instruction.operations > 0);
    let shared_out = effects.instructions.is_empty() || (each && of_instructions == effects.operations.len());
    let here = effects.network == request.subject.network;
    if something == effects.channel.is_on_chain() && shared_out && here {
        return Ok(());
    }
    refuse(DeniedBy::Validation, ReasonCode::MissingInput)
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
