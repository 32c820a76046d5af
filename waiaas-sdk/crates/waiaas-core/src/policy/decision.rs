//! Outcomes of an evaluation.

use super::Tier;
use super::missing::MissingEntry;
use crate::chain::AssetId;
use crate::id::PolicyId;
use crate::money::{BaseUnits, Usd};
use crate::wallet::wire_enum;

/// What the engine decided, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Allowed or denied.
    pub verdict: Verdict,
    /// What the transaction moves and is worth: the amounts that the ledger holds when it is allowed.
    pub valuation: Valuation,
    /// Every rule that was considered, in order.
    pub trace: Vec<TraceEntry>,
}

/// Allowed or denied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may proceed, in this manner.
    Allow(Allowance),
    /// It may not.
    Deny(Denial),
}

/// How a permitted transaction proceeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The tier after all contributions and the owner downgrade.
    pub tier: Tier,
    /// Length of the delay window; present exactly for [`Tier::Delay`].
    pub delay_seconds: Option<u32>,
    /// How long the owner has; present exactly for [`Tier::Approval`].
    pub approval_timeout_seconds: Option<u32>,
    /// Why the owner is asked; present exactly for [`Tier::Approval`].
    pub approval_reason: Option<ApprovalReason>,
    /// The tier was APPROVAL, but the wallet has no owner to ask.
    pub downgraded: bool,
    /// 80 % or more of a cumulative limit is used.
    pub cumulative_warning: Option<CumulativeWarning>,
}

wire_enum! {
    /// Why the owner is asked.
    ApprovalReason {
        /// The transaction by itself is above a threshold.
        PerTx => "per_tx",
        /// The daily limit would be exceeded.
        CumulativeDaily => "cumulative_daily",
        /// The monthly limit would be exceeded.
        CumulativeMonthly => "cumulative_monthly",
    }
}

wire_enum! {
    /// A window of a cumulative limit.
    Window {
        /// 86,400 s.
        Daily => "daily",
        /// 2,592,000 s.
        Monthly => "monthly",
    }
}

/// A cumulative limit is nearly used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CumulativeWarning {
    /// Which limit.
    pub window: Window,
    /// Spent including this transaction.
    pub spent: Usd,
    /// The limit.
    pub limit: Usd,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// What refused.
    pub denied_by: DeniedBy,
    /// The machine-readable reason.
    pub reason: ReasonCode,
    /// The reason for people: `Transaction denied by <TYPE> policy: <detail>`.
    pub message: String,
    /// The row that refused; `None` when the absence of a row did.
    pub policy: Option<PolicyId>,
    /// When a rate limit frees up, in seconds from now.
    pub retry_after_seconds: Option<u64>,
    /// Which instruction of a batch, counted from 0; `None` when it is no batch or the whole of it.
    pub instruction: Option<usize>,
    /// What a list would have to contain for this rule not to refuse; `None` when it was no list that refused, or when
    /// no entry could help. Other rules may refuse all the same:
    /// [`Judgement::would_pass`](super::Judgement::would_pass) finds out.
    pub missing: Option<Box<MissingEntry>>,
}

wire_enum! {
    /// What refused a transaction: a policy type, or the validation before all of them.
    DeniedBy {
        /// Amount syntax or token decimals.
        Validation => "VALIDATION",
        /// A SPENDING_LIMIT row or its absence.
        SpendingLimit => "SPENDING_LIMIT",
        /// A WHITELIST row.
        Whitelist => "WHITELIST",
        /// A TIME_RESTRICTION row.
        TimeRestriction => "TIME_RESTRICTION",
        /// A RATE_LIMIT row.
        RateLimit => "RATE_LIMIT",
        /// An ALLOWED_TOKENS row or its absence.
        AllowedTokens => "ALLOWED_TOKENS",
        /// A CONTRACT_WHITELIST row or its absence.
        ContractWhitelist => "CONTRACT_WHITELIST",
        /// A METHOD_WHITELIST row.
        MethodWhitelist => "METHOD_WHITELIST",
        /// An APPROVED_SPENDERS row or its absence.
        ApprovedSpenders => "APPROVED_SPENDERS",
        /// An APPROVE_AMOUNT_LIMIT row, or the rule against unlimited approvals that holds without one.
        ApproveAmountLimit => "APPROVE_AMOUNT_LIMIT",
        /// An APPROVE_TIER_OVERRIDE row that cannot be read.
        ApproveTierOverride => "APPROVE_TIER_OVERRIDE",
        /// An ALLOWED_NETWORKS row.
        AllowedNetworks => "ALLOWED_NETWORKS",
        /// The channel: switched off, or it cannot wait for the tier.
        Channel => "CHANNEL",
        /// An X402_ALLOWED_DOMAINS row or its absence.
        X402AllowedDomains => "X402_ALLOWED_DOMAINS",
        /// An ERC8128_ALLOWED_DOMAINS row or its absence.
        Erc8128AllowedDomains => "ERC8128_ALLOWED_DOMAINS",
        /// A LENDING_ASSET_WHITELIST row or its absence.
        LendingAssetWhitelist => "LENDING_ASSET_WHITELIST",
        /// A LENDING_LTV_LIMIT row.
        LendingLtvLimit => "LENDING_LTV_LIMIT",
        /// A PERP_ALLOWED_MARKETS row or its absence.
        PerpAllowedMarkets => "PERP_ALLOWED_MARKETS",
        /// A PERP_MAX_LEVERAGE row.
        PerpMaxLeverage => "PERP_MAX_LEVERAGE",
        /// A PERP_MAX_POSITION_USD row.
        PerpMaxPositionUsd => "PERP_MAX_POSITION_USD",
        /// A VENUE_WHITELIST row or its absence.
        VenueWhitelist => "VENUE_WHITELIST",
        /// A REPUTATION_THRESHOLD row.
        ReputationThreshold => "REPUTATION_THRESHOLD",
        /// An ACTION_CATEGORY_LIMIT row.
        ActionCategoryLimit => "ACTION_CATEGORY_LIMIT",
    }
}

