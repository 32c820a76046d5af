//! `treasury`: reserves that leave slowly, and to known places only.

use super::{
    KNOWN, NETWORKS, Parameter, ParameterKind, ROUTER, STRANGER, TOKENS, Template, after, allow, case, context,
    networks, row, tokens, usdc, within,
};
use serde_json::{Map, Value, json};

pub(super) const TEMPLATE: Template = Template {
    name: "treasury",
    about: "For reserves. Money goes to the addresses you name and nowhere else, on working days between 8 and 18 \
            o'clock. Every payment waits for an hour in which it can be cancelled; larger ones need the owner's \
            signature. What would exceed the daily limit is denied, also with a signature. The limits and the list are \
            ceilings: no other policy of a wallet can loosen them. Contracts, allowances, NFTs and deployments are \
            denied.",
    parameters: &[
        Parameter {
            name: "recipients",
            about: "Addresses that may be paid.",
            kind: ParameterKind::Addresses,
            default: None,
        },
        Parameter {
            name: "delay_usd",
            about: "Up to this a payment waits for an hour; above it the owner signs.",
            kind: ParameterKind::Usd,
            default: Some(&["1000"]),
        },
        Parameter {
            name: "daily_limit_usd",
            about: "In all in 24 hours, whoever signs.",
            kind: ParameterKind::Usd,
            default: Some(&["10000"]),
        },
        Parameter {
            name: "timezone",
            about: "Where the working hours are told.",
            kind: ParameterKind::TimeZone,
            default: Some(&["UTC"]),
        },
        TOKENS,
        NETWORKS,
    ],
    example: || json!({ "recipients": KNOWN }),
    build: |values| {
        let limits = json!({
            "instant_max_usd": 0,
            "notify_max_usd": 0,
            "delay_max_usd": values.text("delay_usd"),
            "delay_seconds": 3_600,
            "approval_timeout": 86_400,
            "daily_limit_usd": values.text("daily_limit_usd"),
            "on_cumulative_exceed": "DENY",
            "unpriced_tier": "DENY",
        });
        let recipients = json!({ "allowed_addresses": values.list("recipients") });
        let hours = json!({
            "allowed_hours": { "start": 8, "end": 18 }, "allowed_days": [1, 2, 3, 4, 5],
            "timezone": values.text("timezone"),
        });
        let rows = [
            // A ceiling lifts no default denial, so each of the two stands here twice: once to permit, once to bind.
            Some(row("SPENDING_LIMIT", limits.clone())),
            Some(ceiling(row("SPENDING_LIMIT", limits))),
            Some(row("WHITELIST", recipients.clone())),
            Some(ceiling(row("WHITELIST", recipients))),
            Some(row("TIME_RESTRICTION", hours)),
            tokens(values),
            networks(values),
        ];
        rows.into_iter().flatten().collect()
    },
    cases,
};

fn ceiling(row: Value) -> Value {
    let mut members: Map<String, Value> = row.as_object().cloned().unwrap_or_default();
    members.insert("ceiling".to_owned(), Value::Bool(true));
    Value::Object(members)
}

fn cases() -> (Value, Value) {
    let at = |now: &str| json!({ "now": now });
    let exceeded = json!({ "why": "SPENDING_LIMIT_EXCEEDED" });
    let cases = json!([
        case("$1000 wait for an hour", usdc(KNOWN, "1000"), json!({ "tier": "DELAY", "delay_seconds": 3_600 })),
        case("the smallest payment waits too", usdc(KNOWN, "0.000001"), json!({ "tier": "DELAY" })),
        case(
            "more needs the owner",
            usdc(KNOWN, "1000.000001"),
            json!({ "tier": "APPROVAL", "approval_timeout_seconds": 86_400 })
        ),
        after("9999", case("the day's limit: its last dollar", usdc(KNOWN, "1"), json!({ "tier": "DELAY" }))),
        after("9999", case("the day's limit: one more", usdc(KNOWN, "1.000001"), exceeded)),
        case("anybody else", usdc(STRANGER, "1"), json!({ "why": "WHITELIST_DENIED" })),
        within(
            at("2026-01-05T17:59:59Z"),
            case("the last second of the day", usdc(KNOWN, "1"), json!({ "tier": "DELAY" }))
        ),
        within(at("2026-01-05T18:00:00Z"), case("the evening", usdc(KNOWN, "1"), json!({ "why": "TIME_RESTRICTED" }))),
        within(at("2026-01-10T12:00:00Z"), case("a Saturday", usdc(KNOWN, "1"), json!({ "why": "TIME_RESTRICTED" }))),
        case(
            "a contract",
            json!({ "type": "CONTRACT_CALL", "to": KNOWN, "calldata": "0x12345678" }),
            json!({ "why": "CONTRACT_CALL_DISABLED" })
        ),
        case("an allowance", allow(KNOWN, "1"), json!({ "why": "APPROVE_DISABLED" })),
        case(
            "a contract that is not named",
            json!({ "type": "CONTRACT_CALL", "to": ROUTER, "calldata": "0x12345678" }),
            json!({ "why": "WHITELIST_DENIED" })
        ),
        within(
            json!({ "price_status": "down" }),
            case("no price", usdc(KNOWN, "1"), json!({ "why": "PRICE_UNAVAILABLE" }))
        ),
    ]);
    (context(), cases)
}
