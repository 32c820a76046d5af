use crate::money::BaseUnits;
use crate::policy::PolicyType::SpendingLimit;
use crate::policy::kind::testing::{
    approval, check, check_rules, decide, message, native_transfer, summary, token, token_transfer,
};
use crate::policy::{Tier, Verdict};
use serde_json::{Value, json};

const ETHER: u128 = 1_000_000_000_000_000_000;

#[test]
fn shapes() {
    for accepted in [
        json!({"instant_max": "1", "notify_max": "2", "delay_max": "3", "delay_seconds": 60, "approval_timeout": 1}),
        json!({"instant_max_usd": 0, "daily_limit_usd": 0.01, "monthly_limit_usd": "5000"}),
        json!({"instant_max_usd": "10", "unpriced_tier": "DENY", "on_cumulative_exceed": "DENY", "note": null}),
        json!({"token_limits": {
            "native": {"instant_max": "0.5", "notify_max": "0.50", "delay_max": "1"},
            "native:ripple": {"instant_max": "1", "notify_max": "2", "delay_max": "3"},
            "eip155:56/erc20:0xAb": {"instant_max": "1", "notify_max": "2", "delay_max": "3"},
        }}),
    ] {
        check_rules(SpendingLimit, &accepted, &[]);
    }
    for (refused, paths) in [
        (json!({}), &["rules"][..]),
        (json!({"daily_limit_usd": 5}), &["rules"]),
        (json!({"token_limits": {}}), &["rules"]),
        (json!({"instant_max": 1}), &["rules.instant_max"]),
        (json!({"instant_max_usd": null}), &["rules.instant_max_usd"]),
        (json!({"instant_max_usd": 0.0000001}), &["rules.instant_max_usd"]),
        (json!({"instant_max_usd": 1, "daily_limit_usd": "0"}), &["rules.daily_limit_usd"]),
        (
            json!({"instant_max_usd": 1, "delay_seconds": 59, "approval_timeout": 0}),
            &["rules.delay_seconds", "rules.approval_timeout"],
        ),
        (json!({"instant_max_usd": 1, "unpriced_tier": "INSTANT"}), &["rules.unpriced_tier"]),
        (json!({"instant_max_usd": 1, "on_cumulative_exceed": "DELAY"}), &["rules.on_cumulative_exceed"]),
        (json!({"notify_max": "3", "delay_max": "2"}), &["rules.notify_max"]),
        (json!({"instant_max_usd": 3, "delay_max_usd": 2}), &["rules.instant_max_usd"]),
        (
            json!({"token_limits": {"USDC": {"instant_max": "1", "notify_max": "2", "delay_max": "3"}}}),
            &["rules.token_limits.USDC"],
        ),
        (
            json!({"token_limits": {"native": {"instant_max": "1", "notify_max": 2}}}),
            &["rules.token_limits.native.delay_max", "rules.token_limits.native.notify_max"],
        ),
        (
            json!({"token_limits": {"native": {"instant_max": "0.02", "notify_max": "0.010", "delay_max": "3"}}}),
            &["rules.token_limits.native.instant_max"],
        ),
    ] {
        check_rules(SpendingLimit, &refused, paths);
    }
}

#[test]
fn two_keys_for_one_asset_are_refused() {
    let limits = json!({"instant_max": "1", "notify_max": "2", "delay_max": "3"});
    let checksummed = "eip155:1/erc20:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    let rules = json!({"token_limits": {checksummed: limits, checksummed.to_lowercase(): limits}});
    check_rules(SpendingLimit, &rules, &[&format!("rules.token_limits.{}", checksummed.to_lowercase())]);
}

#[test]
fn stored_thresholds_out_of_order_are_read_in_sequence() {
    let rules = [json!({"instant_max": "30", "notify_max": "20", "delay_max": "40"})];
    check(SpendingLimit, &rules, native_transfer(1, 25), "INSTANT");
    check(SpendingLimit, &rules, native_transfer(1, 35), "DELAY");
}

#[test]
fn operations_of_one_asset_are_measured_together() {
    let rules = [json!({"instant_max": ETHER.to_string(), "notify_max": (2 * ETHER).to_string()})];
    let decision = decide(SpendingLimit, &rules, vec![native_transfer(1, ETHER), native_transfer(2, 1)]);
    assert_eq!(summary(&decision), "NOTIFY");
    assert_eq!(decision.valuation.components.len(), 1);
    assert_eq!(decision.valuation.usd.unwrap().to_string(), "2000.000001");
}

