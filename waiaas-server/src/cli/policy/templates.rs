//! `waiaas policy templates`: sets of policies to begin with.

use super::super::client::text;
use super::super::context::Context;
use super::super::failure::{Exit, Failure};
use super::super::report::{Report, cell, fields, table};
use super::super::wallet;
use super::{documents, scope};
use serde_json::{Map, Value, json};
use waiaas_sdk::scenario::{self, Parameter, Template};

const EXAMPLES: &str = "\
Examples:
  waiaas policy templates
  waiaas policy templates personal-agent
  waiaas policy templates personal-agent --set daily_limit_usd=50 --set networks=base-mainnet --json
  waiaas policy templates personal-agent --apply --wallet trading-bot
  waiaas policy templates treasury --scenario > treasury.json && waiaas policy test treasury.json

Nothing is created without --apply, which shows the policies and asks first.";

/// Options of `waiaas policy templates`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(in super::super) struct Args {
    /// The template [default: list them]
    #[arg(value_name = "NAME")]
    name: Option<String>,

    /// A value for one of its parameters; lists with commas
    #[arg(long = "set", value_name = "PARAMETER=VALUE", requires = "name", value_parser = setting)]
    settings: Vec<(String, String)>,

    /// Create its policies
    #[arg(long, requires = "name", conflicts_with = "scenario")]
    apply: bool,

    /// The wallet they hold for, by id or name [default: every wallet]
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME", requires = "apply")]
    wallet: Option<String>,

    /// Print its cases as a file for `waiaas policy test`, written for the template's own example values
    #[arg(long, requires = "name", conflicts_with = "settings")]
    scenario: bool,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| "expected PARAMETER=VALUE".to_owned())?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Lists, shows or creates.
///
/// # Errors
/// An unknown name, values that do not fit, see [`Client`](super::super::client::Client).
pub(super) async fn run(context: &Context, args: &Args) -> Result<Report, Failure> {
    let Some(name) = &args.name else { return Ok(list()) };
    let template = scenario::template(name).ok_or_else(|| unknown(name))?;
    if args.scenario {
        let document = template.scenario();
        return Ok(Report::new(format!("{document:#}\n"), document));
    }
    let given: Map<String, Value> =
        args.settings.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    let rows = template.rows(&Value::Object(given));
    if args.apply {
        let rows = rows.map_err(|issues| {
            documents::faulty(&format!("the template `{name}` with these values"), &issues)
                .hint(format!("its parameters: waiaas policy templates {name}"))
        })?;
        return apply(context, args, template, rows.as_array().map_or(&[], Vec::as_slice)).await;
    }
    match rows {
        Ok(rows) => Ok(show(template, &rows)),
        // Somebody who only looks has not chosen yet.
        Err(_) if args.settings.is_empty() => Ok(show(template, &Value::Null)),
        Err(issues) => Err(documents::faulty(&format!("the template `{name}` with these values"), &issues)),
    }
}

fn unknown(name: &str) -> Failure {
    let names: Vec<&str> = scenario::templates().iter().map(|template| template.name).collect();
    Failure::new(Exit::NotFound, format!("there is no template `{name}`"))
        .hint(format!("there are: {}", names.join(", ")))
}

fn list() -> Report {
    let mut text = String::new();
    for template in scenario::templates() {
        text.push_str(&format!("{}\n{}\n", template.name, wrapped(template.about)));
    }
    text.push_str("More about one: waiaas policy templates <NAME>\n");
    let all: Vec<Value> = scenario::templates().iter().map(Template::to_json).collect();
    Report::new(text, json!({ "data": all }))
}

fn show(template: &Template, rows: &Value) -> Report {
    let parameter = |parameter: &Parameter| {
        let default = parameter.default.map_or_else(|| "(must be set)".to_owned(), |values| values.join(","));
        // Long lists of defaults would push everything else out of sight.
        let default = match default.len() {
            0 => "(empty)".to_owned(),
            1..=40 => default,
            _ => format!("{} entries", default.split(',').count()),
        };
        vec![parameter.name.to_owned(), default, parameter.about.to_owned()]
    };
    let parameters: Vec<Vec<String>> = template.parameters.iter().map(parameter).collect();
    let mut text = format!("{}\n{}\n", template.name, wrapped(template.about));
    text.push_str(&table(&["PARAMETER", "DEFAULT", "MEANING"], &parameters));
    match rows.as_array() {
        Some(rows) => text.push_str(&format!("\nIts policies:\n{}", listing(rows))),
        None => text.push_str("\nIts policies are shown when every parameter that must be set is: --set NAME=VALUE\n"),
    }
    let mut json = template.to_json();
    if let Some(members) = json.as_object_mut() {
        members.insert("policies".to_owned(), rows.clone());
    }
    Report::new(text, json)
}

fn listing(rows: &[Value]) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| vec![cell(row, "type"), cell(row, "rules")]).collect();
    table(&["TYPE", "RULES"], &rows)
}

async fn apply(context: &Context, args: &Args, template: &Template, rows: &[Value]) -> Result<Report, Failure> {
    let client = context.master_client()?;
    let wallets = wallet::all(&client).await?;
    let wallet = args.wallet.as_deref().map(|meant| wallet::find(&wallets, meant)).transpose()?;
    let wallet_id = wallet.map(|wallet| text(wallet, "id")).transpose()?;
    let bodies: Vec<Value> = rows.iter().map(|row| with_wallet(row, wallet_id)).collect();
    let for_whom = scope(&json!({ "walletId": wallet_id }), &wallets);
    let details = format!(
        "{}For {for_whom}. Policies that exist already stay; of two of one type and scope the newer is in force.",
        listing(&bodies)
    );
    context.confirm(&details, &format!("Create these {} policies?", bodies.len()))?;
    let mut report = Report::new("", Value::Null);
    let mut made = Vec::new();
    for body in &bodies {
        match client.post("/v1/policies", body).await {
            Ok(policy) => made.push(policy),
            Err(failure) => {
                let undone = bodies.len().saturating_sub(made.len());
                report.failures.push(failure.hint(format!("{undone} of {} policies were not created", bodies.len())));
                break;
            }
        }
    }
    for policy in &made {
        report.text.push_str(&fields(&[("ID", cell(policy, "id")), ("Type", cell(policy, "type"))]));
    }
    report.text.push_str(&format!("{} policies of `{}` created for {for_whom}\n", made.len(), template.name));
    report.json = json!({ "template": template.name, "created": made });
    Ok(report)
}

fn with_wallet(row: &Value, wallet_id: Option<&str>) -> Value {
    let mut body = row.clone();
    if let (Some(members), Some(id)) = (body.as_object_mut(), wallet_id) {
        members.insert("walletId".to_owned(), json!(id));
    }
    body
}

/// Text in lines of at most 100 columns, indented.
fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from(" ");
    for word in text.split_whitespace() {
        if line.chars().count().saturating_add(word.chars().count()) >= 100 {
            lines.push_str(&line);
            lines.push('\n');
            line = String::from(" ");
        }
        line.push(' ');
        line.push_str(word);
    }
    lines.push_str(&line);
    lines.push('\n');
    lines
}
