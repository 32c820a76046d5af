//! Stage 3, policy: the evaluator is asked, with facts read under the lock.

use super::s1_validate::Market;
use super::s2_authenticate::Authenticated;
use crate::ports::clock::TimeZones;
use crate::ports::store::WalletRow;
use waiaas_core::chain::Network;
use waiaas_core::policy::{
    ActionFacts, Decision, Facts, Judgement, LedgerFacts, Phase, PolicyBook, PolicySettings, PriceFact, Subject,
    TraceEntry, Verdict,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Effects;
use waiaas_core::wire::transactions::WouldPass;

/// A request that was judged.
pub(crate) struct Decided<'a> {
    pub(crate) request: Authenticated<'a>,
    pub(crate) decision: Decision,
    /// What would have passed instead of a denied request.
    pub(crate) would_pass: Option<WouldPass>,
}

/// Runs the stage. Pure.
pub(crate) fn decide<'a>(request: Authenticated<'a>, rules: &Rules<'_>, ledger: &LedgerFacts) -> Decided<'a> {
    let validated = request.request;
    let subject = subject(&request.state.wallet, validated.network);
    let offset = |zone: &str, at: UnixMillis| rules.time_zones.utc_offset(zone, at);
    let read = |judgement: &Judgement<'_>| {
        let (trace, valuation) = (judgement.trace(), judgement.valuation());
        let decision = Decision { verdict: judgement.verdict().clone(), trace, valuation };
        (decision, WouldPass::of(&judgement.would_pass(&offset)))
    };
    let (decision, would_pass) =
        judge(rules, &subject, &validated.effects, &validated.market, ledger, Phase::Admission, read);
    Decided { request, decision, would_pass }
}

/// Who is judged.
pub(crate) fn subject(wallet: &WalletRow, network: Network) -> Subject {
    Subject {
        wallet: wallet.id,
        chain: wallet.chain,
        environment: wallet.environment,
        owner: wallet.owner_state(),
        network,
    }
}

/// The rules, and what belongs to them rather than to one transaction.
pub(crate) struct Rules<'a> {
    pub(crate) book: &'a PolicyBook,
    pub(crate) settings: &'a PolicySettings,
    pub(crate) time_zones: &'a dyn TimeZones,
}

/// The one call of the evaluator: admission, re-check and dry run all come through here. `read` takes what it needs.
pub(crate) fn judge<T>(
    rules: &Rules<'_>,
    subject: &Subject,
    effects: &Effects,
    market: &Market,
    ledger: &LedgerFacts,
    phase: Phase,
    read: impl FnOnce(&Judgement<'_>) -> T,
) -> T {
    let offset = |zone: &str| Some((zone.to_owned(), rules.time_zones.utc_offset(zone, market.now)?));
    let zone_offsets = rules.book.time_zones(subject, effects).into_iter().filter_map(offset).collect();
    let facts = Facts {
        now: market.now,
        zone_offsets: &zone_offsets,
        prices: &market.prices,
        tokens: &market.tokens,
        ledger,
        // No provider and no other channel exists here yet.
        actions: &ActionFacts::default(),
        settings: rules.settings,
    };
    read(&rules.book.judge(subject, effects, &facts, phase))
}

/// The decision as it is stored with the transaction: verdict, prices used, and the trace.
pub(crate) fn record(
    decision: &Decision,
    would_pass: Option<&WouldPass>,
    market: &Market,
    epoch: u64,
) -> serde_json::Value {
    let verdict = match &decision.verdict {
        Verdict::Allow(allowance) => serde_json::json!({
            "allowed": true,
            "tier": allowance.tier.as_str(),
            "delaySeconds": allowance.delay_seconds,
            "approvalTimeoutSeconds": allowance.approval_timeout_seconds,
            "approvalReason": allowance.approval_reason.map(|reason| reason.as_str()),
            "downgraded": allowance.downgraded,
        }),
        Verdict::Deny(denial) => serde_json::json!({
            "allowed": false,
            "deniedBy": denial.denied_by.as_str(),
            "reasonCode": denial.reason.as_str(),
            "message": denial.message,
            "policyId": denial.policy.map(|id| id.to_string()),
            "retryAfterSeconds": denial.retry_after_seconds,
            "instructionIndex": denial.instruction,
            "wouldPass": would_pass,
        }),
    };
    let prices: serde_json::Map<_, _> = market
        .quotes
        .iter()
        .map(|(asset, quote)| {
            let price = match quote.fact {
                PriceFact::Known(price) => serde_json::Value::String(price.to_string()),
                PriceFact::NotListed | PriceFact::Unavailable => serde_json::Value::Null,
            };
            (
                asset.to_string(),
                serde_json::json!({ "usd": price, "source": quote.source, "asOf": quote.as_of.as_secs() }),
            )
        })
        .collect();
    let trace: Vec<_> = decision.trace.iter().map(trace_line).collect();
    serde_json::json!({
        "verdict": verdict,
        "usd": decision.valuation.usd.map(|usd| usd.to_string()),
        "prices": prices,
        "policyEpoch": epoch,
        "decidedAt": market.now.as_millis(),
        "trace": trace,
    })
}

fn trace_line(entry: &TraceEntry) -> serde_json::Value {
    serde_json::json!({
        "rule": entry.rule,
        "policyId": entry.policy.map(|id| id.to_string()),
        "outcome": entry.outcome,
    })
}
