//! Driving an engine, which never does anything by itself.

use waiaas_core::id::TxId;
use waiaas_engine::pipeline::Progress;
use waiaas_engine::{Engine, EngineError};

/// What one round found to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Transactions whose execution moved them along.
    pub moved: Vec<TxId>,
    /// Transactions for which no node could be had; the next round tries them again.
    pub waiting_for_a_node: Vec<TxId>,
    /// Transactions that ended on chain.
    pub completed: u64,
    /// Approvals that ran out.
    pub expired: u64,
}

/// Does everything that is due now, once: executes what is ready, ends delays and approvals whose time is
/// over, follows what was sent, and looks after sequence numbers. Call it at the start and then every second or
/// so; calling it more often is harmless. Transactions are executed one after the other: a program under load
/// runs [`execute`](waiaas_engine::services::transactions::Transactions::execute) side by side instead.
///
/// Nothing is given up: what no node takes is tried until one does, or until somebody ends it with
/// [`give_up`](waiaas_engine::services::transactions::Transactions::give_up).
///
/// # Errors
/// `INTERNAL_ERROR`, `KEYSTORE_LOCKED` when the store or the key store fails; the next round takes everything up
/// again.
pub async fn round(engine: &Engine) -> Result<Round, EngineError> {
    let system = engine.system();
    let mut round = Round { expired: system.expire_approvals().await?, ..Round::default() };
    system.release_delayed().await?;
    for id in system.unfinished().await? {
        match engine.transactions().execute(id).await? {
            Progress::Moved { .. } => round.moved.push(id),
            Progress::TryAgain => round.waiting_for_a_node.push(id),
            Progress::Idle => {}
        }
    }
    round.completed = system.confirm().await?.completed;
    system.repair_sequences().await?;
    Ok(round)
}
