//! Rows, facts and a request of any kind: judged without panic, the same way in any order, and never widened by a
//! ceiling or by a fact that is missing.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use waiaas_core::id::WalletId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{Phase, PolicyBook, PolicyRow, PolicyType, Tier, UnpricedTier};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Effects, Operation};
use waiaas_core::wallet::OwnerState;
use waiaas_fuzz::{NETWORK, Scene, address, row, scenes, severity, strict, token};

#[derive(Arbitrary, Debug)]
struct Input {
    rows: Vec<Row>,
    added: Row,
    request: u8,
    amounts: [u128; 2],
    shift: u8,
    accounts: [u8; 3],
    owner: u8,
    again: bool,
    strict: bool,
    passthrough: bool,
    legacy: bool,
    unpriced: Option<u8>,
    held: u64,
    spent: u32,
    earlier: u8,
    no_price: bool,
    lost: u8,
}

/// A row of one type, its numbers and its scope.
#[derive(Arbitrary, Debug)]
struct Row {
    policy_type: u8,
    numbers: [u16; 3],
    accounts: [u8; 2],
    text: Option<String>,
    flags: [bool; 3],
    own: bool,
    elsewhere: bool,
    everywhere: bool,
    priority: i8,
    created: u8,
    ceiling: bool,
    disabled: bool,
}

fuzz_target!(|input: Input| {
    let scene = scene(&input);
    let rows: Vec<PolicyRow> =
        input.rows.iter().take(40).enumerate().map(|(position, spec)| policy(position as u8, spec)).collect();
    let book = PolicyBook::compile(&rows);
    let decision = scene.judge_by(&book);
    assert_eq!(decision, scene.judge_by(&book), "the same question twice");
    let backwards: Vec<PolicyRow> = rows.iter().rev().cloned().collect();
    assert_eq!(decision, scene.judge(&backwards), "the order of rows");

    let ceiling = PolicyRow { ceiling: true, ..policy(200, &input.added) };
    let with_ceiling = scene.judge(&[rows.clone(), vec![ceiling]].concat());
    // With the passthrough of the original the first row of all ends the free passage, which only tightens too.
    assert!(severity(&with_ceiling) >= severity(&decision), "a ceiling widened: {decision:?} {with_ceiling:?}");

    let mut poorer = scene.clone();
    match input.lost % 5 {
        0 => poorer.actions.positions = None,
        1 => poorer.actions.reputation = None,
        2 => poorer.actions.categories = None,
        3 => poorer.actions.erc8128_recent = None,
        _ => poorer.actions = Default::default(),
    }
    let without = poorer.judge_by(&book);
    assert!(severity(&without) >= severity(&decision), "a missing fact widened: {decision:?} {without:?}");
});

fn scene(input: &Input) -> Scene {
    let all = scenes();
    let mut effects = all[usize::from(input.request) % all.len()].effects.clone();
    let [first, second] = input.amounts.map(|amount| BaseUnits::from_u128(amount >> (input.shift % 128)));
    retarget(&mut effects, [first, second], input.accounts);
    let mut scene = Scene::new(effects);
    scene.owner = OwnerState::ALL[usize::from(input.owner) % OwnerState::ALL.len()];
    scene.phase = if input.again { Phase::Recheck } else { Phase::Admission };
    if input.strict {
        scene.settings = strict();
    }
    scene.settings.zero_policy_passthrough = input.passthrough;
    scene.settings.legacy_raw_limit_for_tokens = input.legacy;
    scene.settings.unpriced_tier = input.unpriced.map(|number| match Tier::ALL.get(usize::from(number % 5)) {
        Some(tier) => UnpricedTier::Tier(*tier),
        None => UnpricedTier::Deny,
    });
    scene.held = [NETWORK.native_asset(), token(0), token(1)]
        .map(|asset| (asset, BaseUnits::from_u128(input.held.into())))
        .into();
    scene.spent = Usd::from_micros(u128::from(input.spent) * 1_000);
    scene.requests = input.earlier.into();
    if input.no_price {
        scene.prices.remove(&token(0));
    }
    scene
}

/// Other accounts and amounts for the same request.
fn retarget(effects: &mut Effects, amounts: [BaseUnits; 2], accounts: [u8; 3]) {
    let [one, other, what] = accounts;
    for (position, operation) in effects.operations.iter_mut().enumerate() {
        let new_amount = amounts[position % 2];
        let who = address(if position % 2 == 0 { one } else { other });
        match operation {
            Operation::NativeTransfer { to, amount } => (*to, *amount) = (who, new_amount),
            Operation::TokenTransfer { asset, to, amount } => (*asset, *to, *amount) = (token(what), who, new_amount),
            Operation::Approval { asset, spender, amount, .. } => {
                (*asset, *spender, *amount) = (token(what), who, new_amount);
            }
            Operation::ContractCall { contract, .. } => *contract = address(what),
            Operation::NftTransfer { collection, to } => (*collection, *to) = (address(what), who),
            Operation::Deployment => {}
        }
    }
}

fn policy(position: u8, spec: &Row) -> PolicyRow {
    let policy_type = PolicyType::ALL[usize::from(spec.policy_type) % PolicyType::ALL.len()];
    let rules = spec.text.clone().unwrap_or_else(|| rules(policy_type, spec).to_string());
    let other = spec.elsewhere.then_some(waiaas_core::chain::Network::BaseMainnet);
    PolicyRow {
        wallet: spec.own.then(|| WalletId::from_bytes([1; 16])),
        network: if spec.everywhere { None } else { other.or(Some(NETWORK)) },
        priority: spec.priority.into(),
        enabled: !spec.disabled,
        ceiling: spec.ceiling,
        created_at: UnixMillis::from_secs(spec.created.into()),
        ..row(position, policy_type, rules)
    }
}

