//! JSON-RPC over HTTP to one node.
//!
//! Two verbs: [`Rpc::read`] may be repeated and is; [`Rpc::send_once`] is written to the wire at most once.

mod failure;
mod http;

pub(crate) use failure::{Cause, Failure, NoAnswer, NodeError};
pub use http::HttpPool;

use crate::endpoint::Endpoint;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Reads in flight at one node at a time. Above this, more parallelism makes public endpoints answer 429
/// and a local node no faster; it also bounds the number of sockets.
const READS_IN_FLIGHT: usize = 32;
/// Sends in flight at one node at a time; apart from the reads, so that a burst of drafts cannot hold
/// back a signed transaction.
const SENDS_IN_FLIGHT: usize = 16;
/// Pauses before the second and third attempt of a read.
const RETRY_PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];
/// A caller waits for its turn at most this many call timeouts, then gives up without having asked.
const QUEUE_TIMEOUTS: u32 = 3;

/// One node.
pub(crate) struct Rpc {
    endpoint: Endpoint,
    http: HttpPool,
    timeout: Duration,
    reads: Semaphore,
    sends: Semaphore,
}

impl Rpc {
    /// Connects to nothing yet. `timeout` bounds one call with all its attempts.
    pub(crate) fn new(endpoint: Endpoint, http: HttpPool, timeout: Duration) -> Self {
        Self { endpoint, http, timeout, reads: Semaphore::new(READS_IN_FLIGHT), sends: Semaphore::new(SENDS_IN_FLIGHT) }
    }

    /// Calls a method that changes nothing, up to three times while the node gives no proper answer.
    pub(crate) async fn read<T: DeserializeOwned>(&self, method: &'static str, params: Value) -> Result<T, Failure> {
        let body = request(method, params);
        self.in_turn(&self.reads, async {
            let mut pauses = RETRY_PAUSES.iter();
            loop {
                let outcome = self.attempt(&body).await;
                match (&outcome, pauses.next()) {
                    (Err(failure), Some(pause)) if failure.is_temporary() => {
                        tracing::debug!(endpoint = self.endpoint.shown(), method, %failure, "reading again");
                        tokio::time::sleep(*pause).await;
                    }
                    _ => return outcome,
                }
            }
        })
        .await
        .and_then(|result| self.parse(result))
    }

    /// Calls a method once. Whatever goes wrong, nothing below repeats it.
    pub(crate) async fn send_once<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, Failure> {
        let body = request(method, params);
        self.in_turn(&self.sends, self.attempt(&body)).await.and_then(|result| self.parse(result))
    }

    /// A failure of this node.
    pub(crate) fn no_answer(&self, cause: Cause) -> Failure {
        Failure::NoAnswer(NoAnswer { endpoint: self.endpoint.shown().to_owned(), cause })
    }

    async fn in_turn<T>(
        &self,
        turns: &Semaphore,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let patience = self.timeout.saturating_mul(QUEUE_TIMEOUTS);
        let Ok(Ok(_turn)) = tokio::time::timeout(patience, turns.acquire()).await else {
            return Err(self.no_answer(Cause::Busy));
        };
        tokio::time::timeout(self.timeout, call).await.unwrap_or_else(|_| Err(self.no_answer(Cause::Timeout)))
    }

    async fn attempt(&self, body: &[u8]) -> Result<Value, Failure> {
        let (status, bytes) =
            self.http.post(self.endpoint.url(), body.to_vec()).await.map_err(|cause| self.no_answer(cause))?;
        // Many nodes send their JSON-RPC errors with a 4xx status; the body then counts. These two never
        // speak for the node behind the gateway.
        if status == 429 || status >= 500 {
            return Err(self.no_answer(Cause::Status(status)));
        }
        let answer = serde_json::from_slice::<Value>(&bytes).ok();
        let Some(Value::Object(mut answer)) = answer else {
            let cause = if status == 200 { Cause::Malformed } else { Cause::Status(status) };
            return Err(self.no_answer(cause));
        };
        if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
            let error = NodeError::parse(error, |text| self.endpoint.redact(text));
            return Err(error.map_or_else(|| self.no_answer(Cause::Malformed), Failure::Node));
        }
        answer.remove("result").ok_or_else(|| self.no_answer(Cause::Malformed))
    }

    fn parse<T: DeserializeOwned>(&self, result: Value) -> Result<T, Failure> {
        serde_json::from_value(result).map_err(|_| self.no_answer(Cause::Malformed))
    }
}

/// One call per HTTP request, so the id needs to distinguish nothing.
fn request(method: &'static str, params: Value) -> Vec<u8> {
    serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string().into_bytes()
}
