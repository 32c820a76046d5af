//! `/v1/policies/explain` and `/v1/policies/replay`: questions to the policies that change nothing.

use super::policies::shown;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Master, MasterAuth};
use crate::http::present;
use crate::http::route::Route;
use serde_json::Value;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::policy::{PolicyRow, PriceFact, ReasonCode};
use waiaas_sdk::core::time::UnixMillis;
use waiaas_sdk::core::wire::policy_tools::{
    CandidatePolicy, ConsultedLedger, ConsultedPrice, ConsultedToken, HeldAmount, MovedAmount, PolicyExplainRequest,
    PolicyExplanation, PolicyReplay, PolicyReplayRequest, PolicyVerdict, ReplayedList, ReplayedTransaction,
    RequestCount, considered,
};
use waiaas_sdk::core::wire::transactions::SendBody;
use waiaas_sdk::core::wire::{Issues, UnixSecs};
use waiaas_sdk::engine::ports::store::TxRow;
use waiaas_sdk::engine::services::explain::{Explanation, Question};
use waiaas_sdk::engine::services::replay::{Change, Found, Gap, Replay, ReplayRequest};

const TAG: &str = "Policies";
/// Transactions that one replay judges at most: a few seconds of work.
const MOST_REPLAYED: usize = 10_000;

pub(super) fn routes() -> Vec<Route> {
    use ErrorCode::{
        ChainError, EnvironmentNetworkMismatch, InvalidAddress, NetworkRequired, UnsupportedTxType, WalletNotFound,
        WalletSuspended, WalletTerminated,
    };
    vec![
        Route::post("/v1/policies/explain", Master, explain)
            .tag(TAG)
            .summary("What the policies say about a request at this moment, and why")
            .notes(
                "The decision of a send, on the wallet's present ledger, with every rule that was considered. \
                 `policies` judge in place of the stored ones: to try a change before it is made. Nothing is stored \
                 or sent.",
            )
            .body::<PolicyExplainRequest>()
            .large_body()
            .errors(&[
                ChainError,
                EnvironmentNetworkMismatch,
                InvalidAddress,
                NetworkRequired,
                UnsupportedTxType,
                WalletNotFound,
                WalletSuspended,
                WalletTerminated,
            ]),
        Route::post("/v1/policies/replay", Master, replay)
            .tag(TAG)
            .summary("How other policies would have judged the stored transactions")
            .notes(
                "Each is judged with the prices and facts that were recorded when it was judged, on the ledger that \
                 would have been: what the candidate denies is not spent, what it allows is. A transaction that \
                 lacks a fact is listed, not guessed. At most 10,000 are judged; `stoppedAt` says when there were \
                 more. Nothing is stored or sent.",
            )
            .body::<PolicyReplayRequest>()
            .large_body()
            .errors(&[WalletNotFound]),
    ]
}

async fn explain(call: Call<MasterAuth>) -> Result<Answer<PolicyExplanation>, ApiError> {
    let asked = call.body(PolicyExplainRequest::parse)?;
    let wallet = call.app.engine.wallets().get(asked.wallet_id).await?;
    let request = Value::Object(asked.request);
    let inside = |issues: Issues| PolicyExplainRequest::inside(&issues).unwrap_or(issues);
    let parsed = SendBody::parse(&request, wallet.chain).map_err(inside)?;
    if parsed.wallet_id.is_some_and(|named| named != wallet.id) {
        return Err(ApiError::invalid("request.walletId", "differs from `walletId`"));
    }
    let candidate = rows(asked.policies, call.app.clock.now());
    let question = Question { wallet: wallet.id, network: parsed.network, request: parsed.request, candidate };
    Ok(Answer::ok(explained(call.app.engine.policies().explain(question).await?)?))
}

async fn replay(call: Call<MasterAuth>) -> Result<Answer<PolicyReplay>, ApiError> {
    let asked = call.body(PolicyReplayRequest::parse)?;
    let request = ReplayRequest {
        since: asked.since,
        wallet: asked.wallet_id,
        candidate: rows(asked.policies, call.app.clock.now()),
        most: MOST_REPLAYED,
        listed: asked.limit,
    };
    let replay = call.app.engine.policies().replay(request).await?;
    Ok(Answer::ok(replayed(asked.since, replay)))
}

fn rows(candidate: Option<Vec<CandidatePolicy>>, now: UnixMillis) -> Option<Vec<PolicyRow>> {
    Some(candidate?.iter().enumerate().map(|(position, policy)| policy.row(position, now)).collect())
}

