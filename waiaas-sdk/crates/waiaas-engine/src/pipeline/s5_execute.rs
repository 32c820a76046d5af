//! Stage 5, execute: clear, draft, sign, store, send.
//!
//! The order is the safety: the signed bytes are durable before they leave ("intent before effect"), and
//! once they exist only the same bytes are ever sent again. A second signature for the same transaction
//! is made only when the first never left this process.

use super::lane::Sent;
use super::permit::{SignPermit, SignPurpose};
use super::running::Place;
use super::s1_validate::usable;
use super::s2_authenticate::may_act;
use super::s3_policy::{judge, subject};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::chain::{ChainAdapter, ChainError, Draft, Inclusion, SignedTx, SubmitError};
use crate::ports::store::{
    Actor, ApprovalEffect, AuditEntry, AuditEvent, FailureNote, GuardFailure, HoldEffect, IntentGuard, IntentRow,
    NewIntent, Severity, StoreError, Transition, TransitionPatch, TxRow,
};
use std::sync::Arc;
use waiaas_core::address::Address;
use waiaas_core::chain::Network;
use waiaas_core::error::ErrorCode;
use waiaas_core::id::TxId;
use waiaas_core::policy::{Judgement, Phase, Tier, Verdict};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;

/// A transaction older than this when its execution starts has waited (or survived a crash) and is
/// judged again.
const RECHECK_AFTER_MS: i64 = 5_000;

/// What became of one attempt to move a transaction along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It moved; `true` when its status is final now.
    Moved {
        /// Whether nothing is left to do.
        done: bool,
    },
    /// Nothing to do here: final already, waiting, or being worked on by somebody else.
    Idle,
    /// The node did not help this time; worth another try.
    TryAgain,
}

/// A transaction that may be signed now: its tier is satisfied, it was judged again where it had waited,
/// its wallet and session are alive. The only way to a [`SignPermit`] for a transaction.
pub(crate) struct Cleared {
    pub(crate) row: TxRow,
    pub(crate) from: Address,
    pub(crate) chain: Arc<dyn ChainAdapter>,
    /// Nobody else works on the transaction as long as this exists.
    pub(crate) place: Place,
}

/// A transaction that a node has taken.
pub(crate) struct Submitted {
    pub(crate) row: TxRow,
}

impl Cleared {
    pub(crate) fn permit(&self, payload: &[u8], expires_at: UnixMillis) -> SignPermit {
        SignPermit::new(self.row.wallet, payload, SignPurpose::Transaction, expires_at)
    }
}

impl Inner {
    /// Runs the stage for one transaction. Safe to call at any time, any number of times.
    pub(crate) async fn execute(&self, id: TxId) -> Result<Progress, EngineError> {
        let Some(place) = self.running.enter(id) else { return Ok(Progress::Idle) };
        let (row, _) = self.store.transaction(id).await?;
        let ready = match row.status {
            TxStatus::Pending => matches!(row.tier, Some(Tier::Instant | Tier::Notify)),
            TxStatus::Executing => true,
            _ => false,
        };
        if !ready {
            return Ok(Progress::Idle);
        }
        if let Some(intent) = self.store.open_intents(Some(id)).await?.pop() {
            return self.resume(row, &intent).await;
        }
        let cleared = match self.clear(row, place).await? {
            Ok(cleared) => cleared,
            Err(ended) => return Ok(Progress::Moved { done: ended }),
        };
        let draft = match cleared.chain.draft(&cleared.from, &cleared.row.tx).await {
            Ok(draft) => draft,
            Err(ChainError::Unreachable { source, .. }) => {
                tracing::warn!(tx = %id, error = %source, "no node answered while drafting");
                return Ok(Progress::TryAgain);
            }
            Err(error) => {
                let error = EngineError::from(error);
                self.fail(&cleared.row, failure(error.code(), error.message())).await?;
                return Ok(Progress::Moved { done: true });
            }
        };
        self.submit(cleared, draft).await
    }

