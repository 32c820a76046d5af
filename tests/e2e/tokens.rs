//! Tokens and contracts: what a call does counts, not what it is called.

use crate::world::{CENT, Wallet, World, id, stranger};
use serde_json::{Value, json};
use sha3::{Digest, Keccak256};
use std::time::Duration;
use waiaas_tests::anvil::{NETWORK, number, wait_for};
use waiaas_tests::api::text;
use waiaas_tests::http::Answer;
use waiaas_tests::project::root;

/// The bytecode of a token with six decimals, whose supply belongs to its creator.
const BYTECODE: &str = "waiaas-sdk/crates/waiaas-evm/tests/fixtures/TestToken.hex";
/// Selectors of the standard token (EIP-20).
const TRANSFER: &str = "a9059cbb";
const APPROVE: &str = "095ea7b3";
const BALANCE_OF: &str = "70a08231";
const ALLOWANCE: &str = "dd62ed3e";

/// A wallet that owns all of a new token. It may move coins; nothing is said about tokens yet.
fn token_wallet(world: &World) -> (Wallet, String) {
    let wallet = world.unlimited_wallet();
    let code = std::fs::read_to_string(root().join(BYTECODE)).unwrap();
    world.chain.call("anvil_impersonateAccount", &json!([wallet.address])).unwrap();
    let creation = json!([{ "from": wallet.address, "data": format!("0x{}", code.trim()), "gas": "0x300000" }]);
    let hash = world.chain.call("eth_sendTransaction", &creation).unwrap();
    let receipt = wait_for(Duration::from_secs(10), "the token", || {
        let receipt = world.chain.call("eth_getTransactionReceipt", &json!([hash]))?;
        Ok(receipt.is_object().then_some(receipt))
    })
    .unwrap();
    world.chain.call("anvil_stopImpersonatingAccount", &json!([wallet.address])).unwrap();
    (wallet, text(&receipt, "contractAddress").unwrap().to_owned())
}

fn word(digits: &str) -> String {
    format!("{:0>64}", digits.trim_start_matches("0x"))
}

/// Asks the token itself.
fn ask(world: &World, token: &str, calldata: &str) -> u128 {
    let call = json!([{ "to": token, "data": format!("0x{calldata}") }, "latest"]);
    number(&world.chain.call("eth_call", &call).unwrap()).unwrap()
}

fn balance(world: &World, token: &str, account: &str) -> u128 {
    ask(world, token, &format!("{BALANCE_OF}{}", word(account)))
}

fn send(world: &World, wallet: &Wallet, body: Value) -> Answer {
    world.agent(wallet).post("/v1/transactions/send", &body).unwrap()
}

/// A transfer of `amount` of the token, which the caller says has `decimals`.
fn transfer(token: &str, to: &str, amount: &str, decimals: u8) -> Value {
    let token = json!({ "address": token, "symbol": "TUSD", "decimals": decimals });
    json!({ "type": "TOKEN_TRANSFER", "to": to, "amount": amount, "token": token, "network": NETWORK })
}

fn denied(answer: &Answer, policy_type: &str) {
    let body = answer.expect(403).unwrap();
    assert_eq!(
        (&body["code"], &body["details"]["policyType"]),
        (&json!("POLICY_DENIED"), &json!(policy_type)),
        "{body}"
    );
}

fn confirmed(world: &World, wallet: &Wallet, answer: &Answer) -> Value {
    world.agent(wallet).until(&id(&answer.expect(201).unwrap()), &["CONFIRMED"]).unwrap()
}

#[test]
fn a_listed_token_moves_and_the_chain_says_how_many_decimals_it_has() {
    let world = World::start();
    let (wallet, token) = token_wallet(&world);
    let to = stranger();
    denied(&send(&world, &wallet, transfer(&token, &to, "1500000", 6)), "ALLOWED_TOKENS");
    world.policy(&wallet, "ALLOWED_TOKENS", &json!({ "tokens": [{ "address": token, "chain": "ethereum" }] }));

    let row = confirmed(&world, &wallet, &send(&world, &wallet, transfer(&token, &to, "1500000", 6)));
    assert_eq!(balance(&world, &token, &to), 1_500_000);
    assert_eq!((&row["type"], &row["amountFormatted"]), (&json!("TOKEN_TRANSFER"), &json!("1.5")), "{row}");
    confirmed(&world, &wallet, &send(&world, &wallet, transfer(&token, &to, "2.5", 6)));
    assert_eq!(balance(&world, &token, &to), 4_000_000);

    // Who claims other decimals would be charged a trillionth, or a trillion times, of what moves.
    for decimals in [0, 18] {
        let lie = send(&world, &wallet, transfer(&token, &to, "1000000", decimals));
        assert_eq!(lie.status, 400, "{}", lie.text());
    }
    let too_fine = send(&world, &wallet, transfer(&token, &to, "0.0000001", 6));
    assert_eq!((too_fine.status, too_fine.code().as_str()), (400, "ACTION_VALIDATION_FAILED"), "{}", too_fine.text());
    assert_eq!(balance(&world, &token, &to), 4_000_000);

    let assets =
        world.agent(&wallet).get(&format!("/v1/wallet/assets?network={NETWORK}")).unwrap().expect(200).unwrap();
    assert_eq!(assets["assets"][0]["mint"], "native", "{assets}");
    let listed = assets["assets"].as_array().unwrap().iter();
    let mut listed =
        listed.filter(|asset| asset["mint"].as_str().is_some_and(|mint| mint.eq_ignore_ascii_case(&token)));
    assert_eq!(listed.next().map(|asset| &asset["balance"]), Some(&json!("999996000000")), "{assets}");
}

