//! Transactions: what is asked for, what it does, and the life of one.

pub mod action;
mod call_head;
pub mod calldata;
mod channel;
pub mod effects;
mod kind;
mod record;
mod request;
pub mod solana;
mod status;
pub mod typed_data;

pub use action::Action;
pub use call_head::CallHead;
pub use calldata::CalldataError;
pub use channel::{Channel, Host};
pub use effects::{Effects, Instruction, Operation};
pub use kind::transfer::{MEMO_MAX, MemoError, check_memo};
pub use record::RecordError;
pub use request::{Amount, ResolveError, TokenRef, Tx, TxRequest};
pub use status::{TransitionError, TxStatus};

use crate::wallet::wire_enum;

wire_enum! {
    /// The transaction types that this build can execute.
    TxType {
        /// Native coin to an address.
        Transfer => "TRANSFER",
        /// Fungible token to an address.
        TokenTransfer => "TOKEN_TRANSFER",
        /// Arbitrary call of a contract.
        ContractCall => "CONTRACT_CALL",
        /// Allowance of a fungible token to a spender.
        Approve => "APPROVE",
    }
}