wire_enum! {
    /// Machine-readable reasons of a refusal (`policy.md` section 15).
    ReasonCode {
        /// A row's rules cannot be read.
        PolicyRulesCorrupt => "POLICY_RULES_CORRUPT",
        /// No row permits native transfers.
        TransferDisabled => "TRANSFER_DISABLED",
        /// A cumulative limit that denies.
        SpendingLimitExceeded => "SPENDING_LIMIT_EXCEEDED",
        /// No price, and the rules deny what has none.
        PriceUnavailable => "PRICE_UNAVAILABLE",
        /// Recipient not listed.
        WhitelistDenied => "WHITELIST_DENIED",
        /// Not at this hour or on this day.
        TimeRestricted => "TIME_RESTRICTED",
        /// Too many requests in the window.
        RateLimitExceeded => "RATE_LIMIT_EXCEEDED",
        /// No row permits token transfers.
        TokenTransferDisabled => "TOKEN_TRANSFER_DISABLED",
        /// Token not listed.
        TokenNotAllowed => "TOKEN_NOT_ALLOWED",
        /// No row permits contract calls.
        ContractCallDisabled => "CONTRACT_CALL_DISABLED",
        /// Contract not listed.
        ContractNotWhitelisted => "CONTRACT_NOT_WHITELISTED",
        /// Method not listed.
        MethodNotWhitelisted => "METHOD_NOT_WHITELISTED",
        /// No row permits approvals.
        ApproveDisabled => "APPROVE_DISABLED",
        /// Spender not listed.
        SpenderNotApproved => "SPENDER_NOT_APPROVED",
        /// Allowance above the maximum.
        ApproveAmountExceeded => "APPROVE_AMOUNT_EXCEEDED",
        /// Unlimited allowance.
        UnlimitedApproveBlocked => "UNLIMITED_APPROVE_BLOCKED",
        /// Network not listed.
        NetworkNotAllowed => "NETWORK_NOT_ALLOWED",
        /// x402 is switched off.
        X402Disabled => "X402_DISABLED",
        /// Host not listed.
        X402DomainNotAllowed => "X402_DOMAIN_NOT_ALLOWED",
        /// The owner would have to be asked, and the payment cannot wait for that.
        X402ApprovalRequired => "X402_APPROVAL_REQUIRED",
        /// The delay is longer than the payment can wait.
        X402DelayTimeout => "X402_DELAY_TIMEOUT",
        /// Signing of HTTP requests is switched off.
        Erc8128Disabled => "ERC8128_DISABLED",
        /// Host not listed.
        Erc8128DomainNotAllowed => "ERC8128_DOMAIN_NOT_ALLOWED",
        /// Too many signatures for the host.
        Erc8128RateLimited => "ERC8128_RATE_LIMITED",
        /// No row permits loans.
        LendingDisabled => "LENDING_DISABLED",
        /// Asset of a loan not listed.
        LendingAssetNotAllowed => "LENDING_ASSET_NOT_ALLOWED",
        /// Too much debt for the collateral.
        LtvExceeded => "LTV_EXCEEDED",
        /// No row permits perpetual positions.
        PerpDisabled => "PERP_DISABLED",
        /// Market not listed.
        PerpMarketNotAllowed => "PERP_MARKET_NOT_ALLOWED",
        /// Leverage above the maximum.
        LeverageExceeded => "LEVERAGE_EXCEEDED",
        /// Position above the maximum.
        PositionSizeExceeded => "POSITION_SIZE_EXCEEDED",
        /// Venue not listed.
        VenueNotAllowed => "VENUE_NOT_ALLOWED",
        /// Reputation below the threshold, or none.
        ReputationTooLow => "REPUTATION_TOO_LOW",
        /// A limit of a category of actions.
        CategoryLimitExceeded => "CATEGORY_LIMIT_EXCEEDED",
        /// What is only signed cannot wait.
        TierNotSupported => "TIER_NOT_SUPPORTED",
        /// A needed input is missing.
        MissingInput => "MISSING_INPUT",
        /// The caller's decimals differ from the token's.
        TokenDecimalsMismatch => "TOKEN_DECIMALS_MISMATCH",
    }
}

/// What a transaction moves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Valuation {
    /// One entry per asset that leaves the wallet, summed. Approvals are not in here.
    pub components: Vec<Component>,
    /// Dollars of all components; `None` when a price is missing.
    pub usd: Option<Usd>,
}

/// One asset that leaves the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// Which.
    pub asset: AssetId,
    /// How much, in smallest units.
    pub amount: BaseUnits,
    /// Its value; `None` without a price.
    pub usd: Option<Usd>,
}

/// One rule that was considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceEntry {
    /// The policy type, or what else contributed.
    pub rule: &'static str,
    /// The row; `None` for a default.
    pub policy: Option<PolicyId>,
    /// What came of it, for people.
    pub outcome: String,
}
