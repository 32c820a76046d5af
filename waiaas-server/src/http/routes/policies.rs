//! `/v1/policies`.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Caller, Master, MasterAuth, SessionOrMaster};
use crate::http::route::Route;
use serde_json::Value;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::{PolicyId, WalletId};
use waiaas_sdk::core::policy::PolicyRow;
use waiaas_sdk::core::wire::UnixSecs;
use waiaas_sdk::core::wire::policies::{
    CreatePolicyRequest, PaginatedPolicyList, PolicyDeleteResponse, PolicyResponse, UpdatePolicyRequest,
};
use waiaas_sdk::engine::services::policies::{NewPolicy, PolicyChange};
use waiaas_sdk::engine::services::transactions::resolve_wallet;

const TAG: &str = "Policies";

pub(super) fn routes() -> Vec<Route> {
    use ErrorCode::{PolicyNotFound, WalletAccessDenied, WalletIdRequired, WalletNotFound, WalletTerminated};
    vec![
        Route::post("/v1/policies", Master, create)
            .tag(TAG)
            .summary("Create a policy; without `walletId` it is for all wallets")
            .notes(
                "All 21 types can be created, and each acts on every request that it concerns. LENDING_*, PERP_*, \
                 VENUE_WHITELIST, ACTION_CATEGORY_LIMIT, X402_ALLOWED_DOMAINS and ERC8128_ALLOWED_DOMAINS concern \
                 requests that this build cannot make yet. REPUTATION_THRESHOLD finds every counterparty unrated, because \
                 no registry is configured. Rules that cannot be read, or have no exact meaning, are refused with \
                 their place.",
            )
            .body::<CreatePolicyRequest>()
            .created()
            .errors(&[WalletNotFound, WalletTerminated])
            .idempotent(),
        Route::get("/v1/policies", SessionOrMaster, list)
            .tag(TAG)
            .summary("List policies, highest priority first")
            .notes("A session sees those of its wallet and the global ones.")
            .query::<WalletId>("walletId", "Only policies of this wallet and global ones.")
            .paged()
            .errors(&[WalletIdRequired, WalletAccessDenied]),
        Route::get("/v1/policies/{id}", Master, get).tag(TAG).summary("Read a policy").errors(&[PolicyNotFound]),
        Route::put("/v1/policies/{id}", Master, update)
            .tag(TAG)
            .summary("Change rules, priority, state or ceiling of a policy")
            .notes("`rules` are replaced as a whole; type, wallet and network cannot change.")
            .body::<UpdatePolicyRequest>()
            .errors(&[PolicyNotFound]),
        Route::delete("/v1/policies/{id}", Master, delete)
            .tag(TAG)
            .summary("Delete a policy")
            .errors(&[PolicyNotFound]),
    ]
}

async fn create(call: Call<MasterAuth>) -> Result<Answer<PolicyResponse>, ApiError> {
    let request = call.body(CreatePolicyRequest::parse)?;
    let new = NewPolicy {
        wallet: request.wallet_id,
        network: request.network,
        policy_type: request.policy_type,
        rules: Value::Object(request.rules),
        priority: request.priority,
        enabled: request.enabled,
        ceiling: request.ceiling,
    };
    let row = call.app.engine.policies().create(new).await?;
    Ok(Answer::created(shown(row)?))
}

async fn list(call: Call<Caller>) -> Result<Answer<PaginatedPolicyList>, ApiError> {
    let page = call.page()?;
    let asked = call.query_as::<WalletId>("walletId")?;
    let wallet = match &call.caller {
        Caller::Master(_) => asked,
        Caller::Session(auth) => Some(resolve_wallet(&auth.session, asked)?),
    };
    let (rows, total) = call.app.engine.policies().list(wallet, page).await?;
    let data = rows.into_iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Answer::ok(PaginatedPolicyList { data, total, limit: page.limit, offset: u64::from(page.offset) }))
}

async fn get(call: Call<MasterAuth>) -> Result<Answer<PolicyResponse>, ApiError> {
    Ok(Answer::ok(shown(call.app.engine.policies().get(call.id("id")?).await?)?))
}

async fn update(call: Call<MasterAuth>) -> Result<Answer<PolicyResponse>, ApiError> {
    let request = call.body(UpdatePolicyRequest::parse)?;
    let change = PolicyChange {
        rules: request.rules.map(Value::Object),
        priority: request.priority,
        enabled: request.enabled,
        ceiling: request.ceiling,
    };
    Ok(Answer::ok(shown(call.app.engine.policies().update(call.id("id")?, change).await?)?))
}

async fn delete(call: Call<MasterAuth>) -> Result<Answer<PolicyDeleteResponse>, ApiError> {
    let id: PolicyId = call.id("id")?;
    call.app.engine.policies().delete(id).await?;
    Ok(Answer::ok(PolicyDeleteResponse { id, deleted: true }))
}

/// The rules are shown exactly as they were posted.
pub(super) fn shown(row: PolicyRow) -> Result<PolicyResponse, ApiError> {
    Ok(PolicyResponse {
        id: row.id,
        wallet_id: row.wallet,
        policy_type: row.policy_type,
        rules: serde_json::from_str(&row.rules).map_err(ApiError::internal)?,
        priority: row.priority,
        enabled: row.enabled,
        network: row.network,
        ceiling: row.ceiling,
        created_at: UnixSecs::from(row.created_at),
        updated_at: UnixSecs::from(row.updated_at),
    })
}
