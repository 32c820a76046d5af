//! VENUE_WHITELIST: at which venues actions may happen.

use super::names::Names;
use super::{Absent, PolicyKind};
use crate::policy::PolicyType;
use crate::policy::case::{Case, Contribution, Refusal};
use crate::policy::decision::{DeniedBy, ReasonCode};
use crate::policy::rules::{Issues, Node};
use crate::policy::topics::Topics;
use serde_json::json;

/// `{"venues": [{"id": "polymarket", "name"?}, …]}`, an entry may also be the bare text: the venue that the provider of an
/// action declares must be listed, in any letter case. Actions without a venue are not gated.
///
/// No row means no restriction, unless setting `venue_whitelist_enabled` is on: then no venue is allowed.
// DIFFERS: the original ignores the rows too while the setting is off.
#[derive(Clone, Debug)]
pub(in crate::policy) struct VenueWhitelist {
    venues: Names,
}

fn venue<'a>(case: &Case<'a>) -> Option<&'a str> {
    case.action()?.venue.as_deref()
}

fn refuse(venue: &str) -> Refusal {
    Refusal::new(ReasonCode::VenueNotAllowed, format!("VENUE_NOT_ALLOWED: venue `{venue}` is not listed")).for_want_of(
        VenueWhitelist::TYPE,
        "venues",
        json!({ "id": venue }),
    )
}

impl PolicyKind for VenueWhitelist {
    const TYPE: PolicyType = PolicyType::VenueWhitelist;
    const DENIED_BY: DeniedBy = DeniedBy::VenueWhitelist;
    const TOPICS: Topics = Topics::VENUE;
    const ONCE: bool = true;
    const ABSENT: Option<Absent> = Some(absent);

    fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let list = rules.object(issues)?.required("venues", issues)?;
        Some(Self { venues: Names::read(&list, "id", issues)? })
    }

    fn judge(&self, case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
        match venue(case).filter(|venue| !self.venues.contain(venue)) {
            Some(venue) => case.lacks(refuse(venue)),
            None => Ok(()),
        }
    }
}

fn absent(case: &Case<'_>, _: &mut Contribution) -> Result<(), Refusal> {
    match venue(case).filter(|_| case.facts.settings.default_deny_venues) {
        Some(venue) => Err(refuse(venue)),
        None => Ok(()),
    }
}