/// Rules of the type, mostly valid.
fn rules(policy_type: PolicyType, spec: &Row) -> Value {
    let [a, b, c] = spec.numbers;
    let [yes, also, third] = spec.flags;
    let accounts = spec.accounts.map(|number| address(number).to_string());
    let entries = |extra: Value| -> Value {
        let entry = |account: &String| {
            let mut entry = extra.clone();
            entry["address"] = json!(account);
            entry
        };
        accounts.iter().map(entry).collect()
    };
    let tier = |number: u16| json!(["INSTANT", "NOTIFY", "DELAY", "APPROVAL", "DENY"][usize::from(number % 5)]);
    match policy_type {
        PolicyType::SpendingLimit => spending(spec),
        PolicyType::Whitelist => json!({ "allowed_addresses": accounts }),
        PolicyType::TimeRestriction => json!({
            "allowed_hours": { "start": a % 24, "end": b % 25 }, "allowed_days": [c % 7, a % 7],
            "timezone": if yes { "Asia/Seoul" } else { "UTC" },
        }),
        PolicyType::RateLimit => json!({ "max_requests": a % 9, "window_seconds": b }),
        PolicyType::AllowedTokens if yes => {
            json!({ "tokens": [{ "address": "native", "assetId": NETWORK.native_asset().to_string() }], "restrict_native": also })
        }
        PolicyType::AllowedTokens => {
            json!({ "tokens": entries(json!({ "chain": "ethereum" })), "restrict_native": also })
        }
        PolicyType::ContractWhitelist => json!({ "contracts": entries(json!({})) }),
        PolicyType::MethodWhitelist => {
            let selector = if yes { "0x01020304" } else { "0xffffffff" };
            json!({ "methods": [{ "contractAddress": accounts[0], "selectors": [selector] }] })
        }
        PolicyType::ApprovedSpenders if yes => json!({ "spenders": entries(json!({ "maxAmount": a.to_string() })) }),
        PolicyType::ApprovedSpenders => json!({ "spenders": entries(json!({})) }),
        PolicyType::ApproveAmountLimit => json!({ "maxAmount": a.to_string(), "blockUnlimited": yes }),
        PolicyType::ApproveTierOverride => json!({ "tier": tier(a) }),
        PolicyType::AllowedNetworks if yes => json!({ "networks": ["ethereum-mainnet"] }),
        PolicyType::AllowedNetworks => json!({ "networks": [{ "network": "eip155:8453" }] }),
        PolicyType::X402AllowedDomains if yes => json!({ "domains": ["*.example.com"] }),
        PolicyType::X402AllowedDomains => json!({ "domains": ["example.com"] }),
        PolicyType::LendingLtvLimit => json!({ "maxLtv": fraction(a), "warningLtv": fraction(b) }),
        PolicyType::LendingAssetWhitelist => json!({ "assets": entries(json!({})) }),
        PolicyType::PerpMaxLeverage => json!({ "maxLeverage": a % 9, "warningLeverage": b % 9 }),
        PolicyType::PerpMaxPositionUsd => json!({ "maxPositionUsd": a, "warningPositionUsd": b }),
        PolicyType::PerpAllowedMarkets => json!({ "markets": [if yes { "eth-perp" } else { "BTC-PERP" }] }),
        PolicyType::ReputationThreshold => json!({
            "min_score": a % 101, "below_threshold_tier": tier(b), "unrated_tier": tier(c), "check_counterparty": yes,
        }),
        PolicyType::Erc8128AllowedDomains => {
            json!({ "domains": [if yes { "api.example.com" } else { "x.example" }], "rate_limit_rpm": a % 5 })
        }
        PolicyType::VenueWhitelist => json!({ "venues": [if yes { "Polymarket" } else { "elsewhere" }] }),
        PolicyType::ActionCategoryLimit => {
            let category = ["swap", "trade", "withdraw", "lending"][usize::from(a % 4)];
            json!({
            "category": category, "daily": b,
            "per_action": c, "tier_on_exceed": if third { tier(a) } else { json!("auto") },
            })
        }
    }
}

fn fraction(number: u16) -> Value {
    json!(format!("0.{:03}", number % 1_000))
}

fn spending(spec: &Row) -> Value {
    let mut limits = spec.numbers;
    limits.sort_unstable();
    let [small, middle, large] = limits;
    let [dollars, raw, tokens] = spec.flags;
    let mut rules = json!({ "delay_seconds": 60 + u32::from(small), "on_cumulative_exceed": if raw { "DENY" } else { "APPROVAL" } });
    if dollars {
        rules["instant_max_usd"] = json!(small);
        rules["notify_max_usd"] = json!(middle);
        rules["delay_max_usd"] = json!(large);
        rules["daily_limit_usd"] = json!(u32::from(large) + 1);
    }
    if raw {
        rules["instant_max"] = json!(small.to_string());
        rules["delay_max"] = json!(format!("{large}000000000"));
    }
    if tokens || !(dollars || raw) {
        let of = json!({ "instant_max": small.to_string(), "notify_max": middle.to_string(), "delay_max": large.to_string() });
        rules["token_limits"] = json!({ "native": of, token(spec.accounts[0]).to_string(): of });
    }
    if tokens {
        rules["unpriced_tier"] = json!(["NOTIFY", "DELAY", "APPROVAL", "DENY"][usize::from(small % 4)]);
    }
    rules
}
