//! What leaves the wallet or is put into others' hands, per asset, and what it is worth.

use super::decision::{Component, Valuation};
use super::facts::{Facts, PriceFact};
use crate::chain::AssetId;
use crate::money::{BaseUnits, Price, Usd};
use crate::tx::{Effects, Operation};
use smallvec::SmallVec;

/// Everything that one request does with one asset.
#[derive(Clone, Copy, Debug)]
pub(super) struct Movement {
    /// Which asset.
    pub(super) asset: AssetId,
    /// Leaves the wallet.
    spent: Sum,
    /// Is approved to spenders: exposed, not spent.
    approved: Sum,
    /// Decimal places; `None` for a token that neither the registry nor the chain described.
    pub(super) decimals: Option<u8>,
    price: PriceFact,
}

/// A sum of amounts; `None` when it is more than can be counted.
#[derive(Clone, Copy, Debug)]
struct Sum(Option<BaseUnits>);

impl Sum {
    fn add(&mut self, amount: BaseUnits) {
        self.0 = self.0.and_then(|sum| sum.checked_add(amount));
    }

    fn is_zero(self) -> bool {
        self.0.is_some_and(BaseUnits::is_zero)
    }
}

/// Why an amount has no value in dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// The sources work and do not know the asset.
    NotListed,
    /// The sources do not answer.
    Unavailable,
}

impl Movement {
    /// What the tiers measure: what is spent and, where it counts, what is approved. `None` when that is more than can be
    /// counted, which is above every limit.
    pub(super) fn exposed(&self, exposure: Exposure) -> Option<BaseUnits> {
        match exposure {
            Exposure::Measured if !self.approved.is_zero() => self.spent.0?.checked_add(self.approved.0?),
            Exposure::Measured | Exposure::Ignored => self.spent.0,
        }
    }

    /// Whether nothing is approved, or nothing of that counts.
    pub(super) fn is_only_spent(&self, exposure: Exposure) -> bool {
        exposure == Exposure::Ignored || self.approved.is_zero()
    }

    /// Whether nothing is spent either.
    pub(super) fn is_nothing(&self, exposure: Exposure) -> bool {
        self.is_only_spent(exposure) && self.spent.is_zero()
    }

    /// Dollars of what leaves the wallet.
    pub(super) fn spent_usd(&self) -> Result<Usd, Gap> {
        self.worth(self.spent.0)
    }

    /// Dollars of some amount of the asset; nothing is worth nothing, with or without a price, and what cannot be counted
    /// is worth more than every limit.
    pub(super) fn worth(&self, amount: Option<BaseUnits>) -> Result<Usd, Gap> {
        if amount.is_some_and(BaseUnits::is_zero) {
            return Ok(Usd::ZERO);
        }
        let (price, decimals) = self.priced()?;
        Ok(amount.map_or(Usd::MAX, |amount| Usd::value_of(amount, decimals, price)))
    }

    fn priced(&self) -> Result<(Price, u8), Gap> {
        match (self.price, self.decimals) {
            (PriceFact::Known(price), Some(decimals)) => Ok((price, decimals)),
            (PriceFact::Unavailable, _) => Err(Gap::Unavailable),
            // A price per whole unit says nothing when nobody knows how large a whole unit is.
            (PriceFact::NotListed, _) | (PriceFact::Known(_), None) => Err(Gap::NotListed),
        }
    }
}

/// Whether approved amounts count towards the tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exposure {
    /// Like a transfer.
    Measured,
    /// Not at all: another rule gives allowances their tier.
    Ignored,
}

/// The movements of one request. Room for as many assets as a batch of the largest size can touch, so that only oversized
/// declarations of a provider go to the heap.
pub(super) type Movements = SmallVec<[Movement; 24]>;

/// Sums the operations per asset, in the order of first appearance, into `sums`, which is empty. (It is large: filling it
/// in place saves a copy.)
pub(super) fn sum_up(effects: &Effects, facts: &Facts<'_>, sums: &mut Movements) {
    let mut add = |asset: AssetId, spent: BaseUnits, approved: BaseUnits| {
        if let Some(sum) = sums.iter_mut().find(|sum| sum.asset == asset) {
            sum.spent.add(spent);
            sum.approved.add(approved);
        } else {
            let price = facts.prices.get(&asset).copied().unwrap_or(PriceFact::Unavailable);
            let decimals = decimals(asset, facts);
            sums.push(Movement { asset, spent: Sum(Some(spent)), approved: Sum(Some(approved)), decimals, price });
        }
    };
    for operation in &effects.operations {
        let (asset, spent, approved) = match *operation {
            Operation::NativeTransfer { amount, .. } => (effects.network.native_asset(), amount, BaseUnits::ZERO),
            Operation::TokenTransfer { asset, amount, .. } => (asset, amount, BaseUnits::ZERO),
            Operation::Approval { asset, amount, collection, .. } => {
                // A whole collection is in the spender's hands, whatever number came with the call.
                (asset, BaseUnits::ZERO, if collection { BaseUnits::MAX } else { amount })
            }
            Operation::ContractCall { .. } | Operation::NftTransfer { .. } | Operation::Deployment => continue,
        };
        add(asset, spent, approved);
    }
    for (asset, amount) in effects.action.iter().flat_map(|action| &action.outflows) {
        add(*asset, *amount, BaseUnits::ZERO);
    }
}

/// The assets of `effects` with an amount above zero: those whose sums in flight matter.
pub(super) fn moved_assets(effects: &Effects) -> impl Iterator<Item = AssetId> {
    let outflows = effects.action.iter().flat_map(|action| &action.outflows);
    let outflows = outflows.filter(|(_, amount)| !amount.is_zero()).map(|(asset, _)| *asset);
    let moved = effects.operations.iter().filter_map(|operation| match *operation {
        Operation::NativeTransfer { amount, .. } => (!amount.is_zero()).then(|| effects.network.native_asset()),
        Operation::TokenTransfer { asset, amount, .. } => (!amount.is_zero()).then_some(asset),
        Operation::Approval { asset, amount, collection, .. } => (collection || !amount.is_zero()).then_some(asset),
        Operation::ContractCall { .. } | Operation::NftTransfer { .. } | Operation::Deployment => None,
    });
    moved.chain(outflows)
}

/// What the action behind the transaction spends by its provider's word; `None` when that is nothing or unknown.
pub(super) fn notional(effects: &Effects) -> Option<Usd> {
    effects.action.as_ref().filter(|action| !action.non_spending)?.notional
}

/// What the ledger is to hold: the amounts that leave, without approvals.
pub(super) fn valuation(effects: &Effects, facts: &Facts<'_>) -> Valuation {
    let mut movements = Movements::new();
    sum_up(effects, facts, &mut movements);
    let components: Vec<Component> = movements
        .iter()
        .filter(|movement| !movement.spent.is_zero())
        .map(|movement| {
            let amount = movement.spent.0.unwrap_or(BaseUnits::MAX);
            Component { asset: movement.asset, amount, usd: movement.spent_usd().ok() }
        })
        .collect();
    let usd = components.iter().try_fold(Usd::ZERO, |sum, component| Some(sum.saturating_add(component.usd?)));
    // Of what is seen and what is declared, the larger.
    Valuation { components, usd: usd.map(|usd| usd.max(notional(effects).unwrap_or(Usd::ZERO))) }
}

fn decimals(asset: AssetId, facts: &Facts<'_>) -> Option<u8> {
    if asset.is_native() {
        return Some(asset.network().native_decimals());
    }
    facts.tokens.get(&asset).map(|token| token.decimals)
}
