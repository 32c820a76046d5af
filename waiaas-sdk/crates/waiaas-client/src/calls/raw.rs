//! Calls by path, with JSON as the server sends it: for tools that show answers as they are.

use crate::builder::Client;
use crate::call::{Authority, Call};
use crate::error::Error;
use serde_json::Value;

/// Calls by path. Authority, errors and repetition are those of the typed calls.
#[derive(Clone, Copy, Debug)]
pub struct Raw<'c>(pub(crate) &'c Client);

impl<'c> Raw<'c> {
    /// `GET path`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get(&self, path: &str) -> Result<Value, Error> {
        Call::get(self.0, path, self.authority()).answer().await
    }

    /// `POST path` for something that is created: the call carries an idempotency key, so the route must know those.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create(&self, path: &str, body: &Value) -> Result<Value, Error> {
        Call::post(self.0, path, self.authority()).body(body)?.keyed(None)?.answer().await
    }

    /// `POST path` for a question, which changes nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn ask(&self, path: &str, body: &Value) -> Result<Value, Error> {
        Call::post(self.0, path, self.authority()).body(body)?.repeatable().answer().await
    }

    /// `DELETE path`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete(&self, path: &str) -> Result<Value, Error> {
        Call::delete(self.0, path, self.authority()).answer().await
    }

    /// Some routes need nothing; what the client has it sends.
    fn authority(&self) -> Authority<'c> {
        if self.0.inner.session.is_none() && self.0.inner.master.is_none() {
            Authority::Nobody
        } else {
            Authority::SessionOrMaster
        }
    }
}
