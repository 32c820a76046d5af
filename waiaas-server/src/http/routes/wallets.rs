//! `/v1/wallets`: wallets and their owners.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Caller, Master, MasterAuth, Owner, OwnerAuth, SessionOrMaster};
use crate::http::present;
use crate::http::route::Route;
use waiaas_sdk::core::chain::Network;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::WalletId;
use waiaas_sdk::core::wire::UnixSecs;
use waiaas_sdk::core::wire::owners::{
    ApprovalMethod, Change, OwnerVerifyResponse, SetOwnerRequest, WalletOwnerResponse, WalletPreset,
};
use waiaas_sdk::core::wire::wallets::{
    AvailableNetwork, CreateWalletRequest, CreatedSession, UpdateWalletRequest, WalletCreateResponse,
    WalletCrudResponse, WalletDeleteResponse, WalletDetailResponse, WalletListResponse, WalletNetworksResponse,
    WalletResumeResponse, WalletSuspendRequest, WalletSuspendResponse,
};
use waiaas_sdk::engine::ports::store::{SessionSource, WalletRow};
use waiaas_sdk::engine::services::sessions::NewSession;
use waiaas_sdk::engine::services::wallets::{NewOwner, NewWallet};

const TAG: &str = "Wallets";

pub(super) fn routes() -> Vec<Route> {
    use ErrorCode::{
        InvalidAddress, InvalidStateTransition, OwnerAlreadyConnected, OwnerNotConnected, UnsupportedChain,
        WalletAccessDenied, WalletNotFound, WalletTerminated,
    };
    vec![
        Route::post("/v1/wallets", Master, create)
            .tag(TAG)
            .summary("Create a wallet and, unless told not to, a session for it")
            .notes("The token of the session is shown this once.")
            .body::<CreateWalletRequest>()
            .created()
            .errors(&[UnsupportedChain])
            .idempotent(),
        Route::get("/v1/wallets", SessionOrMaster, list)
            .tag(TAG)
            .summary("List wallets; a session sees its own")
            .notes("Terminated wallets are included."),
        Route::get("/v1/wallets/{id}", SessionOrMaster, get)
            .tag(TAG)
            .summary("Read a wallet")
            .errors(&[WalletNotFound, WalletAccessDenied]),
        Route::put("/v1/wallets/{id}", Master, rename)
            .tag(TAG)
            .summary("Rename a wallet")
            .body::<UpdateWalletRequest>()
            .errors(&[WalletNotFound, WalletTerminated]),
        Route::delete("/v1/wallets/{id}", Master, terminate)
            .tag(TAG)
            .summary("End a wallet for good")
            .notes("What waits is cancelled and its sessions lose it. The key file stays until the wallet is purged.")
            .errors(&[WalletNotFound, WalletTerminated]),
        Route::post("/v1/wallets/{id}/suspend", Master, suspend)
            .tag(TAG)
            .summary("Stop a wallet: nothing of it is signed until it is resumed")
            .optional_body::<WalletSuspendRequest>()
            .errors(&[WalletNotFound, InvalidStateTransition]),
        Route::post("/v1/wallets/{id}/resume", Master, resume)
            .tag(TAG)
            .summary("Start a suspended wallet again")
            .errors(&[WalletNotFound, InvalidStateTransition]),
        Route::get("/v1/wallets/{id}/networks", SessionOrMaster, networks)
            .tag(TAG)
            .summary("Networks that a wallet can be used on")
            .errors(&[WalletNotFound, WalletAccessDenied]),
        Route::put("/v1/wallets/{id}/owner", Master, set_owner)
            .tag(TAG)
            .summary("Register or replace the owner's address")
            .notes("Refused once the owner has signed for the wallet.")
            .body::<SetOwnerRequest>()
            .errors(&[WalletNotFound, WalletTerminated, OwnerAlreadyConnected, InvalidAddress]),
        Route::post("/v1/wallets/{id}/owner/verify", Owner, verify_owner)
            .tag(TAG)
            .summary("Prove control of the owner key")
            .notes("The message's statement must be `Verify owner of wallet <id>`.")
            .errors(&[WalletNotFound, OwnerNotConnected, ErrorCode::InvalidSignature, ErrorCode::InvalidNonce]),
    ]
}

