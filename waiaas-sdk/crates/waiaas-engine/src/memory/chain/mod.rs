//! A chain inside the process: balances, sequence numbers, a pool, blocks, and faults on demand.

mod encoding;
mod fault;
mod pool;
mod world;

pub use fault::{BroadcastAnswer, BroadcastFault};
pub use pool::{BroadcastOutcome, BroadcastRecord, IncludedTx};

use crate::memory::signature;
use crate::ports::chain::{
    ChainError, ChainReader, ChainWriter, Draft, Inclusion, SequenceState, SignedTx, SigningRequest, SubmitError,
    TokenInfo,
};
use crate::ports::keystore::Signature;
use async_trait::async_trait;
use encoding::{Action, Body, Envelope};
use std::sync::{Mutex, MutexGuard, PoisonError};
use waiaas_core::address::Address;
use waiaas_core::chain::Network;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;
use world::World;

/// Decides whether a signature over a payload was made by an account.
pub type SignatureCheck = dyn Fn(&Address, &[u8], &Signature) -> bool + Send + Sync;

/// One EVM-like network in memory. It moves native coins and registered tokens, keeps allowances, and
/// takes contract calls as transfers of their value.
///
/// Blocks come with every accepted transaction, or only by [`MemoryChain::mine`] after
/// [`MemoryChain::set_automatic_mining`]`(false)`. Unlike a real node it refuses a sequence number that
/// leaves a gap, so that a caller which counts wrongly is noticed.
pub struct MemoryChain {
    network: Network,
    check: Box<SignatureCheck>,
    world: Mutex<World>,
}

impl core::fmt::Debug for MemoryChain {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MemoryChain").field("network", &self.network).finish_non_exhaustive()
    }
}

impl MemoryChain {
    /// An empty chain that accepts the signatures of [`signature::sign`] and mines at once. A
    /// transaction costs 21,000 smallest native units.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self::with_signature_check(network, Box::new(signature::verify))
    }

    /// Like [`MemoryChain::new`], with another rule for signatures, for use with a real key store.
    #[must_use]
    pub fn with_signature_check(network: Network, check: Box<SignatureCheck>) -> Self {
        Self { network, check, world: Mutex::new(World::default()) }
    }

    /// Gives native coins to `owner`.
    pub fn credit(&self, owner: &Address, amount: BaseUnits) {
        self.world().credit(*owner, amount);
    }

    /// Puts a token contract at `token`.
    pub fn add_token(&self, token: &Address, info: TokenInfo) {
        self.world().add_token(*token, info);
    }

    /// Gives units of `token` to `owner`. Nothing happens when there is no such token.
    pub fn credit_token(&self, token: &Address, owner: &Address, amount: BaseUnits) {
        self.world().credit_token(token, *owner, amount);
    }

    /// What `spender` may take from `owner`.
    #[must_use]
    pub fn allowance(&self, token: &Address, owner: &Address, spender: &Address) -> BaseUnits {
        self.world().allowance(token, owner, spender)
    }

    /// Native balance, also while the chain is unreachable.
    #[must_use]
    pub fn balance(&self, owner: &Address) -> BaseUnits {
        self.world().native(owner)
    }

    /// Token balance, also while the chain is unreachable.
    #[must_use]
    pub fn token_balance(&self, token: &Address, owner: &Address) -> BaseUnits {
        self.world().token(token, owner)
    }

    /// What every transaction costs from here on, in smallest native units.
    pub fn set_fee(&self, fee: BaseUnits) {
        self.world().fee = fee;
    }

    /// Whether every accepted transaction gets a block at once.
    pub fn set_automatic_mining(&self, automatic: bool) {
        self.world().automatic = automatic;
    }

    /// Makes one block of what the pool holds in unbroken sequence; returns its height. Without
    /// transactions the block is empty and earlier ones gain a confirmation.
    pub fn mine(&self) -> u64 {
        self.world().mine()
    }

    /// Makes the next `count` included transactions revert: they cost their fee and do nothing else.
    pub fn revert_next(&self, count: u32) {
        self.world().reverts = count;
    }

    /// From here on drafting answers that the transaction would revert, for this reason; `None` ends it.
    pub fn set_simulation_failure(&self, reason: Option<&str>) {
        self.world().simulation_failure = reason.map(str::to_owned);
    }

    /// Takes the node off the network (`false`) or puts it back: reads answer
    /// [`ChainError::Unreachable`], broadcasts [`SubmitError::Unknown`] without being taken.
    pub fn set_reachable(&self, reachable: bool) {
        self.world().reachable = reachable;
    }

    /// Treats one of the next broadcasts badly; faults are used up in the order of this call.
    pub fn script_broadcast(&self, fault: BroadcastFault) {
        self.world().faults.push_back(fault);
    }

    /// Forgets a transaction that is in the pool; `false` when it is not there.
    pub fn drop_from_pool(&self, hash: &str) -> bool {
        self.world().pool.drop_hash(hash)
    }

    /// Uses up the next sequence number of `account` by a transaction that this process knows nothing
    /// of; one of ours in the pool with that number is lost for good. Returns the number.
    pub fn use_sequence(&self, account: &Address) -> u64 {
        self.world().use_sequence(account)
    }

    /// Every broadcast, in order, with what became of it.
    #[must_use]
    pub fn broadcasts(&self) -> Vec<BroadcastRecord> {
        self.world().broadcasts.clone()
    }

    /// Every transaction in a block, in order.
    #[must_use]
    pub fn included(&self) -> Vec<IncludedTx> {
        self.world().included.clone()
    }

    /// Hashes in the pool.
    #[must_use]
    pub fn pooled(&self) -> Vec<String> {
        self.world().pool.hashes()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // Nothing is at stake here that a half-done change could harm.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self) -> Result<MutexGuard<'_, World>, ChainError> {
        let world = self.world();
        if world.reachable {
            return Ok(world);
        }
        Err(ChainError::Unreachable { network: self.network, source: "the chain was made unreachable".into() })
    }

    fn encode(&self, from: &Address, action: Action, fee: BaseUnits) -> Draft {
        let body = Body { network: self.network, from: *from, action, sequence: None };
        Draft { from: *from, max_fee: fee, value: body.action.value(), template: body.to_bytes() }
    }
}

