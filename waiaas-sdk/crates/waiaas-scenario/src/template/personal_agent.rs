//! `personal-agent`: pocket money for an assistant.

use super::{
    KNOWN, NETWORKS, Parameter, ParameterKind, ROUTER, TOKENS, Template, after, allow, case, context, hourly, networks,
    row, tokens, usdc, within,
};
use serde_json::{Value, json};

pub(super) const TEMPLATE: Template = Template {
    name: "personal-agent",
    about: "Pocket money for an assistant. It may send native coin and a few tokens to anyone: small amounts at once, \
            middling ones after a quarter of an hour in which they can be cancelled, everything above with the owner's \
            signature. Beyond the daily or the monthly limit the owner signs too; a wallet without an owner is then \
            denied. It may not call contracts, give allowances, move NFTs or deploy.",
    parameters: &[
        Parameter {
            name: "instant_usd",
            about: "Up to this a payment goes at once.",
            kind: ParameterKind::Usd,
            default: Some(&["10"]),
        },
        Parameter {
            name: "delay_usd",
            about: "Up to this a payment waits and goes; above it the owner signs.",
            kind: ParameterKind::Usd,
            default: Some(&["100"]),
        },
        Parameter {
            name: "daily_limit_usd",
            about: "In all in 24 hours without the owner.",
            kind: ParameterKind::Usd,
            default: Some(&["100"]),
        },
        Parameter {
            name: "monthly_limit_usd",
            about: "In all in 30 days without the owner.",
            kind: ParameterKind::Usd,
            default: Some(&["1000"]),
        },
        Parameter {
            name: "requests_per_hour",
            about: "More requests than this in an hour are denied.",
            kind: ParameterKind::Count,
            default: Some(&["60"]),
        },
        TOKENS,
        NETWORKS,
    ],
    example: || json!({}),
    build: |values| {
        let limits = json!({
            "instant_max_usd": values.text("instant_usd"),
            "delay_max_usd": values.text("delay_usd"),
            "delay_seconds": 900,
            "daily_limit_usd": values.text("daily_limit_usd"),
            "monthly_limit_usd": values.text("monthly_limit_usd"),
            "unpriced_tier": "APPROVAL",
        });
        let rows = [Some(row("SPENDING_LIMIT", limits)), Some(hourly(values)), tokens(values), networks(values)];
        rows.into_iter().flatten().collect()
    },
    cases,
};

fn cases() -> (Value, Value) {
    let eth = |amount: &str| json!({ "to": KNOWN, "humanAmount": amount });
    let daily = json!({ "tier": "APPROVAL", "approval_reason": "cumulative_daily" });
    let busy = json!({ "history": [{ "status": "CONFIRMED", "at": "2026-01-05T11:30:00Z", "times": 60 }] });
    let unlimited = json!({
        "type": "APPROVE", "spender": ROUTER, "amount": "1",
        "token": { "address": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48" },
    });
    let cases = json!([
        case("$10 go at once", eth("0.005"), json!({ "tier": "INSTANT" })),
        case("more than $10 waits", eth("0.005000000000000001"), json!({ "tier": "DELAY", "delay_seconds": 900 })),
        case("more than $100 needs the owner", eth("0.050000000000000001"), json!({ "tier": "APPROVAL" })),
        case("a listed token counts like any money", usdc(KNOWN, "10.000001"), json!({ "tier": "DELAY" })),
        after("95", case("the day's limit: its last dollars", usdc(KNOWN, "5"), json!({ "tier": "INSTANT" }))),
        after("95", case("the day's limit: one more", usdc(KNOWN, "5.000001"), daily)),
        within(
            json!({ "wallet": { "owner_state": "NONE" }, "history": [
                { "status": "CONFIRMED", "at": "2026-01-05T11:00:00Z", "usd": "100" },
            ] }),
            case("the day's limit without an owner", usdc(KNOWN, "1"), json!({ "why": "SPENDING_LIMIT_EXCEEDED" })),
        ),
        within(busy, case("too many requests", eth("0.001"), json!({ "why": "RATE_LIMIT_EXCEEDED" }))),
        case(
            "another token",
            json!({
                "type": "TOKEN_TRANSFER", "to": KNOWN, "amount": "1",
                "token": { "address": "0x4000000000000000000000000000000000000004" },
            }),
            json!({ "why": "TOKEN_NOT_ALLOWED" })
        ),
        case(
            "a contract",
            json!({ "type": "CONTRACT_CALL", "to": ROUTER, "calldata": "0x12345678" }),
            json!({ "why": "CONTRACT_CALL_DISABLED" })
        ),
        case("an allowance", allow(ROUTER, "1"), json!({ "why": "APPROVE_DISABLED" })),
        case("the least allowance", unlimited, json!({ "why": "APPROVE_DISABLED" })),
        within(
            json!({ "prices": { "eip155:1/slip44:60": null } }),
            case("an amount without a price", eth("0.001"), json!({ "tier": "APPROVAL" }))
        ),
    ]);
    (context(), cases)
}
