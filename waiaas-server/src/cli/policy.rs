//! `waiaas policy` and `waiaas create-policy`: what wallets may do, and the tools to find that out beforehand.

mod cases;
mod diff;
mod documents;
mod explain;
mod items;
mod replay;
mod rules;
mod templates;

use super::arguments;
use super::client::{Client, text};
use super::context::Context;
use super::failure::{Failure, Issue, Refusal};
use super::report::{Report, cell, fields, table};
use super::wallet;
use rules::{RuleFlags, Rules};
use serde_json::{Map, Value, json};
use waiaas_sdk::core::chain::{Environment, Network};
use waiaas_sdk::core::id::PolicyId;
use waiaas_sdk::core::policy::{PolicyType, validate_rules};

/// What to do with policies.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create a policy
    Create(Box<CreateArgs>),
    /// List policies, those that win first
    List(ListArgs),
    /// Delete a policy
    Delete(DeleteArgs),
    /// Run files of cases: given policies, when a request comes, expect a decision
    Test(cases::Args),
    /// Say how a request would be decided, and why
    Explain(Box<explain::Args>),
    /// Find requests that two sets of policies decide differently
    Diff(diff::Args),
    /// Judge the stored transactions again by other policies
    Replay(replay::Args),
    /// Show sets of policies to begin with, and create them
    Templates(templates::Args),
}

const CREATE_EXAMPLES: &str = "\
Examples:
  waiaas policy create --type SPENDING_LIMIT --instant-max 10 --notify-max 100 --delay-max 1000 --daily-limit 500
        up to $10 at once, up to $100 with a notice, up to $1000 after a delay, above that with the owner's approval
  waiaas policy create --type ALLOWED_TOKENS --tokens USDC,ETH
  waiaas policy create --type ALLOWED_TOKENS --tokens USDC@base-mainnet --wallet trading-bot
  waiaas policy create --type CONTRACT_WHITELIST --contracts router=0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D
  waiaas policy create --type APPROVED_SPENDERS --spenders 0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D
  waiaas policy create --type WHITELIST --addresses 0x70997970C51812dc3A010C7d01b50e0d17dc79C8
  waiaas policy create --type ALLOWED_NETWORKS --networks ethereum-sepolia,base-sepolia
  waiaas policy create --type RATE_LIMIT --max-transactions 10 --period hourly
  waiaas policy create --type SPENDING_LIMIT --rules '{\"instant_max\":\"1000000000000000\"}' --dry-run

Dollar amounts need prices. Without --wallet the policy holds for every wallet that has no policy of the
same type of its own; with --ceiling it holds for every wallet, and the stricter of the two decides.
`waiaas create-policy` is the same command.";

/// Options of `waiaas policy create`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = CREATE_EXAMPLES)]
pub(super) struct CreateArgs {
    /// What the policy restricts, for example SPENDING_LIMIT
    #[arg(long = "type", value_name = "TYPE", value_parser = policy_type)]
    policy_type: String,

    /// The wallet it holds for, by id or name [default: every wallet]
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME")]
    wallet: Option<String>,

    /// The network it holds on [default: every network]
    #[arg(long, value_name = "NETWORK", value_parser = arguments::network)]
    network: Option<Network>,

    /// Among policies of one type and scope the highest priority is in force
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    priority: Option<i64>,

    /// Store it without enforcing it
    #[arg(long)]
    disabled: bool,

    /// Hold in addition to whatever other policy applies; it can only tighten
    #[arg(long)]
    ceiling: bool,

    /// Check and show the policy without creating it
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    flags: RuleFlags,
}

/// Options of `waiaas policy list`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Only policies that can apply to this wallet: its own and those of every wallet
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME")]
    wallet: Option<String>,
}

/// Options of `waiaas policy delete`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct DeleteArgs {
    /// Id of the policy
    #[arg(value_name = "POLICY_ID")]
    id: PolicyId,
}

