//! The context of a vector, as the evaluator takes it.

use crate::history;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, ChainKind, Environment, Network};
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::money::{Price, Ratio, Usd};
use waiaas_core::policy::{
    ActionFacts, LedgerFacts, LedgerQuery, PolicyRow, PolicySettings, PolicyType, Positions, PriceFact, Subject, Tier,
    TokenFact, UnpricedTier,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Channel, Effects, Operation};
use waiaas_core::wallet::OwnerState;

/// Everything around a request.
pub(crate) struct World {
    pub(crate) subject: Subject,
    pub(crate) now: UnixMillis,
    pub(crate) settings: PolicySettings,
    pub(crate) tokens: BTreeMap<AssetId, TokenFact>,
    listed: BTreeMap<AssetId, Price>,
    oracle_works: bool,
    history: Vec<Value>,
    positions: Value,
    reputation: Map<String, Value>,
    registry_works: bool,
    texts: Map<String, Value>,
    signed_ttl_seconds: i64,
}

impl World {
    /// Merges the context of a vector over the defaults: three keys by key, all others as a whole.
    pub(crate) fn of(defaults: &Value, context: &Value) -> Self {
        let get = |key: &str| context.get(key).unwrap_or(&defaults[key]).clone();
        let merged = |key: &str| {
            let mut all = defaults[key].as_object().unwrap().clone();
            all.extend(context.get(key).and_then(Value::as_object).cloned().unwrap_or_default());
            all
        };
        let wallet = get("wallet");
        let text = |key: &str| wallet[key].as_str().unwrap().to_owned();
        let settings = merged("settings");
        Self {
            subject: Subject {
                wallet: wallet_id(&text("id")),
                chain: ChainKind::parse(&text("chain")).unwrap(),
                environment: Environment::parse(&text("environment")).unwrap(),
                owner: OwnerState::parse(&text("owner_state")).unwrap(),
                network: Network::parse(get("network").as_str().unwrap()).unwrap(),
            },
            now: history::instant(get("now").as_str().unwrap()),
            tokens: by_asset(&merged("tokens"), |token| {
                let decimals = u8::try_from(token["decimals"].as_u64()?).ok()?;
                Some(TokenFact { decimals, symbol: token["symbol"].as_str()?.to_owned() })
            }),
            listed: by_asset(&merged("prices"), |price| Some(Price::parse(price.as_str()?).unwrap())),
            oracle_works: get("price_status") == "ok",
            history: get("history").as_array().unwrap().clone(),
            signed_ttl_seconds: settings["policy.signed_reservation_ttl_seconds"].as_str().unwrap().parse().unwrap(),
            settings: policy_settings(&settings),
            positions: get("positions"),
            reputation: get("reputation").as_object().unwrap().clone(),
            registry_works: get("reputation_status") == "ok",
            texts: settings,
        }
    }

    /// Prices for what the effects move: a working oracle that has no price does not list the asset.
    pub(crate) fn prices(&self, effects: &Effects) -> BTreeMap<AssetId, PriceFact> {
        let assets = effects.operations.iter().filter_map(|operation| match operation {
            Operation::NativeTransfer { .. } => Some(effects.network.native_asset()),
            Operation::TokenTransfer { asset, .. } | Operation::Approval { asset, .. } => Some(*asset),
            Operation::ContractCall { .. } | Operation::NftTransfer { .. } | Operation::Deployment => None,
        });
        let outflows = effects.action.iter().flat_map(|action| &action.outflows).map(|(asset, _)| *asset);
        let assets = assets.chain(outflows);
        let fact = |asset: AssetId| {
            let listed = self.listed.get(&asset).filter(|_| self.oracle_works);
            let absent = if self.oracle_works { PriceFact::NotListed } else { PriceFact::Unavailable };
            listed.map_or(absent, |price| PriceFact::Known(*price))
        };
        assets.map(|asset| (asset, fact(asset))).collect()
    }

    /// What actions and other channels are judged by.
    pub(crate) fn actions(&self, effects: &Effects) -> ActionFacts {
        let usd = |entry: &Value| Usd::parse(entry["usd"].as_str().unwrap()).unwrap();
        let sum = |kind: &str| {
            let of_kind = |entry: &&Value| entry["kind"] == kind;
            let sum =
                |positions: &Vec<Value>| positions.iter().filter(of_kind).map(usd).fold(Usd::ZERO, Usd::saturating_add);
            self.positions.as_array().map(sum)
        };
        let score = |(address, score): (&String, &Value)| {
            let address = Address::parse_any_case(self.subject.chain, address).unwrap();
            Some((address, Ratio::parse(&score.as_number()?.to_string()).unwrap()))
        };
        let scores = self.reputation.iter().filter(|_| self.registry_works);
        ActionFacts {
            positions: sum("SUPPLY").zip(sum("BORROW")).map(|(collateral, debt)| Positions { collateral, debt }),
            reputation: Some(scores.filter_map(score).collect()),
            categories: Some(history::categories(&self.history, self.now)),
            erc8128_recent: match &effects.channel {
                Channel::Erc8128(host) => Some(history::signatures(&self.history, host.as_str(), self.now)),
                _ => None,
            },
        }
    }

