//! `/v1/transactions`: sending, trying out, reading, withdrawing, and the owner's word.

use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Caller, Owner, OwnerAuth, Session, SessionAuth, SessionOrMaster};
use crate::http::present;
use crate::http::route::Route;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::{TxId, WalletId};
use waiaas_sdk::core::tx::TxStatus;
use waiaas_sdk::core::wire::transactions::{
    DryRunSimulationResult, ParsedSend, SendBody, TxApproveResponse, TxCancelResponse, TxDetailResponse,
    TxListResponse, TxPendingListResponse, TxRejectResponse, TxSendResponse,
};
use waiaas_sdk::core::wire::{Components, Schema, UnixSecs};
use waiaas_sdk::engine::EngineError;
use waiaas_sdk::engine::ports::store::{TxRow, WalletRow};
use waiaas_sdk::engine::services::transactions::{SendOutcome, Submission, Withdrawer, resolve_wallet};

const TAG: &str = "Transactions";
/// Longest `wait`, in seconds (`api.md` section 1.13).
const MAX_WAIT_SECONDS: u32 = 60;
/// How often a waiting request looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(super) fn routes() -> Vec<Route> {
    use ErrorCode::{
        ApprovalNotFound, ApprovalTimeout, ChainError, EnvironmentNetworkMismatch, IdempotencyConflict, InvalidAddress,
        InvalidNonce, InvalidSignature, NetworkRequired, OwnerNotConnected, PolicyDenied, RateLimitExceeded,
        TxAlreadyProcessed, TxNotFound, UnsupportedTxType, ValidationFailed, WalletAccessDenied, WalletIdRequired,
        WalletNotFound, WalletSuspended, WalletTerminated,
    };
    let request = [
        ChainError,
        EnvironmentNetworkMismatch,
        InvalidAddress,
        NetworkRequired,
        UnsupportedTxType,
        WalletAccessDenied,
        WalletIdRequired,
        WalletNotFound,
        WalletSuspended,
        WalletTerminated,
    ];
    let decision = [
        TxNotFound,
        ApprovalNotFound,
        ApprovalTimeout,
        TxAlreadyProcessed,
        OwnerNotConnected,
        InvalidSignature,
        InvalidNonce,
    ];
    vec![
        Route::post("/v1/transactions/send", Session, send)
            .tag(TAG)
            .summary("Send a transaction through the pipeline")
            .notes(
                "Answers once the policies have decided: PENDING is executed now, QUEUED waits. \
                 With `dryRun: true` nothing is stored or sent and the answer is a simulation.",
            )
            .query::<WalletId>("walletId", "Which wallet, when the session has several.")
            .query::<u32>("wait", "Seconds to wait for a final status, 0 to 60.")
            .body::<SendBody>()
            .created()
            .also(StatusCode::OK, "A simulation, or an earlier answer.")
            .errors(&request)
            .errors(&[PolicyDenied, RateLimitExceeded, IdempotencyConflict])
            .moves_money()
            .idempotent_in_engine(),
        Route::post("/v1/transactions/simulate", Session, simulate)
            .tag(TAG)
            .summary("What a send would do right now; nothing is stored or sent")
            .query::<WalletId>("walletId", "Which wallet, when the session has several.")
            .body::<SendBody>()
            .errors(&request)
            .errors(&[ValidationFailed]),
        Route::get("/v1/transactions", Session, list)
            .tag(TAG)
            .summary("Transactions of a wallet, newest first")
            .query::<WalletId>("walletId", "Which wallet, when the session has several.")
            .query::<u32>("limit", "Size of a page, 1 to 100; 20 when absent.")
            .query::<TxId>("cursor", "Where the page starts: the `cursor` of the page before.")
            .errors(&[WalletAccessDenied, WalletIdRequired]),
        Route::get("/v1/transactions/pending", Session, pending)
            .tag(TAG)
            .summary("Transactions in PENDING or QUEUED")
            .query::<WalletId>("walletId", "Which wallet, when the session has several.")
            .errors(&[WalletAccessDenied, WalletIdRequired]),
        Route::get("/v1/transactions/{id}", SessionOrMaster, get)
            .tag(TAG)
            .summary("Read a transaction")
            .query::<u32>("wait", "Seconds to wait for a final status, 0 to 60.")
            .errors(&[TxNotFound, WalletAccessDenied]),
        Route::post("/v1/transactions/{id}/cancel", SessionOrMaster, cancel)
            .tag(TAG)
            .summary("Withdraw a transaction that waits")
            .errors(&[TxNotFound, WalletAccessDenied, TxAlreadyProcessed]),
        Route::post("/v1/transactions/{id}/approve", Owner, approve)
            .tag(TAG)
            .summary("The owner lets a waiting transaction proceed")
            .notes(
                "Sign an EIP-4361 message with a nonce from `GET /v1/nonce` and the statement \
                 `Approve transaction <id>`. A transaction in its delay window is executed early.",
            )
            .errors(&decision)
            .errors(&[WalletSuspended]),
        Route::post("/v1/transactions/{id}/reject", Owner, reject)
            .tag(TAG)
            .summary("The owner stops a waiting transaction")
            .notes("As approve, with the statement `Reject transaction <id>`.")
            .errors(&decision),
    ]
}

