//! Session tokens: `wai_sess_` and a JWT signed with HMAC-SHA-256.
//!
//! The text alone proves nothing but that this service issued it once; whether it is still good is
//! answered by the session's row, which knows the hashes of its live tokens.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::SessionId;
use waiaas_sdk::core::time::UnixMillis;
use waiaas_sdk::engine::EngineError;
use waiaas_sdk::engine::ports::BoxError;
use waiaas_sdk::engine::ports::clock::Random;
use waiaas_sdk::engine::ports::store::TokenHash;
use waiaas_sdk::engine::services::sessions::{IssuedToken, TokenIssuer};
use zeroize::Zeroizing;

/// What every token begins with.
pub const PREFIX: &str = "wai_sess_";
/// Longest text that is looked at.
const LONGEST: usize = 2_048;

/// Issues tokens for the engine and reads them for the API.
pub struct Tokens {
    key: TokenKey,
    random: Arc<dyn Random>,
}

impl Tokens {
    /// Tokens under a secret of 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32], random: Arc<dyn Random>) -> Self {
        Self { key: TokenKey::new(secret), random }
    }

    /// Reads a token at `now`.
    ///
    /// # Errors
    /// [`TokenRefusal`].
    pub fn read(&self, text: &str, now: UnixMillis) -> Result<ReadToken, TokenRefusal> {
        self.key.read(text, now)
    }
}

impl TokenIssuer for Tokens {
    fn issue(
        &self,
        session: SessionId,
        issued_at: UnixMillis,
        expires_at: Option<UnixMillis>,
    ) -> Result<IssuedToken, EngineError> {
        let mut unique = [0; 16];
        self.random.fill(&mut unique).map_err(cannot_issue)?;
        self.key.issue(session, issued_at, expires_at, unique)
    }
}

fn cannot_issue(cause: impl Into<BoxError>) -> EngineError {
    EngineError::new(ErrorCode::InternalError, "the session token could not be issued").with_source(cause)
}

/// The secret and the rules of the tokens.
struct TokenKey {
    signing: EncodingKey,
    checking: DecodingKey,
    rules: Validation,
}

/// What a token says. Keys are those of the original, plus `sessionId`, which its TypeScript client
/// reads, and `jti`, which makes two tokens of the same second differ.
#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    #[serde(rename = "sessionId")]
    session_id: String,
    /// Unix seconds.
    iat: i64,
    /// Unix seconds; absent = never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    jti: String,
}

/// A token that this service issued and whose own time is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadToken {
    /// Whose it claims to be.
    pub session: SessionId,
    /// Hash of the text as presented.
    pub hash: TokenHash,
}

/// Why a token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenRefusal {
    /// Not a token of this service.
    Invalid,
    /// Its own time is over.
    Expired,
}

impl TokenKey {
    fn new(secret: &[u8; 32]) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        // Time is an argument here, so the library's own look at the clock is off.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        Self { signing: EncodingKey::from_secret(secret), checking: DecodingKey::from_secret(secret), rules }
    }

    /// `unique` must be random.
    fn issue(
        &self,
        session: SessionId,
        issued_at: UnixMillis,
        expires_at: Option<UnixMillis>,
        unique: [u8; 16],
    ) -> Result<IssuedToken, EngineError> {
        let claims = Claims {
            sub: session.to_string(),
            session_id: session.to_string(),
            iat: issued_at.as_secs(),
            exp: expires_at.map(UnixMillis::as_secs),
            jti: hex::encode(unique),
        };
        // The header is exactly {"alg":"HS256"}: clients recognise the token's beginning.
        let header = Header { typ: None, ..Header::new(Algorithm::HS256) };
        let jwt = Zeroizing::new(encode(&header, &claims, &self.signing).map_err(cannot_issue)?);
        let text = Zeroizing::new(format!("{PREFIX}{}", *jwt));
        let hash = hash(&text);
        Ok(IssuedToken { text, hash })
    }

    /// The signature is checked before anything inside is believed.
    fn read(&self, text: &str, now: UnixMillis) -> Result<ReadToken, TokenRefusal> {
        if text.len() > LONGEST {
            return Err(TokenRefusal::Invalid);
        }
        let jwt = text.strip_prefix(PREFIX).ok_or(TokenRefusal::Invalid)?;
        let claims = decode::<Claims>(jwt, &self.checking, &self.rules).map_err(|_| TokenRefusal::Invalid)?.claims;
        if claims.exp.is_some_and(|end| now.as_secs() >= end) {
            return Err(TokenRefusal::Expired);
        }
        let session = claims.sub.parse().map_err(|_| TokenRefusal::Invalid)?;
        Ok(ReadToken { session, hash: hash(text) })
    }
}

