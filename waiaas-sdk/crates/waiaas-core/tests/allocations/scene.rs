//! A wallet under rules of all types, with short lists and with long ones. The benchmark measures the same scenes.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::{AssetId, ChainKind, Environment, Network};
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::money::{BaseUnits, Price, Ratio, Usd};
use waiaas_core::policy::{
    ActionFacts, CategoryUse, Facts, LedgerFacts, PolicyRow, PolicySettings, PolicyType, Positions, PriceFact,
    RateCount, RateWindow, Subject, TokenFact,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::OwnerState;

/// Where everything happens.
pub(crate) const NETWORK: Network = Network::EthereumMainnet;

/// How much there is to look through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// One row of each type, five entries in each list.
    Small,
    /// 1,000 rows, 10,000 entries in each list that is in force.
    Large,
}

impl Scale {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Small, Self::Large];

    /// For people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }

    /// How many entries each list has.
    pub(crate) const fn entries(self) -> u64 {
        match self {
            Self::Small => 5,
            Self::Large => 10_000,
        }
    }

    const fn rows(self) -> usize {
        match self {
            Self::Small => 0,
            Self::Large => 1_000,
        }
    }
}

/// An address of which nothing can be guessed from its number: SplitMix64 over the number.
pub(crate) fn address(number: u64) -> Address {
    Address::Evm(account(number))
}

