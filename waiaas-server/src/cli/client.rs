//! The requests that commands make, and what the service's refusals mean for the exit code.

use super::failure::{Exit, Failure, Issue, Refusal};
use super::password::MasterPassword;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;
use std::time::Duration;

const MASTER_PASSWORD: HeaderName = HeaderName::from_static("x-master-password");
/// How long a service may take to accept a connection, and to answer `/health` (the original's 5 s).
const CONNECT: Duration = Duration::from_secs(5);
/// How long a command may take: key derivation for the password is deliberately slow.
const ANSWER: Duration = Duration::from_secs(30);
/// Largest page of the listings.
const PAGE: usize = 200;

/// A client of one service.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
}

impl Client {
    /// A client of the service at `base`; with a password every request carries it.
    ///
    /// # Errors
    /// A password that no HTTP header can carry; a system without TLS roots.
    pub(super) fn new(base: Url, password: Option<&MasterPassword>) -> Result<Self, Failure> {
        let mut headers = HeaderMap::new();
        if let Some(password) = password {
            let mut value = HeaderValue::from_bytes(password.expose().as_bytes())
                .map_err(|_| Failure::failed("the master password contains a control character"))?;
            value.set_sensitive(true);
            headers.insert(MASTER_PASSWORD, value);
        }
        let mut builder = reqwest::Client::builder()
            .default_headers(headers)
            .user_agent(concat!("waiaas-cli/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            // A redirect would carry the master password to an address that nobody named.
            .redirect(reqwest::redirect::Policy::none());
        if base.scheme() == "http" {
            // So would a proxy from the environment, in the clear.
            builder = builder.no_proxy();
        }
        let http =
            builder.build().map_err(|error| Failure::failed(format!("cannot start the HTTP client: {error}")))?;
        Ok(Self { http, base })
    }

    /// `GET path`.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.send(Method::GET, path, None).await
    }

    /// `POST path` with a JSON body.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// `DELETE path`.
    ///
    /// # Errors
    /// No answer, or a refusal.
    pub(super) async fn delete(&self, path: &str) -> Result<Value, Failure> {
        self.send(Method::DELETE, path, None).await
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

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let reads_only = method == Method::GET;
        let request = self.http.request(method, url);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let no_answer = |error: reqwest::Error| self.no_answer(&error, reads_only);
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status();
        let text = response.text().await.map_err(no_answer)?;
        if !status.is_success() {
            return Err(refusal(status, &text));
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|_| foreign(&format!("an answer that is not JSON (HTTP {status})")))
    }

    fn no_answer(&self, error: &reqwest::Error, reads_only: bool) -> Failure {
        let base = self.base.as_str().trim_end_matches('/');
        if error.is_connect() {
            return Failure::new(Exit::Unreachable, format!("no service answers at {base}"))
                .hint("start it with `waiaas start`, or name another address with --base-url");
        }
        let what = if error.is_timeout() { "did not answer in time" } else { "broke the connection" };
        let failure = Failure::new(Exit::Unreachable, format!("the service at {base} {what}"));
        if reads_only { failure } else { failure.hint("the change may have been made: look before trying again") }
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

/// The failure behind an error body. Both spellings are read: flat, and nested below `error`.
fn refusal(status: StatusCode, body: &str) -> Failure {
    let json: Value = serde_json::from_str(body).unwrap_or(Value::Null);
    let field = |key: &str| {
        let nested = json.get("error").and_then(|error| error.get(key));
        json.get(key).or(nested).and_then(Value::as_str).map(ToOwned::to_owned)
    };
    let (code, domain) = (field("code"), field("domain"));
    let message = field("message").unwrap_or_else(|| format!("the service answered HTTP {status}"));
    let exit = exit_for(status, code.as_deref().unwrap_or(""), domain.as_deref().unwrap_or(""));
    let issues = json.pointer("/details/issues").and_then(Value::as_array).map_or(Vec::new(), |all| issues(all));
    let failure = Failure::new(exit, message).refused(Refusal { code, request_id: field("requestId"), issues });
    match field("hint") {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

fn exit_for(status: StatusCode, code: &str, domain: &str) -> Exit {
    match (status, code) {
        (StatusCode::UNAUTHORIZED, _) | (_, "MASTER_PASSWORD_LOCKED") => Exit::Unauthenticated,
        (_, "RATE_LIMIT_EXCEEDED") => Exit::PolicyDenied,
        // The codes of single policies live in the domain TX (`TOKEN_NOT_ALLOWED`), the general ones in POLICY.
        (StatusCode::FORBIDDEN, _) if matches!(domain, "POLICY" | "TX") => Exit::PolicyDenied,
        (StatusCode::NOT_FOUND, _) => Exit::NotFound,
        (StatusCode::CONFLICT | StatusCode::GONE, _) => Exit::Conflict,
        _ => Exit::Failed,
    }
}

fn issues(all: &[Value]) -> Vec<Issue> {
    let step = |part: &Value| part.as_str().map_or_else(|| part.to_string(), ToOwned::to_owned);
    let path = |path: &Value| match path {
        Value::Array(parts) => parts.iter().map(step).collect::<Vec<_>>().join("."),
        other => step(other),
    };
    let issue = |issue: &Value| {
        Some(Issue { path: path(issue.get("path")?), message: issue.get("message")?.as_str()?.to_owned() })
    };
    all.iter().filter_map(issue).collect()
}

#[cfg(test)]
mod tests;
