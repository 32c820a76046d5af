//! `waiaas wallet`: creates wallets and shows them.

use super::arguments;
use super::client::{Client, array, text};
use super::context::Context;
use super::failure::{Exit, Failure};
use super::report::{Report, cell, fields, printable, table};
use serde_json::{Value, json};
use waiaas_sdk::core::chain::{ChainKind, Environment};

/// What to do with wallets.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create a wallet, or show the one that has this name, chain and environment already
    Create(CreateArgs),
    /// List all wallets
    List,
    /// Show one wallet and its networks
    Info(InfoArgs),
}

const CREATE_EXAMPLES: &str = "\
Examples:
  waiaas wallet create --name trading-bot --chain ethereum --environment testnet
  waiaas wallet create --chain evm                 named evm-mainnet
  waiaas wallet create --all --mode testnet        one Solana and one EVM wallet

A new wallet may send nothing until a policy allows it: see `waiaas policy create --help`.
An agent uses it through a session: see `waiaas session create --help`.";

/// Options of `waiaas wallet create`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = CREATE_EXAMPLES)]
pub(super) struct CreateArgs {
    /// Chain: solana, ethereum (or evm: all EVM networks), ripple (or xrpl)
    #[arg(long, value_name = "CHAIN", value_parser = arguments::chain, required_unless_present = "all")]
    chain: Option<ChainKind>,

    /// Create one wallet on Solana and one on EVM, with their default names
    #[arg(long, conflicts_with = "chain")]
    all: bool,

    /// Test coins (testnet) or real money (mainnet)
    #[arg(long, visible_alias = "environment", value_name = "MODE", value_parser = arguments::environment,
        default_value = "mainnet")]
    mode: Environment,

    /// Name, 1 to 100 characters [default: <solana|evm|xrpl>-<mode>]
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    name: Option<String>,

    /// Kind of account
    #[arg(long, value_name = "TYPE", value_parser = ["eoa", "smart"], default_value = "eoa")]
    account_type: String,
}

/// Options of `waiaas wallet info`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct InfoArgs {
    /// Id or name of the wallet [default: the only one]
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME")]
    wallet: Option<String>,
}

/// Runs one of the commands.
///
/// # Errors
/// See [`Client`]; an unknown or ambiguous wallet.
pub(super) async fn run(context: &Context, command: &Command) -> Result<Report, Failure> {
    let client = context.master_client()?;
    match command {
        Command::Create(args) => create(&client, args).await,
        Command::List => list(&client).await,
        Command::Info(args) => info(&client, args).await,
    }
}

/// All wallets of the service, terminated ones included.
///
/// # Errors
/// See [`Client`].
pub(super) async fn all(client: &Client) -> Result<Vec<Value>, Failure> {
    Ok(array(&client.get("/v1/wallets").await?, "items")?.to_vec())
}

/// The wallet that a person means: by id, else by name. A terminated wallet is found by its id only.
///
/// # Errors
/// No wallet or several are meant.
pub(super) fn find<'a>(wallets: &'a [Value], meant: &str) -> Result<&'a Value, Failure> {
    if let Some(wallet) = wallets.iter().find(|wallet| is(wallet, "id", meant)) {
        return Ok(wallet);
    }
    let named = wallets.iter().filter(|wallet| is(wallet, "name", meant) && !is(wallet, "status", "TERMINATED"));
    match named.collect::<Vec<_>>().as_slice() {
        [wallet] => Ok(wallet),
        [] => Err(Failure::new(Exit::NotFound, format!("there is no wallet `{meant}`")).hint(known(wallets))),
        several => {
            let ids: Vec<String> = several.iter().map(|wallet| cell(wallet, "id")).collect();
            Err(Failure::usage(format!("several wallets are named `{meant}`"))
                .hint(format!("name one by its id: {}", ids.join(", "))))
        }
    }
}

