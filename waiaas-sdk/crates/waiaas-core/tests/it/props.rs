//! What holds for all policies: restrictions only restrict, and nothing makes the evaluation fall over.

use crate::scene::{NETWORK, Scene, address, row, severity, subject, token};
use proptest::prelude::*;
use serde_json::{Value, json};
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Price, Ratio, Usd};
use waiaas_core::policy::{
    ActionFacts, CategoryUse, LedgerFacts, Phase, PolicyRow, PolicySettings, PolicyType, Positions, PriceFact,
    RateCount, RateWindow, ReasonCode, Tier, Verdict, validate_rules,
};
use waiaas_core::tx::action::{Lending, LendingOp, Perp, PerpOp};
use waiaas_core::tx::{Action, CallHead, Channel, Effects, Host, Operation, TxType};
use waiaas_core::wallet::OwnerState;

fn amounts() -> impl Strategy<Value = BaseUnits> {
    prop_oneof![
        Just(BaseUnits::ZERO),
        (0_u128..200_000_000).prop_map(BaseUnits::from_u128),
        (0_u128..3_000).prop_map(|thousandths| BaseUnits::from_u128(thousandths * 1_000_000_000_000_000)),
        Just(BaseUnits::MAX),
    ]
}

fn operations() -> impl Strategy<Value = Operation> {
    (0_u8..6, 1_u8..4, 1_u8..4, amounts()).prop_map(|(kind, who, what, amount)| match kind {
        0 => Operation::NativeTransfer { to: address(who), amount },
        1 => Operation::TokenTransfer { asset: token(what), to: address(who), amount },
        2 => Operation::Approval { asset: token(what), spender: address(who), amount, collection: false },
        3 => Operation::NftTransfer { collection: address(what), to: address(who) },
        4 => Operation::Deployment,
        _ => Operation::ContractCall {
            contract: address(what),
            head: CallHead::of(&[who; 4][..if who > 1 { 4 } else { 0 }]),
        },
    })
}

fn requests() -> impl Strategy<Value = Effects> {
    let tx_types = prop::sample::select(TxType::ALL);
    (tx_types, prop::collection::vec(operations(), 1..4))
        .prop_map(|(tx_type, operations)| Effects::of(NETWORK, tx_type, operations))
}

/// Single requests and batches, over every channel, with and without an action behind them.
fn transactions() -> impl Strategy<Value = Effects> {
    let host = || Host::parse("api.example.com").unwrap();
    let channels = vec![
        Channel::Send,
        Channel::Send,
        Channel::Sign,
        Channel::X402(host()),
        Channel::Erc8128(host()),
        Channel::Message,
        Channel::External,
    ];
    let parts = prop_oneof![3 => prop::collection::vec(requests(), 1), 1 => prop::collection::vec(requests(), 2..4)];
    (parts, prop::sample::select(channels), prop::option::of(actions())).prop_map(|(parts, channel, action)| {
        let mut effects = Effects::batch(parts).unwrap();
        if !channel.is_on_chain() {
            effects.operations.clear();
            effects.instructions.clear();
        }
        Effects { channel, action, ..effects }
    })
}

fn actions() -> impl Strategy<Value = Action> {
    let text = |choices: Vec<&'static str>| prop::option::of(prop::sample::select(choices).prop_map(str::to_owned));
    let dollars = || prop::option::of((0_u128..300).prop_map(|dollars| Usd::from_micros(dollars * 1_000_000)));
    let flags = prop::array::uniform4(any::<bool>());
    let lending = (prop::sample::select(LendingOp::ALL), prop::option::of(1_u8..4), dollars())
        .prop_map(|(op, asset, usd)| Lending { op, asset: asset.map(token), usd });
    let leverage = prop::option::of((0_u64..8).prop_map(|times| Ratio::from_millionths(times * 1_000_000)));
    let perp =
        (prop::sample::select(PerpOp::ALL), text(vec!["ETH-PERP", "sol-perp"]), leverage, dollars(), any::<bool>())
            .prop_map(|(op, market, leverage, size, reduce_only)| Perp { op, market, leverage, size, reduce_only });
    let outflows = prop::collection::vec((1_u8..4, amounts()), 0..2);
    let words =
        (text(vec!["polymarket", "hyperliquid"]), text(vec!["swap", "lending"]), prop::sample::select(Tier::ALL));
    (flags, words, dollars(), outflows, prop::option::of(lending), prop::option::of(perp)).prop_map(
        |([trusted, low, withdrawal, non_spending], (venue, category, floor), notional, outflows, lending, perp)| {
            Action {
                trusted,
                floor: if low { Tier::Instant } else { floor },
                venue,
                category,
                withdrawal,
                notional,
                non_spending,
                outflows: outflows.into_iter().map(|(number, amount)| (token(number), amount)).collect(),
                lending,
                perp,
            }
        },
    )
}

