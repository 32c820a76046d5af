//! Rows to begin with.
//!
//! ```
//! use serde_json::json;
//!
//! let template = waiaas_scenario::template("personal-agent").unwrap();
//! let given = json!({ "daily_limit_usd": 50, "networks": ["base-mainnet"] });
//! let rows = template.rows(&given).unwrap();
//! assert!(rows.as_array().unwrap().iter().any(|row| row["type"] == "SPENDING_LIMIT"));
//!
//! // Its own scenario says what passes, what waits and what is denied.
//! let report = waiaas_scenario::run(&template.scenario(), &waiaas_scenario::no_zones).unwrap();
//! assert!(report.passed(), "{report}");
//! ```

mod payments;
mod personal_agent;
mod trading_bot;
mod treasury;
mod values;

pub use values::{Parameter, ParameterKind};

use crate::node::{Faults, Node};
use crate::rows;
use serde_json::{Map, Value, json};
use values::Values;
use waiaas_core::wire::Issues;

/// A set of rows for one purpose.
#[derive(Debug)]
pub struct Template {
    /// Its name, for commands.
    pub name: &'static str,
    /// What it is for, what it allows and what it does not, for people.
    pub about: &'static str,
    /// What can be chosen.
    pub parameters: &'static [Parameter],
    /// Values for the parameters that the scenario is written for.
    example: fn() -> Value,
    /// The rows for values of all parameters.
    build: fn(&Values) -> Vec<Value>,
    /// The context and the cases of the scenario.
    cases: fn() -> (Value, Value),
}

/// All templates.
#[must_use]
pub const fn templates() -> &'static [Template] {
    &ALL
}

/// The template of that name.
#[must_use]
pub fn template(name: &str) -> Option<&'static Template> {
    ALL.iter().find(|template| template.name == name)
}

static ALL: [Template; 4] = [personal_agent::TEMPLATE, trading_bot::TEMPLATE, treasury::TEMPLATE, payments::TEMPLATE];

impl Template {
    /// The rows, each a body of `POST /v1/policies` without a wallet. `given` is an object of values for parameters;
    /// lists may be written as one text with commas.
    ///
    /// # Errors
    /// Values that are missing, unknown or not of the parameter's kind. Values that do not go together (a first
    /// threshold above the second) are reported at the rule that they lead to, as `rows.0.rules.…`.
    pub fn rows(&self, given: &Value) -> Result<Value, Issues> {
        let mut faults = Faults::default();
        let values = Values::read(self.parameters, &Node::root(given), &mut faults);
        let values = faults.finish(Some(values))?;
        let rows = Value::from((self.build)(&values));
        // Which time zones exist is checked when the rows are stored.
        let doubts = rows::doubts(&Node::at(&rows, "rows"), &|_, _| Some(0));
        Issues::from_list(doubts).map_or(Ok(rows), Err)
    }

    /// A document for [`run`](crate::run): the rows for the values of an example, and what must come out.
    #[must_use]
    pub fn scenario(&self) -> Value {
        let rows = self.rows(&(self.example)()).unwrap_or_default();
        let (context, cases) = (self.cases)();
        json!({ "name": self.name, "policies": rows, "context": context, "cases": cases })
    }

    /// Name, description and parameters, as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let parameters: Vec<Value> = self.parameters.iter().map(Parameter::to_json).collect();
        json!({ "name": self.name, "about": self.about, "parameters": parameters })
    }
}

/// One row.
fn row(policy_type: &str, rules: Value) -> Value {
    let mut row = Map::new();
    row.insert("type".to_owned(), Value::from(policy_type));
    row.insert("rules".to_owned(), rules);
    Value::Object(row)
}

/// ALLOWED_NETWORKS, when networks were chosen.
fn networks(values: &Values) -> Option<Value> {
    let networks = values.list("networks");
    (!networks.is_empty()).then(|| row("ALLOWED_NETWORKS", json!({ "networks": networks })))
}

/// ALLOWED_TOKENS for a list of CAIP-19 ids; `None` when it is empty, which denies every token.
fn tokens(values: &Values) -> Option<Value> {
    let entry = |asset: &String| {
        let address = asset.rsplit_once(':').map_or(asset.as_str(), |(_, reference)| reference);
        json!({ "address": address, "assetId": asset })
    };
    let tokens: Vec<Value> = values.list("tokens").iter().map(entry).collect();
    (!tokens.is_empty()).then(|| row("ALLOWED_TOKENS", json!({ "tokens": tokens })))
}

/// RATE_LIMIT per hour.
fn hourly(values: &Values) -> Value {
    let rules = json!({ "max_requests": values.count("requests_per_hour"), "window_seconds": 3_600 });
    row("RATE_LIMIT", rules)
}

/// USDC on the main nets that have Circle's own contract (`policy.md` section 9).
const USDC: &[&str] = &[
    "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
    "eip155:8453/erc20:0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",
    "eip155:137/erc20:0x3c499c542cef5e3811e1192ce70d8cc03d5c3359",
    "eip155:42161/erc20:0xaf88d065e77c8cc2239327c5edb3a432268e5831",
    "eip155:10/erc20:0x0b2c639c533813f4aa9d7837caf62653d097ff85",
];

const NETWORKS: Parameter = Parameter {
    name: "networks",
    about: "Networks that may be used; empty is every network of the wallet.",
    kind: ParameterKind::Networks,
    default: Some(&[]),
};

const TOKENS: Parameter = Parameter {
    name: "tokens",
    about: "Tokens that may be moved, as CAIP-19 ids; USDC on the main nets unless chosen otherwise.",
    kind: ParameterKind::Assets,
    default: Some(USDC),
};

/// The context of the scenarios: prices and tokens of the Ethereum main net.
fn context() -> Value {
    json!({
        "prices": { "eip155:1/slip44:60": "2000", "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48": "1" },
        "tokens": {
            "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48": { "decimals": 6, "symbol": "USDC" },
        },
    })
}

/// An account that the examples trust.
const KNOWN: &str = "0x1000000000000000000000000000000000000001";
/// One that they do not know.
const STRANGER: &str = "0x2000000000000000000000000000000000000002";
/// A contract that the examples trust.
const ROUTER: &str = "0x3000000000000000000000000000000000000003";

fn usdc(to: &str, dollars: &str) -> Value {
    let token = json!({ "address": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48" });
    json!({ "type": "TOKEN_TRANSFER", "to": to, "token": token, "humanAmount": dollars })
}

fn allow(spender: &str, dollars: &str) -> Value {
    let token = json!({ "address": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48" });
    json!({ "type": "APPROVE", "spender": spender, "token": token, "humanAmount": dollars })
}

fn case(name: &str, request: Value, expect: Value) -> Value {
    json!({ "name": name, "request": request, "expect": expect })
}

/// A case after `usd` were spent an hour before.
fn after(usd: &str, mut case: Value) -> Value {
    let spent = json!([{ "status": "CONFIRMED", "at": "2026-01-05T11:00:00Z", "usd": usd }]);
    if let Some(members) = case.as_object_mut() {
        members.insert("context".to_owned(), json!({ "history": spent }));
    }
    case
}

/// A case in another context.
fn within(context: Value, mut case: Value) -> Value {
    if let Some(members) = case.as_object_mut() {
        members.insert("context".to_owned(), context);
    }
    case
}
