//! Wallets and their owners.

use super::owner_auth::{OwnerAction, OwnerProof};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::keystore::PublicKey;
use crate::ports::store::{Actor, AuditEntry, AuditEvent, OwnerRecord, Severity, StoreError, Terminated, WalletRow};
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::{ChainKind, Environment};
use waiaas_core::error::ErrorCode;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::{OwnerState, WalletStatus};

/// A wallet that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWallet {
    /// Name for people, 1 to 100 characters.
    pub name: String,
    /// Chain.
    pub chain: ChainKind,
    /// Environment.
    pub environment: Environment,
}

/// An owner that is to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOwner {
    /// The address as written; on the EVM it must carry its EIP-55 checksum.
    pub address: String,
    /// `None` keeps the present value, `Some(None)` clears it.
    pub approval_method: Option<Option<String>>,
    /// Like `approval_method`.
    pub wallet_type: Option<Option<String>>,
}

/// Wallets and their owners.
#[derive(Clone, Copy)]
pub struct Wallets<'a> {
    pub(crate) inner: &'a Inner,
}

impl Wallets<'_> {
    /// Makes a wallet: first its row, then its key, then both are declared ready. A crash in between
    /// leaves a row that [`System::recover`](super::system::System::recover) removes with its key.
    ///
    /// # Errors
    /// `UNSUPPORTED_CHAIN`, `KEYSTORE_LOCKED`.
    pub async fn create(&self, new: NewWallet) -> Result<WalletRow, EngineError> {
        if new.chain != ChainKind::Ethereum {
            return Err(EngineError::new(
                ErrorCode::UnsupportedChain,
                format!("chain `{}` is not supported by this build; supported: ethereum", new.chain),
            ));
        }
        let at = self.inner.clock.now();
        let row = WalletRow {
            id: WalletId::v7(at, self.inner.id_bytes()?),
            name: new.name,
            chain: new.chain,
            environment: new.environment,
            address: None,
            status: WalletStatus::Creating,
            owner: None,
            created_at: at,
            updated_at: at,
            suspended_at: None,
            suspension_reason: None,
        };
        self.inner.store.insert_wallet(&row).await?;
        let key = match self.inner.keystore.create(row.id, row.chain).await {
            Ok(key) => key,
            Err(error) => {
                self.inner.store.discard_wallet(row.id).await?;
                return Err(error.into());
            }
        };
        let address = address_of(&key)?;
        let details = serde_json::json!({
            "name": row.name, "chain": row.chain.as_str(), "environment": row.environment.as_str(), "address": address.to_string(),
        });
        let audit = [self.entry(row.id, AuditEvent::WalletCreated, Severity::Info, details, at)];
        Ok(self.inner.store.activate_wallet(row.id, &address, at, &audit).await?)
    }

    /// One wallet.
    ///
    /// # Errors
    /// `WALLET_NOT_FOUND`.
    pub async fn get(&self, id: WalletId) -> Result<WalletRow, EngineError> {
        self.inner.wallet(id).await
    }

    /// All wallets that have a key, oldest first.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn list(&self) -> Result<Vec<WalletRow>, EngineError> {
        let mut rows = self.inner.store.wallets().await?;
        rows.retain(|row| row.status != WalletStatus::Creating);
        Ok(rows)
    }

    /// Gives a wallet another name.
    ///
    /// # Errors
    /// `WALLET_NOT_FOUND`, `WALLET_TERMINATED`.
    pub async fn rename(&self, id: WalletId, name: &str) -> Result<WalletRow, EngineError> {
        let before = self.inner.wallet(id).await?;
        let at = self.inner.clock.now();
        let details = serde_json::json!({ "from": before.name, "to": name });
        let audit = [self.entry(id, AuditEvent::WalletRenamed, Severity::Info, details, at)];
        let renamed = self.inner.store.rename_wallet(id, name, at, &audit).await;
        renamed.map_err(terminated_if_stale)
    }

    /// ACTIVE → SUSPENDED: nothing of it is signed from now on.
    ///
    /// # Errors
    /// `INVALID_STATE_TRANSITION` from any other state.
    pub async fn suspend(&self, id: WalletId, reason: &str) -> Result<WalletRow, EngineError> {
        self.inner.wallet(id).await?;
        let at = self.inner.clock.now();
        let audit = [self.entry(
            id,
            AuditEvent::WalletSuspended,
            Severity::Warning,
            serde_json::json!({ "reason": reason }),
            at,
        )];
        let moved =
            self.inner.store.move_wallet(id, WalletStatus::Active, WalletStatus::Suspended, Some(reason), at, &audit);
        moved.await.map_err(|error| wrong_state(error, "suspended"))
    }

    /// SUSPENDED → ACTIVE.
    ///
    /// # Errors
    /// `INVALID_STATE_TRANSITION` from any other state.
    pub async fn resume(&self, id: WalletId) -> Result<WalletRow, EngineError> {
        self.inner.wallet(id).await?;
        let at = self.inner.clock.now();
        let audit = [self.entry(id, AuditEvent::WalletResumed, Severity::Warning, serde_json::json!({}), at)];
        let moved = self.inner.store.move_wallet(id, WalletStatus::Suspended, WalletStatus::Active, None, at, &audit);
        moved.await.map_err(|error| wrong_state(error, "resumed"))
    }

    /// Ends a wallet for good: what waits is cancelled, its sessions lose it. The key stays on disk until
    /// the wallet is purged.
    ///
    /// # Errors
    /// `WALLET_TERMINATED` when it was ended before.
    pub async fn terminate(&self, id: WalletId) -> Result<Terminated, EngineError> {
        self.inner.wallet(id).await?;
        let at = self.inner.clock.now();
        let audit = [self.entry(id, AuditEvent::WalletTerminated, Severity::Critical, serde_json::json!({}), at)];
        self.inner.store.terminate_wallet(id, at, &audit).await.map_err(terminated_if_stale)
    }

    /// Registers or replaces an owner. Once the owner has signed (LOCKED) this is refused.
    ///
    /// # Errors
    /// `OWNER_ALREADY_CONNECTED`, `INVALID_ADDRESS`.
    pub async fn set_owner(&self, id: WalletId, new: NewOwner) -> Result<WalletRow, EngineError> {
        let wallet = self.inner.wallet(id).await?;
        if wallet.status == WalletStatus::Terminated {
            return Err(EngineError::new(ErrorCode::WalletTerminated, "the wallet was terminated"));
        }
        if wallet.owner_state() == OwnerState::Locked {
            return Err(EngineError::new(
                ErrorCode::OwnerAlreadyConnected,
                "the owner has signed for this wallet already; it can no longer be replaced with the master password",
            ));
        }
        let address = EvmAddress::parse_checksummed(&new.address)
            .map(Address::Evm)
            .map_err(|error| EngineError::new(ErrorCode::InvalidAddress, format!("owner_address: {error}")))?;
        let present = wallet.owner.as_ref();
        let owner = OwnerRecord {
            address,
            verified: false,
            approval_method: new
                .approval_method
                .unwrap_or_else(|| present.and_then(|owner| owner.approval_method.clone())),
            wallet_type: new.wallet_type.unwrap_or_else(|| present.and_then(|owner| owner.wallet_type.clone())),
        };
        let at = self.inner.clock.now();
        let details = serde_json::json!({ "ownerAddress": address.to_string(), "replaced": present.map(|owner| owner.address.to_string()) });
        let audit = [self.entry(id, AuditEvent::OwnerRegistered, Severity::Warning, details, at)];
        let set = self.inner.store.set_owner(id, present, &owner, at, &audit).await;
        set.map_err(|error| match error {
            StoreError::Stale { .. } => {
                EngineError::new(ErrorCode::OwnerAlreadyConnected, "the owner was changed by somebody else meanwhile")
            }
            other => other.into(),
        })
    }

    /// The owner proves the key: GRACE → LOCKED. Nothing changes when LOCKED already.
    ///
    /// # Errors
    /// `OWNER_NOT_CONNECTED`, `INVALID_SIGNATURE`, `INVALID_NONCE`.
    pub async fn verify_owner(&self, id: WalletId, proof: &OwnerProof) -> Result<WalletRow, EngineError> {
        let wallet = self.inner.wallet(id).await?;
        let owner = self.inner.verify_owner_proof(&wallet, &OwnerAction::Verify(id), None, proof).await?;
        if owner.verified {
            return Ok(wallet);
        }
        let at = self.inner.clock.now();
        let details = serde_json::json!({ "ownerAddress": owner.address.to_string() });
        let audit = [AuditEntry {
            actor: Actor::Owner,
            ..self.entry(id, AuditEvent::OwnerVerified, Severity::Info, details, at)
        }];
        let verified = OwnerRecord { verified: true, ..owner.clone() };
        let set = self.inner.store.set_owner(id, Some(&owner), &verified, at, &audit).await;
        set.map_err(|error| match error {
            StoreError::Stale { .. } => {
                EngineError::new(ErrorCode::InvalidSignature, "the owner was changed by somebody else meanwhile")
            }
            other => other.into(),
        })
    }

    fn entry(
        &self,
        wallet: WalletId,
        event: AuditEvent,
        severity: Severity,
        details: serde_json::Value,
        at: UnixMillis,
    ) -> AuditEntry {
        AuditEntry { at, event, actor: Actor::Master, severity, wallet: Some(wallet), session: None, tx: None, details }
    }
}

