//! The HTTP connections, shared by all adapters of a process.

use super::Cause;
use reqwest::{Client, Url, redirect};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Largest answer that is read; a node that sends more is broken or hostile. A full page of receipts or a
/// multicall over hundreds of tokens is well below.
const LARGEST_ANSWER: usize = 8 * 1024 * 1024;
/// Unused connections are closed after this time.
const IDLE: Duration = Duration::from_secs(30);
/// Unused connections kept per node.
const IDLE_CONNECTIONS: usize = 32;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Keep-alive connections to all nodes. Cloning shares them. Costs nothing until the first call: the TLS
/// roots are read and the first socket is opened then.
#[derive(Clone, Default)]
pub struct HttpPool(Arc<OnceLock<Client>>);

impl HttpPool {
    /// An empty pool.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Posts a JSON body; answers with the status and the whole body.
    pub(super) async fn post(&self, url: Url, body: Vec<u8>) -> Result<(u16, Vec<u8>), Cause> {
        let request = self.client()?.post(url).header("content-type", "application/json").body(body);
        let mut response = request.send().await.map_err(|error| cause_of(&error))?;
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| cause_of(&error))? {
            if bytes.len().saturating_add(chunk.len()) > LARGEST_ANSWER {
                return Err(Cause::TooLarge);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok((status, bytes))
    }

    fn client(&self) -> Result<&Client, Cause> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        // No retries here: the caller decides, per call. (A request of which not one byte was written because a
        // kept connection had just been closed is still written to a new one; that repeats nothing.)
        // No redirects: a node that moves must be configured anew, and a redirect would carry a signed
        // transaction to a host that nobody chose.
        let client = Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .tcp_nodelay(true)
            .retry(reqwest::retry::never())
            .build()
            .map_err(|_| Cause::Client)?;
        Ok(self.0.get_or_init(|| client))
    }
}

impl core::fmt::Debug for HttpPool {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HttpPool").field("in_use", &self.0.get().is_some()).finish()
    }
}

/// What went wrong, without the address: the error of the client prints the whole URL.
fn cause_of(error: &reqwest::Error) -> Cause {
    if error.is_timeout() {
        return Cause::Timeout;
    }
    let mut source: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    let mut kind = None;
    while let Some(inner) = source {
        kind = inner.downcast_ref::<std::io::Error>().map(std::io::Error::kind).or(kind);
        source = inner.source();
    }
    if error.is_connect() { Cause::Connect(kind) } else { Cause::Lost(kind) }
}