    /// Decides whether `row` may be signed now (decision D8). `Err(done)` when it was ended instead.
    async fn clear(&self, row: TxRow, place: Place) -> Result<Result<Cleared, bool>, EngineError> {
        let now = self.clock.now();
        let waited = matches!(row.tier, Some(Tier::Delay | Tier::Approval));
        let stale = now.millis_since(row.created_at).abs() >= RECHECK_AFTER_MS;
        let effects = row.tx.effects(row.network);
        let query = |state: &crate::ports::store::AdmissionState| {
            let book = self.book(&state.policies);
            book.query(&subject(&state.wallet, row.network), &effects, &self.settings.policy)
        };
        let (state, ledger) = self.store.preview(row.wallet, row.session, now, Some(row.id), &query).await?;
        if let Err(guard) = may_act(&state, state.session.as_ref(), now) {
            return self.stop(&row, guard).await.map(Err);
        }
        let Ok(from) = usable(&state.wallet) else {
            return self.stop(&row, GuardFailure::WalletNotActive).await.map(Err);
        };
        let chain = self.chain(row.network)?;
        if waited || stale {
            let market = match self.market(&effects).await {
                Ok(market) => market,
                Err(error) => {
                    tracing::warn!(tx = %row.id, %error, "facts for the re-check are out of reach");
                    return Ok(Err(false));
                }
            };
            let book = self.book(&state.policies);
            let subject = subject(&state.wallet, row.network);
            let verdict = |judgement: &Judgement<'_>| judgement.verdict().clone();
            let verdict = judge(&self.rules(&book), &subject, &effects, &market, &ledger, Phase::Recheck, verdict);
            let refusal = match verdict {
                Verdict::Deny(denial) => Some((denial.reason.as_str().to_owned(), denial.message)),
                Verdict::Allow(allowance) if Some(allowance.tier) > satisfied(row.tier) => Some((
                    ErrorCode::PolicyDenied.as_str().to_owned(),
                    format!(
                        "while it waited, the policies came to demand tier {} for it; send it again",
                        allowance.tier
                    ),
                )),
                Verdict::Allow(_) => None,
            };
            if let Some((code, message)) = refusal {
                self.cancel_row(&row, FailureNote { code, message }, AuditEvent::PolicyDenied).await?;
                return Ok(Err(true));
            }
        }
        Ok(Ok(Cleared { row, from, chain, place }))
    }

    /// Hands the transaction to its account's lane and sees to what came of it.
    async fn submit(&self, cleared: Cleared, draft: Draft) -> Result<Progress, EngineError> {
        let row = cleared.row.clone();
        let (sent, _place) = self.send_in_lane(cleared, draft).await;
        match sent? {
            Sent::Taken(hash) => {
                self.mark_submitted(&row, &hash).await?;
                Ok(Progress::Moved { done: false })
            }
            Sent::Unknown => Ok(Progress::TryAgain),
            Sent::Failed(note) => {
                self.fail(&row, note).await?;
                Ok(Progress::Moved { done: true })
            }
            Sent::Stopped(guard) => self.stop(&row, guard).await.map(|done| Progress::Moved { done }),
            Sent::Lost => Ok(Progress::Idle),
        }
    }

    /// Brings a transaction on whose signature exists already: looks for it on chain, and sends the same
    /// bytes again when the chain does not know it and still could take it.
    pub(crate) async fn resume(&self, row: TxRow, intent: &IntentRow) -> Result<Progress, EngineError> {
        let chain = self.chain(intent.intent.network)?;
        let hash = &intent.intent.hash;
        match chain.find(hash).await {
            Ok(Inclusion::Included { .. } | Inclusion::Pending) => {
                self.mark_submitted(&row, hash).await?;
                return Ok(Progress::Moved { done: false });
            }
            Ok(Inclusion::Unknown) => {}
            Err(error) => {
                tracing::warn!(tx = %row.id, %error, "cannot look for a signed transaction");
                return Ok(Progress::TryAgain);
            }
        }
        if self.kill_flag.is_thrown() {
            return Ok(Progress::TryAgain);
        }
        match self.send_again_in_turn(chain.as_ref(), intent).await? {
            Resent::Taken => {
                self.mark_submitted(&row, hash).await?;
                Ok(Progress::Moved { done: false })
            }
            Resent::Unknown | Resent::Refused(_) => Ok(Progress::TryAgain),
            Resent::Dead(reason) => {
                // In this order: a process that ends in between leaves an open signature of an ended
                // transaction, which is closed later, and never a transaction that nothing follows.
                self.fail(&row, failure(ErrorCode::ChainError, &reason)).await?;
                self.store.close_intent(hash, self.clock.now()).await?;
                Ok(Progress::Moved { done: true })
            }
        }
    }

