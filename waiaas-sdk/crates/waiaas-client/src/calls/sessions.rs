//! Sessions of agents.

use super::Page;
use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use waiaas_core::id::{SessionId, WalletId};
use waiaas_core::wire::sessions::{
    CreateSessionRequest, PaginatedSessionList, SessionCreateResponse, SessionRenewResponse,
    SessionRevokeByWalletResponse, SessionRevokeResponse, SessionRotateResponse,
};

/// Calls about sessions.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'c>(pub(crate) &'c Client);

impl Sessions<'_> {
    /// Creates a session. Its token is shown this once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create(&self, request: &CreateSessionRequest) -> Result<SessionCreateResponse, Error> {
        Call::post(self.0, "/v1/sessions", Authority::Master).body(request)?.keyed(None)?.answer().await
    }

    /// Sessions, of one wallet or of all.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list(&self, wallet: Option<WalletId>, page: Page) -> Result<PaginatedSessionList, Error> {
        let call = Call::get(self.0, "/v1/sessions", Authority::SessionOrMaster).query("walletId", wallet);
        call.query("limit", Some(page.limit)).query("offset", Some(page.offset)).answer().await
    }

    /// Ends a session: its token is refused from the next request on.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn revoke(&self, id: SessionId) -> Result<SessionRevokeResponse, Error> {
        // A session that is revoked already says so and stays revoked.
        Call::delete(self.0, format!("/v1/sessions/{id}"), Authority::Master).repeatable().answer().await
    }

    /// Ends all sessions of a wallet.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn revoke_by_wallet(&self, wallet: WalletId) -> Result<SessionRevokeByWalletResponse, Error> {
        Call::delete(self.0, format!("/v1/sessions/wallet/{wallet}"), Authority::Master).answer().await
    }

    /// Prolongs the caller's session. The answer has a new token, and the old one is worthless at once: a lost answer is
    /// never followed by another attempt.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn renew(&self, id: SessionId) -> Result<SessionRenewResponse, Error> {
        Call::put(self.0, format!("/v1/sessions/{id}/renew"), Authority::Session).once().answer().await
    }

    /// Gives a session a new token. The old one is worthless at once.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn rotate(&self, id: SessionId) -> Result<SessionRotateResponse, Error> {
        Call::post(self.0, format!("/v1/sessions/{id}/rotate"), Authority::Master).answer().await
    }
}
