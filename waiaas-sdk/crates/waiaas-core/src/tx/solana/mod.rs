//! Calls of Solana programs: what they do, as policies see it.
//!
//! What runs is the program of each instruction, so that is what is judged, for the call itself and for every
//! instruction around it. Instructions of the token programs and of the System program are judged by what they move as
//! well. What one of these programs would do with some data and cannot be told is refused; data of any other program
//! is opaque.

mod budget;
pub mod programs;
mod system;
mod token;

use super::TxType;
use super::action::Action;
use super::call_head::CallHead;
use super::effects::{Effects, Operation};
use crate::address::{Address, SolanaAddress};
use crate::chain::{ChainKind, Network};
use std::collections::BTreeMap;

/// A call of a program as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramCall {
    /// What the caller names as the target.
    pub to: SolanaAddress,
    /// The program that runs; `None` when `data` is a whole transaction that somebody else built.
    pub program: Option<SolanaAddress>,
    /// The data of the instruction.
    pub data: Vec<u8>,
    /// The accounts of the instruction, in order.
    pub accounts: Vec<AccountMeta>,
    /// Instructions that run before it in the same transaction.
    pub before: Vec<ProgramInstruction>,
    /// Instructions that run after it in the same transaction.
    pub after: Vec<ProgramInstruction>,
}

/// One instruction beside the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramInstruction {
    /// The program that runs.
    pub program: SolanaAddress,
    /// Its data.
    pub data: Vec<u8>,
    /// Its accounts, in order.
    pub accounts: Vec<AccountMeta>,
}

/// An account that an instruction names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountMeta {
    /// Which account.
    pub address: SolanaAddress,
    /// It has to sign.
    pub signer: bool,
    /// It may be changed.
    pub writable: bool,
}

/// What the chain says about an account that holds tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenAccount {
    /// Tokens of which mint.
    pub mint: SolanaAddress,
    /// Whose tokens.
    pub owner: SolanaAddress,
}

/// The accounts that hold tokens, by address, as far as they were looked up.
pub type TokenAccounts = BTreeMap<SolanaAddress, TokenAccount>;

/// Why a call is refused before any policy is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgramCallError {
    /// The network is not one of Solana's.
    #[error("`{network}` has no programs of Solana")]
    WrongNetwork {
        /// The network of the request.
        network: Network,
    },
    /// A transaction that somebody else built: what it does stands in none of the fields.
    #[error("`programId` is missing, and a transaction that was built elsewhere is not signed unseen")]
    NoProgram,
    /// Somebody else would have to sign.
    #[error("account {account} has to sign, and only the wallet's own signature can be given")]
    ForeignSigner {
        /// Who.
        account: SolanaAddress,
    },
    /// An instruction of a program that is understood, with data or accounts that the program does not take.
    #[error("an instruction of program {program} is not encoded cleanly")]
    Malformed {
        /// The program.
        program: SolanaAddress,
    },
    /// An instruction that gives away control, or that this build does not know, of a program that holds the wallet's
    /// coins or tokens.
    #[error("instruction {index} of program {program} cannot be judged, so it is not signed")]
    Unjudgeable {
        /// The program.
        program: SolanaAddress,
        /// The number of the instruction within the program.
        index: u32,
    },
    /// Which token moves can only be told from an account that nobody looked up.
    #[error("token account {account} is not known, so the token cannot be told")]
    UnknownTokenAccount {
        /// Which account.
        account: SolanaAddress,
    },
}

impl ProgramCallError {
    /// Whether something is missing that the judgement needs (reason `MISSING_INPUT`), rather than wrong.
    #[must_use]
    pub const fn is_missing_input(&self) -> bool {
        matches!(self, Self::NoProgram | Self::UnknownTokenAccount { .. })
    }
}

impl ProgramCall {
    /// What the call does on `network` when `wallet` signs it. `accounts` is asked for the mint and the owner of token
    /// accounts; `action` is what the service's own provider declares about the call, if it comes from one.
    ///
    /// The recipient of tokens is the owner of the account that gets them; of an account that nobody looked up, the
    /// account itself, which no list of owners names. `to` is judged like the program when it is another one.
    ///
    /// # Errors
    /// See [`ProgramCallError`].
    // DIFFERS: the original checks `to` alone, executes `programId`, looks at no instruction beside the call, and signs
    // transactions that were built elsewhere without reading them.
    pub fn effects(
        &self,
        network: Network,
        wallet: SolanaAddress,
        accounts: &TokenAccounts,
        action: Option<Action>,
    ) -> Result<Effects, ProgramCallError> {
        if network.chain() != ChainKind::Solana {
            return Err(ProgramCallError::WrongNetwork { network });
        }
        let scene = Scene { network, wallet, accounts };
        let mut operations = match self.program {
            Some(program) => self.operations(program, &scene)?,
            None if self.is_bare() && action.as_ref().is_some_and(|action| action.trusted) => Vec::new(),
            None => return Err(ProgramCallError::NoProgram),
        };
        if self.program != Some(self.to) {
            operations.push(Operation::ContractCall { contract: Address::Solana(self.to), head: CallHead::default() });
        }
        Ok(Effects { action, ..Effects::of(network, TxType::ContractCall, operations) })
    }

    fn operations(&self, program: SolanaAddress, scene: &Scene<'_>) -> Result<Vec<Operation>, ProgramCallError> {
        let mut steps: Vec<Step<'_>> = self.before.iter().map(Step::of).collect();
        steps.push(Step { program, data: &self.data, accounts: &self.accounts });
        steps.extend(self.after.iter().map(Step::of));
        let mut operations = Vec::with_capacity(steps.len());
        for step in &steps {
            if let Some(account) = step.accounts.iter().find(|meta| meta.signer && meta.address != scene.wallet) {
                return Err(ProgramCallError::ForeignSigner { account: account.address });
            }
            let contract = Address::Solana(step.program);
            operations.push(Operation::ContractCall { contract, head: CallHead::of(step.data) });
            operations.extend(step.derived(scene)?);
        }
        operations.extend(budget::priority_fee(&steps));
        Ok(operations)
    }

    /// Nothing but data, as a transaction that was built elsewhere comes.
    const fn is_bare(&self) -> bool {
        self.accounts.is_empty() && self.before.is_empty() && self.after.is_empty()
    }
}

/// What the instructions are read against.
struct Scene<'a> {
    network: Network,
    wallet: SolanaAddress,
    accounts: &'a TokenAccounts,
}

/// One instruction of the transaction.
struct Step<'a> {
    program: SolanaAddress,
    data: &'a [u8],
    accounts: &'a [AccountMeta],
}

impl<'a> Step<'a> {
    fn of(instruction: &'a ProgramInstruction) -> Self {
        Self { program: instruction.program, data: &instruction.data, accounts: &instruction.accounts }
    }

    /// What the instruction moves, where that can be told.
    fn derived(&self, scene: &Scene<'_>) -> Result<Option<Operation>, ProgramCallError> {
        match self.program {
            programs::SYSTEM => system::derived(self),
            programs::TOKEN | programs::TOKEN_2022 => token::derived(self, scene),
            _ => Ok(None),
        }
    }

    fn account(&self, index: usize) -> Result<SolanaAddress, ProgramCallError> {
        self.accounts.get(index).map(|meta| meta.address).ok_or(self.malformed())
    }

    const fn malformed(&self) -> ProgramCallError {
        ProgramCallError::Malformed { program: self.program }
    }

    const fn unjudgeable(&self, index: u32) -> ProgramCallError {
        ProgramCallError::Unjudgeable { program: self.program, index }
    }
}

#[cfg(test)]
mod tests;