async fn send(call: Call<SessionAuth>) -> Result<Answer<SendAnswer>, ApiError> {
    let (wallet, parsed) = parse(&call).await?;
    let human = parsed.amount_read_as_human;
    let dry_run = parsed.dry_run || call.query("dryRun") == Some("true");
    let submission = submission(&call, &wallet, parsed)?;
    if dry_run {
        let result = call.app.engine.transactions().dry_run(submission).await?;
        return Ok(Answer::ok(SendAnswer::Simulated(Box::new(result))));
    }
    let wait = wait_seconds(&call)?;
    // The work goes on when the caller hangs up: whatever was admitted is also executed.
    let app = call.app.clone();
    let admitted = tokio::spawn(async move {
        let outcome = app.engine.transactions().send(submission).await?;
        if outcome.row.status == TxStatus::Pending {
            app.work.execute(outcome.row.id);
        } else if outcome.row.status == TxStatus::Queued {
            app.work.reschedule();
        }
        Ok::<_, EngineError>(outcome)
    });
    let mut outcome = admitted.await.map_err(ApiError::internal)??;
    if let Some(denial) = outcome.denial.take() {
        if !call.app.config.compat.async_policy_result {
            return Err(denial.into());
        }
        // As the original answers: the refusal shows when the transaction is read.
        outcome.row.status = TxStatus::Pending;
    }
    if wait > 0 {
        outcome.row = settled(&call.app, outcome.row.id, wait).await?.0;
    }
    let answer = SendAnswer::Accepted(sent(&call, &outcome, human).await);
    Ok(if outcome.replayed { Answer::ok(answer).replayed() } else { Answer::created(answer) })
}

async fn simulate(call: Call<SessionAuth>) -> Result<Answer<DryRunSimulationResult>, ApiError> {
    let rename = |error: ApiError| match error.code() {
        // The contract names another code for faults of this route's body.
        ErrorCode::ActionValidationFailed => error.with_code(ErrorCode::ValidationFailed),
        _ => error,
    };
    let (wallet, parsed) = parse(&call).await.map_err(rename)?;
    let submission = submission(&call, &wallet, parsed)?;
    let result = call.app.engine.transactions().dry_run(submission).await;
    Ok(Answer::ok(result.map_err(|error| rename(error.into()))?))
}

async fn list(call: Call<SessionAuth>) -> Result<Answer<TxListResponse>, ApiError> {
    let wallet = named_wallet(&call, None)?;
    let limit = call.query_int("limit", 1..=100, 20)?;
    let before = call.query_as::<TxId>("cursor")?;
    let mut rows = call.app.engine.transactions().list(wallet, before, limit.saturating_add(1)).await?;
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = rows.len() > size;
    rows.truncate(size);
    let cursor = if has_more { rows.last().map(|row| row.id.to_string()) } else { None };
    Ok(Answer::ok(TxListResponse { items: details(&call.app, rows).await, cursor, has_more }))
}

async fn pending(call: Call<SessionAuth>) -> Result<Answer<TxPendingListResponse>, ApiError> {
    let wallet = named_wallet(&call, None)?;
    let rows = call.app.engine.transactions().pending(wallet).await?;
    Ok(Answer::ok(TxPendingListResponse { items: details(&call.app, rows).await }))
}

async fn get(call: Call<Caller>) -> Result<Answer<TxDetailResponse>, ApiError> {
    let id: TxId = call.id("id")?;
    let wait = wait_seconds(&call)?;
    let (row, approval) = call.app.engine.transactions().get(id).await?;
    if let Caller::Session(auth) = &call.caller {
        resolve_wallet(&auth.session, Some(row.wallet))?;
    }
    let (row, approval) =
        if wait > 0 && !row.status.is_terminal() { settled(&call.app, id, wait).await? } else { (row, approval) };
    let expires_at = approval.filter(|_| row.status == TxStatus::Queued).map(|approval| approval.expires_at);
    Ok(Answer::ok(present::transaction(&call.app, &row, expires_at).await))
}

async fn cancel(call: Call<Caller>) -> Result<Answer<TxCancelResponse>, ApiError> {
    let by = match &call.caller {
        Caller::Session(auth) => Withdrawer::Session(Box::new(auth.session.clone())),
        Caller::Master(_) => Withdrawer::Master,
    };
    let row = call.app.engine.transactions().cancel(call.id("id")?, &by).await?;
    Ok(Answer::ok(TxCancelResponse { id: row.id, status: row.status }))
}

