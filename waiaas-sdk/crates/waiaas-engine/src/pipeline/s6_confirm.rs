//! Stage 6, confirm: what the chain made of what was sent.

use super::s5_execute::{Progress, Resent, Submitted};
use super::s7_complete::Confirmed;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::chain::{ChainAdapter, Inclusion};
use crate::ports::store::{IntentRow, TxRow};
use waiaas_core::tx::TxStatus;

impl Inner {
    /// Runs the stage for one SUBMITTED transaction.
    pub(crate) async fn confirm(&self, row: TxRow) -> Result<Progress, EngineError> {
        if row.status != TxStatus::Submitted {
            return Ok(Progress::Idle);
        }
        let Some(_turn) = self.running.enter(row.id) else { return Ok(Progress::Idle) };
        let Some(hash) = row.tx_hash.clone() else {
            return Err(EngineError::new(
                waiaas_core::error::ErrorCode::InternalError,
                "a submitted transaction has no hash",
            ));
        };
        let chain = self.chain(row.network)?;
        let submitted = Submitted { row };
        match chain.find(&hash).await {
            Err(error) => {
                tracing::debug!(tx = %submitted.row.id, %error, "cannot look for a submitted transaction");
                Ok(Progress::TryAgain)
            }
            Ok(Inclusion::Included { success, block, confirmations, fee }) => {
                if confirmations < self.settings.confirmations {
                    return Ok(Progress::TryAgain);
                }
                self.complete(Confirmed { submitted, hash, success, block, fee }).await?;
                Ok(Progress::Moved { done: true })
            }
            Ok(Inclusion::Pending) => Ok(Progress::TryAgain),
            Ok(Inclusion::Unknown) => self.search(chain.as_ref(), submitted).await,
        }
    }

    /// The chain does not know a transaction that a node had taken: dropped, or not everywhere yet.
    async fn search(&self, chain: &dyn ChainAdapter, submitted: Submitted) -> Result<Progress, EngineError> {
        let row = &submitted.row;
        let quiet_ms = self.settings.rebroadcast_after_seconds.saturating_mul(1_000);
        if self.clock.now().millis_since(row.updated_at) < quiet_ms || self.kill_flag.is_thrown() {
            return Ok(Progress::TryAgain);
        }
        let Some(intent) = self.store.open_intents(Some(row.id)).await?.pop() else { return Ok(Progress::TryAgain) };
        match self.send_again_in_turn(chain, &intent).await? {
            Resent::Taken | Resent::Unknown | Resent::Refused(_) => Ok(Progress::TryAgain),
            Resent::Dead(reason) => {
                // In the same order as when it is executed: nothing would follow a SUBMITTED row without an
                // open signature.
                self.fail(row, super::s5_execute::failure(waiaas_core::error::ErrorCode::ChainError, &reason)).await?;
                self.store.close_intent(&intent.intent.hash, self.clock.now()).await?;
                Ok(Progress::Moved { done: true })
            }
        }
    }

    /// Looks after a signature that has been open for long: when its transaction has ended, only the closing
    /// was missed; when nodes keep refusing it, its sequence number is used up by a transaction that moves
    /// nothing.
    pub(crate) async fn settle_old_intent(&self, intent: &IntentRow) -> Result<(), EngineError> {
        let Some(id) = intent.intent.tx else { return self.confirm_repair(intent).await };
        let Some(_turn) = self.running.enter(id) else { return Ok(()) };
        if self.store.transaction(id).await?.0.status.is_terminal() {
            return Ok(self.store.close_intent(&intent.intent.hash, self.clock.now()).await?);
        }
        let chain = self.chain(intent.intent.network)?;
        if self.kill_flag.is_thrown() || !matches!(chain.find(&intent.intent.hash).await, Ok(Inclusion::Unknown)) {
            return Ok(());
        }
        if let Resent::Refused(reason) = self.send_again_in_turn(chain.as_ref(), intent).await? {
            tracing::warn!(tx = %id, %reason, "giving up a signature that nodes refuse");
            self.abandon(&intent.intent).await?;
        }
        Ok(())
    }

    /// Follows a sequence repair, which belongs to no transaction.
    pub(crate) async fn confirm_repair(&self, intent: &IntentRow) -> Result<(), EngineError> {
        let chain = self.chain(intent.intent.network)?;
        match chain.find(&intent.intent.hash).await {
            Ok(Inclusion::Included { .. }) => {
                self.store.close_intent(&intent.intent.hash, self.clock.now()).await?;
            }
            Ok(Inclusion::Unknown) if !self.kill_flag.is_thrown() => {
                if let Resent::Dead(_) = self.send_again_in_turn(chain.as_ref(), intent).await? {
                    self.store.close_intent(&intent.intent.hash, self.clock.now()).await?;
                }
            }
            Ok(Inclusion::Pending | Inclusion::Unknown) | Err(_) => {}
        }
        Ok(())
    }
}