fn action_facts() -> impl Strategy<Value = ActionFacts> {
    let dollars = || (0_u128..300).prop_map(|dollars| Usd::from_micros(dollars * 1_000_000));
    let positions = (dollars(), dollars()).prop_map(|(collateral, debt)| Positions { collateral, debt });
    let score = (0_u64..=100).prop_map(|score| Ratio::from_millionths(score * 1_000_000));
    let reputation = prop::collection::btree_map((1_u8..4).prop_map(address), score, 0..3);
    let used = (dollars(), dollars()).prop_map(|(day, month)| CategoryUse { day, month: month.saturating_add(day) });
    let categories = prop::collection::btree_map(prop::sample::select(vec!["swap", "lending"]), used, 0..3);
    let facts = (
        prop::option::of(positions),
        prop::option::of(reputation),
        prop::option::of(categories),
        prop::option::of(0_u64..4),
    );
    facts.prop_map(|(positions, reputation, categories, erc8128_recent)| ActionFacts {
        positions,
        reputation,
        categories: categories.map(|uses| uses.into_iter().map(|(name, used)| (name.to_owned(), used)).collect()),
        erc8128_recent,
    })
}

fn price_facts() -> impl Strategy<Value = PriceFact> {
    prop_oneof![
        3 => (1_u32..3_000).prop_map(|price| PriceFact::Known(Price::parse(&price.to_string()).unwrap())),
        1 => Just(PriceFact::NotListed),
        1 => Just(PriceFact::Unavailable),
    ]
}

pub(crate) fn scenes() -> impl Strategy<Value = Scene> {
    let prices = prop::array::uniform4(price_facts());
    let spent = (0_u128..1_000, 0_u128..1_000, 0_u64..5, amounts());
    let flags = prop::array::uniform6(any::<bool>());
    let owners = prop::sample::select(OwnerState::ALL);
    (transactions(), prices, spent, flags, owners, any::<bool>(), action_facts()).prop_map(
        |(effects, prices, (day, month, count, held), flags, owner, again, actions)| {
            let assets = [AssetId::native(NETWORK), token(1), token(2), token(3)];
            let windows = [(60, 1), (3_600, 3)].map(|(window_seconds, max_requests)| RateCount {
                window: RateWindow { window_seconds, max_requests },
                count,
                frees_at_expiry_of: None,
            });
            let [tokens, contracts, spenders, transfers, passthrough, legacy] = flags;
            Scene {
                subject: subject(owner),
                effects,
                prices: assets.into_iter().zip(prices).collect(),
                ledger: LedgerFacts {
                    held: assets.into_iter().map(|asset| (asset, held)).collect(),
                    daily_usd: Usd::from_micros(day * 1_000_000),
                    monthly_usd: Usd::from_micros((day + month) * 1_000_000),
                    rates: windows.to_vec(),
                },
                actions,
                settings: PolicySettings {
                    erc8128_enabled: true,
                    default_deny_venues: tokens,
                    default_deny_tokens: tokens,
                    default_deny_contracts: contracts,
                    default_deny_spenders: spenders,
                    default_deny_transfers: transfers,
                    zero_policy_passthrough: passthrough,
                    legacy_raw_limit_for_tokens: legacy,
                    ..PolicySettings::default()
                },
                phase: if again { Phase::Recheck } else { Phase::Admission },
            }
        },
    )
}

