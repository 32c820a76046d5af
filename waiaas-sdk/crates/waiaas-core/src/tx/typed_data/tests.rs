//! Typed data and what it is taken for.

use super::*;
use serde_json::json;

const NETWORK: Network = Network::EthereumMainnet;
const WALLET: &str = "0x9999999999999999999999999999999999999999";
const SPENDER: &str = "0xdef1c0ded9bec7f1a1670819833240f027b25eff";
const USDC: &str = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
const DAI: &str = "0x6B175474E89094C44Da98b954EedeAC495271d0F";
const PERMIT2: &str = "0x000000000022D473030F116dDEE9F6B43aC78BA3";
const MAX: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
const MAX_160: &str = "1461501637330902918203684832716283019655932542975";
const NONCE: &str = "0x1111111111111111111111111111111111111111111111111111111111111111";

fn address(text: &str) -> EvmAddress {
    EvmAddress::parse(text).unwrap()
}

fn approval(token: &str, amount: &str) -> Operation {
    let asset = AssetId::token(NETWORK, &Address::Evm(address(token))).unwrap();
    let (spender, amount) = (Address::Evm(address(SPENDER)), BaseUnits::parse_digits(amount).unwrap());
    Operation::Approval { asset, spender, amount, collection: false }
}

fn transfer(token: &str, amount: &str) -> Operation {
    let asset = AssetId::token(NETWORK, &Address::Evm(address(token))).unwrap();
    let (to, amount) = (Address::Evm(address(SPENDER)), BaseUnits::parse_digits(amount).unwrap());
    Operation::TokenTransfer { asset, to, amount }
}

fn call(contract: &str) -> Operation {
    Operation::ContractCall { contract: Address::Evm(address(contract)), head: CallHead::default() }
}

/// Fields as `"type name, type name"`.
fn fields(text: &str) -> Value {
    let field = |field: &str| {
        let (kind, name) = field.trim().split_once(' ').unwrap();
        json!({"name": name, "type": kind})
    };
    text.split(',').map(field).collect()
}

fn typed(primary_type: &str, contract: &str, types: &[(&str, &str)], message: Value) -> Value {
    let types: Map<String, Value> = types.iter().map(|(name, text)| ((*name).to_owned(), fields(text))).collect();
    json!({
        "types": types, "primaryType": primary_type, "message": message,
        "domain": {"name": "x", "chainId": 1, "verifyingContract": contract},
    })
}

const PERMIT: &str = "address owner, address spender, uint256 value, uint256 nonce, uint256 deadline";
const DETAILS: (&str, &str) = ("PermitDetails", "address token, uint160 amount, uint48 expiration, uint48 nonce");
const PERMISSIONS: (&str, &str) = ("TokenPermissions", "address token, uint256 amount");
const AUTHORIZATION: &str =
    "address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce";

fn permit() -> Value {
    let message = json!({"owner": WALLET, "spender": SPENDER, "value": "5", "nonce": 0, "deadline": "0xffffffff"});
    typed("Permit", USDC, &[("Permit", PERMIT)], message)
}

fn dai(allowed: bool) -> Value {
    let layout = "address holder, address spender, uint256 nonce, uint256 expiry, bool allowed";
    let message = json!({"holder": WALLET, "spender": SPENDER, "nonce": "0", "expiry": 0, "allowed": allowed});
    typed("Permit", DAI, &[("Permit", layout)], message)
}

fn allowance(amounts: &[&str], batch: bool) -> Value {
    let detail = |amount: &&str| json!({"token": USDC, "amount": amount, "expiration": "281474976710655", "nonce": 0});
    let details: Vec<Value> = amounts.iter().map(detail).collect();
    let (name, layout) = match batch {
        true => ("PermitBatch", "PermitDetails[] details, address spender, uint256 sigDeadline"),
        false => ("PermitSingle", "PermitDetails details, address spender, uint256 sigDeadline"),
    };
    let details = if batch { Value::from(details) } else { details[0].clone() };
    typed(
        name,
        PERMIT2,
        &[(name, layout), DETAILS],
        json!({"details": details, "spender": SPENDER, "sigDeadline": "1"}),
    )
}

fn signature_transfer(name: &str, amounts: &[&str]) -> Value {
    let permission = |amount: &&str| json!({"token": USDC, "amount": amount});
    let permitted: Vec<Value> = amounts.iter().map(permission).collect();
    let batch = name.contains("Batch");
    let mut layout = format!("TokenPermissions{} permitted", if batch { "[]" } else { "" });
    layout += ", address spender, uint256 nonce, uint256 deadline";
    let permitted = if batch { Value::from(permitted) } else { permitted[0].clone() };
    let mut message = json!({"permitted": permitted, "spender": SPENDER, "nonce": "1", "deadline": "1"});
    if name.contains("Witness") {
        layout += ", Order witness";
        message["witness"] = json!({"x": "1"});
    }
    typed(name, PERMIT2, &[(name, &layout), PERMISSIONS, ("Order", "uint256 x")], message)
}

