//! Both evaluators on one case, and the smallest case on which they still differ.

use crate::evaluate;
use crate::generate::Case;
use crate::request::valuation;
use crate::verdict::Verdict;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use waiaas_core::policy::{Facts, LedgerFacts, PolicyBook, PolicySettings, PolicyType, Valuation};

/// A verdict, and for what is allowed the amounts that the ledger must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The amounts; `None` for what is refused.
    pub moved: Option<Valuation>,
}

/// What the reference says. It is told everything.
#[must_use]
pub fn reference(case: &Case) -> Outcome {
    let ledger = LedgerFacts {
        held: case.held.clone(),
        daily_usd: case.daily,
        monthly_usd: case.monthly,
        rates: case.rates.values().copied().collect(),
    };
    let facts = facts(case, &case.zones, &ledger);
    let verdict = evaluate::evaluate(&case.rows, &case.subject, &case.effects, &facts, case.phase);
    let allowed = matches!(verdict, Verdict::Allowed(_));
    Outcome { verdict, moved: allowed.then(|| in_order(valuation(&case.effects, &facts))) }
}

/// The order of the assets means nothing.
fn in_order(mut moved: Valuation) -> Valuation {
    moved.components.sort_by_key(|component| component.asset);
    moved
}

/// What the core says. It is told only what it asks for, so that a question it forgets to ask shows.
#[must_use]
pub fn production(case: &Case) -> Outcome {
    let book = PolicyBook::compile(&case.rows);
    let query = book.query(&case.subject, &case.effects, &case.settings);
    let asked = |asset: &waiaas_core::chain::AssetId| query.held.contains(asset);
    let ledger = LedgerFacts {
        held: case.held.iter().filter(|(asset, _)| asked(asset)).map(|(asset, held)| (*asset, *held)).collect(),
        daily_usd: if query.daily_usd { case.daily } else { Default::default() },
        monthly_usd: if query.monthly_usd { case.monthly } else { Default::default() },
        rates: query.rates.iter().filter_map(|window| case.rates.get(window)).copied().collect(),
    };
    let zones: BTreeMap<String, i32> = book
        .time_zones(&case.subject, &case.effects)
        .iter()
        .filter_map(|zone| Some(((*zone).to_owned(), *case.zones.get(*zone)?)))
        .collect();
    let facts = facts(case, &zones, &ledger);
    let decision = book.evaluate(&case.subject, &case.effects, &facts, case.phase);
    let verdict = Verdict::from(&decision);
    let allowed = matches!(verdict, Verdict::Allowed(_));
    Outcome { verdict, moved: allowed.then(|| in_order(decision.valuation)) }
}

fn facts<'a>(case: &'a Case, zones: &'a BTreeMap<String, i32>, ledger: &'a LedgerFacts) -> Facts<'a> {
    Facts {
        now: case.now,
        prices: &case.prices,
        tokens: &case.tokens,
        zone_offsets: zones,
        ledger,
        actions: &case.actions,
        settings: &case.settings,
    }
}

/// Takes away rows, operations and facts for as long as `fails` stays true.
#[must_use]
pub fn smallest(case: &Case, fails: &dyn Fn(&Case) -> bool) -> Case {
    let mut smallest = case.clone();
    loop {
        let smaller = simpler(&smallest).into_iter().find(|candidate| fails(candidate));
        match smaller {
            Some(candidate) => smallest = candidate,
            None => return smallest,
        }
    }
}

/// Every way of taking one thing away.
fn simpler(case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    let mut with = |change: &dyn Fn(&mut Case)| {
        let mut candidate = case.clone();
        change(&mut candidate);
        if candidate != *case {
            found.push(candidate);
        }
    };
    for at in 0..case.rows.len() {
        with(&|case| {
            case.rows.remove(at);
        });
        with(&|case| case.rows[at].ceiling = false);
        with(&|case| case.rows[at].wallet = None);
        with(&|case| case.rows[at].network = None);
        with(&|case| case.rows[at].priority = 0);
        if let Ok(serde_json::Value::Object(members)) = serde_json::from_str(&case.rows[at].rules) {
            for key in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(key);
                let text = serde_json::Value::Object(fewer).to_string();
                with(&|case| case.rows[at].rules.clone_from(&text));
            }
        }
    }
    if case.effects.instructions.is_empty() {
        for at in 0..case.effects.operations.len() {
            with(&|case| {
                case.effects.operations.remove(at);
            });
        }
    } else {
        with(&|case| case.effects.instructions.clear());
    }
    with(&|case| case.effects.action = None);
    if case.effects.action.is_some() {
        let each: [&dyn Fn(&mut waiaas_core::tx::Action); 8] = [
            &|action| action.outflows.clear(),
            &|action| action.lending = None,
            &|action| action.perp = None,
            &|action| action.venue = None,
            &|action| action.category = None,
            &|action| action.notional = None,
            &|action| action.withdrawal = false,
            &|action| action.floor = waiaas_core::policy::Tier::Instant,
        ];
        for change in each {
            with(&|case| change(case.effects.action.as_mut().unwrap()));
        }
    }
    for key in case.prices.keys() {
        with(&|case| case.prices.retain(|asset, _| asset != key));
    }
    with(&|case| case.held.clear());
    with(&|case| case.tokens.clear());
    with(&|case| case.zones.clear());
    with(&|case| case.daily = Default::default());
    with(&|case| case.monthly = case.daily);
    with(&|case| case.actions.categories = None);
    with(&|case| case.actions.reputation = None);
    with(&|case| case.actions.positions = None);
    with(&|case| case.settings = Default::default());
    with(&|case| case.phase = waiaas_core::policy::Phase::Admission);
    found
}

/// A case for people to read.
#[must_use]
pub fn described(case: &Case) -> String {
    let mut text = String::new();
    for row in &case.rows {
        let flags = format!("enabled {} ceiling {} priority {}", row.enabled, row.ceiling, row.priority);
        let scope = format!("wallet {:?} network {:?}", row.wallet.map(|id| id.as_bytes()[0]), row.network);
        writeln!(
            text,
            "row {} {} {scope} {flags} created {}\n    {}",
            row.id,
            row.policy_type,
            row.created_at.as_secs(),
            row.rules
        )
        .unwrap();
    }
    writeln!(text, "{:?}\n{:?}", case.subject, case.phase).unwrap();
    writeln!(
        text,
        "{:?} {:?} instructions {:?}",
        case.effects.channel, case.effects.tx_type, case.effects.instructions
    )
    .unwrap();
    for operation in &case.effects.operations {
        writeln!(text, "  {operation:?}").unwrap();
    }
    writeln!(text, "action {:?}", case.effects.action).unwrap();
    writeln!(text, "now {} prices {:?}\ntokens {:?}", case.now.as_millis(), case.prices, case.tokens).unwrap();
    writeln!(text, "held {:?} daily {} monthly {} zones {:?}", case.held, case.daily, case.monthly, case.zones)
        .unwrap();
    if case.rows.iter().any(|row| row.policy_type == PolicyType::RateLimit) {
        writeln!(text, "rates {:?}", case.rates).unwrap();
    }
    let usual = format!("{:?}", PolicySettings::default());
    let usual: Vec<&str> = usual.split([',', '}']).collect();
    let settings = format!("{:?}", case.settings);
    let unusual: Vec<&str> = settings.split([',', '}']).filter(|part| !usual.contains(part)).collect();
    writeln!(text, "{:?}\nsettings{}", case.actions, unusual.join(",")).unwrap();
    text
}
