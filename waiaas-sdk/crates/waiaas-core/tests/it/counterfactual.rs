//! What would let a denied request pass: the suggestion does, one unit more does not.

use crate::props::{rows, scenes};
use crate::scene::{NETWORK, NOW, Scene, address, row, subject, token};
use crate::zones::{self, instant};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Price, Ratio, Usd};
use waiaas_core::policy::{
    ActionFacts, Change, Counterfactual, DeclaredUsd, LedgerFacts, MissingEntry, Phase, PolicyRow, PolicySettings,
    PolicyType, PriceFact, RateCount, RateWindow, Tier, Verdict,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::action::{LendingOp, PerpOp};
use waiaas_core::tx::{Effects, Operation, TxType};
use waiaas_core::wallet::OwnerState;

/// The tier at an instant; `None` when denied.
fn tier_at(scene: &Scene, now: UnixMillis, rows: &[PolicyRow]) -> Option<Tier> {
    scene.judge_at(now, rows, |judgement| match judgement.verdict() {
        Verdict::Allow(allowance) => Some(allowance.tier),
        Verdict::Deny(_) => None,
    })
}

fn would_pass(scene: &Scene, now: UnixMillis, rows: &[PolicyRow]) -> Vec<Counterfactual> {
    scene.judge_at(now, rows, |judgement| judgement.would_pass(&zones::offset))
}

/// The scene with another request.
fn with(scene: &Scene, change: impl FnOnce(&mut Effects)) -> Scene {
    let mut scene = scene.clone();
    change(&mut scene.effects);
    scene
}

/// The scene with another amount of one operation.
fn with_amount(scene: &Scene, position: usize, new: BaseUnits) -> Scene {
    with(scene, |effects| match &mut effects.operations[position] {
        Operation::NativeTransfer { amount, .. }
        | Operation::TokenTransfer { amount, .. }
        | Operation::Approval { amount, .. } => *amount = new,
        other => panic!("{other:?} has no amount"),
    })
}

/// The positions of operations that a suggestion about an amount may mean.
fn operations_of(scene: &Scene, asset: AssetId, instruction: Option<usize>) -> Vec<usize> {
    let mut owners = Vec::new();
    for (index, part) in scene.effects.instructions.iter().enumerate() {
        owners.extend(std::iter::repeat_n(Some(index), part.operations));
    }
    owners.resize(scene.effects.operations.len(), None);
    let of_asset = |operation: &Operation| match operation {
        Operation::NativeTransfer { .. } => asset == AssetId::native(NETWORK),
        Operation::TokenTransfer { asset: other, .. } | Operation::Approval { asset: other, .. } => asset == *other,
        _ => false,
    };
    let operations = scene.effects.operations.iter().enumerate();
    operations
        .filter(|(at, operation)| of_asset(operation) && owners[*at] == instruction)
        .map(|(position, _)| position)
        .collect()
}

/// The rows with one more entry in a list, or with a new row for it.
fn with_entry(rows: &[PolicyRow], missing: &MissingEntry) -> Vec<PolicyRow> {
    let mut rows = rows.to_vec();
    match missing.policy {
        Some(id) => {
            let row = rows.iter_mut().find(|row| row.id == id).expect("the row that refused");
            let mut rules: Value = serde_json::from_str(&row.rules).unwrap();
            rules[missing.field].as_array_mut().expect("the list").push(missing.entry.clone());
            row.rules = rules.to_string();
        }
        None => rows.push(row(u8::MAX, missing.policy_type, missing.rules().to_string())),
    }
    rows
}

/// A well-formed entry of the same list that stands for something that no scene has.
fn another(missing: &MissingEntry) -> Value {
    let stranger = address(0xee).to_string();
    match missing.policy_type {
        PolicyType::Whitelist => json!(stranger),
        PolicyType::AllowedNetworks => json!({ "network": "polygon-mainnet" }),
        PolicyType::MethodWhitelist => {
            json!({ "contractAddress": missing.entry["contractAddress"], "selectors": ["0xeeeeeeee"] })
        }
        PolicyType::X402AllowedDomains | PolicyType::Erc8128AllowedDomains => json!("stranger.example.net"),
        PolicyType::PerpAllowedMarkets => json!({ "market": "STRANGE-PERP" }),
        PolicyType::VenueWhitelist => json!({ "id": "stranger" }),
        _ => json!({ "address": stranger }),
    }
}

/// Checks every suggestion against the evaluation, and says of which kinds they were.
fn check(scene: &Scene, rows: &[PolicyRow]) -> Vec<String> {
    let denial = scene.judge_at(NOW, rows, |judgement| match judgement.verdict() {
        Verdict::Deny(denial) => Some(denial.clone()),
        Verdict::Allow(_) => None,
    });
    let found = would_pass(scene, NOW, rows);
    let Some(denial) = denial else {
        assert!(found.is_empty(), "an allowed request needs nothing: {found:?}");
        return Vec::new();
    };
    let tier = |scene: &Scene| tier_at(scene, NOW, rows);
    let mut kinds = Vec::new();
    for Counterfactual { change, tier: said } in found {
        assert!(said.is_some() || matches!(change, Change::Entry(_)), "{change:?}");
        let kind = match &change {
            Change::Amount { asset, instruction, largest } => {
                let next = largest.checked_add(BaseUnits::from_u128(1)).unwrap();
                assert!(!largest.is_zero());
                let exact = |position: &usize| {
                    tier(&with_amount(scene, *position, *largest)) == said
                        && tier(&with_amount(scene, *position, next)).is_none()
                };
                assert!(operations_of(scene, *asset, *instruction).iter().any(exact), "{change:?}");
                "amount".to_owned()
            }
            Change::Usd { of, largest } => {
                let with_usd = |usd: Usd| {
                    with(scene, |effects| {
                        let action = effects.action.as_mut().unwrap();
                        match of {
                            DeclaredUsd::Loan => action.lending.as_mut().unwrap().usd = Some(usd),
                            DeclaredUsd::Position => action.perp.as_mut().unwrap().size = Some(usd),
                            DeclaredUsd::Action => action.notional = Some(usd),
                        }
                    })
                };
                assert!(!largest.is_zero());
                assert_eq!(tier(&with_usd(*largest)), said);
                assert_eq!(tier(&with_usd(Usd::from_micros(largest.micros() + 1))), None);
                of.to_string()
            }
            Change::Leverage { largest } => {
                let with_leverage = |leverage: Ratio| {
                    with(scene, |effects| {
                        effects.action.as_mut().unwrap().perp.as_mut().unwrap().leverage = Some(leverage);
                    })
                };
                assert_eq!(tier(&with_leverage(*largest)), said);
                assert_eq!(tier(&with_leverage(Ratio::from_millionths(largest.millionths() + 1))), None);
                "leverage".to_owned()
            }
            Change::Time { earliest } => {
                assert!(*earliest > NOW);
                assert_eq!(tier_at(scene, *earliest, rows), said);
                assert_eq!(tier_at(scene, earliest.plus_secs(-1), rows), None);
                "time".to_owned()
            }
            Change::Entry(missing) => {
                assert_eq!(denial.missing.as_deref(), Some(missing));
                assert_eq!(denial.policy, missing.policy);
                let refusing = |rows: &[PolicyRow]| {
                    scene.judge_at(NOW, rows, |judgement| match judgement.verdict() {
                        Verdict::Deny(denial) => Some((denial.denied_by, denial.reason, denial.missing.clone())),
                        Verdict::Allow(_) => None,
                    })
                };
                let added = with_entry(rows, missing);
                assert_eq!(tier_at(scene, NOW, &added), said, "{missing:?}");
                let same = Some((denial.denied_by, denial.reason, denial.missing.clone()));
                assert_ne!(refusing(&added), same, "the rule refuses the same again");
                let other = with_entry(rows, &MissingEntry { entry: another(missing), ..missing.clone() });
                assert_eq!(tier_at(scene, NOW, &other), None, "another entry helps as well: {missing:?}");
                format!("{} {}", missing.policy_type, if missing.policy.is_some() { "row" } else { "new" })
            }
            Change::Owner => {
                assert_eq!(scene.subject.owner, OwnerState::None);
                let mut owned = scene.clone();
                owned.subject.owner = OwnerState::Locked;
                assert_eq!(tier(&owned), said);
                "owner".to_owned()
            }
        };
        kinds.push(kind);
    }
    kinds
}

/// Types that refuse by a number or by the clock.
const MEASURING: [PolicyType; 6] = [
    PolicyType::SpendingLimit,
    PolicyType::TimeRestriction,
    PolicyType::LendingLtvLimit,
    PolicyType::PerpMaxLeverage,
    PolicyType::PerpMaxPositionUsd,
    PolicyType::ActionCategoryLimit,
];

/// Half of the cases are anything at all; in the others the lists and defaults are out of the way, so that what measures
/// has its say.
fn cases() -> impl Strategy<Value = (Scene, Vec<PolicyRow>)> {
    let measuring = rows().prop_filter("measures", |row| MEASURING.contains(&row.policy_type));
    let anything = prop::collection::vec((rows(), 0_u8..4), 0..6);
    let measuring = prop::collection::vec((measuring, 0_u8..4), 1..3);
    prop_oneof![(scenes(), anything, any::<bool>(), Just(false)), (scenes(), measuring, any::<bool>(), Just(true)),]
        .prop_map(|(mut scene, rows, ownerless, focused)| {
            if focused {
                focus(&mut scene);
            }
            if ownerless {
                scene.subject.owner = OwnerState::None;
            }
            let numbered = rows.into_iter().zip(1_u8..).map(|((drawn, luck), id)| {
                let PolicyRow { policy_type, rules, .. } = drawn;
                PolicyRow { ceiling: luck == 0, ..row(id, policy_type, rules) }
            });
            (scene, numbered.collect())
        })
}

/// Denies nothing by default, and lets the action take a loan and open a position.
fn focus(scene: &mut Scene) {
    scene.settings = PolicySettings {
        default_deny_tokens: false,
        default_deny_contracts: false,
        default_deny_spenders: false,
        default_deny_transfers: false,
        default_deny_venues: false,
        default_deny_x402_domains: false,
        default_deny_erc8128_domains: false,
        default_deny_lending_assets: false,
        default_deny_perp_markets: false,
        ..scene.settings.clone()
    };
    let Some(action) = &mut scene.effects.action else { return };
    if let Some(lending) = &mut action.lending {
        lending.op = LendingOp::Borrow;
    }
    if let Some(perp) = &mut action.perp {
        (perp.op, perp.reduce_only) = (PerpOp::OpenPosition, false);
    }
}

/// Every kind of suggestion comes up, many times over in most cases: nothing above holds only because nothing was said.
#[test]
fn every_kind_of_suggestion_occurs() {
    let config = ProptestConfig::default();
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = cases();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut denied = 0;
    for _ in 0..SAMPLES {
        let (scene, rows) = strategy.new_tree(&mut runner).unwrap().current();
        denied += usize::from(tier_at(&scene, NOW, &rows).is_none());
        for kind in check(&scene, &rows) {
            *seen.entry(kind).or_default() += 1;
        }
    }
    let kinds: BTreeSet<&str> = seen.keys().map(String::as_str).collect();
    let missing: Vec<&&str> = KINDS.iter().filter(|kind| !kinds.contains(**kind)).collect();
    assert!(missing.is_empty(), "never suggested: {missing:?}; {seen:#?}");
    assert!(seen.values().sum::<usize>() * 5 > denied * 2, "few suggestions for {denied} denials: {seen:#?}");
}

const SAMPLES: usize = 4_000;

/// Of entries: the type with an existing row or a new one.
const KINDS: [&str; 26] = [
    "amount",
    "loan",
    "position",
    "action",
    "leverage",
    "time",
    "owner",
    "WHITELIST row",
    "WHITELIST new",
    "ALLOWED_NETWORKS row",
    "ALLOWED_TOKENS row",
    "ALLOWED_TOKENS new",
    "CONTRACT_WHITELIST row",
    "CONTRACT_WHITELIST new",
    "METHOD_WHITELIST row",
    "APPROVED_SPENDERS row",
    "APPROVED_SPENDERS new",
    "X402_ALLOWED_DOMAINS row",
    "X402_ALLOWED_DOMAINS new",
    "ERC8128_ALLOWED_DOMAINS new",
    "LENDING_ASSET_WHITELIST row",
    "LENDING_ASSET_WHITELIST new",
    "PERP_ALLOWED_MARKETS row",
    "PERP_ALLOWED_MARKETS new",
    "VENUE_WHITELIST row",
    "VENUE_WHITELIST new",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_suggested_passes_and_one_more_does_not((scene, rows) in cases()) {
        check(&scene, &rows);
    }
}

/// A payment of native coin worth a dollar per whole unit, in a wallet with no owner.
fn payment(amount: u128) -> Scene {
    let native = AssetId::native(NETWORK);
    let operations = vec![Operation::NativeTransfer { to: address(1), amount: BaseUnits::from_u128(amount) }];
    Scene {
        subject: subject(OwnerState::None),
        effects: Effects::of(NETWORK, TxType::Transfer, operations),
        prices: BTreeMap::from([(native, PriceFact::Known(Price::parse("1").unwrap()))]),
        ledger: LedgerFacts::default(),
        actions: ActionFacts::default(),
        settings: PolicySettings::default(),
        phase: Phase::Admission,
    }
}

mod times {
    use super::*;

    /// A wallet that asked for something at these instants, and what its rows must be told of them.
    #[derive(Clone, Debug)]
    struct Busy {
        earlier: Vec<UnixMillis>,
        windows: Vec<RateWindow>,
    }

    impl Busy {
        fn rates(&self, now: UnixMillis) -> Vec<RateCount> {
            let count = |window: &RateWindow| {
                let since = now.plus_secs(-i64::try_from(window.window_seconds).unwrap());
                let counted: Vec<_> = self.earlier.iter().copied().filter(|at| *at >= since).collect();
                let over = counted.len().checked_sub(usize::try_from(window.max_requests).unwrap());
                RateCount {
                    window: *window,
                    count: u64::try_from(counted.len()).unwrap(),
                    frees_at_expiry_of: over.map(|position| counted[position]),
                }
            };
            self.windows.iter().map(count).collect()
        }

        fn tier_at(&self, now: UnixMillis, rows: &[PolicyRow]) -> Option<Tier> {
            let mut scene = payment(1);
            scene.ledger.rates = self.rates(now);
            tier_at(&scene, now, rows)
        }
    }

    fn earliest(found: &[Counterfactual]) -> Option<UnixMillis> {
        found.iter().find_map(|counterfactual| match counterfactual.change {
            Change::Time { earliest } => Some(earliest),
            _ => None,
        })
    }

    fn restrictions() -> impl Strategy<Value = Value> {
        let days = prop::collection::btree_set(0_u8..7, 1..4);
        let zone = prop::sample::select(vec!["UTC", "America/New_York", "Asia/Seoul"]);
        (0_u8..24, 1_u8..24, days, zone).prop_map(|(start, length, days, zone)| {
            let end = (start + length) % 24;
            json!({"allowed_hours": {"start": start, "end": end}, "allowed_days": days, "timezone": zone})
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// Hours, days, rate limits and the change of clocks together: nothing passes before, and the limit itself does.
        #[test]
        fn nothing_passes_before_the_earliest_time(
            ago in prop::collection::vec(0_i64..7_200_000, 0..6),
            limits in prop::collection::vec((1_u64..4, 1_u64..7_200), 0..3),
            restrictions in prop::collection::vec(restrictions(), 0..2),
            autumn in any::<bool>(),
            into_the_week in 0_i64..604_800_000,
        ) {
            let around = if autumn { "2026-10-28T00:00:00Z" } else { "2026-03-04T00:00:00Z" };
            let now = instant(around).plus_millis(into_the_week);
            let mut earlier: Vec<_> = ago.into_iter().map(|millis| now.plus_millis(-millis)).collect();
            earlier.sort_unstable();
            let mut rows = vec![row(1, PolicyType::SpendingLimit, json!({"instant_max_usd": 10}).to_string())];
            let mut windows = Vec::new();
            for (max_requests, window_seconds) in limits {
                let rules = json!({"max_requests": max_requests, "window_seconds": window_seconds}).to_string();
                let id = u8::try_from(rows.len()).unwrap() + 1;
                rows.push(PolicyRow { ceiling: true, ..row(id, PolicyType::RateLimit, rules) });
                windows.push(RateWindow { window_seconds, max_requests });
            }
            for rules in restrictions {
                let id = u8::try_from(rows.len()).unwrap() + 1;
                rows.push(PolicyRow { ceiling: true, ..row(id, PolicyType::TimeRestriction, rules.to_string()) });
            }
            let busy = Busy { earlier, windows };
            let mut scene = payment(1);
            scene.ledger.rates = busy.rates(now);
            let denied = tier_at(&scene, now, &rows).is_none();
            let found = earliest(&would_pass(&scene, now, &rows));
            prop_assert_eq!(denied, found.is_some(), "every such denial ends some day");
            let Some(found) = found else { return Ok(()) };
            prop_assert_eq!(busy.tier_at(found, &rows), Some(Tier::Instant));
            prop_assert_eq!(busy.tier_at(found.plus_secs(-1).max(now), &rows), None);
            prop_assert_eq!(found, found.ceil_to_secs());
            let mut before = now.ceil_to_secs();
            while before < found {
                prop_assert_eq!(busy.tier_at(before, &rows), None, "{:?} passes, {:?} was said", before, found);
                before = before.plus_secs(900);
            }
        }
    }

    fn check(now: &str, restriction: Value, expect: Option<&str>) {
        let rows = [
            row(1, PolicyType::SpendingLimit, json!({"instant_max_usd": 10}).to_string()),
            row(2, PolicyType::TimeRestriction, restriction.to_string()),
        ];
        let found = earliest(&would_pass(&payment(1), instant(now), &rows));
        assert_eq!(found, expect.map(instant), "{now} {restriction}");
    }

    /// The limit frees up half a second before the hours end: the API has no such instant.
    #[test]
    fn the_last_part_of_a_second_is_not_suggested() {
        let hours = json!({"allowed_hours": {"start": 16, "end": 17}}).to_string();
        let rows = [
            row(1, PolicyType::SpendingLimit, json!({"instant_max_usd": 10}).to_string()),
            row(2, PolicyType::TimeRestriction, hours),
            row(3, PolicyType::RateLimit, json!({"max_requests": 1, "window_seconds": 60}).to_string()),
        ];
        let window = RateWindow { window_seconds: 60, max_requests: 1 };
        for (millis, expect) in [(500, "2026-03-05T16:00:00Z"), (-500, "2026-03-04T16:59:59Z")] {
            let earlier = instant("2026-03-04T16:58:59Z").plus_millis(millis);
            let mut scene = payment(1);
            scene.ledger.rates = Busy { earlier: vec![earlier], windows: vec![window] }.rates(earlier);
            let found = would_pass(&scene, instant("2026-03-04T16:59:30Z"), &rows);
            assert_eq!(earliest(&found), Some(instant(expect)));
        }
    }

    #[test]
    fn hours_in_zones() {
        let hours =
            |start: u8, end: u8, zone: &str| json!({"allowed_hours": {"start": start, "end": end}, "timezone": zone});
        check("2026-03-04T08:59:59Z", hours(9, 17, "UTC"), Some("2026-03-04T09:00:00Z"));
        check("2026-03-04T17:00:00Z", hours(9, 17, "UTC"), Some("2026-03-05T09:00:00Z"));
        check("2026-03-04T12:00:00Z", hours(9, 17, "Asia/Seoul"), Some("2026-03-05T00:00:00Z"));
        // The clocks go from 01:59:59 to 03:00:00: what opens at two opens at three.
        check("2026-03-08T06:00:00Z", hours(2, 4, "America/New_York"), Some("2026-03-08T07:00:00Z"));
        // An hour that does not exist on that day.
        check("2026-03-08T06:00:00Z", hours(2, 3, "America/New_York"), Some("2026-03-09T06:00:00Z"));
        // The hour after one comes twice, and what closes at two opens again when the clocks are put back.
        let weekly =
            json!({"allowed_hours": {"start": 2, "end": 3}, "allowed_days": [0], "timezone": "America/New_York"});
        check("2026-03-08T06:00:00Z", weekly, Some("2026-03-15T06:00:00Z"));
        check("2026-11-01T05:59:59Z", hours(2, 3, "America/New_York"), Some("2026-11-01T07:00:00Z"));
        check("2026-03-04T08:59:59Z", hours(9, 17, "Mars/Base"), None);
        check("2026-03-04T09:00:00Z", hours(9, 17, "UTC"), None);
    }
}

#[test]
fn the_rest_of_a_daily_limit() {
    let rules = json!({"instant_max_usd": 1_000, "daily_limit_usd": 100}).to_string();
    let rows = [row(1, PolicyType::SpendingLimit, rules)];
    let mut scene = payment(60_000_000_000_000_000_000);
    scene.ledger.daily_usd = Usd::from_micros(50_000_000);
    let expect = |change: Change, tier| Counterfactual { change, tier: Some(tier) };
    let asset = AssetId::native(NETWORK);
    // 50 dollars, to the last unit.
    let largest = BaseUnits::from_u128(50_000_000_000_000_000_000);
    let amount = Change::Amount { asset, instruction: None, largest };
    assert_eq!(
        would_pass(&scene, NOW, &rows),
        [expect(amount, Tier::Instant), expect(Change::Owner, Tier::Approval)],
        "less, or an owner who is asked"
    );
    // Used up to the last millionth: there is no amount, only an owner.
    scene.ledger.daily_usd = Usd::from_micros(100_000_000);
    assert_eq!(would_pass(&scene, NOW, &rows), [expect(Change::Owner, Tier::Approval)]);
}

#[test]
fn an_amount_of_a_batch_names_its_instruction() {
    let transfer = |amount: u128| {
        let operation =
            Operation::TokenTransfer { asset: token(1), to: address(1), amount: BaseUnits::from_u128(amount) };
        Effects::of(NETWORK, TxType::TokenTransfer, vec![operation])
    };
    let approval = |amount: u128| {
        let amount = BaseUnits::from_u128(amount);
        let operation = Operation::Approval { asset: token(2), spender: address(2), amount, collection: false };
        Effects::of(NETWORK, TxType::Approve, vec![operation])
    };
    let mut scene = payment(1);
    scene.subject.owner = OwnerState::Locked;
    scene.settings.default_deny_tokens = false;
    scene.effects = Effects::batch(vec![transfer(5), approval(70), approval(90)]).unwrap();
    let spenders = json!({"spenders": [{"address": address(2).to_string(), "maxAmount": "80"}]}).to_string();
    let rows = [row(1, PolicyType::ApprovedSpenders, spenders)];
    let change = Change::Amount { asset: token(2), instruction: Some(2), largest: BaseUnits::from_u128(80) };
    assert_eq!(would_pass(&scene, NOW, &rows), [Counterfactual { change, tier: Some(Tier::Approval) }]);
}

#[test]
fn two_missing_entries_are_no_suggestion_that_passes() {
    let mut scene = payment(1);
    scene.effects.operations.push(Operation::NativeTransfer { to: address(2), amount: BaseUnits::from_u128(1) });
    let rows = [row(1, PolicyType::Whitelist, json!({"allowed_addresses": [address(3).to_string()]}).to_string())];
    let missing = MissingEntry {
        policy: Some(rows[0].id),
        policy_type: PolicyType::Whitelist,
        field: "allowed_addresses",
        entry: json!(address(1).to_string()),
    };
    let expect = |tier| Counterfactual { change: Change::Entry(missing.clone()), tier };
    assert_eq!(would_pass(&scene, NOW, &rows), [expect(None)]);
    scene.effects.operations.pop();
    assert_eq!(would_pass(&scene, NOW, &rows), [expect(Some(Tier::Instant))]);
}