/// Valid rules of each type, now and then unreadable ones.
pub(crate) fn rows() -> impl Strategy<Value = PolicyRow> {
    (prop::sample::select(PolicyType::ALL), any::<u8>(), prop::collection::vec(1_u8..4, 1..3), spending_rules(), 0_u8..20)
        .prop_map(|(policy_type, position, listed, spending, luck)| {
            let entries = |extra: Value| -> Vec<Value> {
                let entry = |number: &u8| {
                    let mut entry = json!({"address": address(*number).to_string()});
                    entry.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
                    entry
                };
                listed.iter().map(entry).collect()
            };
            let rules = match policy_type {
                PolicyType::Whitelist => {
                    json!({"allowed_addresses": listed.iter().map(|number| address(*number).to_string()).collect::<Vec<_>>()})
                }
                PolicyType::AllowedNetworks if luck < 10 => json!({"networks": ["ethereum-mainnet"]}),
                PolicyType::AllowedNetworks => json!({"networks": [{"network": "eip155:8453"}]}),
                PolicyType::TimeRestriction if luck < 5 => json!({"allowed_hours": {"start": 0, "end": 1}}),
                PolicyType::TimeRestriction if luck < 8 => {
                    json!({"allowedHours": {"start": 0, "end": 24}, "timezone": "Mars/Base"})
                }
                PolicyType::TimeRestriction => {
                    json!({"allowedHours": {"start": 20, "end": 0}, "timezone": "Asia/Seoul"})
                }
                PolicyType::RateLimit if luck < 10 => json!({"max_requests": 3, "window_seconds": 3600}),
                PolicyType::RateLimit => json!({"max_requests": 1, "window_seconds": 60}),
                PolicyType::AllowedTokens => json!({"tokens": entries(json!({})), "restrict_native": luck > 15}),
                PolicyType::ContractWhitelist => json!({"contracts": entries(json!({}))}),
                PolicyType::MethodWhitelist => {
                    let method = |number: &u8| json!({"contractAddress": address(*number).to_string(), "selectors": ["0x02020202"]});
                    json!({"methods": listed.iter().map(method).collect::<Vec<_>>()})
                }
                PolicyType::ApprovedSpenders => json!({"spenders": entries(json!({"maxAmount": "100000000"}))}),
                PolicyType::ApproveAmountLimit if luck < 5 => json!({"blockUnlimited": false}),
                PolicyType::ApproveAmountLimit => json!({"maxAmount": "100000000"}),
                PolicyType::ApproveTierOverride => {
                    json!({"tier": Tier::ALL[usize::from(luck) / 5].as_str()})
                }
                PolicyType::X402AllowedDomains if luck < 10 => json!({"domains": ["*.example.com"]}),
                PolicyType::X402AllowedDomains => json!({"domains": ["example.com"]}),
                PolicyType::Erc8128AllowedDomains => json!({"domains": ["api.example.com"], "rate_limit_rpm": 2}),
                PolicyType::LendingAssetWhitelist => json!({"assets": entries(json!({}))}),
                PolicyType::LendingLtvLimit => json!({"maxLtv": 0.75, "warningLtv": 0.5}),
                PolicyType::PerpAllowedMarkets => json!({"markets": ["ETH-PERP"]}),
                PolicyType::PerpMaxLeverage => json!({"maxLeverage": 5, "warningLeverage": 3}),
                PolicyType::PerpMaxPositionUsd => json!({"maxPositionUsd": 200, "warningPositionUsd": 100}),
                PolicyType::VenueWhitelist => json!({"venues": ["polymarket"]}),
                PolicyType::ReputationThreshold => {
                    let tiers = ["INSTANT", "DELAY", "APPROVAL", "DENY"].map(Value::from);
                    let [below, unrated] = [&tiers[usize::from(luck) % 4], &tiers[usize::from(luck) / 5]];
                    json!({"min_score": 50, "check_counterparty": luck > 3, "below_threshold_tier": below,
                        "unrated_tier": unrated})
                }
                PolicyType::ActionCategoryLimit => {
                    let category = if luck < 10 { "trade" } else { "withdraw" };
                    json!({"category": category, "per_action": 100, "daily": 200, "tier_on_exceed": if luck < 5 { "DENY" } else { "auto" }})
                }
                PolicyType::SpendingLimit => spending,
            };
            let rules = if luck == 0 { "{nope".to_owned() } else { rules.to_string() };
            row(position, policy_type, rules)
        })
}

