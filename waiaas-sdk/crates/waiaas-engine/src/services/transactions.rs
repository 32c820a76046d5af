//! Transactions: sending, trying out, reading, withdrawing, and the owner's word.

use super::owner_auth::{NONCE_TTL_SECONDS, OwnerAction, OwnerProof};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::pipeline::Progress;
use crate::ports::notify::NoticeEvent;
use crate::ports::store::{
    Actor, ApprovalEffect, ApprovalRow, AuditEntry, AuditEvent, FailureNote, HoldEffect, IntentGuard, NonceBinding,
    SessionRow, Severity, StoreError, Transition, TransitionPatch, TxRow, WalletRow,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use waiaas_core::chain::Network;
use waiaas_core::error::ErrorCode;
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::policy::Tier;
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{TxRequest, TxStatus};
use waiaas_core::wire::transactions::DryRunSimulationResult;

/// A parsed request of a session.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Whose wallet.
    pub wallet: WalletId,
    /// The session that asks.
    pub session: SessionId,
    /// Where; `None` = the wallet's only network.
    pub network: Option<Network>,
    /// What.
    pub request: TxRequest,
    /// So that a repeated request is carried out once: 1 to 255 printable characters.
    pub idempotency_key: Option<String>,
}

/// What became of a submission.
#[derive(Debug)]
pub struct SendOutcome {
    /// The row, as admitted (or as it is now, when replayed).
    pub row: TxRow,
    /// Until when the owner may decide, for tier APPROVAL.
    pub approval_expires_at: Option<UnixMillis>,
    /// The refusal, when policy denied it. The row exists all the same, as CANCELLED.
    pub denial: Option<EngineError>,
    /// The idempotency key named an earlier request; nothing new happened.
    pub replayed: bool,
}

/// Who withdraws a transaction.
#[derive(Clone, Debug)]
pub enum Withdrawer {
    /// The agent's session.
    Session(Box<SessionRow>),
    /// An operator.
    Master,
}

/// Transactions.
#[derive(Clone, Copy)]
pub struct Transactions<'a> {
    pub(crate) inner: &'a Inner,
}

