//! SPENDING_LIMIT (section 6), what overrides it for approvals (5.10), and the tier stage (section 4, 18).

use crate::actions;
use crate::evaluate::{Request, refuse};
use crate::lists::{is_caip19, same_caip19};
use crate::read::{Corrupt, Read, Rules, decimal_text, digits, millionths, rules, shifted, split_decimal, tier, whole};
use crate::request::{Component, Worth, exposed, parts, spent, spent_notional, summed};
use crate::rows::in_force;
use crate::verdict::Refusal;
use ruint::aliases::U512;
use serde_json::Value;
use waiaas_core::chain::Environment;
use waiaas_core::money::Usd;
use waiaas_core::policy::{
    ApprovalReason, CumulativeWarning, DeniedBy, PolicyRow, PolicyType, ReasonCode, Tier, UnpricedTier, Window,
};
use waiaas_core::tx::{Operation, TxType};
use waiaas_core::wallet::OwnerState;

/// What the tier stage comes to, before the owner downgrade.
pub(crate) struct Stage {
    pub(crate) tier: Tier,
    pub(crate) cumulative: Option<ApprovalReason>,
    pub(crate) warning: Option<CumulativeWarning>,
    pub(crate) delay_seconds: u32,
    pub(crate) approval_timeout_seconds: u32,
}

/// The strictest of all contributions.
pub(crate) fn tier_stage(request: &Request<'_>, floor: Tier) -> Result<Stage, Refusal> {
    let Request { effects, facts, .. } = request;
    let mut tier = floor.max(actions::action_category_limit(request)?);
    for operation in &effects.operations {
        tier = match operation {
            Operation::NftTransfer { .. } => tier.max(facts.settings.nft_transfer_tier),
            Operation::Deployment => tier.max(facts.settings.deploy_tier),
            _ => tier,
        };
    }
    let (replaced, least) = approve_tier(request)?;
    tier = tier.max(least);

    let spent = spent(effects, facts);
    // What is allowed to be taken counts for the tier like a transfer, where no fixed tier replaces that. A ceiling
    // cannot be loosened (section 3), so it measures all the same.
    let all = summed(parts(effects).chain(exposed(effects)), facts);
    let measured = if replaced { spent.clone() } else { all.clone() };
    let force = in_force(&request.scope, PolicyType::SpendingLimit);
    if force.base.is_none() && measured.iter().any(|part| part.worth == Worth::NotListed) {
        tier = tier.max(Tier::Notify);
    }
    let mut stage = Stage {
        tier,
        cumulative: None,
        warning: None,
        delay_seconds: facts.settings.default_delay_seconds,
        approval_timeout_seconds: facts.settings.default_approval_timeout_seconds,
    };
    let mut delays = Vec::new();
    let mut timeouts = Vec::new();
    for row in force.all() {
        let limits = rules(&row.rules).and_then(|rules| Limits::read(&rules));
        let corrupt = |Corrupt| Refusal::new(DeniedBy::SpendingLimit, ReasonCode::PolicyRulesCorrupt).by(row.id);
        let limits = limits.map_err(corrupt)?;
        let judged = limits.judge(request, row, &spent, if row.ceiling { &all } else { &measured })?;
        stage.tier = stage.tier.max(judged.tier);
        stage.cumulative = earlier(stage.cumulative, judged.cumulative);
        stage.warning = fuller(stage.warning, judged.warning);
        delays.push(limits.delay_seconds);
        timeouts.extend(limits.approval_timeout);
    }
    // A ceiling only tightens, so without a row of its own the wallet keeps the usual times beside it.
    if force.base.is_none() {
        delays.push(stage.delay_seconds);
        timeouts.push(stage.approval_timeout_seconds);
    }
    // Where several rows hold, the more careful figure: the longer delay, the shorter time to approve.
    stage.delay_seconds = delays.into_iter().max().unwrap_or(stage.delay_seconds);
    stage.approval_timeout_seconds = timeouts.into_iter().min().unwrap_or(stage.approval_timeout_seconds);
    Ok(stage)
}

/// Section 3, "No rows at all": a native transfer needs a SPENDING_LIMIT or a WHITELIST row.
pub(crate) fn transfers_enabled(
    request: &Request<'_>,
    tx_type: TxType,
    operations: &[Operation],
) -> Result<(), Refusal> {
    let governed = [PolicyType::SpendingLimit, PolicyType::Whitelist]
        .iter()
        .any(|of_type| in_force(&request.scope, *of_type).base.is_some());
    let native = |operation: &Operation| matches!(operation, Operation::NativeTransfer { .. });
    let is_transfer = tx_type == TxType::Transfer && operations.iter().any(native);
    let refused = request.facts.settings.default_deny_transfers && !request.passes_without_rows();
    if is_transfer && refused && !governed {
        return refuse(DeniedBy::SpendingLimit, ReasonCode::TransferDisabled);
    }
    Ok(())
}

