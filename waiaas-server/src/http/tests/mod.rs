//! The router as clients see it.

mod denials;
mod execution;
mod policy_tools;
mod service;
mod sessions;

use crate::http::gate::AuthKind;
use crate::http::route::Route;
use crate::http::{openapi, routes};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use service::{PASSWORD, SOME_ID, Service};
use std::collections::BTreeSet;
use waiaas_sdk::engine::ports::store::{AuditEvent, AuditLog};

fn with_ids(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { SOME_ID } else { part }).collect();
    parts.join("/")
}

#[tokio::test]
async fn no_route_opens_without_credentials() {
    let service = Service::with("[security]\nrate_limit_global_ip_rpm = 100000").await;
    let mut public = BTreeSet::new();
    for route in routes::all() {
        let line = format!("{} {}", route.spec.method, with_ids(route.spec.path));
        if route.spec.auth == AuthKind::Public {
            public.insert(format!("{} {}", route.spec.method, route.spec.path));
            continue;
        }
        let code = match route.spec.auth {
            AuthKind::Session => "INVALID_TOKEN",
            AuthKind::Owner => "INVALID_SIGNATURE",
            _ => "INVALID_MASTER_PASSWORD",
        };
        service.call(&line, &[], "").await.expect(401, code);
        // Credentials of a kind that the route does not take, and malformed ones.
        let wrong = [("authorization", "Bearer wai_sess_x.y.z"), ("x-owner-signature", "zz"), ("x-owner-message", "m")];
        let answer = service.call(&line, &wrong, "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{line}: {}", answer.text);
    }
    let expected = [
        "GET /doc",
        "GET /health",
        "GET /reference",
        "GET /reference/reference.css",
        "GET /reference/reference.js",
        "GET /v1/admin/kill-switch",
        "GET /v1/nonce",
    ];
    assert_eq!(public, expected.map(str::to_owned).into(), "a public route is a decision: add it here");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_in_json() {
    let service = Service::new().await;
    service.call("GET /nothing/here", &[], "").await.expect(404, "NOT_FOUND");
    let answer = service.call("DELETE /health", &[], "").await;
    answer.expect(405, "METHOD_NOT_ALLOWED");
    assert!(answer.headers["allow"].to_str().unwrap().contains("GET"));
}

#[tokio::test]
async fn every_answer_carries_the_request_id_and_the_safe_headers() {
    let service = Service::new().await;
    let answer = service.call("GET /health", &[("x-request-id", "abc-1.2_Z")], "").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["x-request-id"], "abc-1.2_Z");
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    let answer = service.call("GET /health", &[("x-request-id", "a b")], "").await;
    assert_eq!(answer.headers["x-request-id"].len(), 36);
}

#[tokio::test]
async fn foreign_hosts_are_turned_away() {
    let service = Service::new().await;
    for path in ["/health", "/v1/wallets", "/nothing"] {
        let request = Request::builder().uri(path).header("host", "evil.example").body(Body::empty()).unwrap();
        service.send(request).await.expect(503, "SYSTEM_LOCKED");
    }
}

#[tokio::test]
async fn bodies_are_json_however_curl_labels_them() {
    let service = Service::new().await;
    let body = json!({ "name": "w", "chain": "ethereum", "createSession": false }).to_string();
    let check = async |content_type: Option<&str>, body: &str, status: u16, code: Option<&str>| {
        let mut headers = vec![("x-master-password", PASSWORD)];
        headers.extend(content_type.map(|text| ("content-type", text)));
        let answer = service.call("POST /v1/wallets", &headers, body).await;
        assert_eq!(answer.status.as_u16(), status, "{content_type:?} {}", answer.text);
        assert_eq!(answer.body["code"].as_str(), code, "{content_type:?} {}", answer.text);
    };
    check(Some("application/json"), &body, 201, None).await;
    check(Some("application/json; charset=utf-8"), &body, 201, None).await;
    check(Some("application/x-www-form-urlencoded"), &body, 201, None).await;
    check(None, &body, 201, None).await;
    check(Some("application/x-www-form-urlencoded"), "name=w", 415, Some("UNSUPPORTED_MEDIA_TYPE")).await;
    check(Some("text/plain"), &body, 415, Some("UNSUPPORTED_MEDIA_TYPE")).await;
    check(Some("multipart/form-data; boundary=x"), &body, 415, Some("UNSUPPORTED_MEDIA_TYPE")).await;
    check(Some("application/json"), "{\"name\":", 400, Some("VALIDATION_FAILED")).await;
    check(Some("application/json"), "{\"name\":\"a\",\"name\":\"b\"}", 400, Some("VALIDATION_FAILED")).await;
    check(Some("application/json"), "", 400, Some("ACTION_VALIDATION_FAILED")).await;
    check(Some("application/json"), "[1]", 400, Some("ACTION_VALIDATION_FAILED")).await;
    check(Some("application/json"), &"x".repeat(5_000_000), 413, Some("PAYLOAD_TOO_LARGE")).await;
}

#[tokio::test]
async fn credentials_are_looked_at_before_the_path_and_the_body() {
    let service = Service::new().await;
    service.call("GET /v1/wallets/not-an-id", &[], "").await.expect(401, "INVALID_MASTER_PASSWORD");
    service.call("POST /v1/wallets", &[], "{").await.expect(401, "INVALID_MASTER_PASSWORD");
    let answer = service.admin("GET /v1/wallets/not-an-id", json!({})).await;
    answer.expect(400, "ACTION_VALIDATION_FAILED");
    assert_eq!(answer.body["details"]["issues"][0]["path"], json!(["id"]));
}

