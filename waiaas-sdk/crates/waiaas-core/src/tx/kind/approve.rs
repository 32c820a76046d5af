//! APPROVE: an allowance of a fungible token to a spender.

use super::exact_token;
use crate::address::Address;
use crate::chain::{AssetId, Network};
use crate::money::BaseUnits;
use crate::policy::TokenFact;
use crate::tx::effects::Operation;
use crate::tx::record::{Fields, RecordError, RecordWriter};
use crate::tx::request::{Amount, ResolveError, TokenRef, Tx};

pub(in crate::tx) fn resolve(
    spender: Address,
    token: &TokenRef,
    amount: &Amount,
    network: Network,
    fact: Option<&TokenFact>,
) -> Result<Tx, ResolveError> {
    if spender.chain() != network.chain() {
        return Err(ResolveError::WrongNetwork { network });
    }
    let (asset, amount) = exact_token(token, amount, network, fact)?;
    Ok(Tx::Approve { spender, asset, amount })
}

pub(in crate::tx) fn operations(spender: Address, asset: AssetId, amount: BaseUnits) -> Vec<Operation> {
    vec![Operation::Approval { asset, spender, amount, collection: false }]
}

pub(in crate::tx) fn write(record: &mut RecordWriter, spender: &Address, asset: &AssetId, amount: &BaseUnits) {
    record.text("spender", spender);
    record.text("asset", asset);
    record.text("amount", amount);
}

pub(in crate::tx) fn read(fields: &mut Fields<'_>) -> Result<Tx, RecordError> {
    Ok(Tx::Approve {
        spender: fields.address("spender")?,
        asset: fields.token("asset")?,
        amount: fields.amount("amount")?,
    })
}
