//! A wallet on a main net with three tokens, and what surrounds its request.

use crate::zones;
use std::collections::BTreeMap;
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, ChainKind, Environment, Network};
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::policy::{
    ActionFacts, Decision, Facts, Judgement, LedgerFacts, Phase, PolicyBook, PolicyRow, PolicySettings, PolicyType,
    PriceFact, Subject, TokenFact, Verdict,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::Effects;
use waiaas_core::wallet::OwnerState;

pub(crate) const NETWORK: Network = Network::EthereumMainnet;
/// When scenes take place, unless something else is said.
pub(crate) const NOW: UnixMillis = UnixMillis::from_secs(1_000_000);

/// One of a few addresses, so that lists and requests often meet.
pub(crate) fn address(number: u8) -> Address {
    Address::parse(ChainKind::Ethereum, &format!("0x{}", format!("{number:02x}").repeat(20))).unwrap()
}

pub(crate) fn token(number: u8) -> AssetId {
    AssetId::token(NETWORK, &address(number)).unwrap()
}

/// How careful an outcome is: the tiers in their order, then denial.
pub(crate) fn severity(decision: &Decision) -> u8 {
    match &decision.verdict {
        Verdict::Allow(allowance) => allowance.tier as u8,
        Verdict::Deny(_) => u8::MAX,
    }
}

/// Everything around the rows.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) subject: Subject,
    pub(crate) effects: Effects,
    pub(crate) prices: BTreeMap<AssetId, PriceFact>,
    pub(crate) ledger: LedgerFacts,
    pub(crate) actions: ActionFacts,
    pub(crate) settings: PolicySettings,
    pub(crate) phase: Phase,
}

/// The wallet of a scene.
pub(crate) fn subject(owner: OwnerState) -> Subject {
    Subject {
        wallet: WalletId::from_bytes([1; 16]),
        chain: ChainKind::Ethereum,
        environment: Environment::Mainnet,
        owner,
        network: NETWORK,
    }
}

impl Scene {
    pub(crate) fn judge(&self, rows: &[PolicyRow]) -> Decision {
        self.judge_at(NOW, rows, |judgement| {
            let (trace, valuation) = (judgement.trace(), judgement.valuation());
            Decision { verdict: judgement.verdict().clone(), trace, valuation }
        })
    }

    /// As [`Self::judge`], at another instant and with access to the judgement.
    pub(crate) fn judge_at<T>(&self, now: UnixMillis, rows: &[PolicyRow], read: impl FnOnce(&Judgement<'_>) -> T) -> T {
        let book = PolicyBook::compile(rows);
        // The registry describes two of the three tokens.
        let known = |decimals| TokenFact { decimals, symbol: "T".to_owned() };
        let tokens = BTreeMap::from([(token(1), known(6)), (token(2), known(18))]);
        let Self { subject, effects, prices, ledger, actions, settings, phase } = self;
        let zone_offsets = zones::offsets(&book.time_zones(subject, effects), now);
        let facts = Facts { now, zone_offsets: &zone_offsets, prices, tokens: &tokens, ledger, actions, settings };
        read(&book.judge(subject, effects, &facts, *phase))
    }
}

pub(crate) fn row(position: u8, policy_type: PolicyType, rules: String) -> PolicyRow {
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
