//! The places in rules where a decision can turn: every entry of a list, every threshold.

use crate::node::decimal_text;
use serde_json::Value;
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, ChainKind, Network};
use waiaas_core::money::{BaseUnits, Ratio, Usd};
use waiaas_core::policy::{PolicyRow, PolicyType};

/// Everything that the rules of both sides name, without repetition, in the order of the rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Points {
    /// Of WHITELIST.
    pub(super) recipients: Vec<Address>,
    /// Of CONTRACT_WHITELIST and METHOD_WHITELIST.
    pub(super) contracts: Vec<Address>,
    /// Of METHOD_WHITELIST: selectors as hexadecimal digits.
    pub(super) selectors: Vec<String>,
    /// Of ALLOWED_TOKENS and `token_limits`.
    pub(super) tokens: Vec<Address>,
    /// Of APPROVED_SPENDERS.
    pub(super) spenders: Vec<Address>,
    /// Of LENDING_ASSET_WHITELIST.
    pub(super) lending_assets: Vec<Address>,
    /// Of ALLOWED_NETWORKS, and those that rows are limited to.
    pub(super) networks: Vec<Network>,
    /// Of X402_ALLOWED_DOMAINS: hosts that a pattern covers, and just does not.
    pub(super) x402_hosts: Vec<String>,
    /// Of ERC8128_ALLOWED_DOMAINS.
    pub(super) erc8128_hosts: Vec<String>,
    /// Of PERP_ALLOWED_MARKETS.
    pub(super) markets: Vec<String>,
    /// Of VENUE_WHITELIST.
    pub(super) venues: Vec<String>,
    /// Of ACTION_CATEGORY_LIMIT, with each limit.
    pub(super) categories: Vec<(String, Option<Usd>)>,
    /// Thresholds of a single request in dollars.
    pub(super) usd: Vec<Usd>,
    /// Cumulative limits in dollars.
    pub(super) cumulative: Vec<Usd>,
    /// Thresholds in smallest units: raw ones of SPENDING_LIMIT and those of approvals.
    pub(super) units: Vec<BaseUnits>,
    /// Thresholds of `token_limits`, in whole units.
    pub(super) whole_units: Vec<String>,
    /// `(requests, seconds)` of RATE_LIMIT.
    pub(super) rates: Vec<(u64, u64)>,
    /// `rate_limit_rpm`.
    pub(super) signatures: Vec<u64>,
    /// Of TIME_RESTRICTION.
    pub(super) hours: Vec<Hours>,
    /// Of LENDING_LTV_LIMIT.
    pub(super) ltv: Vec<Ratio>,
    /// Of PERP_MAX_LEVERAGE.
    pub(super) leverage: Vec<Ratio>,
    /// Of PERP_MAX_POSITION_USD.
    pub(super) positions: Vec<Usd>,
    /// Of REPUTATION_THRESHOLD.
    pub(super) scores: Vec<Ratio>,
    /// The types that occur.
    pub(super) types: Vec<PolicyType>,
}

/// The hours of one TIME_RESTRICTION row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hours {
    /// IANA name.
    pub(super) zone: String,
    /// First and last, 0 to 24.
    pub(super) edges: [i64; 2],
}

