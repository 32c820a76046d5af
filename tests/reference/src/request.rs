//! What a request moves and what that is worth (sections 6 and 9).

use ruint::aliases::U512;
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Price, Usd};
use waiaas_core::policy::{Component as Moved, Facts, PriceFact, Valuation};
use waiaas_core::tx::{Action, Effects, Operation};

/// What an amount is worth, in 10⁻⁶ dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Worth {
    /// So much, rounded up to a whole millionth for each asset: that is what `Usd` says about computed values, and
    /// every limit is itself a number of millionths, so "rounded ≤ limit" is "exact ≤ limit".
    Known(U512),
    /// The sources work and do not list the asset.
    NotListed,
    /// Nobody could say.
    Unavailable,
}

/// All of one asset that a request moves.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub(crate) asset: AssetId,
    pub(crate) amount: U512,
    pub(crate) worth: Worth,
    pub(crate) decimals: Option<u8>,
}

/// What leaves the wallet, added up by asset.
pub(crate) fn spent(effects: &Effects, facts: &Facts<'_>) -> Vec<Component> {
    summed(parts(effects), facts)
}

/// What leaves the wallet: native coins and tokens of all operations, and what an action declares beyond them.
/// `non_spending` (section 11.6) takes only the notional out; what is declared to leave, leaves.
pub(crate) fn parts(effects: &Effects) -> impl Iterator<Item = (AssetId, BaseUnits)> {
    let native = effects.network.native_asset();
    let moved = effects.operations.iter().filter_map(move |operation| match operation {
        Operation::NativeTransfer { amount, .. } => Some((native, *amount)),
        Operation::TokenTransfer { asset, amount, .. } => Some((*asset, *amount)),
        _ => None,
    });
    let declared = effects.action.iter().flat_map(|action| &action.outflows);
    moved.chain(declared.copied())
}

/// What spenders are allowed to take: valued like a transfer, but not spent (section 5.10).
pub(crate) fn exposed(effects: &Effects) -> Vec<(AssetId, BaseUnits)> {
    let allowed = effects.operations.iter().filter_map(|operation| match operation {
        // A whole collection counts as unlimited (5.9).
        Operation::Approval { asset, collection: true, .. } => Some((*asset, BaseUnits::MAX)),
        Operation::Approval { asset, amount, .. } => Some((*asset, *amount)),
        _ => None,
    });
    allowed.collect()
}

/// One component for each asset, in the order of first mention.
pub(crate) fn summed(parts: impl Iterator<Item = (AssetId, BaseUnits)>, facts: &Facts<'_>) -> Vec<Component> {
    let mut sums: Vec<(AssetId, U512)> = Vec::new();
    for (asset, amount) in parts {
        let amount = U512::from(amount.get());
        match sums.iter_mut().find(|(known, _)| *known == asset) {
            Some((_, sum)) => *sum += amount,
            None => sums.push((asset, amount)),
        }
    }
    let component = |(asset, amount)| {
        let decimals = decimals(asset, facts);
        Component { asset, amount, worth: worth(asset, amount, decimals, facts), decimals }
    };
    sums.into_iter().map(component).collect()
}

/// What the ledger must hold if the request is allowed (section 8): what leaves, asset by asset, and its worth, which
/// is not known as long as one price is missing.
pub(crate) fn valuation(effects: &Effects, facts: &Facts<'_>) -> Valuation {
    let components: Vec<Moved> = spent(effects, facts)
        .into_iter()
        .filter(|part| !part.amount.is_zero())
        .map(|part| Moved { asset: part.asset, amount: units(part.amount), usd: usd(part.worth) })
        .collect();
    let sum = components.iter().try_fold(Usd::ZERO, |sum, part| Some(sum.saturating_add(part.usd?)));
    let notional = effects.action.as_ref().filter(|action| !action.non_spending).and_then(|action| action.notional);
    Valuation { components, usd: sum.map(|sum| sum.max(notional.unwrap_or(Usd::ZERO))) }
}

fn usd(worth: Worth) -> Option<Usd> {
    match worth {
        Worth::Known(worth) => Some(u128::try_from(worth).map_or(Usd::MAX, Usd::from_micros)),
        Worth::NotListed | Worth::Unavailable => None,
    }
}

/// The amount, or the largest that there is.
fn units(amount: U512) -> BaseUnits {
    let most = U512::from(BaseUnits::MAX.get());
    BaseUnits::parse_digits(&amount.min(most).to_string()).unwrap()
}

/// What the provider says that the action is worth, where that is spent.
pub(crate) fn spent_notional(action: Option<&Action>) -> Option<U512> {
    let action = action.filter(|action| !action.non_spending)?;
    action.notional.map(|usd| U512::from(usd.micros()))
}

fn decimals(asset: AssetId, facts: &Facts<'_>) -> Option<u8> {
    if asset.is_native() {
        Some(asset.network().native_decimals())
    } else {
        facts.tokens.get(&asset).map(|token| token.decimals)
    }
}

fn worth(asset: AssetId, amount: U512, decimals: Option<u8>, facts: &Facts<'_>) -> Worth {
    if amount.is_zero() {
        return Worth::Known(U512::ZERO);
    }
    match (facts.prices.get(&asset), decimals) {
        // More than any token can have: worth more than every limit.
        (Some(PriceFact::Known(_)), Some(_)) if amount.bit_len() > 256 => Worth::Known(U512::from(u128::MAX)),
        (Some(PriceFact::Known(price)), Some(decimals)) => Worth::Known(value(amount, decimals, *price)),
        // A price of nobody knows how much: the token is in no list.
        (Some(PriceFact::Known(_)), None) | (Some(PriceFact::NotListed), _) => Worth::NotListed,
        (Some(PriceFact::Unavailable) | None, _) => Worth::Unavailable,
    }
}

/// `amount × price / 10^decimals` dollars as millionths, rounded up, by cutting decimal text: the price counts 10⁻¹⁸
/// dollars, so `decimals + 18 − 6` digits go.
fn value(amount: U512, decimals: u8, price: Price) -> U512 {
    let product = (amount * U512::from(price.atto_usd())).to_string();
    let cut = usize::from(decimals) + 12;
    let padded = format!("{product:0>width$}", width = cut + 1);
    let (kept, dropped) = padded.split_at(padded.len() - cut);
    let kept = U512::from_str_radix(kept, 10).unwrap();
    if dropped.bytes().all(|digit| digit == b'0') { kept } else { kept + U512::from(1) }
}
