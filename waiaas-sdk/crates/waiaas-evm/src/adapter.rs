//! The adapter itself: one network, one node.

use crate::abi::{account, parse_hash};
use crate::cached::Cached;
use crate::endpoint::{Endpoint, EndpointError};
use crate::fees::{FEES_TTL, GasPrice, NoPrice};
use crate::follow::HEAD_TTL;
use crate::rpc::{Failure, HttpPool, Rpc};
use crate::{broadcast, draft, encoding, follow, tokens};
use alloy::primitives::{U64, U256};
use async_trait::async_trait;
use serde_json::json;
use std::sync::OnceLock;
use std::time::Duration;
use waiaas_core::address::Address;
use waiaas_core::chain::Network;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;
use waiaas_engine::ports::chain::{
    ChainError, ChainReader, ChainWriter, Draft, Inclusion, SequenceState, SignedTx, SigningRequest, SubmitError,
    TokenInfo,
};
use waiaas_engine::ports::keystore::Signature;

/// How an adapter talks to its node.
#[derive(Clone, Debug)]
pub struct EvmOptions {
    /// The most that one call may take, with its repetitions. Default 10 s.
    pub timeout: Duration,
    /// The connections. Clone the options, or the pool, to share them among adapters.
    pub http: HttpPool,
}

impl Default for EvmOptions {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(10), http: HttpPool::new() }
    }
}

/// Why an adapter could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The network is not an EVM network.
    #[error("`{0}` is not an EVM network")]
    NotEvm(Network),
    /// The endpoint is not an address.
    #[error("endpoint of `{network}`: {source}")]
    Endpoint {
        /// Which network.
        network: Network,
        /// What is wrong; does not repeat the address.
        #[source]
        source: EndpointError,
    },
}

/// Reads and writes one EVM network through one JSON-RPC node.
///
/// The node's chain id is compared with the network's before the first answer is believed; a node of
/// another chain gets nothing.
pub struct EvmAdapter {
    pub(crate) network: Network,
    pub(crate) chain_id: u64,
    pub(crate) rpc: Rpc,
    chain_check: Cached<(), ChainFault>,
    price: Cached<GasPrice, NoPrice>,
    pub(crate) head: Cached<U64, Failure>,
    /// Whether the chain has Multicall3; empty until asked.
    pub(crate) multicall: OnceLock<bool>,
}

#[derive(Clone)]
enum ChainFault {
    Failed(Failure),
    Wrong(u64),
}

impl EvmAdapter {
    /// Makes an adapter of `network` over the node at `endpoint` (`http` or `https`; may hold
    /// credentials, which are never shown). Does no I/O.
    ///
    /// # Errors
    /// See [`SetupError`].
    pub fn new(network: Network, endpoint: &str, options: EvmOptions) -> Result<Self, SetupError> {
        let chain_id = network.evm_chain_id().ok_or(SetupError::NotEvm(network))?;
        let endpoint = Endpoint::parse(endpoint).map_err(|source| SetupError::Endpoint { network, source })?;
        Ok(Self {
            network,
            chain_id,
            rpc: Rpc::new(endpoint, options.http, options.timeout),
            chain_check: Cached::new(Duration::MAX),
            price: Cached::new(FEES_TTL),
            head: Cached::new(HEAD_TTL),
            multicall: OnceLock::new(),
        })
    }

    /// Asks the node once which chain it serves. A right answer holds for the life of the adapter: a
    /// transaction carries its chain id, so a node that changes chains later can only refuse it.
    pub(crate) async fn ready(&self) -> Result<(), ChainError> {
        let check = async {
            let actual = self.rpc.read::<U64>("eth_chainId", json!([])).await.map_err(ChainFault::Failed)?.to::<u64>();
            if actual == self.chain_id { Ok(()) } else { Err(ChainFault::Wrong(actual)) }
        };
        self.chain_check.get(check).await.map_err(|fault| match fault {
            ChainFault::Failed(failure) => self.unreachable(failure),
            ChainFault::Wrong(actual) => {
                ChainError::WrongChain { network: self.network, expected: self.chain_id, actual }
            }
        })
    }

    pub(crate) async fn gas_price(&self) -> Result<GasPrice, ChainError> {
        self.price.get(crate::fees::fetch(&self.rpc)).await.map_err(|fault| match fault {
            NoPrice::Failed(failure) => self.unreachable(failure),
            NoPrice::TooHigh(wei) => ChainError::Refused(format!("the node asks for {wei} wei per gas; not paid")),
        })
    }

    /// A read that failed: whatever the node says about it, the answer is missing.
    pub(crate) fn unreachable(&self, failure: Failure) -> ChainError {
        ChainError::Unreachable { network: self.network, source: Box::new(failure) }
    }
}

impl core::fmt::Debug for EvmAdapter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EvmAdapter").field("network", &self.network).finish_non_exhaustive()
    }
}

#[async_trait]
impl ChainReader for EvmAdapter {
    fn network(&self) -> Network {
        self.network
    }

    async fn native_balance(&self, owner: &Address) -> Result<BaseUnits, ChainError> {
        let owner = account(owner)?;
        self.ready().await?;
        let balance: Result<U256, _> = self.rpc.read("eth_getBalance", json!([owner, "latest"])).await;
        balance.map(BaseUnits::new).map_err(|failure| self.unreachable(failure))
    }

    async fn token_balances(&self, owner: &Address, tokens: &[Address]) -> Result<Vec<Option<BaseUnits>>, ChainError> {
        tokens::balances(self, owner, tokens).await
    }

    async fn token_info(&self, token: &Address) -> Result<TokenInfo, ChainError> {
        tokens::info(self, token).await
    }
}

#[async_trait]
impl ChainWriter for EvmAdapter {
    async fn draft(&self, from: &Address, tx: &Tx) -> Result<Draft, ChainError> {
        draft::draft(self, from, tx).await
    }

    async fn draft_noop(&self, account: &Address) -> Result<Draft, ChainError> {
        draft::noop(self, account).await
    }

    fn seal(&self, draft: &Draft, sequence: u64) -> Result<SigningRequest, ChainError> {
        encoding::seal(self.chain_id, &draft.template, sequence)
    }

    fn assemble(
        &self,
        from: &Address,
        request: &SigningRequest,
        signature: &Signature,
    ) -> Result<SignedTx, ChainError> {
        encoding::assemble(self.chain_id, from, request, signature)
    }

    async fn broadcast(&self, signed: &SignedTx) -> Result<(), SubmitError> {
        broadcast::broadcast(self, signed).await
    }

    async fn find(&self, hash: &str) -> Result<Inclusion, ChainError> {
        follow::find(self, parse_hash(hash)?).await
    }

    async fn sequence(&self, account: &Address) -> Result<SequenceState, ChainError> {
        follow::sequence(self, account).await
    }
}