async fn approve(call: Call<OwnerAuth>) -> Result<Answer<TxApproveResponse>, ApiError> {
    let id: TxId = call.id("id")?;
    let app = call.app.clone();
    let proof = call.caller.proof.clone();
    let approved = tokio::spawn(async move {
        let row = app.engine.transactions().approve(id, &proof).await?;
        app.work.execute(row.id);
        Ok::<_, EngineError>(row)
    });
    let row = approved.await.map_err(ApiError::internal)??;
    Ok(Answer::ok(TxApproveResponse { id, status: row.status, approved_at: UnixSecs::from(row.updated_at) }))
}

async fn reject(call: Call<OwnerAuth>) -> Result<Answer<TxRejectResponse>, ApiError> {
    let id: TxId = call.id("id")?;
    let row = call.app.engine.transactions().reject(id, &call.caller.proof).await?;
    Ok(Answer::ok(TxRejectResponse { id, status: row.status, rejected_at: UnixSecs::from(row.updated_at) }))
}

/// The wallet and the request, read in the order that the contract demands: which wallet, may the
/// session use it, and only then the fields, whose form depends on the wallet's chain.
async fn parse(call: &Call<SessionAuth>) -> Result<(WalletRow, ParsedSend), ApiError> {
    let in_body = call.body(SendBody::wallet_id)?;
    let wallet = call.app.engine.wallets().get(named_wallet(call, in_body)?).await?;
    let parsed = call.body(|json| SendBody::parse(json, wallet.chain))?;
    Ok((wallet, parsed))
}

fn named_wallet(call: &Call<SessionAuth>, in_body: Option<WalletId>) -> Result<WalletId, ApiError> {
    let named = match in_body {
        Some(id) => Some(id),
        None => match call.query_as::<WalletId>("walletId")? {
            Some(id) => Some(id),
            None => call.query_as::<WalletId>("wallet_id")?,
        },
    };
    Ok(resolve_wallet(&call.caller.session, named)?)
}

fn submission(call: &Call<SessionAuth>, wallet: &WalletRow, parsed: ParsedSend) -> Result<Submission, ApiError> {
    let idempotency_key = match (call.idempotency_key()?, parsed.idempotency_key) {
        (Some(header), Some(body)) if header != body => {
            return Err(ApiError::invalid("idempotencyKey", "differs from the Idempotency-Key header"));
        }
        (Some(key), _) | (None, Some(key)) => Some(key),
        (None, None) => None,
    };
    Ok(Submission {
        wallet: wallet.id,
        session: call.caller.session.id,
        network: parsed.network,
        request: parsed.request,
        idempotency_key,
    })
}

fn wait_seconds<P>(call: &Call<P>) -> Result<u32, ApiError> {
    call.query_int("wait", 0..=MAX_WAIT_SECONDS, 0)
}

/// The transaction once its status is final, or as it is after `seconds` or when the service stops.
async fn settled(
    app: &crate::app::App,
    id: TxId,
    seconds: u32,
) -> Result<(TxRow, Option<waiaas_sdk::engine::ports::store::ApprovalRow>), ApiError> {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(u64::from(seconds));
    loop {
        let found = app.engine.transactions().get(id).await?;
        if found.0.status.is_terminal() || tokio::time::Instant::now() >= deadline || app.stop.is_wanted() {
            return Ok(found);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn sent(call: &Call<SessionAuth>, outcome: &SendOutcome, human: bool) -> TxSendResponse {
    let row = &outcome.row;
    let amount = present::amount(&call.app, row).await;
    TxSendResponse {
        id: row.id,
        status: row.status,
        tier: row.tier,
        execute_at: row.delay_until.filter(|_| row.status == TxStatus::Queued).map(UnixSecs::from),
        expires_at: outcome.approval_expires_at.map(UnixSecs::from),
        amount: Some(row.tx.amount().to_string()),
        amount_formatted: amount.as_ref().map(|amount| amount.formatted.clone()),
        amount_decimals: amount.as_ref().map(|amount| amount.decimals),
        amount_symbol: amount.map(|amount| amount.symbol),
        interpreted_as: human.then(|| "human".to_owned()),
        tx_hash: row.tx_hash.clone(),
    }
}

async fn details(app: &crate::app::App, rows: Vec<TxRow>) -> Vec<TxDetailResponse> {
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(present::transaction(app, row, None).await);
    }
    items
}

/// What a send answers.
#[derive(Serialize)]
#[serde(untagged)]
enum SendAnswer {
    Accepted(TxSendResponse),
    Simulated(Box<DryRunSimulationResult>),
}

impl Schema for SendAnswer {
    fn definition() -> Value {
        serde_json::json!({ "oneOf": [TxSendResponse::reference(), DryRunSimulationResult::reference()] })
    }

    fn register(components: &mut Components) {
        TxSendResponse::register(components);
        DryRunSimulationResult::register(components);
    }
}
