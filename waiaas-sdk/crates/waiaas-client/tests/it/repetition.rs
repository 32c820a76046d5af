//! What is done again after a failure, and what is not.

use crate::script::{Act, Server, refusal};
use std::time::Duration;
use waiaas_client::{Client, Error, RetryPolicy, Send};
use waiaas_core::wire::wallets::WalletSuspendRequest;

const WALLET: &str = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";

fn sent() -> String {
    format!(r#"{{"id": "{WALLET}", "status": "PENDING", "tier": "INSTANT"}}"#)
}

fn client(server: &Server) -> Client {
    let pause = Duration::from_millis(1);
    let retry = RetryPolicy { attempts: 3, first_pause: pause, longest_pause: Duration::from_millis(50) };
    let builder = Client::builder(&server.base).session_token("wai_sess_t").master_password("p");
    builder.retry(retry).timeout(Duration::from_millis(400)).build().unwrap()
}

fn transfer() -> Send {
    Send::transfer("0x52908400098527886E0F7030069857D2E4169EE7", "1")
}

#[tokio::test]
async fn a_payment_whose_answer_is_lost_is_asked_for_again_with_the_same_key() {
    let server = Server::play(vec![Act::HangUp, Act::Silence, Act::Answer(201, "", sent())]).await;
    client(&server).transactions().send(&transfer()).await.unwrap();
    let keys = server.header("idempotency-key");
    assert_eq!(keys.len(), 3);
    assert!(keys[0].as_ref().is_some_and(|key| key.len() == 36), "{keys:?}");
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
}

#[tokio::test]
async fn every_payment_has_a_key_of_its_own_and_the_callers_key_is_used() {
    let server = Server::play(vec![Act::Answer(201, "", sent()); 3]).await;
    let client = client(&server);
    for request in [transfer(), transfer(), transfer().once("mine")] {
        client.transactions().send(&request).await.unwrap();
    }
    let keys = server.header("idempotency-key");
    assert_ne!(keys[0], keys[1]);
    assert_eq!(keys[2].as_deref(), Some("mine"));
    // In the header alone: in the body it would be part of what is compared.
    assert!(server.seen().iter().all(|request| !request.contains("idempotencyKey")));
    let bad = client.transactions().send(&transfer().once("two words")).await;
    assert!(matches!(bad, Err(Error::Usage(_))), "{bad:?}");
}

#[tokio::test]
async fn a_payment_that_is_still_being_worked_on_is_waited_for() {
    let busy = Act::Answer(409, "retry-after: 0\r\n", refusal("IDEMPOTENCY_CONFLICT", "TX", false));
    let server = Server::play(vec![busy.clone(), Act::Answer(201, "", sent())]).await;
    client(&server).transactions().send(&transfer()).await.unwrap();
    assert_eq!(server.seen().len(), 2);
    // Without a time it is another request under the same key, and that does not pass.
    let conflict = Act::Answer(409, "", refusal("IDEMPOTENCY_CONFLICT", "TX", false));
    let server = Server::play(vec![conflict]).await;
    let error = client(&server).transactions().send(&transfer()).await.unwrap_err();
    assert!(matches!(error, Error::Transaction(_)), "{error:?}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_must_not_be_done_twice_is_not() {
    let wallet = WALLET.parse().unwrap();
    let server = Server::play(vec![Act::HangUp, Act::HangUp]).await;
    let request = WalletSuspendRequest { reason: "x".to_owned() };
    let error = client(&server).wallets().suspend(wallet, &request).await.unwrap_err();
    assert!(matches!(error, Error::Lost { .. }), "{error:?}");
    assert_eq!(server.seen().len(), 1);
    // A proxy's word says nothing about how far the call came.
    let server = Server::play(vec![Act::Answer(502, "", "<html>".to_owned()); 2]).await;
    let error = client(&server).wallets().suspend(wallet, &request).await.unwrap_err();
    assert!(matches!(error, Error::Foreign { status: 502, .. }), "{error:?}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn reads_are_repeated_until_the_policy_ends() {
    let server = Server::play(vec![Act::HangUp; 4]).await;
    let error = client(&server).wallets().list().await.unwrap_err();
    assert!(matches!(error, Error::Lost { .. }), "{error:?}");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn the_server_says_whether_and_when_to_come_back() {
    let limited = |after| Act::Answer(429, after, refusal("RATE_LIMIT_EXCEEDED", "POLICY", true));
    let list = || Act::Answer(200, "", r#"{"items": []}"#.to_owned());
    let server = Server::play(vec![limited("retry-after: 0\r\n"), list()]).await;
    let _ = client(&server).wallets().list().await;
    assert_eq!(server.seen().len(), 2);
    // An hour is more patience than the client has.
    let server = Server::play(vec![limited("retry-after: 3600\r\n"), list()]).await;
    let error = client(&server).wallets().list().await.unwrap_err();
    let refusal = error.refusal().unwrap();
    assert_eq!((refusal.status, refusal.retry_after), (429, Some(Duration::from_secs(3_600))));
    assert_eq!(server.seen().len(), 1);
    let denied = Act::Answer(403, "", self::refusal("POLICY_DENIED", "POLICY", false));
    let server = Server::play(vec![denied]).await;
    assert!(matches!(client(&server).transactions().send(&transfer()).await, Err(Error::Policy(_))));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn nobody_there_is_told_apart() {
    let server = Server::play(Vec::new()).await;
    let gone = Client::builder("http://127.0.0.1:1").session_token("t").retry(RetryPolicy::never()).build().unwrap();
    let error = gone.transactions().send(&transfer()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    drop(server);
}