impl Transactions<'_> {
    /// Runs stages 1 to 4. When this returns a row in PENDING, somebody must call
    /// [`execute`](Self::execute); everything else moves by ticks or by people.
    ///
    /// Dropping the future is safe at any point: either the row exists, and recovery finds it, or not.
    ///
    /// # Errors
    /// Validation, wallet and session errors; nothing was written then.
    pub async fn send(&self, submission: Submission) -> Result<SendOutcome, EngineError> {
        let wallet = self.inner.wallet(submission.wallet).await?;
        let validated = self.inner.validate(wallet, submission.network, submission.request).await?;
        let key = submission.idempotency_key.as_deref();
        let (row, replayed) = self.inner.admit(&validated, submission.session, key).await?;
        let approval_expires_at = match row.status {
            TxStatus::Queued if row.tier == Some(Tier::Approval) => {
                self.inner.store.transaction(row.id).await?.1.map(|approval| approval.expires_at)
            }
            _ => None,
        };
        let denial = denial_of(&row);
        if !replayed {
            self.announce(&row, approval_expires_at).await;
        }
        Ok(SendOutcome { row, approval_expires_at, denial, replayed })
    }

    /// What [`send`](Self::send) would do right now: the same checks, the same decision on the same
    /// state, the chain's own simulation; nothing is written, signed or sent.
    ///
    /// # Errors
    /// Validation, wallet and session errors. A denial is a result, not an error.
    pub async fn dry_run(&self, submission: Submission) -> Result<DryRunSimulationResult, EngineError> {
        let wallet = self.inner.wallet(submission.wallet).await?;
        let validated = self.inner.validate(wallet, submission.network, submission.request).await?;
        self.inner.dry_run(&validated, submission.session).await
    }

    /// Runs stage 5 for a transaction that is ready. Safe to call at any time.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when the store or the key store fails; call again later.
    pub async fn execute(&self, id: TxId) -> Result<Progress, EngineError> {
        self.inner.execute(id).await
    }

    /// Ends a transaction that could not be executed after repeated tries, unless it was signed: then
    /// only the chain can say what becomes of it.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn give_up(&self, id: TxId) -> Result<bool, EngineError> {
        // Somebody who executes it right now may be about to sign it.
        let Some(_place) = self.inner.running.enter(id) else { return Ok(false) };
        let (row, _) = self.inner.store.transaction(id).await?;
        if row.status.is_terminal() || !self.inner.store.open_intents(Some(id)).await?.is_empty() {
            return Ok(false);
        }
        let note = FailureNote {
            code: ErrorCode::ChainError.as_str().to_owned(),
            message: "RPC_CONNECTION_ERROR (max retries exceeded)".to_owned(),
        };
        self.inner.fail(&row, note).await?;
        Ok(true)
    }

    /// One transaction and its approval.
    ///
    /// # Errors
    /// `TX_NOT_FOUND`.
    pub async fn get(&self, id: TxId) -> Result<(TxRow, Option<ApprovalRow>), EngineError> {
        self.inner.store.transaction(id).await.map_err(|error| match error {
            StoreError::NotFound => EngineError::new(ErrorCode::TxNotFound, format!("no transaction `{id}`")),
            other => other.into(),
        })
    }

    /// Transactions of a wallet, newest first, from below `before`.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn list(&self, wallet: WalletId, before: Option<TxId>, limit: u32) -> Result<Vec<TxRow>, EngineError> {
        Ok(self.inner.store.transactions(wallet, before, limit, false).await?)
    }

    /// Transactions of a wallet in PENDING or QUEUED, newest first, at most 1,000.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn pending(&self, wallet: WalletId) -> Result<Vec<TxRow>, EngineError> {
        Ok(self.inner.store.transactions(wallet, None, 1_000, true).await?)
    }

    /// Withdraws a transaction that is QUEUED.
    ///
    /// # Errors
    /// `TX_NOT_FOUND`, `WALLET_ACCESS_DENIED`, `TX_ALREADY_PROCESSED`.
    pub async fn cancel(&self, id: TxId, by: &Withdrawer) -> Result<TxRow, EngineError> {
        let (row, _) = self.get(id).await?;
        let (actor, message) = match by {
            Withdrawer::Session(session) => {
                if !session.wallets.contains(&row.wallet) {
                    return Err(EngineError::new(
                        ErrorCode::WalletAccessDenied,
                        "the session has no access to this wallet",
                    ));
                }
                (Actor::Session(session.id), "Cancelled by the agent")
            }
            Withdrawer::Master => (Actor::Master, "Cancelled by the operator"),
        };
        self.end_queued(
            &row,
            actor,
            AuditEvent::TxCancelled,
            "CANCELLED",
            message,
            ApprovalEffect::Reject { by_owner: false },
        )
        .await
    }

    /// The owner lets a QUEUED transaction proceed: the one that waits for approval, or, early, one in
    /// its delay window (decision D15). The caller then runs [`execute`](Self::execute).
    ///
    /// # Errors
    /// `TX_NOT_FOUND`, `APPROVAL_NOT_FOUND`, `APPROVAL_TIMEOUT`, `TX_ALREADY_PROCESSED`,
    /// `INVALID_SIGNATURE`, `INVALID_NONCE`, `WALLET_SUSPENDED`, `SYSTEM_LOCKED`.
    pub async fn approve(&self, id: TxId, proof: &OwnerProof) -> Result<TxRow, EngineError> {
        let (row, approval) = self.get(id).await?;
        let wallet = self.inner.wallet(row.wallet).await?;
        decidable(&row, approval.as_ref(), self.inner.clock.now())?;
        let action = OwnerAction::Approve(id);
        let owner = self.inner.verify_owner_proof(&wallet, &action, Some(&digest(&row)), proof).await?;
        let effect = if approval.is_some() {
            ApprovalEffect::Approve { signature: proof.signature.clone() }
        } else {
            ApprovalEffect::Expedite
        };
        let at = self.inner.clock.now();
        let details = serde_json::json!({ "ownerAddress": owner.address.to_string(), "early": approval.is_none() });
        let change = Transition {
            tx: id,
            from: &[TxStatus::Queued],
            to: TxStatus::Executing,
            at,
            patch: TransitionPatch::default(),
            holds: HoldEffect::Keep,
            approval: effect,
            guard: IntentGuard::MaySign,
            audit: vec![entry(&row, Actor::Owner, AuditEvent::TxApproved, details, at)],
        };
        self.inner.store.transition(&change).await.map_err(processed)
    }

    /// The owner stops a QUEUED transaction.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub async fn reject(&self, id: TxId, proof: &OwnerProof) -> Result<TxRow, EngineError> {
        let (row, approval) = self.get(id).await?;
        let wallet = self.inner.wallet(row.wallet).await?;
        decidable(&row, approval.as_ref(), self.inner.clock.now())?;
        let action = OwnerAction::Reject(id);
        self.inner.verify_owner_proof(&wallet, &action, Some(&digest(&row)), proof).await?;
        let effect = ApprovalEffect::Reject { by_owner: true };
        self.end_queued(&row, Actor::Owner, AuditEvent::TxRejected, "REJECTED", "Rejected by the owner", effect).await
    }

    /// Issues a nonce for an owner's signature: 64 hexadecimal characters, good once and for five
    /// minutes. With an action (and a resource) it is good for that only.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn issue_nonce(&self, binding: &NonceBinding) -> Result<(String, UnixMillis), EngineError> {
        let mut bytes = [0_u8; 32];
        self.inner.random.fill(&mut bytes)?;
        let nonce = hex::encode(bytes);
        let now = self.inner.clock.now();
        let expires_at = now.plus_secs(NONCE_TTL_SECONDS);
        let hash: [u8; 32] = Sha256::digest(nonce.as_bytes()).into();
        self.inner.store.issue_nonce(hash, binding, now, expires_at, self.inner.settings.nonce_capacity).await?;
        Ok((nonce, expires_at))
    }

    async fn end_queued(
        &self,
        row: &TxRow,
        actor: Actor,
        event: AuditEvent,
        code: &str,
        message: &str,
        approval: ApprovalEffect,
    ) -> Result<TxRow, EngineError> {
        let at = self.inner.clock.now();
        let change = Transition {
            tx: row.id,
            from: &[TxStatus::Queued],
            to: TxStatus::Cancelled,
            at,
            patch: TransitionPatch {
                failure: Some(FailureNote { code: code.to_owned(), message: message.to_owned() }),
                ..TransitionPatch::default()
            },
            holds: HoldEffect::Release,
            approval,
            guard: IntentGuard::None,
            audit: vec![entry(row, actor, event, serde_json::json!({ "reason": message }), at)],
        };
        self.inner.store.transition(&change).await.map_err(processed)
    }

    /// Tells people what was admitted.
    async fn announce(&self, row: &TxRow, approval_expires_at: Option<UnixMillis>) {
        let amount = row.tx.amount().to_string();
        let to = row.tx.to_address().map(|address| address.to_string());
        let usd = row.usd.map(|usd| usd.to_string());
        let mut details = serde_json::json!({
            "type": row.tx.tx_type().as_str(), "amount": amount, "to": to, "amountUsd": usd, "network": row.network.as_str(),
        });
        let mut add = |name: &str, value: Value| {
            if let Value::Object(members) = &mut details {
                members.insert(name.to_owned(), value);
            }
        };
        let event = match (row.status, row.tier) {
            (TxStatus::Cancelled, _) => {
                add("reason", row.failure.as_ref().map_or(Value::Null, |note| Value::String(note.message.clone())));
                add("policyType", row.decision.pointer("/verdict/deniedBy").cloned().unwrap_or(Value::Null));
                NoticeEvent::PolicyViolation
            }
            (TxStatus::Queued, Some(Tier::Approval)) => {
                add("expiresAt", approval_expires_at.map_or(Value::Null, |end| end.as_secs().into()));
                add("reason", row.decision.pointer("/verdict/approvalReason").cloned().unwrap_or(Value::Null));
                NoticeEvent::TxApprovalRequired
            }
            (TxStatus::Queued, _) => {
                add("delaySeconds", row.decision.pointer("/verdict/delaySeconds").cloned().unwrap_or(Value::Null));
                NoticeEvent::TxQueued
            }
            (_, Some(Tier::Notify)) => NoticeEvent::TxNotify,
            _ => return,
        };
        self.inner.notify(row, event, details).await;
    }
}

