//! `[policy]`: settings that reach into policy decisions.

use super::layers::Raw;
use super::read::{Outcome, boolean, choice};
use super::section::section;
use waiaas_sdk::core::policy::{Tier, UnpricedTier};

section! {
    /// What holds when no policy row says otherwise. The defaults deny.
    Policy in "policy" {
        /// A token transfer without an ALLOWED_TOKENS row is denied.
        default_deny_tokens: bool = true, boolean, "false";
        /// A contract call without a CONTRACT_WHITELIST row is denied.
        default_deny_contracts: bool = true, boolean, "false";
        /// An approval without an APPROVED_SPENDERS row is denied.
        default_deny_spenders: bool = true, boolean, "false";
        /// A native transfer without a SPENDING_LIMIT or WHITELIST row is denied.
        default_deny_transfers: bool = true, boolean, "false";
        /// A payment over x402 without an X402_ALLOWED_DOMAINS row is denied.
        default_deny_x402_domains: bool = true, boolean, "false";
        /// A signature for an HTTP request without an ERC8128_ALLOWED_DOMAINS row is denied.
        default_deny_erc8128_domains: bool = true, boolean, "false";
        /// A loan without a LENDING_ASSET_WHITELIST row is denied.
        default_deny_lending_assets: bool = true, boolean, "false";
        /// A perpetual position without a PERP_ALLOWED_MARKETS row is denied.
        default_deny_perp_markets: bool = true, boolean, "false";
        /// An action at a venue without a VENUE_WHITELIST row is denied. The original's name for it, a bare
        /// `venue_whitelist_enabled` before the first section, means the same.
        venue_whitelist_enabled: bool = false, boolean, "true";
        /// The least tier of a transfer of an NFT: INSTANT, NOTIFY, DELAY or APPROVAL.
        nft_transfer_default_tier: Tier = Tier::Approval, choice(&TIERS), "\"DELAY\"";
        /// Without any row in scope everything passes, as in the original.
        zero_policy_passthrough: bool = false, boolean, "true";
        /// Limits in base units also measure token amounts, as in the original.
        legacy_raw_limit_for_tokens: bool = false, boolean, "true";
        /// What happens to an amount without a price: `auto` (by environment), a tier (INSTANT, NOTIFY,
        /// DELAY, APPROVAL: at least this one) or `deny`.
        unpriced_tier: Option<UnpricedTier> = None, unpriced, "\"APPROVAL\"";
    }
}

/// The tiers by name.
pub(super) const TIERS: [(&str, Tier); 4] =
    [("INSTANT", Tier::Instant), ("NOTIFY", Tier::Notify), ("DELAY", Tier::Delay), ("APPROVAL", Tier::Approval)];

const UNPRICED: [(&str, Option<UnpricedTier>); 6] = [
    ("auto", None),
    ("INSTANT", Some(UnpricedTier::Tier(Tier::Instant))),
    ("NOTIFY", Some(UnpricedTier::Tier(Tier::Notify))),
    ("DELAY", Some(UnpricedTier::Tier(Tier::Delay))),
    ("APPROVAL", Some(UnpricedTier::Tier(Tier::Approval))),
    ("deny", Some(UnpricedTier::Deny)),
];

fn unpriced(raw: &Raw) -> Outcome<Option<UnpricedTier>> {
    choice(&UNPRICED)(raw)
}