#[tokio::test]
async fn wrong_master_passwords_are_recorded_and_then_locked_out() {
    let service = Service::new().await;
    for _ in 0..5 {
        let answer = service.call("GET /v1/admin/status", &[("x-master-password", "wrong")], "").await;
        answer.expect(401, "INVALID_MASTER_PASSWORD");
    }
    let answer = service.call("GET /v1/admin/status", &[("x-master-password", "wrong")], "").await;
    answer.expect(429, "MASTER_PASSWORD_LOCKED");
    let wait: u64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((29..=31).contains(&wait), "{wait}");
    let entries = service.store.entries(None, None, 100).await.unwrap();
    let failures = entries.iter().filter(|entry| entry.event == AuditEvent::MasterAuthFailed.as_str());
    assert_eq!(failures.count(), 5);
}

#[tokio::test]
async fn the_kill_switch_closes_everything_but_the_way_back() {
    let service = Service::new().await;
    let answer = service.admin("POST /v1/admin/kill-switch", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    service.admin("GET /v1/wallets", json!({})).await.expect(503, "SYSTEM_LOCKED");
    service.call("GET /nothing", &[], "").await.expect(503, "SYSTEM_LOCKED");
    for line in ["GET /health", "GET /v1/nonce", "GET /doc", "GET /reference", "GET /v1/admin/kill-switch"] {
        assert_eq!(service.call(line, &[], "").await.status, StatusCode::OK, "{line}");
    }
    let answer = service.admin("POST /v1/admin/recover", json!({})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(service.admin("GET /v1/wallets", json!({})).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_idempotency_key_creates_once() {
    let service = Service::new().await;
    let create = async |key: &str, name: &str| {
        let headers = [("x-master-password", PASSWORD), ("content-type", "application/json"), ("idempotency-key", key)];
        service.call("POST /v1/wallets", &headers, &json!({ "name": name, "chain": "evm" }).to_string()).await
    };
    let first = create("k1", "one").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    assert!(!first.headers.contains_key("idempotent-replayed"));
    let again = create("k1", "one").await;
    assert_eq!((again.status, &again.text), (StatusCode::CREATED, &first.text));
    assert_eq!(again.headers["idempotent-replayed"], "true");
    create("k1", "two").await.expect(409, "IDEMPOTENCY_CONFLICT");
    create("bad key", "one").await.expect(400, "ACTION_VALIDATION_FAILED");
    let other = create("k2", "one").await;
    assert_ne!(other.body["id"], first.body["id"]);
    assert_eq!(service.app.engine.wallets().list().await.unwrap().len(), 2);
}

#[tokio::test]
async fn requests_are_limited_by_address_and_by_session() {
    let service = Service::with("[security]\nrate_limit_global_ip_rpm = 100\nrate_limit_session_rpm = 10").await;
    let wallet = service.admin("POST /v1/wallets", json!({ "name": "w", "chain": "ethereum" })).await;
    let token = format!("Bearer {}", wallet.body["session"]["token"].as_str().unwrap());
    let path = format!("GET /v1/wallets/{}", wallet.body["id"].as_str().unwrap());
    for _ in 0..10 {
        assert_eq!(service.call(&path, &[("authorization", &token)], "").await.status, StatusCode::OK);
    }
    let answer = service.call(&path, &[("authorization", &token)], "").await;
    answer.expect(429, "RATE_LIMITED");
    assert!(answer.headers.contains_key("retry-after"));
    // The master password is not counted by session, but by address.
    let mut last = 0;
    for _ in 0..100 {
        last = service.admin(&path, json!({})).await.status.as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_panicking_handler_is_a_plain_500() {
    use crate::http::answer::{Answer, NoContent};
    use crate::http::call::Call;
    use crate::http::error::ApiError;
    use crate::http::gate::{Anyone, Public};
    async fn panics(_call: Call<Anyone>) -> Result<Answer<NoContent>, ApiError> {
        panic!("secret detail")
    }
    let routes = vec![Route::get("/panic", Public, panics), Route::post("/panic", Public, panics)];
    let service = Service::serving("", routes).await;
    for line in ["GET /panic", "POST /panic"] {
        let answer = service.call(line, &[], "").await;
        answer.expect(500, "INTERNAL_ERROR");
        assert!(!answer.text.contains("secret detail"));
    }
}

#[tokio::test]
async fn preflight_requests_are_answered_before_everything_else() {
    let service = Service::new().await;
    let headers = [("origin", "http://localhost:3100"), ("access-control-request-method", "POST")];
    let answer = service.call("OPTIONS /v1/transactions/x/approve", &headers, "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.headers["access-control-allow-headers"].to_str().unwrap().contains("X-Owner-Signature"));
}

#[test]
fn the_documentation_is_complete() {
    let routes = routes::all();
    let document = openapi::document(&routes);
    assert_eq!(document["info"]["title"], "WAIaaS API");
    let shown = routes.iter().filter(|route| !route.spec.hidden).count();
    let operations: Vec<(&String, &String, &Value)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().iter().map(move |(method, op)| (path, method, op)))
        .collect();
    assert_eq!(operations.len(), shown, "two routes share path and method");
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations {
        assert_ne!(operation["summary"], "", "{method} {path} has no summary");
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{method} {path}");
    }
    let mut references = BTreeSet::new();
    collect_references(&document, &mut references);
    for reference in references {
        let name = reference.strip_prefix("#/components/schemas/").unwrap();
        assert!(document["components"]["schemas"].get(name).is_some(), "{reference} is not defined");
    }
}

fn collect_references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            into.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| collect_references(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| collect_references(value, into)),
        _ => {}
    }
}
