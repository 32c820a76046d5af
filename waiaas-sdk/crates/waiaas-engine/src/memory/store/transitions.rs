//! Compare-and-set moves of transactions.

use super::stale;
use super::state::{HoldState, State, StoredTx};
use crate::ports::store::{ApprovalEffect, HoldEffect, IntentGuard, StoreError, Transition, TxRow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

pub(super) fn apply(state: &mut State, change: &Transition) -> Result<TxRow, StoreError> {
    let stored = state.transactions.get(&change.tx).ok_or(StoreError::NotFound)?;
    let wallet = stored.row.wallet;
    if !change.from.contains(&stored.row.status) || stored.row.status.check_move(change.to).is_err() {
        return Err(stale(stored.row.status));
    }
    check_approval(stored, &change.approval, change.at)?;
    match change.guard {
        IntentGuard::None => {}
        IntentGuard::MaySign => state.may_sign(wallet, stored.row.session, change.at)?,
    }

    let stored = state.transactions.get_mut(&change.tx).ok_or(StoreError::NotFound)?;
    apply_patch(&mut stored.row, change);
    match change.holds {
        HoldEffect::Keep => {}
        HoldEffect::Settle => stored.hold_state = HoldState::Settled,
        HoldEffect::Release => stored.hold_state = HoldState::Released,
    }
    let by_owner = stamp_approval(stored, &change.approval, change.at);
    let row = stored.row.clone();
    if by_owner && let Some(owner) = state.wallets.get_mut(&wallet).and_then(|wallet| wallet.owner.as_mut()) {
        owner.verified = true;
    }
    state.audit.append(&change.audit);
    Ok(row)
}

fn apply_patch(row: &mut TxRow, change: &Transition) {
    row.status = change.to;
    row.updated_at = change.at;
    if change.to != TxStatus::Queued {
        row.delay_until = None;
    }
    let patch = &change.patch;
    if patch.tx_hash.is_some() {
        row.tx_hash.clone_from(&patch.tx_hash);
    }
    if patch.executed_at.is_some() {
        row.executed_at = patch.executed_at;
    }
    if patch.fee.is_some() {
        row.fee = patch.fee;
    }
    if patch.failure.is_some() {
        row.failure.clone_from(&patch.failure);
    }
}

/// Whether the approval is as the change demands.
fn check_approval(stored: &StoredTx, effect: &ApprovalEffect, at: UnixMillis) -> Result<(), StoreError> {
    let open = stored.approval.as_ref().filter(|approval| approval.is_open());
    match effect {
        ApprovalEffect::None | ApprovalEffect::Reject { .. } => Ok(()),
        ApprovalEffect::Approve { .. } => match open {
            Some(approval) if at < approval.row.expires_at => Ok(()),
            Some(_) => Err(stale("approval past its end")),
            None => Err(stale("no open approval")),
        },
        ApprovalEffect::Expire => match open {
            Some(approval) if at >= approval.row.expires_at => Ok(()),
            Some(_) => Err(stale("approval before its end")),
            None => Err(stale("no open approval")),
        },
        ApprovalEffect::Expedite => match stored.approval {
            None => Ok(()),
            Some(_) => Err(stale("waiting for an approval")),
        },
    }
}

/// Stamps the approval; says whether the owner's key has signed for this change.
fn stamp_approval(stored: &mut StoredTx, effect: &ApprovalEffect, at: UnixMillis) -> bool {
    let open = stored.approval.as_mut().filter(|approval| approval.is_open());
    match effect {
        ApprovalEffect::None => false,
        ApprovalEffect::Approve { signature } => {
            if let Some(approval) = open {
                approval.row.approved_at = Some(at);
                approval.signature = Some(signature.clone());
            }
            true
        }
        ApprovalEffect::Expedite => true,
        ApprovalEffect::Reject { by_owner } => {
            if let Some(approval) = open {
                approval.row.rejected_at = Some(at);
            }
            *by_owner
        }
        ApprovalEffect::Expire => {
            if let Some(approval) = open {
                approval.closed = true;
            }
            false
        }
    }
}
