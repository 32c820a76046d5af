//! One call: what is sent, with whose authority, and whether it may be sent again.

use crate::builder::Client;
use crate::error::{Error, Refusal};
use crate::host;
use crate::owner::OwnerProof;
use core::time::Duration;
use reqwest::header::{AUTHORIZATION, HeaderName, RETRY_AFTER};
use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const MASTER_PASSWORD: HeaderName = HeaderName::from_static("x-master-password");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A call that is put together.
pub(crate) struct Call<'c> {
    client: &'c Client,
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    authority: Authority<'c>,
    repeat: Repeat,
    patience: Duration,
}

/// Who calls.
#[derive(Clone, Copy)]
pub(crate) enum Authority<'c> {
    Nobody,
    Session,
    Master,
    /// Whatever the client has.
    SessionOrMaster,
    Owner(&'c OwnerProof),
}

/// What may be repeated when an answer is lost.
enum Repeat {
    /// Once or twice is the same.
    Freely,
    /// The server tells repetitions by this key.
    Keyed(String),
    /// Twice is not once.
    Not,
}

impl<'c> Call<'c> {
    /// Reads something.
    pub(crate) fn get(client: &'c Client, path: impl Into<String>, authority: Authority<'c>) -> Self {
        Self::new(client, Method::GET, path, authority, Repeat::Freely)
    }

    /// Does something that must not be done twice.
    pub(crate) fn post(client: &'c Client, path: impl Into<String>, authority: Authority<'c>) -> Self {
        Self::new(client, Method::POST, path, authority, Repeat::Not)
    }

    /// Sets something to a value.
    pub(crate) fn put(client: &'c Client, path: impl Into<String>, authority: Authority<'c>) -> Self {
        Self::new(client, Method::PUT, path, authority, Repeat::Freely)
    }

    /// Removes something. Repeated, it would say that there is nothing to remove.
    pub(crate) fn delete(client: &'c Client, path: impl Into<String>, authority: Authority<'c>) -> Self {
        Self::new(client, Method::DELETE, path, authority, Repeat::Not)
    }

    fn new(
        client: &'c Client,
        method: Method,
        path: impl Into<String>,
        authority: Authority<'c>,
        repeat: Repeat,
    ) -> Self {
        let (query, patience) = (Vec::new(), client.inner.timeout);
        Self { client, method, path: path.into(), query, body: None, authority, repeat, patience }
    }