/// APPROVE_TIER_OVERRIDE (5.10): whether a row replaces what the amount of an approval would decide, and the tier that
/// approvals get at least: of that row, of ceilings on top of everything, and in a batch without a row APPROVAL.
fn approve_tier(request: &Request<'_>) -> Result<(bool, Tier), Refusal> {
    let approves = |operation: &Operation| matches!(operation, Operation::Approval { .. });
    if !request.effects.operations.iter().any(approves) {
        return Ok((false, Tier::Instant));
    }
    let force = in_force(&request.scope, PolicyType::ApproveTierOverride);
    let replaced = force.base.is_some();
    let in_batch = !request.effects.instructions.is_empty();
    let mut least = if in_batch && !replaced { Tier::Approval } else { Tier::Instant };
    for row in force.all() {
        let read = rules(&row.rules).and_then(|rules| tier(rules.get("tier"))?.ok_or(Corrupt));
        let corrupt = |Corrupt| Refusal::new(DeniedBy::ApproveTierOverride, ReasonCode::PolicyRulesCorrupt).by(row.id);
        least = least.max(read.map_err(corrupt)?);
    }
    Ok((replaced, least))
}

/// Of the warnings of several rows: daily before monthly, then the limit that is used up further, in millionths of it;
/// of two that are alike the later row's.
fn fuller(left: Option<CumulativeWarning>, right: Option<CumulativeWarning>) -> Option<CumulativeWarning> {
    let (Some(one), Some(other)) = (left, right) else { return left.or(right) };
    let share = |warning: CumulativeWarning| {
        U512::from(warning.spent.micros()) * U512::from(1_000_000) / U512::from(warning.limit.micros())
    };
    match one.window.cmp(&other.window) {
        std::cmp::Ordering::Less => left,
        std::cmp::Ordering::Greater => right,
        std::cmp::Ordering::Equal if share(one) > share(other) => left,
        std::cmp::Ordering::Equal => right,
    }
}

/// `daily` comes before `monthly`.
fn earlier(left: Option<ApprovalReason>, right: Option<ApprovalReason>) -> Option<ApprovalReason> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.min(right)),
        (left, right) => left.or(right),
    }
}

/// The rules of one row.
struct Limits {
    /// Base units of the native coin.
    raw: [Option<U512>; 3],
    /// Millionths of a dollar.
    usd: [Option<U512>; 3],
    /// Human units, as text.
    tokens: Vec<(String, [String; 3])>,
    delay_seconds: u32,
    approval_timeout: Option<u32>,
    daily: Option<U512>,
    monthly: Option<U512>,
    unpriced: Option<UnpricedTier>,
    deny_on_exceed: bool,
}

/// What one row comes to.
struct Judged {
    tier: Tier,
    cumulative: Option<ApprovalReason>,
    warning: Option<CumulativeWarning>,
}

impl Limits {
    fn read(rules: &Rules) -> Read<Self> {
        let raw = |key: &str| rules.get(key).map(digits).transpose();
        let usd = |key: &str| rules.get(key).map(millionths).transpose();
        let above_zero = |key: &str| match usd(key)? {
            Some(limit) if limit.is_zero() => Err(Corrupt),
            limit => Ok(limit),
        };
        let seconds = |key: &str, least: u64| match rules.get(key).map(whole).transpose()? {
            Some(seconds) if seconds < least => Err(Corrupt),
            seconds => seconds.map(|seconds| u32::try_from(seconds).map_err(|_| Corrupt)).transpose(),
        };
        let unpriced = match rules.get("unpriced_tier").map(|value| value.as_str().ok_or(Corrupt)).transpose()? {
            None => None,
            Some("DENY") => Some(UnpricedTier::Deny),
            Some("INSTANT") => return Err(Corrupt),
            Some(name) => Some(UnpricedTier::Tier(Tier::parse(name).ok_or(Corrupt)?)),
        };
        let deny_on_exceed = match rules.get("on_cumulative_exceed").map(|value| value.as_str().ok_or(Corrupt)) {
            None => false,
            Some(name) => match name? {
                "DENY" => true,
                "APPROVAL" => false,
                _ => return Err(Corrupt),
            },
        };
        let limits = Self {
            raw: [raw("instant_max")?, raw("notify_max")?, raw("delay_max")?],
            usd: [usd("instant_max_usd")?, usd("notify_max_usd")?, usd("delay_max_usd")?],
            tokens: token_limits(rules)?,
            delay_seconds: seconds("delay_seconds", 60)?.unwrap_or(900),
            approval_timeout: seconds("approval_timeout", 1)?,
            daily: above_zero("daily_limit_usd")?,
            monthly: above_zero("monthly_limit_usd")?,
            unpriced,
            deny_on_exceed,
        };
        // Section 6: at least one limit of a single request; totals alone are none.
        let any = |limits: &[Option<U512>]| limits.iter().any(Option::is_some);
        if any(&limits.raw) || any(&limits.usd) || !limits.tokens.is_empty() { Ok(limits) } else { Err(Corrupt) }
    }