/// Runs one of the commands.
///
/// # Errors
/// See [`Client`]; rules that cannot be made out of the options; a declined confirmation.
pub(super) async fn run(context: &Context, command: &Command) -> Result<Report, Failure> {
    match command {
        Command::Create(args) => create(context, args).await,
        Command::List(args) => list(&context.master_client()?, args).await,
        Command::Delete(args) => delete(context, args).await,
        Command::Test(args) => cases::run(args),
        Command::Explain(args) => explain::run(context, args).await,
        Command::Diff(args) => diff::run(context, args).await,
        Command::Replay(args) => replay::run(context, args).await,
        Command::Templates(args) => templates::run(context, args).await,
    }
}

/// `waiaas policy create`, and `waiaas create-policy` in the spelling of the tutorials.
///
/// # Errors
/// See [`run`].
pub(super) async fn create(context: &Context, args: &CreateArgs) -> Result<Report, Failure> {
    let make = |environment| args.flags.rules(&args.policy_type, args.network, environment);
    // Without a wallet to look up, the flags are checked before the service or the password is needed.
    let early = if args.wallet.is_none() { Some(make(Environment::Mainnet)?) } else { None };
    // A dry run for every wallet needs no service: nothing has to be looked up.
    let client = if args.dry_run && args.wallet.is_none() { None } else { Some(context.master_client()?) };
    let wallets = match (&client, &args.wallet) {
        (Some(client), Some(_)) => wallet::all(client).await?,
        _ => Vec::new(),
    };
    let wallet = args.wallet.as_deref().map(|meant| wallet::find(&wallets, meant)).transpose()?;
    // Symbols mean tokens of the wallet's own networks: one of another environment would never match.
    let environment = wallet.and_then(|wallet| Environment::parse(text(wallet, "environment").ok()?));
    let rules = match early {
        Some(rules) => rules,
        None => make(environment.unwrap_or(Environment::Mainnet))?,
    };
    let body = request(args, &rules, wallet.map(|wallet| text(wallet, "id")).transpose()?);
    let Some(client) = client.filter(|_| !args.dry_run) else {
        return dry_run(args, &rules, &body, &wallets);
    };
    if !rules.expanded.is_empty() {
        context.confirm(&expansion(&rules), &format!("Create this {} policy?", args.policy_type))?;
    }
    let policy = client.post("/v1/policies", &body).await?;
    Ok(Report::new(format!("Policy created:\n{}", describe(&policy, &wallets)), policy))
}

fn policy_type(text: &str) -> Result<String, String> {
    let name = text.to_uppercase().replace('-', "_");
    if name.is_empty() { Err("expected a name such as SPENDING_LIMIT".to_owned()) } else { Ok(name) }
}

fn request(args: &CreateArgs, rules: &Rules, wallet_id: Option<&str>) -> Value {
    let mut body = Map::new();
    body.insert("type".to_owned(), json!(args.policy_type));
    body.insert("rules".to_owned(), rules.json.clone());
    let options = [
        ("walletId", wallet_id.map(|id| json!(id))),
        ("network", args.network.map(|network| json!(network.as_str()))),
        ("priority", args.priority.map(|priority| json!(priority))),
        ("enabled", args.disabled.then_some(Value::Bool(false))),
        ("ceiling", args.ceiling.then_some(Value::Bool(true))),
    ];
    for (key, value) in options {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    }
    Value::Object(body)
}

/// Checks the rules as the service would and shows what would be sent.
fn dry_run(args: &CreateArgs, rules: &Rules, body: &Value, wallets: &[Value]) -> Result<Report, Failure> {
    let known = PolicyType::ALL.iter().find(|known| known.as_str() == args.policy_type);
    let Some(known) = known else {
        let names: Vec<&str> = PolicyType::ALL.iter().map(|known| known.as_str()).collect();
        return Err(Failure::failed(format!("there is no policy type `{}`", args.policy_type))
            .hint(format!("there are: {}", names.join(", "))));
    };
    if let Err(issues) = validate_rules(*known, &rules.json) {
        let issues =
            issues.into_iter().map(|issue| Issue { path: issue.path.join("."), message: issue.message }).collect();
        return Err(
            Failure::failed("the service would refuse this policy").refused(Refusal { issues, ..Refusal::default() })
        );
    }
    let mut text = format!("Nothing was created. This would be:\n{}", describe(body, wallets));
    if !rules.expanded.is_empty() {
        text.push_str(&format!("\n{}", expansion(rules)));
    }
    Ok(Report::new(text, json!({ "dryRun": true, "request": body })))
}