fn authorization(name: &str) -> Value {
    let message = json!({
        "from": WALLET, "to": SPENDER, "value": "1000000", "validAfter": "0", "validBefore": "1", "nonce": NONCE,
    });
    typed(name, USDC, &[(name, AUTHORIZATION)], message)
}

fn order() -> Value {
    typed("Order", SPENDER, &[("Order", "uint256 x")], json!({"x": "1"}))
}

fn read(typed_data: &Value) -> Result<Effects, TypedDataError> {
    effects(typed_data, NETWORK, address(WALLET))
}

/// The error as text.
fn refused(typed_data: &Value) -> String {
    read(typed_data).map(|effects| format!("{effects:?}")).unwrap_err().to_string()
}

#[test]
fn permits_are_approvals() {
    let unlimited = BaseUnits::MAX.to_string();
    for (given, expect) in [
        (permit(), vec![approval(USDC, "5")]),
        (dai(true), vec![approval(DAI, &unlimited)]),
        (dai(false), vec![approval(DAI, "0")]),
        (allowance(&["7"], false), vec![approval(USDC, "7")]),
        (allowance(&[MAX_160], false), vec![approval(USDC, &unlimited)]),
        (allowance(&["0xffffffffffffffffffffffffffffffffffffffff"], false), vec![approval(USDC, &unlimited)]),
        (allowance(&["7", "8"], true), vec![approval(USDC, "7"), approval(USDC, "8")]),
        (signature_transfer("PermitTransferFrom", &["7"]), vec![approval(USDC, "7")]),
        (signature_transfer("PermitTransferFrom", &[MAX]), vec![approval(USDC, &unlimited)]),
        (signature_transfer("PermitBatchTransferFrom", &["7", "9"]), vec![approval(USDC, "7"), approval(USDC, "9")]),
        (signature_transfer("PermitWitnessTransferFrom", &["7"]), vec![approval(USDC, "7")]),
        (signature_transfer("PermitBatchWitnessTransferFrom", &["7"]), vec![approval(USDC, "7")]),
    ] {
        let effects = read(&given).unwrap();
        assert_eq!(effects.operations, expect, "{given}");
        assert_eq!((effects.tx_type, effects.channel), (TxType::Approve, Channel::Sign));
        assert_eq!(effects.floor, Tier::Instant);
    }
}

#[test]
fn authorisations_are_transfers() {
    for name in ["TransferWithAuthorization", "ReceiveWithAuthorization"] {
        let effects = read(&authorization(name)).unwrap();
        assert_eq!(effects.operations, [transfer(USDC, "1000000")]);
        assert_eq!((effects.tx_type, effects.channel), (TxType::TokenTransfer, Channel::Sign));
    }
}

#[test]
fn anything_else_is_a_call_or_a_message_that_somebody_hears_of() {
    let effects = read(&order()).unwrap();
    assert_eq!(effects.operations, [call(SPENDER)]);
    assert_eq!((effects.channel, effects.floor), (Channel::Sign, Tier::Notify));
    for domain in [json!({"name": "x"}), json!({"name": "x", "chainId": "0x1"}), json!({})] {
        let mut free = order();
        free["domain"] = domain;
        let effects = read(&free).unwrap();
        assert_eq!((effects.operations.len(), effects.channel, effects.floor), (0, Channel::Message, Tier::Notify));
    }
}

