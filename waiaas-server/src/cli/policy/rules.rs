//! The `rules` object of a policy, made out of command-line options.

use super::super::arguments;
use super::super::failure::Failure;
use super::items::{self, Scope};
use serde_json::{Map, Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use waiaas_sdk::core::chain::{ChainKind, Environment, Network};
use waiaas_sdk::core::money::Decimal;

/// One option group per policy type, and `--rules` for anything else.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct RuleFlags {
    /// The rules as JSON, for any type
    #[arg(long, value_name = "JSON", conflicts_with = "rules_file", help_heading = "Rules")]
    rules: Option<String>,

    /// A file with the rules as JSON; `-` reads standard input
    #[arg(long, value_name = "PATH", help_heading = "Rules")]
    rules_file: Option<PathBuf>,

    /// US dollars up to which a transaction executes at once
    #[arg(long, visible_alias = "instant-max-usd", value_name = "USD", value_parser = usd, help_heading = SPENDING)]
    instant_max: Option<Usd>,

    /// US dollars up to which it executes at once with a notice
    #[arg(long, visible_alias = "notify-max-usd", value_name = "USD", value_parser = usd, help_heading = SPENDING)]
    notify_max: Option<Usd>,

    /// US dollars up to which it executes after a delay; more needs the owner's approval
    #[arg(long, visible_alias = "delay-max-usd", value_name = "USD", value_parser = usd, help_heading = SPENDING)]
    delay_max: Option<Usd>,

    /// Length of the delay in seconds, at least 60
    #[arg(long, value_name = "SECONDS", help_heading = SPENDING)]
    delay_seconds: Option<u32>,

    /// US dollars in any 24 hours
    #[arg(long, visible_alias = "daily-limit-usd", value_name = "USD", value_parser = usd, help_heading = SPENDING)]
    daily_limit: Option<Usd>,

    /// US dollars in any 30 days
    #[arg(long, visible_alias = "monthly-limit-usd", value_name = "USD", value_parser = usd, help_heading = SPENDING)]
    monthly_limit: Option<Usd>,

    /// Seconds that the owner has to approve
    #[arg(long, value_name = "SECONDS", help_heading = SPENDING)]
    approval_timeout: Option<u32>,

    /// Like --instant-max, in the native coin's smallest unit (wei, lamports, drops)
    #[arg(long, value_name = "UNITS", value_parser = digits, help_heading = SPENDING)]
    instant_max_raw: Option<String>,

    /// Like --notify-max, in the native coin's smallest unit
    #[arg(long, value_name = "UNITS", value_parser = digits, help_heading = SPENDING)]
    notify_max_raw: Option<String>,

    /// Like --delay-max, in the native coin's smallest unit
    #[arg(long, value_name = "UNITS", value_parser = digits, help_heading = SPENDING)]
    delay_max_raw: Option<String>,

    /// Tokens: symbol, symbol@network, address or CAIP-19 id
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "ALLOWED_TOKENS")]
    tokens: Vec<String>,

    /// Where symbols without @network are looked up: mainnet or testnet [default: that of the wallet, else mainnet]
    #[arg(long, value_name = "MODE", value_parser = arguments::environment, requires = "tokens",
        help_heading = "ALLOWED_TOKENS")]
    environment: Option<Environment>,

    /// Chain of the listed addresses [default: from the form of each]
    #[arg(long, value_name = "CHAIN", value_parser = arguments::chain, help_heading = "Lists of addresses")]
    chain: Option<ChainKind>,

    /// Contracts that may be called (CONTRACT_WHITELIST): address or name=address
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Lists of addresses")]
    contracts: Vec<String>,

    /// Who may get an allowance (APPROVED_SPENDERS): address or name=address
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Lists of addresses")]
    spenders: Vec<String>,

    /// Who may receive (WHITELIST)
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "Lists of addresses")]
    addresses: Vec<String>,

    /// Networks that may be used, by name or CAIP-2 id
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = arguments::network,
        help_heading = "ALLOWED_NETWORKS")]
    networks: Vec<Network>,

    /// Transactions per period
    #[arg(long, value_name = "COUNT", requires = "period", help_heading = "RATE_LIMIT")]
    max_transactions: Option<u32>,

    /// hourly, daily, weekly or monthly (30 days); rolling
    #[arg(long, value_name = "PERIOD", requires = "max_transactions", help_heading = "RATE_LIMIT")]
    period: Option<String>,
}

