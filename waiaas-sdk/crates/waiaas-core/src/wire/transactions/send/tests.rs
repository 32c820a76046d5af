//! Good and bad bodies.

use super::*;
use crate::address::{Address, EvmAddress};
use crate::error::ErrorCode;
use crate::tx::Amount;
use serde_json::json;

const TO: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
const USDC: &str = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
const USDC_ID: &str = "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
const WALLET: &str = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";
const OTHER_WALLET: &str = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b2";

fn parse(json: &Value) -> Result<ParsedSend, Issues> {
    SendBody::parse(json, ChainKind::Ethereum)
}

fn address(text: &str) -> Address {
    Address::Evm(EvmAddress::parse(text).unwrap())
}

fn base(amount: u128) -> Amount {
    Amount::Base(BaseUnits::from_u128(amount))
}

/// The body is accepted and means `expect`.
fn good(json: Value, expect: &TxRequest) {
    assert_eq!(parse(&json).map(|parsed| parsed.request).as_ref(), Ok(expect), "{json}");
}

/// The body is refused with `code`, with faults at exactly these places.
fn bad(json: Value, code: ErrorCode, expect: &[&str]) {
    let issues = parse(&json).unwrap_err();
    let paths: Vec<String> = issues.as_slice().iter().map(crate::wire::Issue::path_string).collect();
    assert_eq!(
        (issues.error_code(), paths.iter().map(String::as_str).collect::<Vec<_>>()),
        (code, expect.to_vec()),
        "{json}"
    );
}

fn invalid(json: Value, expect: &[&str]) {
    bad(json, ErrorCode::ActionValidationFailed, expect);
}

#[test]
fn transfers() {
    let expect = TxRequest::Transfer { to: address(TO), amount: base(5), memo: None };
    good(json!({ "to": TO, "amount": "5" }), &expect);
    good(json!({ "type": "TRANSFER", "to": TO.to_lowercase(), "amount": "005" }), &expect);
    let expect = TxRequest::Transfer { to: address(TO), amount: Amount::Human("0.1".to_owned()), memo: None };
    good(json!({ "type": "TRANSFER", "to": TO, "amount": "0.1" }), &expect);
    good(json!({ "type": "TRANSFER", "to": TO, "humanAmount": "0.1" }), &expect);
    let expect = TxRequest::Transfer { to: address(TO), amount: base(0), memo: Some("é".to_owned()) };
    good(json!({ "type": "TRANSFER", "to": TO, "amount": "0", "memo": "é" }), &expect);
}

#[test]
fn only_a_decimal_point_changes_the_meaning_of_amount() {
    let read = |json: Value| parse(&json).unwrap().amount_read_as_human;
    assert!(read(json!({ "to": TO, "amount": "1.0" })));
    assert!(!read(json!({ "to": TO, "amount": "1" })));
    assert!(!read(json!({ "to": TO, "humanAmount": "1" })));
}

#[test]
fn the_envelope() {
    let parsed = parse(&json!({
        "to": TO, "amount": "1", "walletId": WALLET, "wallet_id": WALLET.to_uppercase(),
        "network": "eip155:1", "dryRun": true, "idempotencyKey": "k-1",
    }))
    .unwrap();
    assert_eq!(parsed.wallet_id, Some(WALLET.parse().unwrap()));
    assert_eq!(parsed.network, Some(Network::EthereumMainnet));
    assert_eq!((parsed.dry_run, parsed.idempotency_key.as_deref()), (true, Some("k-1")));
    assert_eq!(SendBody::wallet_id(&json!({ "wallet_id": WALLET })), Ok(Some(WALLET.parse().unwrap())));
    assert_eq!(SendBody::wallet_id(&json!({ "to": 5 })), Ok(None));
    assert!(SendBody::wallet_id(&json!({ "walletId": WALLET, "wallet_id": OTHER_WALLET })).is_err());
}

