//! The rules of the scene in Cedar.
//!
//! The way that suits Cedar best: policies written once over attributes, the wallets' rows and lists as entities, and the
//! tier as the least of the permits that match. Everything is parsed and built beforehand. What cannot be said is left
//! out, which spares Cedar the work:
//! - amounts above 2^63 - 1 (its only number has 64 bits) and multiplication by prices: it is told the worth in dollars;
//! - `*.` of host names against a list, operations of a batch judged one by one, rows that take the place of others (by
//!   scope and priority: only the row in force became an attribute), rows that cannot be read, missing facts;
//! - delays, approval times, warnings, and the reason of a denial for people.

use crate::cases::Case;
use crate::scene::{Scale, address, token};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, Response, RestrictedExpression,
};
use std::collections::{HashMap, HashSet};

/// Read at run time, so that changing it compiles nothing.
const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/decisions/rules.cedar");

/// Everything but the request.
pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
}

impl Cedar {
    /// Parses the policies and builds the entities.
    pub(crate) fn new(scale: Scale) -> Self {
        let assets = (0..scale.entries()).map(|number| {
            let limits = [("instant", 100_000_000), ("notify", 200_000_000), ("delay", 300_000_000)];
            let attributes =
                limits.into_iter().filter(|_| number > 0).map(|(name, limit)| (name.to_owned(), long(limit)));
            entity(asset(&token(number).to_string()), attributes.collect())
        });
        let ether = [("instant", 1), ("notify", 2), ("delay", 3)]
            .map(|(name, limit)| (name.to_owned(), long(limit * 1_000_000_000_000_000_000)));
        let native = entity(asset(&crate::scene::NETWORK.native_asset().to_string()), ether.into());
        let wallets = (0..if scale == Scale::Large { 48 } else { 1 })
            .map(|number| entity(wallet(number), wallet_attributes(if number == 0 { scale.entries() } else { 5 })));
        let entities = assets.chain([native]).chain(wallets);
        // Without policy identifiers in the text they are numbered, so the annotations name them.
        let parsed: PolicySet = std::fs::read_to_string(POLICIES).unwrap().parse().unwrap();
        let named = parsed.policies().map(|policy| policy.new_id(policy.annotation("id").unwrap().parse().unwrap()));
        Self {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_policies(named).unwrap(),
            entities: Entities::from_entities(entities, None).unwrap(),
        }
    }

    /// The request of a case.
    pub(crate) fn request(case: &Case) -> Request {
        let facts = [
            ("amount", case.amount),
            ("held", case.held()),
            ("usd", case.usd()),
            ("daily", case.daily),
            ("monthly", case.monthly),
            ("recent", case.recent),
            ("hour", case.hour()),
            ("weekday", case.weekday()),
        ];
        let facts = facts.into_iter().chain(case.score.map(|score| ("reputation", score)));
        let texts = [("to", case.to.to_string()), ("network", case.network.as_str().to_owned())];
        let context = facts
            .map(|(name, value)| (name.to_owned(), long(i64::try_from(value).unwrap())))
            .chain(texts.map(|(name, text)| (name.to_owned(), RestrictedExpression::new_string(text))));
        let action = if case.token.is_some() { "token_transfer" } else { "transfer" };
        let context = Context::from_pairs(context).unwrap();
        Request::new(wallet(0), uid("Action", action), asset(&case.asset().to_string()), context, None).unwrap()
    }

    /// What is measured.
    pub(crate) fn judge(&self, request: &Request) -> Response {
        self.authorizer.is_authorized(request, &self.policies, &self.entities)
    }

    /// A tier, or `DENIED`.
    pub(crate) fn outcome(response: &Response) -> &'static str {
        let errors: Vec<String> = response.diagnostics().errors().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{errors:?}");
        if response.decision() == Decision::Deny {
            return "DENIED";
        }
        let matched: HashSet<String> = response.diagnostics().reason().map(ToString::to_string).collect();
        ["INSTANT", "NOTIFY", "DELAY", "APPROVAL"].into_iter().find(|tier| matched.contains(*tier)).unwrap()
    }
}

fn wallet_attributes(len: u64) -> HashMap<String, RestrictedExpression> {
    let text = |text: String| RestrictedExpression::new_string(text);
    let set = |entry: &dyn Fn(u64) -> RestrictedExpression| RestrictedExpression::new_set((0..len).map(entry));
    let addresses = || set(&|number| text(address(number).to_string()));
    let assets = || set(&|number| RestrictedExpression::new_entity_uid(asset(&token(number).to_string())));
    let names = |prefix: &str| set(&|number| text(format!("{prefix}-{number}")));
    let numbers = [
        ("hours_start", 8),
        ("hours_end", 20),
        ("max_requests", 100),
        ("max_approval", 1_000_000_000),
        ("max_ltv", 750_000),
        ("max_leverage", 5_000_000),
        ("max_position", 1_000_000_000),
        ("signatures_per_minute", 30),
        ("min_score", 50_000_000),
        ("per_action_limit", 500_000_000),
        ("instant_max_usd", 2_500_000_000),
        ("notify_max_usd", 5_000_000_000),
        ("delay_max_usd", 8_000_000_000),
        ("daily_limit_usd", 10_000_000_000),
        ("monthly_limit_usd", 100_000_000_000),
    ];
    let networks = ["ethereum-mainnet", "base-mainnet", "polygon-mainnet"].map(|name| text(name.to_owned()));
    let lists = [
        ("whitelist", addresses()),
        ("contracts", addresses()),
        ("spenders", addresses()),
        ("tokens", assets()),
        ("lending", assets()),
        ("markets", names("market")),
        ("venues", names("venue")),
        ("hosts", names("host")),
        ("networks", RestrictedExpression::new_set(networks)),
        ("days", RestrictedExpression::new_set((1..=5).map(long))),
    ];
    let numbers = numbers.map(|(name, value)| (name, long(value)));
    numbers.into_iter().chain(lists).map(|(name, value)| (name.to_owned(), value)).collect()
}

fn long(value: i64) -> RestrictedExpression {
    RestrictedExpression::new_long(value)
}

fn entity(uid: EntityUid, attributes: HashMap<String, RestrictedExpression>) -> Entity {
    Entity::new(uid, attributes, HashSet::new()).unwrap()
}

fn wallet(number: u64) -> EntityUid {
    uid("Wallet", &format!("w{number}"))
}

fn asset(id: &str) -> EntityUid {
    uid("Asset", id)
}

fn uid(kind: &str, name: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.parse().unwrap(), cedar_policy::EntityId::new(name))
}
