//! Transactions, the amounts they hold against limits, approvals, and what was signed.
//!
//! This is the heart of the service's safety: checking a limit and reserving the amount are one step
//! ([`Ledger::admit`]), every later move is a compare-and-set ([`Ledger::transition`]), and signed bytes
//! are durable before they are sent ([`Ledger::record_intent`]).

use super::{AuditEntry, GuardFailure, PolicySnapshot, SessionRow, StoreError, WalletRow};
use crate::ports::store::KillSwitchState;
use async_trait::async_trait;
use core::ops::ControlFlow;
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::id::{ApprovalId, SessionId, TxId, WalletId};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, Tier};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Tx, TxStatus};

/// A transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct TxRow {
    /// Id.
    pub id: TxId,
    /// Whose.
    pub wallet: WalletId,
    /// The session that asked.
    pub session: Option<SessionId>,
    /// Where.
    pub network: Network,
    /// Exactly what was judged, and all that may be signed for this row.
    pub tx: Tx,
    /// Where it stands.
    pub status: TxStatus,
    /// How it proceeds; `None` when it was denied.
    pub tier: Option<Tier>,
    /// Value at admission; `None` without a price.
    pub usd: Option<Usd>,
    /// The recorded decision: verdict, trace, prices used (JSON object).
    pub decision: serde_json::Value,
    /// When it was admitted.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
    /// When it began to wait.
    pub queued_at: Option<UnixMillis>,
    /// End of the delay window; present exactly for a queued DELAY.
    pub delay_until: Option<UnixMillis>,
    /// When it reached the chain.
    pub executed_at: Option<UnixMillis>,
    /// Hash on chain, from SUBMITTED on.
    pub tx_hash: Option<String>,
    /// Fee that the chain charged, in smallest native units.
    pub fee: Option<BaseUnits>,
    /// Why it failed, was refused or was cancelled.
    pub failure: Option<FailureNote>,
}

/// Why a transaction ended without effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureNote {
    /// Error code by wire name, or a reason code.
    pub code: String,
    /// For people.
    pub message: String,
}

/// An amount that counts against limits. Its state follows the transaction: held while
/// [`TxStatus::holds_funds`], settled or released at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which asset.
    pub asset: AssetId,
    /// Smallest units.
    pub amount: BaseUnits,
    /// Value counted in dollar limits; zero without a price.
    pub usd: Usd,
}

/// A request to the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRow {
    /// Id.
    pub id: ApprovalId,
    /// For which transaction.
    pub tx: TxId,
    /// When it was opened.
    pub created_at: UnixMillis,
    /// When it closes by itself; at this instant it is too late.
    pub expires_at: UnixMillis,
    /// When the owner approved.
    pub approved_at: Option<UnixMillis>,
    /// When it was rejected.
    pub rejected_at: Option<UnixMillis>,
}

/// An idempotency key as the caller gave it, scoped to the wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyClaim {
    /// 1 to 255 printable characters.
    pub key: String,
    /// SHA-256 of the canonical body.
    pub fingerprint: [u8; 32],
}

/// A request that wants to become a row.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Whose.
    pub wallet: WalletId,
    /// The session that asks.
    pub session: SessionId,
    /// When.
    pub now: UnixMillis,
    /// Idempotency key, if the caller gave one.
    pub idempotency: Option<IdempotencyClaim>,
}

/// What is true at the moment of admission, read under the ledger's lock.
#[derive(Clone, Debug)]
pub struct AdmissionState {
    /// The wallet.
    pub wallet: WalletRow,
    /// The session that asks (or asked).
    pub session: Option<SessionRow>,
    /// The kill switch.
    pub kill_switch: KillSwitchState,
    /// The policy rows.
    pub policies: PolicySnapshot,
    /// Transactions of the wallet that are not final.
    pub in_flight: u64,
}

/// Decides an admission. Runs inside the store's exclusive lock, possibly more than once: it must be
/// pure and quick.
pub trait Judge: Send + Sync {
    /// What must be read from the ledger.
    fn query(&self, state: &AdmissionState) -> LedgerQuery;
    /// What is to be written; or which guard forbids to write anything, not even a denial: then the
    /// admission ends with [`StoreError::Guard`].
    ///
    /// # Errors
    /// The guard that failed.
    fn rule(&self, state: &AdmissionState, facts: &LedgerFacts) -> Result<Ruling, GuardFailure>;
}