    /// Twice is the same as once, whatever the method.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeat = Repeat::Freely;
        self
    }

    /// Twice is not the same as once, whatever the method.
    pub(crate) fn once(mut self) -> Self {
        self.repeat = Repeat::Not;
        self
    }

    /// The server tells repetitions by a key: the caller's, or a fresh one.
    ///
    /// # Errors
    /// A key that no header can carry; a system without randomness.
    pub(crate) fn keyed(mut self, key: Option<&str>) -> Result<Self, Error> {
        let key = match key {
            Some(key) if !key.is_empty() && key.len() <= 255 && key.bytes().all(|byte| byte.is_ascii_graphic()) => {
                key.to_owned()
            }
            Some(_) => return Err(Error::Usage("an idempotency key is 1 to 255 visible ASCII characters".to_owned())),
            None => fresh_key().ok_or_else(|| Error::Usage("the system has no source of randomness".to_owned()))?,
        };
        self.repeat = Repeat::Keyed(key);
        Ok(self)
    }

    /// A query parameter, if there is a value.
    pub(crate) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// A JSON body.
    ///
    /// # Errors
    /// A body that is no JSON, which none of the server's shapes is.
    pub(crate) fn body(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_value(body).map_err(|error| Error::Usage(format!("the body: {error}")))?;
        self.body = Some(body);
        Ok(self)
    }

    /// The server itself waits this long before it answers.
    pub(crate) fn waiting(mut self, seconds: u32) -> Self {
        self.patience = self.patience.saturating_add(Duration::from_secs(u64::from(seconds)));
        self
    }

    /// Makes the call, several times if need be.
    ///
    /// # Errors
    /// See [`Error`].
    pub(crate) async fn answer<T: DeserializeOwned>(self) -> Result<T, Error> {
        let mut failed = 0_u32;
        loop {
            let error = match self.attempt().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            failed = failed.saturating_add(1);
            let asked = error.refusal().and_then(|refusal| refusal.retry_after);
            let jitter = host::random().and_then(|bytes| bytes.first().copied()).unwrap_or(u8::MAX);
            match self.client.inner.retry.pause(failed, asked, jitter).filter(|_| self.may_repeat_after(&error)) {
                Some(pause) => host::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    fn may_repeat_after(&self, error: &Error) -> bool {
        let harmless = !matches!(self.repeat, Repeat::Not);
        match error {
            Error::Usage(_) => false,
            Error::Unreachable { .. } => true,
            Error::Lost { .. } => harmless,
            // What stands between us and the server speaks of itself: nobody knows how far the call came.
            Error::Foreign { status, .. } => harmless && matches!(status, 502..=504),
            refused => refused.refusal().is_some_and(|refusal| {
                // The same call with the same key is still being worked on.
                let in_progress = matches!(self.repeat, Repeat::Keyed(_)) && refusal.status == 409;
                refusal.retryable || (in_progress && refusal.retry_after.is_some())
            }),
        }
    }

    async fn attempt<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let inner = &self.client.inner;
        let mut request = inner.http.request(self.method.clone(), self.url()?).timeout(self.patience);
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        if let Repeat::Keyed(key) = &self.repeat {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        request = self.authorised(request)?;
        let response = request.send().await.map_err(|error| self.no_answer(&error))?;
        let status = response.status();
        let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let text = response.text().await.map_err(|error| self.no_answer(&error))?;
        if status.is_success() {
            // A body that cannot be read after success: the call was carried out.
            return serde_json::from_str(if text.is_empty() { "null" } else { &text }).map_err(|error| {
                Error::Foreign { status: status.as_u16(), reason: format!("an answer of another shape: {error}") }
            });
        }
        Err(Refusal::read(status.as_u16(), seconds.map(Duration::from_secs), &text).map_or_else(
            || Error::Foreign { status: status.as_u16(), reason: "an error without a code".to_owned() },
            Error::of,
        ))
    }

    fn url(&self) -> Result<Url, Error> {
        let text = format!("{}{}", self.client.inner.base, self.path);
        let mut url = Url::parse(&text).map_err(|error| Error::Usage(format!("`{text}` is no URL: {error}")))?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }

    fn authorised(&self, request: reqwest::RequestBuilder) -> Result<reqwest::RequestBuilder, Error> {
        let (session, master) = (&self.client.inner.session, &self.client.inner.master);
        let missing = |what: &str| Err(Error::Usage(format!("this call needs {what}: give it to the builder")));
        match (self.authority, session, master) {
            (Authority::Nobody, _, _) => Ok(request),
            (Authority::Session, Some(token), _) | (Authority::SessionOrMaster, Some(token), None) => {
                Ok(request.header(AUTHORIZATION, token.clone()))
            }
            (Authority::Master | Authority::SessionOrMaster, _, Some(password)) => {
                Ok(request.header(MASTER_PASSWORD, password.clone()))
            }
            (Authority::Owner(proof), _, _) => proof.sign(request),
            (Authority::Session, None, _) => missing("a session token"),
            (Authority::Master, _, None) => missing("the master password"),
            (Authority::SessionOrMaster, None, None) => missing("a session token or the master password"),
        }
    }

    fn no_answer(&self, error: &reqwest::Error) -> Error {
        let base = self.client.inner.base.clone();
        let reason = root_cause(error);
        #[cfg(not(target_arch = "wasm32"))]
        if error.is_connect() {
            return Error::Unreachable { base, reason };
        }
        if error.is_timeout() {
            return Error::Lost { reason: format!("{base} did not answer in time") };
        }
        Error::Lost { reason: format!("the connection to {base} broke: {reason}") }
    }
}

/// A UUID of version 4 (RFC 9562).
fn fresh_key() -> Option<String> {
    let mut number = u128::from_be_bytes(host::random()?);
    number &= !(0xf000_u128 << 64) & !(0xc000_u128 << 48);
    number |= (0x4000_u128 << 64) | (0x8000_u128 << 48);
    let hex = format!("{number:032x}");
    let parts = [hex.get(..8)?, hex.get(8..12)?, hex.get(12..16)?, hex.get(16..20)?, hex.get(20..)?];
    Some(parts.join("-"))
}

/// The innermost reason, which is the one that tells something.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn core::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
