//! `/v1/admin`: the operator's view.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Caller, Master, MasterAuth, SessionOrMaster};
use crate::http::present;
use crate::http::route::Route;
use serde::Serialize;
use serde_json::Value;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::TxId;
use waiaas_sdk::core::wire::admin::{AdminStatusResponse, RecentTransaction, SessionStatusResponse, ShutdownResponse};
use waiaas_sdk::core::wire::transactions::TxCancelResponse;
use waiaas_sdk::core::wire::{Components, Millionths, Schema, UnixSecs};
use waiaas_sdk::engine::services::transactions::Withdrawer;

const TAG: &str = "Admin";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/v1/admin/status", SessionOrMaster, status)
            .tag(TAG)
            .summary("Counters, version and the newest transactions")
            .notes("A session gets version, uptime and the state of the kill switch only."),
        Route::post("/v1/admin/transactions/{id}/cancel", Master, cancel)
            .tag(TAG)
            .summary("Withdraw a transaction that waits")
            .errors(&[ErrorCode::TxNotFound, ErrorCode::TxAlreadyProcessed]),
        Route::post("/v1/admin/shutdown", Master, shutdown).tag(TAG).summary("Stop the service in an orderly way"),
    ]
}

async fn status(call: Call<Caller>) -> Result<Answer<StatusAnswer>, ApiError> {
    let app = &call.app;
    let timestamp = UnixSecs::from(app.clock.now());
    let kill_switch_state = app.engine.kill_switch().state().await?.state;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let uptime = app.started.elapsed().as_secs();
    if let Caller::Session(_) = call.caller {
        return Ok(Answer::ok(StatusAnswer::Session(SessionStatusResponse {
            status: "running".to_owned(),
            version,
            uptime,
            kill_switch_state,
            timestamp,
        })));
    }
    let counts = app.engine.system().counts().await?;
    let wallets = app.engine.wallets().list().await?;
    let mut recent = Vec::with_capacity(counts.newest.len());
    for row in &counts.newest {
        let amount = present::amount(app, row).await;
        recent.push(RecentTransaction {
            id: row.id,
            wallet_id: row.wallet,
            wallet_name: wallets.iter().find(|wallet| wallet.id == row.wallet).map(|wallet| wallet.name.clone()),
            tx_type: row.tx.tx_type(),
            status: row.status,
            to_address: present::destination(row),
            amount: Some(row.tx.amount().to_string()),
            formatted_amount: amount.map(|amount| format!("{} {}", amount.formatted, amount.symbol)),
            amount_usd: row.usd.map(Millionths::from),
            network: Some(row.network),
            tx_hash: row.tx_hash.clone(),
            created_at: Some(UnixSecs::from(row.created_at)),
        });
    }
    Ok(Answer::ok(StatusAnswer::Full(Box::new(AdminStatusResponse {
        status: "running".to_owned(),
        version,
        latest_version: None,
        update_available: false,
        uptime,
        wallet_count: counts.wallets,
        active_session_count: counts.sessions,
        kill_switch_state,
        admin_timeout: u64::from(app.config.daemon.admin_timeout),
        timestamp,
        policy_count: counts.policies,
        recent_tx_count: counts.recent_transactions,
        failed_tx_count: counts.failed_transactions,
        auto_provisioned: app.config.data_dir.join("recovery.key").exists(),
        recent_transactions: recent,
    }))))
}

async fn cancel(call: Call<MasterAuth>) -> Result<Answer<TxCancelResponse>, ApiError> {
    let id: TxId = call.id("id")?;
    let row = call.app.engine.transactions().cancel(id, &Withdrawer::Master).await?;
    Ok(Answer::ok(TxCancelResponse { id: row.id, status: row.status }))
}

async fn shutdown(call: Call<MasterAuth>) -> Result<Answer<ShutdownResponse>, ApiError> {
    call.app.stop.request();
    Ok(Answer::ok(ShutdownResponse { message: "The service is shutting down.".to_owned() }))
}

/// The operator's view or a session's.
#[derive(Serialize)]
#[serde(untagged)]
enum StatusAnswer {
    Full(Box<AdminStatusResponse>),
    Session(SessionStatusResponse),
}

impl Schema for StatusAnswer {
    fn definition() -> Value {
        serde_json::json!({ "oneOf": [AdminStatusResponse::reference(), SessionStatusResponse::reference()] })
    }

    fn register(components: &mut Components) {
        AdminStatusResponse::register(components);
        SessionStatusResponse::register(components);
    }
}
