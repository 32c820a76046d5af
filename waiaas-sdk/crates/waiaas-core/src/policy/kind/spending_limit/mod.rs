//! SPENDING_LIMIT: tiers by amount, and limits per day and month.

mod cumulative;
mod rules;
#[cfg(test)]
mod tests;
mod thresholds;
mod token_limits;

use super::{Absent, PolicyKind};
use crate::chain::{AssetId, Environment};
use crate::money::{BaseUnits, Usd};
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::facts::{LedgerQuery, PolicySettings, UnpricedTier};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::policy::valuation::{Gap, Movement, moved_assets, notional};
use crate::policy::{PolicyType, Tier};
use crate::tx::Effects;
use crate::wallet::OwnerState;
use cumulative::CumulativeLimits;
use thresholds::Thresholds;
use token_limits::TokenLimits;

/// Tiers by amount: in smallest units of the native coin (`instant_max`, `notify_max`, `delay_max`), in
/// dollars (the same with `_usd`), and per asset in whole units (`token_limits`). The strictest of those
/// that can measure an amount wins; an amount that none can measure gets `unpriced_tier`.
///
/// Further fields: `daily_limit_usd`, `monthly_limit_usd`, `on_cumulative_exceed`, `delay_seconds`
/// (at least 60, default 900), `approval_timeout` (seconds).
#[derive(Clone, Debug)]
pub(in crate::policy) struct SpendingLimit {
    /// Smallest units of the native coin.
    raw: Option<Thresholds<BaseUnits>>,
    usd: Option<Thresholds<Usd>>,
    token_limits: TokenLimits,
    cumulative: CumulativeLimits,
    unpriced: Option<UnpricedTier>,
    delay_seconds: u32,
    approval_timeout_seconds: Option<u32>,
}

/// Delay of rows that name none, in seconds (`policy.md` section 6).
const DEFAULT_DELAY_SECONDS: u32 = 900;

impl PolicyKind for SpendingLimit {
    const TYPE: PolicyType = PolicyType::SpendingLimit;
    const DENIED_BY: DeniedBy = DeniedBy::SpendingLimit;
    const TOPICS: Topics = Topics::SPENDING;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        rules::read(rules, issues)
    }

    fn needs(&self, effects: &Effects, settings: &PolicySettings, query: &mut LedgerQuery) {
        for asset in moved_assets(effects) {
            let measured = self.token_limits.cover(asset) || self.raw_limits(asset, settings).is_some();
            if measured && !query.held.contains(&asset) {
                query.held.push(asset);
            }
        }
        query.daily_usd |= self.cumulative.daily.is_some();
        query.monthly_usd |= self.cumulative.monthly.is_some();
    }

    fn judge(&self, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        into.delay(self.delay_seconds);
        if let Some(seconds) = self.approval_timeout_seconds {
            into.approval_timeout(seconds);
        }
        let (mut seen, mut spent) = (Seen::default(), Usd::ZERO);
        for movement in case.movements.iter().filter(|movement| !movement.is_nothing(case.exposure)) {
            let amount = movement.exposed(case.exposure);
            match self.asset_tier(movement, amount, case) {
                Some(tier) => into.raise(tier, "the amount of the asset"),
                None => seen.unmeasured = true,
            }
            let exposed = movement.worth(amount);
            match exposed {
                Ok(usd) => seen.usd = seen.usd.saturating_add(usd),
                Err(gap) => seen.add_gap(gap),
            }
            // Where nothing is approved, the two are one.
            let own = if movement.is_only_spent(case.exposure) { exposed } else { movement.spent_usd() };
            spent = own.map_or(spent, |usd| spent.saturating_add(usd));
        }
        let declared = notional(case.effects).unwrap_or(Usd::ZERO);
        seen.usd = seen.usd.max(declared);
        // With some price missing the sums are too low, but what they exceed is exceeded all the same.
        if let Some(thresholds) = self.usd.filter(|_| !seen.usd.is_zero()) {
            into.raise(thresholds.tier(seen.usd), "the value in dollars");
        }
        self.judge_unpriced(&seen, case, into)?;
        self.cumulative.judge(spent.max(declared), case, into)?;
        Ok(())
    }
}

