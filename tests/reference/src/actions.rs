//! What the provider of an action declares about it, and whom a request deals with: sections 5.13 to 5.18, 5.20 and
//! 5.21.

use crate::evaluate::{Request, refuse};
use crate::lists::{names_asset, same_caip19};
use crate::read::{Corrupt, Read, Rules, entry, entry_or_text, flag, list, millionths, rules, text, tier};
use crate::rows::{by_category, in_force};
use crate::verdict::Refusal;
use ruint::aliases::U512;
use serde_json::Value;
use waiaas_core::address::Address;
use waiaas_core::policy::{ActionFacts, CategoryUse, DeniedBy, PolicyRow, PolicyType, ReasonCode, Tier};
use waiaas_core::tx::action::{Lending, LendingOp, Perp, PerpOp};
use waiaas_core::tx::{Action, Operation};

/// Section 4: 11 to 16, and the provider's floor (11.6).
pub(crate) fn of_action(request: &Request<'_>) -> Result<Tier, Refusal> {
    let Some(action) = &request.effects.action else { return Ok(Tier::Instant) };
    let mut tier = action.floor;
    if let Some(lending) = &action.lending {
        lending_asset_whitelist(request, lending)?;
        tier = tier.max(lending_ltv_limit(request, lending)?);
    }
    if let Some(perp) = &action.perp {
        perp_allowed_markets(request, perp)?;
        tier = tier.max(perp_max_leverage(request, perp)?);
        tier = tier.max(perp_max_position_usd(request, perp)?);
    }
    venue_whitelist(request, action)?;
    Ok(tier)
}

/// Reads a tier out of one row, or a refusal.
fn tier_of(
    row: &PolicyRow,
    denied_by: DeniedBy,
    judge: impl FnOnce(&Rules) -> Read<Result<Tier, ReasonCode>>,
) -> Result<Tier, Refusal> {
    match rules(&row.rules).and_then(|rules| judge(&rules)) {
        Ok(Ok(tier)) => Ok(tier),
        Ok(Err(reason)) => Err(Refusal::new(denied_by, reason).by(row.id)),
        Err(Corrupt) => Err(Refusal::new(denied_by, ReasonCode::PolicyRulesCorrupt).by(row.id)),
    }
}

/// LENDING_ASSET_WHITELIST (5.14): every asset of a loan must be listed, and without a row there is none.
fn lending_asset_whitelist(request: &Request<'_>, lending: &Lending) -> Result<(), Refusal> {
    let force = in_force(&request.scope, PolicyType::LendingAssetWhitelist);
    if force.base.is_none() && request.facts.settings.default_deny_lending_assets && !request.passes_without_rows() {
        return refuse(DeniedBy::LendingAssetWhitelist, ReasonCode::LendingDisabled);
    }
    for row in force.all() {
        request.obeys(row, DeniedBy::LendingAssetWhitelist, |rules| {
            let mut listed = false;
            for value in list(rules, "assets", 1)? {
                let (_, named) = entry(value, "address")?;
                listed |= lending
                    .asset
                    .is_some_and(|asset| names_asset(named, asset, request.subject.chain) || same_caip19(named, asset));
            }
            Ok(match lending.asset {
                None => Some(ReasonCode::MissingInput),
                Some(_) if !listed => Some(ReasonCode::LendingAssetNotAllowed),
                Some(_) => None,
            })
        })?;
    }
    Ok(())
}