    fn judge(
        &self,
        request: &Request<'_>,
        row: &PolicyRow,
        spent: &[Component],
        measured: &[Component],
    ) -> Result<Judged, Refusal> {
        let mut tier = Tier::Instant;
        let mut all_measured = true;
        let mut missing = false;
        for part in measured.iter().filter(|part| !part.amount.is_zero()) {
            let by_asset = self.asset_tier(request, part);
            all_measured &= by_asset.is_some();
            tier = tier.max(by_asset.unwrap_or(Tier::Instant));
            missing |= !matches!(part.worth, Worth::Known(_));
        }
        let has_usd = self.usd.iter().any(Option::is_some);
        let notional = spent_notional(request.effects.action.as_ref());
        tier = tier.max(self.usd_tier(worth_of(measured, notional)));

        let unpriced = self.unpriced_tier(request);
        let at_least = |tier: Tier| match unpriced {
            UnpricedTier::Tier(least) => Ok(tier.max(least)),
            UnpricedTier::Deny => Err(Refusal::new(DeniedBy::SpendingLimit, ReasonCode::PriceUnavailable).by(row.id)),
        };
        if missing && has_usd {
            tier = if all_measured { tier.max(Tier::Notify) } else { at_least(tier)? };
        } else if missing {
            let unlisted = measured.iter().any(|part| part.worth == Worth::NotListed);
            tier = if unlisted { tier.max(Tier::Notify) } else { tier };
            tier = if all_measured { tier } else { at_least(tier)? };
        } else if !has_usd && !all_measured {
            tier = at_least(tier)?;
        }

        let mut judged = Judged { tier, cumulative: None, warning: None };
        if self.daily.is_some() || self.monthly.is_some() {
            if missing {
                judged.tier = at_least(judged.tier)?;
                // An unknown value cannot pass a cap by waiting: nobody could be asked.
                let asks = unpriced == UnpricedTier::Tier(Tier::Approval);
                if asks && request.subject.owner == OwnerState::None {
                    return Err(Refusal::new(DeniedBy::SpendingLimit, ReasonCode::PriceUnavailable).by(row.id));
                }
            }
            self.cumulative(request, row, worth_of(spent, notional), &mut judged)?;
        }
        Ok(judged)
    }

    /// The tier by the limits of the asset itself; `None` where there are none ("unmeasured").
    fn asset_tier(&self, request: &Request<'_>, part: &Component) -> Option<Tier> {
        let held = request.facts.ledger.held.get(&part.asset).map_or(U512::ZERO, |held| U512::from(held.get()));
        let total = part.amount + held;
        // More than can be there is above every limit.
        let within_range = total.bit_len() <= 256;
        let tier = |limits| if within_range { by_thresholds(total, limits) } else { Tier::Approval };
        let chain = format!("native:{}", request.subject.chain);
        let exact = |key: &str| same_caip19(key, part.asset);
        let keys: [&dyn Fn(&str) -> bool; 3] =
            [&exact, &|key| part.asset.is_native() && key == chain, &|key| part.asset.is_native() && key == "native"];
        let token_limit = keys.iter().find_map(|is| self.tokens.iter().find(|(key, _)| is(key)));
        if let Some((_, limits)) = token_limit {
            let places = usize::from(part.decimals?);
            let limits = limits.each_ref().map(|limit| {
                let (whole, fraction) = split_decimal(limit).unwrap();
                Some(shifted(whole, fraction, places).unwrap_or(U512::MAX))
            });
            return Some(tier(limits));
        }
        let raw_speaks = part.asset.is_native() || request.facts.settings.legacy_raw_limit_for_tokens;
        if raw_speaks && self.raw.iter().any(Option::is_some) {
            return Some(tier(self.raw.map(|limit| Some(limit.unwrap_or(U512::ZERO)))));
        }
        None
    }

