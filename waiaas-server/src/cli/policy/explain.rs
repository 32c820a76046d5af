//! `waiaas policy explain`: how one request would be decided, and why.

use super::super::arguments;
use super::super::client::{array, text};
use super::super::context::Context;
use super::super::failure::Failure;
use super::super::report::{Report, cell, printable};
use super::super::wallet;
use super::documents::{self, Zones};
use super::network;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use waiaas_sdk::core::chain::Network;
use waiaas_sdk::scenario;

const EXAMPLES: &str = "\
Examples:
  waiaas policy explain --wallet trading-bot --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --human-amount 0.5
  waiaas policy explain --wallet trading-bot request.json
  waiaas policy explain --wallet trading-bot request.json --policies candidate.toml
        what the wallet's request would come to if these policies replaced all stored ones
  waiaas policy explain request.json --policies candidate.toml --context context.json
        without the service: prices, spending, owner and time are those of the context

With --wallet (or without --policies) the service decides, by the wallet's present ledger, prices and owner; nothing is
stored or sent. A denial is an answer like any other: the exit code is 0.";

/// Options of `waiaas policy explain`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in super::super) struct Args {
    /// The request: a body of POST /v1/transactions/send, as JSON or TOML; `-` is JSON on standard input
    #[arg(value_name = "FILE", conflicts_with_all = ["tx_type", "to", "amount", "human_amount", "token", "spender", "calldata", "value"])]
    request: Option<PathBuf>,

    /// The wallet, by id or name [default: the only one]
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME")]
    wallet: Option<String>,

    /// Policies that judge in place of the stored ones
    #[arg(long, value_name = "FILE")]
    policies: Option<PathBuf>,

    /// Prices, spending, owner and time, when no service is asked
    #[arg(long, value_name = "FILE", requires = "policies", conflicts_with = "wallet")]
    context: Option<PathBuf>,

    /// The network, when the wallet has several
    #[arg(long, value_name = "NETWORK", value_parser = arguments::network)]
    network: Option<Network>,

    /// TRANSFER, TOKEN_TRANSFER, CONTRACT_CALL or APPROVE [default: what the other options say]
    #[arg(long = "type", value_name = "TYPE")]
    tx_type: Option<String>,

    /// Recipient, or the contract of a call
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,

    /// How much, in smallest units
    #[arg(long, value_name = "DIGITS", conflicts_with = "human_amount")]
    amount: Option<String>,

    /// How much, in whole units
    #[arg(long, value_name = "DECIMAL")]
    human_amount: Option<String>,

    /// The token, by address or CAIP-19 id
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,

    /// Who gets an allowance
    #[arg(long, value_name = "ADDRESS")]
    spender: Option<String>,

    /// Data of a contract call
    #[arg(long, value_name = "HEX")]
    calldata: Option<String>,

    /// Native coin that goes with a contract call, in smallest units
    #[arg(long, value_name = "DIGITS")]
    value: Option<String>,
}

/// Asks the service, or judges here.
///
/// # Errors
/// See [`Client`](super::super::client::Client); files that cannot be read; no request.
pub(super) async fn run(context: &Context, args: &Args) -> Result<Report, Failure> {
    let request = request(args)?;
    let candidate = args.policies.as_deref().map(documents::policies).transpose()?;
    match (&args.wallet, candidate) {
        (None, Some(policies)) => here(args, &policies, &request),
        (_, candidate) => by_the_service(context, args, candidate, request).await,
    }
}

fn request(args: &Args) -> Result<Value, Failure> {
    let mut request = match &args.request {
        Some(path) => documents::read(path)?,
        None => Value::Object(from_flags(args)?),
    };
    if let (Some(network), Some(members)) = (args.network, request.as_object_mut()) {
        members.insert("network".to_owned(), json!(network.as_str()));
    }
    Ok(request)
}

