//! Parsed requests, before and after amounts and tokens are resolved.

use super::TxType;
use super::calldata::CalldataError;
use super::effects::Effects;
use super::kind::transfer::MemoError;
use super::kind::{approve, contract_call, token_transfer, transfer};
use crate::address::Address;
use crate::chain::{AssetId, Network};
use crate::money::{AmountError, BaseUnits};
use crate::policy::TokenFact;

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
    /// Neither the registry nor the chain knows the token.
    #[error("`token`: `{asset}` is not a known token")]
    UnknownToken {
        /// What was asked for.
        asset: AssetId,
    },
    /// An address is of another chain than the network.
    #[error("an address of the request does not belong to `{network}`")]
    WrongNetwork {
        /// The network of the request.
        network: Network,
    },
    /// The amount is above what the ledger of the chain can hold.
    #[error("`amount` is more than there can be on `{network}`")]
    OutOfRange {
        /// The network of the request.
        network: Network,
    },
    /// The calldata has no selector.
    #[error("`calldata` must have at least 4 bytes")]
    ShortCalldata,
    /// The calldata is a token operation that cannot be judged.
    #[error("`calldata` {0}")]
    Calldata(#[from] CalldataError),
    /// The memo cannot be sent.
    #[error("`memo` {0}")]
    Memo(#[from] MemoError),
}

impl ResolveError {
    /// The key of the request body that is at fault, with dots.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Amount(_) | Self::OutOfRange { .. } => "amount",
            Self::DecimalsMismatch { .. } => "token.decimals",
            Self::UnknownToken { .. } => "token",
            Self::WrongNetwork { .. } => "network",
            Self::ShortCalldata | Self::Calldata(_) => "calldata",
            Self::Memo(_) => "memo",
        }
    }
}

impl TxRequest {
    /// The type of the request.
    #[must_use]
    pub const fn tx_type(&self) -> TxType {
        match self {
            Self::Transfer { .. } => TxType::Transfer,
            Self::TokenTransfer { .. } => TxType::TokenTransfer,
            Self::ContractCall { .. } => TxType::ContractCall,
            Self::Approve { .. } => TxType::Approve,
        }
    }

    /// The token that the request names, whose decimals must be known before [`Tx::resolve`].
    #[must_use]
    pub const fn token(&self) -> Option<&TokenRef> {
        match self {
            Self::TokenTransfer { token, .. } | Self::Approve { token, .. } => Some(token),
            Self::Transfer { .. } | Self::ContractCall { .. } => None,
        }
    }
}

impl Tx {
    /// Makes a request exact on its network.
    ///
    /// `token` is what the registry or the chain says about [`TxRequest::token`]; decimals come from
    /// nowhere else.
    ///
    /// # Errors
    /// See [`ResolveError`].
    pub fn resolve(request: TxRequest, network: Network, token: Option<&TokenFact>) -> Result<Self, ResolveError> {
        match request {
            TxRequest::Transfer { to, amount, memo } => transfer::resolve(to, &amount, memo, network),
            TxRequest::TokenTransfer { to, token: named, amount } => {
                token_transfer::resolve(to, &named, &amount, network, token)
            }
            TxRequest::ContractCall { to, calldata, value } => contract_call::resolve(to, calldata, value, network),
            TxRequest::Approve { spender, token: named, amount } => {
                approve::resolve(spender, &named, &amount, network, token)
            }
        }
    }

    /// What the transaction does on `network`.
    ///
    /// A transaction that [`Tx::resolve`] would have refused there has no operations, and without
    /// operations every evaluation denies.
    #[must_use]
    pub fn effects(&self, network: Network) -> Effects {
        let operations = if self.fits(network) {
            match self {
                Self::Transfer { to, amount, memo: _ } => transfer::operations(*to, *amount),
                Self::TokenTransfer { to, asset, amount } => token_transfer::operations(*to, *asset, *amount),
                Self::ContractCall { to, calldata, value } => contract_call::operations(network, *to, calldata, *value),
                Self::Approve { spender, asset, amount } => approve::operations(*spender, *asset, *amount),
            }
        } else {
            Vec::new()
        };
        Effects::of(network, self.tx_type(), operations)
    }

    /// The type of the transaction.
    #[must_use]
    pub const fn tx_type(&self) -> TxType {
        match self {
            Self::Transfer { .. } => TxType::Transfer,
            Self::TokenTransfer { .. } => TxType::TokenTransfer,
            Self::ContractCall { .. } => TxType::ContractCall,
            Self::Approve { .. } => TxType::Approve,
        }
    }

    /// Recipient or contract; `None` for an allowance, whose counterpart is [`Tx::spender`].
    #[must_use]
    pub const fn to_address(&self) -> Option<Address> {
        match self {
            Self::Transfer { to, .. } | Self::TokenTransfer { to, .. } | Self::ContractCall { to, .. } => Some(*to),
            Self::Approve { .. } => None,
        }
    }

    /// Who gets an allowance.
    #[must_use]
    pub const fn spender(&self) -> Option<Address> {
        match self {
            Self::Approve { spender, .. } => Some(*spender),
            Self::Transfer { .. } | Self::TokenTransfer { .. } | Self::ContractCall { .. } => None,
        }
    }

    /// The amount in smallest units of [`Tx::asset`]; of a contract call, its value.
    #[must_use]
    pub const fn amount(&self) -> BaseUnits {
        match self {
            Self::Transfer { amount, .. } | Self::TokenTransfer { amount, .. } | Self::Approve { amount, .. } => {
                *amount
            }
            Self::ContractCall { value, .. } => *value,
        }
    }

    /// What [`Tx::amount`] counts: the token, or the native coin of `network`.
    #[must_use]
    pub const fn asset(&self, network: Network) -> AssetId {
        match self {
            Self::Transfer { .. } | Self::ContractCall { .. } => network.native_asset(),
            Self::TokenTransfer { asset, .. } | Self::Approve { asset, .. } => *asset,
        }
    }

    fn fits(&self, network: Network) -> bool {
        let counterpart = self.to_address().or(self.spender());
        counterpart.is_some_and(|address| address.chain() == network.chain())
            && self.asset(network).network() == network
    }
}

#[cfg(test)]
mod tests;
