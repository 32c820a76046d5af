//! How other rows would have judged what happened.
//!
//! The requests of the past are judged again in the order in which they came, each with the prices and facts of its
//! moment. Sums and counts are those that the candidate's own verdicts would have produced: what it would have denied
//! is not spent, what it would have let through is.
//!
//! What nobody can know is assumed, on the side of counting more:
//!
//! - What the candidate holds back (DELAY, APPROVAL) is released and approved, and ends as it ended in truth.
//! - What was denied in truth, and would have been allowed, is executed at once.
//! - The requests of the past come at the same moments, whatever became of the ones before.
//!
//! ```
//! use std::collections::BTreeMap;
//! use waiaas_core::address::Address;
//! use waiaas_core::chain::{ChainKind, Environment, Network};
//! use waiaas_core::id::{PolicyId, WalletId};
//! use waiaas_core::money::{BaseUnits, Price};
//! use waiaas_core::policy::{PolicyRow, PolicySettings, PolicyType, PriceFact, Subject, Tier};
//! use waiaas_core::time::UnixMillis;
//! use waiaas_core::tx::{Effects, Operation, TxStatus, TxType};
//! use waiaas_core::wallet::OwnerState;
//! use waiaas_scenario::replay::{PastRequest, Was, replay};
//!
//! let network = Network::EthereumMainnet;
//! let subject = Subject {
//!     wallet: WalletId::from_bytes([1; 16]),
//!     chain: ChainKind::Ethereum,
//!     environment: Environment::Mainnet,
//!     owner: OwnerState::Locked,
//!     network,
//! };
//! let to = Address::parse(ChainKind::Ethereum, "0x1000000000000000000000000000000000000001").unwrap();
//! let past = |hour: i64| PastRequest {
//!     id: format!("at {hour}"),
//!     subject,
//!     effects: Effects::of(network, TxType::Transfer, vec![Operation::NativeTransfer {
//!         to, amount: BaseUnits::from_human("0.02", 18).unwrap(), // $40
//!     }]),
//!     at: UnixMillis::from_secs(hour * 3_600),
//!     prices: BTreeMap::from([(network.native_asset(), PriceFact::Known(Price::parse("2000").unwrap()))]),
//!     tokens: BTreeMap::new(),
//!     positions: None,
//!     reputation: None,
//!     was: Was::Allowed(Tier::Instant),
//!     status: TxStatus::Confirmed,
//!     ended_at: Some(UnixMillis::from_secs(hour * 3_600 + 30)),
//! };
//! let candidate = PolicyRow {
//!     id: PolicyId::from_bytes([0; 16]),
//!     wallet: None,
//!     network: None,
//!     policy_type: PolicyType::SpendingLimit,
//!     rules: r#"{"instant_max_usd": 50, "daily_limit_usd": 100, "on_cumulative_exceed": "DENY"}"#.to_owned(),
//!     priority: 0,
//!     enabled: true,
//!     ceiling: false,
//!     created_at: UnixMillis::EPOCH,
//!     updated_at: UnixMillis::EPOCH,
//! };
//! // Two of $40 fit into a day; the third does not, and a day after the first there is room again.
//! let history = [past(0), past(1), past(2), past(25)];
//! let replay = replay(&[candidate], &PolicySettings::default(), &history, &waiaas_scenario::no_zones);
//! let denied: Vec<&str> = replay.allow_to_deny().map(|change| change.id.as_str()).collect();
//! assert_eq!(denied, ["at 2"]);
//! ```

use crate::Zones;
use crate::diff::{ChangeKind, summary};
use crate::history::{self, Category, Entry};
use crate::world::offsets;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use waiaas_core::address::Address;
use waiaas_core::chain::AssetId;
use waiaas_core::id::WalletId;
use waiaas_core::money::Ratio;
use waiaas_core::policy::{
    ActionFacts, Decision, Facts, Phase, PolicyBook, PolicyRow, PolicySettings, Positions, PriceFact, Subject, Tier,
    TokenFact, Verdict,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Channel, Effects, TxStatus};

/// For how long a signed request that this service did not send is held, in seconds (`policy.md` section 8).
const SIGNED_TTL_SECONDS: i64 = 3_600;