fn explained(explanation: Explanation) -> Result<PolicyExplanation, ApiError> {
    let Explanation { wallet, network, at, owner, decision, would_pass, rows, prices, tokens, query, ledger, epoch } =
        explanation;
    let price = |(asset, quote): (&_, &waiaas_sdk::engine::ports::prices::Quote)| {
        let (usd, status) = match quote.fact {
            PriceFact::Known(price) => (Some(price.to_string()), "KNOWN"),
            PriceFact::NotListed => (None, "NOT_LISTED"),
            PriceFact::Unavailable => (None, "UNAVAILABLE"),
        };
        let (asset, source) = (ToString::to_string(asset), quote.source.clone());
        ConsultedPrice { asset, usd, status: status.to_owned(), source, as_of: quote.as_of.into() }
    };
    let token = |(asset, fact): (&_, &waiaas_sdk::core::policy::TokenFact)| ConsultedToken {
        asset: ToString::to_string(asset),
        decimals: fact.decimals,
        symbol: fact.symbol.clone(),
    };
    let held = query.held.iter().map(|asset| HeldAmount {
        asset: asset.to_string(),
        amount: ledger.held.get(asset).copied().unwrap_or_default().to_string(),
    });
    let requests = ledger.rates.iter().map(|rate| RequestCount {
        window_seconds: rate.window.window_seconds,
        max_requests: rate.window.max_requests,
        count: rate.count,
    });
    let moves = decision.valuation.components.iter().map(|part| MovedAmount {
        asset: part.asset.to_string(),
        amount: part.amount.to_string(),
        usd: part.usd.map(|usd| usd.to_string()),
    });
    Ok(PolicyExplanation {
        wallet_id: wallet,
        network,
        decided_at: at.into(),
        owner_state: owner,
        verdict: PolicyVerdict { would_pass, ..PolicyVerdict::from(&decision.verdict) },
        considered: considered(&decision),
        policies: rows.into_iter().map(shown).collect::<Result<_, _>>()?,
        candidate: epoch.is_none(),
        policy_epoch: epoch,
        moves: moves.collect(),
        usd: decision.valuation.usd.map(|usd| usd.to_string()),
        prices: prices.iter().map(price).collect(),
        tokens: tokens.iter().map(token).collect(),
        ledger: ConsultedLedger {
            held: held.collect(),
            daily_usd: query.daily_usd.then(|| ledger.daily_usd.to_string()),
            monthly_usd: query.monthly_usd.then(|| ledger.monthly_usd.to_string()),
            requests: requests.collect(),
        },
    })
}

fn replayed(since: UnixMillis, replay: Replay) -> PolicyReplay {
    PolicyReplay {
        since: since.into(),
        judged: replay.judged,
        unchanged: replay.unchanged,
        newly_denied: list(&replay.newly_denied, changed),
        newly_allowed: list(&replay.newly_allowed, changed),
        other_tier: list(&replay.other_tier, changed),
        not_replayable: list(&replay.not_replayable, missing),
        stopped_at: replay.stopped_at.map(UnixSecs::from),
    }
}

fn list<T>(found: &Found<T>, show: impl Fn(&T) -> ReplayedTransaction) -> ReplayedList {
    ReplayedList { count: found.count, items: found.first.iter().map(show).collect() }
}

fn changed(change: &Change) -> ReplayedTransaction {
    let candidate = Some(PolicyVerdict::from(&change.decision.verdict));
    ReplayedTransaction { candidate, considered: Some(considered(&change.decision)), ..past(&change.row) }
}

fn missing(gap: &Gap) -> ReplayedTransaction {
    ReplayedTransaction { missing: Some(gap.missing.clone()), ..past(&gap.row) }
}

fn past(row: &TxRow) -> ReplayedTransaction {
    let text = |key: &str| row.decision.pointer(&format!("/verdict/{key}")).and_then(Value::as_str);
    ReplayedTransaction {
        id: row.id,
        wallet_id: row.wallet,
        network: row.network,
        tx_type: row.tx.tx_type(),
        to_address: present::destination(row),
        amount: row.tx.amount().to_string(),
        amount_usd: row.usd.map(|usd| usd.to_string()),
        created_at: row.created_at.into(),
        status: row.status,
        recorded: PolicyVerdict {
            denied_by: text("deniedBy").and_then(waiaas_sdk::core::policy::DeniedBy::parse),
            reason_code: text("reasonCode").and_then(ReasonCode::parse),
            message: text("message").map(ToOwned::to_owned),
            ..PolicyVerdict::bare(row.tier.is_some(), row.tier)
        },
        candidate: None,
        considered: None,
        missing: None,
    }
}
