//! Idempotency keys of requests that are not transactions.

use super::{MemoryStore, stale};
use crate::ports::store::{ClaimToken, IdempotencyOutcome, IdempotencyStore, StoreError, StoredAnswer};
use async_trait::async_trait;
use waiaas_core::time::UnixMillis;

/// How long a claim is respected without an answer, in milliseconds (contract of
/// [`IdempotencyStore::claim_key`]).
const CLAIM_MS: i64 = 60_000;

/// A key that was claimed.
#[derive(Debug)]
pub(super) struct KeyClaim {
    fingerprint: [u8; 32],
    token: ClaimToken,
    claimed_at: UnixMillis,
    answer: Option<StoredAnswer>,
}

#[async_trait]
impl IdempotencyStore for MemoryStore {
    async fn claim_key(
        &self,
        scope: &str,
        key: &str,
        fingerprint: [u8; 32],
        token: ClaimToken,
        now: UnixMillis,
        keep_ms: i64,
    ) -> Result<IdempotencyOutcome, StoreError> {
        let keys = &mut self.state()?.keys;
        keys.retain(|_, claim| now.millis_since(claim.claimed_at) <= keep_ms);
        let name = (scope.to_owned(), key.to_owned());
        if let Some(earlier) = keys.get(&name) {
            if earlier.fingerprint != fingerprint {
                return Ok(IdempotencyOutcome::Conflict);
            }
            if let Some(answer) = &earlier.answer {
                return Ok(IdempotencyOutcome::Replay(answer.clone()));
            }
            if now.millis_since(earlier.claimed_at) < CLAIM_MS {
                return Ok(IdempotencyOutcome::InProgress);
            }
        }
        keys.insert(name, KeyClaim { fingerprint, token, claimed_at: now, answer: None });
        Ok(IdempotencyOutcome::Claimed)
    }

    async fn complete_key(
        &self,
        scope: &str,
        key: &str,
        token: ClaimToken,
        answer: Option<&StoredAnswer>,
    ) -> Result<(), StoreError> {
        let keys = &mut self.state()?.keys;
        let name = (scope.to_owned(), key.to_owned());
        let ours = keys.get_mut(&name).filter(|claim| claim.token == token && claim.answer.is_none());
        match (ours, answer) {
            (None, _) => return Err(stale("the claim does not stand any more")),
            (Some(claim), Some(answer)) => claim.answer = Some(answer.clone()),
            (Some(_), None) => drop(keys.remove(&name)),
        }
        Ok(())
    }
}
