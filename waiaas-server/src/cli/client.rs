//! The requests that commands make, and what the service's refusals mean for the exit code.

use super::failure::{Exit, Failure, Issue, Refusal};
use super::password::MasterPassword;
use reqwest::{StatusCode, Url};
use serde_json::Value;
use waiaas_sdk::client::{self, Error, RetryPolicy};

/// Largest page of the listings.
const PAGE: usize = 200;

/// A client of one service.
#[derive(Clone, Debug)]
pub(super) struct Client(client::Client);

impl Client {
    /// A client of the service at `base`; with a password every request carries it.
    ///
    /// # Errors
    /// A password that no HTTP header can carry; a system without TLS roots.
    pub(super) fn new(base: Url, password: Option<&MasterPassword>) -> Result<Self, Failure> {
        let mut builder = client::Client::builder(base)
            .user_agent(concat!("waiaas-cli/", env!("CARGO_PKG_VERSION")))
            // A person reads what went wrong and decides.
            .retry(RetryPolicy::never());
        if let Some(password) = password {
            builder = builder.master_password(password.expose());
        }
        builder.build().map(Self).map_err(|error| Failure::failed(error.to_string()))
    }

    /// `GET path`.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.0.raw().get(path).await.map_err(|error| self.failure(error, true))
    }

    /// `POST path`, which creates something.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub(super) async fn create(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.0.raw().create(path, body).await.map_err(|error| self.failure(error, false))
    }

    /// `POST path`, which only asks something.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub(super) async fn ask(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.0.raw().ask(path, body).await.map_err(|error| self.failure(error, true))
    }

    /// `DELETE path`.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub(super) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.0.raw().delete(path).await.map_err(|error| self.failure(error, false))
    }

    /// All rows of a listing that answers `{data, total, limit, offset}`. `query` is empty or ends with `&`.
    ///
    /// # Errors
    /// No answer, a refusal, or an answer of another shape.
    pub(super) async fn pages(&self, path: &str, query: &str) -> Result<Vec<Value>, Failure> {
        let mut rows = Vec::new();
        loop {
            let page = self.get(&format!("{path}?{query}limit={PAGE}&offset={}", rows.len())).await?;
            let data = array(&page, "data")?;
            rows.extend_from_slice(data);
            if data.len() < PAGE {
                return Ok(rows);
            }
        }
    }

    fn failure(&self, error: Error, reads_only: bool) -> Failure {
        let base = self.0.base_url();
        match error {
            Error::Unreachable { .. } => Failure::new(Exit::Unreachable, format!("no service answers at {base}"))
                .hint("start it with `waiaas start`, or name another address with --base-url"),
            Error::Lost { reason } => {
                let failure = Failure::new(Exit::Unreachable, reason);
                if reads_only {
                    failure
                } else {
                    failure.hint("the change may have been made: look before trying again")
                }
            }
            Error::Foreign { status, .. } => match StatusCode::from_u16(status) {
                Ok(status) if status.is_success() => foreign(&format!("an answer that is not JSON (HTTP {status})")),
                Ok(status) => Failure::failed(format!("the service answered HTTP {status}")),
                Err(_) => foreign("an answer without a status"),
            },
            other => match other.refusal() {
                Some(refusal) => refused(refusal),
                None => Failure::failed(other.to_string()),
            },
        }
    }
}

/// The array `json[key]`.
///
/// # Errors
/// The answer has no such array.
pub(super) fn array<'a>(json: &'a Value, key: &str) -> Result<&'a [Value], Failure> {
    match json.get(key).and_then(Value::as_array) {
        Some(rows) => Ok(rows),
        None => Err(foreign(&format!("no list `{key}` in the answer"))),
    }
}

/// The text `json[key]`.
///
/// # Errors
/// The answer has no such text.
pub(super) fn text<'a>(json: &'a Value, key: &str) -> Result<&'a str, Failure> {
    match json.get(key).and_then(Value::as_str) {
        Some(text) => Ok(text),
        None => Err(foreign(&format!("no text `{key}` in the answer"))),
    }
}

fn foreign(what: &str) -> Failure {
    Failure::failed(format!("the service is not the one expected: {what}")).hint("check --base-url")
}

/// What a refusal of the service means for a command.
fn refused(refusal: &client::Refusal) -> Failure {
    let exit = exit_for(refusal.status, &refusal.code, &refusal.domain);
    let issues = refusal.issues().into_iter().map(|issue| Issue { path: issue.path, message: issue.message });
    let particulars =
        Refusal { code: Some(refusal.code.clone()), request_id: refusal.request_id.clone(), issues: issues.collect() };
    let failure = Failure::new(exit, refusal.message.clone()).refused(particulars);
    match &refusal.hint {
        Some(hint) => failure.hint(hint.clone()),
        None => failure,
    }
}

fn exit_for(status: u16, code: &str, domain: &str) -> Exit {
    match (status, code) {
        (401, _) | (_, "MASTER_PASSWORD_LOCKED") => Exit::Unauthenticated,
        (_, "RATE_LIMIT_EXCEEDED") => Exit::PolicyDenied,
        // The codes of single policies live in the domain TX (`TOKEN_NOT_ALLOWED`), the general ones in POLICY.
        (403, _) if matches!(domain, "POLICY" | "TX") => Exit::PolicyDenied,
        (404, _) => Exit::NotFound,
        (409 | 410, _) => Exit::Conflict,
        _ => Exit::Failed,
    }
}

#[cfg(test)]
mod tests;
