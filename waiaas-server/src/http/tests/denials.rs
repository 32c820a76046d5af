//! A denial says what would pass, and it does.

use super::service::{Answered, Service};
use axum::http::StatusCode;
use serde_json::{Value, json};
use waiaas_sdk::core::address::{Address, EvmAddress};
use waiaas_sdk::core::money::BaseUnits;
use waiaas_sdk::engine::ports::clock::Clock;

const RECIPIENT: &str = "0x00000000000000000000000000000000000000b0";

struct Agent {
    service: Service,
    token: String,
}

impl Agent {
    async fn new() -> Self {
        let service = Service::new().await;
        let wallet = service.admin("POST /v1/wallets", json!({ "name": "w", "chain": "ethereum" })).await;
        let own = Address::Evm(EvmAddress::parse_any_case(wallet.body["publicKey"].as_str().unwrap()).unwrap());
        service.chain.credit(&own, BaseUnits::from_u128(1_000_000));
        let token = format!("Bearer {}", wallet.body["session"]["token"].as_str().unwrap());
        Self { service, token }
    }

    async fn restrict(&self, policy_type: &str, rules: Value) {
        let policy = self.service.admin("POST /v1/policies", json!({ "type": policy_type, "rules": rules })).await;
        assert_eq!(policy.status, StatusCode::CREATED, "{}", policy.text);
    }

    async fn post(&self, line: &str, wei: &str) -> Answered {
        let body = json!({ "type": "TRANSFER", "to": RECIPIENT, "amount": wei, "network": "ethereum-sepolia" });
        let headers = [("authorization", self.token.as_str()), ("content-type", "application/json")];
        self.service.call(line, &headers, &body.to_string()).await
    }

    async fn sent(&self, wei: &str) {
        let answer = self.post("POST /v1/transactions/send", wei).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    }

    /// What would pass, which a dry run says as well.
    async fn denied(&self, wei: &str, status: u16, code: &str) -> Value {
        let simulated = self.post("POST /v1/transactions/simulate", wei).await;
        let denial = self.post("POST /v1/transactions/send", wei).await;
        denial.expect(status, code);
        let would_pass = denial.body["details"]["wouldPass"].clone();
        assert_eq!(simulated.body["policy"]["wouldPass"], would_pass, "{}", simulated.text);
        would_pass
    }
}

#[tokio::test]
async fn a_denial_says_what_would_pass() {
    let agent = Agent::new().await;
    let found = agent.denied("5", 403, "POLICY_DENIED").await;
    let entry = &found["entry"];
    assert_eq!((&entry["policyType"], &entry["tier"]), (&json!("WHITELIST"), &json!("INSTANT")), "{found}");

    // The operator takes it at its word.
    let rules = json!({ entry["field"].as_str().unwrap(): [entry["entry"]] });
    agent.restrict("WHITELIST", rules).await;
    agent.sent("5").await;

    agent.restrict("RATE_LIMIT", json!({ "max_requests": 1, "window_seconds": 60 })).await;
    let found = agent.denied("5", 429, "RATE_LIMIT_EXCEEDED").await;
    let now = agent.service.clock.now().as_secs();
    let earliest = found["time"]["earliest"].as_i64().unwrap();
    assert_eq!(earliest, now + 61, "{found}");
    agent.service.clock.advance_secs(60);
    agent.denied("5", 429, "RATE_LIMIT_EXCEEDED").await;
    agent.service.clock.advance_secs(1);
    agent.sent("5").await;
}