/// The wallet of that id or name; without one, the only wallet there is.
///
/// # Errors
/// See [`find`]; no wallet, or several to choose from.
pub(super) fn meant<'a>(wallets: &'a [Value], named: Option<&str>) -> Result<&'a Value, Failure> {
    match (named, wallets) {
        (Some(named), _) => find(wallets, named),
        (None, [only]) => Ok(only),
        (None, []) => Err(Failure::new(Exit::NotFound, "there are no wallets yet").hint(known(wallets))),
        (None, _) => Err(Failure::usage("name a wallet with --wallet <ID|NAME>").hint(known(wallets))),
    }
}

/// Whether the wallet can be used.
pub(super) fn is_active(wallet: &Value) -> bool {
    is(wallet, "status", "ACTIVE")
}

fn is(wallet: &Value, key: &str, expected: &str) -> bool {
    wallet.get(key).and_then(Value::as_str) == Some(expected)
}

fn known(wallets: &[Value]) -> String {
    let entry = |wallet: &Value| format!("{} ({})", cell(wallet, "name"), cell(wallet, "id"));
    let entries: Vec<String> = wallets.iter().map(entry).collect();
    match entries.is_empty() {
        true => "there are no wallets yet: waiaas wallet create --help".to_owned(),
        false => format!("there are: {}", entries.join(", ")),
    }
}

async fn create(client: &Client, args: &CreateArgs) -> Result<Report, Failure> {
    let chains = args.chain.map_or_else(|| vec![ChainKind::Solana, ChainKind::Ethereum], |chain| vec![chain]);
    let existing = all(client).await?;
    let mut report = Report::new("", json!({}));
    let mut wallets = Vec::new();
    for chain in chains {
        match create_one(client, &existing, chain, args).await {
            Ok(wallet) => wallets.push(wallet),
            Err(failure) if args.all => report.failures.push(failure),
            Err(failure) => return Err(failure),
        }
    }
    for wallet in &wallets {
        let reused = wallet.get("reused").and_then(Value::as_bool).unwrap_or_default();
        report.text.push_str(if reused { "Wallet exists already:\n" } else { "Wallet created:\n" });
        report.text.push_str(&describe(wallet));
        report.text.push('\n');
    }
    report.text = report.text.trim_end().to_owned();
    if !wallets.is_empty() {
        report.text.push('\n');
    }
    report.json = match (args.all, wallets.pop()) {
        (false, Some(wallet)) => wallet,
        (_, last) => json!({ "wallets": wallets.into_iter().chain(last).collect::<Vec<_>>() }),
    };
    Ok(report)
}

/// The answer of the service with `availableNetworks` (names) and `reused` added.
async fn create_one(
    client: &Client,
    existing: &[Value],
    chain: ChainKind,
    args: &CreateArgs,
) -> Result<Value, Failure> {
    let prefix = match chain {
        ChainKind::Solana => "solana",
        ChainKind::Ethereum => "evm",
        ChainKind::Ripple => "xrpl",
    };
    let name = args.name.clone().unwrap_or_else(|| format!("{prefix}-{}", args.mode));
    let same = |wallet: &&Value| {
        is(wallet, "name", &name)
            && is(wallet, "chain", chain.as_str())
            && is(wallet, "environment", args.mode.as_str())
            && !is(wallet, "status", "TERMINATED")
    };
    if let Some(wallet) = existing.iter().find(same) {
        return with_networks(client, wallet.clone(), true).await;
    }
    // DIFFERS: the original lets the service issue an unlimited session here and throws its token away.
    // A credential that nobody holds still works when it leaks, so none is made.
    let mut body = json!({
        "name": name,
        "chain": chain.as_str(),
        "environment": args.mode.as_str(),
        "createSession": false,
    });
    if let (Some(body), "smart") = (body.as_object_mut(), args.account_type.as_str()) {
        body.insert("accountType".to_owned(), json!("smart"));
    }
    let wallet = client.post("/v1/wallets", &body).await?;
    with_networks(client, wallet, false).await
}

async fn with_networks(client: &Client, mut wallet: Value, reused: bool) -> Result<Value, Failure> {
    let path = format!("/v1/wallets/{}/networks", text(&wallet, "id")?);
    let answer = client.get(&path).await?;
    let networks: Vec<Value> =
        array(&answer, "availableNetworks")?.iter().filter_map(|row| row.get("network").cloned()).collect();
    if let Some(fields) = wallet.as_object_mut() {
        fields.remove("session");
        fields.insert("availableNetworks".to_owned(), json!(networks));
        fields.insert("reused".to_owned(), json!(reused));
    }
    Ok(wallet)
}