#[async_trait]
impl ChainReader for MemoryChain {
    fn network(&self) -> Network {
        self.network
    }

    async fn native_balance(&self, owner: &Address) -> Result<BaseUnits, ChainError> {
        Ok(self.reached()?.native(owner))
    }

    async fn token_balances(&self, owner: &Address, tokens: &[Address]) -> Result<Vec<Option<BaseUnits>>, ChainError> {
        let world = self.reached()?;
        Ok(tokens.iter().map(|token| world.token_info(token).map(|_| world.token(token, owner))).collect())
    }

    async fn token_info(&self, token: &Address) -> Result<TokenInfo, ChainError> {
        self.reached()?.token_info(token).cloned().ok_or_else(|| ChainError::NotAToken {
            token: *token,
            network: self.network,
            reason: "there is no contract at the address".to_owned(),
        })
    }
}

#[async_trait]
impl ChainWriter for MemoryChain {
    async fn draft(&self, from: &Address, tx: &Tx) -> Result<Draft, ChainError> {
        let action = Action::of(tx, self.network)?;
        let world = self.reached()?;
        if let Some(reason) = &world.simulation_failure {
            return Err(ChainError::WouldRevert(reason.clone()));
        }
        world.check_funds(from, &action)?;
        let fee = world.fee;
        drop(world);
        Ok(self.encode(from, action, fee))
    }

    async fn draft_noop(&self, account: &Address) -> Result<Draft, ChainError> {
        let fee = self.reached()?.fee;
        Ok(self.encode(account, Action::Native { to: *account, amount: BaseUnits::ZERO }, fee))
    }

    fn seal(&self, draft: &Draft, sequence: u64) -> Result<SigningRequest, ChainError> {
        let mut body = self.own_body(&draft.template)?;
        if body.from != draft.from || body.sequence.is_some() {
            return Err(ChainError::Refused("the template is not an unsealed draft of its sender".to_owned()));
        }
        body.sequence = Some(sequence);
        Ok(SigningRequest { payload: body.to_bytes(), sequence })
    }

    fn assemble(
        &self,
        from: &Address,
        request: &SigningRequest,
        signature: &Signature,
    ) -> Result<SignedTx, ChainError> {
        let body = self.own_body(&request.payload)?;
        if body.from != *from || body.sequence != Some(request.sequence) {
            return Err(ChainError::Refused("the payload has another sender or sequence number".to_owned()));
        }
        if !(self.check)(from, &request.payload, signature) {
            return Err(ChainError::Refused("the signature is not the sender's".to_owned()));
        }
        Ok(Envelope::new(&request.payload, signature).into_signed())
    }

    async fn broadcast(&self, signed: &SignedTx) -> Result<(), SubmitError> {
        let refused = |what: &str| SubmitError::Rejected(what.to_owned());
        let envelope = Envelope::from_bytes(&signed.raw).ok_or_else(|| refused("not a transaction"))?;
        let body = self.own_body(&envelope.payload).map_err(|error| SubmitError::Rejected(error.to_string()))?;
        let sequence = body.sequence.ok_or_else(|| refused("no sequence number"))?;
        if !(self.check)(&body.from, &envelope.payload, &envelope.signature) {
            return Err(refused("invalid signature"));
        }
        let hash = encoding::hash_of(&signed.raw);
        self.world().submit(hash, signed.raw.clone(), body, sequence)
    }

    async fn find(&self, hash: &str) -> Result<Inclusion, ChainError> {
        Ok(self.reached()?.find(hash))
    }

    async fn sequence(&self, account: &Address) -> Result<SequenceState, ChainError> {
        let world = self.reached()?;
        Ok(SequenceState { confirmed: world.confirmed(account), pending: world.pending(account) })
    }
}

impl MemoryChain {
    fn own_body(&self, bytes: &[u8]) -> Result<Body, ChainError> {
        Body::from_bytes(bytes)
            .filter(|body| body.network == self.network)
            .ok_or_else(|| ChainError::Refused(format!("not an encoding of `{}`", self.network.as_str())))
    }
}

#[cfg(test)]
mod tests;
