//! A decision as it is stored with its transaction, and the facts in it read back: whoever judges the past again uses
//! what was known then, never what is known now.

use super::s1_validate::{Market, assets_of};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::money::Price;
use waiaas_core::policy::{Decision, PriceFact, TokenFact, TraceEntry, Verdict};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Effects;
use waiaas_core::wallet::OwnerState;
use waiaas_core::wire::transactions::WouldPass;

/// Words for the three price facts.
const KNOWN: &str = "KNOWN";
const NOT_LISTED: &str = "NOT_LISTED";
const UNAVAILABLE: &str = "UNAVAILABLE";

/// The decision as it is stored with the transaction: verdict, the facts it rests on, and the trace.
pub(crate) fn record(
    decision: &Decision,
    would_pass: Option<&WouldPass>,
    market: &Market,
    owner: OwnerState,
    epoch: u64,
) -> Value {
    let prices: Map<String, Value> = market
        .quotes
        .iter()
        .map(|(asset, quote)| {
            let (usd, status) = match quote.fact {
                PriceFact::Known(price) => (Some(price.to_string()), KNOWN),
                PriceFact::NotListed => (None, NOT_LISTED),
                PriceFact::Unavailable => (None, UNAVAILABLE),
            };
            let as_of = quote.as_of.as_secs();
            (asset.to_string(), json!({ "usd": usd, "status": status, "source": quote.source, "asOf": as_of }))
        })
        .collect();
    let token = |(asset, fact): (&AssetId, &TokenFact)| {
        (asset.to_string(), json!({ "decimals": fact.decimals, "symbol": fact.symbol }))
    };
    let tokens: Map<String, Value> = market.tokens.iter().map(token).collect();
    let trace: Vec<Value> = decision.trace.iter().map(trace_line).collect();
    json!({
        "verdict": verdict(&decision.verdict, would_pass),
        "usd": decision.valuation.usd.map(|usd| usd.to_string()),
        "prices": prices,
        "tokens": tokens,
        "owner": owner.as_str(),
        "policyEpoch": epoch,
        "decidedAt": market.now.as_millis(),
        "trace": trace,
    })
}

fn verdict(verdict: &Verdict, would_pass: Option<&WouldPass>) -> Value {
    match verdict {
        Verdict::Allow(allowance) => json!({
            "allowed": true,
            "tier": allowance.tier.as_str(),
            "delaySeconds": allowance.delay_seconds,
            "approvalTimeoutSeconds": allowance.approval_timeout_seconds,
            "approvalReason": allowance.approval_reason.map(|reason| reason.as_str()),
            "downgraded": allowance.downgraded,
        }),
        Verdict::Deny(denial) => json!({
            "allowed": false,
            "deniedBy": denial.denied_by.as_str(),
            "reasonCode": denial.reason.as_str(),
            "message": denial.message,
            "policyId": denial.policy.map(|id| id.to_string()),
            "retryAfterSeconds": denial.retry_after_seconds,
            "instructionIndex": denial.instruction,
            "wouldPass": would_pass,
        }),
    }
}

fn trace_line(entry: &TraceEntry) -> Value {
    json!({
        "rule": entry.rule,
        "policyId": entry.policy.map(|id| id.to_string()),
        "outcome": entry.outcome,
    })
}

/// What a decision of the past was told about the world outside the ledger.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// How far the owner may have been established: one state, or every state when it was not recorded.
    pub(crate) owners: Vec<OwnerState>,
    /// Prices and tokens of that moment. Where prices came from does not matter any more: `quotes` is empty.
    pub(crate) market: Market,
}

impl Recorded {
    /// Reads back what [`record`] wrote about a transaction with these effects.
    ///
    /// # Errors
    /// What a judgement needs and nobody wrote down, in words. Records of version 0.1.0 lack why a price is missing,
    /// and the tokens.
    pub(crate) fn read(record: &Value, effects: &Effects, at: UnixMillis) -> Result<Self, String> {
        let mut market = Market { tokens: BTreeMap::new(), prices: BTreeMap::new(), quotes: BTreeMap::new(), now: at };
        for asset in assets_of(effects) {
            let name = asset.to_string();
            let price = record.get("prices").and_then(|prices| prices.get(&name));
            market.prices.insert(asset, price_fact(&name, price)?);
            if asset.token_address().is_some() {
                let tokens = record.get("tokens").ok_or_else(|| format!("the decimals of {name}"))?;
                // A token that is not in a list that exists answered nothing then either.
                if let Some(token) = tokens.get(&name) {
                    market.tokens.insert(asset, token_fact(&name, token)?);
                }
            }
        }
        let owners = match record.get("owner") {
            None => OwnerState::ALL.to_vec(),
            Some(state) => {
                let state = state.as_str().and_then(OwnerState::parse);
                vec![state.ok_or_else(|| "how far the owner was established".to_owned())?]
            }
        };
        Ok(Self { owners, market })
    }
}

fn price_fact(asset: &str, price: Option<&Value>) -> Result<PriceFact, String> {
    // The oracle was asked for every asset; one that is missing in its answer counts as unavailable.
    let Some(price) = price else { return Ok(PriceFact::Unavailable) };
    let usd = price.get("usd").and_then(Value::as_str).and_then(|text| Price::parse(text).ok());
    match (usd, price.get("status").and_then(Value::as_str)) {
        (Some(usd), Some(KNOWN) | None) => Ok(PriceFact::Known(usd)),
        (None, Some(NOT_LISTED)) => Ok(PriceFact::NotListed),
        (None, Some(UNAVAILABLE)) => Ok(PriceFact::Unavailable),
        _ => Err(format!("why {asset} had no price")),
    }
}

fn token_fact(asset: &str, token: &Value) -> Result<TokenFact, String> {
    let decimals = token.get("decimals").and_then(Value::as_u64).and_then(|number| u8::try_from(number).ok());
    let symbol = token.get("symbol").and_then(Value::as_str);
    match (decimals, symbol) {
        (Some(decimals), Some(symbol)) => Ok(TokenFact { decimals, symbol: symbol.to_owned() }),
        _ => Err(format!("the decimals of {asset}")),
    }
}