/// LENDING_LTV_LIMIT (5.13): debt with the new loan, over collateral.
fn lending_ltv_limit(request: &Request<'_>, lending: &Lending) -> Result<Tier, Refusal> {
    let mut floor = Tier::Instant;
    if lending.op != LendingOp::Borrow {
        return Ok(floor);
    }
    for row in in_force(&request.scope, PolicyType::LendingLtvLimit).all() {
        let tier = tier_of(row, DeniedBy::LendingLtvLimit, |rules| {
            let one = U512::from(1_000_000);
            let share =
                |value: &Value| millionths(value).and_then(|share| if share > one { Err(Corrupt) } else { Ok(share) });
            let most = rules.get("maxLtv").map_or(Err(Corrupt), share)?;
            let warning = rules.get("warningLtv").map(share).transpose()?;
            let Some(new) = lending.usd else { return Ok(Err(ReasonCode::PriceUnavailable)) };
            let Some(positions) = request.facts.actions.positions else { return Ok(Err(ReasonCode::MissingInput)) };
            let debt = U512::from(positions.debt.micros()) + U512::from(new.micros());
            let collateral = U512::from(positions.collateral.micros());
            // debt / collateral > share, without division: no collateral makes any debt too much.
            let above = |share: U512| debt * one > share * collateral;
            Ok(if above(most) {
                Err(ReasonCode::LtvExceeded)
            } else if warning.is_some_and(above) {
                Ok(Tier::Delay)
            } else {
                Ok(Tier::Instant)
            })
        })?;
        floor = floor.max(tier);
    }
    Ok(floor)
}

/// PERP_ALLOWED_MARKETS (5.17): every market must be listed, and without a row there is none. What can only make a
/// position smaller is exempt.
fn perp_allowed_markets(request: &Request<'_>, perp: &Perp) -> Result<(), Refusal> {
    if perp.reduce_only {
        return Ok(());
    }
    let force = in_force(&request.scope, PolicyType::PerpAllowedMarkets);
    if force.base.is_none() && request.facts.settings.default_deny_perp_markets && !request.passes_without_rows() {
        return refuse(DeniedBy::PerpAllowedMarkets, ReasonCode::PerpDisabled);
    }
    for row in force.all() {
        request.obeys(row, DeniedBy::PerpAllowedMarkets, |rules| {
            let mut listed = false;
            for value in list(rules, "markets", 1)? {
                let named = entry_or_text(value, "market")?.to_lowercase();
                listed |= perp.market.as_ref().is_some_and(|market| market.to_lowercase() == named);
            }
            Ok(match perp.market {
                None => Some(ReasonCode::MissingInput),
                Some(_) if !listed => Some(ReasonCode::PerpMarketNotAllowed),
                Some(_) => None,
            })
        })?;
    }
    Ok(())
}

/// PERP_MAX_LEVERAGE (5.15).
fn perp_max_leverage(request: &Request<'_>, perp: &Perp) -> Result<Tier, Refusal> {
    let concerned = [PerpOp::OpenPosition, PerpOp::ModifyPosition, PerpOp::PlaceOrder, PerpOp::SetLeverage];
    if !concerned.contains(&perp.op) {
        return Ok(Tier::Instant);
    }
    let leverage = perp.leverage.map(|leverage| U512::from(leverage.millionths()));
    let keys = ("maxLeverage", "warningLeverage");
    at_most(
        request,
        PolicyType::PerpMaxLeverage,
        DeniedBy::PerpMaxLeverage,
        keys,
        leverage,
        ReasonCode::LeverageExceeded,
    )
}

/// PERP_MAX_POSITION_USD (5.16).
fn perp_max_position_usd(request: &Request<'_>, perp: &Perp) -> Result<Tier, Refusal> {
    let concerned = [PerpOp::OpenPosition, PerpOp::ModifyPosition, PerpOp::PlaceOrder];
    if !concerned.contains(&perp.op) {
        return Ok(Tier::Instant);
    }
    let size = perp.size.map(|size| U512::from(size.micros()));
    let keys = ("maxPositionUsd", "warningPositionUsd");
    let (of_type, by) = (PolicyType::PerpMaxPositionUsd, DeniedBy::PerpMaxPositionUsd);
    at_most(request, of_type, by, keys, size, ReasonCode::PositionSizeExceeded)
}

