//! One file per transaction type: how a request becomes exact, what it does, how it is stored.
//!
//! To add a type: one file here, one variant in [`TxRequest`](super::TxRequest), [`Tx`](super::Tx) and
//! [`TxType`](super::TxType). The compiler lists the rest.

pub(super) mod approve;
pub(super) mod contract_call;
pub(super) mod token_transfer;
pub(super) mod transfer;

use super::request::{Amount, ResolveError, TokenRef};
use crate::chain::{AssetId, Network};
use crate::money::BaseUnits;
use crate::policy::TokenFact;

/// The smallest units of an amount in an asset with `decimals` places.
fn exact(amount: &Amount, decimals: u8) -> Result<BaseUnits, ResolveError> {
    match amount {
        Amount::Base(amount) => Ok(*amount),
        Amount::Human(text) => Ok(BaseUnits::from_human(text, decimals)?),
    }
}

/// The asset behind a token reference and an amount of it, with decimals from the trusted fact only.
fn exact_token(
    token: &TokenRef,
    amount: &Amount,
    network: Network,
    fact: Option<&TokenFact>,
) -> Result<(AssetId, BaseUnits), ResolveError> {
    let asset = AssetId::token(network, &token.address).ok_or(ResolveError::WrongNetwork { network })?;
    let actual = fact.ok_or(ResolveError::UnknownToken { asset })?.decimals;
    match token.claimed_decimals {
        Some(claimed) if claimed != actual => Err(ResolveError::DecimalsMismatch { claimed, actual }),
        _ => Ok((asset, exact(amount, actual)?)),
    }
}
