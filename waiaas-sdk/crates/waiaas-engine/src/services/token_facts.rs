//! Decimals and tickers of tokens: from the built-in table, else from the contract, never from a caller.

use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::chain::ChainError;
use crate::tokens::known_token;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::policy::TokenFact;

/// At most this many contracts are remembered; beyond it the memory starts anew.
const CAPACITY: usize = 4_096;

/// What contracts said about themselves. Decimals of a token do not change.
#[derive(Default)]
pub(crate) struct TokenFacts(Mutex<BTreeMap<AssetId, TokenFact>>);

impl Inner {
    /// Facts about the token at `address`, or `None` when no token contract answers there.
    pub(crate) async fn token_fact(
        &self,
        network: Network,
        address: &Address,
    ) -> Result<Option<TokenFact>, EngineError> {
        let Some(asset) = AssetId::token(network, address) else { return Ok(None) };
        if let Some(known) = known_token(&asset) {
            return Ok(Some(TokenFact { decimals: known.decimals, symbol: known.symbol.to_owned() }));
        }
        if let Some(fact) = self.token_facts.0.lock().unwrap_or_else(PoisonError::into_inner).get(&asset) {
            return Ok(Some(fact.clone()));
        }
        let info = match self.chain(network)?.token_info(address).await {
            Ok(info) => info,
            Err(ChainError::NotAToken { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let fact = TokenFact { decimals: info.decimals, symbol: info.symbol };
        let mut facts = self.token_facts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if facts.len() >= CAPACITY {
            facts.clear();
        }
        facts.insert(asset, fact.clone());
        Ok(Some(fact))
    }
}
