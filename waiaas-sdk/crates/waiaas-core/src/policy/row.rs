//! Policy rows as they are stored.

use crate::chain::Network;
use crate::id::{PolicyId, WalletId};
use crate::time::UnixMillis;
use crate::wallet::wire_enum;

wire_enum! {
    /// The policy types of the API.
    PolicyType {
        /// Tiers and cumulative limits by amount.
        SpendingLimit => "SPENDING_LIMIT",
        /// Recipients, spenders and contracts that may be dealt with.
        Whitelist => "WHITELIST",
        /// Hours and weekdays.
        TimeRestriction => "TIME_RESTRICTION",
        /// Requests per rolling window.
        RateLimit => "RATE_LIMIT",
        /// Tokens that may be transferred.
        AllowedTokens => "ALLOWED_TOKENS",
        /// Contracts that may be called.
        ContractWhitelist => "CONTRACT_WHITELIST",
        /// Methods that may be called on a contract.
        MethodWhitelist => "METHOD_WHITELIST",
        /// Spenders that may get an allowance.
        ApprovedSpenders => "APPROVED_SPENDERS",
        /// The largest allowance.
        ApproveAmountLimit => "APPROVE_AMOUNT_LIMIT",
        /// A fixed tier for allowances.
        ApproveTierOverride => "APPROVE_TIER_OVERRIDE",
        /// Networks that may be used.
        AllowedNetworks => "ALLOWED_NETWORKS",
        /// Hosts that may be paid over x402.
        X402AllowedDomains => "X402_ALLOWED_DOMAINS",
        /// Loan to value of borrowing.
        LendingLtvLimit => "LENDING_LTV_LIMIT",
        /// Assets that may be lent or borrowed.
        LendingAssetWhitelist => "LENDING_ASSET_WHITELIST",
        /// Leverage of perpetual positions.
        PerpMaxLeverage => "PERP_MAX_LEVERAGE",
        /// Size of perpetual positions.
        PerpMaxPositionUsd => "PERP_MAX_POSITION_USD",
        /// Perpetual markets that may be used.
        PerpAllowedMarkets => "PERP_ALLOWED_MARKETS",
        /// Reputation of the counterparty (ERC-8004).
        ReputationThreshold => "REPUTATION_THRESHOLD",
        /// Hosts for which HTTP requests may be signed (ERC-8128).
        Erc8128AllowedDomains => "ERC8128_ALLOWED_DOMAINS",
        /// Venues of off-chain actions.
        VenueWhitelist => "VENUE_WHITELIST",
        /// Dollars per category of actions.
        ActionCategoryLimit => "ACTION_CATEGORY_LIMIT",
    }
}

/// One row, with its rules not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRow {
    /// Its id.
    pub id: PolicyId,
    /// The wallet it belongs to; `None` = every wallet.
    pub wallet: Option<WalletId>,
    /// The network it is limited to; `None` = every network.
    pub network: Option<Network>,
    /// What it restricts.
    pub policy_type: PolicyType,
    /// The rules: JSON text exactly as it was posted, possibly not readable.
    pub rules: String,
    /// Among rows of one type and scope the highest is in force.
    pub priority: i64,
    /// A disabled row is invisible to the evaluation.
    pub enabled: bool,
    /// Holds in addition to whatever row its type resolves to, and only tightens.
    pub ceiling: bool,
    /// Breaks ties of priority: the newer row is in force.
    pub created_at: UnixMillis,
    /// Last change.
    pub updated_at: UnixMillis,
}
