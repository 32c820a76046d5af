//! One file per transaction type: how a request becomes exact, what it does, how it is stored.
//!
//! To add a type: one file here, one variant in [`TxRequest`](super::TxRequest), [`Tx`](super::Tx) and
//! [`TxType`](super::TxType). The compiler lists the rest.

pub(super) mod approve;
pub(super) mod contract_call;
pub(super) mod token_transfer;
pub(super) mod transfer;

use super::request::{Amount, ResolveError, TokenRef};
use crate::chain::{AssetId, ChainKind, Network};
use crate::money::BaseUnits;
use crate::policy::TokenFact;

/// Most drops of XRP that there can be: 100 billion whole ones (XRPL documentation, "Currency Formats").
const XRP_DROPS_MAX: u128 = 100_000_000_000_000_000;

/// The smallest units of an amount of `asset`, which has `decimals` places. Beyond the range of the chain, what is
/// judged would not be what is encoded.
fn exact(amount: &Amount, asset: AssetId, decimals: u8) -> Result<BaseUnits, ResolveError> {
    let amount = match amount {
        Amount::Base(amount) => *amount,
        Amount::Human(text) => BaseUnits::from_human(text, decimals)?,
    };
    let network = asset.network();
    let most = match network.chain() {
        ChainKind::Solana => BaseUnits::from_u128(u64::MAX.into()),
        ChainKind::Ripple if asset.is_native() => BaseUnits::from_u128(XRP_DROPS_MAX),
        ChainKind::Ethereum | ChainKind::Ripple => BaseUnits::MAX,
    };
    if amount > most { Err(ResolveError::OutOfRange { network }) } else { Ok(amount) }
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
        _ => Ok((asset, exact(amount, asset, actual)?)),
    }
}