fn from_flags(args: &Args) -> Result<Map<String, Value>, Failure> {
    let implied = match (&args.spender, &args.calldata, &args.token) {
        (Some(_), _, _) => "APPROVE",
        (None, Some(_), _) => "CONTRACT_CALL",
        (None, None, Some(_)) => "TOKEN_TRANSFER",
        (None, None, None) => "TRANSFER",
    };
    let options = [
        ("to", &args.to),
        ("amount", &args.amount),
        ("humanAmount", &args.human_amount),
        ("spender", &args.spender),
        ("calldata", &args.calldata),
        ("value", &args.value),
    ];
    let mut request: Map<String, Value> =
        options.into_iter().filter_map(|(key, value)| Some((key.to_owned(), json!(value.as_ref()?)))).collect();
    if let Some(token) = &args.token {
        let key = if token.contains('/') { "assetId" } else { "address" };
        request.insert("token".to_owned(), json!({ key: token }));
    }
    if request.is_empty() && args.tx_type.is_none() {
        return Err(Failure::usage("no request given").hint("name a file, or use --to and --human-amount"));
    }
    let named = args.tx_type.as_ref().map(|name| name.to_uppercase().replace('-', "_"));
    request.insert("type".to_owned(), json!(named.as_deref().unwrap_or(implied)));
    Ok(request)
}

fn here(args: &Args, policies: &Value, request: &Value) -> Result<Report, Failure> {
    let context = args.context.as_deref().map_or_else(|| Ok(json!({})), documents::read)?;
    let zones = Zones::new();
    let explanation = scenario::explain(policies, &context, request, &|zone, at| zones.offset(zone, at))
        .map_err(|issues| documents::faulty("what is to be explained", &issues))?;
    let mut lines: String = explanation.to_string().lines().map(|line| printable(line) + "\n").collect();
    if args.context.is_none() {
        lines.push_str(
            "  note: decided without the service and without a context: no prices, nothing spent, an owner who has signed\n",
        );
    }
    Ok(Report::new(lines, explanation.to_json()))
}

async fn by_the_service(
    context: &Context,
    args: &Args,
    candidate: Option<Value>,
    request: Value,
) -> Result<Report, Failure> {
    let client = context.master_client()?;
    let wallets = wallet::all(&client).await?;
    let wallet = wallet::meant(&wallets, args.wallet.as_deref())?;
    let mut body = json!({ "walletId": text(wallet, "id")?, "request": request });
    if let (Some(candidate), Some(members)) = (candidate, body.as_object_mut()) {
        members.insert("policies".to_owned(), candidate);
    }
    let answer = client.post("/v1/policies/explain", &body).await?;
    let by = match &args.policies {
        Some(path) => format!("{} in place of the stored policies", path.display()),
        None => "the stored policies".to_owned(),
    };
    let lines = [
        format!("{}\n", verdict(answer.get("verdict").unwrap_or(&Value::Null))),
        format!(
            "  for {} on {}, by {}; owner: {}\n",
            cell(wallet, "name"),
            cell(&answer, "network"),
            printable(&by),
            cell(&answer, "ownerState"),
        ),
        passing(&answer),
        considered(&answer)?,
        facts(&answer)?,
    ];
    Ok(Report::new(lines.concat(), answer))
}

/// What was decided, in the words of the local evaluation.
pub(super) fn verdict(verdict: &Value) -> String {
    if verdict.get("allowed") != Some(&Value::Bool(true)) {
        let (by, reason) = (cell(verdict, "deniedBy"), cell(verdict, "reasonCode"));
        return format!("DENIED by {by} ({reason}): {}", cell(verdict, "message"));
    }
    let mut line = format!("ALLOWED: {}", cell(verdict, "tier"));
    if verdict.get("delaySeconds").is_some() {
        line.push_str(&format!(", after {} s", cell(verdict, "delaySeconds")));
    }
    if verdict.get("approvalTimeoutSeconds").is_some() {
        line.push_str(&format!(", the owner has {} s to sign", cell(verdict, "approvalTimeoutSeconds")));
    }
    if verdict.get("downgraded").is_some() {
        line.push_str(" (instead of APPROVAL: there is no owner)");
    }
    line
}