impl Points {
    /// Collects what the rows name; addresses are those of `chain`.
    pub(super) fn of<'r>(rows: impl Iterator<Item = &'r PolicyRow>, chain: ChainKind) -> Self {
        let mut points = Self::default();
        for row in rows {
            points.networks.extend(row.network);
            points.types.push(row.policy_type);
            let rules = serde_json::from_str::<Value>(&row.rules).unwrap_or_default();
            points.take(row.policy_type, &Rules { rules: &rules, chain });
        }
        points.settle();
        points
    }

    /// Whether either side has a row of the type.
    pub(super) fn has(&self, policy_type: PolicyType) -> bool {
        self.types.contains(&policy_type)
    }

    fn take(&mut self, policy_type: PolicyType, rules: &Rules<'_>) {
        match policy_type {
            PolicyType::SpendingLimit => self.take_spending(rules),
            PolicyType::Whitelist => self.recipients.extend(rules.addresses("allowed_addresses", "address")),
            PolicyType::TimeRestriction => self.hours.extend(rules.hours()),
            PolicyType::RateLimit => self.rates.extend(rules.rate()),
            PolicyType::AllowedTokens => {
                self.tokens.extend(rules.addresses("tokens", "address"));
                let assets = rules.names("tokens", "assetId").into_iter();
                self.tokens.extend(assets.filter_map(|asset| AssetId::parse(&asset).ok()?.token_address()));
            }
            PolicyType::ContractWhitelist => self.contracts.extend(rules.addresses("contracts", "address")),
            PolicyType::MethodWhitelist => {
                self.contracts.extend(rules.addresses("methods", "contractAddress"));
                let selectors = rules.entries("methods").into_iter().filter_map(|entry| entry.get("selectors"));
                let selectors = selectors.filter_map(Value::as_array).flatten().filter_map(Value::as_str);
                self.selectors.extend(selectors.map(|text| text.trim_start_matches("0x").to_lowercase()));
            }
            PolicyType::ApprovedSpenders => {
                self.spenders.extend(rules.addresses("spenders", "address"));
                let limits = rules.names("spenders", "maxAmount").into_iter();
                self.units.extend(limits.filter_map(|text| BaseUnits::parse_digits(&text).ok()));
            }
            PolicyType::ApproveAmountLimit => {
                self.units.extend(rules.text("maxAmount").and_then(|text| BaseUnits::parse_digits(&text).ok()));
            }
            PolicyType::ApproveTierOverride => {}
            PolicyType::AllowedNetworks => {
                let names = rules.names("networks", "network").into_iter();
                self.networks.extend(names.filter_map(|name| Network::parse(&name.to_lowercase()).ok()));
            }
            PolicyType::X402AllowedDomains => self.x402_hosts.extend(rules.hosts()),
            PolicyType::Erc8128AllowedDomains => {
                self.erc8128_hosts.extend(rules.hosts());
                self.signatures.extend(rules.text("rate_limit_rpm").and_then(|text| text.parse::<u64>().ok()));
            }
            PolicyType::LendingLtvLimit => self.ltv.extend(rules.ratios(&["maxLtv", "warningLtv"])),
            PolicyType::LendingAssetWhitelist => self.lending_assets.extend(rules.addresses("assets", "address")),
            PolicyType::PerpMaxLeverage => self.leverage.extend(rules.ratios(&["maxLeverage", "warningLeverage"])),
            PolicyType::PerpMaxPositionUsd => {
                self.positions.extend(rules.usd(&["maxPositionUsd", "warningPositionUsd"]));
            }
            PolicyType::PerpAllowedMarkets => self.markets.extend(rules.names("markets", "market")),
            PolicyType::ReputationThreshold => self.scores.extend(rules.ratios(&["min_score"])),
            PolicyType::VenueWhitelist => self.venues.extend(rules.names("venues", "id")),
            PolicyType::ActionCategoryLimit => {
                let category = rules.text("category").unwrap_or_default();
                self.categories.push((category.clone(), None));
                let limits = rules.usd(&[
                    "per_action_limit_usd",
                    "daily_limit_usd",
                    "monthly_limit_usd",
                    "per_action",
                    "daily",
                    "monthly",
                ]);
                self.categories.extend(limits.into_iter().map(|limit| (category.clone(), Some(limit))));
            }
        }
    }

    fn take_spending(&mut self, rules: &Rules<'_>) {
        let raw = ["instant_max", "notify_max", "delay_max"];
        self.usd.extend(rules.usd(&["instant_max_usd", "notify_max_usd", "delay_max_usd"]));
        self.cumulative.extend(rules.usd(&["daily_limit_usd", "monthly_limit_usd"]));
        self.units.extend(raw.iter().filter_map(|key| BaseUnits::parse_digits(&rules.text(key)?).ok()));
        for (key, limits) in rules.rules.get("token_limits").and_then(Value::as_object).into_iter().flatten() {
            self.tokens.extend(AssetId::parse(key).ok().and_then(|asset| asset.token_address()));
            self.whole_units.extend(raw.iter().filter_map(|name| decimal_text(limits.get(name)?)));
        }
    }

    fn settle(&mut self) {
        distinct(&mut self.recipients);
        distinct(&mut self.contracts);
        distinct(&mut self.selectors);
        distinct(&mut self.tokens);
        distinct(&mut self.spenders);
        distinct(&mut self.lending_assets);
        distinct(&mut self.networks);
        distinct(&mut self.x402_hosts);
        distinct(&mut self.erc8128_hosts);
        distinct(&mut self.markets);
        distinct(&mut self.venues);
        distinct(&mut self.categories);
        distinct(&mut self.usd);
        distinct(&mut self.cumulative);
        distinct(&mut self.units);
        distinct(&mut self.whole_units);
        distinct(&mut self.rates);
        distinct(&mut self.signatures);
        distinct(&mut self.ltv);
        distinct(&mut self.leverage);
        distinct(&mut self.positions);
        distinct(&mut self.scores);
        distinct(&mut self.types);
        self.hours.dedup();
    }
}