#[test]
fn what_looks_otherwise_than_it_is_called_is_refused() {
    let other = |given: Value, name: &str, layout: &str| {
        let mut given = given;
        given["types"][name] = fields(layout);
        refused(&given)
    };
    for message in [
        other(permit(), "Permit", "address owner, address spender, uint256 value, uint256 nonce"),
        other(permit(), "Permit", &format!("{PERMIT}, uint256 more")),
        other(permit(), "Permit", &PERMIT.replace("uint256 value", "uint128 value")),
        other(permit(), "Permit", &PERMIT.replace("uint256 value", "int256 value")),
        other(permit(), "Permit", "address spender, address owner, uint256 value, uint256 nonce, uint256 deadline"),
        other(permit(), "Permit", "address spender, uint256 tokenId, uint256 nonce, uint256 deadline"),
        other(
            allowance(&["7"], false),
            "PermitDetails",
            "address token, uint256 amount, uint48 expiration, uint48 nonce",
        ),
        other(allowance(&["7"], true), "PermitBatch", "PermitDetails details, address spender, uint256 sigDeadline"),
        other(authorization("TransferWithAuthorization"), "TransferWithAuthorization", "address to, uint256 value"),
        other(
            signature_transfer("PermitTransferFrom", &["7"]),
            "PermitTransferFrom",
            "TokenPermissions permitted, address spender, uint256 nonce, uint256 deadline, Order witness",
        ),
        other(
            signature_transfer("PermitWitnessTransferFrom", &["7"]),
            "PermitWitnessTransferFrom",
            "TokenPermissions permitted, address spender, uint256 nonce, uint256 deadline",
        ),
        refused(&typed("PermitWitnessOther", PERMIT2, &[("PermitWitnessOther", "uint256 x")], json!({"x": 1}))),
    ] {
        assert!(message.contains("has other fields than"), "{message}");
    }
    let mut missing = allowance(&["7"], false);
    missing["types"].as_object_mut().unwrap().remove("PermitDetails");
    assert!(refused(&missing).contains("has other fields than"));
}

#[test]
fn values_are_exact_or_refused() {
    let with = |path: &str, value: Value| {
        let mut given = permit();
        *given.pointer_mut(path).unwrap() = value;
        given
    };
    for (value, expect) in [
        (json!("0x0a"), "10"),
        (json!("0xA"), "10"),
        (json!(10), "10"),
        (json!(u64::MAX), "18446744073709551615"),
        (json!(MAX), MAX),
        (json!(format!("0x{}", "f".repeat(64))), MAX),
    ] {
        assert_eq!(read(&with("/message/value", value)).unwrap().operations, [approval(USDC, expect)]);
    }
    for (path, value) in [
        ("/message/value", json!(10.0)),
        ("/message/value", json!(1e30)),
        ("/message/value", json!(-1)),
        ("/message/value", json!("-1")),
        ("/message/value", json!("1e3")),
        ("/message/value", json!("1.0")),
        ("/message/value", json!("")),
        ("/message/value", json!("0x")),
        ("/message/value", json!("0xg")),
        ("/message/value", json!("0X1")),
        ("/message/value", json!(" 1")),
        ("/message/value", json!(format!("{MAX}0"))),
        ("/message/value", json!(format!("0x1{}", "0".repeat(64)))),
        ("/message/value", json!(null)),
        ("/message/value", json!(true)),
        ("/message/deadline", json!("soon")),
        ("/message/spender", json!("0xdef1")),
        ("/message/spender", json!("0xDef1c0ded9bec7f1a1670819833240f027b25eff")),
        ("/message/spender", json!(5)),
        ("/domain/verifyingContract", json!("")),
        ("/domain/chainId", json!("one")),
        ("/domain/name", json!(5)),
        ("/message", json!([])),
        ("/domain", json!(null)),
        ("/primaryType", json!(5)),
        ("/primaryType", json!("Missing")),
        ("/types", json!(null)),
        ("/types/Permit", json!({})),
    ] {
        assert!(matches!(read(&with(path, value.clone())), Err(TypedDataError::Malformed { .. })), "{path} {value}");
    }
    for (path, value) in
        [("/details/amount", json!(format!("{MAX_160}0"))), ("/details/nonce", json!("281474976710656"))]
    {
        let mut given = allowance(&["7"], false);
        *given["message"].pointer_mut(path).unwrap() = value;
        assert!(refused(&given).contains("bits"), "{given}");
    }
    let mut given = dai(true);
    given["message"]["allowed"] = json!(1);
    assert!(refused(&given).contains("message.allowed"));
}

#[test]
fn parts_that_are_missing_or_too_many_are_refused() {
    for path in
        ["/message/owner", "/message/spender", "/message/value", "/message/deadline", "/domain/verifyingContract"]
    {
        let (parent, key) = path.rsplit_once('/').unwrap();
        let mut given = permit();
        given.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
        assert!(read(&given).is_err(), "{path}");
    }
    for path in ["", "/message", "/domain"] {
        let mut given = permit();
        given.pointer_mut(path).unwrap()["more"] = json!("1");
        assert!(refused(&given).contains("nothing of that name"), "{path}");
    }
    let mut empty = allowance(&["7"], true);
    empty["message"]["details"] = json!([]);
    assert!(refused(&empty).contains("at least one"));
    let mut single = allowance(&["7"], false);
    single["message"]["details"] = json!([single["message"]["details"]]);
    assert!(refused(&single).contains("message.details"));
}