#[test]
fn a_broken_safeguard_is_never_ignored() {
    let with = |key: &str, value: Value| json!({ "to": TO, "amount": "1", key: value });
    invalid(with("dryRun", json!("true")), &["dryRun"]);
    invalid(with("dryRun", json!(1)), &["dryRun"]);
    invalid(with("dryRun", Value::Null), &["dryRun"]);
    invalid(with("dryrun", json!(true)), &["dryrun"]);
    invalid(with("dry_run", json!(true)), &["dry_run"]);
    invalid(with("wallet_id", json!("x")), &["wallet_id"]);
    invalid(json!({ "to": TO, "amount": "1", "walletId": WALLET, "wallet_id": OTHER_WALLET }), &["wallet_id"]);
    invalid(with("network", json!("mars")), &["network"]);
    invalid(with("network", Value::Null), &["network"]);
    invalid(with("gasCondition", json!({ "maxGasPrice": "1" })), &["gasCondition"]);
    invalid(with("actionProvider", json!("lifi")), &["actionProvider"]);
    invalid(with("idempotencyKey", json!("")), &["idempotencyKey"]);
    invalid(with("idempotencyKey", json!("k".repeat(256))), &["idempotencyKey"]);
    invalid(with("token", json!({})), &["token"]);
    invalid(with("constructor", json!(1)), &["constructor"]);
    invalid(json!([]), &[""]);
    invalid(json!("x"), &[""]);
}

#[test]
fn amounts() {
    let amount = |value: Value| json!({ "to": TO, "amount": value });
    for value in ["", "-1", "+1", "1e18", "1,000", "0x10", " 1", "1.", ".5", "1.5.7", "one", "١"] {
        invalid(amount(json!(value)), &["amount"]);
    }
    invalid(amount(json!(5)), &["amount"]);
    invalid(amount(json!(0.5)), &["amount"]);
    invalid(amount(Value::Null), &["amount"]);
    invalid(amount(json!(["5"])), &["amount"]);
    // 2^256 and one below it.
    let limit = "115792089237316195423570985008687907853269984665640564039457584007913129639936";
    let largest = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    invalid(amount(json!(limit)), &["amount"]);
    invalid(amount(json!("9".repeat(100_000))), &["amount"]);
    let expect = TxRequest::Transfer { to: address(TO), amount: Amount::Base(BaseUnits::MAX), memo: None };
    good(amount(json!(largest)), &expect);
    invalid(json!({ "to": TO }), &["amount"]);
    invalid(json!({ "to": TO, "amount": "1", "humanAmount": "1" }), &["humanAmount"]);
    invalid(json!({ "to": TO, "humanAmount": "1e3" }), &["humanAmount"]);
    invalid(json!({ "to": TO, "humanAmount": 1 }), &["humanAmount"]);
}

#[test]
fn addresses_have_a_code_of_their_own() {
    let check = |to: Value| bad(json!({ "to": to, "amount": "1" }), ErrorCode::InvalidAddress, &["to"]);
    check(json!(""));
    check(json!("0x12"));
    check(json!("vitalik.eth"));
    check(json!("0x0000000000000000000000000000000000000000"));
    check(json!("0x52908400098527886e0F7030069857D2E4169EE7"));
    check(json!("9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"));
    check(json!(format!(" {TO}")));
    invalid(json!({ "to": 5, "amount": "1" }), &["to"]);
    invalid(json!({ "amount": "1" }), &["to"]);
    invalid(json!({ "to": "0x12", "amount": "x" }), &["to", "amount"]);
}

#[test]
fn memos() {
    let memo = |value: Value| json!({ "to": TO, "amount": "1", "memo": value });
    invalid(memo(json!("é".repeat(129))), &["memo"]);
    invalid(memo(json!("a\u{0}b")), &["memo"]);
    invalid(memo(json!(5)), &["memo"]);
    assert!(parse(&memo(json!("x".repeat(256)))).is_ok());
}

