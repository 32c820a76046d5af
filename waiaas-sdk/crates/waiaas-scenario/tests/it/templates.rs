//! Templates: their scenarios hold, the service takes their rows, and nothing of them is unbounded.

use serde_json::{Value, json};
use waiaas_core::wire::policies::CreatePolicyRequest;
use waiaas_scenario::{ParameterKind, Template, no_zones, run, template, templates};

#[test]
fn there_are_four() {
    let names: Vec<&str> = templates().iter().map(|template| template.name).collect();
    assert_eq!(names, ["personal-agent", "trading-bot", "treasury", "payments"]);
    assert!(template("nothing").is_none());
}

#[test]
fn their_scenarios_hold() {
    for template in templates() {
        let report =
            run(&template.scenario(), &no_zones).unwrap_or_else(|issues| panic!("{}: {issues}", template.name));
        assert!(report.passed(), "{}:\n{report}", template.name);
        let decisions: Vec<Value> = report.cases.iter().map(|case| case.explanation.to_json()).collect();
        let some = |test: &dyn Fn(&Value) -> bool| decisions.iter().any(test);
        assert!(some(&|decision| decision["allowed"] == false), "{} denies nothing", template.name);
        let waits = |decision: &Value| decision["tier"] == "DELAY" || decision["tier"] == "APPROVAL";
        assert!(some(&waits), "{} holds nothing back", template.name);
        assert!(decisions.iter().all(|decision| decision["doubts"].is_null()), "{}", template.name);
    }
}

/// Values for the parameters that have no default.
fn needed(template: &Template) -> Value {
    let needed = template.parameters.iter().filter(|parameter| parameter.default.is_none());
    needed
        .map(|parameter| {
            assert_eq!(parameter.kind, ParameterKind::Addresses);
            (parameter.name.to_owned(), json!(["0x1000000000000000000000000000000000000001"]))
        })
        .collect::<serde_json::Map<String, Value>>()
        .into()
}

#[test]
fn the_service_takes_their_rows() {
    for template in templates() {
        for row in template.rows(&needed(template)).unwrap().as_array().unwrap() {
            CreatePolicyRequest::parse(row).unwrap_or_else(|issues| panic!("{}: {row}: {issues}", template.name));
        }
    }
}

/// Whatever is asked for, amounts end at the limits: nothing of a million dollars passes without the owner.
#[test]
fn large_amounts_never_pass_by_themselves() {
    let usdc = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
    let to = "0x1000000000000000000000000000000000000001";
    for template in templates() {
        let mut document = template.scenario();
        let requests = [
            json!({ "to": to, "humanAmount": "500" }),
            json!({ "type": "TOKEN_TRANSFER", "to": to, "humanAmount": "1000000", "token": { "address": usdc } }),
            json!({ "type": "APPROVE", "spender": to, "humanAmount": "1000000", "token": { "address": usdc } }),
            json!({ "type": "CONTRACT_CALL", "to": to, "calldata": "0x12345678", "value": "500000000000000000000" }),
        ];
        let cases = requests.iter().enumerate().map(|(number, request)| {
            json!({ "name": number.to_string(), "request": request, "expect": { "tier": "INSTANT" } })
        });
        document["cases"] = cases.collect();
        for case in run(&document, &no_zones).unwrap().cases {
            let decision = case.explanation.to_json();
            assert!(decision["allowed"] == false || decision["tier"] == "APPROVAL", "{}: {decision}", template.name);
        }
    }
}

#[test]
fn values_are_checked() {
    let check = |name: &str, given: Value, expect: &[&str]| {
        let issues = template(name).unwrap().rows(&given).expect_err("values that are refused");
        let paths: Vec<String> = issues.as_slice().iter().map(waiaas_core::wire::Issue::path_string).collect();
        assert_eq!(paths, expect, "{given}: {issues}");
    };
    check("personal-agent", json!({ "daily_limit": 5 }), &["daily_limit"]);
    check("personal-agent", json!({ "daily_limit_usd": 0 }), &["daily_limit_usd"]);
    check("personal-agent", json!({ "daily_limit_usd": "much" }), &["daily_limit_usd"]);
    check("personal-agent", json!({ "networks": "base" }), &["networks"]);
    check("personal-agent", json!({ "tokens": ["USDC"] }), &["tokens.0"]);
    check("treasury", json!({}), &["recipients"]);
    check("treasury", json!({ "recipients": "" }), &["recipients"]);
    check("trading-bot", json!({ "contracts": "0x12" }), &["contracts"]);
    check("personal-agent", json!({ "instant_usd": 200 }), &["rows.0.rules.instant_max_usd"]);
    let both = "0x1000000000000000000000000000000000000001, 0x2000000000000000000000000000000000000002";
    let rows = template("treasury").unwrap().rows(&json!({ "recipients": both })).unwrap();
    let whitelist = rows.as_array().unwrap().iter().find(|row| row["type"] == "WHITELIST").unwrap();
    assert_eq!(whitelist["rules"]["allowed_addresses"].as_array().unwrap().len(), 2);
}
