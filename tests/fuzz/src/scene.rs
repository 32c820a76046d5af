//! A wallet with an owner, prices, tokens, and an empty ledger.

use std::collections::BTreeMap;
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, ChainKind, Environment, Network};
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::money::{BaseUnits, Price, Ratio, Usd};
use waiaas_core::policy::{
    ActionFacts, CategoryUse, Decision, Facts, LedgerFacts, LedgerQuery, Phase, PolicyBook, PolicyRow, PolicySettings,
    PolicyType, Positions, PriceFact, RateCount, Subject, TokenFact, Verdict,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Effects;
use waiaas_core::wallet::OwnerState;

/// Where everything happens.
pub const NETWORK: Network = Network::EthereumMainnet;

/// One of a few accounts, so that rules and requests often mean the same one.
pub fn address(number: u8) -> Address {
    let digits = format!("0x{}", format!("{:02x}", number % 3 + 1).repeat(20));
    Address::parse(ChainKind::Ethereum, &digits).expect("twenty bytes")
}

/// One of a few tokens. The third has neither decimals nor a price.
pub fn token(number: u8) -> AssetId {
    AssetId::token(NETWORK, &address(number)).expect("an address of the network")
}

/// A global row of lowest priority.
pub fn row(position: u8, policy_type: PolicyType, rules: String) -> PolicyRow {
    PolicyRow {
        id: PolicyId::from_bytes([position; 16]),
        wallet: None,
        network: None,
        policy_type,
        rules,
        priority: 0,
        enabled: true,
        ceiling: false,
        created_at: UnixMillis::EPOCH,
        updated_at: UnixMillis::EPOCH,
    }
}

/// How careful an outcome is: the tiers in their order, then denial.
pub fn severity(decision: &Decision) -> usize {
    match &decision.verdict {
        Verdict::Allow(allowance) => {
            waiaas_core::policy::Tier::ALL.iter().position(|tier| *tier == allowance.tier).expect("one of all")
        }
        Verdict::Deny(_) => usize::MAX,
    }
}

/// Everything around the rows.
#[derive(Clone, Debug)]
pub struct Scene {
    pub effects: Effects,
    pub owner: OwnerState,
    pub phase: Phase,
    pub settings: PolicySettings,
    pub prices: BTreeMap<AssetId, PriceFact>,
    pub held: BTreeMap<AssetId, BaseUnits>,
    pub spent: Usd,
    pub requests: u64,
    pub actions: ActionFacts,
}

impl Scene {
    /// Everything is known, nothing is spent, and no absence denies: what is left is what the rows say.
    pub fn new(effects: Effects) -> Self {
        let dollar = |text| PriceFact::Known(Price::parse(text).expect("a number"));
        let prices = [(NETWORK.native_asset(), dollar("2000")), (token(0), dollar("1")), (token(1), dollar("0.5"))];
        Self {
            effects,
            owner: OwnerState::Locked,
            phase: Phase::Admission,
            settings: lax(),
            prices: prices.into(),
            held: BTreeMap::new(),
            spent: Usd::ZERO,
            requests: 0,
            actions: ActionFacts {
                positions: Some(Positions { collateral: Usd::from_micros(1_000_000_000), debt: Usd::ZERO }),
                reputation: Some(BTreeMap::from([(address(0), Ratio::from_millionths(50_000_000))])),
                categories: Some(BTreeMap::from([("swap".to_owned(), CategoryUse::default())])),
                erc8128_recent: Some(0),
            },
        }
    }

    /// The wallet of the scene.
    pub fn subject(&self) -> Subject {
        Subject {
            wallet: WalletId::from_bytes([1; 16]),
            chain: ChainKind::Ethereum,
            environment: Environment::Mainnet,
            owner: self.owner,
            network: NETWORK,
        }
    }

    /// Judges under these rows.
    pub fn judge(&self, rows: &[PolicyRow]) -> Decision {
        self.judge_by(&PolicyBook::compile(rows))
    }

    /// Judges as the engine does: asks the book what it needs, then decides.
    pub fn judge_by(&self, book: &PolicyBook) -> Decision {
        let subject = self.subject();
        let known = |decimals| TokenFact { decimals, symbol: "T".to_owned() };
        let tokens = BTreeMap::from([(token(0), known(6)), (token(1), known(18))]);
        let zone_offsets = book
            .time_zones(&subject, &self.effects)
            .into_iter()
            .filter(|zone| *zone == "Asia/Seoul")
            .map(|zone| (zone.to_owned(), 32_400))
            .collect();
        let ledger = self.answer(book.query(&subject, &self.effects, &self.settings));
        let facts = Facts {
            now: UnixMillis::from_secs(1_000_000),
            zone_offsets: &zone_offsets,
            prices: &self.prices,
            tokens: &tokens,
            ledger: &ledger,
            actions: &self.actions,
            settings: &self.settings,
        };
        book.evaluate(&subject, &self.effects, &facts, self.phase)
    }

    fn answer(&self, query: LedgerQuery) -> LedgerFacts {
        let rates = query.rates.into_iter().map(|window| RateCount {
            window,
            count: self.requests,
            frees_at_expiry_of: (self.requests >= window.max_requests).then_some(UnixMillis::from_secs(999_990)),
        });
        LedgerFacts {
            held: query.held.iter().filter_map(|asset| Some((*asset, *self.held.get(asset)?))).collect(),
            daily_usd: if query.daily_usd { self.spent } else { Usd::ZERO },
            monthly_usd: if query.monthly_usd { self.spent } else { Usd::ZERO },
            rates: rates.collect(),
        }
    }
}

/// No absence of a row denies, and every channel is open.
pub fn lax() -> PolicySettings {
    PolicySettings {
        default_deny_tokens: false,
        default_deny_contracts: false,
        default_deny_spenders: false,
        default_deny_transfers: false,
        default_deny_x402_domains: false,
        default_deny_erc8128_domains: false,
        default_deny_lending_assets: false,
        default_deny_perp_markets: false,
        erc8128_enabled: true,
        ..PolicySettings::default()
    }
}

/// As the service starts without a configuration, and every channel is open.
pub fn strict() -> PolicySettings {
    PolicySettings { erc8128_enabled: true, default_deny_venues: true, ..PolicySettings::default() }
}