    fn usd_tier(&self, worth: U512) -> Tier {
        let any = self.usd.iter().any(Option::is_some);
        if any && !worth.is_zero() { by_thresholds(worth, self.usd) } else { Tier::Instant }
    }

    /// "U" of section 6.
    fn unpriced_tier(&self, request: &Request<'_>) -> UnpricedTier {
        let by_environment = match request.subject.environment {
            Environment::Mainnet => Tier::Approval,
            Environment::Testnet => Tier::Notify,
        };
        self.unpriced.or(request.facts.settings.unpriced_tier).unwrap_or(UnpricedTier::Tier(by_environment))
    }

    /// Rolling sums with this request; daily first.
    fn cumulative(
        &self,
        request: &Request<'_>,
        row: &PolicyRow,
        worth: U512,
        judged: &mut Judged,
    ) -> Result<(), Refusal> {
        if worth.is_zero() {
            return Ok(());
        }
        let ledger = request.facts.ledger;
        let windows = [
            (self.daily, ledger.daily_usd, Window::Daily, ApprovalReason::CumulativeDaily),
            (self.monthly, ledger.monthly_usd, Window::Monthly, ApprovalReason::CumulativeMonthly),
        ];
        for (limit, before, _, reason) in windows {
            let Some(limit) = limit else { continue };
            if U512::from(before.micros()) + worth > limit {
                if self.deny_on_exceed || request.subject.owner == OwnerState::None {
                    let refusal = Refusal::new(DeniedBy::SpendingLimit, ReasonCode::SpendingLimitExceeded);
                    return Err(refusal.by(row.id));
                }
                judged.tier = Tier::Approval;
                judged.cumulative = Some(reason);
                return Ok(());
            }
        }
        for (limit, before, window, _) in windows {
            let Some(limit) = limit else { continue };
            let total = U512::from(before.micros()) + worth;
            // total / limit ≥ 0.8
            if total * U512::from(10) >= limit * U512::from(8) {
                judged.warning = Some(CumulativeWarning { window, spent: usd(total), limit: usd(limit) });
                return Ok(());
            }
        }
        Ok(())
    }
}

fn usd(micros: U512) -> Usd {
    Usd::from_micros(u128::try_from(micros).unwrap())
}

/// What is known of the value of all components. The provider's own figure describes the same money, so the larger
/// of the two counts.
fn worth_of(components: &[Component], notional: Option<U512>) -> U512 {
    let known = components.iter().filter_map(|part| match part.worth {
        Worth::Known(worth) => Some(worth),
        Worth::NotListed | Worth::Unavailable => None,
    });
    known.fold(U512::ZERO, |sum, worth| sum + worth).max(notional.unwrap_or(U512::ZERO))
}

/// The first threshold that is not exceeded; missing ones are passed over.
fn by_thresholds(figure: U512, [instant, notify, delay]: [Option<U512>; 3]) -> Tier {
    let within = |limit: Option<U512>| limit.is_some_and(|limit| figure <= limit);
    if within(instant) {
        Tier::Instant
    } else if within(notify) {
        Tier::Notify
    } else if within(delay) {
        Tier::Delay
    } else {
        Tier::Approval
    }
}

/// Keys are the native coin's names or CAIP-19 ids; all three limits are there. That they do not decrease is asked of
/// new rows only: stored ones "in other orders are evaluated sequentially".
fn token_limits(rules: &Rules) -> Read<Vec<(String, [String; 3])>> {
    let Some(map) = rules.get("token_limits") else { return Ok(Vec::new()) };
    let mut limits = Vec::new();
    for (key, value) in map.as_object().ok_or(Corrupt)? {
        let native = ["native", "native:solana", "native:ethereum", "native:ripple"].contains(&key.as_str());
        if !native && !is_caip19(key) {
            return Err(Corrupt);
        }
        let members = value.as_object().ok_or(Corrupt)?;
        let limit = |name: &str| -> Read<String> {
            let text = decimal_text(members.get(name).filter(|value| Value::is_string(value)).ok_or(Corrupt)?)?;
            split_decimal(&text)?;
            Ok(text)
        };
        limits.push((key.clone(), [limit("instant_max")?, limit("notify_max")?, limit("delay_max")?]));
    }
    Ok(limits)
}
