//! `[x402]`, `[erc8128]`, `[rpc_proxy]`: what the policies need to know about ways in other than sending.
//!
//! Nothing comes in by these ways in this build. The settings are here because they decide, in the evaluator, what
//! happens to requests that do: a rule set that is tried out against such requests is judged by them.

use super::policy::TIERS;
use super::read::{boolean, choice, integer};
use super::section::section;
use waiaas_sdk::core::policy::Tier;

section! {
    /// Payments for HTTP resources.
    X402 in "x402" {
        /// Policies may allow payments over x402; when false, all are denied.
        enabled: bool = true, boolean, "false";
        /// Seconds, 5 to 120, that a payment may take. One that a policy delays for longer is denied.
        request_timeout: u32 = 30, integer(5, 120), "60";
    }
}

section! {
    /// Signatures for HTTP requests.
    Erc8128 in "erc8128" {
        /// Policies may allow signatures for HTTP requests; when false, all are denied.
        enabled: bool = false, boolean, "true";
        /// Signatures in 60 seconds for one host, 1 to 1000000, where the ERC8128_ALLOWED_DOMAINS row gives no number.
        default_rate_limit_rpm: u64 = 60, integer(1, 1_000_000), "10";
    }
}

section! {
    /// Requests of programs that speak to a node.
    RpcProxy in "rpc_proxy" {
        /// The least tier of the deployment of a contract: INSTANT, NOTIFY, DELAY or APPROVAL.
        deploy_default_tier: Tier = Tier::Approval, choice(&TIERS), "\"DELAY\"";
    }
}
