//! Looking after sequence numbers: holes are closed and refused signatures are used up, by transactions
//! that move nothing.

use super::permit::{SignPermit, SignPurpose};
use super::s1_validate::usable;
use super::s5_execute::intent_context;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::chain::{ChainAdapter, SignedTx};
use crate::ports::store::{Actor, AuditEntry, AuditEvent, NewIntent, Severity, StoreError};
use waiaas_core::address::Address;
use waiaas_core::chain::Network;
use waiaas_core::id::{TxId, WalletId};
use waiaas_core::time::UnixMillis;

impl Inner {
    /// Uses up the sequence number of a signature that nodes keep refusing, so that it becomes provably
    /// dead and what was signed after it can proceed. Recorded before it is sent; it has no stored intent
    /// of its own because sending it twice has no effect.
    pub(crate) async fn abandon(&self, intent: &NewIntent) -> Result<(), EngineError> {
        let chain = self.chain(intent.network)?;
        let wallet = self.store.wallet(intent.wallet).await?;
        let Ok(from) = usable(&wallet) else { return Ok(()) };
        let now = self.clock.now();
        let signed = self.sign_noop(chain.as_ref(), wallet.id, &from, intent.sequence, now).await?;
        let entry = repaired(wallet.id, intent.network, intent.sequence, &signed.hash, intent.tx, now);
        self.store.append(&[entry]).await?;
        if let Err(error) = chain.broadcast(&signed).await {
            tracing::warn!(wallet = %wallet.id, sequence = intent.sequence, %error, "a replacement was not taken");
        }
        Ok(())
    }

    /// Closes a hole in the sequence numbers of `account` when there is one: everything that was signed
    /// with a higher number is stuck until then.
    pub(crate) async fn repair_sequence(&self, account: (WalletId, Network)) -> Result<(), EngineError> {
        let (wallet, network) = account;
        let lane = self.lanes.of(wallet, network);
        let mut next = lane.turn.lock().await;
        let chain = self.chain(network)?;
        let wallet = self.store.wallet(wallet).await?;
        let Ok(from) = usable(&wallet) else { return Ok(()) };
        let sequence = self.next_sequence(chain.as_ref(), wallet.id, &from).await?;
        let open = self.store.open_intents(None).await?;
        let stuck = open.iter().any(|row| {
            row.intent.wallet == wallet.id && row.intent.network == network && row.intent.sequence > sequence
        });
        if !stuck || self.kill_flag.is_thrown() {
            return Ok(());
        }
        // Whatever the lane believes about the next number is read anew.
        *next = None;
        let now = self.clock.now();
        let signed = self.sign_noop(chain.as_ref(), wallet.id, &from, sequence, now).await?;
        let repair = NewIntent {
            tx: None,
            wallet: wallet.id,
            network,
            sequence,
            hash: signed.hash.clone(),
            sealed: self.sealer.seal(&intent_context(&signed.hash), &signed.raw)?,
            at: now,
        };
        match self
            .store
            .record_intent(&repair, &[repaired(wallet.id, network, sequence, &signed.hash, None, now)])
            .await
        {
            Ok(()) => {}
            Err(StoreError::Stale { .. } | StoreError::Guard(_)) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        if let Err(error) = chain.broadcast(&signed).await {
            tracing::warn!(wallet = %wallet.id, sequence, %error, "a sequence repair was not taken");
        }
        Ok(())
    }

    async fn sign_noop(
        &self,
        chain: &dyn ChainAdapter,
        wallet: WalletId,
        from: &Address,
        sequence: u64,
        now: UnixMillis,
    ) -> Result<SignedTx, EngineError> {
        let draft = chain.draft_noop(from).await?;
        let request = chain.seal(&draft, sequence)?;
        let expires_at = now.plus_secs(self.settings.permit_ttl_seconds);
        let permit = SignPermit::new(wallet, &request.payload, SignPurpose::SequenceRepair, expires_at);
        let signature = self.keystore.sign(permit, &request.payload, now).await?;
        Ok(chain.assemble(from, &request, &signature)?)
    }
}

fn repaired(
    wallet: WalletId,
    network: Network,
    sequence: u64,
    hash: &str,
    tx: Option<TxId>,
    at: UnixMillis,
) -> AuditEntry {
    AuditEntry {
        at,
        event: AuditEvent::SequenceRepaired,
        actor: Actor::System,
        severity: Severity::Warning,
        wallet: Some(wallet),
        session: None,
        tx,
        details: serde_json::json!({ "txHash": hash, "sequence": sequence, "network": network.as_str() }),
    }
}
