//! Chains: reading accounts, and getting one transaction onto the chain at most once.

use crate::ports::BoxError;
use crate::ports::keystore::Signature;
use async_trait::async_trait;
use waiaas_core::address::Address;
use waiaas_core::chain::Network;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;

/// Why a chain did not answer or refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The node was not reached or did not answer in time. Reading again may help.
    #[error("no endpoint of `{network}` answered")]
    Unreachable {
        /// Which network.
        network: Network,
        /// What happened.
        #[source]
        source: BoxError,
    },
    /// The endpoint serves another chain than the one it is configured for.
    #[error("the endpoint of `{network}` serves chain id {actual}, expected {expected}")]
    WrongChain {
        /// Which network.
        network: Network,
        /// The id of the network.
        expected: u64,
        /// The id that the endpoint reported.
        actual: u64,
    },
    /// The account cannot pay the amount and the fee.
    #[error("insufficient balance: {0}")]
    InsufficientBalance(String),
    /// The transaction would revert; nothing was sent.
    #[error("simulation failed: {0}")]
    WouldRevert(String),
    /// The token contract does not behave like a token.
    #[error("`{token}` is not a token contract on `{network}`: {reason}")]
    NotAToken {
        /// The contract.
        token: Address,
        /// Where.
        network: Network,
        /// What is missing.
        reason: String,
    },
    /// Anything else that the node or the encoding refused; trying again will not help.
    #[error("{0}")]
    Refused(String),
}

/// Why a broadcast did not go through. For money the difference between the two is everything.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SubmitError {
    /// The node answered, and it did not take the transaction. Sending the same bytes again cannot help.
    #[error("the node refused the transaction: {0}")]
    Rejected(String),
    /// The sequence number is already used on chain, by this or another transaction.
    #[error("the sequence number is already used: {0}")]
    SequenceUsed(String),
    /// No answer in time: the transaction may or may not have been taken. Only the same bytes may be
    /// sent again.
    #[error("no answer from the node; the transaction may have been sent")]
    Unknown(#[source] BoxError),
}

/// Facts about a token contract, read from the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// Decimal places.
    pub decimals: u8,
    /// Ticker, as the contract says; at most 64 characters, control characters removed.
    pub symbol: String,
    /// Name, as the contract says; cleaned like the ticker.
    pub name: String,
}

/// A transaction that can be signed once a sequence number is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Who pays and signs.
    pub from: Address,
    /// The most that the network may charge, in smallest native units.
    pub max_fee: BaseUnits,
    /// Native coin that leaves the account besides the fee.
    pub value: BaseUnits,
    /// The adapter's own encoding of everything but the sequence number.
    pub template: Vec<u8>,
}

/// What is to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningRequest {
    /// The exact bytes that the key signs (on the EVM, the unsigned transaction of EIP-2718).
    pub payload: Vec<u8>,
    /// The sequence number inside.
    pub sequence: u64,
}

/// A transaction ready for broadcast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTx {
    /// The bytes to send.
    pub raw: Vec<u8>,
    /// The hash by which the chain will know it.
    pub hash: String,
}

/// Sequence numbers (nonces) of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SequenceState {
    /// The next number counting only transactions on chain.
    pub confirmed: u64,
    /// The next number counting also what the node holds in its pool.
    pub pending: u64,
}

/// What the chain knows of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inclusion {
    /// Nothing: never seen, or dropped.
    Unknown,
    /// In the node's pool.
    Pending,
    /// In a block.
    Included {
        /// Whether it had its effect; `false` = reverted.
        success: bool,
        /// Height of the block.
        block: u64,
        /// Blocks on top, counting its own.
        confirmations: u64,
        /// The fee that was charged, in smallest native units.
        fee: BaseUnits,
    },
}

/// Reads accounts and tokens of one network.
#[async_trait]
pub trait ChainReader: Send + Sync {
    /// The network that this adapter serves.
    fn network(&self) -> Network;

    /// Native balance in smallest units.
    ///
    /// # Errors
    /// [`ChainError`].
    async fn native_balance(&self, owner: &Address) -> Result<BaseUnits, ChainError>;

    /// Balances of `tokens`, in the same order; `None` where a contract did not answer like a token.
    ///
    /// # Errors
    /// [`ChainError`] when the node itself failed.
    async fn token_balances(&self, owner: &Address, tokens: &[Address]) -> Result<Vec<Option<BaseUnits>>, ChainError>;

    /// Decimals, ticker and name from the contract. Never guessed.
    ///
    /// # Errors
    /// [`ChainError::NotAToken`] when the contract does not tell its decimals.
    async fn token_info(&self, token: &Address) -> Result<TokenInfo, ChainError>;
}

/// Drafts, encodes, sends and follows transactions of one network.
#[async_trait]
pub trait ChainWriter: Send + Sync {
    /// Simulates `tx`, estimates its limits and fees and encodes it.
    ///
    /// # Errors
    /// [`ChainError::WouldRevert`], [`ChainError::InsufficientBalance`], [`ChainError::Unreachable`], …
    async fn draft(&self, from: &Address, tx: &Tx) -> Result<Draft, ChainError>;

    /// A draft that uses up one sequence number and moves nothing: zero to the account itself.
    ///
    /// # Errors
    /// [`ChainError`].
    async fn draft_noop(&self, account: &Address) -> Result<Draft, ChainError>;

    /// Puts the sequence number in. Pure.
    ///
    /// # Errors
    /// [`ChainError::Refused`] when the template is not this adapter's.
    fn seal(&self, draft: &Draft, sequence: u64) -> Result<SigningRequest, ChainError>;

    /// Joins payload and signature. Pure.
    ///
    /// # Errors
    /// [`ChainError::Refused`] when they do not belong together or the signer is not the sender.
    fn assemble(&self, from: &Address, request: &SigningRequest, signature: &Signature)
    -> Result<SignedTx, ChainError>;

    /// Hands the bytes to the node. Sending the same bytes again is harmless and counts as success.
    ///
    /// # Errors
    /// See [`SubmitError`].
    async fn broadcast(&self, signed: &SignedTx) -> Result<(), SubmitError>;

    /// Looks for a transaction by hash.
    ///
    /// # Errors
    /// [`ChainError::Unreachable`].
    async fn find(&self, hash: &str) -> Result<Inclusion, ChainError>;

    /// The account's sequence numbers.
    ///
    /// # Errors
    /// [`ChainError::Unreachable`].
    async fn sequence(&self, account: &Address) -> Result<SequenceState, ChainError>;
}

/// One network, read and written.
pub trait ChainAdapter: ChainReader + ChainWriter {}
impl<T: ChainReader + ChainWriter> ChainAdapter for T {}