async fn create(call: Call<MasterAuth>) -> Result<Answer<WalletCreateResponse>, ApiError> {
    let request = call.body(CreateWalletRequest::parse)?;
    let new = NewWallet { name: request.name, chain: request.chain, environment: request.environment };
    let wallet = call.app.engine.wallets().create(new).await?;
    let session = if request.create_session {
        let new = NewSession {
            wallets: vec![wallet.id],
            ttl_seconds: None,
            max_renewals: 0,
            absolute_lifetime_seconds: None,
            source: SessionSource::Api,
        };
        let (session, token) = call.app.engine.sessions().create(new, &call.app.tokens).await?;
        let expires_at = UnixSecs::end(session.expires_at);
        Some(CreatedSession { id: session.id, token: token.text.to_string(), expires_at })
    } else {
        None
    };
    // On creation the answer names a real network: the first one of the environment.
    let network = Network::of(wallet.chain, wallet.environment).next().map_or(wallet.chain.as_str(), Network::as_str);
    let shown = present::wallet(&wallet);
    Ok(Answer::created(WalletCreateResponse {
        id: shown.id,
        name: shown.name,
        chain: shown.chain,
        network: network.to_owned(),
        environment: shown.environment,
        public_key: shown.public_key,
        status: shown.status,
        owner_address: shown.owner_address,
        owner_state: shown.owner_state,
        monitor_incoming: shown.monitor_incoming,
        account_type: shown.account_type,
        signer_key: shown.signer_key,
        deployed: shown.deployed,
        provider: shown.provider,
        created_at: shown.created_at,
        session,
    }))
}

async fn list(call: Call<Caller>) -> Result<Answer<WalletListResponse>, ApiError> {
    let mut rows = call.app.engine.wallets().list().await?;
    if let Caller::Session(auth) = &call.caller {
        rows.retain(|row| auth.session.wallets.contains(&row.id));
    }
    Ok(Answer::ok(WalletListResponse { items: rows.iter().map(present::wallet).collect() }))
}

async fn get(call: Call<Caller>) -> Result<Answer<WalletDetailResponse>, ApiError> {
    let wallet = visible(&call).await?;
    let shown = present::wallet(&wallet);
    let owner = wallet.owner.as_ref();
    Ok(Answer::ok(WalletDetailResponse {
        id: shown.id,
        name: shown.name,
        chain: shown.chain,
        network: shown.network,
        environment: shown.environment,
        public_key: shown.public_key,
        status: shown.status,
        owner_address: shown.owner_address,
        owner_verified: owner.map(|owner| owner.verified),
        owner_state: shown.owner_state,
        approval_method: approval_method(&wallet),
        wallet_type: wallet_type(&wallet),
        account_type: shown.account_type,
        signer_key: None,
        deployed: true,
        factory_address: None,
        factory_supported_networks: None,
        factory_verified_on_network: None,
        provider: None,
        suspended_at: wallet.suspended_at.map(UnixSecs::from),
        suspension_reason: wallet.suspension_reason.clone(),
        created_at: shown.created_at,
        updated_at: Some(UnixSecs::from(wallet.updated_at)),
    }))
}

async fn rename(call: Call<MasterAuth>) -> Result<Answer<WalletCrudResponse>, ApiError> {
    let request = call.body(UpdateWalletRequest::parse)?;
    let wallet = call.app.engine.wallets().rename(call.id("id")?, &request.name).await?;
    Ok(Answer::ok(present::wallet(&wallet)))
}

async fn terminate(call: Call<MasterAuth>) -> Result<Answer<WalletDeleteResponse>, ApiError> {
    let id: WalletId = call.id("id")?;
    call.app.engine.wallets().terminate(id).await?;
    Ok(Answer::ok(WalletDeleteResponse { id, status: waiaas_sdk::core::wallet::WalletStatus::Terminated }))
}

