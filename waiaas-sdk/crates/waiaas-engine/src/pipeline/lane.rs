//! One lane per account: sequence numbers are given out, signed for and sent in order.
//!
//! Nodes keep transactions of an account that arrive out of order in a queue and may drop them, and two
//! signatures over one sequence number mean that one of two payments vanishes. So for each wallet and
//! network exactly one transaction at a time goes through "take a number, sign, store, send".

use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::chain::ChainAdapter;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use waiaas_core::address::Address;
use waiaas_core::chain::Network;
use waiaas_core::id::WalletId;

/// All lanes.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<BTreeMap<(WalletId, Network), Arc<Lane>>>);

/// The lane of one account.
#[derive(Default)]
pub(crate) struct Lane {
    /// The next free sequence number; `None` until it was read from chain and store.
    pub(crate) next: tokio::sync::Mutex<Option<u64>>,
}

impl Lanes {
    /// The lane of an account.
    pub(crate) fn of(&self, wallet: WalletId, network: Network) -> Arc<Lane> {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(lanes.entry((wallet, network)).or_default())
    }
}

impl Inner {
    /// The next free sequence number of an account: the lowest one that neither the chain's pool nor an
    /// open signature of ours uses. A hole below our own open signatures is filled first, because
    /// everything above it is stuck until it is.
    pub(crate) async fn next_sequence(
        &self,
        chain: &dyn ChainAdapter,
        wallet: WalletId,
        address: &Address,
    ) -> Result<u64, EngineError> {
        let network = chain.network();
        let state = chain.sequence(address).await?;
        let open = self.store.open_intents(None).await?;
        let mut next = state.pending.max(state.confirmed);
        let used = |sequence: u64| {
            open.iter().any(|row| {
                row.intent.wallet == wallet && row.intent.network == network && row.intent.sequence == sequence
            })
        };
        while used(next) {
            next = next.saturating_add(1);
        }
        Ok(next)
    }
}
