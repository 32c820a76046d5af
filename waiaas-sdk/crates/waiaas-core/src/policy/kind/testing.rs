//! `check(given, expect)` for the policy types.

use crate::address::Address;
use crate::chain::{AssetId, ChainKind, Environment, Network};
use crate::id::{PolicyId, WalletId};
use crate::money::{BaseUnits, Price};
use crate::policy::{
    ActionFacts, Decision, Facts, LedgerFacts, Phase, PolicyBook, PolicyRow, PolicySettings, PolicyType, PriceFact,
    Subject, TokenFact, Verdict, validate_rules_in,
};
use crate::time::UnixMillis;
use crate::tx::{CallHead, Effects, Operation, TxType};
use crate::wallet::OwnerState;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) const NETWORK: Network = Network::EthereumMainnet;

/// `0x1111…`, `0x2222…`, … as text.
pub(super) fn hex(digit: u8) -> String {
    format!("0x{}", digit.to_string().repeat(40))
}

pub(super) fn address(digit: u8) -> Address {
    Address::parse(ChainKind::Ethereum, &hex(digit)).unwrap()
}

/// Token 1 has 6 decimals and costs a dollar, all others are unknown.
pub(super) fn token(digit: u8) -> AssetId {
    AssetId::token(NETWORK, &address(digit)).unwrap()
}

pub(super) fn native_transfer(to: u8, amount: u128) -> Operation {
    Operation::NativeTransfer { to: address(to), amount: BaseUnits::from_u128(amount) }
}

pub(super) fn token_transfer(of: u8, to: u8, amount: u128) -> Operation {
    Operation::TokenTransfer { asset: token(of), to: address(to), amount: BaseUnits::from_u128(amount) }
}

pub(super) fn approval(of: u8, spender: u8, amount: BaseUnits) -> Operation {
    Operation::Approval { asset: token(of), spender: address(spender), amount, collection: false }
}

pub(super) fn call(contract: u8) -> Operation {
    Operation::ContractCall { contract: address(contract), head: CallHead::default() }
}

/// Checks the paths of the issues that creation reports; none means that the rules are accepted.
pub(super) fn check_rules(policy_type: PolicyType, given: &Value, expect: &[&str]) {
    let issues = validate_rules_in(policy_type, given, &|_| true).err().unwrap_or_default();
    let paths: Vec<String> = issues.iter().map(|issue| issue.path.join(".")).collect();
    assert_eq!(paths, expect, "{given}: {issues:?}");
}

/// Checks the tier, or the reason code of the denial, of one transaction under rows of one type. The
/// other types' default denials are off.
pub(super) fn check(policy_type: PolicyType, rules: &[Value], given: Operation, expect: &str) {
    let decision = decide(policy_type, rules, vec![given]);
    assert_eq!(summary(&decision), expect, "{decision:#?}");
}

/// The tier or the reason code.
pub(super) fn summary(decision: &Decision) -> &'static str {
    match &decision.verdict {
        Verdict::Allow(allowance) => allowance.tier.as_str(),
        Verdict::Deny(denial) => denial.reason.as_str(),
    }
}

pub(super) fn decide(policy_type: PolicyType, rules: &[Value], operations: Vec<Operation>) -> Decision {
    decide_at(policy_type, rules, operations, 1_000_000)
}

/// The same at an instant, in seconds since the epoch.
pub(super) fn decide_at(policy_type: PolicyType, rules: &[Value], operations: Vec<Operation>, now: i64) -> Decision {
    let row = |(position, rules): (usize, &Value)| PolicyRow {
        ceiling: position > 0,
        ..row(u8::try_from(position).unwrap(), policy_type, rules)
    };
    let rows: Vec<PolicyRow> = rules.iter().enumerate().map(row).collect();
    evaluate(&rows, policy_type, operations, now)
}

/// Judges under rows of several types, without any default denial that a setting can turn off.
pub(super) fn decide_rows(rows: &[PolicyRow], operations: Vec<Operation>) -> Decision {
    evaluate(rows, PolicyType::SpendingLimit, operations, 1_000_000)
}

pub(super) fn row(position: u8, policy_type: PolicyType, rules: &Value) -> PolicyRow {
    PolicyRow {
        id: PolicyId::from_bytes([position; 16]),
        wallet: None,
        network: None,
        policy_type,
        rules: rules.to_string(),
        priority: 0,
        enabled: true,
        ceiling: false,
        created_at: UnixMillis::EPOCH,
        updated_at: UnixMillis::EPOCH,
    }
}

fn evaluate(rows: &[PolicyRow], policy_type: PolicyType, operations: Vec<Operation>, now: i64) -> Decision {
    let subject = Subject {
        wallet: WalletId::from_bytes([1; 16]),
        chain: ChainKind::Ethereum,
        environment: Environment::Mainnet,
        owner: OwnerState::Locked,
        network: NETWORK,
    };
    let price = |text| PriceFact::Known(Price::parse(text).unwrap());
    let facts = Facts {
        now: UnixMillis::from_secs(now),
        zone_offsets: &BTreeMap::from([("Asia/Seoul".to_owned(), 32_400)]),
        prices: &BTreeMap::from([(AssetId::native(NETWORK), price("2000")), (token(1), price("1"))]),
        tokens: &BTreeMap::from([(token(1), TokenFact { decimals: 6, symbol: "ONE".to_owned() })]),
        ledger: &LedgerFacts::default(),
        actions: &ActionFacts::default(),
        settings: &PolicySettings {
            default_deny_tokens: policy_type == PolicyType::AllowedTokens,
            default_deny_contracts: policy_type == PolicyType::ContractWhitelist,
            default_deny_spenders: policy_type == PolicyType::ApprovedSpenders,
            default_deny_transfers: false,
            ..PolicySettings::default()
        },
    };
    let tx_type = match operations.first() {
        Some(Operation::TokenTransfer { .. }) => TxType::TokenTransfer,
        Some(Operation::Approval { .. }) => TxType::Approve,
        Some(Operation::ContractCall { .. }) => TxType::ContractCall,
        Some(_) | None => TxType::Transfer,
    };
    let effects = Effects::of(NETWORK, tx_type, operations);
    PolicyBook::compile(rows).evaluate(&subject, &effects, &facts, Phase::Admission)
}

/// The message of a denial.
pub(super) fn message(decision: &Decision) -> &str {
    match &decision.verdict {
        Verdict::Deny(denial) => &denial.message,
        Verdict::Allow(allowance) => panic!("allowed: {allowance:?}"),
    }
}