#[test]
fn an_allowance_goes_to_listed_spenders_only() {
    let world = World::start();
    let (wallet, token) = token_wallet(&world);
    let spender = stranger();
    let approve = |amount: &str| {
        let token = json!({ "address": token, "symbol": "TUSD", "decimals": 6 });
        json!({ "type": "APPROVE", "spender": spender, "token": token, "amount": amount, "network": NETWORK })
    };
    denied(&send(&world, &wallet, approve("5")), "APPROVED_SPENDERS");
    let rules = json!({ "spenders": [{ "address": spender, "maxAmount": "1000000" }] });
    world.policy(&wallet, "APPROVED_SPENDERS", &rules);
    confirmed(&world, &wallet, &send(&world, &wallet, approve("1000000")));
    assert_eq!(ask(&world, &token, &format!("{ALLOWANCE}{}{}", word(&wallet.address), word(&spender))), 1_000_000);
    let answer = send(&world, &wallet, approve("1000001"));
    assert_eq!((answer.status, answer.code().as_str()), (403, "POLICY_DENIED"), "{}", answer.text());
}

#[test]
fn a_call_that_moves_tokens_is_judged_as_the_transfer_that_it_is() {
    let world = World::start();
    let (wallet, token) = token_wallet(&world);
    let (thief, spender) = (stranger(), stranger());
    // The contract may be called. That is not a permission to move the token or to hand it to others.
    world.policy(&wallet, "CONTRACT_WHITELIST", &json!({ "contracts": [{ "address": token }] }));
    let call = |selector: &str, who: &str| {
        let calldata = format!("0x{selector}{}{}", word(who), word("f4240"));
        json!({ "type": "CONTRACT_CALL", "to": token, "calldata": calldata, "network": NETWORK })
    };
    denied(&send(&world, &wallet, call(TRANSFER, &thief)), "ALLOWED_TOKENS");
    denied(&send(&world, &wallet, call(APPROVE, &spender)), "APPROVED_SPENDERS");
    assert_eq!(balance(&world, &token, &thief), 0);
    // With a permission it goes through.
    world.policy(&wallet, "ALLOWED_TOKENS", &json!({ "tokens": [{ "address": token }] }));
    confirmed(&world, &wallet, &send(&world, &wallet, call(TRANSFER, &thief)));
    assert_eq!(balance(&world, &token, &thief), 1_000_000);
}

#[test]
fn a_contract_must_be_listed_and_a_call_that_reverts_costs_nothing() {
    let world = World::start();
    let (wallet, token) = token_wallet(&world);
    // `act(uint256)`, a function of the test's token that reverts when it is given 1.
    let selector = hex::encode(&Keccak256::digest("act(uint256)")[..4]);
    let act = |how: &str| {
        let calldata = format!("0x{selector}{}", word(how));
        json!({ "type": "CONTRACT_CALL", "to": token, "calldata": calldata, "network": NETWORK })
    };
    denied(&send(&world, &wallet, act("1")), "CONTRACT_WHITELIST");
    world.policy(&wallet, "CONTRACT_WHITELIST", &json!({ "contracts": [{ "address": token }] }));
    let before = (world.chain.balance(&wallet.address).unwrap(), world.chain.nonce(&wallet.address).unwrap());
    let answer = send(&world, &wallet, act("1"));
    if answer.status == 201 {
        world.agent(&wallet).until(&id(&answer.json()), &["FAILED"]).unwrap();
    } else {
        assert!((400..500).contains(&answer.status), "{}", answer.text());
    }
    let after = (world.chain.balance(&wallet.address).unwrap(), world.chain.nonce(&wallet.address).unwrap());
    assert_eq!(before, after, "the call was simulated before it was signed");
    // And the lane goes on.
    confirmed(&world, &wallet, &world.send(&wallet, &stranger(), 1));
    assert_eq!(world.chain.nonce(&wallet.address).unwrap(), before.1 + 1);
    assert!(world.chain.balance(&wallet.address).unwrap() < before.0 - CENT, "a cent and a fee are gone");
}
