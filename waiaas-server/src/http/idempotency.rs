//! `Idempotency-Key` on routes that create something: the first answer is kept, sealed, for a day.

use crate::app::App;
use crate::http::answer::{Encoded, REPLAYED};
use crate::http::call::Inbound;
use crate::http::error::ApiError;
use crate::http::gate::Subject;
use axum::http::StatusCode;
use serde_json::Value;
use sha2::{Digest, Sha256};
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::engine::ports::store::{ClaimToken, IdempotencyOutcome, StoredAnswer};

/// How long an answer is kept (`api.md` section 1.13: a day).
const KEEP_MS: i64 = 86_400_000;

/// A key, and the request that it stands for.
#[derive(Debug)]
pub(crate) struct Claim {
    scope: String,
    key: String,
    fingerprint: [u8; 32],
}

/// The `Idempotency-Key` header.
pub(crate) fn key(request: &Inbound) -> Result<Option<String>, ApiError> {
    let Some(value) = request.headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=255).contains(&text.len()));
    text.filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(|text| Some(text.to_owned()))
        .ok_or_else(|| ApiError::invalid("Idempotency-Key", "must be 1 to 255 visible ASCII characters"))
}

impl Claim {
    /// The claim of a request; `None` when it carries no key.
    pub(crate) fn of(subject: Subject, request: &Inbound, body: &Value) -> Result<Option<Self>, ApiError> {
        let Some(key) = key(request)? else { return Ok(None) };
        let who = match subject {
            Subject::Anyone => "anyone".to_owned(),
            Subject::Master => "master".to_owned(),
            Subject::Session(id) => id.to_string(),
            Subject::Owner => "owner".to_owned(),
        };
        let scope = format!("{who} {} {}", request.method, request.path);
        // Keys of JSON objects are sorted here, so that their order does not matter.
        let fingerprint = Sha256::digest(body.to_string().as_bytes()).into();
        Ok(Some(Self { scope, key, fingerprint }))
    }

    fn context(&self) -> String {
        format!("idempotency:{}:{}", self.scope, self.key)
    }
}

/// Does `work` once per key; repetitions get the first answer.
pub(crate) async fn once(
    app: &App,
    claim: &Claim,
    work: impl Future<Output = Result<Encoded, ApiError>>,
) -> Result<Encoded, ApiError> {
    let Claim { scope, key, fingerprint } = claim;
    let mut token = [0_u8; 16];
    app.random.fill(&mut token).map_err(ApiError::internal)?;
    let token = ClaimToken(token);
    let outcome = app.store.claim_key(scope, key, *fingerprint, token, app.clock.now(), KEEP_MS).await;
    match outcome.map_err(ApiError::internal)? {
        IdempotencyOutcome::Claimed => {}
        IdempotencyOutcome::Replay(stored) => return replay(app, claim, &stored),
        IdempotencyOutcome::InProgress => {
            let message = "The same request with this Idempotency-Key is being worked on.";
            return Err(ApiError::new(ErrorCode::IdempotencyConflict, message).with_retry_after(1));
        }
        IdempotencyOutcome::Conflict => {
            let message = "This Idempotency-Key was used with another body.";
            return Err(ApiError::new(ErrorCode::IdempotencyConflict, message));
        }
    }
    let result = work.await;
    let kept = match &result {
        Ok(answer) => app
            .sealer
            .seal(&claim.context(), &answer.body)
            .ok()
            .map(|sealed_body| StoredAnswer { status: answer.status.as_u16(), sealed_body }),
        Err(_) => None,
    };
    // The work is done either way; a key that cannot be completed must not turn its answer into an error.
    if let Err(error) = app.store.complete_key(scope, key, token, kept.as_ref()).await {
        tracing::error!(%error, "an idempotency key could not be completed");
    }
    result
}

fn replay(app: &App, claim: &Claim, stored: &StoredAnswer) -> Result<Encoded, ApiError> {
    let body = app.sealer.open(&claim.context(), &stored.sealed_body).map_err(ApiError::internal)?;
    Ok(Encoded {
        status: StatusCode::from_u16(stored.status).map_err(ApiError::internal)?,
        content_type: "application/json",
        body: body.to_vec(),
        headers: vec![REPLAYED],
    })
}