/// SHA-256 of the exact transaction, in hexadecimal: what an owner's message may quote as `Digest`.
#[must_use]
pub fn digest(row: &TxRow) -> String {
    let mut hash = Sha256::new();
    hash.update(row.id.as_bytes());
    hash.update(row.tx.binding_text(row.network, &row.wallet).as_bytes());
    hex::encode(hash.finalize())
}

/// Whether the owner can (still) decide about `row`.
fn decidable(row: &TxRow, approval: Option<&ApprovalRow>, now: UnixMillis) -> Result<(), EngineError> {
    if row.status != TxStatus::Queued {
        return Err(match (row.tier, approval) {
            (_, Some(_)) => already(row.status.as_str()),
            (Some(Tier::Delay), None) => already(row.status.as_str()),
            _ => EngineError::new(ErrorCode::ApprovalNotFound, "this transaction does not wait for the owner"),
        });
    }
    match approval {
        Some(approval) if approval.expires_at <= now => {
            Err(EngineError::new(ErrorCode::ApprovalTimeout, "the time for this approval is over"))
        }
        Some(approval) if approval.approved_at.is_some() || approval.rejected_at.is_some() => {
            Err(already(row.status.as_str()))
        }
        Some(_) => Ok(()),
        None if row.tier == Some(Tier::Delay) => Ok(()),
        None => Err(EngineError::new(ErrorCode::ApprovalNotFound, "this transaction does not wait for the owner")),
    }
}