/// Nothing measures the amount; an asset that the price sources do not know is at least announced.
fn absent(case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
    let unlisted = |movement: &Movement| {
        !movement.is_nothing(case.exposure) && movement.worth(Some(BaseUnits::MAX)) == Err(Gap::NotListed)
    };
    if case.movements.iter().any(unlisted) {
        into.raise(Tier::Notify, "the asset has no listed price");
    }
    Ok(())
}

/// What the dollars of a transaction are known to be.
#[derive(Default)]
struct Seen {
    /// Sum of what has a price.
    usd: Usd,
    /// Some amount is measured by no limit of its own asset.
    unmeasured: bool,
    not_listed: bool,
    unavailable: bool,
}

impl Seen {
    fn add_gap(&mut self, gap: Gap) {
        match gap {
            Gap::NotListed => self.not_listed = true,
            Gap::Unavailable => self.unavailable = true,
        }
    }
}

impl SpendingLimit {
    /// The tier of an amount by the limits of the asset itself, together with what is in flight of it; `None` when
    /// nothing measures this asset.
    fn asset_tier(&self, movement: &Movement, amount: Option<BaseUnits>, case: &Case<'_>) -> Option<Tier> {
        let asset = movement.asset;
        let held = case.facts.ledger.held.get(&asset).copied().unwrap_or(BaseUnits::ZERO);
        let total = amount.and_then(|amount| amount.checked_add(held));
        // A sum that cannot be counted is above every limit, the largest possible one included.
        let amount = total.unwrap_or(BaseUnits::MAX);
        let tier = match movement.decimals {
            Some(decimals) => self.token_limits.tier(asset, decimals, amount),
            // There is a limit, but nobody knows in which units.
            None if self.token_limits.cover(asset) => return None,
            None => None,
        };
        let raw = || self.raw_limits(asset, case.facts.settings).map(|limits| limits.tier(amount));
        tier.or_else(raw).map(|tier| if total.is_some() { tier } else { Tier::Approval })
    }

    /// The limits in smallest units, where they measure the asset.
    // DIFFERS: wei and lamports say nothing about tokens; the original compares them all the same.
    fn raw_limits(&self, asset: AssetId, settings: &PolicySettings) -> Option<&Thresholds<BaseUnits>> {
        self.raw.as_ref().filter(|_| asset.is_native() || settings.legacy_raw_limit_for_tokens)
    }

    /// Section 6, "price unknown or nothing to measure with", points 1 to 4.
    fn judge_unpriced(&self, seen: &Seen, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
        let price_missing = seen.not_listed || seen.unavailable;
        let blind_to_totals = price_missing && self.cumulative.any();
        // Measured neither by its asset nor, when a price is there, in dollars.
        let blind_to_amount = seen.unmeasured && (price_missing || self.usd.is_none());
        if blind_to_totals || blind_to_amount {
            match self.unpriced_tier(case) {
                // Without an owner the approval becomes a delay, and a delay would let any amount past a cap.
                UnpricedTier::Tier(Tier::Approval) if blind_to_totals && case.subject.owner == OwnerState::None => {
                    let detail = "the value of the transaction is unknown, so the cumulative limit cannot be kept, \
                                  and the wallet has no owner to ask";
                    return Err(Refusal::new(ReasonCode::PriceUnavailable, detail));
                }
                UnpricedTier::Tier(tier) => into.raise(tier, "an amount that cannot be valued"),
                UnpricedTier::Deny => {
                    let detail = "the value of the transaction is unknown, and the rules deny what cannot be valued";
                    return Err(Refusal::new(ReasonCode::PriceUnavailable, detail));
                }
            }
        }
        // Limits of the asset alone lose nothing when the sources are down.
        if seen.not_listed || (price_missing && self.usd.is_some()) {
            into.raise(Tier::Notify, "the asset has no price");
        }
        Ok(())
    }

    fn unpriced_tier(&self, case: &Case<'_>) -> UnpricedTier {
        self.unpriced.or(case.facts.settings.unpriced_tier).unwrap_or(match case.subject.environment {
            Environment::Mainnet => UnpricedTier::Tier(Tier::Approval),
            Environment::Testnet => UnpricedTier::Tier(Tier::Notify),
        })
    }
}