const SPENDING: &str = "SPENDING_LIMIT";

/// Rules, and what was looked up for them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rules {
    /// The object to post.
    pub(super) json: Value,
    /// Rows (symbol, network, address) of symbols that stand for addresses nobody typed.
    pub(super) expanded: Vec<Vec<String>>,
}

/// Dollars as typed; parsed, and kept as text so that no float touches them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Usd(String);

/// Digits that survive a trip through a binary float. Longer numbers are sent as strings.
const EXACT_DIGITS: usize = 15;

impl Usd {
    fn to_json(&self) -> Value {
        let significant = self.0.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
        let number = (significant <= EXACT_DIGITS).then(|| serde_json::from_str(&self.0).ok()).flatten();
        number.unwrap_or_else(|| json!(self.0))
    }
}

fn usd(text: &str) -> Result<Usd, String> {
    let text = text.strip_prefix('$').unwrap_or(text);
    Decimal::parse(text).map_err(|error| error.to_string())?;
    Ok(Usd(text.to_owned()))
}

fn digits(text: &str) -> Result<String, String> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("expected a whole number in the smallest unit".to_owned())
    }
}

impl RuleFlags {
    /// The rules for a policy of `policy_type`, limited to `network` when that is given. Symbols are looked up
    /// on the networks of `environment` unless an option says otherwise.
    ///
    /// # Errors
    /// Options of another type, none at all, or values that no rule can be made of.
    pub(super) fn rules(
        &self,
        policy_type: &str,
        network: Option<Network>,
        environment: Environment,
    ) -> Result<Rules, Failure> {
        let groups = self.groups();
        let foreign = groups.iter().find(|group| group.used && group.policy_type != policy_type);
        if let Some(group) = foreign {
            let (flag, other) = (group.flag, group.policy_type);
            return Err(Failure::usage(format!("{flag} belongs to {other}, not to {policy_type}")));
        }
        let own = groups.iter().any(|group| group.used);
        let given = match (&self.rules, &self.rules_file) {
            (Some(text), _) => Some(parse(text, "--rules")?),
            (None, Some(path)) => Some(parse(&read(path)?, &path.display().to_string())?),
            (None, None) => None,
        };
        match (given, own) {
            (Some(_), true) => Err(Failure::usage("give the rules as options or as JSON, not both")),
            (Some(json), false) => Ok(Rules { json, expanded: Vec::new() }),
            (None, true) => self.build(policy_type, network, environment),
            (None, false) => {
                let flags: Vec<&str> =
                    groups.iter().filter(|group| group.policy_type == policy_type).map(|group| group.flag).collect();
                let hint = match flags.is_empty() {
                    true => "pass --rules '<json>' or --rules-file <PATH>".to_owned(),
                    false => format!("pass {}, or --rules '<json>'", flags.join(", ")),
                };
                Err(Failure::usage(format!("a {policy_type} policy needs rules")).hint(hint))
            }
        }
    }

