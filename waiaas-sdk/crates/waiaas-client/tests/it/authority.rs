//! Whose secrets travel with which call.

use crate::script::{Act, Server};
use waiaas_client::{Client, Error, OwnerProof, RetryPolicy, SignIn};

fn anything() -> Vec<Act> {
    vec![Act::Answer(200, "", "{}".to_owned()); 8]
}

#[tokio::test]
async fn only_what_a_call_needs_is_sent() {
    let server = Server::play(anything()).await;
    let client = Client::builder(format!("{}/", server.base))
        .session_token("wai_sess_t")
        .master_password("secret")
        .build()
        .unwrap();
    let _ = client.admin().health().await;
    let _ = client.account().address(None).await;
    let _ = client.admin().status().await;
    let _ = client.wallets().list().await;
    let bearer = Some("Bearer wai_sess_t".to_owned());
    assert_eq!(server.header("authorization"), [None, bearer, None, None]);
    let password = Some("secret".to_owned());
    assert_eq!(server.header("x-master-password"), [None, None, password.clone(), password]);
    assert!(server.seen()[0].starts_with("GET /health HTTP/1.1"));
    let shown = format!("{client:?} {:?}", Client::builder("x").session_token("wai_sess_t").master_password("secret"));
    assert!(!shown.contains("secret") && !shown.contains("wai_sess_t"), "{shown}");
}

#[tokio::test]
async fn a_missing_secret_is_told_before_anything_is_sent() {
    let server = Server::play(anything()).await;
    let client = Client::builder(&server.base).build().unwrap();
    for error in [
        client.account().address(None).await.err(),
        client.admin().status().await.err(),
        client.wallets().list().await.err(),
    ] {
        assert!(matches!(error, Some(Error::Usage(_))), "{error:?}");
    }
    assert!(server.seen().is_empty());
    for (base, token) in [("ftp://x", "t"), ("nowhere", "t"), ("http://x?y", "t"), ("http://x", "a\nb")] {
        assert!(matches!(Client::builder(base).session_token(token).build(), Err(Error::Usage(_))), "{base}");
    }
}

#[tokio::test]
async fn the_owners_words_travel_in_headers() {
    let server = Server::play(anything()).await;
    let client = Client::builder(&server.base).retry(RetryPolicy::never()).build().unwrap();
    let id = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";
    let message = SignIn {
        domain: "waiaas.local",
        address: "0x52908400098527886E0F7030069857D2E4169EE7",
        statement: &SignIn::approve(id),
        chain_id: 1,
        nonce: "n0",
        issued_at: "2026-01-02T03:04:05Z",
        expires_at: "2026-01-02T03:09:05Z",
    };
    let proof = OwnerProof { message: message.text(), signature: "0x00".to_owned(), address: None };
    let _ = client.transactions().approve(id.parse().unwrap(), &proof).await;
    let header = server.header("x-owner-message").remove(0).unwrap();
    assert!(
        header.contains("account:\\n0x52908400098527886E0F7030069857D2E4169EE7\\n\\nApprove transaction"),
        "{header}"
    );
    assert!(!header.contains('\r'), "{header}");
    assert_eq!(server.header("x-owner-signature"), [Some("0x00".to_owned())]);
    assert!(server.seen()[0].starts_with(&format!("POST /v1/transactions/{id}/approve ")));
}
