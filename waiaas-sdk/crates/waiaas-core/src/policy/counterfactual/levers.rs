//! Numbers of a request that could be smaller.

use super::super::decision::Denial;
use super::super::evaluate::Inputs;
use super::super::tier::Tier;
use super::{Change, Counterfactual, DeclaredUsd, tier_of};
use crate::money::{BaseUnits, Ratio, Usd};
use crate::tx::{Effects, Operation};
use ruint::aliases::U256;

/// Adds the largest amount, value and leverage that pass.
pub(super) fn largest(inputs: &Inputs<'_>, denial: &Denial, found: &mut Vec<Counterfactual>) {
    let refused =
        |index: &usize| denial.instruction.is_none() || denial.instruction == instruction_of(inputs.effects, *index);
    let amounts: Vec<Lever> = (0..inputs.effects.operations.len()).filter(refused).map(Lever::Amount).collect();
    let values = [DeclaredUsd::Loan, DeclaredUsd::Position, DeclaredUsd::Action].map(Lever::Usd);
    let try_with = |lever: Lever| {
        let (largest, tier) = search(inputs, lever)?;
        Some(Counterfactual { change: lever.change(inputs.effects, largest)?, tier: Some(tier) })
    };
    found.extend(amounts.into_iter().find_map(try_with));
    found.extend(values.into_iter().find_map(try_with));
    found.extend(try_with(Lever::Leverage));
}

/// The largest number below the present one with which the request passes; the next one does not.
///
/// An evaluation never gets milder when a number grows, so there is nothing to find when the smallest fails, and what is
/// found is the only such place.
fn search(inputs: &Inputs<'_>, lever: Lever) -> Option<(U256, Tier)> {
    let mut effects = inputs.effects.clone();
    let mut fails = lever.read(&effects)?;
    let mut try_with = |number: U256| {
        lever.set(&mut effects, number);
        tier_of(&Inputs { effects: &effects, ..*inputs }.verdict())
    };
    let mut passes = U256::ONE;
    if fails <= passes {
        return None;
    }
    let mut tier = try_with(passes)?;
    loop {
        let middle = passes.saturating_add(fails.saturating_sub(passes) >> 1);
        if middle == passes {
            return Some((passes, tier));
        }
        match try_with(middle) {
            Some(with_middle) => (passes, tier) = (middle, with_middle),
            None => fails = middle,
        }
    }
}

/// Where one number of a request stands.
#[derive(Clone, Copy, Debug)]
enum Lever {
    /// The amount of the operation at this position.
    Amount(usize),
    Usd(DeclaredUsd),
    Leverage,
}

impl Lever {
    fn read(self, effects: &Effects) -> Option<U256> {
        let action = effects.action.as_ref();
        let perp = || action?.perp.as_ref();
        let usd = match self {
            Self::Amount(position) => {
                return match effects.operations.get(position)? {
                    Operation::NativeTransfer { amount, .. }
                    | Operation::TokenTransfer { amount, .. }
                    | Operation::Approval { amount, collection: false, .. } => Some(amount.get()),
                    _ => None,
                };
            }
            Self::Leverage => return Some(U256::from(perp()?.leverage?.millionths())),
            Self::Usd(DeclaredUsd::Loan) => action?.lending?.usd?,
            Self::Usd(DeclaredUsd::Position) => perp()?.size?,
            Self::Usd(DeclaredUsd::Action) => action?.notional?,
        };
        Some(U256::from(usd.micros()))
    }

    /// `number` is not above what was read.
    fn set(self, effects: &mut Effects, number: U256) {
        let usd = || Some(Usd::from_micros(number.saturating_to()));
        let action = effects.action.as_mut();
        match self {
            Self::Amount(position) => {
                if let Some(
                    Operation::NativeTransfer { amount, .. }
                    | Operation::TokenTransfer { amount, .. }
                    | Operation::Approval { amount, .. },
                ) = effects.operations.get_mut(position)
                {
                    *amount = BaseUnits::new(number);
                }
            }
            Self::Leverage => {
                if let Some(perp) = action.and_then(|action| action.perp.as_mut()) {
                    perp.leverage = Some(Ratio::from_millionths(number.saturating_to()));
                }
            }
            Self::Usd(DeclaredUsd::Loan) => {
                if let Some(lending) = action.and_then(|action| action.lending.as_mut()) {
                    lending.usd = usd();
                }
            }
            Self::Usd(DeclaredUsd::Position) => {
                if let Some(perp) = action.and_then(|action| action.perp.as_mut()) {
                    perp.size = usd();
                }
            }
            Self::Usd(DeclaredUsd::Action) => {
                if let Some(action) = action {
                    action.notional = usd();
                }
            }
        }
    }

    fn change(self, effects: &Effects, largest: U256) -> Option<Change> {
        Some(match self {
            Self::Amount(position) => {
                let asset = match effects.operations.get(position)? {
                    Operation::TokenTransfer { asset, .. } | Operation::Approval { asset, .. } => *asset,
                    _ => effects.network.native_asset(),
                };
                let instruction = instruction_of(effects, position);
                Change::Amount { asset, instruction, largest: BaseUnits::new(largest) }
            }
            Self::Usd(of) => Change::Usd { of, largest: Usd::from_micros(largest.saturating_to()) },
            Self::Leverage => Change::Leverage { largest: Ratio::from_millionths(largest.saturating_to()) },
        })
    }
}

/// The instruction of a batch that an operation belongs to.
fn instruction_of(effects: &Effects, position: usize) -> Option<usize> {
    let mut end = 0_usize;
    effects.instructions.iter().position(|instruction| {
        end = end.saturating_add(instruction.operations);
        position < end
    })
}
