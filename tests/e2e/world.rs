//! A service, a chain, and a wallet that an agent may use.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use waiaas_tests::anvil::{Anvil, NETWORK};
use waiaas_tests::api::{Caller, text};
use waiaas_tests::http::Answer;
use waiaas_tests::project;
use waiaas_tests::server::{Server, Settings};

/// One ether in wei.
pub(crate) const ETHER: u128 = 1_000_000_000_000_000_000;
/// A cent in wei, at the $2000 that the settings fix.
pub(crate) const CENT: u128 = ETHER / 200_000;

/// The service and the chain that it uses.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) chain: Anvil,
}

/// A wallet with coins, and the token of an agent that may use it.
pub(crate) struct Wallet {
    pub(crate) id: String,
    pub(crate) address: String,
    pub(crate) token: String,
}

impl World {
    /// One ETH costs $2000.
    pub(crate) fn start() -> Self {
        // One line and nothing else when the chain is not installed: every test would repeat it.
        let chain = Anvil::start().unwrap_or_else(|error| panic!("{error:#}"));
        let server = Server::start(project::program().unwrap(), &Settings::new(&chain.url()))
            .unwrap_or_else(|error| panic!("{error:#}"));
        Self { server, chain }
    }

    /// A wallet with 100 ETH. No policy lets it do anything yet.
    pub(crate) fn wallet(&self) -> Wallet {
        let body = json!({ "name": "agent", "chain": "ethereum", "environment": "testnet" });
        let made = self.server.master().post("/v1/wallets", &body).unwrap().expect(201).unwrap();
        let wallet = Wallet {
            id: text(&made, "id").unwrap().to_owned(),
            address: text(&made, "publicKey").unwrap().to_owned(),
            token: text(&made["session"], "token").unwrap().to_owned(),
        };
        self.chain.set_balance(&wallet.address, 100 * ETHER).unwrap();
        wallet
    }

    /// A wallet with the policy of the tutorials: at once to $10, with a notice to $100, after a delay to $1000,
    /// above that by approval.
    pub(crate) fn tiered_wallet(&self) -> Wallet {
        let wallet = self.wallet();
        let rules = json!({ "instant_max_usd": 10, "notify_max_usd": 100, "delay_max_usd": 1000, "delay_seconds": 60 });
        self.policy(&wallet, "SPENDING_LIMIT", &rules);
        wallet
    }

    /// A wallet that may send anything at once.
    pub(crate) fn unlimited_wallet(&self) -> Wallet {
        let wallet = self.wallet();
        self.policy(&wallet, "SPENDING_LIMIT", &json!({ "instant_max_usd": 1_000_000 }));
        wallet
    }

    pub(crate) fn policy(&self, wallet: &Wallet, policy_type: &str, rules: &Value) -> String {
        let body = json!({ "walletId": wallet.id, "type": policy_type, "rules": rules });
        let policy = self.server.master().post("/v1/policies", &body).unwrap().expect(201).unwrap();
        text(&policy, "id").unwrap().to_owned()
    }

    pub(crate) fn agent(&self, wallet: &Wallet) -> Caller {
        self.server.agent(&wallet.token)
    }

    /// Sends coins of this many US cents to `to`.
    pub(crate) fn send(&self, wallet: &Wallet, to: &str, cents: u128) -> Answer {
        self.agent(wallet).post("/v1/transactions/send", &transfer(to, cents * CENT)).unwrap()
    }
}

/// The body that sends `wei`.
pub(crate) fn transfer(to: &str, wei: u128) -> Value {
    json!({ "type": "TRANSFER", "to": to, "amount": wei.to_string(), "network": NETWORK })
}

/// An account that nobody has used before.
pub(crate) fn stranger() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("0x5afe{:036x}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The id in an answer to a send.
pub(crate) fn id(answer: &Value) -> String {
    text(answer, "id").unwrap().to_owned()
}

/// How often something that depends on timing is tried: once, or as often as `WAIAAS_TEST_ROUNDS` says.
pub(crate) fn rounds() -> usize {
    std::env::var("WAIAAS_TEST_ROUNDS").map_or(1, |text| text.parse().unwrap())
}