/// A figure with a maximum above which it is refused and, perhaps, a mark above which it is delayed.
fn at_most(
    request: &Request<'_>,
    policy_type: PolicyType,
    denied_by: DeniedBy,
    keys: (&str, &str),
    figure: Option<U512>,
    exceeded: ReasonCode,
) -> Result<Tier, Refusal> {
    let mut floor = Tier::Instant;
    for row in in_force(&request.scope, policy_type).all() {
        let tier = tier_of(row, denied_by, |rules| {
            let most = rules.get(keys.0).map_or(Err(Corrupt), above_zero)?;
            let warning = rules.get(keys.1).map(above_zero).transpose()?;
            Ok(match figure {
                None => Err(ReasonCode::MissingInput),
                Some(figure) if figure > most => Err(exceeded),
                Some(figure) if warning.is_some_and(|warning| figure > warning) => Ok(Tier::Delay),
                Some(_) => Ok(Tier::Instant),
            })
        })?;
        floor = floor.max(tier);
    }
    Ok(floor)
}

/// A number above zero, in millionths.
fn above_zero(value: &Value) -> Read<U512> {
    millionths(value).and_then(|number| if number.is_zero() { Err(Corrupt) } else { Ok(number) })
}

/// VENUE_WHITELIST (5.20): a venue, where there is one, must be listed; whether the absence of a row refuses is a
/// setting.
fn venue_whitelist(request: &Request<'_>, action: &Action) -> Result<(), Refusal> {
    let Some(venue) = &action.venue else { return Ok(()) };
    let force = in_force(&request.scope, PolicyType::VenueWhitelist);
    if force.base.is_none() && request.facts.settings.default_deny_venues && !request.passes_without_rows() {
        return refuse(DeniedBy::VenueWhitelist, ReasonCode::VenueNotAllowed);
    }
    for row in force.all() {
        request.obeys(row, DeniedBy::VenueWhitelist, |rules| {
            let mut listed = false;
            for value in list(rules, "venues", 1)? {
                listed |= entry_or_text(value, "id")?.to_lowercase() == venue.to_lowercase();
            }
            Ok(if listed { None } else { Some(ReasonCode::VenueNotAllowed) })
        })?;
    }
    Ok(())
}

