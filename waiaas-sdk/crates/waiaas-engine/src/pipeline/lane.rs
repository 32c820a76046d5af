//! One lane per account: sequence numbers are given out, signed for and sent in order.
//!
//! Nodes keep transactions of an account that arrive out of order in a queue and may drop them, and two
//! signatures over one sequence number mean that one of two payments vanishes. So for each wallet and
//! network exactly one task at a time takes numbers, signs, stores and sends. Whoever gets the turn takes
//! along what others have brought meanwhile: the signatures of a group become durable in one go, and then
//! leave one after the other in order. A signature leaves only when every lower number is on its way: some
//! nodes refuse a number that leaves a gap. When one of a group stays behind, those after it are taken back
//! and signed anew with lower numbers.

use super::permit::SignPermit;
use super::running::Place;
use super::s5_execute::{Cleared, Resent, failure, intent_context, system_entry};
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::chain::{ChainAdapter, Draft, Inclusion, SignedTx, SubmitError};
use crate::ports::store::{
    AuditEntry, AuditEvent, FailureNote, GuardFailure, IntentRow, NewIntent, Severity, StoreError,
};
use crate::sync::Mutex;
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use tokio::sync::oneshot;
use waiaas_core::address::Address;
use waiaas_core::chain::Network;
use waiaas_core::error::ErrorCode;
use waiaas_core::id::{TxId, WalletId};

/// Transactions that leave in one group at most. Bounds how long a late failure holds up the others.
const GROUP: usize = 32;

/// All lanes.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<BTreeMap<(WalletId, Network), Arc<Lane>>>);

/// The lane of one account.
#[derive(Default)]
pub(crate) struct Lane {
    /// Who holds this has the turn. The value is the next free sequence number; `None` until it is read
    /// from chain and store.
    pub(crate) turn: tokio::sync::Mutex<Option<u64>>,
    waiting: Mutex<Vec<Job>>,
}

/// A transaction that is to be sent, and where its outcome goes.
struct Job {
    cleared: Cleared,
    draft: Draft,
    done: oneshot::Sender<Outcome>,
}

/// What came of a job, and the right to go on with its transaction.
type Outcome = (Result<Sent, EngineError>, Place);

/// How an attempt to send ended.
pub(crate) enum Sent {
    /// A node took it; its hash.
    Taken(String),
    /// Nobody can say, or it is worth another try.
    Unknown,
    /// It is provably not on its way.
    Failed(FailureNote),
    /// It may not be signed any more.
    Stopped(GuardFailure),
    /// Another mover was faster; nothing is ours to do any more.
    Lost,
}

/// A job whose signature exists, in this process only.
struct Signed {
    job: Job,
    tx: SignedTx,
    intent: NewIntent,
    audit: AuditEntry,
}

impl Lanes {
    /// The lane of an account.
    pub(crate) fn of(&self, wallet: WalletId, network: Network) -> Arc<Lane> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry((wallet, network)).or_default())
    }
}

impl Lane {
    fn bring(&self, job: Job) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(job);
    }

    /// Brings a job again, unless whoever waits for it has gone: then the transaction is free for the next
    /// execution.
    fn bring_again(&self, job: Job) {
        // Looked at under the lock, as a `Ticket` is returned under it: no job stays behind without an owner.
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !job.done.is_closed() {
            waiting.push(job);
        }
    }

    fn group(&self) -> Vec<Job> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(GROUP);
        waiting.drain(..count).collect()
    }
}

/// Takes a job out of the lane when whoever brought it goes away before its turn.
struct Ticket<'a> {
    lane: &'a Lane,
    tx: TxId,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut waiting = self.lane.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|job| job.cleared.row.id != self.tx);
    }
}

impl Inner {
    /// Signs, stores and sends one transaction in its account's lane.
    ///
    /// When the future of whoever has the turn is dropped, the outcome of its group is open: each member
    /// then reports [`Sent::Unknown`], and what was stored is found again.
    pub(crate) async fn send_in_lane(
        &self,
        cleared: Cleared,
        draft: Draft,
    ) -> (Result<Sent, EngineError>, Option<Place>) {
        let lane = self.lanes.of(cleared.row.wallet, cleared.row.network);
        let _ticket = Ticket { lane: &lane, tx: cleared.row.id };
        let (done, mut outcome) = oneshot::channel();
        lane.bring(Job { cleared, draft, done });
        let mut next = lane.turn.lock().await;
        loop {
            match outcome.try_recv() {
                Ok((sent, place)) => return (sent, Some(place)),
                Err(oneshot::error::TryRecvError::Closed) => return (Ok(Sent::Unknown), None),
                Err(oneshot::error::TryRecvError::Empty) => {}
            }
            // What the lane believes is void until the group is through: a turn that is cut short must
            // not leave a number behind that was used.
            let believed = next.take();
            *next = self.send_group(&lane, believed).await;
        }
    }

