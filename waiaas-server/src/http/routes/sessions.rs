//! `/v1/sessions`: what agents' tokens stand for.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Caller, Master, MasterAuth, Session, SessionAuth, SessionOrMaster};
use crate::http::route::Route;
use std::collections::BTreeMap;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::{SessionId, WalletId};
use waiaas_sdk::core::wire::UnixSecs;
use waiaas_sdk::core::wire::sessions::{
    CreateSessionRequest, PaginatedSessionList, SessionCreateResponse, SessionListItem, SessionRenewResponse,
    SessionRevokeByWalletResponse, SessionRevokeResponse, SessionRotateResponse, SessionStatus, WalletName,
};
use waiaas_sdk::engine::ports::store::{SessionRow, SessionSource};
use waiaas_sdk::engine::services::sessions::NewSession;

const TAG: &str = "Sessions";

pub(super) fn routes() -> Vec<Route> {
    use ErrorCode::{
        RenewalLimitReached, RenewalNotRequired, RenewalTooEarly, SessionAbsoluteLifetimeExceeded,
        SessionLimitExceeded, SessionNotFound, SessionRenewalMismatch, SessionRevoked, WalletNotFound,
        WalletTerminated,
    };
    vec![
        Route::post("/v1/sessions", Master, create)
            .tag(TAG)
            .summary("Create a session and its token")
            .notes("The token is shown this once. Without `ttl` it never ends; 86400 is a good choice.")
            .body::<CreateSessionRequest>()
            .created()
            .errors(&[WalletNotFound, WalletTerminated, SessionLimitExceeded])
            .idempotent(),
        Route::get("/v1/sessions", SessionOrMaster, list)
            .tag(TAG)
            .summary("List sessions that are not revoked; a session sees itself")
            .query::<WalletId>("walletId", "Only sessions of this wallet.")
            .paged()
            .errors(&[WalletNotFound]),
        Route::delete("/v1/sessions/{id}", Master, revoke)
            .tag(TAG)
            .summary("Revoke a session")
            .errors(&[SessionNotFound]),
        Route::delete("/v1/sessions/wallet/{walletId}", Master, revoke_by_wallet)
            .tag(TAG)
            .summary("Emergency: revoke every session of a wallet")
            .errors(&[WalletNotFound]),
        Route::put("/v1/sessions/{id}/renew", Session, renew)
            .tag(TAG)
            .summary("Exchange the current token for a fresh one")
            .notes("Possible once half of the token's life is over. The old token is accepted for 30 more seconds.")
            .errors(&[
                SessionNotFound,
                SessionRevoked,
                RenewalNotRequired,
                SessionRenewalMismatch,
                RenewalLimitReached,
                SessionAbsoluteLifetimeExceeded,
                RenewalTooEarly,
            ]),
        Route::post("/v1/sessions/{id}/rotate", Master, rotate)
            .tag(TAG)
            .summary("Replace the token of a session at once, keeping its end")
            .errors(&[SessionNotFound, SessionRevoked, SessionRenewalMismatch]),
    ]
}

async fn create(call: Call<MasterAuth>) -> Result<Answer<SessionCreateResponse>, ApiError> {
    let request = call.body(CreateSessionRequest::parse)?;
    let new = NewSession {
        wallets: request.wallets,
        ttl_seconds: request.ttl,
        max_renewals: request.max_renewals,
        absolute_lifetime_seconds: request.absolute_lifetime,
        source: SessionSource::Api,
    };
    let (session, token) = call.app.engine.sessions().create(new, &call.app.tokens).await?;
    let names = names(&call).await?;
    let first = session.wallets.first().copied();
    Ok(Answer::created(SessionCreateResponse {
        id: session.id,
        token: token.text.to_string(),
        expires_at: UnixSecs::end(session.expires_at),
        wallet_id: first.ok_or_else(|| ApiError::internal("a new session has no wallet"))?,
        wallets: named(&session, &names),
    }))
}

