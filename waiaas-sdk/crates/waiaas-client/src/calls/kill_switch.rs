//! The kill switch.

use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use crate::owner::OwnerProof;
use waiaas_core::wire::kill_switch::{
    KillSwitchActivateResponse, KillSwitchEscalateResponse, KillSwitchRecoverRequest, KillSwitchResponse,
    RecoverResponse,
};

/// Calls about the kill switch.
#[derive(Clone, Copy, Debug)]
pub struct KillSwitch<'c>(pub(crate) &'c Client);

impl KillSwitch<'_> {
    /// Its state.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn state(&self) -> Result<KillSwitchResponse, Error> {
        Call::get(self.0, "/v1/admin/kill-switch", Authority::Nobody).answer().await
    }

    /// Stops everything: sessions are revoked, what is not signed is cancelled, wallets are suspended.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn activate(&self) -> Result<KillSwitchActivateResponse, Error> {
        Call::post(self.0, "/v1/admin/kill-switch", Authority::Master).answer().await
    }

    /// The same by an owner, who signs `Activate kill switch`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn activate_by_owner(&self, proof: &OwnerProof) -> Result<KillSwitchActivateResponse, Error> {
        Call::post(self.0, "/v1/owner/kill-switch", Authority::Owner(proof)).answer().await
    }

    /// From SUSPENDED to LOCKED, which only a verified owner can undo, if there is one.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn escalate(&self) -> Result<KillSwitchEscalateResponse, Error> {
        Call::post(self.0, "/v1/admin/kill-switch/escalate", Authority::Master).answer().await
    }

    /// Back to normal operation.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn recover(&self, request: &KillSwitchRecoverRequest) -> Result<RecoverResponse, Error> {
        Call::post(self.0, "/v1/admin/recover", Authority::Master).body(request)?.answer().await
    }
}