/// Limits in random combinations, thresholds in order.
fn spending_rules() -> impl Strategy<Value = Value> {
    let three = || {
        prop::array::uniform3(1_u32..2_000).prop_map(|mut limits| {
            limits.sort_unstable();
            limits
        })
    };
    (three(), three(), three(), prop::array::uniform6(any::<bool>())).prop_map(|(usd, raw, human, parts)| {
        let mut rules = json!({"instant_max_usd": usd[0]});
        let mut set = |wanted: bool, key: &str, value: Value| {
            if wanted {
                rules[key] = value;
            }
        };
        set(parts[0], "notify_max_usd", json!(usd[1]));
        set(parts[0], "delay_max_usd", json!(usd[2]));
        for (key, limit) in ["instant_max", "notify_max", "delay_max"].into_iter().zip(raw) {
            set(parts[1], key, json!(format!("{limit}000000000000000")));
        }
        let limits = human.map(|limit| limit.to_string());
        let limits = json!({"instant_max": limits[0], "notify_max": limits[1], "delay_max": limits[2]});
        set(parts[2], "token_limits", json!({"native": limits, token(1).to_string(): limits}));
        set(parts[3], "daily_limit_usd", json!(usd[2]));
        set(parts[4], "monthly_limit_usd", json!(usd[2]));
        set(parts[5], "on_cumulative_exceed", json!("DENY"));
        rules
    })
}