async fn list(call: Call<Caller>) -> Result<Answer<PaginatedSessionList>, ApiError> {
    let page = call.page()?;
    let wallet = call.query_as::<WalletId>("walletId")?;
    let (rows, total) = match &call.caller {
        Caller::Master(_) => call.app.engine.sessions().list(wallet, page).await?,
        Caller::Session(auth) => {
            let shown = page.offset == 0 && wallet.is_none_or(|id| auth.session.wallets.contains(&id));
            (if shown { vec![auth.session.clone()] } else { Vec::new() }, 1)
        }
    };
    let names = names(&call).await?;
    let now = call.app.clock.now();
    let data = rows
        .iter()
        .filter_map(|row| {
            let wallets = named(row, &names);
            let wallet = *row.wallets.first()?;
            Some(SessionListItem {
                id: row.id,
                wallet_id: wallet,
                wallet_name: names.get(&wallet).cloned(),
                wallets,
                status: if row.is_live(now) { SessionStatus::Active } else { SessionStatus::Expired },
                renewal_count: row.renewal_count,
                max_renewals: row.max_renewals,
                expires_at: UnixSecs::end(row.expires_at),
                absolute_expires_at: UnixSecs::end(row.absolute_expires_at),
                created_at: UnixSecs::from(row.created_at),
                last_renewed_at: row.last_renewed_at.map(UnixSecs::from),
                source: row.source,
                token_issued_count: row.token_issued_count,
            })
        })
        .collect();
    Ok(Answer::ok(PaginatedSessionList { data, total, limit: page.limit, offset: u64::from(page.offset) }))
}

async fn revoke(call: Call<MasterAuth>) -> Result<Answer<SessionRevokeResponse>, ApiError> {
    let id: SessionId = call.id("id")?;
    let ended_now = call.app.engine.sessions().revoke(id).await?;
    let message = (!ended_now).then(|| "Session was already revoked".to_owned());
    Ok(Answer::ok(SessionRevokeResponse { id, status: SessionStatus::Revoked, message }))
}

async fn revoke_by_wallet(call: Call<MasterAuth>) -> Result<Answer<SessionRevokeByWalletResponse>, ApiError> {
    let wallet_id: WalletId = call.id("walletId")?;
    let session_ids = call.app.engine.sessions().revoke_for_wallet(wallet_id).await?;
    let revoked = u64::try_from(session_ids.len()).unwrap_or(u64::MAX);
    Ok(Answer::ok(SessionRevokeByWalletResponse { wallet_id, revoked, session_ids }))
}

async fn renew(call: Call<SessionAuth>) -> Result<Answer<SessionRenewResponse>, ApiError> {
    let id: SessionId = call.id("id")?;
    let SessionAuth { session, token } = &call.caller;
    let (row, issued) = call.app.engine.sessions().renew(id, session, *token, &call.app.tokens).await?;
    Ok(Answer::ok(SessionRenewResponse {
        id,
        token: issued.text.to_string(),
        expires_at: UnixSecs::end(row.expires_at),
        renewal_count: row.renewal_count,
    }))
}

async fn rotate(call: Call<MasterAuth>) -> Result<Answer<SessionRotateResponse>, ApiError> {
    let id: SessionId = call.id("id")?;
    let (row, issued) = call.app.engine.sessions().rotate(id, &call.app.tokens).await?;
    Ok(Answer::ok(SessionRotateResponse {
        id,
        token: issued.text.to_string(),
        expires_at: UnixSecs::end(row.expires_at),
        token_issued_count: row.token_issued_count,
    }))
}

async fn names<P>(call: &Call<P>) -> Result<BTreeMap<WalletId, String>, ApiError> {
    let wallets = call.app.engine.wallets().list().await?;
    Ok(wallets.into_iter().map(|wallet| (wallet.id, wallet.name)).collect())
}

fn named(session: &SessionRow, names: &BTreeMap<WalletId, String>) -> Vec<WalletName> {
    session.wallets.iter().map(|id| WalletName { id: *id, name: names.get(id).cloned().unwrap_or_default() }).collect()
}
