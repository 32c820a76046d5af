//! The state of the chain and the rules by which it changes.

use super::encoding::{Action, Body};
use super::fault::{BroadcastAnswer, BroadcastFault};
use super::pool::{BroadcastOutcome, BroadcastRecord, IncludedTx, Pool, Waiting};
use crate::ports::chain::{ChainError, Inclusion, SubmitError, TokenInfo};
use std::collections::{BTreeMap, VecDeque};
use waiaas_core::address::Address;
use waiaas_core::money::BaseUnits;

#[derive(Debug)]
pub(super) struct World {
    pub(super) pool: Pool,
    pub(super) included: Vec<IncludedTx>,
    pub(super) broadcasts: Vec<BroadcastRecord>,
    pub(super) fee: BaseUnits,
    pub(super) automatic: bool,
    pub(super) reachable: bool,
    pub(super) reverts: u32,
    pub(super) simulation_failure: Option<String>,
    pub(super) faults: VecDeque<BroadcastFault>,
    height: u64,
    native: BTreeMap<Address, BaseUnits>,
    tokens: BTreeMap<Address, Token>,
    sequences: BTreeMap<Address, u64>,
}

#[derive(Debug)]
struct Token {
    info: TokenInfo,
    balances: BTreeMap<Address, BaseUnits>,
    allowances: BTreeMap<(Address, Address), BaseUnits>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            pool: Pool::default(),
            included: Vec::new(),
            broadcasts: Vec::new(),
            // The gas of a plain transfer (Ethereum Yellow Paper, appendix G) at one wei.
            fee: BaseUnits::from_u128(21_000),
            automatic: true,
            reachable: true,
            reverts: 0,
            simulation_failure: None,
            faults: VecDeque::new(),
            height: 0,
            native: BTreeMap::new(),
            tokens: BTreeMap::new(),
            sequences: BTreeMap::new(),
        }
    }
}

impl World {
    pub(super) fn native(&self, owner: &Address) -> BaseUnits {
        self.native.get(owner).copied().unwrap_or_default()
    }

    pub(super) fn credit(&mut self, owner: Address, amount: BaseUnits) {
        let balance = self.native.entry(owner).or_default();
        *balance = balance.saturating_add(amount);
    }

    pub(super) fn add_token(&mut self, token: Address, info: TokenInfo) {
        self.tokens.insert(token, Token { info, balances: BTreeMap::new(), allowances: BTreeMap::new() });
    }

    pub(super) fn token_info(&self, token: &Address) -> Option<&TokenInfo> {
        self.tokens.get(token).map(|token| &token.info)
    }

    pub(super) fn token(&self, token: &Address, owner: &Address) -> BaseUnits {
        self.tokens.get(token).and_then(|token| token.balances.get(owner)).copied().unwrap_or_default()
    }

    pub(super) fn credit_token(&mut self, token: &Address, owner: Address, amount: BaseUnits) {
        if let Some(token) = self.tokens.get_mut(token) {
            let balance = token.balances.entry(owner).or_default();
            *balance = balance.saturating_add(amount);
        }
    }

    pub(super) fn allowance(&self, token: &Address, owner: &Address, spender: &Address) -> BaseUnits {
        self.tokens.get(token).and_then(|token| token.allowances.get(&(*owner, *spender))).copied().unwrap_or_default()
    }

    /// The next number counting only blocks.
    pub(super) fn confirmed(&self, account: &Address) -> u64 {
        self.sequences.get(account).copied().unwrap_or(0)
    }

    /// The next number counting also the unbroken run in the pool.
    pub(super) fn pending(&self, account: &Address) -> u64 {
        let mut next = self.confirmed(account);
        while self.pool.at(account, next).is_some() {
            next = next.saturating_add(1);
        }
        next
    }

    pub(super) fn use_sequence(&mut self, account: &Address) -> u64 {
        let used = self.confirmed(account);
        self.pool.remove(account, used);
        self.sequences.insert(*account, used.saturating_add(1));
        used
    }

    /// What a simulation finds out before anything is sent.
    pub(super) fn check_funds(&self, from: &Address, action: &Action) -> Result<(), ChainError> {
        let needed = action.value().saturating_add(self.fee);
        let balance = self.native(from);
        if balance < needed {
            return Err(ChainError::InsufficientBalance(format!("the account has {balance} and needs {needed}")));
        }
        match action {
            Action::Token { token, .. } | Action::Approve { token, .. } if !self.tokens.contains_key(token) => {
                Err(ChainError::WouldRevert("there is no contract at the address of the token".to_owned()))
            }
            Action::Token { token, amount, .. } if self.token(token, from) < *amount => {
                Err(ChainError::WouldRevert("the transfer exceeds the balance".to_owned()))
            }
            Action::Native { .. } | Action::Token { .. } | Action::Approve { .. } | Action::Call { .. } => Ok(()),
        }
    }

