//! The kill switch: everything stops, at once and everywhere.

use super::owner_auth::{OwnerAction, OwnerProof};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::notify::{Notice, NoticeEvent};
use crate::ports::store::{Actor, AuditEntry, AuditEvent, Cascade, KillSwitch, KillSwitchState, Severity, StoreError};
use waiaas_core::error::ErrorCode;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::OwnerState;

/// Why wallets and transactions were stopped by the cascade; recovery finds "its" wallets by it.
pub const CASCADE_REASON: &str = "Kill switch activated";

/// The kill switch.
#[derive(Clone, Copy)]
pub struct KillSwitches<'a> {
    pub(crate) inner: &'a Inner,
}

/// Who throws the switch.
#[derive(Clone, Debug)]
pub enum KillSwitchActor {
    /// Somebody with the master password.
    Master,
    /// The owner of some wallet.
    Owner(OwnerProof),
}

impl KillSwitches<'_> {
    /// The state as stored.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when it cannot be read; the caller must then treat it as thrown.
    pub async fn state(&self) -> Result<KillSwitch, EngineError> {
        Ok(self.inner.store.kill_switch().await?)
    }

    /// The state as this process acts on it, without asking the database.
    #[must_use]
    pub fn is_thrown(&self) -> bool {
        self.inner.kill_flag.is_thrown()
    }

    /// ACTIVE → SUSPENDED with its cascade. The process stops signing before the database is asked.
    ///
    /// # Errors
    /// `KILL_SWITCH_ACTIVE` when it is thrown already, `INVALID_SIGNATURE` for a bad owner proof.
    pub async fn activate(&self, by: KillSwitchActor) -> Result<(Cascade, UnixMillis), EngineError> {
        let (name, actor) = match by {
            KillSwitchActor::Master => ("master".to_owned(), Actor::Master),
            KillSwitchActor::Owner(proof) => (self.check_owner(&proof).await?, Actor::Owner),
        };
        let at = self.inner.clock.now();
        let before = self.inner.kill_flag.state();
        if before == KillSwitchState::Active {
            self.inner.kill_flag.set(KillSwitchState::Suspended);
        }
        let details = serde_json::json!({ "by": name });
        let audit = [entry(AuditEvent::KillSwitchActivated, actor, details, at)];
        match self.inner.store.throw_kill_switch(&name, CASCADE_REASON, at, &audit).await {
            Ok(cascade) => {
                let details = serde_json::json!({ "by": name, "sessions": cascade.sessions.len(), "transactions": cascade.transactions.len(), "wallets": cascade.wallets.len() });
                self.notify(NoticeEvent::KillSwitchActivated, details).await;
                Ok((cascade, at))
            }
            Err(StoreError::Stale { current }) => {
                self.inner.kill_flag.set(KillSwitchState::parse(&current).unwrap_or(KillSwitchState::Locked));
                Err(EngineError::new(ErrorCode::KillSwitchActive, format!("the kill switch is already {current}")))
            }
            // The flag stays thrown: when the database cannot say, nothing is signed.
            Err(error) => Err(error.into()),
        }
    }

    /// SUSPENDED → LOCKED.
    ///
    /// # Errors
    /// `INVALID_STATE_TRANSITION`.
    pub async fn escalate(&self) -> Result<UnixMillis, EngineError> {
        let at = self.inner.clock.now();
        let audit = [entry(AuditEvent::KillSwitchEscalated, Actor::Master, serde_json::json!({}), at)];
        let moved =
            self.inner.store.move_kill_switch(&[KillSwitchState::Suspended], KillSwitchState::Locked, None, at, &audit);
        match moved.await {
            Ok(_) => {
                self.inner.kill_flag.set(KillSwitchState::Locked);
                Ok(at)
            }
            Err(StoreError::Stale { current }) => Err(EngineError::new(
                ErrorCode::InvalidStateTransition,
                format!("the kill switch is {current}; only SUSPENDED can be locked"),
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Back to ACTIVE. From LOCKED an owner must sign too when any wallet has a verified owner.
    /// `resume_wallets` also resumes the wallets that the cascade suspended; sessions stay revoked.
    ///
    /// # Errors
    /// `KILL_SWITCH_NOT_ACTIVE`, `INVALID_SIGNATURE`.
    pub async fn recover(
        &self,
        resume_wallets: bool,
        owner: Option<&OwnerProof>,
    ) -> Result<(UnixMillis, Vec<WalletId>), EngineError> {
        let before = self.state().await?.state;
        if before == KillSwitchState::Active {
            return Err(EngineError::new(ErrorCode::KillSwitchNotActive, "the kill switch is not thrown"));
        }
        if before == KillSwitchState::Locked {
            let wallets = self.inner.store.wallets().await?;
            if wallets.iter().any(|wallet| wallet.owner_state() == OwnerState::Locked) {
                let proof = owner.ok_or_else(|| {
                    EngineError::new(
                        ErrorCode::InvalidSignature,
                        "recovery from LOCKED also needs a verified owner's signature (X-Owner-* headers, statement `Recover from kill switch`)",
                    )
                })?;
                self.check_recovery_owner(proof).await?;
            }
        }
        let at = self.inner.clock.now();
        let audit = [entry(
            AuditEvent::KillSwitchRecovered,
            Actor::Master,
            serde_json::json!({ "from": before.as_str(), "resumeWallets": resume_wallets }),
            at,
        )];
        let reason = resume_wallets.then_some(CASCADE_REASON);
        // Only the state that was checked may be left: an escalation in between must not be skipped.
        let from = [before];
        match self.inner.store.move_kill_switch(&from, KillSwitchState::Active, reason, at, &audit).await {
            Ok(resumed) => {
                self.inner.kill_flag.set(KillSwitchState::Active);
                self.notify(NoticeEvent::KillSwitchRecovered, serde_json::json!({ "from": before.as_str() })).await;
                Ok((at, resumed))
            }
            Err(StoreError::Stale { current }) => Err(EngineError::new(
                ErrorCode::InvalidStateTransition,
                format!("the kill switch is {current} meanwhile"),
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Any wallet's registered owner may stop the service; that never harms the owner.
    async fn check_owner(&self, proof: &OwnerProof) -> Result<String, EngineError> {
        self.any_owner(proof, &OwnerAction::KillSwitch, false).await
    }

    async fn check_recovery_owner(&self, proof: &OwnerProof) -> Result<String, EngineError> {
        self.any_owner(proof, &OwnerAction::Recover, true).await
    }

    async fn any_owner(
        &self,
        proof: &OwnerProof,
        action: &OwnerAction,
        verified_only: bool,
    ) -> Result<String, EngineError> {
        let claimed = proof.claimed_address();
        let wallets = self.inner.store.wallets().await?;
        let owned = wallets.iter().filter(|wallet| {
            wallet.owner.as_ref().is_some_and(|owner| {
                (owner.verified || !verified_only)
                    && claimed.as_deref().is_some_and(|text| super::owner_auth::same_address(text, &owner.address))
            })
        });
        let owned: Vec<_> = owned.collect();
        // An owner of wallets in several environments signs for the network of one of them.
        let named = owned.iter().find(|wallet| super::owner_auth::names_network_of(wallet, proof));
        let Some(wallet) = named.or(owned.first()) else {
            let refusal =
                EngineError::new(ErrorCode::InvalidSignature, "the signer is not an owner of any wallet here");
            self.inner.record_refused_proof(None, action, &refusal).await?;
            return Err(refusal);
        };
        let owner = self.inner.verify_owner_proof(wallet, action, None, proof).await?;
        Ok(format!("owner:{}", owner.address))
    }

    async fn notify(&self, event: NoticeEvent, details: serde_json::Value) {
        self.inner.notifier.notify(Notice { event, wallet: None, tx: None, details }).await;
    }
}

fn entry(event: AuditEvent, actor: Actor, details: serde_json::Value, at: UnixMillis) -> AuditEntry {
    AuditEntry { at, event, actor, severity: Severity::Critical, wallet: None, session: None, tx: None, details }
}