/// A request of the past, with what was known when it was judged.
#[derive(Clone, Debug)]
pub struct PastRequest {
    /// Whatever names it in the answer.
    pub id: String,
    /// Whose it was, as its wallet was then.
    pub subject: Subject,
    /// What it does.
    pub effects: Effects,
    /// When it was made and judged.
    pub at: UnixMillis,
    /// The prices that it was judged with.
    pub prices: BTreeMap<AssetId, PriceFact>,
    /// What was known about tokens.
    pub tokens: BTreeMap<AssetId, TokenFact>,
    /// Loans of the wallet then; `None` when nobody looked.
    pub positions: Option<Positions>,
    /// Scores then; `None` when nobody looked.
    pub reputation: Option<BTreeMap<Address, Ratio>>,
    /// What was decided.
    pub was: Was,
    /// Where it ended, or where it stands.
    pub status: TxStatus,
    /// When it got to a final status; `None` while it has none, or when nobody knows: then it counts as having ended
    /// at once.
    pub ended_at: Option<UnixMillis>,
}

/// What was decided in truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Was {
    /// It was refused; the text says why.
    Denied(String),
    /// It was allowed, with this tier in the end.
    Allowed(Tier),
}

/// What a replay found.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Requests that were judged again.
    pub judged: usize,
    /// Those that come out differently, in order.
    pub changes: Vec<Change>,
}

/// A request that comes out differently.
#[derive(Clone, Debug)]
pub struct Change {
    /// Which.
    pub id: String,
    /// When it was made.
    pub at: UnixMillis,
    /// How it differs.
    pub kind: ChangeKind,
    /// What was decided in truth.
    pub was: Was,
    /// What the candidate says, and why.
    pub decision: Decision,
}

/// Judges the requests of the past by `rows`, which may hold rows of many wallets.
#[must_use]
pub fn replay(rows: &[PolicyRow], settings: &PolicySettings, past: &[PastRequest], zones: Zones<'_>) -> Replay {
    let book = PolicyBook::compile(rows);
    let mut order: Vec<&PastRequest> = past.iter().collect();
    order.sort_by_key(|request| request.at);
    let mut ledgers: BTreeMap<WalletId, Ledger> = BTreeMap::new();
    let mut changes = Vec::new();
    for request in order {
        let ledger = ledgers.entry(request.subject.wallet).or_default();
        ledger.advance(request.at);
        let decision = judge(&book, settings, request, &ledger.entries, zones);
        if matches!(decision.verdict, Verdict::Allow(_)) {
            ledger.take(request, &decision);
        }
        if let Some(kind) = kind(&request.was, &decision) {
            let (id, was) = (request.id.clone(), request.was.clone());
            changes.push(Change { id, at: request.at, kind, was, decision });
        }
    }
    Replay { judged: past.len(), changes }
}

fn judge(
    book: &PolicyBook,
    settings: &PolicySettings,
    request: &PastRequest,
    entries: &[Entry],
    zones: Zones<'_>,
) -> Decision {
    let (subject, effects, now) = (&request.subject, &request.effects, request.at);
    let actions = ActionFacts {
        positions: request.positions,
        reputation: request.reputation.clone(),
        categories: Some(history::categories(entries, now)),
        erc8128_recent: match &effects.channel {
            Channel::Erc8128(host) => Some(history::signatures(entries, host, now)),
            _ => None,
        },
    };
    let facts = Facts {
        now,
        prices: &request.prices,
        tokens: &request.tokens,
        zone_offsets: &offsets(&book.time_zones(subject, effects), now, zones),
        ledger: &history::ledger(entries, &book.query(subject, effects, settings), now, SIGNED_TTL_SECONDS),
        actions: &actions,
        settings,
    };
    book.evaluate(subject, effects, &facts, Phase::Admission)
}

fn kind(was: &Was, decision: &Decision) -> Option<ChangeKind> {
    match (was, &decision.verdict) {
        (Was::Denied(_), Verdict::Deny(_)) => None,
        (Was::Denied(_), Verdict::Allow(_)) => Some(ChangeKind::NewlyAllowed),
        (Was::Allowed(_), Verdict::Deny(_)) => Some(ChangeKind::NewlyDenied),
        (Was::Allowed(before), Verdict::Allow(now)) if now.tier < *before => Some(ChangeKind::LooserTier),
        (Was::Allowed(before), Verdict::Allow(now)) if now.tier > *before => Some(ChangeKind::StricterTier),
        (Was::Allowed(_), Verdict::Allow(_)) => None,
    }
}

