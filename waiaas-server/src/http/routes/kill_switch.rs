//! The kill switch: `/v1/admin/kill-switch`, `/v1/admin/recover`, `/v1/owner/kill-switch`.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Anyone, Authority, Master, MasterAuth, MasterOrOwner, Owner, OwnerAuth, Public};
use crate::http::owner_headers;
use crate::http::route::Route;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::wire::UnixSecs;
use waiaas_sdk::core::wire::kill_switch::{
    KillSwitchActivateResponse, KillSwitchEscalateResponse, KillSwitchRecoverRequest, KillSwitchResponse,
    KillSwitchState, RecoverResponse,
};
use waiaas_sdk::engine::services::kill_switch::KillSwitchActor;

const TAG: &str = "Kill switch";

pub(super) fn routes() -> Vec<Route> {
    use ErrorCode::{InvalidSignature, InvalidStateTransition, KillSwitchActive, KillSwitchNotActive};
    vec![
        Route::get("/v1/admin/kill-switch", Public, state).tag(TAG).summary("State of the kill switch"),
        Route::post("/v1/admin/kill-switch", MasterOrOwner, activate)
            .tag(TAG)
            .summary("Stop everything")
            .notes(
                "Revokes all sessions, cancels everything that is not signed yet, suspends all wallets. An owner \
                 signs the statement `Activate kill switch`.",
            )
            .errors(&[KillSwitchActive, InvalidSignature]),
        Route::post("/v1/owner/kill-switch", Owner, activate_by_owner)
            .tag(TAG)
            .summary("Stop everything, by an owner's signature")
            .errors(&[KillSwitchActive, InvalidSignature]),
        Route::post("/v1/admin/kill-switch/escalate", Master, escalate)
            .tag(TAG)
            .summary("Lock the kill switch, so that recovery also needs an owner")
            .errors(&[InvalidStateTransition]),
        Route::post("/v1/admin/recover", Master, recover)
            .tag(TAG)
            .summary("Normal operation again")
            .notes(
                "Sessions stay revoked. Wallets stay suspended unless `resumeWallets` is true. From LOCKED a verified \
                 owner must sign `Recover from kill switch` when there is one.",
            )
            .optional_body::<KillSwitchRecoverRequest>()
            .errors(&[KillSwitchNotActive, InvalidSignature, InvalidStateTransition]),
    ]
}

async fn state(call: Call<Anyone>) -> Result<Answer<KillSwitchResponse>, ApiError> {
    let switch = call.app.engine.kill_switch().state().await?;
    Ok(Answer::ok(KillSwitchResponse {
        state: switch.state,
        activated_at: switch.activated_at.map(UnixSecs::from),
        activated_by: switch.activated_by,
    }))
}

async fn activate(call: Call<Authority>) -> Result<Answer<KillSwitchActivateResponse>, ApiError> {
    let by = match &call.caller {
        Authority::Master(_) => KillSwitchActor::Master,
        Authority::Owner(auth) => KillSwitchActor::Owner(auth.proof.clone()),
    };
    throw(&call, by).await
}

async fn activate_by_owner(call: Call<OwnerAuth>) -> Result<Answer<KillSwitchActivateResponse>, ApiError> {
    let by = KillSwitchActor::Owner(call.caller.proof.clone());
    throw(&call, by).await
}

async fn throw<P>(call: &Call<P>, by: KillSwitchActor) -> Result<Answer<KillSwitchActivateResponse>, ApiError> {
    let (_, at) = call.app.engine.kill_switch().activate(by).await?;
    Ok(Answer::ok(KillSwitchActivateResponse { state: KillSwitchState::Suspended, activated_at: UnixSecs::from(at) }))
}

async fn escalate(call: Call<MasterAuth>) -> Result<Answer<KillSwitchEscalateResponse>, ApiError> {
    let at = call.app.engine.kill_switch().escalate().await?;
    Ok(Answer::ok(KillSwitchEscalateResponse { state: KillSwitchState::Locked, escalated_at: UnixSecs::from(at) }))
}

async fn recover(call: Call<MasterAuth>) -> Result<Answer<RecoverResponse>, ApiError> {
    let request = call.body(KillSwitchRecoverRequest::parse)?;
    let proof = match call.owner_proof()? {
        Some(proof) => Some(proof),
        None => match (&request.message, &request.owner_signature) {
            (Some(message), Some(signature)) => {
                Some(owner_headers::decode(message, signature, request.owner_address.as_deref())?)
            }
            _ => None,
        },
    };
    let (at, _) = call.app.engine.kill_switch().recover(request.resume_wallets, proof.as_ref()).await?;
    Ok(Answer::ok(RecoverResponse { state: KillSwitchState::Active, recovered_at: UnixSecs::from(at) }))
}
