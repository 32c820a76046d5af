//! The kill switch.

use super::wallets::{cancel_unsigned, resume, suspend};
use super::{MemoryStore, stale};
use crate::ports::store::{AuditEntry, Cascade, FailureNote, KillSwitch, KillSwitchState, KillSwitchStore, StoreError};
use async_trait::async_trait;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::WalletStatus;

#[async_trait]
impl KillSwitchStore for MemoryStore {
    async fn kill_switch(&self) -> Result<KillSwitch, StoreError> {
        Ok(self.state()?.kill_switch.clone())
    }

    async fn throw_kill_switch(
        &self,
        by: &str,
        reason: &str,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Cascade, StoreError> {
        let mut state = self.state()?;
        let present = state.kill_switch.state;
        if present != KillSwitchState::Active {
            return Err(stale(present.as_str()));
        }
        state.kill_switch =
            KillSwitch { state: KillSwitchState::Suspended, activated_at: Some(at), activated_by: Some(by.to_owned()) };

        let mut cascade = Cascade::default();
        for session in state.sessions.values_mut().filter(|session| session.is_live(at)) {
            session.revoked_at = Some(at);
            cascade.sessions.push(session.id);
        }
        let note = FailureNote { code: reason.to_owned(), message: "the kill switch was activated".to_owned() };
        cascade.transactions = cancel_unsigned(&mut state, None, &note, at);
        for wallet in state.wallets.values_mut().filter(|wallet| wallet.status == WalletStatus::Active) {
            suspend(wallet, Some(reason), at);
            cascade.wallets.push(wallet.id);
        }
        state.audit.append(audit);
        Ok(cascade)
    }

    async fn move_kill_switch(
        &self,
        from: &[KillSwitchState],
        to: KillSwitchState,
        resume_wallets: Option<&str>,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Vec<WalletId>, StoreError> {
        let mut state = self.state()?;
        let present = state.kill_switch.state;
        // Normal operation ends by throwing the switch, with everything that goes with it.
        if present == KillSwitchState::Active || !from.contains(&present) {
            return Err(stale(present.as_str()));
        }
        state.kill_switch.state = to;
        if to == KillSwitchState::Active {
            state.kill_switch.activated_at = None;
            state.kill_switch.activated_by = None;
        }
        let mut resumed = Vec::new();
        if let Some(reason) = resume_wallets {
            for wallet in state.wallets.values_mut() {
                if wallet.status == WalletStatus::Suspended && wallet.suspension_reason.as_deref() == Some(reason) {
                    resume(wallet, at);
                    resumed.push(wallet.id);
                }
            }
        }
        state.audit.append(audit);
        Ok(resumed)
    }
}
