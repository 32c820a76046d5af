//! A proxy in front of a node that misbehaves as told, and counts.

use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use waiaas_evm::{EvmAdapter, EvmOptions};

/// What to do with one request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Forward it and the answer.
    Pass,
    /// Forward it, then close the connection instead of answering.
    LoseAnswer,
    /// Do not forward it; answer with this status and body.
    Answer(u16, String),
    /// Do not forward it and never answer.
    Hang,
}

type Plan = dyn Fn(&str, usize) -> Act + Send + Sync;

/// The proxy. Lives as long as the test's runtime.
pub(crate) struct Gateway {
    url: String,
    counts: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Gateway {
    /// Stands in front of `upstream`. `plan` gets the JSON-RPC method and how often it was called before.
    pub(crate) async fn before(upstream: &str, plan: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let counts = Arc::default();
        let gateway = Self { url, counts: Arc::clone(&counts) };
        let (plan, upstream): (Arc<Plan>, _) = (Arc::new(plan), upstream.to_owned());
        tokio::spawn(async move {
            let client = reqwest::Client::new();
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, client.clone(), upstream.clone(), Arc::clone(&plan), Arc::clone(&counts)));
            }
        });
        gateway
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn adapter(&self) -> EvmAdapter {
        EvmAdapter::new(crate::anvil::NETWORK, &self.url, EvmOptions::default()).unwrap()
    }

    /// How often `method` was called.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.counts.lock().unwrap().get(method).copied().unwrap_or(0)
    }

    /// How many calls there were.
    pub(crate) fn total(&self) -> usize {
        self.counts.lock().unwrap().values().sum()
    }
}

async fn serve(
    socket: TcpStream,
    client: reqwest::Client,
    upstream: String,
    plan: Arc<Plan>,
    counts: Arc<Mutex<BTreeMap<String, usize>>>,
) -> Option<()> {
    let mut socket = BufReader::new(socket);
    loop {
        let body = request_body(&mut socket).await?;
        let call: Value = serde_json::from_slice(&body).ok()?;
        let method = call["method"].as_str()?.to_owned();
        let before = {
            let mut counts = counts.lock().unwrap();
            let count = counts.entry(method.clone()).or_insert(0);
            *count += 1;
            *count - 1
        };
        let act = plan(&method, before);
        let (status, answer) = match act {
            Act::Pass | Act::LoseAnswer => {
                let request = client.post(&upstream).header("content-type", "application/json").body(body);
                let answer = request.send().await.ok()?.bytes().await.ok()?.to_vec();
                if matches!(act, Act::LoseAnswer) {
                    return None;
                }
                (200, answer)
            }
            Act::Answer(status, body) => (status, body.into_bytes()),
            Act::Hang => {
                tokio::time::sleep(Duration::from_secs(3_600)).await;
                return None;
            }
        };
        let head = format!(
            "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        socket.write_all(&[head.as_bytes(), &answer].concat()).await.ok()?;
    }
}

async fn request_body(socket: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim().to_ascii_lowercase();
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.ok()?;
    Some(body)
}
