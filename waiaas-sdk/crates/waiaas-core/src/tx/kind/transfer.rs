//! TRANSFER: native coin to an address.

use super::exact;
use crate::address::Address;
use crate::chain::Network;
use crate::money::BaseUnits;
use crate::tx::effects::Operation;
use crate::tx::record::{Fields, RecordError, RecordWriter};
use crate::tx::request::{Amount, ResolveError, Tx};

/// Longest memo, in bytes of UTF-8.
pub const MEMO_MAX: usize = 256;

/// Why a memo was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemoError {
    /// Longer than [`MEMO_MAX`].
    #[error("must have at most {MEMO_MAX} bytes of UTF-8")]
    TooLong,
    /// Has control characters.
    #[error("must not contain control characters")]
    Control,
}

/// Checks a memo.
///
/// On the EVM a memo is the data of the transaction, so a contract at the recipient's address would
/// read it as a call. Arguments of calls are padded with zero bytes; without control characters a memo
/// cannot carry any.
///
/// # Errors
/// See [`MemoError`].
pub fn check_memo(memo: &str) -> Result<(), MemoError> {
    if memo.len() > MEMO_MAX {
        return Err(MemoError::TooLong);
    }
    if memo.chars().any(char::is_control) {
        return Err(MemoError::Control);
    }
    Ok(())
}

pub(in crate::tx) fn resolve(
    to: Address,
    amount: &Amount,
    memo: Option<String>,
    network: Network,
) -> Result<Tx, ResolveError> {
    if to.chain() != network.chain() {
        return Err(ResolveError::WrongNetwork { network });
    }
    if let Some(memo) = &memo {
        check_memo(memo)?;
    }
    Ok(Tx::Transfer { to, amount: exact(amount, network.native_asset(), network.native_decimals())?, memo })
}

pub(in crate::tx) fn operations(to: Address, amount: BaseUnits) -> Vec<Operation> {
    vec![Operation::NativeTransfer { to, amount }]
}

pub(in crate::tx) fn write(record: &mut RecordWriter, to: &Address, amount: &BaseUnits, memo: Option<&str>) {
    record.text("to", to);
    record.text("amount", amount);
    if let Some(memo) = memo {
        record.text("memo", memo);
    }
}

pub(in crate::tx) fn read(fields: &mut Fields<'_>) -> Result<Tx, RecordError> {
    Ok(Tx::Transfer {
        to: fields.address("to")?,
        amount: fields.amount("amount")?,
        memo: fields.optional_text("memo")?.map(str::to_owned),
    })
}