    /// Sends the stored bytes of an intent once more. They are dead only when their sequence number is
    /// used up on chain and, looked up after that, they are not what used it. A refusal proves nothing: an
    /// earlier copy may be with another node behind the same endpoint.
    ///
    /// Of a wallet that was stopped nothing leaves, signed or not: perhaps it never left.
    pub(crate) async fn send_again(&self, chain: &dyn ChainAdapter, intent: &IntentRow) -> Result<Resent, EngineError> {
        let stored = &intent.intent;
        let dead = || Resent::Dead("another transaction used the same sequence number".to_owned());
        if self.store.wallet(stored.wallet).await?.status != WalletStatus::Active {
            return Ok(if self.is_dead(chain, stored).await? { dead() } else { Resent::Unknown });
        }
        let raw = self.sealer.open(&intent_context(&stored.hash), &stored.sealed)?;
        let signed = SignedTx { raw: raw.to_vec(), hash: stored.hash.clone() };
        match chain.broadcast(&signed).await {
            Ok(()) => Ok(Resent::Taken),
            Err(SubmitError::Unknown(_)) => Ok(Resent::Unknown),
            Err(SubmitError::Rejected(reason) | SubmitError::SequenceUsed(reason)) => {
                Ok(if self.is_dead(chain, stored).await? { dead() } else { Resent::Refused(reason) })
            }
        }
    }

    /// Whether stored bytes can never land: their sequence number is used up, and even some time after
    /// they were signed, so that slow nodes have caught up, the chain does not know them. When it does not
    /// answer: not provable.
    async fn is_dead(&self, chain: &dyn ChainAdapter, intent: &NewIntent) -> Result<bool, EngineError> {
        let quiet_ms = self.settings.rebroadcast_after_seconds.saturating_mul(1_000);
        if self.clock.now().millis_since(intent.at) < quiet_ms {
            return Ok(false);
        }
        let Some(from) = self.store.wallet(intent.wallet).await?.address else { return Ok(false) };
        let used_up = chain.sequence(&from).await.is_ok_and(|state| state.confirmed > intent.sequence);
        // The order matters: a transaction that used the number is found by now.
        Ok(used_up && matches!(chain.find(&intent.hash).await, Ok(Inclusion::Unknown)))
    }

    /// EXECUTING → SUBMITTED. Somebody else may have been faster; then there is nothing to do.
    async fn mark_submitted(&self, row: &TxRow, hash: &str) -> Result<(), EngineError> {
        let at = self.clock.now();
        let details = serde_json::json!({
            "txHash": hash,
            "chain": row.network.chain().as_str(),
            "network": row.network.as_str(),
            "type": row.tx.tx_type().as_str(),
        });
        let change = Transition {
            tx: row.id,
            from: &[TxStatus::Executing],
            to: TxStatus::Submitted,
            at,
            patch: TransitionPatch { tx_hash: Some(hash.to_owned()), ..TransitionPatch::default() },
            holds: HoldEffect::Keep,
            approval: ApprovalEffect::None,
            guard: IntentGuard::None,
            audit: vec![system_entry(row, AuditEvent::TxSubmitted, Severity::Info, details, at)],
        };
        match self.store.transition(&change).await {
            Ok(_) | Err(StoreError::Stale { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a transaction that may not be signed any more. Returns whether it is final now.
    async fn stop(&self, row: &TxRow, guard: GuardFailure) -> Result<bool, EngineError> {
        let error = EngineError::from(guard);
        self.cancel_row(row, failure(error.code(), &guard.to_string()), AuditEvent::TxCancelled).await?;
        Ok(true)
    }

    /// The adapter of `network`.
    pub(crate) fn chain(&self, network: Network) -> Result<Arc<dyn ChainAdapter>, EngineError> {
        self.chains.get(&network).cloned().ok_or_else(|| {
            EngineError::new(
                ErrorCode::AdapterNotAvailable,
                format!("network `{network}` is not supported by this build"),
            )
        })
    }
}

/// How sending stored bytes again ended.
pub(crate) enum Resent {
    Taken,
    Unknown,
    /// The node does not want the bytes now; whether an earlier copy can land is not known.
    Refused(String),
    Dead(String),
}

/// The strictest tier that a row has already satisfied by having waited.
fn satisfied(tier: Option<Tier>) -> Option<Tier> {
    match tier {
        // An INSTANT transaction that was held up by a crash may carry on as NOTIFY: neither waits.
        Some(Tier::Instant) => Some(Tier::Notify),
        other => other,
    }
}

pub(crate) fn intent_context(hash: &str) -> String {
    format!("intent:{hash}")
}

pub(crate) fn failure(code: ErrorCode, message: &str) -> FailureNote {
    FailureNote { code: code.as_str().to_owned(), message: message.to_owned() }
}

pub(crate) fn system_entry(
    row: &TxRow,
    event: AuditEvent,
    severity: Severity,
    details: serde_json::Value,
    at: UnixMillis,
) -> AuditEntry {
    AuditEntry {
        at,
        event,
        actor: Actor::System,
        severity,
        wallet: Some(row.wallet),
        session: row.session,
        tx: Some(row.id),
        details,
    }
}
