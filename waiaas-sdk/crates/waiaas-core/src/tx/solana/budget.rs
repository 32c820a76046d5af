//! The Compute Budget program: what a transaction pays to be preferred.

use super::Step;
use super::programs::COMPUTE_BUDGET;
use crate::address::Address;
use crate::money::BaseUnits;
use crate::tx::effects::Operation;

/// Instructions of the program that set the fee (Solana documentation, "Fees on Solana").
const SET_LIMIT: u8 = 2;
const SET_PRICE: u8 = 3;

/// The most that a transaction may compute, in compute units; also what is assumed when it sets no limit of its own.
const LIMIT_MAX: u32 = 1_400_000;

/// Micro-lamports in a lamport: the price of a compute unit is given in the former.
const MICRO: u128 = 1_000_000;

/// The priority fee as native coin that leaves the wallet, rounded up like the chain does; `None` when there is none.
///
/// Whoever writes the instructions chooses the price, so without this the wallet could be emptied through its fees.
/// Data that the program would not take costs nothing, because nothing of the transaction would happen.
pub(super) fn priority_fee(steps: &[Step<'_>]) -> Option<Operation> {
    let settings = || steps.iter().filter(|step| step.program == COMPUTE_BUDGET).map(|step| step.data);
    let price = settings().filter_map(|data| match data {
        [SET_PRICE, price @ ..] => price.first_chunk().map(|bytes| u64::from_le_bytes(*bytes)),
        _ => None,
    });
    let limit = settings().filter_map(|data| match data {
        [SET_LIMIT, limit @ ..] => limit.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)),
        _ => None,
    });
    let limit = limit.max().map_or(LIMIT_MAX, |limit| limit.min(LIMIT_MAX));
    let fee = u128::from(price.max()?).checked_mul(u128::from(limit))?.div_ceil(MICRO);
    let to = Address::Solana(COMPUTE_BUDGET);
    (fee > 0).then(|| Operation::NativeTransfer { to, amount: BaseUnits::from_u128(fee) })
}
