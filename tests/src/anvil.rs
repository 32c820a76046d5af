//! A local Ethereum node.

use crate::http::{Client, Request};
use crate::tools;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The chain that the node stands for: Ethereum Sepolia.
pub const CHAIN_ID: u64 = 11_155_111;
/// Its name in the API.
pub const NETWORK: &str = "ethereum-sepolia";

/// A running node that mines every transaction at once; it ends when this is dropped.
#[derive(Debug)]
pub struct Anvil {
    child: Child,
    address: String,
}

impl Anvil {
    /// Starts a node on a free port.
    ///
    /// # Errors
    /// The program is missing or does not start.
    pub fn start() -> Result<Self> {
        // Port 0: the system picks a free one and anvil prints it, so that nobody races for a port.
        let mut child = Command::new(tools::anvil()?)
            .args(["--host", "127.0.0.1", "--port", "0", "--chain-id", &CHAIN_ID.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("anvil cannot be started")?;
        let output = child.stdout.take().context("anvil has no output")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let Some(address) = lines.find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned)) else {
            let _ = child.kill();
            bail!("anvil ended without saying where it listens");
        };
        // Somebody must read on, or the node stops when the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address })
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls a method of the node.
    ///
    /// # Errors
    /// The node refuses or does not answer.
    pub fn call(&self, method: &str, params: &Value) -> Result<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = Client::new(&self.address).send(&Request::new("POST", "/").json(&body))?.json();
        answer.get("result").cloned().with_context(|| format!("{method}: {answer}"))
    }

    /// Gives an account this many wei.
    ///
    /// # Errors
    /// See [`Self::call`].
    pub fn set_balance(&self, account: &str, wei: u128) -> Result<()> {
        self.call("anvil_setBalance", &json!([account, format!("{wei:#x}")])).map(drop)
    }

    /// What an account has, in wei.
    ///
    /// # Errors
    /// See [`Self::call`].
    pub fn balance(&self, account: &str) -> Result<u128> {
        number(&self.call("eth_getBalance", &json!([account, "latest"]))?)
    }

    /// How many transactions of an account are in blocks.
    ///
    /// # Errors
    /// See [`Self::call`].
    pub fn nonce(&self, account: &str) -> Result<u128> {
        number(&self.call("eth_getTransactionCount", &json!([account, "latest"]))?)
    }

    /// A transaction by its hash; null when the chain has none.
    ///
    /// # Errors
    /// See [`Self::call`].
    pub fn transaction(&self, hash: &str) -> Result<Value> {
        self.call("eth_getTransactionByHash", &json!([hash]))
    }

    /// All transactions in blocks that `account` sent, in the order of the chain.
    ///
    /// # Errors
    /// See [`Self::call`].
    pub fn sent_by(&self, account: &str) -> Result<Vec<Value>> {
        let last = number(&self.call("eth_blockNumber", &json!([]))?)?;
        let mut sent = Vec::new();
        for block in 0..=last {
            let block = self.call("eth_getBlockByNumber", &json!([format!("{block:#x}"), true]))?;
            let transactions = block.get("transactions").and_then(Value::as_array).cloned().unwrap_or_default();
            let from = |transaction: &Value| transaction.get("from").and_then(Value::as_str).map(str::to_lowercase);
            sent.extend(transactions.into_iter().filter(|entry| from(entry) == Some(account.to_lowercase())));
        }
        Ok(sent)
    }

    /// Stops mining, or starts it again.
    ///
    /// # Errors
    /// See [`Self::call`].
    pub fn mine_at_once(&self, yes: bool) -> Result<()> {
        self.call("evm_setAutomine", &json!([yes])).map(drop)
    }

    /// Mines one block with everything that waits.
    ///
    /// # Errors
    /// See [`Self::call`].
    pub fn mine(&self) -> Result<()> {
        self.call("evm_mine", &json!([])).map(drop)
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A number as nodes write it: `0x1f`.
///
/// # Errors
/// It is none.
pub fn number(value: &Value) -> Result<u128> {
    let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
    digits.and_then(|digits| u128::from_str_radix(digits, 16).ok()).with_context(|| format!("not a number: {value}"))
}

/// Waits until `done` gives something, looking every few milliseconds.
///
/// # Errors
/// It does not within `patience`, or it fails.
pub fn wait_for<T>(patience: Duration, what: &str, mut done: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = done()? {
            return Ok(found);
        }
        if start.elapsed() > patience {
            bail!("waited {} s in vain for {what}", patience.as_secs());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
