//! `waiaas policy diff`: requests that two sets of policies decide differently.

use super::super::client::text;
use super::super::context::Context;
use super::super::failure::Failure;
use super::super::report::{Report, printable};
use super::super::wallet;
use super::documents::{self, LIVE, Zones};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use waiaas_sdk::scenario;

const EXAMPLES: &str = "\
Examples:
  waiaas policy diff old.toml new.toml
  waiaas policy diff live candidate.json --wallet trading-bot
  waiaas policy list --json > before.json; …; waiaas policy diff before.json live
  waiaas policy diff a.json b.json --context context.json

`live` stands for the policies that the service has stored. Requests at every threshold and list entry of both sets are
tried, and combinations of them; that no difference was found is no proof that there is none.";

/// Options of `waiaas policy diff`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in super::super) struct Args {
    /// Policies as they were: a file, or `live`
    #[arg(value_name = "A")]
    before: PathBuf,

    /// Policies as they would be: a file, or `live`
    #[arg(value_name = "B")]
    after: PathBuf,

    /// Prices, tokens, owner and settings in which the requests are tried; or a list of such
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,

    /// Only what can apply to this wallet of the service, by id or name, on its chain and with its owner
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME")]
    wallet: Option<String>,
}

/// Compares the two.
///
/// # Errors
/// Files that cannot be used; no service for `live`.
pub(super) async fn run(context: &Context, args: &Args) -> Result<Report, Failure> {
    let mut surroundings = args.context.as_deref().map_or_else(|| Ok(json!({})), documents::read)?;
    let (mut before, mut after) = (rows(context, &args.before).await?, rows(context, &args.after).await?);
    if let Some(named) = &args.wallet {
        let wallets = wallet::all(&context.master_client()?).await?;
        let wallet = wallet::find(&wallets, named)?;
        let id = text(wallet, "id")?;
        keep_rows_of(id, &mut before);
        keep_rows_of(id, &mut after);
        lay_over(&mut surroundings, wallet);
    }
    let zones = Zones::new();
    let diff = scenario::diff(&before, &after, &surroundings, &|zone, at| zones.offset(zone, at))
        .map_err(|issues| documents::faulty("what is to be compared", &issues))?;
    let lines = diff.to_string().lines().map(|line| printable(line) + "\n").collect::<String>();
    Ok(Report::new(lines, diff.to_json()))
}

/// Leaves out what is for other wallets.
fn keep_rows_of(id: &str, rows: &mut Value) {
    let concerns = |row: &Value| {
        let wallet = row.get("walletId").or_else(|| row.get("wallet_id")).and_then(Value::as_str);
        wallet.is_none_or(|wallet| wallet.eq_ignore_ascii_case(id))
    };
    if let Some(rows) = rows.as_array_mut() {
        rows.retain(concerns);
    }
}

/// Every context is about this wallet.
fn lay_over(surroundings: &mut Value, wallet: &Value) {
    let subject = json!({
        "id": wallet.get("id"), "chain": wallet.get("chain"), "environment": wallet.get("environment"),
        "owner_state": wallet.get("ownerState"),
    });
    let contexts = match surroundings {
        Value::Array(contexts) => contexts.as_mut_slice(),
        one => core::slice::from_mut(one),
    };
    for context in contexts.iter_mut().filter_map(Value::as_object_mut) {
        context.insert("wallet".to_owned(), subject.clone());
    }
}

async fn rows(context: &Context, named: &Path) -> Result<Value, Failure> {
    if named == Path::new(LIVE) { documents::live(&context.master_client()?).await } else { documents::policies(named) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_other_wallets_nothing_is_left() {
        let mut rows =
            json!([{ "walletId": "A" }, { "walletId": "b" }, { "walletId": null }, { "wallet_id": "b" }, {}]);
        keep_rows_of("a", &mut rows);
        assert_eq!(rows, json!([{ "walletId": "A" }, { "walletId": null }, {}]));
    }

    #[test]
    fn every_context_is_about_the_wallet() {
        let wallet =
            json!({ "id": "a", "chain": "ethereum", "environment": "testnet", "ownerState": "NONE", "name": "x" });
        let subject = json!({ "id": "a", "chain": "ethereum", "environment": "testnet", "owner_state": "NONE" });
        let mut one = json!({ "now": 1, "wallet": { "id": "w1" } });
        lay_over(&mut one, &wallet);
        assert_eq!(one, json!({ "now": 1, "wallet": subject }));
        let mut several = json!([{}, { "now": 1 }]);
        lay_over(&mut several, &wallet);
        assert_eq!(several, json!([{ "wallet": subject }, { "now": 1, "wallet": subject }]));
    }
}