/// One wallet's requests that the candidate let through.
#[derive(Default)]
struct Ledger {
    entries: Vec<Entry>,
    /// What is to end, by when, and how.
    ends: BTreeMap<(UnixMillis, usize), TxStatus>,
}

impl Ledger {
    /// Lets everything end that has ended by `now`.
    fn advance(&mut self, now: UnixMillis) {
        while let Some(end) = self.ends.first_entry().filter(|end| end.key().0 <= now) {
            let ((_, position), status) = end.remove_entry();
            if let Some(entry) = self.entries.get_mut(position) {
                entry.status = status;
            }
        }
    }

    fn take(&mut self, request: &PastRequest, decision: &Decision) {
        let action = request.effects.action.as_ref();
        let position = self.entries.len();
        let end = match &request.was {
            Was::Denied(_) => Some((request.at, TxStatus::Confirmed)),
            Was::Allowed(_) if request.status.is_terminal() => {
                Some((request.ended_at.unwrap_or(request.at), request.status))
            }
            Was::Allowed(_) => None,
        };
        if let Some((at, status)) = end {
            self.ends.insert((at, position), status);
        }
        self.entries.push(Entry {
            status: TxStatus::Executing,
            at: request.at,
            usd: decision.valuation.usd.unwrap_or_default(),
            amounts: decision.valuation.components.iter().map(|part| (part.asset, part.amount)).collect(),
            denied: false,
            action: action.map(|action| Category {
                name: action.category.clone(),
                withdrawal: action.withdrawal,
                notional: action.notional.unwrap_or_default(),
            }),
            host: match &request.effects.channel {
                Channel::Erc8128(host) => Some(host.clone()),
                _ => None,
            },
            foreign: false,
            times: 1,
        });
    }
}

impl Replay {
    /// Requests that were allowed and would have been denied.
    pub fn allow_to_deny(&self) -> impl Iterator<Item = &Change> {
        self.of(&[ChangeKind::NewlyDenied])
    }

    /// Requests that were denied and would have been allowed.
    pub fn deny_to_allow(&self) -> impl Iterator<Item = &Change> {
        self.of(&[ChangeKind::NewlyAllowed])
    }

    /// Requests that would have been allowed with another tier.
    pub fn tier_changes(&self) -> impl Iterator<Item = &Change> {
        self.of(&[ChangeKind::LooserTier, ChangeKind::StricterTier])
    }

    fn of(&self, kinds: &'static [ChangeKind]) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| kinds.contains(&change.kind))
    }

    /// Everything, as JSON; `at` in unix seconds.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let list = |changes: Vec<&Change>| -> Vec<Value> { changes.into_iter().map(Change::to_json).collect() };
        json!({
            "judged": self.judged,
            "allow_to_deny": list(self.allow_to_deny().collect()),
            "deny_to_allow": list(self.deny_to_allow().collect()),
            "tier_changes": list(self.tier_changes().collect()),
        })
    }
}

impl Change {
    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "at": self.at.as_secs(),
            "was": self.was.to_string(),
            "now": summary(&self.decision),
            "usd": self.decision.valuation.usd.map(|usd| usd.to_string()),
        })
    }
}

impl fmt::Display for Was {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed(tier) => tier.fmt(f),
            Self::Denied(why) => write!(f, "denied ({why})"),
        }
    }
}

impl fmt::Display for Replay {
    /// For a terminal: the three lists, one line per request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists: [(&str, Vec<&Change>); 3] = [
            ("allowed before, denied by the candidate", self.allow_to_deny().collect()),
            ("denied before, allowed by the candidate", self.deny_to_allow().collect()),
            ("another tier", self.tier_changes().collect()),
        ];
        for (title, changes) in lists {
            writeln!(f, "{title}: {}", changes.len())?;
            for change in changes {
                let at = crate::civil::format_instant(change.at);
                writeln!(f, "  {at}  {}  {} -> {}", change.id, change.was, summary(&change.decision))?;
            }
        }
        writeln!(f, "{} requests judged again", self.judged)
    }
}
