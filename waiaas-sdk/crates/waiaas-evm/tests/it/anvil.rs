//! A local node for one test.

use crate::key::Key;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use waiaas_core::address::Address;
use waiaas_core::chain::{ChainKind, Network};
use waiaas_evm::{EvmAdapter, EvmOptions};

/// Ethereum Sepolia, unless a test says otherwise.
pub(crate) const NETWORK: Network = Network::EthereumSepolia;

/// A running anvil; stops when dropped.
pub(crate) struct Anvil {
    child: Child,
    url: String,
}

impl Anvil {
    /// Starts a node of [`NETWORK`] that mines every transaction at once, with a rich [`Key`].
    pub(crate) async fn start() -> Self {
        Self::with(&["--chain-id", "11155111"]).await
    }

    /// Starts a node of [`NETWORK`] that mines only when told.
    pub(crate) async fn holding() -> Self {
        Self::with(&["--chain-id", "11155111", "--no-mining"]).await
    }

    /// Starts a node with these arguments.
    pub(crate) async fn with(arguments: &[&str]) -> Self {
        // Port 0: the system picks a free one and anvil prints it, so tests never race for a port.
        let program = program();
        let mut child = Command::new(&program)
            .args(["--host", "127.0.0.1", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("anvil does not start as `{}`: {error}", program.display()));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned))
            .expect("anvil says where it listens");
        // Keeps the pipe from filling up.
        std::thread::spawn(move || lines.for_each(drop));
        let anvil = Self { child, url: format!("http://{address}") };
        anvil.fund(&Key::test(), 100).await;
        anvil
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn adapter(&self) -> EvmAdapter {
        EvmAdapter::new(NETWORK, &self.url, EvmOptions::default()).unwrap()
    }

    /// Asks the node itself, past the adapter.
    pub(crate) async fn rpc(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let answer = reqwest::Client::new().post(&self.url).header("content-type", "application/json").body(body);
        let answer: Value = serde_json::from_slice(&answer.send().await.unwrap().bytes().await.unwrap()).unwrap();
        answer.get("result").unwrap_or_else(|| panic!("{method}: {answer}")).clone()
    }

    /// Gives the key's account this many coins.
    pub(crate) async fn fund(&self, key: &Key, coins: u64) {
        let wei = format!("{:#x}", u128::from(coins) * 10_u128.pow(18));
        self.rpc("anvil_setBalance", json!([key.address().to_string(), wei])).await;
    }

    pub(crate) async fn mine(&self) {
        self.rpc("evm_mine", json!([])).await;
    }

    /// Creates the contract of `tests/fixtures/<name>.hex`; its creator is the test key.
    pub(crate) async fn deploy(&self, name: &str) -> Address {
        let creator = Key::test().address().to_string();
        self.rpc("anvil_impersonateAccount", json!([creator])).await;
        let code = format!("0x{}", fixture(name));
        let hash = self.rpc("eth_sendTransaction", json!([{ "from": creator, "data": code, "gas": "0x300000" }])).await;
        let mut receipt = Value::Null;
        for _ in 0..500 {
            receipt = self.rpc("eth_getTransactionReceipt", json!([hash])).await;
            if !receipt.is_null() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let address = receipt["contractAddress"].as_str().unwrap_or_else(|| panic!("{receipt}"));
        Address::parse(ChainKind::Ethereum, address).unwrap()
    }

    /// Puts the code of `tests/fixtures/<name>.hex` at `address`.
    pub(crate) async fn place(&self, name: &str, address: &str) {
        self.rpc("anvil_setCode", json!([address, format!("0x{}", fixture(name))])).await;
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("{name}.hex"));
    std::fs::read_to_string(path).unwrap().trim().to_owned()
}

/// `WAIAAS_ANVIL`, else the copy under `target/tools`, else `anvil` on the path.
fn program() -> PathBuf {
    if let Some(program) = std::env::var_os("WAIAAS_ANVIL") {
        return program.into();
    }
    // The program of the platform's package and not the script in `.bin`: killing the script would leave
    // the node running.
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/tools/anvil/node_modules/@foundry-rs");
    let packaged = std::fs::read_dir(packages).into_iter().flatten().flatten().map(|entry| entry.path());
    if let Some(program) = packaged.map(|package| package.join("bin/anvil")).find(|program| program.is_file()) {
        return program;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join("anvil")).find(|program| program.is_file()).unwrap_or_else(
        || {
            panic!(
                "anvil is missing: run `npm install --prefix target/tools/anvil @foundry-rs/anvil@1.7.1` in the \
                 project folder, or set WAIAAS_ANVIL"
            )
        },
    )
}
