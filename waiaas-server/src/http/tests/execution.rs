//! What the workers do with transactions, seen through the API.

use super::service::Service;
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use waiaas_sdk::core::address::{Address, EvmAddress};
use waiaas_sdk::core::money::BaseUnits;

const RECIPIENT: &str = "0x00000000000000000000000000000000000000b0";
const ETHER: u128 = 1_000_000_000_000_000_000;

fn address(text: &str) -> Address {
    Address::Evm(EvmAddress::parse_any_case(text).unwrap())
}

/// An agent with ten ether, up to one of which goes out at once and up to two after a minute.
struct Agent {
    service: Service,
    token: String,
}

impl Agent {
    async fn new() -> Self {
        let service = Service::with(
            "[security]\nrate_limit_tx_rpm = 1000\nrate_limit_session_rpm = 100000\nrate_limit_global_ip_rpm = 100000",
        )
        .await;
        let wallet = service.admin("POST /v1/wallets", json!({ "name": "w", "chain": "ethereum" })).await;
        assert_eq!(wallet.status, StatusCode::CREATED, "{}", wallet.text);
        let rules = json!({
            "instant_max": ETHER.to_string(), "notify_max": ETHER.to_string(), "delay_max": (2 * ETHER).to_string(),
            "delay_seconds": 60,
        });
        let policy = service.admin("POST /v1/policies", json!({ "type": "SPENDING_LIMIT", "rules": rules })).await;
        assert_eq!(policy.status, StatusCode::CREATED, "{}", policy.text);
        let own = address(wallet.body["publicKey"].as_str().unwrap());
        service.chain.credit(&own, BaseUnits::from_u128(10 * ETHER));
        let token = format!("Bearer {}", wallet.body["session"]["token"].as_str().unwrap());
        Self { service, token }
    }

    async fn send(&self, wei: u128) -> Value {
        let body =
            json!({ "type": "TRANSFER", "to": RECIPIENT, "amount": wei.to_string(), "network": "ethereum-sepolia" });
        let headers = [("authorization", self.token.as_str()), ("content-type", "application/json")];
        let answer = self.service.call("POST /v1/transactions/send", &headers, &body.to_string()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        answer.body
    }

    async fn until(&self, sent: &Value, status: &str) {
        let line = format!("GET /v1/transactions/{}", sent["id"].as_str().unwrap());
        let began = Instant::now();
        loop {
            let answer = self.service.call(&line, &[("authorization", &self.token)], "").await;
            if answer.body["status"] == status {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "not {status}: {}", answer.text);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn received(&self) -> BaseUnits {
        self.service.chain.balance(&address(RECIPIENT))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_go_out_at_once_is_confirmed_soon() {
    let agent = Agent::new().await;
    let began = Instant::now();
    let mut sent = Vec::new();
    for _ in 0..40 {
        sent.push(agent.send(1_000).await);
    }
    for one in &sent {
        agent.until(one, "CONFIRMED").await;
    }
    assert_eq!(agent.received(), BaseUnits::from_u128(40_000));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delayed_transaction_goes_out_when_its_time_has_come() {
    let agent = Agent::new().await;
    let sent = agent.send(2 * ETHER).await;
    assert_eq!((sent["status"].as_str(), sent["tier"].as_str()), (Some("QUEUED"), Some("DELAY")));
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    agent.until(&sent, "QUEUED").await;
    agent.service.clock.advance_secs(61);
    agent.until(&sent, "CONFIRMED").await;
    assert_eq!(agent.received(), BaseUnits::from_u128(2 * ETHER));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_execution_waits_for_the_network_to_come_back() {
    let agent = Agent::new().await;
    agent.service.chain.set_reachable(false);
    let sent = agent.send(5).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(agent.received(), BaseUnits::from_u128(0));
    agent.service.chain.set_reachable(true);
    agent.until(&sent, "CONFIRMED").await;
    assert_eq!(agent.received(), BaseUnits::from_u128(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_leaves_nobody_busy() {
    let agent = Agent::new().await;
    agent.send(7).await;
    agent.service.app.stop.request();
    tokio::time::timeout(Duration::from_secs(5), agent.service.app.stop.idle()).await.unwrap();
}