impl Inner {
    /// One wallet that exists for callers.
    pub(crate) async fn wallet(&self, id: WalletId) -> Result<WalletRow, EngineError> {
        let missing = || EngineError::new(ErrorCode::WalletNotFound, format!("no wallet `{id}`"));
        match self.store.wallet(id).await {
            Ok(row) if row.status == WalletStatus::Creating => Err(missing()),
            Ok(row) => Ok(row),
            Err(StoreError::NotFound) => Err(missing()),
            Err(error) => Err(error.into()),
        }
    }
}

fn address_of(key: &PublicKey) -> Result<Address, EngineError> {
    match key {
        PublicKey::Secp256k1(coordinates) => Ok(Address::Evm(EvmAddress::from_public_key(coordinates))),
        PublicKey::Ed25519(_) => {
            Err(EngineError::new(ErrorCode::UnsupportedChain, "Ed25519 keys are not supported by this build"))
        }
    }
}

fn wrong_state(error: StoreError, verb: &str) -> EngineError {
    match error {
        StoreError::Stale { current } => {
            EngineError::new(ErrorCode::InvalidStateTransition, format!("a wallet in state {current} cannot be {verb}"))
                .with_detail("currentState", current)
        }
        other => other.into(),
    }
}

fn terminated_if_stale(error: StoreError) -> EngineError {
    match error {
        StoreError::Stale { .. } => EngineError::new(ErrorCode::WalletTerminated, "the wallet was terminated"),
        other => other.into(),
    }
}
