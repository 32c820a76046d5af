//! One statement for each of the 21 policy types, straight from its section: if a request is allowed although a row of
//! the type is certainly in force, then what the row says holds. Were the judgement of the type replaced by "pass",
//! its statement would fail.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions, reason = "tests")]

use ruint::aliases::U256;
use serde_json::Value;
use std::collections::BTreeMap;
use waiaas_core::address::Address;
use waiaas_core::money::{BaseUnits, Ratio, Usd};
use waiaas_core::policy::{Allowance, Phase, PolicyRow, PolicyType, Tier};
use waiaas_core::tx::action::{LendingOp, PerpOp};
use waiaas_core::tx::{Channel, Operation};
use waiaas_reference::compare::{described, production};
use waiaas_reference::generate::{Case, case};
use waiaas_reference::verdict::Verdict;

const CASES: u64 = 300_000;
const SEED: u64 = 21;

#[test]
fn what_is_allowed_keeps_to_every_row_in_force() {
    let mut held: BTreeMap<PolicyType, u64> = BTreeMap::new();
    for number in 0..CASES {
        let case = case(SEED, number);
        let certain = certainly_in_force(&case);
        if certain.is_empty() {
            continue;
        }
        let Verdict::Allowed(allowance) = production(&case).verdict else { continue };
        for row in certain {
            // What cannot be read refuses what it concerns; the statements are about the others.
            let Ok(rules @ Value::Object(_)) = serde_json::from_str(&row.rules) else { continue };
            let Some(holds) = statement(row.policy_type, &rules, &case, &allowance) else { continue };
            assert!(holds, "{} is not kept in case {number}\n{}\n{allowance:?}", row.policy_type, described(&case));
            *held.entry(row.policy_type).or_default() += 1;
        }
    }
    for policy_type in PolicyType::ALL {
        let times = held.get(policy_type).copied().unwrap_or(0);
        println!("{times:>8} {policy_type}");
        assert!(times >= 20, "{policy_type} had a say in {times} allowed cases only");
    }
}

/// Ceilings, and the rows that are the only ones of their type (section 3).
fn certainly_in_force(case: &Case) -> Vec<&PolicyRow> {
    let subject = &case.subject;
    let here = |row: &&PolicyRow| {
        let network = case.effects.channel.is_on_chain().then_some(subject.network);
        row.enabled
            && row.wallet.is_none_or(|wallet| wallet == subject.wallet)
            && row.network.is_none_or(|row| network == Some(row))
    };
    let in_scope: Vec<&PolicyRow> = case.rows.iter().filter(here).collect();
    let alone = |row: &PolicyRow| {
        in_scope.iter().filter(|other| other.policy_type == row.policy_type && !other.ceiling).count() == 1
    };
    in_scope.iter().copied().filter(|row| row.ceiling || alone(row)).collect()
}