/// The write set of an admission.
#[derive(Clone, Debug)]
pub struct Ruling {
    /// The row, in its first status: PENDING, QUEUED, or CANCELLED when denied.
    pub row: TxRow,
    /// What it holds. Empty when denied.
    pub holds: Vec<Hold>,
    /// The request to the owner, for tier APPROVAL.
    pub approval: Option<ApprovalRow>,
    /// Whether the request counts in rate limits (it passed the policy).
    pub counts_for_rate: bool,
    /// What to record.
    pub audit: Vec<AuditEntry>,
}

/// Outcome of an admission.
#[derive(Clone, Debug)]
pub enum Admitted {
    /// A new row was written.
    New(TxRow),
    /// The idempotency key names this earlier row; nothing was written.
    Replayed(TxRow),
}

/// One compare-and-set move of a transaction.
#[derive(Clone, Debug)]
pub struct Transition {
    /// Which.
    pub tx: TxId,
    /// Statuses that it may be in.
    pub from: &'static [TxStatus],
    /// Where it goes.
    pub to: TxStatus,
    /// When.
    pub at: UnixMillis,
    /// Columns that change with it.
    pub patch: TransitionPatch,
    /// What happens to its holds.
    pub holds: HoldEffect,
    /// What happens to its approval.
    pub approval: ApprovalEffect,
    /// Conditions that must be true in the same transaction.
    pub guard: IntentGuard,
    /// What to record.
    pub audit: Vec<AuditEntry>,
}

/// Columns that a transition sets; `None` leaves a column alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransitionPatch {
    /// Hash on chain.
    pub tx_hash: Option<String>,
    /// When it reached the chain.
    pub executed_at: Option<UnixMillis>,
    /// Fee charged.
    pub fee: Option<BaseUnits>,
    /// Why it ended.
    pub failure: Option<FailureNote>,
}

/// What happens to the holds of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldEffect {
    /// They stay.
    Keep,
    /// They become spending, dated at the transaction's admission.
    Settle,
    /// They vanish: the transaction is provably without effect.
    Release,
}

/// What happens to the approval of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApprovalEffect {
    /// Nothing; the transaction may or may not have one.
    None,
    /// An approval must be open and not past its end: it is stamped approved, with the owner's
    /// signature. The owner becomes verified.
    Approve {
        /// The signature, for the record.
        signature: Vec<u8>,
    },
    /// A delay is ended early by the owner: there is no approval row; the owner becomes verified.
    Expedite,
    /// An open approval, if there is one, is stamped rejected. `by_owner` makes the owner verified.
    Reject {
        /// Whether the owner signed for it.
        by_owner: bool,
    },
    /// An approval must be open and past its end: it closes.
    Expire,
}

/// Conditions checked in the same transaction as a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentGuard {
    /// None: the change must be possible at any time (bookkeeping of what already happened).
    None,
    /// The kill switch is ACTIVE (normal), the wallet ACTIVE, and the session that asked still live
    /// and linked. Failure is [`StoreError::Guard`].
    MaySign,
}

/// A signature that is about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIntent {
    /// For which transaction; `None` for a sequence repair.
    pub tx: Option<TxId>,
    /// Whose account.
    pub wallet: WalletId,
    /// Where.
    pub network: Network,
    /// Sequence number inside.
    pub sequence: u64,
    /// Hash by which the chain will know it.
    pub hash: String,
    /// The signed bytes, sealed with context `intent:<hash>`.
    pub sealed: Vec<u8>,
    /// When.
    pub at: UnixMillis,
}

/// A stored signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentRow {
    /// What was stored.
    pub intent: NewIntent,
    /// Whether it can still land: not yet on chain, not proven dead.
    pub open: bool,
}

/// Lists of transactions that need attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// QUEUED with a delay window that has ended.
    DelayElapsed,
    /// QUEUED with an open approval that is past its end.
    ApprovalExpired,
    /// PENDING or EXECUTING: to be run, or found after a crash.
    Unfinished,
    /// SUBMITTED.
    Submitted,
}

