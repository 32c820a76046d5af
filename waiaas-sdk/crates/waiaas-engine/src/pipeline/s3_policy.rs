//! Stage 3, policy: the evaluator is asked, with facts read under the lock.

use super::s1_validate::{Market, Validated};
use super::s2_authenticate::Authenticated;
use crate::ports::clock::TimeZones;
use crate::ports::store::WalletRow;
use std::collections::BTreeMap;
use waiaas_core::chain::Network;
use waiaas_core::policy::{
    ActionFacts, Decision, Facts, Judgement, LedgerFacts, Phase, PolicyBook, PolicySettings, Subject,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Effects;
use waiaas_core::wire::transactions::WouldPass;

/// A request that was judged.
pub(crate) struct Decided<'a> {
    pub(crate) request: Authenticated<'a>,
    pub(crate) decision: Decision,
    /// What would have passed instead of a denied request.
    pub(crate) would_pass: Option<WouldPass>,
}

/// Runs the stage. Pure.
pub(crate) fn decide<'a>(request: Authenticated<'a>, rules: &Rules<'_>, ledger: &LedgerFacts) -> Decided<'a> {
    let validated = request.request;
    let subject = subject(&request.state.wallet, validated.network);
    let (decision, would_pass) = decide_for(rules, &subject, validated, ledger);
    Decided { request, decision, would_pass }
}

/// The decision about a validated request of `subject`, and what would have passed instead if it is denied.
pub(crate) fn decide_for(
    rules: &Rules<'_>,
    subject: &Subject,
    request: &Validated,
    ledger: &LedgerFacts,
) -> (Decision, Option<WouldPass>) {
    let offset = |zone: &str, at: UnixMillis| rules.time_zones.utc_offset(zone, at);
    let read = |judgement: &Judgement<'_>| (in_full(judgement), WouldPass::of(&judgement.would_pass(&offset)));
    judge(rules, subject, &request.effects, &request.market, ledger, Phase::Admission, read)
}

/// Everything that a judgement says.
pub(crate) fn in_full(judgement: &Judgement<'_>) -> Decision {
    let (trace, valuation) = (judgement.trace(), judgement.valuation());
    Decision { verdict: judgement.verdict().clone(), trace, valuation }
}

/// Who is judged.
pub(crate) fn subject(wallet: &WalletRow, network: Network) -> Subject {
    Subject {
        wallet: wallet.id,
        chain: wallet.chain,
        environment: wallet.environment,
        owner: wallet.owner_state(),
        network,
    }
}

/// The rules, and what belongs to them rather than to one transaction.
pub(crate) struct Rules<'a> {
    pub(crate) book: &'a PolicyBook,
    pub(crate) settings: &'a PolicySettings,
    pub(crate) time_zones: &'a dyn TimeZones,
}