#[test]
fn assets_are_valued_together() {
    let rules = [json!({"instant_max_usd": 2000, "notify_max_usd": 3000})];
    let given = |tokens| vec![native_transfer(1, ETHER), token_transfer(1, 1, tokens)];
    assert_eq!(summary(&decide(SpendingLimit, &rules, given(0))), "INSTANT");
    assert_eq!(summary(&decide(SpendingLimit, &rules, given(1))), "NOTIFY");
}

#[test]
fn approvals_are_exposed_but_not_spent() {
    let rules = [json!({"instant_max_usd": 10, "notify_max_usd": 100, "delay_max_usd": 1000, "daily_limit_usd": 5})];
    let decision = decide(SpendingLimit, &rules, vec![approval(1, 2, BaseUnits::from_u128(50_000_000))]);
    assert_eq!(summary(&decision), "NOTIFY");
    assert_eq!(decision.valuation.components, []);
    assert_eq!(decision.valuation.usd.unwrap().to_string(), "0");
}

#[test]
fn what_is_known_to_be_exceeded_is_exceeded() {
    // The second token has no price; the dollars of the first one are over the limit by themselves.
    let rules = |unpriced: &str| [json!({"instant_max_usd": 10, "notify_max_usd": 20, "unpriced_tier": unpriced})];
    let given = |tokens| vec![token_transfer(1, 1, tokens), token_transfer(2, 1, 1)];
    assert_eq!(summary(&decide(SpendingLimit, &rules("NOTIFY"), given(1))), "NOTIFY");
    assert_eq!(summary(&decide(SpendingLimit, &rules("NOTIFY"), given(20_000_001))), "APPROVAL");
    assert_eq!(summary(&decide(SpendingLimit, &rules("DENY"), given(1))), "PRICE_UNAVAILABLE");
    assert_eq!(decide(SpendingLimit, &rules("NOTIFY"), given(1)).valuation.usd, None);
}

#[test]
fn of_several_rows_the_strictest_parts_hold() {
    let loose = json!({"instant_max_usd": 1000, "delay_seconds": 60, "approval_timeout": 100});
    let ceiling = json!({"delay_max_usd": 1000, "delay_seconds": 600, "approval_timeout": 50, "daily_limit_usd": 1});
    let allowance =
        |rules: &[Value], amount| match decide(SpendingLimit, rules, vec![token_transfer(1, 1, amount)]).verdict {
            Verdict::Allow(allowance) => allowance,
            Verdict::Deny(denial) => panic!("{denial:?}"),
        };
    let delayed = allowance(&[loose.clone(), ceiling.clone()], 900_000);
    assert_eq!((delayed.tier, delayed.delay_seconds, delayed.approval_timeout_seconds), (Tier::Delay, Some(600), None));
    let warning = delayed.cumulative_warning.unwrap();
    assert_eq!((warning.spent.to_string().as_str(), warning.limit.to_string().as_str()), ("0.9", "1"));
    let approved = allowance(&[loose, ceiling], 2_000_000);
    assert_eq!(
        (approved.tier, approved.delay_seconds, approved.approval_timeout_seconds),
        (Tier::Approval, None, Some(50))
    );
    assert_eq!(approved.approval_reason.unwrap().as_str(), "cumulative_daily");
}

#[test]
fn keys_from_the_exact_to_the_general() {
    let limits = |instant: &str| json!({"instant_max": instant, "notify_max": "100", "delay_max": "100"});
    for (given, expect) in [
        (json!({"native": limits("1")}), "INSTANT"),
        (json!({"native": limits("1"), "native:ethereum": limits("0.5")}), "NOTIFY"),
        (json!({"native:ethereum": limits("0.5"), "eip155:1/slip44:60": limits("1")}), "INSTANT"),
        (json!({"native": limits("1"), "native:solana": limits("0.5")}), "INSTANT"),
        (json!({token(1).to_string(): limits("1")}), "APPROVAL"),
    ] {
        check(SpendingLimit, &[json!({"token_limits": given})], native_transfer(1, ETHER), expect);
    }
}

#[test]
fn cumulative_denials_speak_of_limits_but_not_like_allowances() {
    let rules = [json!({"instant_max_usd": 10, "daily_limit_usd": 5, "on_cumulative_exceed": "DENY"})];
    let denied = decide(SpendingLimit, &rules, vec![token_transfer(1, 1, 5_000_001)]);
    assert_eq!(summary(&denied), "SPENDING_LIMIT_EXCEEDED");
    // `exceeds limit` is what marks denials of APPROVE_AMOUNT_LIMIT.
    assert!(!message(&denied).contains("exceeds limit"), "{}", message(&denied));
    assert!(message(&denied).starts_with("Transaction denied by SPENDING_LIMIT policy: "));
}