/// JSON of any shape, with the words that rules are made of.
fn json_values() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec![
        "tokens",
        "address",
        "contracts",
        "spenders",
        "networks",
        "network",
        "allowed_addresses",
        "token_limits",
        "native",
        "native:ethereum",
        "eip155:1/slip44:60",
        "instant_max",
        "notify_max",
        "delay_max",
        "instant_max_usd",
        "daily_limit_usd",
        "delay_seconds",
        "max_requests",
        "window_seconds",
        "maxTransactions",
        "period",
        "hourly",
        "unpriced_tier",
        "DENY",
        "on_cumulative_exceed",
        "maxAmount",
        "blockUnlimited",
        "tier",
        "INSTANT",
        "methods",
        "contractAddress",
        "selectors",
        "0x02020202",
        "allowed_hours",
        "allowedHours",
        "allowed_days",
        "start",
        "end",
        "timezone",
        "Asia/Seoul",
        "chain",
        "assetId",
        "restrict_native",
        "1",
        "-1",
        "1e9",
        "0.5",
        "\u{661}",
        "",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words.clone().prop_map(Value::from),
        Just(Value::from(address(1).to_string())),
    ];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((words.clone(), inner), 0..6)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// A ceiling restricts whatever else is there, also where a default denies.
    #[test]
    fn a_ceiling_only_tightens(scene in scenes(), rows in prop::collection::vec(rows(), 0..6), mut added in rows()) {
        let before = scene.judge(&rows);
        added.ceiling = true;
        let after = scene.judge(&[rows, vec![added]].concat());
        prop_assert!(severity(&after) >= severity(&before), "{before:#?}\n{after:#?}");
    }

    /// An ordinary row of a type that had none restricts too. Where the absence of the type is itself a
    /// denial the row is what lifts it, so those defaults are off here. Two types are about more than
    /// restricting: APPROVE_TIER_OVERRIDE replaces a tier, and APPROVE_AMOUNT_LIMIT may permit what no row
    /// means to deny.
    #[test]
    fn a_first_row_only_tightens(mut scene in scenes(), rows in prop::collection::vec(rows(), 0..6), added in rows()) {
        scene.settings.default_deny_tokens = false;
        scene.settings.default_deny_contracts = false;
        scene.settings.default_deny_spenders = false;
        scene.settings.default_deny_transfers = false;
        scene.settings.default_deny_venues = false;
        scene.settings.default_deny_x402_domains = false;
        scene.settings.default_deny_erc8128_domains = false;
        scene.settings.default_deny_lending_assets = false;
        scene.settings.default_deny_perp_markets = false;
        prop_assume!(added.policy_type != PolicyType::ApproveTierOverride && !added.rules.contains("blockUnlimited"));
        let rows: Vec<_> = rows.into_iter().filter(|row| row.policy_type != added.policy_type).collect();
        let before = scene.judge(&rows);
        let after = scene.judge(&[rows, vec![added]].concat());
        prop_assert!(severity(&after) >= severity(&before), "{before:#?}\n{after:#?}");
    }

    /// A wallet's own row replaces a global one, but not a global ceiling.
    #[test]
    fn a_wallet_row_never_widens_a_ceiling(scene in scenes(), global in rows(), own in rows()) {
        let mut own = PolicyRow { policy_type: global.policy_type, ..own };
        own.wallet = Some(scene.subject.wallet);
        let alone = scene.judge(std::slice::from_ref(&global));
        let both = scene.judge(&[PolicyRow { ceiling: true, ..global }, own]);
        prop_assert!(severity(&both) >= severity(&alone), "{alone:#?}\n{both:#?}");
    }

    /// Putting requests together never helps: a batch is judged at least as strictly as each of its instructions.
    #[test]
    fn a_batch_is_no_better_than_its_parts(
        mut scene in scenes(), rows in prop::collection::vec(rows(), 0..6), parts in prop::collection::vec(requests(), 2..4),
    ) {
        let channel = scene.effects.channel.clone();
        let channel = if channel.is_on_chain() { channel } else { Channel::Send };
        let action = scene.effects.action.clone();
        let mut judge = |effects: Effects| {
            scene.effects = Effects { channel: channel.clone(), action: action.clone(), ..effects };
            scene.judge(&rows)
        };
        let whole = judge(Effects::batch(parts.clone()).unwrap());
        for part in parts {
            let alone = judge(part);
            prop_assert!(severity(&whole) >= severity(&alone), "{alone:#?}\n{whole:#?}");
        }
    }

    /// What nobody looked up never helps.
    #[test]
    fn a_missing_fact_never_lowers_the_outcome(
        mut scene in scenes(), rows in prop::collection::vec(rows(), 0..6), lost in 0_u8..4,
    ) {
        let before = scene.judge(&rows);
        match lost {
            0 => scene.actions.positions = None,
            1 => scene.actions.reputation = None,
            2 => scene.actions.categories = None,
            _ => scene.actions.erc8128_recent = None,
        }
        let after = scene.judge(&rows);
        prop_assert!(severity(&after) >= severity(&before), "{before:#?}\n{after:#?}");
    }

    /// A larger amount is never treated more lightly.
    #[test]
    fn tiers_are_monotone_in_the_amount(
        mut scene in scenes(), rows in prop::collection::vec(rows(), 0..6), one in amounts(), other in amounts(), kind in 0_u8..3,
    ) {
        scene.effects = Effects { action: scene.effects.action, ..Effects::of(NETWORK, TxType::Transfer, Vec::new()) };
        let mut judge = |amount| {
            scene.effects.operations = vec![match kind {
                0 => Operation::NativeTransfer { to: address(1), amount },
                1 => Operation::TokenTransfer { asset: token(1), to: address(1), amount },
                _ => Operation::Approval { asset: token(1), spender: address(1), amount, collection: false },
            }];
            severity(&scene.judge(&rows))
        };
        prop_assert!(judge(one.min(other)) <= judge(one.max(other)));
    }

    /// Losing a price never helps, where the rules rely on it: no limit of the asset itself stands in,
    /// and what cannot be valued needs the owner (the default on a main net).
    #[test]
    fn a_missing_price_never_lowers_the_outcome(
        mut scene in scenes(), mut rules in spending_rules(), lost in 0_usize..4, unavailable in any::<bool>(),
    ) {
        for key in ["instant_max", "notify_max", "delay_max", "token_limits", "on_cumulative_exceed"] {
            rules.as_object_mut().unwrap().remove(key);
        }
        scene.subject.owner = OwnerState::Locked;
        let rows = [row(1, PolicyType::SpendingLimit, rules.to_string())];
        let before = scene.judge(&rows);
        let absent = if unavailable { PriceFact::Unavailable } else { PriceFact::NotListed };
        *scene.prices.values_mut().nth(lost).unwrap() = absent;
        let after = scene.judge(&rows);
        prop_assert!(severity(&after) >= severity(&before), "{before:#?}\n{after:#?}");
    }

    /// Nothing that can be stored makes the evaluation fall over, and what creation accepts can be read.
    #[test]
    fn arbitrary_rules_do_not_panic(scene in scenes(), rules in json_values(), text in ".{0,40}") {
        for policy_type in PolicyType::ALL {
            let accepted = validate_rules(*policy_type, &rules).is_ok();
            let decision = scene.judge(&[row(1, *policy_type, rules.to_string())]);
            if let Verdict::Deny(denial) = &decision.verdict {
                prop_assert!(!accepted || denial.reason != ReasonCode::PolicyRulesCorrupt, "{policy_type}: {rules}");
            }
            scene.judge(&[row(1, *policy_type, text.clone())]);
        }
    }
}
