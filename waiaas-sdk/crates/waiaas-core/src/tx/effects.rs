//! What a transaction does, as policies see it.
//!
//! Policies judge effects, never shapes (decision D5): a contract call whose calldata is a token
//! transfer or an approval carries that operation beside the call itself, and both must pass.

use super::TxType;
use super::action::Action;
use super::call_head::CallHead;
use super::channel::Channel;
use crate::address::Address;
use crate::chain::{AssetId, Network};
use crate::money::BaseUnits;
use crate::policy::Tier;

/// Everything that one request does on its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effects {
    /// Where it happens.
    pub network: Network,
    /// How the request was declared.
    pub tx_type: TxType,
    /// The single operations, in the order of execution. Empty only on channels that move nothing on a
    /// chain; everywhere else nothing to judge is a denial.
    pub operations: Vec<Operation>,
    /// By which way it came.
    pub channel: Channel,
    /// What the action provider behind it declares; `None` for everything that an agent wrote itself.
    pub action: Option<Action>,
    /// The instructions of a batch, which share out the operations in order; empty for anything else.
    pub instructions: Vec<Instruction>,
    /// At least this tier, whatever the rows say: above INSTANT for what can be read only in part.
    pub floor: Tier,
}

/// One instruction of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What it was declared as.
    pub tx_type: TxType,
    /// How many of the operations are its own.
    pub operations: usize,
}

impl Effects {
    /// What one ordinary request does: sent by the agent, no action behind it, no batch.
    #[must_use]
    pub const fn of(network: Network, tx_type: TxType, operations: Vec<Operation>) -> Self {
        Self {
            network,
            tx_type,
            operations,
            channel: Channel::Send,
            action: None,
            instructions: Vec::new(),
            floor: Tier::Instant,
        }
    }

    /// The same with at least this tier.
    #[must_use]
    pub fn at_least(mut self, tier: Tier) -> Self {
        self.floor = self.floor.max(tier);
        self
    }

    /// What several requests do that are executed together, each of them judged by itself and all of them
    /// measured as one. `None` without any, and for requests of different networks. A single one is no batch.
    #[must_use]
    pub fn batch(parts: Vec<Self>) -> Option<Self> {
        let single = parts.len() == 1;
        let mut parts = parts.into_iter();
        let mut whole = parts.next()?;
        if single {
            return Some(whole);
        }
        whole.instructions = vec![Instruction { tx_type: whole.tx_type, operations: whole.operations.len() }];
        for mut part in parts {
            if part.network != whole.network {
                return None;
            }
            whole.instructions.push(Instruction { tx_type: part.tx_type, operations: part.operations.len() });
            whole.operations.append(&mut part.operations);
            whole = whole.at_least(part.floor);
        }
        Some(whole)
    }
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
        /// With what: the beginning of the calldata or of the instruction's data.
        head: CallHead,
    },
    /// An NFT leaves the wallet.
    NftTransfer {
        /// The contract of its collection.
        collection: Address,
        /// Who receives it.
        to: Address,
    },
    /// A contract comes into being.
    Deployment,
}
