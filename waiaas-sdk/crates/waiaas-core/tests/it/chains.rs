//! Decisions about requests on Solana and the XRP Ledger, and about signatures of typed data.

use crate::scene::{NETWORK, Scene, row, subject};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use waiaas_core::address::{Address, EvmAddress, SolanaAddress};
use waiaas_core::chain::{AssetId, ChainKind, Network};
use waiaas_core::money::{BaseUnits, Price};
use waiaas_core::policy::{
    ActionFacts, LedgerFacts, Phase, PolicyRow, PolicySettings, PolicyType, PriceFact, Subject, Verdict,
};
use waiaas_core::tx::solana::{ProgramCall, ProgramInstruction, TokenAccounts};
use waiaas_core::tx::{Amount, Effects, TokenRef, Tx, TxRequest, typed_data};
use waiaas_core::wallet::OwnerState;

const SOMEBODY: &str = "7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU";
const USDC: &str = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
const JUPITER: &str = "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4";
const STRANGER: &str = "Evi1111111111111111111111111111111111111111";
const BUDGET: &str = "ComputeBudget111111111111111111111111111111";
const TOKENS: &str = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL";
const XRPL: &str = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe";

/// The tier, or `TYPE: CODE` of the denial.
fn check(effects: &Effects, rows: &[(PolicyType, Value)], expect: &str) {
    let network = effects.network;
    let rows: Vec<PolicyRow> = (1..)
        .zip(rows)
        .map(|(position, (policy_type, rules))| row(position, *policy_type, rules.to_string()))
        .collect();
    let scene = Scene {
        subject: Subject { chain: network.chain(), network, ..subject(OwnerState::Locked) },
        effects: effects.clone(),
        prices: BTreeMap::from([(network.native_asset(), PriceFact::Known(Price::parse("100").unwrap()))]),
        ledger: LedgerFacts::default(),
        actions: ActionFacts::default(),
        settings: PolicySettings { default_deny_transfers: false, ..PolicySettings::default() },
        phase: Phase::Admission,
    };
    let decision = scene.judge(&rows);
    let got = match &decision.verdict {
        Verdict::Allow(allowance) => allowance.tier.to_string(),
        Verdict::Deny(denial) => format!("{}: {}", denial.denied_by, denial.reason),
    };
    assert_eq!(got, expect, "{rows:?} {decision:#?}");
}

fn address(chain: ChainKind, text: &str) -> Address {
    Address::parse(chain, text).unwrap()
}

fn transfer(network: Network, to: &str, amount: u128) -> Effects {
    let (to, amount) = (address(network.chain(), to), Amount::Base(BaseUnits::from_u128(amount)));
    Tx::resolve(TxRequest::Transfer { to, amount, memo: None }, network, None).unwrap().effects(network)
}

fn program(text: &str) -> SolanaAddress {
    SolanaAddress::parse(text).unwrap()
}

fn call(to: &str, runs: &str, before: &[&str]) -> Effects {
    let before =
        before.iter().map(|text| ProgramInstruction { program: program(text), data: vec![1], accounts: vec![] });
    let call = ProgramCall {
        to: program(to),
        program: Some(program(runs)),
        data: vec![1, 2, 3],
        accounts: Vec::new(),
        before: before.collect(),
        after: Vec::new(),
    };
    let wallet = SolanaAddress::from_bytes([9; 32]);
    call.effects(Network::SolanaMainnet, wallet, &TokenAccounts::new(), None).unwrap()
}

#[test]
fn native_coins_are_measured_in_their_own_units() {
    let limit = |instant: &str, notify: &str| {
        vec![(
            PolicyType::SpendingLimit,
            json!({"instant_max": instant, "notify_max": notify, "delay_max": "9000000000"}),
        )]
    };
    let solana = |amount| transfer(Network::SolanaMainnet, SOMEBODY, amount);
    check(&solana(1_000_000_000), &limit("1000000000", "2000000000"), "INSTANT");
    check(&solana(1_000_000_001), &limit("1000000000", "2000000000"), "NOTIFY");
    let xrpl = |amount| transfer(Network::XrplMainnet, XRPL, amount);
    check(&xrpl(1_000_000), &limit("1000000", "2000000"), "INSTANT");
    check(&xrpl(2_000_001), &limit("1000000", "2000000"), "DELAY");
    let per_token =
        json!({"token_limits": {"native:ripple": {"instant_max": "1", "notify_max": "2", "delay_max": "3"}}});
    check(&xrpl(3_000_001), &[(PolicyType::SpendingLimit, per_token)], "APPROVAL");
}

#[test]
fn addresses_are_compared_byte_by_byte() {
    for (network, to) in [(Network::SolanaMainnet, SOMEBODY), (Network::XrplMainnet, XRPL)] {
        let whitelist = |text: &str| vec![(PolicyType::Whitelist, json!({"allowed_addresses": [text]}))];
        check(&transfer(network, to, 1), &whitelist(to), "INSTANT");
        for other in [to.to_lowercase(), to.to_uppercase(), to[1..].to_owned(), format!("{to} ")] {
            check(&transfer(network, to, 1), &whitelist(&other), "WHITELIST: WHITELIST_DENIED");
        }
    }
}

