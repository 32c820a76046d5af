//! Stage 7, complete: the one place that ends a transaction, with its holds, its record and its notice.

use super::s5_execute::{Submitted, system_entry};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::notify::{Notice, NoticeEvent};
use crate::ports::store::{
    ApprovalEffect, AuditEvent, FailureNote, HoldEffect, IntentGuard, Severity, StoreError, Transition,
    TransitionPatch, TxRow,
};
use waiaas_core::error::ErrorCode;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::TxStatus;

/// A transaction that is in a block.
pub(crate) struct Confirmed {
    pub(crate) submitted: Submitted,
    pub(crate) hash: String,
    pub(crate) success: bool,
    pub(crate) block: u64,
    pub(crate) fee: BaseUnits,
}

impl Inner {
    /// Runs the stage: SUBMITTED → CONFIRMED, or FAILED when the chain reverted it.
    pub(crate) async fn complete(&self, confirmed: Confirmed) -> Result<(), EngineError> {
        let Confirmed { submitted: Submitted { row }, hash, success, block, fee } = confirmed;
        let at = self.clock.now();
        let details = serde_json::json!({ "txHash": hash, "block": block, "fee": fee.to_string(), "network": row.network.as_str() });
        let (to, holds, event, severity, note) = if success {
            (TxStatus::Confirmed, HoldEffect::Settle, AuditEvent::TxConfirmed, Severity::Info, None)
        } else {
            let note = super::s5_execute::failure(ErrorCode::TransactionReverted, "Transaction reverted on-chain");
            (TxStatus::Failed, HoldEffect::Release, AuditEvent::TxFailed, Severity::Warning, Some(note))
        };
        let change = Transition {
            tx: row.id,
            from: &[TxStatus::Submitted],
            to,
            at,
            patch: TransitionPatch { tx_hash: None, executed_at: Some(at), fee: Some(fee), failure: note },
            holds,
            approval: ApprovalEffect::None,
            guard: IntentGuard::None,
            audit: vec![system_entry(&row, event, severity, details.clone(), at)],
        };
        match self.store.transition(&change).await {
            Ok(_) => {
                self.close_quietly(&hash).await?;
                let event = if success { NoticeEvent::TxConfirmed } else { NoticeEvent::TxFailed };
                self.notify(&row, event, details).await;
                Ok(())
            }
            Err(StoreError::Stale { .. }) => self.close_quietly(&hash).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a transaction without effect: PENDING, EXECUTING or SUBMITTED → FAILED.
    pub(crate) async fn fail(&self, row: &TxRow, note: FailureNote) -> Result<(), EngineError> {
        const FROM: &[TxStatus] = &[TxStatus::Pending, TxStatus::Executing, TxStatus::Submitted];
        let ended = self.end_without_effect(
            row,
            FROM,
            TxStatus::Failed,
            note.clone(),
            AuditEvent::TxFailed,
            ApprovalEffect::None,
        );
        if ended.await? {
            let details = serde_json::json!({ "code": note.code, "reason": note.message });
            self.notify(row, NoticeEvent::TxFailed, details).await;
        }
        Ok(())
    }

    /// Ends a transaction that may not be signed any more: PENDING, QUEUED or EXECUTING → CANCELLED.
    pub(crate) async fn cancel_row(
        &self,
        row: &TxRow,
        note: FailureNote,
        event: AuditEvent,
    ) -> Result<bool, EngineError> {
        const FROM: &[TxStatus] = &[TxStatus::Pending, TxStatus::Queued, TxStatus::Executing];
        let approval = ApprovalEffect::Reject { by_owner: false };
        self.end_without_effect(row, FROM, TxStatus::Cancelled, note, event, approval).await
    }

    /// `false` when somebody else had moved it before.
    async fn end_without_effect(
        &self,
        row: &TxRow,
        from: &'static [TxStatus],
        to: TxStatus,
        note: FailureNote,
        event: AuditEvent,
        approval: ApprovalEffect,
    ) -> Result<bool, EngineError> {
        let at = self.clock.now();
        let details = serde_json::json!({ "code": note.code, "reason": note.message });
        let change = Transition {
            tx: row.id,
            from,
            to,
            at,
            patch: TransitionPatch { failure: Some(note), ..TransitionPatch::default() },
            holds: HoldEffect::Release,
            approval,
            guard: IntentGuard::None,
            audit: vec![system_entry(row, event, Severity::Warning, details, at)],
        };
        match self.store.transition(&change).await {
            Ok(_) => Ok(true),
            Err(StoreError::Stale { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn close_quietly(&self, hash: &str) -> Result<(), EngineError> {
        match self.store.close_intent(hash, self.clock.now()).await {
            Ok(()) | Err(StoreError::NotFound) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends a notice about a transaction.
    pub(crate) async fn notify(&self, row: &TxRow, event: NoticeEvent, details: serde_json::Value) {
        self.notifier.notify(Notice { event, wallet: Some(row.wallet), tx: Some(row.id), details }).await;
    }
}
