//! Recovery, periodic work, counts.
//!
//! Nothing here sleeps or spawns. Whoever embeds the engine calls [`System::recover`] once before serving
//! and then the ticks as often as suits: each does what is due at the present instant and returns.

use crate::engine::Inner;
use crate::error::EngineError;
use crate::pipeline::Progress;
use crate::ports::store::{
    ApprovalEffect, AuditEvent, Due, FailureNote, HoldEffect, IntentGuard, Severity, StoreError, Transition,
    TransitionPatch, TxRow,
};
use futures_util::{StreamExt, stream};
use std::collections::BTreeSet;
use waiaas_core::error::ErrorCode;
use waiaas_core::id::TxId;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;

/// Rows that one tick takes at a time.
const BATCH: u32 = 200;
/// Look-ups that run at the same time.
const CONCURRENCY: usize = 16;

/// Counts for the operator.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Wallets, terminated ones included.
    pub wallets: u64,
    /// Live sessions.
    pub sessions: u64,
    /// Policy rows.
    pub policies: u64,
    /// Transactions of the last 24 hours.
    pub recent_transactions: u64,
    /// Of those, FAILED ones.
    pub failed_transactions: u64,
    /// The five newest transactions.
    pub newest: Vec<TxRow>,
}

/// What a confirmation tick found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConfirmReport {
    /// SUBMITTED rows that were looked at.
    pub outstanding: u64,
    /// Of those, rows that ended.
    pub completed: u64,
}

/// Recovery, periodic work, counts.
#[derive(Clone, Copy)]
pub struct System<'a> {
    pub(crate) inner: &'a Inner,
}

