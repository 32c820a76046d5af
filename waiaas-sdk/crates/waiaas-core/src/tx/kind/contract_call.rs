//! CONTRACT_CALL: any call of a contract, with what its calldata does.

use crate::address::Address;
use crate::chain::{ChainKind, Network};
use crate::money::BaseUnits;
use crate::tx::call_head::CallHead;
use crate::tx::calldata::derived_operation;
use crate::tx::effects::Operation;
use crate::tx::record::{Fields, RecordError, RecordWriter};
use crate::tx::request::{ResolveError, Tx};

pub(in crate::tx) fn resolve(
    to: Address,
    calldata: Vec<u8>,
    value: BaseUnits,
    network: Network,
) -> Result<Tx, ResolveError> {
    if to.chain() != network.chain() || network.chain() != ChainKind::Ethereum {
        return Err(ResolveError::WrongNetwork { network });
    }
    if CallHead::of(&calldata).selector().is_none() {
        return Err(ResolveError::ShortCalldata);
    }
    derived_operation(network, &to, &calldata)?;
    Ok(Tx::ContractCall { to, calldata, value })
}

/// The value that goes along, the call itself, and the token operation inside; nothing at all off the EVM, where
/// nothing is called with calldata, and when the calldata is one of those that are refused: every policy evaluation
/// denies that.
pub(in crate::tx) fn operations(network: Network, to: Address, calldata: &[u8], value: BaseUnits) -> Vec<Operation> {
    if network.chain() != ChainKind::Ethereum {
        return Vec::new();
    }
    let Ok(derived) = derived_operation(network, &to, calldata) else { return Vec::new() };
    let mut operations = Vec::with_capacity(3);
    if !value.is_zero() {
        operations.push(Operation::NativeTransfer { to, amount: value });
    }
    operations.push(Operation::ContractCall { contract: to, head: CallHead::of(calldata) });
    operations.extend(derived);
    operations
}

pub(in crate::tx) fn write(record: &mut RecordWriter, to: &Address, calldata: &[u8], value: &BaseUnits) {
    record.text("to", to);
    record.text("calldata", &format!("0x{}", hex::encode(calldata)));
    record.text("value", value);
}

pub(in crate::tx) fn read(fields: &mut Fields<'_>) -> Result<Tx, RecordError> {
    Ok(Tx::ContractCall {
        to: fields.address("to")?,
        calldata: fields.bytes("calldata")?,
        value: fields.amount("value")?,
    })
}
