//! Wallet rows.

use super::{AuditEntry, StoreError};
use async_trait::async_trait;
use waiaas_core::address::Address;
use waiaas_core::chain::{ChainKind, Environment};
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::{OwnerState, WalletStatus};

/// A wallet without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletRow {
    /// Id.
    pub id: WalletId,
    /// Name for people, 1 to 100 characters; not unique.
    pub name: String,
    /// Chain.
    pub chain: ChainKind,
    /// Environment.
    pub environment: Environment,
    /// Address of the key; `None` only while [`WalletStatus::Creating`].
    pub address: Option<Address>,
    /// Where it stands.
    pub status: WalletStatus,
    /// The registered owner.
    pub owner: Option<OwnerRecord>,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it last changed.
    pub updated_at: UnixMillis,
    /// When it was suspended.
    pub suspended_at: Option<UnixMillis>,
    /// Why.
    pub suspension_reason: Option<String>,
}

impl WalletRow {
    /// How far the owner is established.
    #[must_use]
    pub fn owner_state(&self) -> OwnerState {
        match &self.owner {
            None => OwnerState::None,
            Some(owner) if owner.verified => OwnerState::Locked,
            Some(_) => OwnerState::Grace,
        }
    }
}

/// The owner of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRecord {
    /// The owner's address.
    pub address: Address,
    /// Whether its key has signed for this wallet.
    pub verified: bool,
    /// Preferred approval channel, by wire name (`sdk_push`, `walletconnect`, …).
    pub approval_method: Option<String>,
    /// Preset of the owner's wallet app, by wire name.
    pub wallet_type: Option<String>,
}

/// What ending a wallet also ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terminated {
    /// Transactions that were cancelled.
    pub cancelled: Vec<TxId>,
    /// Sessions that had only this wallet and were revoked.
    pub revoked: Vec<SessionId>,
}

/// Wallet rows.
#[async_trait]
pub trait WalletStore: Send + Sync {
    /// Inserts a row.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the id is taken.
    async fn insert_wallet(&self, wallet: &WalletRow) -> Result<(), StoreError>;

    /// CREATING → ACTIVE, with the address of the key that now exists.
    ///
    /// # Errors
    /// [`StoreError::Stale`], [`StoreError::NotFound`].
    async fn activate_wallet(
        &self,
        id: WalletId,
        address: &Address,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError>;

    /// Removes a row that is still CREATING: its key could not be made.
    ///
    /// # Errors
    /// [`StoreError::Stale`] in any other state.
    async fn discard_wallet(&self, id: WalletId) -> Result<(), StoreError>;

    /// One wallet.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn wallet(&self, id: WalletId) -> Result<WalletRow, StoreError>;

    /// All wallets, oldest first, terminated ones included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn wallets(&self) -> Result<Vec<WalletRow>, StoreError>;

    /// ACTIVE ↔ SUSPENDED. `reason` is kept while suspended and cleared on resume.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the wallet is not in `from`.
    async fn move_wallet(
        &self,
        id: WalletId,
        from: WalletStatus,
        to: WalletStatus,
        reason: Option<&str>,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError>;

    /// ACTIVE or SUSPENDED → TERMINATED, in one step with: its transactions that are not signed yet
    /// (PENDING without an intent, QUEUED, GAS_WAITING, EXECUTING without an intent) become CANCELLED
    /// and release their holds, open approvals close, sessions lose the wallet, sessions without
    /// another wallet are revoked.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is terminated already.
    async fn terminate_wallet(
        &self,
        id: WalletId,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Terminated, StoreError>;

    /// Changes the name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Stale`] when the wallet is terminated.
    async fn rename_wallet(
        &self,
        id: WalletId,
        name: &str,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError>;

    /// Sets or replaces the owner when the present owner is exactly `expected` (compared as a whole).
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is another one.
    async fn set_owner(
        &self,
        id: WalletId,
        expected: Option<&OwnerRecord>,
        owner: &OwnerRecord,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<WalletRow, StoreError>;
}
