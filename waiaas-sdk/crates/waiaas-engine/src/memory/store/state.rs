//! What the store remembers.

use super::audit::AuditTrail;
use super::idempotency::KeyClaim;
use super::nonces::IssuedNonce;
use super::policies::PolicyTable;
use crate::ports::store::{
    ApprovalRow, GuardFailure, Hold, IntentRow, KillSwitch, KillSwitchState, SessionRow, StoreError, TxRow, WalletRow,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::WalletStatus;

#[derive(Debug)]
pub(super) struct State {
    pub(super) wallets: BTreeMap<WalletId, WalletRow>,
    pub(super) sessions: BTreeMap<SessionId, SessionRow>,
    pub(super) policies: PolicyTable,
    pub(super) transactions: BTreeMap<TxId, StoredTx>,
    /// Ids of the transactions of each wallet.
    pub(super) of_wallet: BTreeMap<WalletId, BTreeSet<TxId>>,
    /// Idempotency keys of transactions.
    pub(super) claims: BTreeMap<(WalletId, String), TxClaim>,
    /// Signatures in the order of recording.
    pub(super) intents: Vec<IntentRow>,
    /// Oldest first.
    pub(super) nonces: VecDeque<IssuedNonce>,
    /// By scope and key.
    pub(super) keys: BTreeMap<(String, String), KeyClaim>,
    pub(super) values: BTreeMap<String, Vec<u8>>,
    pub(super) kill_switch: KillSwitch,
    pub(super) audit: AuditTrail,
}

impl Default for State {
    fn default() -> Self {
        Self {
            wallets: BTreeMap::new(),
            sessions: BTreeMap::new(),
            policies: PolicyTable::default(),
            transactions: BTreeMap::new(),
            of_wallet: BTreeMap::new(),
            claims: BTreeMap::new(),
            intents: Vec::new(),
            nonces: VecDeque::new(),
            keys: BTreeMap::new(),
            values: BTreeMap::new(),
            kill_switch: KillSwitch { state: KillSwitchState::Active, activated_at: None, activated_by: None },
            audit: AuditTrail::default(),
        }
    }
}

/// A transaction with what hangs on it.
#[derive(Debug)]
pub(super) struct StoredTx {
    pub(super) row: TxRow,
    pub(super) holds: Vec<Hold>,
    pub(super) hold_state: HoldState,
    pub(super) approval: Option<StoredApproval>,
    pub(super) counts_for_rate: bool,
}

/// Whether the amounts of a transaction count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HoldState {
    /// In flight: they count at any age.
    Held,
    /// Spent: they count inside the window.
    Settled,
    /// They do not count.
    Released,
}

/// An approval and the bookkeeping that its row does not show.
#[derive(Debug)]
pub(super) struct StoredApproval {
    pub(super) row: ApprovalRow,
    /// Ended without a decision: expired, or its transaction was cancelled.
    pub(super) closed: bool,
    /// The owner's signature, once approved.
    pub(super) signature: Option<Vec<u8>>,
}

impl StoredApproval {
    pub(super) const fn is_open(&self) -> bool {
        !self.closed && self.row.approved_at.is_none() && self.row.rejected_at.is_none()
    }
}

/// An idempotency key of a transaction.
#[derive(Debug)]
pub(super) struct TxClaim {
    pub(super) fingerprint: [u8; 32],
    pub(super) tx: TxId,
}

impl State {
    pub(super) fn wallet(&self, id: WalletId) -> Result<&WalletRow, StoreError> {
        self.wallets.get(&id).ok_or(StoreError::NotFound)
    }

    pub(super) fn wallet_mut(&mut self, id: WalletId) -> Result<&mut WalletRow, StoreError> {
        self.wallets.get_mut(&id).ok_or(StoreError::NotFound)
    }

    /// The transactions of one wallet, oldest first.
    pub(super) fn transactions_of(&self, wallet: WalletId) -> impl DoubleEndedIterator<Item = &StoredTx> {
        self.of_wallet.get(&wallet).into_iter().flatten().filter_map(|id| self.transactions.get(id))
    }

    /// Whether a signature for the transaction was ever recorded, open or not.
    pub(super) fn was_signed(&self, tx: TxId) -> bool {
        self.intents.iter().any(|row| row.intent.tx == Some(tx))
    }

    /// [`IntentGuard::MaySign`](crate::ports::store::IntentGuard::MaySign).
    pub(super) fn may_sign(
        &self,
        wallet: WalletId,
        session: Option<SessionId>,
        at: UnixMillis,
    ) -> Result<(), StoreError> {
        if self.kill_switch.state != KillSwitchState::Active {
            return Err(StoreError::Guard(GuardFailure::KillSwitch));
        }
        if self.wallet(wallet)?.status != WalletStatus::Active {
            return Err(StoreError::Guard(GuardFailure::WalletNotActive));
        }
        let Some(session) = session else {
            return Ok(());
        };
        let alive = self.sessions.get(&session).is_some_and(|row| row.is_live(at) && row.wallets.contains(&wallet));
        if alive { Ok(()) } else { Err(StoreError::Guard(GuardFailure::SessionDead)) }
    }

    /// Whether a transaction is not signed yet, so that it can be withdrawn safely.
    pub(super) fn is_withdrawable(&self, stored: &StoredTx) -> bool {
        match stored.row.status {
            TxStatus::Queued | TxStatus::GasWaiting => true,
            TxStatus::Pending | TxStatus::Executing => !self.was_signed(stored.row.id),
            TxStatus::Submitted
            | TxStatus::Confirmed
            | TxStatus::Failed
            | TxStatus::Cancelled
            | TxStatus::Expired
            | TxStatus::PartialFailure
            | TxStatus::Signed => false,
        }
    }
}
