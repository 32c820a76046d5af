use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers one request with `status` and `body`, and hands back what it was asked.
async fn answering(status: u16, body: &'static str) -> (Url, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let asked = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = socket.read(&mut request).await.unwrap();
        request.truncate(length);
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             location: http://127.0.0.1:1/\r\nconnection: close\r\n\r\n{body}"
        );
        socket.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (url, asked)
}

async fn refused(status: u16, body: &'static str) -> Failure {
    let (url, _) = answering(status, body).await;
    Client::new(url, None).unwrap().get("/v1/wallets").await.unwrap_err()
}

#[tokio::test]
async fn refusals_map_to_exit_codes() {
    for (status, body, expect) in [
        (401, r#"{"code":"INVALID_MASTER_PASSWORD","domain":"AUTH"}"#, Exit::Unauthenticated),
        (429, r#"{"code":"MASTER_PASSWORD_LOCKED","domain":"AUTH"}"#, Exit::Unauthenticated),
        (429, r#"{"code":"RATE_LIMITED","domain":"SYSTEM"}"#, Exit::Failed),
        (429, r#"{"code":"RATE_LIMIT_EXCEEDED","domain":"POLICY"}"#, Exit::PolicyDenied),
        (403, r#"{"code":"POLICY_DENIED","domain":"POLICY"}"#, Exit::PolicyDenied),
        (403, r#"{"error":{"code":"TOKEN_NOT_ALLOWED","domain":"TX"}}"#, Exit::PolicyDenied),
        (403, r#"{"code":"SESSION_LIMIT_EXCEEDED","domain":"SESSION"}"#, Exit::Failed),
        (404, r#"{"code":"WALLET_NOT_FOUND","domain":"WALLET"}"#, Exit::NotFound),
        (409, r#"{"code":"INVALID_STATE_TRANSITION","domain":"WALLET"}"#, Exit::Conflict),
        (410, r#"{"code":"WALLET_TERMINATED","domain":"WALLET"}"#, Exit::Conflict),
        (400, r#"{"code":"ACTION_VALIDATION_FAILED","domain":"ACTION"}"#, Exit::Failed),
        (503, "not even JSON", Exit::Failed),
    ] {
        assert_eq!(refused(status, body).await.exit, expect, "{status} {body}");
    }
}

#[tokio::test]
async fn the_services_words_reach_the_person() {
    let failure = refused(
        400,
        r#"{"code":"ACTION_VALIDATION_FAILED","message":"Validation error","hint":"see /doc","requestId":"r-7",
            "details":{"issues":[{"path":["rules","tokens",0,"address"],"message":"required"},{"path":"a.b","message":"no"}]},
            "error":{"code":"ACTION_VALIDATION_FAILED"}}"#,
    )
    .await;
    assert_eq!(
        failure.to_text(),
        "error: Validation error [ACTION_VALIDATION_FAILED]\n  rules.tokens.0.address: required\n  a.b: no\n\
         hint: see /doc\nrequest id: r-7\n"
    );
    assert_eq!(refused(502, "<html>").await.message, "the service answered HTTP 502 Bad Gateway");
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    // Bound and dropped: the port was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = Client::new(Url::parse(&format!("http://{address}")).unwrap(), None).unwrap();
    let failure = client.get("/health").await.unwrap_err();
    assert_eq!(failure.exit, Exit::Unreachable);
    assert!(failure.message.starts_with("no service answers at http://127.0.0.1:"), "{}", failure.message);
}

#[tokio::test]
async fn the_password_travels_in_its_header_and_follows_no_redirect() {
    let (url, asked) = answering(200, r#"{"items":[]}"#).await;
    let client = Client::new(url, Some(&MasterPassword::from("correct horse"))).unwrap();
    assert!(array(&client.get("/v1/wallets").await.unwrap(), "items").unwrap().is_empty());
    let request = asked.await.unwrap();
    assert!(request.starts_with("GET /v1/wallets HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("x-master-password: correct horse\r\n"), "{request}");
    assert!(!format!("{client:?}").contains("horse"));

    assert_eq!(refused(307, "").await.exit, Exit::Failed);
}

#[tokio::test]
async fn an_answer_of_another_program_is_named_as_such() {
    let (url, _) = answering(200, "<html>").await;
    let failure = Client::new(url, None).unwrap().get("/health").await.unwrap_err();
    assert_eq!(failure.hint.as_deref(), Some("check --base-url"));
    assert!(array(&Value::Null, "items").is_err());
    assert!(text(&Value::Null, "id").is_err());
}