fn already(status: &str) -> EngineError {
    EngineError::new(ErrorCode::TxAlreadyProcessed, format!("the transaction is already {status}"))
        .with_detail("status", status)
}

fn processed(error: StoreError) -> EngineError {
    match error {
        StoreError::Stale { current } => already(&current),
        other => other.into(),
    }
}

/// The refusal that a denied row stands for.
fn denial_of(row: &TxRow) -> Option<EngineError> {
    let verdict = row.decision.get("verdict")?;
    if verdict.get("allowed").and_then(Value::as_bool) != Some(false) {
        return None;
    }
    let member = |name: &str| verdict.get(name).cloned().unwrap_or(Value::Null);
    let reason = member("reasonCode");
    let code = if reason == "RATE_LIMIT_EXCEEDED" { ErrorCode::RateLimitExceeded } else { ErrorCode::PolicyDenied };
    let message = verdict.get("message").and_then(Value::as_str).unwrap_or("Transaction denied by policy");
    let mut error = EngineError::new(code, message)
        .with_detail("transactionId", row.id.to_string())
        .with_detail("policyType", member("deniedBy"))
        .with_detail("reasonCode", reason)
        .with_detail("policyId", member("policyId"))
        .with_retry_after(verdict.get("retryAfterSeconds").and_then(Value::as_u64));
    if let Some(seconds) = error.retry_after_seconds() {
        error = error.with_detail("retryAfterSeconds", seconds);
    }
    for name in ["instructionIndex", "wouldPass"] {
        if let Some(fact) = verdict.get(name).filter(|fact| !fact.is_null()) {
            error = error.with_detail(name, fact.clone());
        }
    }
    Some(error)
}

fn entry(row: &TxRow, actor: Actor, event: AuditEvent, details: Value, at: UnixMillis) -> AuditEntry {
    AuditEntry {
        at,
        event,
        actor,
        severity: Severity::Info,
        wallet: Some(row.wallet),
        session: row.session,
        tx: Some(row.id),
        details,
    }
}

/// The wallet that a session's request means: the one named, else the session's only one.
///
/// # Errors
/// `WALLET_ID_REQUIRED` when it is not clear, `WALLET_ACCESS_DENIED` when the session has no access.
pub fn resolve_wallet(session: &SessionRow, named: Option<WalletId>) -> Result<WalletId, EngineError> {
    match (named, session.wallets.as_slice()) {
        (Some(id), linked) if linked.contains(&id) => Ok(id),
        (Some(_), _) => {
            Err(EngineError::new(ErrorCode::WalletAccessDenied, "the session has no access to this wallet"))
        }
        (None, [only]) => Ok(*only),
        (None, linked) => Err(EngineError::new(
            ErrorCode::WalletIdRequired,
            format!("the session has {} wallets; name one with walletId", linked.len()),
        )
        .with_detail("walletIds", linked.iter().map(ToString::to_string).collect::<Vec<_>>())),
    }
}

/// Whether `session` may see `wallet`.
///
/// # Errors
/// `WALLET_ACCESS_DENIED`.
pub fn check_access(session: &SessionRow, wallet: &WalletRow) -> Result<(), EngineError> {
    resolve_wallet(session, Some(wallet.id)).map(|_| ())
}