#[test]
fn tokens_are_their_mints() {
    let network = Network::SolanaMainnet;
    let mint = address(ChainKind::Solana, USDC);
    let fact = waiaas_core::policy::TokenFact { decimals: 6, symbol: "USDC".to_owned() };
    let token = TokenRef { address: mint, claimed_decimals: Some(6) };
    let to = address(ChainKind::Solana, SOMEBODY);
    let amount = |amount| Amount::Base(BaseUnits::from_u128(amount));
    let effects = |request| Tx::resolve(request, network, Some(&fact)).unwrap().effects(network);
    let sent = effects(TxRequest::TokenTransfer { to, token: token.clone(), amount: amount(1) });
    let id = AssetId::token(network, &mint).unwrap().to_string();
    let denied = "ALLOWED_TOKENS: TOKEN_NOT_ALLOWED";
    for (entry, expect) in [
        (json!({"address": USDC, "symbol": "USDC", "chain": "solana"}), "INSTANT"),
        (json!({"address": USDC}), "INSTANT"),
        (json!({"address": "x", "assetId": id}), "INSTANT"),
        (
            json!({"address": USDC, "assetId": id.replace("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", "EtWTRABZaYq6iMfeYKouRu166VU2xqa1")}),
            denied,
        ),
        (json!({"address": USDC, "chain": "ethereum"}), denied),
        (json!({"address": USDC.to_lowercase()}), denied),
        (json!({"address": "native:solana"}), denied),
    ] {
        check(&sent, &[(PolicyType::AllowedTokens, json!({"tokens": [entry]}))], expect);
    }
    check(&sent, &[], "ALLOWED_TOKENS: TOKEN_TRANSFER_DISABLED");
    let spenders = [(PolicyType::ApprovedSpenders, json!({"spenders": [{"address": SOMEBODY}]}))];
    for (approved, expect) in [
        (u64::MAX, "APPROVE_AMOUNT_LIMIT: UNLIMITED_APPROVE_BLOCKED"),
        (u64::MAX / 2, "APPROVE_AMOUNT_LIMIT: UNLIMITED_APPROVE_BLOCKED"),
        (u64::MAX / 2 - 1, "INSTANT"),
    ] {
        let approve = TxRequest::Approve { spender: to, token: token.clone(), amount: amount(approved.into()) };
        check(&effects(approve), &spenders, expect);
    }
}

#[test]
fn the_programs_that_run_must_be_listed() {
    let listed = [(PolicyType::ContractWhitelist, json!({"contracts": [{"address": JUPITER, "chain": "solana"}]}))];
    let denied = "CONTRACT_WHITELIST: CONTRACT_NOT_WHITELISTED";
    check(&call(JUPITER, JUPITER, &[]), &listed, "INSTANT");
    check(&call(JUPITER, JUPITER, &[BUDGET, TOKENS]), &listed, "INSTANT");
    check(&call(JUPITER, STRANGER, &[]), &listed, denied);
    check(&call(STRANGER, JUPITER, &[]), &listed, denied);
    check(&call(JUPITER, JUPITER, &[STRANGER]), &listed, denied);
    check(&call(JUPITER, JUPITER, &[BUDGET]), &[], "CONTRACT_WHITELIST: CONTRACT_CALL_DISABLED");
    for (selector, expect) in
        [("0102", "INSTANT"), ("0x010203", "INSTANT"), ("0x01020304", "METHOD_WHITELIST: METHOD_NOT_WHITELISTED")]
    {
        let methods = json!({"methods": [{"contractAddress": JUPITER, "selectors": [selector]}]});
        check(&call(JUPITER, JUPITER, &[]), &[listed[0].clone(), (PolicyType::MethodWhitelist, methods)], expect);
    }
}

#[test]
fn signatures_of_typed_data() {
    const TOKEN: &str = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    const SPENDER: &str = "0xdef1c0ded9bec7f1a1670819833240f027b25eff";
    let wallet = EvmAddress::parse("0x9999999999999999999999999999999999999999").unwrap();
    let signed = |primary_type: &str, contract: &str, message: Value| {
        let domain = json!({"chainId": 1, "verifyingContract": contract});
        let given = json!({"primaryType": primary_type, "domain": domain, "message": message});
        typed_data::preview(&given, NETWORK, wallet).unwrap()
    };
    let permit = |value: &str| signed("Permit", TOKEN, json!({"spender": SPENDER, "value": value}));
    let limits = [(PolicyType::SpendingLimit, json!({"instant_max": "1000000000000000000"}))];
    let spenders = [(PolicyType::ApprovedSpenders, json!({"spenders": [{"address": SPENDER, "name": "0x"}]}))];
    check(&permit("1"), &limits, "APPROVED_SPENDERS: APPROVE_DISABLED");
    check(&permit("1000000"), &spenders, "INSTANT");
    check(&permit(&BaseUnits::MAX.to_string()), &spenders, "APPROVE_AMOUNT_LIMIT: UNLIMITED_APPROVE_BLOCKED");
    let strict = [spenders[0].clone(), (PolicyType::ApproveTierOverride, json!({"tier": "DELAY"}))];
    check(&permit("1000000"), &strict, "CHANNEL: TIER_NOT_SUPPORTED");
    let authorization = json!({"to": SPENDER, "value": "1000000"});
    let transfer = signed("TransferWithAuthorization", TOKEN, authorization);
    check(&transfer, &limits, "ALLOWED_TOKENS: TOKEN_TRANSFER_DISABLED");
    let order = signed("Order", TOKEN, json!({"x": "1"}));
    let contracts = [(PolicyType::ContractWhitelist, json!({"contracts": [{"address": SPENDER}]}))];
    check(&order, &contracts, "CONTRACT_WHITELIST: CONTRACT_NOT_WHITELISTED");
}
