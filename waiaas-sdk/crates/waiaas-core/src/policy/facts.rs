//! What the evaluator is told about the world. It looks nothing up by itself.

use crate::address::Address;
use crate::chain::{AssetId, ChainKind, Environment, Network};
use crate::id::WalletId;
use crate::money::{BaseUnits, Price, Ratio, Usd};
use crate::policy::Tier;
use crate::time::UnixMillis;
use crate::wallet::OwnerState;
use std::collections::BTreeMap;

/// Whose transaction is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The wallet.
    pub wallet: WalletId,
    /// Its chain.
    pub chain: ChainKind,
    /// Its environment.
    pub environment: Environment,
    /// How far its owner is established.
    pub owner: OwnerState,
    /// The resolved network of the request.
    pub network: Network,
}

/// Everything else that a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The instant of the decision.
    pub now: UnixMillis,
    /// Prices by asset. An asset that is missing counts as [`PriceFact::Unavailable`].
    pub prices: &'a BTreeMap<AssetId, PriceFact>,
    /// Decimals and symbols by token, from the registry or the chain. Native coins need no entry.
    pub tokens: &'a BTreeMap<AssetId, TokenFact>,
    /// Seconds east of UTC at `now`, by IANA time zone: what
    /// [`PolicyBook::time_zones`](super::PolicyBook::time_zones) asks for. UTC needs no entry; a rule in a zone
    /// that is missing here denies.
    pub zone_offsets: &'a BTreeMap<String, i32>,
    /// What the ledger answered to [`LedgerQuery`].
    pub ledger: &'a LedgerFacts,
    /// What actions and other channels are judged by.
    pub actions: &'a ActionFacts,
    /// The operator's settings.
    pub settings: &'a PolicySettings,
}

/// The one time zone that needs no table.
pub(super) const UTC: &str = "UTC";

/// What is known about the price of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceFact {
    /// A price young enough to be used.
    Known(Price),
    /// The sources work but do not list the asset.
    NotListed,
    /// No source answered, or only with prices beyond the age limit.
    Unavailable,
}

/// Trusted facts about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFact {
    /// Decimal places.
    pub decimals: u8,
    /// Ticker, for messages only.
    pub symbol: String,
}

/// What the evaluator wants to know from the ledger of one wallet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerQuery {
    /// Sum of amounts in flight, per asset.
    pub held: Vec<AssetId>,
    /// Whether dollars spent in the last 86,400 s are needed.
    pub daily_usd: bool,
    /// Whether dollars spent in the last 2,592,000 s are needed.
    pub monthly_usd: bool,
    /// Request counts.
    pub rates: Vec<RateWindow>,
}

/// One rolling window of a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RateWindow {
    /// Length in seconds; a request exactly this old still counts.
    pub window_seconds: u64,
    /// The limit, which tells the ledger which entry's age answers "when again".
    pub max_requests: u64,
}

/// What the ledger knows. All sums include what is in flight.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerFacts {
    /// Amounts in flight per asset (statuses for which
    /// [`holds_funds`](crate::tx::TxStatus::holds_funds) is true). Missing means zero.
    pub held: BTreeMap<AssetId, BaseUnits>,
    /// Dollars: settled with `created_at >= now − 86,400 s`, plus in flight of any age.
    pub daily_usd: Usd,
    /// Dollars: settled with `created_at >= now − 2,592,000 s`, plus in flight of any age.
    pub monthly_usd: Usd,
    /// One entry per asked window, in the order of the query.
    pub rates: Vec<RateCount>,
}

/// How busy a wallet was in one window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateCount {
    /// The window that was asked for.
    pub window: RateWindow,
    /// Requests that passed the policy with `created_at >= now − window`, whatever became of them.
    pub count: u64,
    /// When the entry was made whose expiry brings the count below the limit: the
    /// `(count − max + 1)`-th oldest. `None` while `count < max`.
    pub frees_at_expiry_of: Option<UnixMillis>,
}

/// What actions of providers and channels other than sending are judged by. `None` everywhere means "nobody looked", and a
/// rule that needs it denies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionFacts {
    /// Loans of the wallet, if they were read recently enough.
    pub positions: Option<Positions>,
    /// Scores from 0 to 100 by address, where the registry has one. An unreachable registry is an empty map.
    pub reputation: Option<BTreeMap<Address, Ratio>>,
    /// Earlier actions by category, and under [`ActionFacts::WITHDRAWALS`] those that take something out. A category
    /// that is missing in the map has no earlier action.
    pub categories: Option<BTreeMap<String, CategoryUse>>,
    /// HTTP requests to this host that the wallet signed less than 60 s ago.
    pub erc8128_recent: Option<u64>,
}

