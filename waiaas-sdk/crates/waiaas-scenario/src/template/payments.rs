//! `payments`: many small payments in tokens.

use super::{
    KNOWN, NETWORKS, Parameter, ParameterKind, STRANGER, TOKENS, Template, after, allow, case, context, hourly,
    networks, row, tokens, usdc, within,
};
use serde_json::{Value, json};

pub(super) const TEMPLATE: Template = Template {
    name: "payments",
    about: "For a program that pays often and little, in listed tokens and in native coin. Payments up to the \
            threshold go at once, larger ones need the owner's signature; nothing is delayed, because who is paid is \
            waiting. What would exceed the daily or the monthly limit is denied. With recipients, only those are paid. \
            With hosts, resources there can be paid over x402. Contracts, allowances, NFTs and deployments are denied.",
    parameters: &[
        Parameter {
            name: "payment_usd",
            about: "Up to this a payment goes at once, with a notice; above it the owner signs.",
            kind: ParameterKind::Usd,
            default: Some(&["50"]),
        },
        Parameter {
            name: "quiet_usd",
            about: "Up to this it goes without a notice.",
            kind: ParameterKind::Usd,
            default: Some(&["5"]),
        },
        Parameter {
            name: "daily_limit_usd",
            about: "In all in 24 hours, whoever signs.",
            kind: ParameterKind::Usd,
            default: Some(&["500"]),
        },
        Parameter {
            name: "monthly_limit_usd",
            about: "In all in 30 days, whoever signs.",
            kind: ParameterKind::Usd,
            default: Some(&["5000"]),
        },
        Parameter {
            name: "requests_per_hour",
            about: "More requests than this in an hour are denied.",
            kind: ParameterKind::Count,
            default: Some(&["300"]),
        },
        Parameter {
            name: "recipients",
            about: "Addresses that may be paid; empty is anyone.",
            kind: ParameterKind::Addresses,
            default: Some(&[]),
        },
        Parameter {
            name: "hosts",
            about: "Hosts that may be paid over x402; empty is none.",
            kind: ParameterKind::Hosts,
            default: Some(&[]),
        },
        TOKENS,
        NETWORKS,
    ],
    example: || json!({ "recipients": [KNOWN], "hosts": "*.example.com", "networks": "ethereum-mainnet" }),
    build: |values| {
        let limits = json!({
            "instant_max_usd": values.text("quiet_usd"),
            "notify_max_usd": values.text("payment_usd"),
            "daily_limit_usd": values.text("daily_limit_usd"),
            "monthly_limit_usd": values.text("monthly_limit_usd"),
            "on_cumulative_exceed": "DENY",
            "unpriced_tier": "DENY",
        });
        let (recipients, hosts) = (values.list("recipients"), values.list("hosts"));
        let rows = [
            Some(row("SPENDING_LIMIT", limits)),
            Some(hourly(values)),
            (!recipients.is_empty()).then(|| row("WHITELIST", json!({ "allowed_addresses": recipients }))),
            (!hosts.is_empty()).then(|| row("X402_ALLOWED_DOMAINS", json!({ "domains": hosts }))),
            tokens(values),
            networks(values),
        ];
        rows.into_iter().flatten().collect()
    },
    cases,
};

fn cases() -> (Value, Value) {
    let x402 = |host: &str, amount: &str| {
        json!({
            "type": "X402_PAYMENT", "url": format!("https://{host}/"), "payTo": KNOWN, "amount": amount,
            "asset": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
        })
    };
    let month = json!({ "history": [{ "status": "CONFIRMED", "at": "2025-12-20T12:00:00Z", "usd": "4999" }] });
    let exceeded = json!({ "why": "SPENDING_LIMIT_EXCEEDED" });
    let cases = json!([
        case("$5 go quietly", usdc(KNOWN, "5"), json!({ "tier": "INSTANT" })),
        case("$50 go with a notice", usdc(KNOWN, "50"), json!({ "tier": "NOTIFY" })),
        case("more needs the owner", usdc(KNOWN, "50.000001"), json!({ "tier": "APPROVAL" })),
        after("499", case("the day's limit: its last dollar", usdc(KNOWN, "1"), json!({ "tier": "INSTANT" }))),
        after("499", case("the day's limit: one more", usdc(KNOWN, "1.000001"), exceeded.clone())),
        within(month, case("the month's limit", usdc(KNOWN, "1.000001"), exceeded)),
        case("anybody else", usdc(STRANGER, "1"), json!({ "why": "WHITELIST_DENIED" })),
        case("a resource of a listed host", x402("api.example.com", "5000000"), json!({ "tier": "INSTANT" })),
        case("a resource of another host", x402("example.org", "1"), json!({ "why": "X402_DOMAIN_NOT_ALLOWED" })),
        case(
            "a resource that costs too much to go at once",
            x402("api.example.com", "50000001"),
            json!({ "why": "X402_APPROVAL_REQUIRED" })
        ),
        within(
            json!({ "network": "base-mainnet" }),
            case("another network", json!({ "to": KNOWN, "amount": "1" }), json!({ "why": "NETWORK_NOT_ALLOWED" }))
        ),
        case("an allowance", allow(KNOWN, "1"), json!({ "why": "APPROVE_DISABLED" })),
        case(
            "a contract",
            json!({ "type": "CONTRACT_CALL", "to": KNOWN, "calldata": "0x12345678" }),
            json!({ "why": "CONTRACT_CALL_DISABLED" })
        ),
    ]);
    (context(), cases)
}
