//! TOKEN_TRANSFER: a fungible token to an address.

use super::exact_token;
use crate::address::Address;
use crate::chain::{AssetId, Network};
use crate::money::BaseUnits;
use crate::policy::TokenFact;
use crate::tx::effects::Operation;
use crate::tx::record::{Fields, RecordError, RecordWriter};
use crate::tx::request::{Amount, ResolveError, TokenRef, Tx};

pub(in crate::tx) fn resolve(
    to: Address,
    token: &TokenRef,
    amount: &Amount,
    network: Network,
    fact: Option<&TokenFact>,
) -> Result<Tx, ResolveError> {
    if to.chain() != network.chain() {
        return Err(ResolveError::WrongNetwork { network });
    }
    let (asset, amount) = exact_token(token, amount, network, fact)?;
    Ok(Tx::TokenTransfer { to, asset, amount })
}

pub(in crate::tx) fn operations(to: Address, asset: AssetId, amount: BaseUnits) -> Vec<Operation> {
    vec![Operation::TokenTransfer { asset, to, amount }]
}

pub(in crate::tx) fn write(record: &mut RecordWriter, to: &Address, asset: &AssetId, amount: &BaseUnits) {
    record.text("to", to);
    record.text("asset", asset);
    record.text("amount", amount);
}

pub(in crate::tx) fn read(fields: &mut Fields<'_>) -> Result<Tx, RecordError> {
    Ok(Tx::TokenTransfer { to: fields.address("to")?, asset: fields.token("asset")?, amount: fields.amount("amount")? })
}