    /// A setting of the vector.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.texts.get(name)?.as_str()
    }

    /// What a ledger with this history answers.
    pub(crate) fn ledger(&self, query: &LedgerQuery) -> LedgerFacts {
        history::ledger(&self.history, query, self.now, self.signed_ttl_seconds)
    }
}

/// The row of a vector. Later rows have larger ids.
pub(crate) fn policy_row(position: usize, row: &Value) -> PolicyRow {
    let text = |key: &str| row.get(key).and_then(Value::as_str);
    let mut id = [0; 16];
    id[15] = u8::try_from(position).unwrap();
    let created_at = UnixMillis::from_secs(row.get("createdAt").and_then(Value::as_i64).unwrap_or(0));
    PolicyRow {
        id: PolicyId::from_bytes(id),
        wallet: text("walletId").map(wallet_id),
        network: text("network").map(|network| Network::parse(network).unwrap()),
        policy_type: PolicyType::parse(text("type").unwrap()).unwrap(),
        rules: text("rules_raw").map_or_else(|| row["rules"].to_string(), str::to_owned),
        priority: row["priority"].as_i64().unwrap(),
        enabled: row["enabled"].as_bool().unwrap(),
        ceiling: row.get("ceiling").and_then(Value::as_bool).unwrap_or(false),
        created_at,
        updated_at: created_at,
    }
}

/// `w1`, `w2`, … as ids.
fn wallet_id(name: &str) -> WalletId {
    let number: u8 = name.strip_prefix('w').unwrap().parse().unwrap();
    WalletId::from_bytes([number; 16])
}

/// Entries of assets that this build knows; those of other chains cannot matter here.
fn by_asset<T>(map: &Map<String, Value>, read: impl Fn(&Value) -> Option<T>) -> BTreeMap<AssetId, T> {
    map.iter().filter_map(|(asset, value)| Some((AssetId::parse(asset).ok()?, read(value)?))).collect()
}

fn policy_settings(settings: &Map<String, Value>) -> PolicySettings {
    let text = |key: &str| settings[key].as_str().unwrap();
    PolicySettings {
        default_deny_tokens: text("policy.default_deny_tokens") != "false",
        default_deny_contracts: text("policy.default_deny_contracts") != "false",
        default_deny_spenders: text("policy.default_deny_spenders") != "false",
        default_deny_transfers: text("policy.default_deny_transfers") != "false",
        default_deny_x402_domains: text("policy.default_deny_x402_domains") != "false",
        default_deny_erc8128_domains: text("policy.default_deny_erc8128_domains") != "false",
        default_deny_lending_assets: text("policy.default_deny_lending_assets") != "false",
        default_deny_perp_markets: text("policy.default_deny_perp_markets") != "false",
        default_deny_venues: text("venue_whitelist_enabled") == "true",
        nft_transfer_tier: Tier::parse(text("policy.nft_transfer_default_tier")).unwrap(),
        deploy_tier: Tier::parse(text("rpc_proxy.deploy_default_tier")).unwrap(),
        x402_enabled: text("x402.enabled") != "false",
        x402_request_timeout_seconds: text("x402.request_timeout").parse().unwrap(),
        erc8128_enabled: text("erc8128.enabled") == "true",
        erc8128_default_rpm: text("erc8128.default_rate_limit_rpm").parse().unwrap(),
        zero_policy_passthrough: text("policy.zero_policy_passthrough") == "true",
        legacy_raw_limit_for_tokens: text("policy.legacy_raw_limit_for_tokens") == "true",
        unpriced_tier: match text("policy.unpriced_tier") {
            "" => None,
            "DENY" => Some(UnpricedTier::Deny),
            tier => Some(UnpricedTier::Tier(Tier::parse(tier).unwrap())),
        },
        default_delay_seconds: text("security.policy_defaults_delay_seconds").parse().unwrap(),
        default_approval_timeout_seconds: text("security.policy_defaults_approval_timeout").parse().unwrap(),
    }
}
