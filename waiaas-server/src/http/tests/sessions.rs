//! The life of a token, seen through the API.

use super::service::{Answered, Service};
use serde_json::{Value, json};

const ADDRESS: &str = "GET /v1/wallet/address";

struct Holder {
    service: Service,
    session: String,
    token: String,
}

impl Holder {
    /// A session whose token lives for ten minutes.
    async fn new() -> Self {
        let service = Service::new().await;
        let wallet = json!({ "name": "w", "chain": "ethereum", "createSession": false });
        let wallet = service.admin("POST /v1/wallets", wallet).await.body;
        let session = service.admin("POST /v1/sessions", json!({ "walletId": wallet["id"], "ttl": 600 })).await.body;
        Self { service, session: text(&session["id"]), token: text(&session["token"]) }
    }

    async fn with(&self, token: &str, line: &str) -> Answered {
        self.service.call(line, &[("authorization", &format!("Bearer {token}"))], "").await
    }

    async fn renew(&self, token: &str) -> Answered {
        self.with(token, &format!("PUT /v1/sessions/{}/renew", self.session)).await
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_ends_at_its_end() {
    let holder = Holder::new().await;
    holder.service.clock.advance_secs(599);
    assert_eq!(holder.with(&holder.token, ADDRESS).await.status, 200);
    holder.service.clock.advance_secs(1);
    holder.with(&holder.token, ADDRESS).await.expect(401, "TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_changed_token_is_no_token() {
    let holder = Holder::new().await;
    let (head, signature) = holder.token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let tampered = [
        format!("{head}.{flipped}{}", &signature[1..]),
        format!("{head}."),
        head.to_owned(),
        // {"alg":"none"}
        format!("wai_sess_eyJhbGciOiJub25lIn0.{}.", head.rsplit_once('.').unwrap().1),
        holder.token.replace("wai_sess_", ""),
        "wai_sess_".to_owned(),
    ];
    for token in tampered {
        holder.with(&token, ADDRESS).await.expect(401, "INVALID_TOKEN");
    }
}

#[tokio::test]
async fn renewal_waits_for_half_time_and_leaves_the_old_token_half_a_minute() {
    let holder = Holder::new().await;
    let early = holder.renew(&holder.token).await;
    early.expect(403, "RENEWAL_TOO_EARLY");
    assert_eq!(early.headers["retry-after"], "300");
    holder.service.clock.advance_secs(300);
    let renewed = holder.renew(&holder.token).await;
    assert_eq!(renewed.status, 200, "{}", renewed.text);
    let token = text(&renewed.body["token"]);
    assert_ne!(token, holder.token);
    holder.renew(&holder.token).await.expect(403, "SESSION_RENEWAL_MISMATCH");
    holder.service.clock.advance_secs(29);
    assert_eq!(holder.with(&holder.token, ADDRESS).await.status, 200);
    holder.service.clock.advance_secs(1);
    holder.with(&holder.token, ADDRESS).await.expect(401, "INVALID_TOKEN");
    assert_eq!(holder.with(&token, ADDRESS).await.status, 200);
}

#[tokio::test]
async fn rotation_and_revocation_count_from_the_next_request_on() {
    let holder = Holder::new().await;
    let rotated = holder.service.admin(&format!("POST /v1/sessions/{}/rotate", holder.session), json!({})).await;
    let token = text(&rotated.body["token"]);
    holder.with(&holder.token, ADDRESS).await.expect(401, "INVALID_TOKEN");
    assert_eq!(holder.with(&token, ADDRESS).await.status, 200);
    let line = format!("DELETE /v1/sessions/{}", holder.session);
    assert_eq!(holder.service.admin(&line, json!({})).await.body["status"], "REVOKED");
    holder.with(&token, ADDRESS).await.expect(401, "SESSION_REVOKED");
    assert_eq!(holder.service.admin(&line, json!({})).await.status, 200);
}
