//! `GET /health`.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Anyone, Public};
use crate::http::route::Route;
use waiaas_sdk::core::wire::UnixSecs;
use waiaas_sdk::core::wire::health::HealthResponse;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/health", Public, health)
            .tag("Health")
            .summary("Whether the service is up, and its version")
            .notes("Answers while the kill switch is active, too."),
    ]
}

async fn health(call: Call<Anyone>) -> Result<Answer<HealthResponse>, ApiError> {
    Ok(Answer::ok(HealthResponse {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        latest_version: None,
        update_available: false,
        schema_version: call.app.schema_version,
        uptime: call.app.started.elapsed().as_secs(),
        timestamp: UnixSecs::from(call.app.clock.now()),
    }))
}