/// The hash under which a token is known.
fn hash(text: &str) -> TokenHash {
    TokenHash(Sha256::digest(text.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const NOW: UnixMillis = UnixMillis::from_secs(1_700_000_000);

    fn session() -> SessionId {
        SessionId::v7(NOW, [5; 10])
    }

    fn issue(key: &TokenKey, expires_at: Option<UnixMillis>) -> IssuedToken {
        key.issue(session(), NOW, expires_at, [9; 16]).unwrap()
    }

    #[test]
    fn a_token_has_the_form_that_clients_know() {
        let token = issue(&TokenKey::new(&[1; 32]), Some(NOW.plus_secs(60)));
        assert!(token.text.starts_with("wai_sess_eyJhbGciOiJIUzI1NiJ9."), "{}", *token.text);
        let body = token.text.split('.').nth(1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).unwrap()).unwrap();
        assert_eq!(
            claims,
            serde_json::json!({
                "sub": session().to_string(), "sessionId": session().to_string(),
                "iat": 1_700_000_000, "exp": 1_700_000_060, "jti": "09".repeat(16),
            })
        );
        assert_eq!(token.hash.0, <[u8; 32]>::from(Sha256::digest(token.text.as_bytes())));
    }

    #[test]
    fn tokens_are_good_until_their_end() {
        let key = TokenKey::new(&[1; 32]);
        let token = issue(&key, Some(NOW.plus_secs(60)));
        let read = key.read(&token.text, NOW.plus_secs(59)).unwrap();
        assert_eq!(read, ReadToken { session: session(), hash: token.hash });
        assert_eq!(key.read(&token.text, NOW.plus_secs(60)), Err(TokenRefusal::Expired));
        let endless = issue(&key, None);
        assert!(key.read(&endless.text, NOW.plus_secs(10_000_000_000)).is_ok());
    }

    #[test]
    fn everything_else_is_refused() {
        let key = TokenKey::new(&[1; 32]);
        let good = issue(&key, None);
        let foreign = issue(&TokenKey::new(&[2; 32]), None);
        let expired_foreign = issue(&TokenKey::new(&[2; 32]), Some(NOW.plus_secs(-5)));
        let jwt = good.text.strip_prefix(PREFIX).unwrap();
        let body = jwt.split('.').nth(1).unwrap();
        let none = format!("{PREFIX}{}.{body}.", URL_SAFE_NO_PAD.encode("{\"alg\":\"none\"}"));
        let other = format!("{PREFIX}{}.{body}.{}", URL_SAFE_NO_PAD.encode("{\"alg\":\"HS512\"}"), "A".repeat(86));
        let mut tampered = good.text.to_string();
        let last = tampered.pop().unwrap();
        tampered.push(if last == 'A' { 'Q' } else { 'A' });
        for text in [
            "",
            "wai_sess_",
            "wai_sess_x.y.z",
            jwt,
            &foreign.text,
            &expired_foreign.text,
            &none,
            &other,
            &tampered,
            &format!("{PREFIX}{}", "a".repeat(5_000)),
        ] {
            assert_eq!(key.read(text, NOW), Err(TokenRefusal::Invalid), "{text}");
        }
    }
}