#[test]
fn the_signature_must_be_for_this_chain_and_this_wallet() {
    for chain_id in [json!(2), json!("137"), json!("0x2")] {
        for mut given in [permit(), order()] {
            given["domain"]["chainId"] = chain_id.clone();
            assert_eq!(read(&given), Err(TypedDataError::WrongChain { network: NETWORK }));
            given["domain"].as_object_mut().unwrap().remove("chainId");
            assert_eq!(read(&given), Err(TypedDataError::WrongChain { network: NETWORK }));
        }
    }
    let mut elsewhere = order();
    elsewhere["domain"] = json!({"chainId": 5});
    assert_eq!(read(&elsewhere), Err(TypedDataError::WrongChain { network: NETWORK }));
    assert!(effects(&permit(), Network::SolanaMainnet, address(WALLET)).is_err());
    for (given, path) in
        [(permit(), "owner"), (dai(true), "holder"), (authorization("ReceiveWithAuthorization"), "from")]
    {
        let mut given = given;
        given["message"][path] = json!(SPENDER);
        assert_eq!(read(&given), Err(TypedDataError::NotTheWallets { path: format!("message.{path}") }));
    }
}

/// The text that is hashed is made of the names. Each of these would be hashed like something else than it is judged as.
#[test]
fn names_cannot_forge_another_struct() {
    let forged = "PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)PermitDetails";
    let message = json!({"token": USDC, "amount": MAX_160, "expiration": 0, "nonce": 0});
    assert!(refused(&typed(forged, PERMIT2, &[(forged, DETAILS.1)], message)).contains("types."));
    for (key, value) in [("name", "x,address spender"), ("type", "address owner,address"), ("type", "uint256 ")] {
        let mut given = order();
        given["types"]["Order"][0][key] = json!(value);
        assert!(refused(&given).contains("types.Order"), "{value}");
    }
    // A domain without the contract in its hash holds for every contract.
    for (declared, expect) in [
        ("string name, uint256 chainId, address verifyingContract", true),
        ("string name, uint256 chainId", false),
        ("string name, address verifyingContract, uint256 chainId", false),
        ("string name, uint64 chainId, address verifyingContract", false),
        ("string name, string version, uint256 chainId, address verifyingContract", false),
    ] {
        let mut given = permit();
        given["types"]["EIP712Domain"] = fields(declared);
        assert_eq!(read(&given).is_ok(), expect, "{declared}");
    }
}

#[test]
fn previews_need_only_what_decides() {
    let given = |primary_type: &str, contract: &str, message: Value| {
        json!({
            "primaryType": primary_type, "message": message, "domain": {"chainId": 1, "verifyingContract": contract},
        })
    };
    let preview = |given: &Value| preview(given, NETWORK, address(WALLET));
    for (given, expect) in [
        (given("Permit", USDC, json!({"spender": SPENDER, "value": MAX})), approval(USDC, MAX)),
        (
            given(
                "Permit",
                USDC,
                json!({"owner": WALLET, "spender": SPENDER, "value": "1", "nonce": "0", "deadline": "9"}),
            ),
            approval(USDC, "1"),
        ),
        (given("Permit", DAI, json!({"spender": SPENDER, "allowed": false})), approval(DAI, "0")),
        (
            given("TransferWithAuthorization", USDC, json!({"to": SPENDER, "value": "1000000"})),
            transfer(USDC, "1000000"),
        ),
        (
            given("PermitSingle", PERMIT2, json!({"details": {"token": USDC, "amount": "7"}, "spender": SPENDER})),
            approval(USDC, "7"),
        ),
        (given("Order", SPENDER, json!({"x": "1"})), call(SPENDER)),
    ] {
        assert_eq!(preview(&given).unwrap().operations, [expect], "{given}");
        assert!(read(&given).is_err(), "not enough to sign: {given}");
    }
    for refused in [
        given("Permit", USDC, json!({"value": "1"})),
        given("Permit", USDC, json!({"spender": SPENDER})),
        given("Permit", USDC, json!({"spender": SPENDER, "value": "1", "more": "1"})),
        given("Permit", USDC, json!({"spender": SPENDER, "value": "1", "owner": SPENDER})),
        given("PermitSingle", PERMIT2, json!({"details": {"amount": "7"}, "spender": SPENDER})),
        given("TransferWithAuthorization", USDC, json!({"value": "1"})),
    ] {
        assert!(preview(&refused).is_err(), "{refused}");
    }
    // What is declared must be right here too.
    let mut declared = permit();
    declared["types"]["Permit"] = fields("address spender, uint256 value");
    assert!(preview(&declared).is_err());
}
