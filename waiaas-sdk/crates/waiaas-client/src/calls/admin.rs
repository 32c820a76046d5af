//! The server itself.

use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use serde_json::Value;
use waiaas_core::wire::admin::{AdminStatusResponse, SessionStatusResponse, ShutdownResponse};
use waiaas_core::wire::health::HealthResponse;
use waiaas_core::wire::nonce::NonceResponse;

/// Calls about the server.
#[derive(Clone, Copy, Debug)]
pub struct Admin<'c>(pub(crate) &'c Client);

impl Admin<'_> {
    /// Whether it is up, and which version.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn health(&self) -> Result<HealthResponse, Error> {
        Call::get(self.0, "/health", Authority::Nobody).answer().await
    }

    /// Its state, for an operator.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn status(&self) -> Result<AdminStatusResponse, Error> {
        Call::get(self.0, "/v1/admin/status", Authority::Master).answer().await
    }

    /// Its state, as far as it concerns a session.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn session_status(&self) -> Result<SessionStatusResponse, Error> {
        Call::get(self.0, "/v1/admin/status", Authority::Session).answer().await
    }

    /// A nonce for an owner's signature, bound to an action (`approve`, `reject`, `verify`, `kill-switch`, `recover`) and to
    /// the id of what it is about, if given.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn nonce(&self, action: Option<&str>, resource: Option<&str>) -> Result<NonceResponse, Error> {
        let call = Call::get(self.0, "/v1/nonce", Authority::Nobody);
        call.query("action", action).query("resource", resource).answer().await
    }

    /// Its API as an OpenAPI 3.0 document.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn openapi(&self) -> Result<Value, Error> {
        Call::get(self.0, "/doc", Authority::Nobody).answer().await
    }

    /// Stops it in an orderly way.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn shutdown(&self) -> Result<ShutdownResponse, Error> {
        Call::post(self.0, "/v1/admin/shutdown", Authority::Master).answer().await
    }
}
