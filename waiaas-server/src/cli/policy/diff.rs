//! `waiaas policy diff`: requests that two sets of policies decide differently.

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::report::{Report, printable};
use super::documents::{self, LIVE, Zones};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use waiaas_sdk::scenario;

const EXAMPLES: &str = "\
Examples:
  waiaas policy diff old.toml new.toml
  waiaas policy diff live candidate.json
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
}

/// Compares the two.
///
/// # Errors
/// Files that cannot be used; no service for `live`.
pub(super) async fn run(context: &Context, args: &Args) -> Result<Report, Failure> {
    let surroundings = args.context.as_deref().map_or_else(|| Ok(json!({})), documents::read)?;
    let (before, after) = (rows(context, &args.before).await?, rows(context, &args.after).await?);
    let zones = Zones::new();
    let diff = scenario::diff(&before, &after, &surroundings, &|zone, at| zones.offset(zone, at))
        .map_err(|issues| documents::faulty("what is to be compared", &issues))?;
    let text = diff.to_string().lines().map(|line| printable(line) + "\n").collect::<String>();
    Ok(Report::new(text, diff.to_json()))
}

async fn rows(context: &Context, named: &Path) -> Result<Value, Failure> {
    if named == Path::new(LIVE) { documents::live(&context.master_client()?).await } else { documents::policies(named) }
}
