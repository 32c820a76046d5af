//! Stage 4, wait: how the row is born. INSTANT and NOTIFY are ready at once, DELAY and APPROVAL are
//! stored as waiting, a denial is stored as CANCELLED. Waiting is data, never a sleeping task.

use super::record::record;
use super::s3_policy::Decided;
use crate::ports::store::{Actor, ApprovalRow, AuditEntry, AuditEvent, FailureNote, Hold, Ruling, Severity, TxRow};
use waiaas_core::id::{ApprovalId, TxId};
use waiaas_core::money::Usd;
use waiaas_core::policy::{Allowance, Denial, Tier, Verdict};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

/// Ids that were minted before the lock was taken, so that the judge stays pure.
#[derive(Clone, Copy)]
pub(crate) struct MintedIds {
    pub(crate) tx: TxId,
    pub(crate) approval: ApprovalId,
}

/// Runs the stage. Pure.
pub(crate) fn wait(decided: &Decided<'_>, ids: MintedIds, now: UnixMillis) -> Ruling {
    let validated = decided.request.request;
    let (decision, state) = (&decided.decision, decided.request.state);
    let mut row = TxRow {
        id: ids.tx,
        wallet: validated.wallet.id,
        session: Some(decided.request.session),
        network: validated.network,
        tx: validated.tx.clone(),
        status: TxStatus::Pending,
        tier: None,
        usd: decision.valuation.usd,
        decision: record(
            decision,
            decided.would_pass.as_ref(),
            &validated.market,
            state.wallet.owner_state(),
            state.policies.epoch,
        ),
        created_at: now,
        updated_at: now,
        queued_at: None,
        delay_until: None,
        executed_at: None,
        tx_hash: None,
        fee: None,
        failure: None,
    };
    match &decision.verdict {
        Verdict::Deny(denial) => denied(row, denial, now),
        Verdict::Allow(allowance) => {
            row.tier = Some(allowance.tier);
            let approval = admit(&mut row, allowance, ids.approval, now);
            let holds = decision
                .valuation
                .components
                .iter()
                .map(|part| Hold { asset: part.asset, amount: part.amount, usd: part.usd.unwrap_or(Usd::ZERO) })
                .collect();
            let details = serde_json::json!({
                "type": row.tx.tx_type().as_str(),
                "network": row.network.as_str(),
                "tier": allowance.tier.as_str(),
                "usd": row.usd.map(|usd| usd.to_string()),
            });
            let audit = vec![entry(&row, AuditEvent::TxAccepted, Severity::Info, details, now)];
            Ruling { row, holds, approval, counts_for_rate: true, audit }
        }
    }
}

fn admit(row: &mut TxRow, allowance: &Allowance, id: ApprovalId, now: UnixMillis) -> Option<ApprovalRow> {
    match allowance.tier {
        Tier::Instant | Tier::Notify => None,
        Tier::Delay => {
            row.status = TxStatus::Queued;
            row.queued_at = Some(now);
            row.delay_until = Some(now.plus_secs(i64::from(allowance.delay_seconds.unwrap_or(u32::MAX))));
            None
        }
        Tier::Approval => {
            row.status = TxStatus::Queued;
            row.queued_at = Some(now);
            // Without a timeout the approval closes at once rather than staying open for ever.
            let seconds = i64::from(allowance.approval_timeout_seconds.unwrap_or(0));
            Some(ApprovalRow {
                id,
                tx: row.id,
                created_at: now,
                expires_at: now.plus_secs(seconds),
                approved_at: None,
                rejected_at: None,
            })
        }
    }
}

fn denied(mut row: TxRow, denial: &Denial, now: UnixMillis) -> Ruling {
    row.status = TxStatus::Cancelled;
    row.failure = Some(FailureNote { code: denial.reason.as_str().to_owned(), message: denial.message.clone() });
    let details = serde_json::json!({
        "reason": denial.message,
        "reasonCode": denial.reason.as_str(),
        "policyType": denial.denied_by.as_str(),
        "requestedAmount": row.tx.amount().to_string(),
        "type": row.tx.tx_type().as_str(),
    });
    let audit = vec![entry(&row, AuditEvent::PolicyDenied, Severity::Warning, details, now)];
    Ruling { row, holds: Vec::new(), approval: None, counts_for_rate: false, audit }
}

fn entry(row: &TxRow, event: AuditEvent, severity: Severity, details: serde_json::Value, at: UnixMillis) -> AuditEntry {
    AuditEntry {
        at,
        event,
        actor: row.session.map_or(Actor::System, Actor::Session),
        severity,
        wallet: Some(row.wallet),
        session: row.session,
        tx: Some(row.id),
        details,
    }
}