async fn suspend(call: Call<MasterAuth>) -> Result<Answer<WalletSuspendResponse>, ApiError> {
    let request = call.body(WalletSuspendRequest::parse)?;
    let wallet = call.app.engine.wallets().suspend(call.id("id")?, &request.reason).await?;
    Ok(Answer::ok(WalletSuspendResponse {
        id: wallet.id,
        status: wallet.status,
        suspended_at: UnixSecs::from(wallet.suspended_at.unwrap_or(wallet.updated_at)),
        suspension_reason: wallet.suspension_reason.unwrap_or(request.reason),
    }))
}

async fn resume(call: Call<MasterAuth>) -> Result<Answer<WalletResumeResponse>, ApiError> {
    let wallet = call.app.engine.wallets().resume(call.id("id")?).await?;
    Ok(Answer::ok(WalletResumeResponse { id: wallet.id, status: wallet.status }))
}

async fn networks(call: Call<Caller>) -> Result<Answer<WalletNetworksResponse>, ApiError> {
    let wallet = visible(&call).await?;
    let networks: Vec<_> =
        Network::of(wallet.chain, wallet.environment).map(|network| AvailableNetwork { network }).collect();
    Ok(Answer::ok(WalletNetworksResponse {
        id: wallet.id,
        chain: wallet.chain,
        environment: wallet.environment,
        available_networks: networks.clone(),
        networks,
    }))
}

async fn set_owner(call: Call<MasterAuth>) -> Result<Answer<WalletOwnerResponse>, ApiError> {
    let request = call.body(SetOwnerRequest::parse)?;
    let new = NewOwner {
        address: request.owner_address,
        approval_method: match request.approval_method {
            Change::Keep => None,
            Change::Clear => Some(None),
            Change::Set(method) => Some(Some(method.as_str().to_owned())),
        },
        wallet_type: request.wallet_type.map(|preset| Some(preset.as_str().to_owned())),
    };
    let wallet = call.app.engine.wallets().set_owner(call.id("id")?, new).await?;
    let shown = present::wallet(&wallet);
    Ok(Answer::ok(WalletOwnerResponse {
        id: shown.id,
        name: shown.name,
        chain: shown.chain,
        network: shown.network,
        environment: shown.environment,
        public_key: shown.public_key,
        status: shown.status,
        owner_address: shown.owner_address,
        owner_verified: wallet.owner.as_ref().map(|owner| owner.verified),
        approval_method: approval_method(&wallet),
        wallet_type: wallet_type(&wallet),
        warning: None,
        updated_at: Some(UnixSecs::from(wallet.updated_at)),
    }))
}

async fn verify_owner(call: Call<OwnerAuth>) -> Result<Answer<OwnerVerifyResponse>, ApiError> {
    let wallet = call.app.engine.wallets().verify_owner(call.id("id")?, &call.caller.proof).await?;
    Ok(Answer::ok(OwnerVerifyResponse {
        owner_state: wallet.owner_state(),
        owner_address: wallet.owner.as_ref().map(|owner| owner.address.to_string()),
        owner_verified: wallet.owner.is_some_and(|owner| owner.verified),
    }))
}

/// The wallet of the path, when the caller may see it.
async fn visible(call: &Call<Caller>) -> Result<WalletRow, ApiError> {
    let id: WalletId = call.id("id")?;
    if let Caller::Session(auth) = &call.caller
        && !auth.session.wallets.contains(&id)
    {
        // Whether the wallet exists is none of a stranger's business.
        return Err(ApiError::new(ErrorCode::WalletAccessDenied, "the session has no access to this wallet"));
    }
    Ok(call.app.engine.wallets().get(id).await?)
}

fn approval_method(wallet: &WalletRow) -> Option<ApprovalMethod> {
    ApprovalMethod::parse(wallet.owner.as_ref()?.approval_method.as_deref()?)
}

fn wallet_type(wallet: &WalletRow) -> Option<WalletPreset> {
    WalletPreset::parse(wallet.owner.as_ref()?.wallet_type.as_deref()?)
}