#[test]
fn token_transfers() {
    let token = |token: Value| json!({ "type": "TOKEN_TRANSFER", "to": TO, "amount": "1", "token": token });
    let expect = |claimed_decimals| TxRequest::TokenTransfer {
        to: address(TO),
        token: crate::tx::TokenRef { address: address(USDC), claimed_decimals },
        amount: base(1),
    };
    good(token(json!({ "address": USDC, "decimals": 6, "symbol": "USDC" })), &expect(Some(6)));
    good(token(json!({ "address": USDC })), &expect(None));
    good(token(json!({ "assetId": USDC_ID })), &expect(None));
    good(token(json!({ "assetId": USDC_ID, "address": USDC.to_lowercase() })), &expect(None));
    assert_eq!(parse(&token(json!({ "assetId": USDC_ID }))).unwrap().network, Some(Network::EthereumMainnet));
    invalid(token(json!({})), &["token.address"]);
    invalid(token(json!("USDC")), &["token"]);
    invalid(token(json!({ "address": USDC, "decimals": 19 })), &["token.decimals"]);
    invalid(token(json!({ "address": USDC, "decimals": "6" })), &["token.decimals"]);
    invalid(token(json!({ "address": USDC, "symbol": "" })), &["token.symbol"]);
    invalid(token(json!({ "address": USDC, "tokenId": "1" })), &["token.tokenId"]);
    invalid(token(json!({ "assetId": USDC_ID, "address": TO })), &["token.address"]);
    invalid(token(json!({ "assetId": "eip155:1/slip44:60" })), &["token.assetId"]);
    invalid(token(json!({ "assetId": "eip155:1/erc721:0x1" })), &["token.assetId"]);
    invalid(token(json!({ "assetId": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/slip44:501" })), &["token.assetId"]);
    bad(token(json!({ "address": "0x1" })), ErrorCode::InvalidAddress, &["token.address"]);
    let elsewhere = json!({
        "type": "TOKEN_TRANSFER", "to": TO, "amount": "1", "token": { "assetId": USDC_ID }, "network": "base-mainnet",
    });
    invalid(elsewhere, &["network"]);
    invalid(json!({ "type": "TOKEN_TRANSFER", "to": TO, "amount": "1" }), &["token"]);
}

#[test]
fn contract_calls() {
    let call = |calldata: Value| json!({ "type": "CONTRACT_CALL", "to": TO, "calldata": calldata });
    let expect = |value: u128| TxRequest::ContractCall {
        to: address(TO),
        calldata: vec![0xde, 0xad, 0xbe, 0xef],
        value: BaseUnits::from_u128(value),
    };
    good(call(json!("0xDEADbeef")), &expect(0));
    good(json!({ "type": "CONTRACT_CALL", "to": TO, "calldata": "0xdeadbeef", "value": "7", "abi": [] }), &expect(7));
    for calldata in ["", "0x", "0xdeadbe", "deadbeef", "0xdeadbeef0", "0xdeadbeeg"] {
        invalid(call(json!(calldata)), &["calldata"]);
    }
    invalid(json!({ "type": "CONTRACT_CALL", "to": TO }), &["calldata"]);
    invalid(json!({ "type": "CONTRACT_CALL", "to": TO, "calldata": "0xdeadbeef", "value": "0.1" }), &["value"]);
    invalid(json!({ "type": "CONTRACT_CALL", "to": TO, "calldata": "0xdeadbeef", "amount": "1" }), &["amount"]);
    invalid(json!({ "type": "CONTRACT_CALL", "to": TO, "calldata": "0xdeadbeef", "programId": "x" }), &["programId"]);
    invalid(json!({ "type": "CONTRACT_CALL", "to": TO, "calldata": "0xdeadbeef", "abi": {} }), &["abi"]);
}

#[test]
fn approvals() {
    let token = json!({ "address": USDC, "decimals": 6, "symbol": "USDC" });
    let expect = TxRequest::Approve {
        spender: address(TO),
        token: crate::tx::TokenRef { address: address(USDC), claimed_decimals: Some(6) },
        amount: Amount::Human("1.5".to_owned()),
    };
    good(json!({ "type": "APPROVE", "spender": TO, "token": token, "amount": "1.5" }), &expect);
    invalid(
        json!({
            "type": "APPROVE", "spender": TO, "token": token, "amount": "0",
            "nft": { "tokenId": "1", "standard": "ERC-721" },
        }),
        &["nft"],
    );
    invalid(json!({ "type": "APPROVE", "token": token, "amount": "1" }), &["spender"]);
    let zero = "0x0000000000000000000000000000000000000000";
    bad(
        json!({ "type": "APPROVE", "spender": zero, "token": token, "amount": "1" }),
        ErrorCode::InvalidAddress,
        &["spender"],
    );
}

#[test]
fn types_of_later_builds_say_so() {
    for name in NOT_YET {
        bad(json!({ "type": name, "whatever": 1 }), ErrorCode::UnsupportedTxType, &["type"]);
    }
    for value in [json!("transfer"), json!(""), json!(5), Value::Null] {
        invalid(json!({ "type": value, "to": TO, "amount": "1" }), &["type"]);
    }
}

#[test]
fn other_chains_are_told_apart_from_bad_addresses() {
    for (chain, address) in [
        (ChainKind::Solana, "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"),
        (ChainKind::Solana, "nonsense"),
        (ChainKind::Ripple, "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"),
    ] {
        for json in [
            json!({ "to": address, "amount": "1" }),
            json!({ "type": "APPROVE", "spender": address, "token": { "address": address }, "amount": "1" }),
        ] {
            let issues = SendBody::parse(&json, chain).unwrap_err();
            assert!(issues.as_slice().iter().all(|issue| issue.code == IssueCode::NotSupported), "{issues:?}");
        }
    }
}