impl ActionFacts {
    /// The key in [`Self::categories`] for withdrawals of every category.
    pub const WITHDRAWALS: &'static str = "withdraw";
}

/// Loans of a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Positions {
    /// What is supplied.
    pub collateral: Usd,
    /// What is borrowed, loans in flight included.
    pub debt: Usd,
}

/// Worth of earlier actions that neither failed nor were called off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CategoryUse {
    /// Since midnight, in UTC.
    pub day: Usd,
    /// Since the first of the month, in UTC.
    pub month: Usd,
}

/// The operator's settings that reach into decisions (`policy.md` section 14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySettings {
    /// `policy.default_deny_tokens`: a token transfer without an ALLOWED_TOKENS row is denied.
    pub default_deny_tokens: bool,
    /// `policy.default_deny_contracts`: a contract call without a CONTRACT_WHITELIST row is denied.
    pub default_deny_contracts: bool,
    /// `policy.default_deny_spenders`: an approval without an APPROVED_SPENDERS row is denied.
    pub default_deny_spenders: bool,
    /// `policy.default_deny_transfers`: a native transfer without a SPENDING_LIMIT or WHITELIST row is denied.
    pub default_deny_transfers: bool,
    /// `policy.default_deny_x402_domains`: a payment over x402 without an X402_ALLOWED_DOMAINS row is denied.
    pub default_deny_x402_domains: bool,
    /// `policy.default_deny_erc8128_domains`: signing an HTTP request without an ERC8128_ALLOWED_DOMAINS row is denied.
    pub default_deny_erc8128_domains: bool,
    /// `policy.default_deny_lending_assets`: a loan without a LENDING_ASSET_WHITELIST row is denied.
    pub default_deny_lending_assets: bool,
    /// `policy.default_deny_perp_markets`: a perpetual position without a PERP_ALLOWED_MARKETS row is denied.
    pub default_deny_perp_markets: bool,
    /// `venue_whitelist_enabled`: an action at a venue without a VENUE_WHITELIST row is denied.
    pub default_deny_venues: bool,
    /// `policy.nft_transfer_default_tier`.
    pub nft_transfer_tier: Tier,
    /// `rpc_proxy.deploy_default_tier`.
    pub deploy_tier: Tier,
    /// `x402.enabled`.
    pub x402_enabled: bool,
    /// `x402.request_timeout`, in seconds: how long a payment may be delayed at most.
    pub x402_request_timeout_seconds: u32,
    /// `erc8128.enabled`.
    pub erc8128_enabled: bool,
    /// `erc8128.default_rate_limit_rpm`: signatures per host in 60 s where no row says otherwise.
    pub erc8128_default_rpm: u64,
    /// `policy.zero_policy_passthrough`: with no rows in scope at all everything passes, as in the original.
    pub zero_policy_passthrough: bool,
    /// `policy.legacy_raw_limit_for_tokens`: raw limits also measure token amounts, as in the original.
    pub legacy_raw_limit_for_tokens: bool,
    /// `policy.unpriced_tier`: what happens to amounts without a price; `None` = by environment.
    pub unpriced_tier: Option<UnpricedTier>,
    /// `security.policy_defaults_delay_seconds`.
    pub default_delay_seconds: u32,
    /// `security.policy_defaults_approval_timeout`, in seconds.
    pub default_approval_timeout_seconds: u32,
}

/// What happens to an amount that cannot be valued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnpricedTier {
    /// At least this tier.
    Tier(Tier),
    /// Denied.
    Deny,
}

impl Default for PolicySettings {
    fn default() -> Self {
        Self {
            default_deny_tokens: true,
            default_deny_contracts: true,
            default_deny_spenders: true,
            default_deny_transfers: true,
            default_deny_x402_domains: true,
            default_deny_erc8128_domains: true,
            default_deny_lending_assets: true,
            default_deny_perp_markets: true,
            default_deny_venues: false,
            nft_transfer_tier: Tier::Approval,
            deploy_tier: Tier::Approval,
            x402_enabled: true,
            x402_request_timeout_seconds: 30,
            erc8128_enabled: false,
            erc8128_default_rpm: 60,
            zero_policy_passthrough: false,
            legacy_raw_limit_for_tokens: false,
            unpriced_tier: None,
            default_delay_seconds: 300,
            default_approval_timeout_seconds: 3_600,
        }
    }
}