fn account(number: u64) -> EvmAddress {
    let mut bytes = [0; 20];
    for (position, chunk) in bytes.chunks_mut(8).enumerate() {
        let mut word = number.wrapping_mul(3).wrapping_add(position as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        chunk.copy_from_slice(&(word ^ (word >> 31)).to_be_bytes()[..chunk.len()]);
    }
    EvmAddress::from_bytes(bytes)
}

/// Numbers of tokens begin here.
const TOKENS: u64 = 1 << 32;

/// A token, by a number of its own.
pub(crate) fn token(number: u64) -> AssetId {
    AssetId::token(NETWORK, &address(TOKENS + number)).unwrap()
}

/// The rows that are in force for the wallet, and in the large scene as many others as make a thousand.
pub(crate) fn rows(scale: Scale) -> Vec<PolicyRow> {
    let own = |(policy_type, rules): (PolicyType, Value)| row(policy_type, rules, Some(wallet(0)));
    let mut rows: Vec<PolicyRow> = rules(scale.entries()).into_iter().map(own).collect();
    if scale == Scale::Large {
        // These hold for every wallet, and nobody can loosen them.
        let ceilings = [PolicyType::SpendingLimit, PolicyType::AllowedNetworks, PolicyType::Whitelist];
        let strict = rows.iter().filter(|row| ceilings.contains(&row.policy_type)).cloned();
        let strict: Vec<PolicyRow> = strict.map(|row| PolicyRow { ceiling: true, wallet: None, ..row }).collect();
        rows.extend(strict);
    }
    let networks = [None, Some(NETWORK), Some(Network::PolygonMainnet), Some(Network::ArbitrumMainnet)];
    let others = (1_u8..).flat_map(|number| rules(5).into_iter().map(move |rules| (number, rules)));
    for (position, (number, (policy_type, rules))) in
        others.enumerate().take(scale.rows() - rows.len().min(scale.rows()))
    {
        // Every seventh stands behind the wallet's own row, the others concern other wallets.
        let (whose, priority) = if position % 7 == 0 { (Some(wallet(0)), -1) } else { (Some(wallet(number)), 0) };
        let network = if priority < 0 { None } else { networks[position % networks.len()] };
        rows.push(PolicyRow { priority, network, ..row(policy_type, rules, whose) });
    }
    for (position, row) in rows.iter_mut().enumerate() {
        let mut id = [0; 16];
        id[8..].copy_from_slice(&(position as u64).to_be_bytes());
        row.id = PolicyId::from_bytes(id);
    }
    rows
}

fn row(policy_type: PolicyType, rules: Value, wallet: Option<WalletId>) -> PolicyRow {
    PolicyRow {
        id: PolicyId::from_bytes([0; 16]),
        wallet,
        network: None,
        policy_type,
        rules: rules.to_string(),
        priority: 0,
        enabled: true,
        ceiling: false,
        created_at: UnixMillis::EPOCH,
        updated_at: UnixMillis::EPOCH,
    }
}

fn wallet(number: u8) -> WalletId {
    WalletId::from_bytes([number; 16])
}

/// One set of rules of each type, with `len` entries wherever a list can have as many.
fn rules(len: u64) -> Vec<(PolicyType, Value)> {
    let list = |entry: &dyn Fn(u64) -> Value| (0..len).map(entry).collect::<Value>();
    let addresses = list(&|number| json!({"address": account(number).to_lower_hex()}));
    let tokens = list(&|number| json!({"address": account(TOKENS + number).to_lower_hex()}));
    let names = |prefix: &str| list(&|number| json!(format!("{prefix}-{number}")));
    let domains =
        list(&|number| json!(format!("{}host-{number}.example.com", if number % 2 == 0 { "" } else { "*." })));
    let methods = list(&|number| {
        let selectors: Value = (0..5).map(|method: u32| json!(format!("0x{method:08x}"))).collect();
        json!({"contractAddress": account(number).to_lower_hex(), "selectors": selectors})
    });
    let limits: serde_json::Map<String, Value> = (1..len)
        .map(|number| {
            (token(number).to_string(), json!({"instant_max": "100", "notify_max": "200", "delay_max": "300"}))
        })
        .chain([("native".to_owned(), json!({"instant_max": "1", "notify_max": "2", "delay_max": "3"}))])
        .collect();
    let spending = json!({
        "instant_max_usd": 2_500, "notify_max_usd": 5_000, "delay_max_usd": 8_000, "token_limits": limits,
        "daily_limit_usd": 10_000, "monthly_limit_usd": 100_000, "delay_seconds": 900,
    });
    vec![
        (PolicyType::SpendingLimit, spending),
        (PolicyType::Whitelist, json!({"allowed_addresses": list(&|number| json!(account(number).to_lower_hex()))})),
        (
            PolicyType::TimeRestriction,
            json!({"allowed_hours": {"start": 8, "end": 20}, "allowed_days": [1, 2, 3, 4, 5]}),
        ),
        (PolicyType::RateLimit, json!({"max_requests": 100, "window_seconds": 3_600})),
        (PolicyType::AllowedTokens, json!({"tokens": tokens})),
        (PolicyType::ContractWhitelist, json!({"contracts": addresses})),
        (PolicyType::MethodWhitelist, json!({"methods": methods})),
        (PolicyType::ApprovedSpenders, json!({"spenders": addresses})),
        (PolicyType::ApproveAmountLimit, json!({"maxAmount": "1000000000", "blockUnlimited": true})),
        (PolicyType::ApproveTierOverride, json!({"tier": "INSTANT"})),
        (PolicyType::AllowedNetworks, json!({"networks": ["ethereum-mainnet", "base-mainnet", "polygon-mainnet"]})),
        (PolicyType::X402AllowedDomains, json!({"domains": domains})),
        (PolicyType::LendingLtvLimit, json!({"maxLtv": 0.75, "warningLtv": 0.6})),
        (PolicyType::LendingAssetWhitelist, json!({"assets": tokens})),
        (PolicyType::PerpMaxLeverage, json!({"maxLeverage": 5, "warningLeverage": 3})),
        (PolicyType::PerpMaxPositionUsd, json!({"maxPositionUsd": 1_000, "warningPositionUsd": 500})),
        (PolicyType::PerpAllowedMarkets, json!({"markets": names("market")})),
        (PolicyType::ReputationThreshold, json!({"min_score": 50, "check_counterparty": true})),
        (PolicyType::Erc8128AllowedDomains, json!({"domains": domains, "rate_limit_rpm": 30})),
        (PolicyType::VenueWhitelist, json!({"venues": names("venue")})),
        (
            PolicyType::ActionCategoryLimit,
            json!({"category": "trade", "per_action": 500, "daily": 1_000, "monthly": 9_000}),
        ),
    ]
}

/// Everything that is known beside the rows.
pub(crate) struct World {
    /// The wallet under the rules.
    pub(crate) subject: Subject,
    /// When the requests come: a Wednesday at noon, in UTC.
    pub(crate) now: UnixMillis,
    /// What the ledger knows.
    pub(crate) ledger: LedgerFacts,
    prices: BTreeMap<AssetId, PriceFact>,
    tokens: BTreeMap<AssetId, TokenFact>,
    zone_offsets: BTreeMap<String, i32>,
    /// What actions are judged by.
    pub(crate) actions: ActionFacts,
    settings: PolicySettings,
}

impl World {
    /// Ether at 2,000 dollars, the listed tokens at one.
    pub(crate) fn new() -> Self {
        let price = |text: &str| PriceFact::Known(Price::parse(text).unwrap());
        let tokens = || (0..5).map(token);
        let dollars = |dollars: u128| Usd::from_micros(dollars * 1_000_000);
        let window = RateWindow { window_seconds: 3_600, max_requests: 100 };
        let used = CategoryUse { day: dollars(100), month: dollars(1_000) };
        Self {
            subject: Subject {
                wallet: wallet(0),
                chain: ChainKind::Ethereum,
                environment: Environment::Mainnet,
                owner: OwnerState::Locked,
                network: NETWORK,
            },
            now: UnixMillis::from_secs(6 * 86_400 + 12 * 3_600),
            ledger: LedgerFacts {
                held: tokens().map(|token| (token, BaseUnits::from_u128(10_000_000))).collect(),
                daily_usd: dollars(1_000),
                monthly_usd: dollars(10_000),
                rates: vec![RateCount { window, count: 7, frees_at_expiry_of: None }],
            },
            prices: tokens()
                .map(|token| (token, price("1")))
                .chain([(NETWORK.native_asset(), price("2000"))])
                .collect(),
            tokens: tokens().map(|token| (token, TokenFact { decimals: 6, symbol: "T".to_owned() })).collect(),
            zone_offsets: BTreeMap::new(),
            actions: ActionFacts {
                positions: Some(Positions { collateral: dollars(1_000), debt: dollars(100) }),
                reputation: Some((0..5).map(|number| (address(number), Ratio::from_millionths(80_000_000))).collect()),
                categories: Some([("swap".to_owned(), used)].into()),
                erc8128_recent: Some(3),
            },
            settings: PolicySettings { erc8128_enabled: true, ..PolicySettings::default() },
        }
    }

    /// As the evaluator takes it.
    pub(crate) fn facts(&self) -> Facts<'_> {
        let Self { now, ledger, prices, tokens, zone_offsets, actions, settings, .. } = self;
        Facts { now: *now, prices, tokens, zone_offsets, ledger, actions, settings }
    }
}
