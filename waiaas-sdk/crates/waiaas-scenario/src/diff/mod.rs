//! What changes when one set of rows replaces another.
//!
//! Requests are tried against both sets: of every type and channel that the rules can concern, with every entry of
//! every list, every threshold and its neighbours (one smallest unit, one millionth of a dollar), a value outside of
//! every list, nothing and the extremes; at the hours, after the spending, with the counts and scores at which a rule
//! can turn. Of every entry and threshold there is at least one request; beyond that, values are combined with each
//! other until [`MAX_COMBINED`] requests.
//!
//! **It samples.** That no difference was found is no proof that there is none: rules can interact in ways that no
//! single threshold shows.
//!
//! What the contexts say nothing about is assumed, so that thresholds can be reached: a price of one dollar for
//! assets without one, six decimals for tokens without any, a collateral of a million dollars for loans. The same
//! requests are tried with an oracle that is down, with prices that are not listed and without an owner.
//!
//! ```
//! use serde_json::json;
//!
//! let limit = |usd| json!([{ "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": usd, "delay_max_usd": 1000 } }]);
//! let diff = waiaas_scenario::diff(&limit(100), &limit(50), &json!({}), &waiaas_scenario::no_zones).unwrap();
//! let change = diff.groups.iter().find(|group| group.request["type"] == "TRANSFER").unwrap();
//! assert_eq!(change.kind, waiaas_scenario::ChangeKind::StricterTier);
//! println!("{diff}");
//! ```

mod points;
mod samples;
mod surroundings;

use crate::Zones;
use crate::explain::{Explanation, Outcome, explain_nodes};
use crate::node::{Faults, Node};
use crate::request;
use crate::rows;
use crate::world::World;
use points::Points;
use samples::Samples;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use surroundings::Overlay;
use waiaas_core::chain::Network;
use waiaas_core::policy::{Decision, PolicyBook, PolicyRow, ReasonCode, Tier, Verdict};
use waiaas_core::wire::{Issue, Issues};

/// How many requests are made by combining values freely, for each set of contexts given. The requests that visit
/// every entry and threshold are not counted.
pub const MAX_COMBINED: usize = 20_000;

/// How the decisions about a request differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Denied before, allowed now.
    NewlyAllowed,
    /// Allowed before, denied now.
    NewlyDenied,
    /// Allowed by both, with less care now.
    LooserTier,
    /// Allowed by both, with more care now.
    StricterTier,
    /// The same tier, but another delay or another time for the owner.
    OtherTimes,
}

impl ChangeKind {
    /// The name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewlyAllowed => "newly_allowed",
            Self::NewlyDenied => "newly_denied",
            Self::LooserTier => "looser_tier",
            Self::StricterTier => "stricter_tier",
            Self::OtherTimes => "other_times",
        }
    }
}

/// The differences between two sets of rows.
#[derive(Clone, Debug)]
pub struct Diff {
    /// How many requests were judged by both.
    pub judged: u64,
    /// Values would have allowed more combinations than were tried.
    pub capped: bool,
    /// Requests that are decided differently, by how they are.
    pub groups: Vec<Group>,
}

/// Requests of one type with the same two decisions.
#[derive(Clone, Debug)]
pub struct Group {
    /// How the decisions differ.
    pub kind: ChangeKind,
    /// How many of the requests that were tried.
    pub count: u64,
    /// The plainest of them.
    pub request: Value,
    /// The context that it was made in, complete: ready for a scenario.
    pub context: Value,
    /// What the first set says to it.
    pub before: Explanation,
    /// What the second set says to it.
    pub after: Explanation,
}

/// What changes from `a` to `b`, two lists of rows. `contexts` is a context, or a list of them (see the crate's
/// documentation); `{}` is enough.
///
/// # Errors
/// What is wrong with the documents; the paths begin with `a`, `b` or `contexts`.
pub fn diff(a: &Value, b: &Value, contexts: &Value, zones: Zones<'_>) -> Result<Diff, Issues> {
    let mut faults = Faults::default();
    let (a, b, contexts) = (Node::at(a, "a"), Node::at(b, "b"), Node::at(contexts, "contexts"));
    let sides = [rows::read(&a, &mut faults), rows::read(&b, &mut faults)];
    let contexts =
        if contexts.value.is_array() { contexts.list(&mut faults).unwrap_or_default() } else { vec![contexts] };
    let worlds: Vec<(Node<'_>, World)> = contexts
        .into_iter()
        .filter_map(|context| {
            World::read(std::slice::from_ref(&context), None, &mut faults).map(|world| (context, world))
        })
        .collect();
    faults.finish(Some(()))?;
    let books = [PolicyBook::compile(&sides[0]), PolicyBook::compile(&sides[1])];
    let mut search = Search { books, zones, judged: 0, combined: 0, capped: false, found: BTreeMap::new() };
    for (context, world) in &worlds {
        search.around(context, world, &sides);
    }
    let groups = search.found.into_values().filter_map(|found| found.group(&a, &b, zones)).collect();
    Ok(Diff { judged: search.judged, capped: search.capped, groups })
}

struct Search<'z> {
    books: [PolicyBook; 2],
    zones: Zones<'z>,
    judged: u64,
    combined: usize,
    capped: bool,
    found: BTreeMap<Key, Found>,
}