/// What would let a denied request pass, a line for each way.
fn passing(answer: &Value) -> String {
    let found = answer.pointer("/verdict/wouldPass").unwrap_or(&Value::Null);
    let Some(ways) = found.as_object() else { return String::new() };
    let line = |(way, told): (&String, &Value)| {
        let what = match way.as_str() {
            "amount" => {
                let which = told.get("instruction").map_or_else(String::new, |index| format!(" (instruction {index})"));
                format!("at most {} of {}{which}", cell(told, "largest"), cell(told, "asset"))
            }
            "usd" => format!("a declared value of at most ${}", cell(told, "largest")),
            "leverage" => format!("a leverage of at most {}", cell(told, "largest")),
            "time" => format!("the same from {} on", cell(told, "earliestIso")),
            "owner" => "the same, if the wallet had an owner to ask".to_owned(),
            "entry" => {
                let (entry, list) = (cell(told, "entry"), cell(told, "field"));
                format!("the same with {entry} in `{list}` of {}", cell(told, "policyType"))
            }
            _ => printable(&told.to_string()),
        };
        let tier = cell(told, "tier");
        let tier = if tier == "-" { "something else still refuses it".to_owned() } else { tier };
        format!("  would pass: {what} ({tier})\n")
    };
    ways.iter().map(line).collect()
}

fn considered(answer: &Value) -> Result<String, Failure> {
    let policies = array(answer, "policies")?;
    let line = |rule: &Value| {
        let id = rule.get("policyId").and_then(Value::as_str);
        let policy = policies.iter().find(|policy| id.is_some() && policy.get("id").and_then(Value::as_str) == id);
        let row = policy.map_or_else(String::new, |policy| {
            let ceiling = if policy.get("ceiling") == Some(&Value::Bool(true)) { ", ceiling" } else { "" };
            let scope = if cell(policy, "walletId") == "-" { "every wallet" } else { "this wallet" };
            format!("  [{}: {scope}, {}{ceiling}]", name(policy), network(policy))
        });
        format!("  {:<24} {}{row}\n", cell(rule, "rule"), cell(rule, "outcome"))
    };
    Ok(array(answer, "considered")?.iter().map(line).collect())
}

/// The id of a policy; a row of a file that has none is named by its place, from 0, as in a local evaluation.
fn name(policy: &Value) -> String {
    let id = cell(policy, "id");
    // The service numbers rows without an id; a real one begins with the time of its making.
    let place = id.strip_prefix("00000000-0000-0000-0000-").and_then(|digits| u64::from_str_radix(digits, 16).ok());
    place.map_or(id, |place| format!("row {place}"))
}

fn facts(answer: &Value) -> Result<String, Failure> {
    let mut lines = String::new();
    for part in array(answer, "moves")? {
        let usd = part.get("usd").and_then(Value::as_str);
        let usd = usd.map_or_else(|| "no price".to_owned(), |usd| format!("${usd}"));
        lines.push_str(&format!("  moves: {} of {} ({usd})\n", cell(part, "amount"), cell(part, "asset")));
    }
    for price in array(answer, "prices")? {
        let told = match price.get("usd").and_then(Value::as_str) {
            Some(usd) => format!("${usd}"),
            None => cell(price, "status"),
        };
        lines.push_str(&format!("  price: {} {told} ({})\n", cell(price, "asset"), cell(price, "source")));
    }
    let ledger = answer.get("ledger").unwrap_or(&Value::Null);
    for (key, what) in [("dailyUsd", "in 24 hours"), ("monthlyUsd", "in 30 days")] {
        if ledger.get(key).is_some() {
            lines.push_str(&format!("  spent {what}: ${}\n", cell(ledger, key)));
        }
    }
    for held in array(ledger, "held")?.iter().filter(|held| cell(held, "amount") != "0") {
        lines.push_str(&format!("  in flight: {} of {}\n", cell(held, "amount"), cell(held, "asset")));
    }
    for count in array(ledger, "requests")? {
        let (count, most, window) = (cell(count, "count"), cell(count, "maxRequests"), cell(count, "windowSeconds"));
        lines.push_str(&format!("  requests in {window} s: {count} of {most}\n"));
    }
    Ok(lines)
}
