//! `trading-bot`: swaps at a few contracts, and no way out for the money.

use super::{
    KNOWN, NETWORKS, Parameter, ParameterKind, ROUTER, STRANGER, TOKENS, Template, after, allow, case, context, hourly,
    networks, row, tokens, usdc,
};
use serde_json::{Value, json};

pub(super) const TEMPLATE: Template = Template {
    name: "trading-bot",
    about: "For a program that trades at contracts you name. It may call those, give them limited allowances of listed \
            tokens, and move money to the addresses you name; to nobody else. Allowances are measured like payments: \
            small ones at once, larger ones after a delay, above that with the owner's signature. Unlimited ones are \
            denied. What a contract does with an allowance is not counted in the daily limit, and a contract may send \
            its results wherever its caller says: name only contracts that you trust with the listed tokens, and keep \
            in the wallet what you can afford to lose to them.",
    parameters: &[
        Parameter {
            name: "contracts",
            about: "Contracts that may be called and given allowances, such as routers of exchanges.",
            kind: ParameterKind::Addresses,
            default: None,
        },
        Parameter {
            name: "withdraw_to",
            about: "Addresses that money may be sent to; empty is nobody.",
            kind: ParameterKind::Addresses,
            default: Some(&[]),
        },
        Parameter {
            name: "instant_usd",
            about: "Up to this a payment or an allowance goes at once.",
            kind: ParameterKind::Usd,
            default: Some(&["500"]),
        },
        Parameter {
            name: "delay_usd",
            about: "Up to this it waits for ten minutes; above it the owner signs.",
            kind: ParameterKind::Usd,
            default: Some(&["2500"]),
        },
        Parameter {
            name: "daily_limit_usd",
            about: "Payments and values of calls in all in 24 hours.",
            kind: ParameterKind::Usd,
            default: Some(&["5000"]),
        },
        Parameter {
            name: "requests_per_hour",
            about: "More requests than this in an hour are denied.",
            kind: ParameterKind::Count,
            default: Some(&["120"]),
        },
        TOKENS,
        NETWORKS,
    ],
    example: || json!({ "contracts": [ROUTER], "withdraw_to": [KNOWN] }),
    build: |values| {
        let limits = json!({
            "instant_max_usd": values.text("instant_usd"),
            "delay_max_usd": values.text("delay_usd"),
            "delay_seconds": 600,
            "daily_limit_usd": values.text("daily_limit_usd"),
            "unpriced_tier": "APPROVAL",
        });
        let contracts = values.list("contracts");
        let named: Vec<&String> = contracts.iter().chain(values.list("withdraw_to")).collect();
        let entries: Vec<Value> = contracts.iter().map(|address| json!({ "address": address })).collect();
        let rows = [
            Some(row("SPENDING_LIMIT", limits)),
            Some(row("WHITELIST", json!({ "allowed_addresses": named }))),
            Some(row("CONTRACT_WHITELIST", json!({ "contracts": entries }))),
            Some(row("APPROVED_SPENDERS", json!({ "spenders": entries }))),
            Some(row("APPROVE_AMOUNT_LIMIT", json!({ "blockUnlimited": true }))),
            Some(hourly(values)),
            tokens(values),
            networks(values),
        ];
        rows.into_iter().flatten().collect()
    },
    cases,
};

fn cases() -> (Value, Value) {
    let call = |to: &str| json!({ "type": "CONTRACT_CALL", "to": to, "calldata": "0x04e45aaf" });
    let unlimited = json!({
        "type": "APPROVE", "spender": ROUTER, "token": { "address": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48" },
        "amount": "115792089237316195423570985008687907853269984665640564039457584007913129639935",
    });
    // transfer(0x2000…0002, 1): calldata that is a payment is judged as one.
    let hidden = json!({
        "type": "CONTRACT_CALL", "to": ROUTER,
        "calldata": "0xa9059cbb00000000000000000000000020000000000000000000000000000000000000020000000000000000000000000000000000000000000000000000000000000001",
    });
    let daily = json!({ "tier": "APPROVAL", "approval_reason": "cumulative_daily" });
    let cases = json!([
        case("a call of the named contract", call(ROUTER), json!({ "tier": "INSTANT" })),
        case("a call of another contract", call(STRANGER), json!({ "denied_by": "WHITELIST" })),
        case(
            "a call of an address that is named for money only",
            call(KNOWN),
            json!({ "why": "CONTRACT_NOT_WHITELISTED" })
        ),
        case("an allowance of $500", allow(ROUTER, "500"), json!({ "tier": "INSTANT" })),
        case("an allowance of more", allow(ROUTER, "500.000001"), json!({ "tier": "DELAY", "delay_seconds": 600 })),
        case("an allowance of much more", allow(ROUTER, "2500.000001"), json!({ "tier": "APPROVAL" })),
        case("an unlimited allowance", unlimited, json!({ "why": "UNLIMITED_APPROVE_BLOCKED" })),
        case(
            "an allowance to an address that is named for money only",
            allow(KNOWN, "1"),
            json!({ "why": "SPENDER_NOT_APPROVED" })
        ),
        case("money to a named address", usdc(KNOWN, "500"), json!({ "tier": "INSTANT" })),
        case("money to anybody else", usdc(STRANGER, "1"), json!({ "denied_by": "WHITELIST" })),
        case("money to anybody else in the data of a call", hidden, json!({ "denied_by": "WHITELIST" })),
        after("4999", case("the day's limit: its last dollar", usdc(KNOWN, "1"), json!({ "tier": "INSTANT" }))),
        after("4999", case("the day's limit: one more", usdc(KNOWN, "1.000001"), daily)),
    ]);
    (context(), cases)
}
