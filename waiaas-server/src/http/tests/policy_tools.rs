//! Questions to the policies: who may ask, what is refused, and that the answers are those of a simulation.

use super::service::{PASSWORD, SOME_ID, Service};
use axum::http::StatusCode;
use serde_json::{Value, json};

const TO: &str = "0x00000000000000000000000000000000000000B0";

/// A service with one wallet that may send a little: up to 10 units at once, up to 100 after a minute.
struct Desk {
    service: Service,
    wallet: String,
    token: String,
}

fn limit(instant: u32) -> Value {
    json!({ "type": "SPENDING_LIMIT", "rules": {
        "instant_max": instant.to_string(), "notify_max": instant.to_string(), "delay_max": instant.max(100).to_string(), "delay_seconds": 60,
    } })
}

fn transfer(amount: u32) -> Value {
    json!({ "type": "TRANSFER", "to": TO, "amount": amount.to_string(), "network": "ethereum-sepolia" })
}

impl Desk {
    async fn new() -> Self {
        let service = Service::new().await;
        let wallet = service.admin("POST /v1/wallets", json!({ "name": "w", "chain": "ethereum" })).await;
        let policy = service.admin("POST /v1/policies", limit(10)).await;
        assert_eq!((wallet.status, policy.status), (StatusCode::CREATED, StatusCode::CREATED));
        let token = format!("Bearer {}", wallet.body["session"]["token"].as_str().unwrap());
        Self { service, wallet: wallet.body["id"].as_str().unwrap().to_owned(), token }
    }

    async fn agent(&self, line: &str, body: &Value) -> Value {
        let headers = [("authorization", self.token.as_str()), ("content-type", "application/json")];
        self.service.call(line, &headers, &body.to_string()).await.body
    }

    async fn asked(&self, line: &str, body: Value) -> Value {
        let answer = self.service.admin(line, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.body
    }

    async fn explained(&self, request: Value, policies: Value) -> Value {
        let body = json!({ "walletId": self.wallet, "request": request, "policies": policies });
        self.asked("POST /v1/policies/explain", body).await
    }
}

#[tokio::test]
async fn only_the_master_password_may_ask() {
    let desk = Desk::new().await;
    for line in ["POST /v1/policies/explain", "POST /v1/policies/replay"] {
        desk.service.call(line, &[], "{}").await.expect(401, "INVALID_MASTER_PASSWORD");
        let wrong = [("x-master-password", "wrong"), ("content-type", "application/json")];
        desk.service.call(line, &wrong, "{}").await.expect(401, "INVALID_MASTER_PASSWORD");
        let session = [("authorization", desk.token.as_str()), ("content-type", "application/json")];
        let answer = desk.service.call(line, &session, "{}").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.text);
    }
}

#[tokio::test]
async fn an_explanation_says_what_a_simulation_says_and_why() {
    let desk = Desk::new().await;
    for amount in [5, 50, 500] {
        let simulated = desk.agent("POST /v1/transactions/simulate", &transfer(amount)).await;
        let explained = desk.explained(transfer(amount), Value::Null).await;
        for key in ["allowed", "tier", "delaySeconds", "reasonCode", "deniedBy", "downgraded", "wouldPass"] {
            let simulated = if key == "tier" && simulated["policy"]["allowed"] == false {
                &Value::Null
            } else {
                &simulated["policy"][key]
            };
            assert_eq!(&explained["verdict"][key], simulated, "{amount} {key}");
        }
        let rule = &explained["considered"][0];
        assert!(
            explained["considered"].as_array().unwrap().iter().any(|rule| rule["rule"] == "SPENDING_LIMIT"),
            "{rule}"
        );
        assert_eq!(explained["policies"][0]["type"], "SPENDING_LIMIT");
        assert_eq!((&explained["candidate"], &explained["policyEpoch"]), (&json!(false), &json!(1)));
        assert_eq!((&explained["prices"], &explained["usd"]), (&json!([]), &Value::Null), "nobody knows a price here");
        assert_eq!(explained["moves"][0]["amount"], amount.to_string());
    }
    let rows = desk.service.app.engine.transactions().list(desk.wallet.parse().unwrap(), None, 10).await.unwrap();
    assert_eq!(rows, [], "nothing was stored");
}

#[tokio::test]
async fn a_candidate_judges_in_place_of_what_is_stored() {
    let desk = Desk::new().await;
    let explained = desk.explained(transfer(50), json!([limit(60)])).await;
    assert_eq!((&explained["verdict"]["tier"], &explained["candidate"]), (&json!("INSTANT"), &json!(true)));
    assert_eq!(explained["policyEpoch"], Value::Null);
    let listed = json!({ "type": "WHITELIST", "rules": { "allowed_addresses": [format!("0x{:040x}", 1)] } });
    let denied = desk.explained(transfer(5), json!([listed, limit(10)])).await;
    assert_eq!(denied["verdict"]["wouldPass"]["entry"]["entry"], TO, "{denied}");
    let denied = desk.explained(transfer(5), json!([])).await;
    assert_eq!(denied["verdict"]["reasonCode"], "TRANSFER_DISABLED");
    // What a listing shows can be sent back as it is.
    let listed = desk.asked("GET /v1/policies", json!({})).await["data"].clone();
    assert_eq!(desk.explained(transfer(5), listed).await["verdict"]["tier"], "INSTANT");
}

