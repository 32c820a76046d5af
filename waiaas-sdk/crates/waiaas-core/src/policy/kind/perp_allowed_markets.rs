//! PERP_ALLOWED_MARKETS: in which perpetual markets positions may be held.

use super::names::Names;
use super::{Absent, PolicyKind};
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use crate::tx::action::Perp;
use serde_json::json;

/// `{"markets": [{"market": "ETH-PERP", "name"?}, …]}`, an entry may also be the bare text: the market must be listed, in
/// any letter case. What can only make a position smaller is not gated, so that every position can be ended.
///
/// Without a row there are no perpetual positions (setting `policy.default_deny_perp_markets`).
// DIFFERS: the original compares the address of the contract with the names of the markets.
#[derive(Clone, Debug)]
pub(in crate::policy) struct PerpAllowedMarkets {
    markets: Names,
}

fn gated<'a>(case: &Case<'a>) -> Option<&'a Perp> {
    case.action()?.perp.as_ref().filter(|perp| !perp.reduce_only)
}

impl PolicyKind for PerpAllowedMarkets {
    const TYPE: PolicyType = PolicyType::PerpAllowedMarkets;
    const DENIED_BY: DeniedBy = DeniedBy::PerpAllowedMarkets;
    const TOPICS: Topics = Topics::PERP;
    const ONCE: bool = true;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("markets", issues)?;
        Some(Self { markets: Names::read(&list, "market", issues)? })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        let Some(market) = gated(case).and_then(|perp| perp.market.as_deref()) else {
            return Err(Refusal::new(ReasonCode::MissingInput, "the provider does not say which market it is"));
        };
        if self.markets.contain(market) {
            return Ok(());
        }
        case.lacks(refuse(ReasonCode::PerpMarketNotAllowed, format!("market `{market}` is not listed"), market))
    }
}

fn absent(case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
    if !case.facts.settings.default_deny_perp_markets {
        return Ok(());
    }
    let detail = "perpetual positions are disabled: add a PERP_ALLOWED_MARKETS policy that lists the market";
    Err(match gated(case).and_then(|perp| perp.market.as_deref()) {
        Some(market) => refuse(ReasonCode::PerpDisabled, detail.to_owned(), market),
        None => Refusal::new(ReasonCode::PerpDisabled, detail),
    })
}

fn refuse(reason: ReasonCode, detail: String, market: &str) -> Refusal {
    Refusal::new(reason, detail).for_want_of(PerpAllowedMarkets::TYPE, "markets", json!({ "market": market }))
}