/// What requests have in common that make one group.
type Key = (ChangeKind, String, String, String);

struct Found {
    kind: ChangeKind,
    count: u64,
    plainness: (usize, String),
    request: Value,
    context: Value,
}

impl Search<'_> {
    /// Tries everything around one context: for every wallet that a row names, on every network that one names.
    fn around(&mut self, context: &Node<'_>, world: &World, sides: &[Vec<PolicyRow>; 2]) {
        let rows = || sides.iter().flatten();
        let mut wallets = vec![world.subject.wallet];
        wallets.extend(rows().filter_map(|row| row.wallet));
        points::distinct(&mut wallets);
        for wallet in wallets {
            let own = rows().filter(|row| row.wallet.is_none_or(|other| other == wallet));
            let points = Points::of(own, world.subject.chain);
            let mut networks = vec![world.subject.network];
            networks.extend(points.networks.iter().filter(|network| network.chain() == world.subject.chain));
            // One that no rule names.
            networks.extend(
                Network::of(world.subject.chain, world.subject.environment)
                    .find(|other| !points.networks.contains(other)),
            );
            points::distinct(&mut networks);
            for network in networks {
                self.on(context, world, &wallet.to_string(), network, &points);
            }
        }
    }

    fn on(&mut self, context: &Node<'_>, world: &World, wallet: &str, network: Network, points: &Points) {
        let base = |now| surroundings::base(world, wallet, network, now, points);
        let first = base(world.now);
        let Some(here) = self.world(context, &first) else { return };
        let Some(samples) = Samples::of(points, &here) else { return };
        let (edges, plain) = (samples.edges(points), samples.plain(points));
        // One instant at which no side is closed, or else one for each side; the context's own in any case.
        let tried: Vec<_> = surroundings::instants(points, world.now, self.zones);
        let mut open = vec![first];
        for now in &tried {
            let overlay = base(*now);
            self.all(context, &overlay, plain.iter().take(1));
            open.push(overlay);
        }
        let open = self.open(context, open, plain.first());
        for overlay in &open {
            self.all(context, overlay, edges.iter());
            let now = here.now;
            for varied in surroundings::variations(overlay, points, &samples.parties(), now) {
                self.all(context, &varied, plain.iter());
            }
        }
        for overlay in &open {
            let Some(world) = self.world(context, overlay) else { continue };
            for request in samples.products() {
                if self.combined >= MAX_COMBINED {
                    self.capped = true;
                    return;
                }
                self.combined = self.combined.saturating_add(1);
                self.one(context, overlay, &world, &request);
            }
        }
    }

    /// Of the surroundings the first, and one that TIME_RESTRICTION leaves open on both sides; where there is none, one
    /// for each side.
    fn open(&self, context: &Node<'_>, all: Vec<Overlay>, request: Option<&Value>) -> Vec<Overlay> {
        let open = |decision: &Decision| match &decision.verdict {
            Verdict::Deny(denial) => denial.reason != ReasonCode::TimeRestricted,
            Verdict::Allow(_) => true,
        };
        let sides = |overlay: &Overlay| {
            let decisions = self.decide(&self.world(context, overlay)?, request?)?;
            Some([open(&decisions[0]), open(&decisions[1])])
        };
        let sides: Vec<[bool; 2]> = all.iter().map(|overlay| sides(overlay).unwrap_or([true; 2])).collect();
        let first_with = |wanted: &dyn Fn(&[bool; 2]) -> bool| sides.iter().position(wanted);
        let one_side = || [first_with(&|[before, _]| *before), first_with(&|[_, after]| *after)];
        let both = first_with(&|both| *both == [true; 2]);
        let mut chosen: Vec<usize> = vec![0];
        chosen.extend(both.map_or_else(one_side, |both| [Some(both), None]).into_iter().flatten());
        points::distinct(&mut chosen);
        all.into_iter().enumerate().filter(|(place, _)| chosen.contains(place)).map(|(_, overlay)| overlay).collect()
    }

    fn all<'v>(&mut self, context: &Node<'_>, overlay: &Overlay, requests: impl Iterator<Item = &'v Value>) {
        let Some(world) = self.world(context, overlay) else { return };
        for request in requests {
            self.one(context, overlay, &world, request);
        }
    }

    fn world(&self, context: &Node<'_>, overlay: &Overlay) -> Option<World> {
        let overlay = Value::Object(overlay.clone());
        let mut faults = Faults::default();
        World::read(&[context.clone(), Node::at(&overlay, "overlay")], None, &mut faults)
    }

    fn decide(&self, world: &World, request: &Value) -> Option<[Decision; 2]> {
        let mut faults = Faults::default();
        let effects = request::read(&Node::root(request), world, &mut faults)?.ok()?;
        Some([0, 1].map(|side: usize| {
            let book = if side == 0 { &self.books[0] } else { &self.books[1] };
            world.judge(book, &effects, self.zones)
        }))
    }

    fn one(&mut self, context: &Node<'_>, overlay: &Overlay, world: &World, request: &Value) {
        let Some([before, after]) = self.decide(world, request) else { return };
        self.judged = self.judged.saturating_add(1);
        let Some(kind) = change(&before, &after) else { return };
        let name = request.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let key = (kind, name, summary(&before), summary(&after));
        let text = request.to_string();
        let context = merged(context.value, overlay);
        let plainness = (text.len().saturating_add(context.to_string().len()), text);
        let found = self.found.entry(key).or_insert_with(|| Found {
            kind,
            count: 0,
            plainness: plainness.clone(),
            request: request.clone(),
            context: context.clone(),
        });
        found.count = found.count.saturating_add(1);
        if plainness < found.plainness {
            *found = Found { kind, count: found.count, plainness, request: request.clone(), context };
        }
    }
}

