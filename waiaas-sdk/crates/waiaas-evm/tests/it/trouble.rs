//! Nodes that fail, lie or go silent.

use crate::anvil::{Anvil, NETWORK};
use crate::gateway::{Act, Gateway};
use crate::key::{Key, settled};
use std::error::Error;
use std::time::{Duration, Instant};
use waiaas_core::chain::Network;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;
use waiaas_engine::ports::chain::{ChainError, ChainReader, ChainWriter, SubmitError};
use waiaas_evm::{EvmAdapter, EvmOptions, SetupError};

const SEND: &str = "eth_sendRawTransaction";

fn payment() -> Tx {
    Tx::Transfer { to: Key::repeated(0x51).address(), amount: BaseUnits::from_u128(5), memo: None }
}

/// The whole chain of an error, as a log prints it.
fn printed(error: &dyn Error) -> String {
    let mut text = format!("{error:?} {error}");
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(&format!(" {inner:?} {inner}"));
        source = inner.source();
    }
    text
}

#[tokio::test]
async fn a_node_of_another_chain_gets_nothing() {
    let anvil = Anvil::start().await;
    let gateway = Gateway::before(anvil.url(), |_, _| Act::Pass).await;
    let wrong = EvmAdapter::new(Network::BaseMainnet, gateway.url(), EvmOptions::default()).unwrap();
    let signed = Key::test().prepared(&anvil.adapter(), &payment()).await;
    for _ in 0..2 {
        match wrong.draft(&Key::test().address(), &payment()).await.unwrap_err() {
            ChainError::WrongChain { network: Network::BaseMainnet, expected: 8453, actual: 11_155_111 } => {}
            other => panic!("{other:?}"),
        }
        // Unknown and not refused: an earlier attempt may have reached a right node.
        assert!(matches!(wrong.broadcast(&signed).await, Err(SubmitError::Unknown(_))));
    }
    assert!(matches!(wrong.native_balance(&Key::test().address()).await, Err(ChainError::WrongChain { .. })));
    assert_eq!(gateway.count("eth_chainId"), gateway.total());
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_the_payment_unknown_and_made_once() {
    let anvil = Anvil::start().await;
    let lose_first = |method: &str, before| if method == SEND && before == 0 { Act::LoseAnswer } else { Act::Pass };
    let gateway = Gateway::before(anvil.url(), lose_first).await;
    let adapter = gateway.adapter();
    let signed = Key::test().prepared(&adapter, &payment()).await;
    assert!(matches!(adapter.broadcast(&signed).await, Err(SubmitError::Unknown(_))));
    assert_eq!(gateway.count(SEND), 1);
    assert!(settled(&adapter, &signed).await.success);
    adapter.broadcast(&signed).await.unwrap();
    let received = adapter.native_balance(&Key::repeated(0x51).address()).await.unwrap();
    assert_eq!(received, BaseUnits::from_u128(5));
}

#[tokio::test]
async fn answers_that_prove_nothing_are_unknown_and_nothing_is_sent_twice() {
    let error = |code: i64, message: &str| {
        Act::Answer(200, format!(r#"{{"jsonrpc":"2.0","id":1,"error":{{"code":{code},"message":"{message}"}}}}"#))
    };
    for act in [
        Act::Answer(429, "slow down".to_owned()),
        Act::Answer(502, "<html>bad gateway</html>".to_owned()),
        Act::Answer(503, r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}"#.to_owned()),
        Act::Answer(403, "forbidden".to_owned()),
        Act::Answer(307, String::new()),
        Act::Answer(200, "<html>welcome</html>".to_owned()),
        Act::Answer(200, r#"{"jsonrpc":"2.0","id":1}"#.to_owned()),
        Act::Answer(200, r#"{"jsonrpc":"2.0","id":1,"result":null}"#.to_owned()),
        Act::Answer(200, format!(r#"{{"jsonrpc":"2.0","id":1,"result":"0x{:064x}"}}"#, 1)),
        error(-32005, "limit exceeded"),
        error(-32000, "upstream timed out"),
        error(-32000, "words that no node has said before"),
        error(1_000, "what"),
        Act::Hang,
    ] {
        let plan = {
            let act = act.clone();
            move |method: &str, _| if method == SEND { act.clone() } else { Act::Pass }
        };
        let anvil = Anvil::start().await;
        let gateway = Gateway::before(anvil.url(), plan).await;
        let options = EvmOptions { timeout: Duration::from_secs(2), ..EvmOptions::default() };
        let adapter = EvmAdapter::new(NETWORK, gateway.url(), options).unwrap();
        let signed = Key::test().prepared(&adapter, &payment()).await;
        let outcome = adapter.broadcast(&signed).await;
        assert!(matches!(outcome, Err(SubmitError::Unknown(_))), "{act:?}: {outcome:?}");
        assert_eq!(gateway.count(SEND), 1, "{act:?}");
    }
}

#[tokio::test]
async fn a_refusal_by_a_node_that_has_the_transaction_is_a_success() {
    let anvil = Anvil::start().await;
    let refuse_second = |method: &str, before| match (method, before) {
        (SEND, 1) => {
            let body = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"insufficient funds"}}"#;
            Act::Answer(400, body.to_owned())
        }
        _ => Act::Pass,
    };
    let gateway = Gateway::before(anvil.url(), refuse_second).await;
    let adapter = gateway.adapter();
    let signed = Key::test().send(&adapter, &payment()).await;
    assert!(settled(&adapter, &signed).await.success);
    adapter.broadcast(&signed).await.unwrap();
    assert_eq!(gateway.count(SEND), 2);
}

#[tokio::test]
async fn reads_are_repeated_a_few_times() {
    let anvil = Anvil::start().await;
    let busy = |failures| {
        move |method: &str, before| match method {
            "eth_getBalance" if before < failures => Act::Answer(503, String::new()),
            _ => Act::Pass,
        }
    };
    let flaky = Gateway::before(anvil.url(), busy(2)).await;
    assert!(flaky.adapter().native_balance(&Key::test().address()).await.is_ok());
    assert_eq!(flaky.count("eth_getBalance"), 3);

    let broken = Gateway::before(anvil.url(), busy(usize::MAX)).await;
    let outcome = broken.adapter().native_balance(&Key::test().address()).await;
    assert!(matches!(outcome, Err(ChainError::Unreachable { .. })));
    assert_eq!(broken.count("eth_getBalance"), 3);
}

#[tokio::test]
async fn a_silent_node_is_given_up_once_for_all_who_wait() {
    let gateway = Gateway::before("http://127.0.0.1:1", |_, _| Act::Hang).await;
    let options = EvmOptions { timeout: Duration::from_millis(200), ..EvmOptions::default() };
    let adapter = EvmAdapter::new(NETWORK, gateway.url(), options).unwrap();
    let started = Instant::now();
    let owner = Key::test().address();
    let outcomes = futures_util::future::join_all((0..50).map(|_| adapter.native_balance(&owner))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(ChainError::Unreachable { .. }))));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn an_unreachable_node_is_told_without_its_credentials() {
    // Bound and closed again: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let endpoint = format!("http://user:pass-word@127.0.0.1:{port}/v3/0123456789abcdef?key=fedcba9876543210");
    let adapter = EvmAdapter::new(NETWORK, &endpoint, EvmOptions::default()).unwrap();
    let error = adapter.draft(&Key::test().address(), &payment()).await.unwrap_err();
    assert!(matches!(error, ChainError::Unreachable { network: NETWORK, .. }));
    let text = printed(&error) + &format!("{adapter:?}");
    assert!(text.contains(&format!("`http://127.0.0.1:{port}` was not reached: connection refused")), "{text}");
    for secret in ["pass-word", "0123456789abcdef", "fedcba9876543210", "v3"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_key_that_the_node_repeats_is_struck_out() {
    let body = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"project 0123456789abcdef is over"}}"#;
    let gateway = Gateway::before("http://127.0.0.1:1", |_, _| Act::Answer(401, body.to_owned())).await;
    let endpoint = format!("{}/v3/0123456789abcdef", gateway.url());
    let adapter = EvmAdapter::new(NETWORK, &endpoint, EvmOptions::default()).unwrap();
    let text = printed(&adapter.native_balance(&Key::test().address()).await.unwrap_err());
    assert!(text.contains("project *** is over"), "{text}");
}

#[tokio::test]
async fn many_drafts_share_the_fee_figures() {
    let anvil = Anvil::start().await;
    let gateway = Gateway::before(anvil.url(), |_, _| Act::Pass).await;
    let adapter = gateway.adapter();
    let (owner, tx) = (Key::test().address(), payment());
    let drafts = futures_util::future::join_all((0..500).map(|_| adapter.draft(&owner, &tx))).await;
    assert!(drafts.iter().all(Result::is_ok));
    assert_eq!(gateway.count("eth_chainId"), 1);
    // The balance and the simulation of each draft, and a fee reading every 1.5 s at most.
    assert_eq!(gateway.count("eth_estimateGas"), 500);
    assert!(gateway.count("eth_getBlockByNumber") <= 10);
    assert!(gateway.total() <= 1_000 + 1 + 20, "{}", gateway.total());
}

#[test]
fn only_evm_networks_and_proper_addresses() {
    let new = |network, endpoint| EvmAdapter::new(network, endpoint, EvmOptions::default()).map(drop);
    assert_eq!(new(Network::SolanaDevnet, "http://localhost"), Err(SetupError::NotEvm(Network::SolanaDevnet)));
    assert!(matches!(new(NETWORK, "localhost:8545"), Err(SetupError::Endpoint { .. })));
    assert!(new(NETWORK, "http://localhost:8545").is_ok());
}
