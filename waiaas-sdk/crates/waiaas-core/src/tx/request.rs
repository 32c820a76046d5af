//! Parsed requests, before and after amounts and tokens are resolved.

use super::{Effects, TxType};
use crate::address::Address;
use crate::chain::{AssetId, Network};
use crate::money::{AmountError, BaseUnits};

/// An amount as the caller wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Digits: smallest units.
    Base(BaseUnits),
    /// A decimal in whole units, already checked for syntax; scaled once the decimals are known.
    Human(String),
}

/// A token as the caller named it. Only the address (or the CAIP-19 id behind it) is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRef {
    /// The contract.
    pub address: Address,
    /// Decimals that the caller claims; compared with the chain, never used.
    pub claimed_decimals: Option<u8>,
}

/// A request whose fields are valid for the wallet's chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TxRequest {
    /// Native coin to an address.
    Transfer {
        /// Recipient.
        to: Address,
        /// How much.
        amount: Amount,
        /// Text put into the transaction, at most 256 bytes.
        memo: Option<String>,
    },
    /// Token to an address.
    TokenTransfer {
        /// Recipient.
        to: Address,
        /// Which token.
        token: TokenRef,
        /// How much.
        amount: Amount,
    },
    /// Call of a contract.
    ContractCall {
        /// The contract.
        to: Address,
        /// At least four bytes.
        calldata: Vec<u8>,
        /// Native coin sent along.
        value: BaseUnits,
    },
    /// Allowance to a spender.
    Approve {
        /// Who may spend.
        spender: Address,
        /// Which token.
        token: TokenRef,
        /// How much.
        amount: Amount,
    },
}

/// A request with exact amounts: what is judged, stored and signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tx {
    /// Native coin to an address.
    Transfer {
        /// Recipient.
        to: Address,
        /// Smallest units.
        amount: BaseUnits,
        /// Text put into the transaction.
        memo: Option<String>,
    },
    /// Token to an address.
    TokenTransfer {
        /// Recipient.
        to: Address,
        /// The token.
        asset: AssetId,
        /// Smallest units.
        amount: BaseUnits,
    },
    /// Call of a contract.
    ContractCall {
        /// The contract.
        to: Address,
        /// At least four bytes.
        calldata: Vec<u8>,
        /// Smallest units of the native coin.
        value: BaseUnits,
    },
    /// Allowance to a spender.
    Approve {
        /// Who may spend.
        spender: Address,
        /// The token.
        asset: AssetId,
        /// Smallest units.
        amount: BaseUnits,
    },
}

/// Why a parsed request could not be made exact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The amount has too many decimals or does not fit.
    #[error("`amount`: {0}")]
    Amount(#[from] AmountError),
    /// The caller's decimals are not the token's.
    #[error("`token.decimals` is {claimed}, but the token has {actual}")]
    DecimalsMismatch {
        /// What the caller wrote.
        claimed: u8,
        /// What the chain or the registry says.
        actual: u8,
    },
}