async fn list(client: &Client) -> Result<Report, Failure> {
    let wallets = all(client).await?;
    let columns = ["id", "name", "chain", "environment", "status", "publicKey"];
    let rows: Vec<Vec<String>> =
        wallets.iter().map(|wallet| columns.iter().map(|column| cell(wallet, column)).collect()).collect();
    let text = if rows.is_empty() {
        "No wallets yet. Create one: waiaas wallet create --help\n".to_owned()
    } else {
        table(&["ID", "NAME", "CHAIN", "ENVIRONMENT", "STATUS", "ADDRESS"], &rows)
    };
    Ok(Report::new(text, json!({ "items": wallets })))
}

async fn info(client: &Client, args: &InfoArgs) -> Result<Report, Failure> {
    let wallets = all(client).await?;
    let mut wallet = with_networks(client, meant(&wallets, args.wallet.as_deref())?.clone(), true).await?;
    if let Some(fields) = wallet.as_object_mut() {
        fields.remove("reused");
    }
    Ok(Report::new(describe(&wallet), wallet))
}

fn describe(wallet: &Value) -> String {
    let networks: Vec<String> = wallet
        .get("availableNetworks")
        .and_then(Value::as_array)
        .map(|all| all.iter().filter_map(Value::as_str).map(printable).collect())
        .unwrap_or_default();
    let mut rows = vec![
        ("Name", cell(wallet, "name")),
        ("ID", cell(wallet, "id")),
        ("Chain", cell(wallet, "chain")),
        ("Environment", cell(wallet, "environment")),
        ("Status", cell(wallet, "status")),
        ("Address", cell(wallet, "publicKey")),
        ("Available networks", networks.join(", ")),
        ("Owner", cell(wallet, "ownerAddress")),
        ("Owner state", cell(wallet, "ownerState")),
        ("Account type", cell(wallet, "accountType")),
    ];
    if is(wallet, "accountType", "smart") {
        rows.push(("Signer key", cell(wallet, "signerKey")));
        rows.push(("Deployed", cell(wallet, "deployed")));
    }
    fields(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wallets() -> Vec<Value> {
        vec![
            json!({"id": "1", "name": "bot", "status": "ACTIVE"}),
            json!({"id": "2", "name": "twin", "status": "ACTIVE"}),
            json!({"id": "3", "name": "twin", "status": "SUSPENDED"}),
            json!({"id": "4", "name": "bot", "status": "TERMINATED"}),
            json!({"id": "5", "name": "1", "status": "ACTIVE"}),
        ]
    }

    fn check(meant: &str, expect: Result<&str, Exit>) {
        let wallets = wallets();
        let found = find(&wallets, meant).map(|wallet| cell(wallet, "id")).map_err(|failure| failure.exit);
        assert_eq!(found, expect.map(str::to_owned), "{meant}");
    }

    #[test]
    fn an_id_beats_a_name_and_a_name_must_be_unique() {
        check("1", Ok("1"));
        check("bot", Ok("1"));
        check("4", Ok("4"));
        check("twin", Err(Exit::Usage));
        check("Bot", Err(Exit::NotFound));
    }

    #[test]
    fn a_wallet_is_described_in_lines() {
        let wallet = json!({
            "id": "0190", "name": "bot", "chain": "ethereum", "environment": "testnet", "status": "ACTIVE",
            "publicKey": "0xabc", "ownerAddress": null, "ownerState": "NONE", "accountType": "eoa",
            "availableNetworks": ["ethereum-sepolia", "base-sepolia"],
        });
        assert_eq!(
            describe(&wallet),
            "Name:               bot\n\
             ID:                 0190\n\
             Chain:              ethereum\n\
             Environment:        testnet\n\
             Status:             ACTIVE\n\
             Address:            0xabc\n\
             Available networks: ethereum-sepolia, base-sepolia\n\
             Owner:              -\n\
             Owner state:        NONE\n\
             Account type:       eoa\n"
        );
    }
}