/// `None` when the type has no say in the case.
fn statement(policy_type: PolicyType, rules: &Value, case: &Case, allowance: &Allowance) -> Option<bool> {
    let (effects, action) = (&case.effects, case.effects.action.as_ref());
    let judged_by_rows = !matches!(effects.channel, Channel::Erc8128(_) | Channel::Message);
    let text = rules.to_string().to_lowercase();
    let names = |address: &Address| text.contains(&lower(address));
    let operations = || effects.operations.iter().filter(|_| judged_by_rows);
    let admission = case.phase == Phase::Admission;
    let all = |found: Vec<bool>| (!found.is_empty()).then(|| found.iter().all(|holds| *holds));
    match policy_type {
        // 5.2: every recipient, spender and contract is listed.
        PolicyType::Whitelist => {
            if effects.channel == Channel::External {
                let venue = action.and_then(|action| action.venue.as_deref()).unwrap_or("");
                let listed = rules["allowed_addresses"].as_array()?;
                return Some(listed.contains(&Value::from(format!("external:{venue}"))));
            }
            all(operations().map(|operation| counterparty(operation).is_some_and(names)).collect())
        }
        // 5.3: the local hour lies in the window, the local weekday among the days.
        PolicyType::TimeRestriction => (judged_by_rows && admission).then(|| in_time(rules, case)).flatten(),
        // 5.4: fewer requests than the maximum.
        PolicyType::RateLimit => {
            let counted = judged_by_rows || effects.channel == Channel::Message;
            let most = rules.get("max_requests").or(rules.get("maxTransactions"))?.as_u64()?;
            let seconds = rules.get("window_seconds").and_then(Value::as_u64).or(match rules["period"].as_str() {
                Some("hourly") => Some(3_600),
                Some("daily") => Some(86_400),
                Some("weekly") => Some(604_800),
                _ => None,
            })?;
            let mut rates = case.rates.values();
            let rate = rates.find(|rate| (rate.window.max_requests, rate.window.window_seconds) == (most, seconds))?;
            (counted && admission).then_some(rate.count < most)
        }
        // 5.5: every token is listed.
        PolicyType::AllowedTokens => all(operations()
            .filter_map(|operation| match operation {
                Operation::TokenTransfer { asset, .. } => Some(names(&asset.token_address()?)),
                _ => None,
            })
            .collect()),
        // 5.6: every contract is listed, unless the action is one of our own.
        PolicyType::ContractWhitelist => {
            let found = operations().filter(|_| !action.is_some_and(|action| action.trusted));
            all(found
                .filter_map(|operation| match operation {
                    Operation::ContractCall { contract, .. } => Some(names(contract)),
                    Operation::NftTransfer { collection, .. } => Some(names(collection)),
                    _ => None,
                })
                .collect())
        }
        // 5.7: a contract with an entry is called by a listed selector.
        PolicyType::MethodWhitelist => all(operations()
            .filter_map(|operation| match operation {
                Operation::ContractCall { contract, head } if names(contract) => {
                    let selector = head.selector().map(|bytes| format!("\"0x{:08x}\"", u32::from_be_bytes(bytes)));
                    Some(selector.is_some_and(|selector| text.contains(&selector)))
                }
                _ => None,
            })
            .collect()),
        // 5.8: every spender is listed.
        PolicyType::ApprovedSpenders => all(approvals(case).map(|(spender, _)| names(&spender)).collect()),
        // 5.9: no allowance is above the maximum, and unless the row says otherwise none is unlimited.
        PolicyType::ApproveAmountLimit => {
            let most = rules["maxAmount"].as_str().map(|text| U256::from_str_radix(text, 10).unwrap());
            let blocked = rules["blockUnlimited"].as_bool().unwrap_or(true);
            let limit = if blocked { (U256::from(1) << 255) - U256::from(2) } else { U256::MAX };
            let limit = most.unwrap_or(U256::MAX).min(limit);
            (limit < U256::MAX).then(|| all(approvals(case).map(|(_, amount)| amount <= limit).collect())).flatten()
        }
        // 5.10: an approval has at least the tier.
        PolicyType::ApproveTierOverride => {
            let tier = Tier::parse(rules["tier"].as_str()?)?;
            approvals(case).next().map(|_| at_least(allowance, tier))
        }
        // 5.11: the network is listed.
        PolicyType::AllowedNetworks => {
            let network = case.subject.network;
            let named = |name: &str| text.contains(&format!("\"{name}\""));
            let listed = named(network.as_str()) || named(network.caip2());
            effects.channel.is_on_chain().then_some(listed)
        }
        // 5.12, 5.19: the host is listed, and signed for less often than the rate.
        PolicyType::X402AllowedDomains => match &effects.channel {
            Channel::X402(host) => Some(lists_host(rules, host.as_str())),
            _ => None,
        },
        PolicyType::Erc8128AllowedDomains => match &effects.channel {
            Channel::Erc8128(host) => {
                let rate = rules["rate_limit_rpm"].as_u64().unwrap_or(case.settings.erc8128_default_rpm);
                let below = case.actions.erc8128_recent.is_some_and(|recent| recent < rate);
                Some(lists_host(rules, host.as_str()) && below)
            }
            _ => None,
        },
        // 5.13: (debt + loan) / collateral is at most the maximum.
        PolicyType::LendingLtvLimit => {
            let lending = action?.lending.filter(|lending| lending.op == LendingOp::Borrow)?;
            let most = u128::from(ratio(&rules["maxLtv"])?.millionths());
            let (Some(new), Some(positions)) = (lending.usd, case.actions.positions) else { return Some(false) };
            let debt = positions.debt.micros() + new.micros();
            Some(debt * 1_000_000 <= most * positions.collateral.micros())
        }
        // 5.14: the asset is known and listed.
        PolicyType::LendingAssetWhitelist => {
            let asset = action?.lending?.asset;
            Some(asset.is_some_and(|asset| match asset.token_address() {
                Some(address) => names(&address),
                None => text.contains("native") || text.contains(&asset.to_string()),
            }))
        }
        // 5.15 to 5.17: what may only shrink a position is left out; the rest is known, listed and within the maximum.
        PolicyType::PerpMaxLeverage => {
            let perp = action?.perp.as_ref().filter(|perp| !perp.reduce_only)?;
            let concerned = [PerpOp::OpenPosition, PerpOp::ModifyPosition, PerpOp::PlaceOrder, PerpOp::SetLeverage];
            let most = ratio(&rules["maxLeverage"])?;
            concerned.contains(&perp.op).then(|| perp.leverage.is_some_and(|leverage| leverage <= most))
        }
        PolicyType::PerpMaxPositionUsd => {
            let perp = action?.perp.as_ref().filter(|perp| !perp.reduce_only)?;
            let concerned = [PerpOp::OpenPosition, PerpOp::ModifyPosition, PerpOp::PlaceOrder];
            let most = dollars(&rules["maxPositionUsd"])?;
            concerned.contains(&perp.op).then(|| perp.size.is_some_and(|size| size <= most))
        }
        PolicyType::PerpAllowedMarkets => {
            let perp = action?.perp.as_ref().filter(|perp| !perp.reduce_only)?;
            Some(perp.market.as_ref().is_some_and(|market| text.contains(&format!("\"{}\"", market.to_lowercase()))))
        }
        // 5.18: dealing with somebody unrated has at least the tier for that.
        PolicyType::ReputationThreshold => {
            if rules["check_counterparty"] != true {
                return None;
            }
            let tier = rules["unrated_tier"].as_str().unwrap_or("APPROVAL");
            let Some(scores) = &case.actions.reputation else {
                return all(operations()
                    .filter(|operation| counterparty(operation).is_some())
                    .map(|_| false)
                    .collect());
            };
            let unrated = operations().filter_map(counterparty).any(|address| !scores.contains_key(address));
            unrated.then(|| Tier::parse(tier).is_some_and(|tier| at_least(allowance, tier)))
        }
        // 5.20: the venue is listed.
        PolicyType::VenueWhitelist => {
            let venue = action?.venue.as_ref()?.to_lowercase();
            Some(text.contains(&format!("\"{venue}\"")))
        }
        // 5.21: an action of the category above the limit of one has at least the tier, or would have been denied.
        PolicyType::ActionCategoryLimit => {
            let action = action?;
            let limit = dollars(rules.get("per_action_limit_usd").or(rules.get("per_action"))?)?;
            let above = action.notional.is_none_or(|notional| notional > limit);
            let same = action.category.as_deref()? == rules["category"].as_str()?;
            let tier = match rules["tier_on_exceed"].as_str() {
                None | Some("auto") => Some(Tier::Delay),
                Some(name) => Tier::parse(name),
            };
            (above && same).then(|| tier.is_some_and(|tier| at_least(allowance, tier)))
        }
        // 6: native coin above all raw limits, where there are no others for it, has tier APPROVAL.
        PolicyType::SpendingLimit => {
            if rules.get("token_limits").is_some() || !judged_by_rows {
                return None;
            }
            let limits = ["instant_max", "notify_max", "delay_max"].map(|key| rules[key].as_str());
            let most = limits.into_iter().flatten().map(|text| U256::from_str_radix(text, 10).unwrap()).max()?;
            let native = operations().filter_map(|operation| match operation {
                Operation::NativeTransfer { amount, .. } => Some(*amount),
                _ => None,
            });
            let single = native.max().unwrap_or(BaseUnits::ZERO);
            (single.get() > most).then(|| at_least(allowance, Tier::Approval))
        }
    }
}