/// Drops repetitions, keeping the first of each.
pub(super) fn distinct<T: Ord + Clone>(list: &mut Vec<T>) {
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|value| seen.insert(value.clone()));
}

/// The rules of one row. What cannot be read names nothing: such a row denies, whatever the request.
struct Rules<'r> {
    rules: &'r Value,
    chain: ChainKind,
}

impl Rules<'_> {
    fn text(&self, key: &str) -> Option<String> {
        decimal_text(self.rules.get(key)?)
    }

    fn entries(&self, key: &str) -> Vec<&Value> {
        self.rules.get(key).and_then(Value::as_array).map(|list| list.iter().collect()).unwrap_or_default()
    }

    /// Entries of a list that are texts, or objects with a text at `member`.
    fn names(&self, key: &str, member: &str) -> Vec<String> {
        let name = |entry: &Value| {
            let text = entry.get(member).unwrap_or(entry).as_str()?;
            Some(text.to_owned())
        };
        self.entries(key).into_iter().filter_map(name).collect()
    }

    fn addresses(&self, key: &str, member: &str) -> Vec<Address> {
        let names = self.names(key, member).into_iter();
        names.filter_map(|text| Address::parse_any_case(self.chain, &text).ok()).collect()
    }

    fn usd(&self, keys: &[&str]) -> Vec<Usd> {
        keys.iter().filter_map(|key| Usd::parse(&self.text(key)?).ok()).collect()
    }

    fn ratios(&self, keys: &[&str]) -> Vec<Ratio> {
        keys.iter().filter_map(|key| Ratio::parse(&self.text(key)?).ok()).collect()
    }

    /// The host of every entry; of a pattern `*.name` one below it, and the name itself, which it does not cover.
    fn hosts(&self) -> Vec<String> {
        let hosts = self.names("domains", "domain").into_iter().flat_map(|pattern| match pattern.strip_prefix("*.") {
            Some(name) => vec![format!("www.{name}"), name.to_owned()],
            None => vec![format!("www.{pattern}"), pattern],
        });
        hosts.collect()
    }

    fn rate(&self) -> Option<(u64, u64)> {
        let number = |key: &str| self.text(key)?.parse::<u64>().ok();
        let seconds = || match self.rules.get("period")?.as_str()? {
            "hourly" => Some(3_600),
            "daily" => Some(86_400),
            "weekly" => Some(604_800),
            "monthly" => Some(2_592_000),
            _ => None,
        };
        number("max_requests").or_else(|| number("maxTransactions")).zip(number("window_seconds").or_else(seconds))
    }

    fn hours(&self) -> Option<Hours> {
        let hours = self.rules.get("allowed_hours").or_else(|| self.rules.get("allowedHours"));
        // Days alone change at midnight.
        let edge = |key: &str, without: i64| match hours {
            Some(hours) => hours.get(key).and_then(Value::as_i64).filter(|hour| (0..=24).contains(hour)),
            None => Some(without),
        };
        let zone = self.rules.get("timezone").and_then(Value::as_str).unwrap_or("UTC").to_owned();
        Some(Hours { zone, edges: [edge("start", 0)?, edge("end", 24)?] })
    }
}
