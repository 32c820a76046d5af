//! Sessions without tokens, for callers in the same process.

use std::sync::Arc;
use waiaas_core::id::SessionId;
use waiaas_core::time::UnixMillis;
use waiaas_engine::EngineError;
use waiaas_engine::ports::clock::Random;
use waiaas_engine::ports::store::TokenHash;
use waiaas_engine::services::sessions::{IssuedToken, TokenIssuer};

/// Makes sessions that are used by their id. Whoever serves sessions to others issues texts of its own.
pub struct InProcess {
    random: Arc<dyn Random>,
}

impl InProcess {
    /// Takes the bytes that stand for tokens from `random`.
    #[must_use]
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self { random }
    }
}

impl TokenIssuer for InProcess {
    /// An empty text with the hash of no text that anybody knows: it authenticates nobody.
    fn issue(
        &self,
        _session: SessionId,
        _issued_at: UnixMillis,
        _expires_at: Option<UnixMillis>,
    ) -> Result<IssuedToken, EngineError> {
        let mut hash = [0; 32];
        self.random.fill(&mut hash)?;
        Ok(IssuedToken { text: String::new().into(), hash: TokenHash(hash) })
    }
}
