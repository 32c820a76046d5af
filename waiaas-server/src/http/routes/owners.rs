//! `/v1/nonce`: what owners need before they sign.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Anyone, Public};
use crate::http::route::Route;
use waiaas_sdk::core::wire::UnixSecs;
use waiaas_sdk::core::wire::nonce::NonceResponse;
use waiaas_sdk::engine::ports::store::NonceBinding;

/// Actions that a nonce can be bound to.
const ACTIONS: [&str; 5] = ["approve", "reject", "verify", "kill-switch", "recover"];

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/v1/nonce", Public, nonce)
            .tag("Auth")
            .summary("A nonce for an owner's signature, good once and for five minutes")
            .query::<String>("action", "Bind it to one action: approve, reject, verify, kill-switch or recover.")
            .query::<String>("resource", "Bind it to one transaction or wallet: its id."),
    ]
}

async fn nonce(call: Call<Anyone>) -> Result<Answer<NonceResponse>, ApiError> {
    let action = call.query("action");
    if action.is_some_and(|action| !ACTIONS.contains(&action)) {
        return Err(ApiError::invalid("action", format!("must be one of {}", ACTIONS.join(", "))));
    }
    let resource = call.query("resource");
    if resource.is_some_and(|resource| resource.len() > 64) {
        return Err(ApiError::invalid("resource", "must be the id of a transaction or wallet"));
    }
    let binding = NonceBinding { action: action.map(str::to_owned), resource: resource.map(str::to_ascii_lowercase) };
    let (nonce, expires_at) = call.app.engine.transactions().issue_nonce(&binding).await?;
    Ok(Answer::ok(NonceResponse { nonce, expires_at: UnixSecs::from(expires_at) }))
}