/// Which transactions a reader of the past needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Only those of this wallet; `None` = of all.
    pub wallet: Option<WalletId>,
    /// Everything that was admitted at this instant or later,
    pub admitted_since: UnixMillis,
    /// and, however old, what is not final or changed at this instant or later.
    pub open_since: UnixMillis,
}

/// A transaction of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// The row as it is now.
    pub row: TxRow,
    /// What was held for it at its admission, whatever became of that. Empty when it was denied.
    pub holds: Vec<Hold>,
}

/// Hears one transaction of the past after the other; [`ControlFlow::Break`] wants no more.
pub type HistoryVisitor<'v> = &'v mut (dyn FnMut(HistoryRow) -> ControlFlow<()> + Send);

/// Transactions and what they hold.
///
/// **Sums and the clock.** A window reaches from `now` minus its length onwards, with no upper end: what is dated
/// after `now`, because the clock was turned back since, still counts. So no sum becomes smaller by turning the
/// clock back, and what a limit let pass, dated inside any one window, never exceeds that limit.
/// Sums stop at the largest number; they never wrap.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Reads the state and the ledger of one wallet under an exclusive lock, lets `judge` decide, and
    /// writes its ruling, all in one transaction.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown wallet, [`StoreError::IdempotencyConflict`],
    /// [`StoreError::Guard`] when the judge refuses, [`StoreError::Unavailable`].
    async fn admit(&self, admission: &Admission, judge: &dyn Judge) -> Result<Admitted, StoreError>;

    /// Reads what [`Ledger::admit`] would read, consistently, without writing. `except` leaves out one
    /// transaction's own holds (for a re-check of it).
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::Unavailable`].
    async fn preview(
        &self,
        wallet: WalletId,
        session: Option<SessionId>,
        now: UnixMillis,
        except: Option<TxId>,
        query: &(dyn for<'s> Fn(&'s AdmissionState) -> LedgerQuery + Send + Sync),
    ) -> Result<(AdmissionState, LedgerFacts), StoreError>;

    /// Moves a transaction; returns it as it is now.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when its status is not in `from` or its approval is not as demanded,
    /// [`StoreError::Guard`], [`StoreError::NotFound`].
    async fn transition(&self, change: &Transition) -> Result<TxRow, StoreError>;

    /// Stores signed bytes and, when the intent belongs to a transaction, moves that from PENDING or
    /// EXECUTING to EXECUTING, under [`IntentGuard::MaySign`]. Only after this returns may the bytes be sent.
    ///
    /// Signing is deterministic: a transaction that is signed again with the same fees and sequence number
    /// gets the same hash. A closed intent of the same transaction and hash is opened again.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the transaction moved on, has an open intent already, the account has an
    /// open intent with this sequence number, or the hash is another transaction's; [`StoreError::Guard`].
    async fn record_intent(&self, intent: &NewIntent, audit: &[AuditEntry]) -> Result<(), StoreError>;

    /// Marks an intent as settled: on chain, or proven dead.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn close_intent(&self, hash: &str, at: UnixMillis) -> Result<(), StoreError>;

    /// Open intents, by ascending sequence number per account: all, or of one transaction, newest last.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn open_intents(&self, tx: Option<TxId>) -> Result<Vec<IntentRow>, StoreError>;

    /// One transaction and its approval.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn transaction(&self, id: TxId) -> Result<(TxRow, Option<ApprovalRow>), StoreError>;

    /// Transactions of `wallet` with an id below `before` (or the newest), newest first; `open_only`
    /// limits to PENDING and QUEUED.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn transactions(
        &self,
        wallet: WalletId,
        before: Option<TxId>,
        limit: u32,
        open_only: bool,
    ) -> Result<Vec<TxRow>, StoreError>;

    /// Tells `visit` the transactions that `query` asks for by the instant of their admission, then by id. All of
    /// them are from one snapshot, and only a page of them is in memory at a time. Nothing is written. `visit` runs
    /// while the snapshot is held: it must be quick.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn history(&self, query: HistoryQuery, visit: HistoryVisitor<'_>) -> Result<(), StoreError>;

    /// Transactions of all wallets that need attention at `now`, oldest first, at most `limit`, with an
    /// id above `after`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn due(&self, due: Due, now: UnixMillis, after: Option<TxId>, limit: u32) -> Result<Vec<TxRow>, StoreError>;
}
