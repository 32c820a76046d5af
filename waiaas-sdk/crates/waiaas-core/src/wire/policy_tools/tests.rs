use super::explain::PolicyExplainRequest;
use super::replay::PolicyReplayRequest;
use crate::time::UnixMillis;
use crate::wire::issue::{Issue, Issues};
use serde_json::{Value, json};

fn paths<T>(result: Result<T, Issues>) -> Vec<String> {
    result.err().map(|issues| issues.as_slice().iter().map(Issue::path_string).collect()).unwrap_or_default()
}

const WALLET: &str = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";

#[test]
fn every_slip_is_named_with_its_place() {
    let explain =
        |json: Value, expect: &[&str]| assert_eq!(paths(PolicyExplainRequest::parse(&json)), expect, "{json}");
    explain(json!({}), &["walletId", "request"]);
    explain(json!({ "walletId": WALLET, "request": {} }), &[]);
    explain(json!({ "walletId": WALLET, "request": [], "policy": [] }), &["policy", "request"]);
    let rows = json!([
        { "type": "RATE_LIMIT", "rules": { "max_requests": 5, "window_seconds": 60 }, "cieling": true },
        { "type": "RATE_LIMIT", "rules": { "max_requests": "5", "window_seconds": 60 } },
        5,
    ]);
    let expect = ["policies.0.cieling", "policies.1.rules.max_requests", "policies.2"];
    explain(json!({ "walletId": WALLET, "request": {}, "policies": rows }), &expect);
    let replay = |json: Value, expect: &[&str]| assert_eq!(paths(PolicyReplayRequest::parse(&json)), expect, "{json}");
    replay(json!({}), &["since"]);
    replay(json!({ "since": 0, "walletId": null, "policies": null }), &[]);
    replay(
        json!({ "since": -1, "until": 5, "limit": 1_001, "walletId": "x" }),
        &["until", "since", "walletId", "limit"],
    );
}

#[test]
fn rows_of_a_listing_keep_who_they_are_and_others_are_the_newest() {
    let rules = json!({ "max_requests": 5, "window_seconds": 60 });
    let listed = json!({
        "id": WALLET, "type": "RATE_LIMIT", "rules": rules, "walletId": null, "network": null, "priority": 3,
        "enabled": true, "ceiling": false, "createdAt": 70, "updatedAt": 80,
    });
    let body = json!({ "since": 0, "policies": [listed, { "type": "RATE_LIMIT", "rules": rules }] });
    let rows = PolicyReplayRequest::parse(&body).unwrap().policies.unwrap();
    let rows: Vec<_> = rows.iter().enumerate().map(|(at, row)| row.row(at, UnixMillis::from_secs(100))).collect();
    assert_eq!((rows[0].id.to_string().as_str(), rows[0].priority), (WALLET, 3));
    assert_eq!(rows[0].created_at, UnixMillis::from_secs(70));
    assert_eq!(rows[1].id.to_string(), "00000000-0000-0000-0000-000000000001");
    assert_eq!(rows[1].created_at, UnixMillis::from_millis(100_001));
}