    fn build(&self, policy_type: &str, network: Option<Network>, environment: Environment) -> Result<Rules, Failure> {
        let plain = |json| Ok(Rules { json, expanded: Vec::new() });
        match policy_type {
            SPENDING => plain(self.spending_limit()),
            "ALLOWED_TOKENS" => {
                let environment = self.environment.unwrap_or(environment);
                items::tokens(&self.tokens, Scope { network, environment, chain: self.chain })
            }
            "CONTRACT_WHITELIST" => plain(json!({ "contracts": items::named(&self.contracts, self.chain)? })),
            "APPROVED_SPENDERS" => plain(json!({ "spenders": items::named(&self.spenders, self.chain)? })),
            "WHITELIST" => plain(json!({ "allowed_addresses": items::bare(&self.addresses, self.chain)? })),
            "ALLOWED_NETWORKS" => {
                let rows: Vec<Value> =
                    self.networks.iter().map(|network| json!({ "network": network.as_str() })).collect();
                plain(json!({ "networks": rows }))
            }
            "RATE_LIMIT" => plain(json!({ "maxTransactions": self.max_transactions, "period": self.period })),
            other => Err(Failure::usage(format!("a {other} policy has no options of its own"))
                .hint("pass --rules '<json>' or --rules-file <PATH>")),
        }
    }

    fn spending_limit(&self) -> Value {
        let dollars = |usd: &Option<Usd>| usd.as_ref().map(Usd::to_json);
        let entries = [
            ("instant_max", self.instant_max_raw.as_ref().map(|units| json!(units))),
            ("notify_max", self.notify_max_raw.as_ref().map(|units| json!(units))),
            ("delay_max", self.delay_max_raw.as_ref().map(|units| json!(units))),
            ("instant_max_usd", dollars(&self.instant_max)),
            ("notify_max_usd", dollars(&self.notify_max)),
            ("delay_max_usd", dollars(&self.delay_max)),
            ("delay_seconds", self.delay_seconds.map(|seconds| json!(seconds))),
            ("approval_timeout", self.approval_timeout.map(|seconds| json!(seconds))),
            ("daily_limit_usd", dollars(&self.daily_limit)),
            ("monthly_limit_usd", dollars(&self.monthly_limit)),
        ];
        let rules: Map<String, Value> =
            entries.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
        Value::Object(rules)
    }

    fn groups(&self) -> Vec<Group> {
        let group = |flag, policy_type, used| Group { flag, policy_type, used };
        vec![
            group("--instant-max", SPENDING, self.instant_max.is_some()),
            group("--notify-max", SPENDING, self.notify_max.is_some()),
            group("--delay-max", SPENDING, self.delay_max.is_some()),
            group("--delay-seconds", SPENDING, self.delay_seconds.is_some()),
            group("--daily-limit", SPENDING, self.daily_limit.is_some()),
            group("--monthly-limit", SPENDING, self.monthly_limit.is_some()),
            group("--approval-timeout", SPENDING, self.approval_timeout.is_some()),
            group("--instant-max-raw", SPENDING, self.instant_max_raw.is_some()),
            group("--notify-max-raw", SPENDING, self.notify_max_raw.is_some()),
            group("--delay-max-raw", SPENDING, self.delay_max_raw.is_some()),
            group("--tokens", "ALLOWED_TOKENS", !self.tokens.is_empty()),
            group("--contracts", "CONTRACT_WHITELIST", !self.contracts.is_empty()),
            group("--spenders", "APPROVED_SPENDERS", !self.spenders.is_empty()),
            group("--addresses", "WHITELIST", !self.addresses.is_empty()),
            group("--networks", "ALLOWED_NETWORKS", !self.networks.is_empty()),
            group("--max-transactions", "RATE_LIMIT", self.max_transactions.is_some()),
        ]
    }
}

/// An option, the policy type it describes, and whether it was given.
struct Group {
    flag: &'static str,
    policy_type: &'static str,
    used: bool,
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let result = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    result.map_err(|error| Failure::usage(format!("cannot read {}: {error}", path.display())))
}

fn parse(text: &str, source: &str) -> Result<Value, Failure> {
    match serde_json::from_str(text) {
        Ok(json @ Value::Object(_)) => Ok(json),
        Ok(_) => Err(Failure::usage(format!("the rules in {source} are not a JSON object"))),
        Err(error) => Err(Failure::usage(format!("the rules in {source} are not JSON: {error}"))),
    }
}