/// REPUTATION_THRESHOLD (5.18): the strictest over all whom the request deals with.
pub(crate) fn reputation_threshold(request: &Request<'_>, operations: &[Operation]) -> Result<Tier, Refusal> {
    let mut floor = Tier::Instant;
    let force = in_force(&request.scope, PolicyType::ReputationThreshold);
    for row in force.all() {
        for counterparty in operations.iter().filter_map(counterparty) {
            let tier = tier_of(row, DeniedBy::ReputationThreshold, |rules| {
                reputation_of(rules, counterparty, request.facts.actions)
            })?;
            floor = floor.max(tier);
        }
    }
    Ok(floor)
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

fn reputation_of(rules: &Rules, counterparty: &Address, facts: &ActionFacts) -> Read<Result<Tier, ReasonCode>> {
    let least = rules.get("min_score").map_or(Err(Corrupt), millionths)?;
    if least > U512::from(100_000_000) {
        return Err(Corrupt);
    }
    for tag in ["tag1", "tag2"] {
        let short = |tag: &Value| tag.as_str().is_some_and(|tag| tag.chars().count() <= 32);
        if !rules.get(tag).is_none_or(short) {
            return Err(Corrupt);
        }
    }
    let below = tier_or_deny(rules, "below_threshold_tier", Tier::Approval)?;
    let unrated = tier_or_deny(rules, "unrated_tier", Tier::Approval)?;
    if !flag(rules, "check_counterparty", false)? {
        return Ok(Ok(Tier::Instant));
    }
    let Some(scores) = &facts.reputation else { return Ok(Err(ReasonCode::MissingInput)) };
    let answer = match scores.get(counterparty) {
        None => unrated,
        Some(score) if U512::from(score.millionths()) < least => below,
        Some(_) => Some(Tier::Instant),
    };
    Ok(answer.ok_or(ReasonCode::ReputationTooLow))
}

/// A tier, or `None` for `DENY`.
fn tier_or_deny(rules: &Rules, key: &str, absent: Tier) -> Read<Option<Tier>> {
    match rules.get(key).and_then(Value::as_str) {
        Some("DENY") => Ok(None),
        _ => Ok(Some(tier(rules.get(key))?.unwrap_or(absent))),
    }
}

/// ACTION_CATEGORY_LIMIT (5.21): dollars by action, UTC day and UTC month, for each category by itself.
pub(crate) fn action_category_limit(request: &Request<'_>) -> Result<Tier, Refusal> {
    let mut floor = Tier::Instant;
    let Some(action) = &request.effects.action else { return Ok(floor) };
    if action.category.is_none() && !action.withdrawal {
        return Ok(floor);
    }
    for row in by_category(&request.scope) {
        let tier = tier_of(row, DeniedBy::ActionCategoryLimit, |rules| {
            Ok(CategoryLimit::read(rules)?.judge(action, request.facts.actions))
        })?;
        floor = floor.max(tier);
    }
    Ok(floor)
}

/// The rules of one row.
pub(crate) struct CategoryLimit {
    pub(crate) category: String,
    per_action: Option<U512>,
    daily: Option<U512>,
    monthly: Option<U512>,
    /// `None` refuses.
    exceeded: Option<Tier>,
}

impl CategoryLimit {
    pub(crate) fn read(rules: &Rules) -> Read<Self> {
        let limit = |keys: [&str; 2]| keys.iter().find_map(|key| rules.get(*key)).map(above_zero).transpose();
        Ok(Self {
            category: text(rules.get("category"))?.to_owned(),
            per_action: limit(["per_action_limit_usd", "per_action"])?,
            daily: limit(["daily_limit_usd", "daily"])?,
            monthly: limit(["monthly_limit_usd", "monthly"])?,
            exceeded: match rules.get("tier_on_exceed").and_then(Value::as_str) {
                Some("auto") => Some(Tier::Delay),
                _ => tier_or_deny(rules, "tier_on_exceed", Tier::Delay)?,
            },
        })
    }

    fn judge(&self, action: &Action, facts: &ActionFacts) -> Result<Tier, ReasonCode> {
        // What the administrator's form calls them.
        let members: &[&str] = match self.category.as_str() {
            "trade" => &["swap", "perp", "prediction"],
            "stake" => &["staking"],
            "lend" => &["lending"],
            other => &[other],
        };
        let takes_out = self.category == ActionFacts::WITHDRAWALS && action.withdrawal;
        let is_member = action.category.as_deref().is_some_and(|category| members.contains(&category));
        if !takes_out && !is_member {
            return Ok(Tier::Instant);
        }
        let used = |of: fn(&CategoryUse) -> u128| -> Option<U512> {
            let uses = facts.categories.as_ref()?;
            Some(
                members
                    .iter()
                    .filter_map(|key| uses.get(*key))
                    .fold(U512::ZERO, |sum, used| sum + U512::from(of(used))),
            )
        };
        let mut above = false;
        let notional = action.notional.map(|usd| U512::from(usd.micros()));
        if let Some(limit) = self.per_action {
            above |= notional.is_none_or(|notional| notional > limit);
        }
        let windows = [(self.daily, used(|used| used.day.micros())), (self.monthly, used(|used| used.month.micros()))];
        for (limit, used) in windows {
            let Some(limit) = limit else { continue };
            // "Nobody looked, and a rule that needs it denies": that is what the facts say of themselves.
            let Some(used) = used else { return Err(ReasonCode::MissingInput) };
            above |= notional.is_none_or(|notional| used + notional > limit);
        }
        if above { self.exceeded.ok_or(ReasonCode::CategoryLimitExceeded) } else { Ok(Tier::Instant) }
    }
}