impl System<'_> {
    /// Before serving: reads the kill switch, removes wallets whose making was cut short, and returns
    /// the transactions that must be executed again, oldest first. Signatures that exist are found or
    /// sent again by executing their transactions; nothing is signed anew while one could land.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`; the service must not serve then.
    pub async fn recover(&self) -> Result<Vec<TxId>, EngineError> {
        let kill_switch = self.inner.store.kill_switch().await?;
        self.inner.kill_flag.set(kill_switch.state);
        for wallet in self.inner.store.wallets().await? {
            if wallet.status == WalletStatus::Creating {
                self.inner.keystore.destroy(wallet.id).await?;
                self.inner.store.discard_wallet(wallet.id).await?;
                tracing::warn!(wallet = %wallet.id, "removed a wallet whose making was cut short");
            }
        }
        self.unfinished().await
    }

    /// Transactions in PENDING or EXECUTING, oldest first.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn unfinished(&self) -> Result<Vec<TxId>, EngineError> {
        let mut ids = Vec::new();
        let mut after = None;
        loop {
            let rows = self.inner.store.due(Due::Unfinished, self.inner.clock.now(), after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(ids) };
            after = Some(last.id);
            ids.extend(rows.iter().map(|row| row.id));
        }
    }

    /// Ends delay windows that are over: QUEUED → EXECUTING. Returns what must now be executed.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn release_delayed(&self) -> Result<Vec<TxId>, EngineError> {
        let mut released = Vec::new();
        let now = self.inner.clock.now();
        if self.inner.kill_flag.is_thrown() {
            return Ok(released);
        }
        let mut after = None;
        loop {
            let rows = self.inner.store.due(Due::DelayElapsed, now, after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(released) };
            after = Some(last.id);
            for row in &rows {
                let change = Transition {
                    tx: row.id,
                    from: &[TxStatus::Queued],
                    to: TxStatus::Executing,
                    at: self.inner.clock.now(),
                    patch: TransitionPatch::default(),
                    holds: HoldEffect::Keep,
                    approval: ApprovalEffect::None,
                    // Whether it may still be signed is decided when it is cleared, which also ends it
                    // properly when it may not.
                    guard: IntentGuard::None,
                    audit: Vec::new(),
                };
                match self.inner.store.transition(&change).await {
                    Ok(_) => released.push(row.id),
                    Err(StoreError::Stale { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Closes approvals that are past their end: QUEUED → EXPIRED. Returns how many.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn expire_approvals(&self) -> Result<u64, EngineError> {
        let mut expired = 0_u64;
        let now = self.inner.clock.now();
        let mut after = None;
        loop {
            let rows = self.inner.store.due(Due::ApprovalExpired, now, after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(expired) };
            after = Some(last.id);
            for row in &rows {
                let at = self.inner.clock.now();
                let message = "The owner did not decide in time".to_owned();
                let details = serde_json::json!({ "reason": message });
                let entry = crate::pipeline::s5_execute::system_entry(
                    row,
                    AuditEvent::TxExpired,
                    Severity::Warning,
                    details,
                    at,
                );
                let change = Transition {
                    tx: row.id,
                    from: &[TxStatus::Queued],
                    to: TxStatus::Expired,
                    at,
                    patch: TransitionPatch {
                        failure: Some(FailureNote { code: ErrorCode::ApprovalTimeout.as_str().to_owned(), message }),
                        ..TransitionPatch::default()
                    },
                    holds: HoldEffect::Release,
                    approval: ApprovalEffect::Expire,
                    guard: IntentGuard::None,
                    audit: vec![entry],
                };
                match self.inner.store.transition(&change).await {
                    Ok(_) => expired = expired.saturating_add(1),
                    Err(StoreError::Stale { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    /// Looks for every SUBMITTED transaction on its chain.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when the store fails; a node that fails only leaves its transactions as they are.
    pub async fn confirm(&self) -> Result<ConfirmReport, EngineError> {
        let mut report = ConfirmReport::default();
        let mut after = None;
        loop {
            let rows = self.inner.store.due(Due::Submitted, self.inner.clock.now(), after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(report) };
            after = Some(last.id);
            let looks = stream::iter(rows).map(|row| self.inner.confirm(row)).buffer_unordered(CONCURRENCY);
            let results: Vec<_> = looks.collect().await;
            for result in results {
                report.outstanding = report.outstanding.saturating_add(1);
                if matches!(result?, Progress::Moved { done: true }) {
                    report.completed = report.completed.saturating_add(1);
                }
            }
        }
    }

    /// Closes holes in sequence numbers and follows earlier repairs. For a slow tick (tens of seconds).
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when the store fails.
    pub async fn repair_sequences(&self) -> Result<(), EngineError> {
        let open = self.inner.store.open_intents(None).await?;
        let now = self.inner.clock.now();
        let old_ms = self.inner.settings.abandon_after_seconds.saturating_mul(1_000);
        for intent in &open {
            if intent.intent.tx.is_none() || now.millis_since(intent.intent.at) >= old_ms {
                self.inner.settle_old_intent(intent).await?;
            }
        }
        let quiet_ms = self.inner.settings.rebroadcast_after_seconds.saturating_mul(1_000);
        let accounts: BTreeSet<_> = open
            .iter()
            .filter(|row| now.millis_since(row.intent.at) >= quiet_ms)
            .map(|row| (row.intent.wallet, row.intent.network))
            .collect();
        for account in accounts {
            if let Err(error) = self.inner.repair_sequence(account).await {
                tracing::warn!(wallet = %account.0, %error, "sequence numbers could not be checked");
            }
        }
        Ok(())
    }

    /// Counts for the status page.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn counts(&self) -> Result<Counts, EngineError> {
        let now = self.inner.clock.now();
        let store = &self.inner.store;
        let wallets = store.wallets().await?.iter().filter(|row| row.status != WalletStatus::Creating).count();
        let (recent_transactions, failed_transactions) = store.transaction_counts(now.plus_secs(-86_400)).await?;
        Ok(Counts {
            wallets: u64::try_from(wallets).unwrap_or(u64::MAX),
            sessions: store.live_session_count(now).await?,
            policies: u64::try_from(store.policy_snapshot().await?.rows.len()).unwrap_or(u64::MAX),
            recent_transactions,
            failed_transactions,
            newest: store.recent_transactions(5).await?,
        })
    }
}
