//! What waits for a block, and the records of what happened.

use super::encoding::Body;
use std::collections::BTreeMap;
use waiaas_core::address::Address;
use waiaas_core::money::BaseUnits;

/// One call of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroadcastRecord {
    /// Hash of the transaction.
    pub hash: String,
    /// The bytes that were sent.
    pub raw: Vec<u8>,
    /// Who pays.
    pub from: Address,
    /// The sequence number inside.
    pub sequence: u64,
    /// What became of it.
    pub outcome: BroadcastOutcome,
}

/// What became of a broadcast, whatever the caller was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroadcastOutcome {
    /// It entered the pool.
    Taken,
    /// It was in the pool or in a block already.
    Known,
    /// It was not taken.
    NotTaken,
}

/// A transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncludedTx {
    /// Its hash.
    pub hash: String,
    /// Who paid.
    pub from: Address,
    /// The sequence number inside.
    pub sequence: u64,
    /// Whether it had its effect.
    pub success: bool,
    /// Height of the block.
    pub block: u64,
    /// The fee, in smallest native units.
    pub fee: BaseUnits,
}

/// Transactions without a block, at most one per account and sequence number.
#[derive(Debug, Default)]
pub(super) struct Pool(BTreeMap<(Address, u64), Waiting>);

#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) hash: String,
    pub(super) body: Body,
}

impl Pool {
    pub(super) fn insert(&mut self, sequence: u64, waiting: Waiting) {
        self.0.insert((waiting.body.from, sequence), waiting);
    }

    pub(super) fn at(&self, account: &Address, sequence: u64) -> Option<&Waiting> {
        self.0.get(&(*account, sequence))
    }

    pub(super) fn remove(&mut self, account: &Address, sequence: u64) {
        self.0.remove(&(*account, sequence));
    }

    pub(super) fn contains_hash(&self, hash: &str) -> bool {
        self.0.values().any(|waiting| waiting.hash == hash)
    }

    pub(super) fn drop_hash(&mut self, hash: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|_, waiting| waiting.hash != hash);
        self.0.len() < before
    }

    pub(super) fn hashes(&self) -> Vec<String> {
        self.0.values().map(|waiting| waiting.hash.clone()).collect()
    }

    /// Accounts with something in the pool.
    pub(super) fn accounts(&self) -> Vec<Address> {
        let mut accounts: Vec<Address> = self.0.keys().map(|(account, _)| *account).collect();
        accounts.dedup();
        accounts
    }
}