#[tokio::test]
async fn slips_are_refused_with_their_place() {
    let desk = Desk::new().await;
    let check = async |line: &str, body: Value, code: &str, path: &str| {
        let answer = desk.service.admin(line, body).await;
        answer.expect(400, code);
        assert_eq!(answer.body["details"]["issues"][0]["pathString"], path, "{}", answer.text);
    };
    let explain = "POST /v1/policies/explain";
    let (wallet, invalid) = (&desk.wallet, "ACTION_VALIDATION_FAILED");
    check(explain, json!({ "request": {} }), invalid, "walletId").await;
    check(explain, json!({ "walletId": wallet, "request": { "to": TO } }), invalid, "request.amount").await;
    check(
        explain,
        json!({ "walletId": wallet, "request": { "to": "0x1", "amount": "1" } }),
        "INVALID_ADDRESS",
        "request.to",
    )
    .await;
    let other = json!({ "walletId": SOME_ID, "to": TO, "amount": "1" });
    check(explain, json!({ "walletId": wallet, "request": other }), invalid, "request.walletId").await;
    let rows = json!([limit(1), { "type": "WHITELIST", "rules": { "allowed_addresses": [5] } }]);
    let path = "policies.1.rules.allowed_addresses.0";
    check(explain, json!({ "walletId": wallet, "request": transfer(1), "policies": rows }), invalid, path).await;
    let zone = json!([{ "type": "TIME_RESTRICTION", "rules": { "timezone": "Mars/Base", "allowed_hours": { "start": 9, "end": 17 } } }]);
    let answer = desk.service.admin("POST /v1/policies/replay", json!({ "since": 0, "policies": zone })).await;
    answer.expect(400, invalid);
    assert_eq!(answer.body["details"]["issues"][0]["pathString"], "policies.0.rules.timezone", "{}", answer.text);
    check("POST /v1/policies/replay", json!({ "since": "yesterday" }), invalid, "since").await;
    check("POST /v1/policies/replay", json!({ "since": 0, "form": 1 }), invalid, "form").await;
    let unknown = json!({ "walletId": SOME_ID, "request": transfer(1) });
    desk.service.admin(explain, unknown).await.expect(404, "WALLET_NOT_FOUND");
    desk.service
        .admin("POST /v1/policies/replay", json!({ "since": 0, "walletId": SOME_ID }))
        .await
        .expect(404, "WALLET_NOT_FOUND");
}

#[tokio::test]
async fn a_replay_tells_what_would_have_come_out_differently() {
    let desk = Desk::new().await;
    for amount in [50, 60] {
        desk.agent("POST /v1/transactions/send", &transfer(amount)).await;
        desk.service.clock.advance_secs(1);
    }
    let identity = desk.asked("POST /v1/policies/replay", json!({ "since": 1_700_000_000 })).await;
    assert_eq!((&identity["judged"], &identity["unchanged"]), (&json!(2), &json!(2)), "{identity}");
    let body = json!({ "since": 1_700_000_000, "walletId": desk.wallet, "policies": [], "limit": 1 });
    let replay = desk.asked("POST /v1/policies/replay", body).await;
    let denied = &replay["newlyDenied"];
    assert_eq!((&denied["count"], denied["items"].as_array().unwrap().len()), (&json!(2), 1), "{replay}");
    let item = &denied["items"][0];
    assert_eq!((&item["recorded"]["tier"], &item["amount"]), (&json!("DELAY"), &json!("50")));
    assert_eq!(item["candidate"]["reasonCode"], "TRANSFER_DISABLED");
    assert_eq!((&item["toAddress"], &item["createdAt"]), (&json!(TO), &json!(1_700_000_000)));
    assert_eq!(replay["stoppedAt"], Value::Null);
    // What waited before the beginning still waits: it is in flight, and counts against the limit.
    let tight = json!({ "since": 1_700_000_001, "policies": [limit(109)] });
    assert_eq!(desk.asked("POST /v1/policies/replay", tight).await["otherTier"]["count"], 0);
    let later =
        desk.asked("POST /v1/policies/replay", json!({ "since": 1_700_000_001, "policies": [limit(110)] })).await;
    assert_eq!((&later["judged"], &later["otherTier"]["count"]), (&json!(1), &json!(1)), "{later}");
}

#[tokio::test]
async fn long_lists_fit_into_a_candidate() {
    let desk = Desk::new().await;
    let addresses: Vec<String> = (0..5_000).map(|number| format!("0x{number:040x}")).collect();
    let row = json!({ "type": "WHITELIST", "rules": { "allowed_addresses": addresses } });
    let explained = desk.explained(transfer(5), json!([row, limit(10)])).await;
    assert_eq!(explained["verdict"]["tier"], "INSTANT");
    let headers = [("x-master-password", PASSWORD), ("content-type", "application/json")];
    let answer = desk.service.call("POST /v1/policies/explain", &headers, &"x".repeat(2_000_000)).await;
    answer.expect(413, "PAYLOAD_TOO_LARGE");
}