/// The one call of the evaluator: admission, re-check, dry run, explanation and replay all
/// come through here. `read` takes what it needs.
pub(crate) fn judge<T>(
    rules: &Rules<'_>,
    subject: &Subject,
    effects: &Effects,
    market: &Market,
    ledger: &LedgerFacts,
    phase: Phase,
    read: impl FnOnce(&Judgement<'_>) -> T,
) -> T {
    let offset = |zone: &str| Some((zone.to_owned(), rules.time_zones.utc_offset(zone, market.now)?));
    let zone_offsets = rules.book.time_zones(subject, effects).into_iter().filter_map(offset).collect();
    let facts = Facts {
        now: market.now,
        zone_offsets: &zone_offsets,
        prices: &market.prices,
        tokens: &market.tokens,
        ledger,
        actions: &action_facts(),
        settings: rules.settings,
    };
    read(&rules.book.judge(subject, effects, &facts, phase))
}

/// What is true here of the things that only actions of providers and other channels bring about.
fn action_facts() -> ActionFacts {
    ActionFacts {
        // No account of the wallet at any lender was ever read. A loan would be judged by this, so it is denied.
        positions: None,
        // No registry of reputations is configured. `policy.md` 5.18 has one answer for "no service", "unreachable" and
        // "no rating": the counterparty is unrated. So nobody has a score, which is known; whether anybody looked is not
        // in question.
        reputation: Some(BTreeMap::new()),
        // Only a provider's declaration gives a request a category, and no request of this service has one: what was
        // executed before adds up to nothing in every category.
        categories: Some(BTreeMap::new()),
        // Signatures for HTTP requests are counted by nobody, because none is made. A rule about them would deny.
        erc8128_recent: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::FixedTimeZones;
    use serde_json::{Value, json};
    use waiaas_core::address::Address;
    use waiaas_core::chain::{ChainKind, Environment};
    use waiaas_core::id::{PolicyId, WalletId};
    use waiaas_core::money::{BaseUnits, Usd};
    use waiaas_core::policy::{PolicyRow, PolicyType, Tier, Verdict};
    use waiaas_core::time::UnixMillis;
    use waiaas_core::tx::action::{Lending, LendingOp};
    use waiaas_core::tx::{Action, Channel, Host, Operation, TxType};
    use waiaas_core::wallet::OwnerState;

    const NETWORK: Network = Network::EthereumSepolia;

    /// Ten wei to somebody, by a wallet with an owner.
    fn transfer() -> Effects {
        let to = Address::parse(ChainKind::Ethereum, "0x5afe000000000000000000000000000000000001").unwrap();
        let operation = Operation::NativeTransfer { to, amount: BaseUnits::from_u128(10) };
        Effects::of(NETWORK, TxType::Transfer, vec![operation])
    }

    /// The same, declared as an action by a provider.
    fn action(category: Option<&str>, lending: Option<Lending>) -> Effects {
        let action = Action {
            trusted: true,
            floor: Tier::Instant,
            venue: None,
            category: category.map(str::to_owned),
            withdrawal: false,
            notional: Some(Usd::from_micros(10_000_000)),
            non_spending: true,
            outflows: Vec::new(),
            lending,
            perp: None,
        };
        Effects { action: Some(action), ..transfer() }
    }

    /// Expects a tier, or the code of a denial.
    fn check(policy_type: PolicyType, rules: &Value, effects: &Effects, expect: &str) {
        let row = PolicyRow {
            id: PolicyId::v7(UnixMillis::EPOCH, [1; 10]),
            wallet: None,
            network: None,
            policy_type,
            rules: rules.to_string(),
            priority: 0,
            enabled: true,
            ceiling: false,
            created_at: UnixMillis::EPOCH,
            updated_at: UnixMillis::EPOCH,
        };
        let settings = PolicySettings {
            default_deny_transfers: false,
            default_deny_lending_assets: false,
            erc8128_enabled: true,
            ..PolicySettings::default()
        };
        let book = PolicyBook::compile(&[row]);
        let rules = Rules { book: &book, settings: &settings, time_zones: &FixedTimeZones::utc() };
        let subject = Subject {
            wallet: WalletId::from_bytes([1; 16]),
            chain: ChainKind::Ethereum,
            environment: Environment::Testnet,
            owner: OwnerState::Locked,
            network: NETWORK,
        };
        let market = Market {
            tokens: BTreeMap::new(),
            prices: BTreeMap::new(),
            quotes: BTreeMap::new(),
            now: UnixMillis::from_secs(1_772_625_600),
        };
        let ledger = LedgerFacts::default();
        let decision = judge(&rules, &subject, effects, &market, &ledger, Phase::Admission, in_full);
        let got = match decision.verdict {
            Verdict::Allow(allowance) => allowance.tier.as_str(),
            Verdict::Deny(denial) => denial.reason.as_str(),
        };
        assert_eq!(got, expect, "{} {effects:?}", policy_type.as_str());
    }

    #[test]
    fn every_counterparty_is_unrated() {
        for (rules, expect) in [
            (json!({ "min_score": 1 }), "INSTANT"),
            (json!({ "min_score": 1, "check_counterparty": true }), "APPROVAL"),
            (json!({ "min_score": 0, "check_counterparty": true, "unrated_tier": "NOTIFY" }), "NOTIFY"),
            (json!({ "min_score": 1, "check_counterparty": true, "unrated_tier": "DENY" }), "REPUTATION_TOO_LOW"),
        ] {
            check(PolicyType::ReputationThreshold, &rules, &transfer(), expect);
        }
    }

    #[test]
    fn no_category_has_been_used_before() {
        let swap = action(Some("swap"), None);
        for (limit, expect) in [("10", "INSTANT"), ("9.999999", "CATEGORY_LIMIT_EXCEEDED")] {
            let rules = json!({ "category": "swap", "daily_limit_usd": limit, "tier_on_exceed": "DENY" });
            check(PolicyType::ActionCategoryLimit, &rules, &swap, expect);
        }
    }

    #[test]
    fn loans_are_unknown_and_signatures_are_not_counted() {
        let borrow = Lending { op: LendingOp::Borrow, asset: None, usd: Some(Usd::from_micros(1_000_000)) };
        let (lending, limit) = (action(None, Some(borrow)), json!({ "maxLtv": 1 }));
        check(PolicyType::LendingLtvLimit, &limit, &lending, "MISSING_INPUT");
        let host = Host::parse("api.example.com").unwrap();
        let signature = Effects { channel: Channel::Erc8128(host), operations: Vec::new(), ..transfer() };
        let domains = json!({ "domains": ["api.example.com"] });
        check(PolicyType::Erc8128AllowedDomains, &domains, &signature, "MISSING_INPUT");
    }
}