/// The tier, or what an APPROVAL without an owner becomes (section 7).
fn at_least(allowance: &Allowance, tier: Tier) -> bool {
    allowance.tier >= tier || (tier == Tier::Approval && allowance.downgraded)
}

fn counterparty(operation: &Operation) -> Option<&Address> {
    match operation {
        Operation::NativeTransfer { to, .. }
        | Operation::TokenTransfer { to, .. }
        | Operation::NftTransfer { to, .. } => Some(to),
        Operation::Approval { spender, .. } => Some(spender),
        Operation::ContractCall { contract, .. } => Some(contract),
        Operation::Deployment => None,
    }
}

/// Spender and amount of every approval; of a whole collection the largest amount that there is.
fn approvals(case: &Case) -> impl Iterator<Item = (Address, U256)> {
    case.effects.operations.iter().filter_map(|operation| match operation {
        Operation::Approval { spender, collection: true, .. } => Some((*spender, U256::MAX)),
        Operation::Approval { spender, amount, .. } => Some((*spender, amount.get())),
        _ => None,
    })
}

fn lower(address: &Address) -> String {
    address.to_string().to_lowercase()
}

fn lists_host(rules: &Value, host: &str) -> bool {
    let listed = |pattern: &str| {
        let pattern = pattern.trim_end_matches('.').to_lowercase();
        pattern == host || pattern.strip_prefix('*').is_some_and(|end| end.len() > 1 && host.ends_with(end))
    };
    rules["domains"].as_array().is_some_and(|domains| domains.iter().filter_map(Value::as_str).any(listed))
}

fn ratio(value: &Value) -> Option<Ratio> {
    Ratio::parse(value.to_string().trim_matches('"')).ok()
}

fn dollars(value: &Value) -> Option<Usd> {
    Usd::parse(value.to_string().trim_matches('"')).ok()
}

fn in_time(rules: &Value, case: &Case) -> Option<bool> {
    let hours = rules.get("allowed_hours").or(rules.get("allowedHours"))?;
    let (start, end) = (hours["start"].as_i64()?, hours["end"].as_i64()?);
    let zone = rules["timezone"].as_str().unwrap_or("UTC");
    let offset = if zone == "UTC" { 0 } else { *case.zones.get(zone)? };
    let minutes = case.now.as_secs().div_euclid(60) + i64::from(offset / 60);
    let hour = minutes.div_euclid(60).rem_euclid(24);
    let weekday = (minutes.div_euclid(1_440) + 4).rem_euclid(7);
    let in_hours = if start < end { start <= hour && hour < end } else { start <= hour || hour < end };
    let days = rules.get("allowed_days").or(rules.get("allowedDays")).and_then(Value::as_array);
    Some(in_hours && days.is_none_or(|days| days.contains(&Value::from(weekday))))
}