    /// Sends a group in order. Returns the next free sequence number when that is certain.
    async fn send_group(&self, lane: &Lane, believed: Option<u64>) -> Option<u64> {
        let jobs = lane.group();
        let Some(first) = jobs.first() else { return believed };
        let (chain, wallet, from) = (Arc::clone(&first.cleared.chain), first.cleared.row.wallet, first.cleared.from);
        let free = match believed {
            Some(next) => Ok(Some(Numbers { next, used: Vec::new() })),
            None => self.numbers_with_nothing_below(chain.as_ref(), wallet, &from).await,
        };
        let mut free = match free {
            Ok(Some(free)) => free,
            no_answer => {
                if let Err(error) = no_answer {
                    tracing::warn!(%wallet, %error, "sequence numbers are out of reach");
                }
                for job in jobs {
                    // Nothing was signed; the node may answer next time.
                    job.finish(Ok(Sent::Unknown));
                }
                return None;
            }
        };
        let mut signed = Vec::with_capacity(jobs.len());
        for job in jobs {
            if self.kill_flag.is_thrown() {
                job.finish(Ok(Sent::Stopped(GuardFailure::KillSwitch)));
                continue;
            }
            match self.sign(&job, free.peek()).await {
                Ok((tx, intent, audit)) => {
                    free.take();
                    signed.push(Signed { job, tx, intent, audit });
                }
                Err(error) => job.finish(Err(error)),
            }
        }
        let stored =
            join_all(signed.iter().map(|one| self.store.record_intent(&one.intent, std::slice::from_ref(&one.audit))));
        let stored = stored.await;
        let mut certain = true;
        for (one, stored) in signed.into_iter().zip(stored) {
            let used = match stored {
                Ok(()) if certain => self.send_one(chain.as_ref(), one).await,
                Ok(()) => {
                    self.take_back(lane, one).await;
                    false
                }
                Err(StoreError::Stale { .. }) => {
                    one.job.finish(Ok(Sent::Lost));
                    false
                }
                Err(StoreError::Guard(guard)) => {
                    one.job.finish(Ok(Sent::Stopped(guard)));
                    false
                }
                Err(error) => {
                    one.job.finish(Err(error.into()));
                    false
                }
            };
            certain &= used;
        }
        if certain { free.certain() } else { None }
    }

    /// Gives up a signature that was stored but never sent, and brings its job again. The bytes are ours
    /// alone, because nobody else works on a transaction whose place the job holds; so closing the intent
    /// makes them dead.
    async fn take_back(&self, lane: &Lane, one: Signed) {
        match self.close(&one.tx.hash).await {
            Ok(()) => lane.bring_again(one.job),
            Err(error) => one.job.finish(Err(error)),
        }
    }

    async fn sign(&self, job: &Job, sequence: u64) -> Result<(SignedTx, NewIntent, AuditEntry), EngineError> {
        let Cleared { row, from, chain, .. } = &job.cleared;
        let request = chain.seal(&job.draft, sequence)?;
        let now = self.clock.now();
        let permit: SignPermit = job.cleared.permit(&request.payload, now.plus_secs(self.settings.permit_ttl_seconds));
        let signature = self.keystore.sign(permit, &request.payload, now).await?;
        let tx = chain.assemble(from, &request, &signature)?;
        let intent = NewIntent {
            tx: Some(row.id),
            wallet: row.wallet,
            network: row.network,
            sequence,
            hash: tx.hash.clone(),
            sealed: self.sealer.seal(&intent_context(&tx.hash), &tx.raw)?,
            at: now,
        };
        let details = serde_json::json!({ "txHash": tx.hash, "sequence": sequence });
        let audit = system_entry(row, AuditEvent::TxSigned, Severity::Info, details, now);
        Ok((tx, intent, audit))
    }

    /// Sends what is durable now. Returns whether the sequence number is certainly on its way.
    async fn send_one(&self, chain: &dyn ChainAdapter, one: Signed) -> bool {
        let Signed { job, tx, intent, .. } = one;
        if self.kill_flag.is_thrown() {
            // Stored but never sent: the bytes are ours alone, so closing the intent makes them dead.
            let outcome = self.close(&tx.hash).await.map(|()| Sent::Stopped(GuardFailure::KillSwitch));
            job.finish(outcome);
            return false;
        }
        let id = job.cleared.row.id;
        let (outcome, used) = match chain.broadcast(&tx).await {
            Ok(()) => (Ok(Sent::Taken(tx.hash)), true),
            Err(SubmitError::Unknown(source)) => {
                tracing::warn!(tx = %id, error = %source, "no answer to the broadcast");
                (Ok(Sent::Unknown), false)
            }
            Err(SubmitError::Rejected(reason)) => {
                // These bytes went out once, to a node that knows nothing of them: they are dead.
                let note = failure(ErrorCode::ChainError, &reason);
                (self.close(&tx.hash).await.map(|()| Sent::Failed(note)), false)
            }
            Err(SubmitError::SequenceUsed(reason)) => match chain.find(&tx.hash).await {
                Ok(Inclusion::Included { .. } | Inclusion::Pending) => (Ok(Sent::Taken(tx.hash)), true),
                // Perhaps these very bytes used the number, by way of another node of the same endpoint. The
                // signature stays open until that is ruled out; until then nothing else is signed for it.
                Ok(Inclusion::Unknown) | Err(_) => {
                    tracing::info!(tx = %id, sequence = intent.sequence, %reason, "sequence number is used");
                    (Ok(Sent::Unknown), false)
                }
            },
        };
        job.finish(outcome);
        used
    }

