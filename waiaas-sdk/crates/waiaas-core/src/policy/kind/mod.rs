//! The policy types: one file each, one list of all.
//!
//! To add a type: write its file (rules, [`PolicyKind`], tests), and add its module and its line to the lists below.
//! The position in the list is the position in the evaluation; it is decided here and nowhere else.

use super::case::{Case, Contribution, Refusal};
use super::decision::DeniedBy;
use super::facts::{LedgerQuery, PolicySettings};
use super::row::PolicyType;
use super::rules::{Issues, Node};
use super::topics::Topics;
use crate::tx::Effects;

mod action_category_limit;
mod address_list;
mod allowed_networks;
mod allowed_tokens;
mod approve_amount_limit;
mod approve_tier_override;
mod approved_spenders;
mod asset_list;
mod contract_whitelist;
mod domains;
mod erc8128_allowed_domains;
mod lending_asset_whitelist;
mod lending_ltv_limit;
mod method_whitelist;
mod names;
mod perp_allowed_markets;
mod perp_max_leverage;
mod perp_max_position_usd;
mod rate_limit;
mod reputation_threshold;
mod spending_limit;
#[cfg(test)]
mod testing;
mod time_restriction;
mod venue_whitelist;
mod whitelist;
mod x402_allowed_domains;

/// What one policy type means.
pub(super) trait PolicyKind: Sized {
    /// Its name.
    const TYPE: PolicyType;
    /// Its name in denials.
    const DENIED_BY: DeniedBy;
    /// What rows of the type have a say in. What does not concern a request is not looked at.
    const TOPICS: Topics;
    /// What a row of the type that cannot be read denies.
    const CORRUPT_TOPICS: Topics = Self::TOPICS;
    /// Whether a batch is judged once as a whole, rather than instruction by instruction.
    const ONCE: bool = false;
    /// What holds when the type resolves to no row: a denial by default, or a tier. Nothing, for most types.
    const ABSENT: Option<Absent> = None;

    /// Reads the rules of a row, accepting every documented shape. `None` goes with at least one issue.
    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self>;

    /// What the rules need to know from the ledger to judge these effects.
    fn needs(&self, effects: &Effects, settings: &PolicySettings, query: &mut LedgerQuery) {
        let _ = (effects, settings, query);
    }

    /// The IANA time zone that the rules tell the time in, unless that is UTC.
    fn time_zone(&self) -> Option<&str> {
        None
    }

    /// What the row is about, for a type of which one row per group is in force.
    fn group(&self) -> Option<&str> {
        None
    }

    /// What the rules say, added to `into`. Total: a missing fact leads to a refusal, never to a pass. A list refuses
    /// through [`Case::lacks`], naming the entry that it lacks, so that it can be asked what it would say with it.
    ///
    /// # Errors
    /// A denial.
    fn judge(&self, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal>;
}

/// What holds without a row; see [`PolicyKind::ABSENT`].
pub(super) type Absent = fn(&Case<'_>, &mut Contribution) -> Result<(), Refusal>;

/// What is fixed for a policy type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Traits {
    /// See [`PolicyKind::DENIED_BY`].
    pub(super) denied_by: DeniedBy,
    /// See [`PolicyKind::TOPICS`].
    pub(super) topics: Topics,
    /// See [`PolicyKind::CORRUPT_TOPICS`].
    pub(super) corrupt_topics: Topics,
    /// See [`PolicyKind::ONCE`].
    pub(super) once: bool,
    /// See [`PolicyKind::ABSENT`].
    pub(super) absent: Option<Absent>,
}

macro_rules! policy_kinds {
    (refuse: [$($module:ident::$Kind:ident,)*] weigh: [$($weighing:ident::$Weighing:ident,)*]) => {
        /// Types that refuse, in the order of evaluation (`policy.md` section 4).
        pub(super) const REFUSING: &[PolicyType] = &[$(<$module::$Kind as PolicyKind>::TYPE,)*];
        /// Types that determine the tier of what was not refused.
        pub(super) const WEIGHING: &[PolicyType] = &[$(<$weighing::$Weighing as PolicyKind>::TYPE,)*];
        policy_kinds!(@define $($module::$Kind,)* $($weighing::$Weighing,)*);
    };
    (@define $($module:ident::$Kind:ident,)*) => {
        /// The rules of one row.
        #[expect(clippy::large_enum_variant, reason = "one per row and never moved; a box would cost every evaluation")]
        #[derive(Clone, Debug)]
        pub(super) enum RuleSet {
            $(#[doc = stringify!($Kind)] $Kind($module::$Kind),)*
        }

        impl RuleSet {
            /// See [`PolicyKind::read`].
            pub(super) fn read(policy_type: PolicyType, rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
                match policy_type {
                    $(<$module::$Kind as PolicyKind>::TYPE => PolicyKind::read(rules, issues).map(Self::$Kind),)*
                }
            }

            /// See [`PolicyKind::needs`].
            pub(super) fn needs(&self, effects: &Effects, settings: &PolicySettings, query: &mut LedgerQuery) {
                match self { $(Self::$Kind(rules) => rules.needs(effects, settings, query),)* }
            }

            /// See [`PolicyKind::time_zone`].
            pub(super) fn time_zone(&self) -> Option<&str> {
                match self { $(Self::$Kind(rules) => rules.time_zone(),)* }
            }

            /// See [`PolicyKind::group`].
            pub(super) fn group(&self) -> Option<&str> {
                match self { $(Self::$Kind(rules) => rules.group(),)* }
            }

            /// See [`PolicyKind::judge`].
            pub(super) fn judge(&self, case: &Case<'_>, into: &mut Contribution) -> Result<(), Refusal> {
                match self { $(Self::$Kind(rules) => rules.judge(case, into),)* }
            }
        }

        /// What is fixed for the type.
        pub(super) const fn traits(policy_type: PolicyType) -> Traits {
            match policy_type {
                $(<$module::$Kind as PolicyKind>::TYPE => Traits {
                    denied_by: <$module::$Kind as PolicyKind>::DENIED_BY,
                    topics: <$module::$Kind as PolicyKind>::TOPICS,
                    corrupt_topics: <$module::$Kind as PolicyKind>::CORRUPT_TOPICS,
                    once: <$module::$Kind as PolicyKind>::ONCE,
                    absent: <$module::$Kind as PolicyKind>::ABSENT,
                },)*
            }
        }
    };
}

policy_kinds! {
    refuse: [
        x402_allowed_domains::X402AllowedDomains,
        erc8128_allowed_domains::Erc8128AllowedDomains,
        whitelist::Whitelist,
        allowed_networks::AllowedNetworks,
        time_restriction::TimeRestriction,
        rate_limit::RateLimit,
        allowed_tokens::AllowedTokens,
        contract_whitelist::ContractWhitelist,
        method_whitelist::MethodWhitelist,
        approved_spenders::ApprovedSpenders,
        approve_amount_limit::ApproveAmountLimit,
        lending_asset_whitelist::LendingAssetWhitelist,
        lending_ltv_limit::LendingLtvLimit,
        perp_allowed_markets::PerpAllowedMarkets,
        perp_max_leverage::PerpMaxLeverage,
        perp_max_position_usd::PerpMaxPositionUsd,
        venue_whitelist::VenueWhitelist,
        reputation_threshold::ReputationThreshold,
    ]
    weigh: [
        action_category_limit::ActionCategoryLimit,
        approve_tier_override::ApproveTierOverride,
        spending_limit::SpendingLimit,
    ]
}