fn expansion(rules: &Rules) -> String {
    format!("The symbols stand for:\n{}", table(&["SYMBOL", "WHERE", "ADDRESS"], &rules.expanded))
}

/// A policy as the service answers it, or as it would be requested.
fn describe(policy: &Value, wallets: &[Value]) -> String {
    let flag = |key: &str, default: bool| {
        let set = policy.get(key).and_then(Value::as_bool).unwrap_or(default);
        if set { "yes" } else { "no" }.to_owned()
    };
    let mut rows = Vec::new();
    if policy.get("id").is_some() {
        rows.push(("ID", cell(policy, "id")));
    }
    rows.extend([
        ("Type", cell(policy, "type")),
        ("Scope", scope(policy, wallets)),
        ("Network", network(policy)),
        ("Priority", policy.get("priority").map_or("0".to_owned(), Value::to_string)),
        ("Enabled", flag("enabled", true)),
        ("Ceiling", flag("ceiling", false)),
        ("Rules", cell(policy, "rules")),
    ]);
    fields(&rows)
}

fn scope(policy: &Value, wallets: &[Value]) -> String {
    let Some(id) = policy.get("walletId").and_then(Value::as_str) else { return "every wallet (global)".to_owned() };
    match wallets.iter().find(|wallet| wallet.get("id").and_then(Value::as_str) == Some(id)) {
        Some(wallet) => format!("wallet {} ({id})", cell(wallet, "name")),
        None => format!("wallet {}", cell(policy, "walletId")),
    }
}

fn network(policy: &Value) -> String {
    match policy.get("network").and_then(Value::as_str) {
        Some(_) => cell(policy, "network"),
        None => "every network".to_owned(),
    }
}

async fn list(client: &Client, args: &ListArgs) -> Result<Report, Failure> {
    let wallets = wallet::all(client).await?;
    let query = match &args.wallet {
        Some(meant) => format!("walletId={}&", text(wallet::find(&wallets, meant)?, "id")?),
        None => String::new(),
    };
    let policies = client.pages("/v1/policies", &query).await?;
    let row = |policy: &Value| {
        let flag = |key: &str| policy.get(key).and_then(Value::as_bool).unwrap_or_default();
        let state = match (flag("enabled"), flag("ceiling")) {
            (false, _) => "disabled",
            (true, true) => "ceiling",
            (true, false) => "enabled",
        };
        let (scope, network) = (scope(policy, &wallets), network(policy));
        let rules = cell(policy, "rules");
        vec![
            cell(policy, "id"),
            cell(policy, "type"),
            scope,
            network,
            cell(policy, "priority"),
            state.to_owned(),
            rules,
        ]
    };
    let text = if policies.is_empty() {
        "No policies: every wallet may send nothing. Create one: waiaas policy create --help\n".to_owned()
    } else {
        let rows: Vec<Vec<String>> = policies.iter().map(row).collect();
        table(&["ID", "TYPE", "SCOPE", "NETWORK", "PRIORITY", "STATE", "RULES"], &rows)
    };
    Ok(Report::new(text, json!({ "total": policies.len(), "data": policies })))
}

async fn delete(context: &Context, args: &DeleteArgs) -> Result<Report, Failure> {
    let client = context.master_client()?;
    let path = format!("/v1/policies/{}", args.id);
    let policy = client.get(&path).await?;
    let question = format!("Delete this policy? What it forbids may become possible. ({})", args.id);
    context.confirm(&describe(&policy, &[]), &question)?;
    let answer = client.delete(&path).await?;
    Ok(Report::new(format!("Deleted {} policy {}\n", cell(&policy, "type"), args.id), answer))
}

#[cfg(test)]
mod tests;