    /// One broadcast: takes the transaction or not, writes the record, and answers.
    pub(super) fn submit(&mut self, hash: String, raw: Vec<u8>, body: Body, sequence: u64) -> Result<(), SubmitError> {
        let fault = if self.reachable { self.faults.pop_front() } else { Some(BroadcastFault::lost()) };
        let from = body.from;
        let honest = match &fault {
            Some(BroadcastFault { taken: false, .. }) => Ok(BroadcastOutcome::NotTaken),
            Some(_) | None => self.take(&hash, body, sequence),
        };
        let outcome = honest.as_ref().copied().unwrap_or(BroadcastOutcome::NotTaken);
        self.broadcasts.push(BroadcastRecord { hash, raw, from, sequence, outcome });
        if self.automatic && outcome == BroadcastOutcome::Taken {
            self.mine();
        }
        match fault.map(|fault| fault.answer) {
            None => honest.map(|_| ()),
            Some(BroadcastAnswer::Accepted) => Ok(()),
            Some(BroadcastAnswer::Rejected(reason)) => Err(SubmitError::Rejected(reason)),
            Some(BroadcastAnswer::SequenceUsed) => Err(SubmitError::SequenceUsed(format!("number {sequence}"))),
            Some(BroadcastAnswer::Unknown) => Err(SubmitError::Unknown("no answer in time".into())),
        }
    }

    fn take(&mut self, hash: &str, body: Body, sequence: u64) -> Result<BroadcastOutcome, SubmitError> {
        if self.pool.contains_hash(hash) || self.included.iter().any(|included| included.hash == hash) {
            return Ok(BroadcastOutcome::Known);
        }
        let confirmed = self.confirmed(&body.from);
        if sequence < confirmed {
            return Err(SubmitError::SequenceUsed(format!("number {sequence} is used, the next is {confirmed}")));
        }
        if self.pool.at(&body.from, sequence).is_some() {
            return Err(SubmitError::Rejected(format!("another transaction with number {sequence} is waiting")));
        }
        let next = self.pending(&body.from);
        if sequence != next {
            return Err(SubmitError::Rejected(format!("number {sequence} leaves a gap, the next is {next}")));
        }
        let needed = body.action.value().saturating_add(self.fee);
        if self.native(&body.from) < needed {
            return Err(SubmitError::Rejected("insufficient funds for value and fee".to_owned()));
        }
        self.pool.insert(sequence, Waiting { hash: hash.to_owned(), body });
        Ok(BroadcastOutcome::Taken)
    }

    pub(super) fn mine(&mut self) -> u64 {
        self.height = self.height.saturating_add(1);
        for account in self.pool.accounts() {
            loop {
                let sequence = self.confirmed(&account);
                let Some(waiting) = self.pool.at(&account, sequence).cloned() else { break };
                let cost = waiting.body.action.value().saturating_add(self.fee);
                if self.native(&account) < cost {
                    break; // It stays in the pool until the account can pay.
                }
                self.pool.remove(&account, sequence);
                self.include(&account, sequence, waiting);
            }
        }
        self.height
    }

    fn include(&mut self, account: &Address, sequence: u64, waiting: Waiting) {
        self.sequences.insert(*account, sequence.saturating_add(1));
        let fee = self.fee;
        self.debit(account, fee);
        let success = if self.reverts > 0 {
            self.reverts = self.reverts.saturating_sub(1);
            false
        } else {
            self.execute(account, &waiting.body.action)
        };
        let block = self.height;
        self.included.push(IncludedTx { hash: waiting.hash, from: *account, sequence, success, block, fee });
    }

    /// Does what the transaction says, or nothing; says which.
    fn execute(&mut self, from: &Address, action: &Action) -> bool {
        match action {
            Action::Native { to, amount } | Action::Call { contract: to, value: amount, .. } => {
                self.debit(from, *amount) && {
                    self.credit(*to, *amount);
                    true
                }
            }
            Action::Token { token, to, amount } => {
                let Some(rest) = self.token(token, from).checked_sub(*amount) else { return false };
                let Some(contract) = self.tokens.get_mut(token) else { return false };
                contract.balances.insert(*from, rest);
                self.credit_token(token, *to, *amount);
                true
            }
            Action::Approve { token, spender, amount } => {
                let Some(contract) = self.tokens.get_mut(token) else { return false };
                contract.allowances.insert((*from, *spender), *amount);
                true
            }
        }
    }

    fn debit(&mut self, owner: &Address, amount: BaseUnits) -> bool {
        match self.native(owner).checked_sub(amount) {
            Some(rest) => {
                self.native.insert(*owner, rest);
                true
            }
            None => false,
        }
    }

    pub(super) fn find(&self, hash: &str) -> Inclusion {
        if let Some(included) = self.included.iter().find(|included| included.hash == hash) {
            return Inclusion::Included {
                success: included.success,
                block: included.block,
                confirmations: self.height.saturating_sub(included.block).saturating_add(1),
                fee: included.fee,
            };
        }
        if self.pool.contains_hash(hash) { Inclusion::Pending } else { Inclusion::Unknown }
    }
}