impl Found {
    fn group(self, a: &Node<'_>, b: &Node<'_>, zones: Zones<'_>) -> Option<Group> {
        let Self { kind, count, request, context, .. } = self;
        let explain = |rows: &Node<'_>| {
            let contexts = [Node::at(&context, "context")];
            explain_nodes(rows, &contexts, &Node::at(&request, "request"), zones, &mut Faults::default())
        };
        let (before, after) = (explain(a)?, explain(b)?);
        Some(Group { kind, count, request, context, before, after })
    }
}

/// The context with the overlay on top, as [`World::read`] merges them.
fn merged(context: &Value, overlay: &Overlay) -> Value {
    let mut whole: Map<String, Value> = context.as_object().cloned().unwrap_or_default();
    for (key, value) in overlay {
        match (whole.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(above))
                if ["settings", "prices", "tokens"].contains(&key.as_str()) =>
            {
                below.extend(above.clone());
            }
            _ => drop(whole.insert(key.clone(), value.clone())),
        }
    }
    Value::Object(whole)
}

/// How two decisions about one request differ; reasons and texts of denials do not count.
pub(crate) fn change(before: &Decision, after: &Decision) -> Option<ChangeKind> {
    let times = |decision: &Decision| match &decision.verdict {
        Verdict::Allow(allowance) => (allowance.delay_seconds, allowance.approval_timeout_seconds),
        Verdict::Deny(_) => (None, None),
    };
    match (tier(before), tier(after)) {
        (None, None) => None,
        (None, Some(_)) => Some(ChangeKind::NewlyAllowed),
        (Some(_), None) => Some(ChangeKind::NewlyDenied),
        (Some(before), Some(after)) if after < before => Some(ChangeKind::LooserTier),
        (Some(before), Some(after)) if after > before => Some(ChangeKind::StricterTier),
        _ if times(before) != times(after) => Some(ChangeKind::OtherTimes),
        _ => None,
    }
}

fn tier(decision: &Decision) -> Option<Tier> {
    match &decision.verdict {
        Verdict::Allow(allowance) => Some(allowance.tier),
        Verdict::Deny(_) => None,
    }
}

/// A decision in a word or two.
pub(crate) fn summary(decision: &Decision) -> String {
    match &decision.verdict {
        Verdict::Allow(allowance) => allowance.tier.as_str().to_owned(),
        Verdict::Deny(denial) => format!("denied by {} ({})", denial.denied_by, denial.reason),
    }
}

impl Diff {
    /// Whether no difference was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Everything, as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let group = |group: &Group| {
            json!({
                "kind": group.kind.as_str(),
                "count": group.count,
                "request": group.request,
                "context": group.context,
                "before": group.before.to_json(),
                "after": group.after.to_json(),
            })
        };
        json!({
            "judged": self.judged,
            "capped": self.capped,
            "groups": self.groups.iter().map(group).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Diff {
    /// For a terminal: for each group its plainest request and both decisions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.groups {
            let kind = group.kind.as_str().replace('_', " ");
            writeln!(f, "{kind} ({} of the requests tried)", group.count)?;
            writeln!(f, "  request: {}", group.request)?;
            for key in ["network", "now", "history", "reputation", "positions", "price_status"] {
                if let Some(value) = group.context.get(key) {
                    writeln!(f, "  {key}: {value}")?;
                }
            }
            for (name, side) in [("before", &group.before), ("after", &group.after)] {
                writeln!(f, "  {name}: {}", side.outcome)?;
            }
        }
        let more = if self.capped { ", not all combinations" } else { "" };
        match self.groups.len() {
            0 => writeln!(f, "no difference found in {} requests{more} (which is no proof)", self.judged),
            groups => writeln!(f, "{groups} kinds of differences in {} requests{more}", self.judged),
        }
    }
}

/// Only what was decided is compared; see [`Outcome`] for requests that are refused while they are read.
impl Group {
    /// The two decisions in a word or two.
    #[must_use]
    pub fn summaries(&self) -> [String; 2] {
        [&self.before, &self.after].map(|side| match &side.outcome {
            Outcome::Decided(decision) => summary(decision),
            Outcome::Refused(refused) => refused.why.to_owned(),
            Outcome::Created(issues) => issues.iter().map(Issue::path_string).collect(),
        })
    }
}
