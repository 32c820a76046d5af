//! What a transaction does, as policies see it.
//!
//! Policies judge effects, never shapes (decision D5): a contract call whose calldata is a token
//! transfer or an approval carries that operation beside the call itself, and both must pass.

use super::TxType;
use crate::address::Address;
use crate::chain::{AssetId, Network};
use crate::money::BaseUnits;

/// Everything that one request does on its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// Where it happens.
    pub network: Network,
    /// How the request was declared.
    pub tx_type: TxType,
    /// The single operations, in the order of execution. Never empty.
    pub operations: Vec<Operation>,
}

/// One thing that happens when the transaction executes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Native coin leaves the wallet. A contract call with a value has this beside the call.
    NativeTransfer {
        /// Who receives it.
        to: Address,
        /// How much, in smallest units.
        amount: BaseUnits,
    },
    /// A fungible token leaves the wallet (or, by `transferFrom`, an account that trusts it).
    TokenTransfer {
        /// Which token.
        asset: AssetId,
        /// Who receives it.
        to: Address,
        /// How much, in smallest units.
        amount: BaseUnits,
    },
    /// A spender gets an allowance.
    Approval {
        /// Of which token.
        asset: AssetId,
        /// Who may spend.
        spender: Address,
        /// How much, in smallest units.
        amount: BaseUnits,
        /// The allowance covers a whole NFT collection (`setApprovalForAll`) rather than an amount.
        collection: bool,
    },
    /// A contract runs.
    ContractCall {
        /// Which contract.
        contract: Address,
        /// First four bytes of the calldata; `None` when it is shorter.
        selector: Option<[u8; 4]>,
    },
}