    async fn close(&self, hash: &str) -> Result<(), EngineError> {
        Ok(self.store.close_intent(hash, self.clock.now()).await?)
    }

    /// The next free sequence number of an account: the lowest one that neither the chain's pool nor an
    /// open signature of ours uses. A hole below our own open signatures is filled first, because
    /// everything above it is stuck until it is.
    pub(crate) async fn next_sequence(
        &self,
        chain: &dyn ChainAdapter,
        wallet: WalletId,
        address: &Address,
    ) -> Result<u64, EngineError> {
        Ok(self.numbers(chain, wallet, address).await?.0.peek())
    }

    /// Free numbers of an account, and its open signatures that the chain does not count yet, by ascending
    /// number.
    async fn numbers(
        &self,
        chain: &dyn ChainAdapter,
        wallet: WalletId,
        address: &Address,
    ) -> Result<(Numbers, Vec<IntentRow>), EngineError> {
        let state = chain.sequence(address).await?;
        let next = state.pending.max(state.confirmed);
        let mut open = self.store.open_intents(None).await?;
        open.retain(|row| row.intent.wallet == wallet && row.intent.network == chain.network());
        let mut numbers = Numbers { next, used: open.iter().map(|row| row.intent.sequence).collect() };
        numbers.skip_used();
        open.retain(|row| row.intent.sequence >= next);
        Ok((numbers, open))
    }

    /// Sends stored bytes again, in their account's lane and after everything of the account with a lower
    /// number that the chain does not count yet: bytes that overtake others may stay in a node's queue for
    /// good.
    pub(crate) async fn send_again_in_turn(
        &self,
        chain: &dyn ChainAdapter,
        intent: &IntentRow,
    ) -> Result<Resent, EngineError> {
        let stored = &intent.intent;
        let lane = self.lanes.of(stored.wallet, stored.network);
        let _turn = lane.turn.lock().await;
        // Whoever had the turn before may have sent these along.
        match chain.find(&stored.hash).await {
            Ok(Inclusion::Included { .. } | Inclusion::Pending) => return Ok(Resent::Taken),
            Ok(Inclusion::Unknown) => {}
            Err(_) => return Ok(Resent::Unknown),
        }
        let Some(from) = self.store.wallet(stored.wallet).await?.address else { return Ok(Resent::Unknown) };
        let (_, waiting) = self.numbers(chain, stored.wallet, &from).await?;
        for lower in waiting.iter().filter(|row| row.intent.sequence < stored.sequence) {
            if let Resent::Unknown = self.send_again(chain, lower).await? {
                return Ok(Resent::Unknown);
            }
        }
        self.send_again(chain, intent).await
    }

    /// Free numbers of an account, after what was signed with lower ones and is not on its way was sent
    /// again. `None` when the node does not answer.
    async fn numbers_with_nothing_below(
        &self,
        chain: &dyn ChainAdapter,
        wallet: WalletId,
        address: &Address,
    ) -> Result<Option<Numbers>, EngineError> {
        let (numbers, below) = self.numbers(chain, wallet, address).await?;
        for intent in below.iter().filter(|row| row.intent.sequence < numbers.next) {
            if self.kill_flag.is_thrown() {
                break;
            }
            match self.send_again(chain, intent).await? {
                Resent::Unknown => return Ok(None),
                // One that is refused, or dead, is looked after by its own transaction.
                Resent::Taken | Resent::Refused(_) | Resent::Dead(_) => {}
            }
        }
        Ok(Some(numbers))
    }
}

impl Job {
    fn finish(self, outcome: Result<Sent, EngineError>) {
        // A caller that has gone finds the outcome in the store.
        let _ = self.done.send((outcome, self.cleared.place));
    }
}

/// Free sequence numbers of an account, in ascending order.
struct Numbers {
    next: u64,
    /// Numbers above `next` that open signatures use; empty when everything from `next` on is free.
    used: Vec<u64>,
}

impl Numbers {
    const fn peek(&self) -> u64 {
        self.next
    }

    fn take(&mut self) {
        self.next = self.next.saturating_add(1);
        self.skip_used();
    }

    fn skip_used(&mut self) {
        while self.used.contains(&self.next) {
            self.next = self.next.saturating_add(1);
        }
        let next = self.next;
        self.used.retain(|number| *number > next);
    }

    /// The next number, when nothing above it is used.
    fn certain(self) -> Option<u64> {
        self.used.is_empty().then_some(self.next)
    }
}

#[cfg(test)]
mod tests;
