//! How other policies would have judged what happened.
//!
//! Every stored request is judged again by the candidate, in the order of admission, with the prices, tokens and owner
//! that were recorded when it was judged. What the ledger knew at each moment is worked out anew ([`past`]): what the
//! candidate would have denied is not spent, what it would have let through is. What was not recorded is named, never
//! guessed. Settings are those of today.

mod past;

use super::policies::Policies;
use crate::engine::Inner;
use crate::error::EngineError;
use crate::pipeline::record::Recorded;
use crate::pipeline::s3_policy::{Rules, in_full, judge};
use crate::ports::store::{HistoryQuery, HistoryRow, Hold, TxRow};
use core::ops::ControlFlow;
use past::PastLedger;
use std::collections::BTreeMap;
use waiaas_core::id::WalletId;
use waiaas_core::money::Usd;
use waiaas_core::policy::{Decision, Phase, PolicyBook, PolicyRow, Subject, Tier, Verdict};
use waiaas_core::time::UnixMillis;

/// How far before its beginning a replay reads what counted then, in seconds: the longest window of a spending limit
/// (`policy.md` section 6). What was still open then is read at any age.
pub const LOOKBACK_SECONDS: i64 = 2_592_000;

/// Requests that were let through and are kept in mind at most, those before the beginning included: bounds the memory
/// (some 300 bytes each) and the time, which grows with their number for each transaction that is judged.
const KEPT_MOST: usize = 50_000;

/// What is to be replayed.
#[derive(Clone, Debug)]
pub struct ReplayRequest {
    /// Everything that was admitted at this instant or later is judged again.
    pub since: UnixMillis,
    /// Only of this wallet; `None` = of all.
    pub wallet: Option<WalletId>,
    /// The rows that judge, in place of all stored ones; `None` = the stored ones, as they are now.
    pub candidate: Option<Vec<PolicyRow>>,
    /// Transactions that are judged at most; the answer says when there were more.
    pub most: usize,
    /// Entries of each list; the counts go on.
    pub listed: usize,
}

/// What a replay found.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// Transactions that were judged again.
    pub judged: u64,
    /// Among them those that come out with the same tier, or denied again.
    pub unchanged: u64,
    /// Allowed in truth, denied by the candidate.
    pub newly_denied: Found<Change>,
    /// Denied in truth, allowed by the candidate.
    pub newly_allowed: Found<Change>,
    /// Allowed by both, with another tier.
    pub other_tier: Found<Change>,
    /// Not judged, because something was not recorded.
    pub not_replayable: Found<Gap>,
    /// The admission of the first transaction that was left out because there were too many.
    pub stopped_at: Option<UnixMillis>,
}

/// How many there are, and the first of them.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// All of them.
    pub count: u64,
    /// The first, up to the length that was asked for.
    pub first: Vec<T>,
}

/// A transaction that comes out differently.
#[derive(Clone, Debug)]
pub struct Change {
    /// The transaction, with what was decided in truth in its `tier` and `decision`.
    pub row: TxRow,
    /// What the candidate says, and why.
    pub decision: Decision,
}

/// A transaction that cannot be judged again.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The transaction.
    pub row: TxRow,
    /// What was not recorded, in words.
    pub missing: String,
}

impl Policies<'_> {
    /// Judges the stored history again. Reads one snapshot, page by page; writes nothing.
    ///
    /// # Errors
    /// `WALLET_NOT_FOUND`, `ACTION_VALIDATION_FAILED` for a candidate that could not be stored, `INTERNAL_ERROR`.
    pub async fn replay(&self, request: ReplayRequest) -> Result<Replay, EngineError> {
        self.check_candidate(request.candidate.as_deref())?;
        if let Some(wallet) = request.wallet {
            self.inner.wallet(wallet).await?;
        }
        let book = match &request.candidate {
            Some(rows) => PolicyBook::compile(rows),
            None => PolicyBook::compile(&self.inner.store.policy_snapshot().await?.rows),
        };
        let mut history = History::new(self.inner, &book, &request);
        let query = HistoryQuery {
            wallet: request.wallet,
            admitted_since: request.since.plus_secs(-LOOKBACK_SECONDS),
            open_since: request.since,
        };
        self.inner.store.history(query, &mut |past| history.hear(past)).await?;
        Ok(history.replay)
    }
}

/// A replay on its way.
struct History<'a> {
    rules: Rules<'a>,
    request: &'a ReplayRequest,
    ledgers: BTreeMap<WalletId, PastLedger>,
    heard: usize,
    kept: usize,
    replay: Replay,
}

impl<'a> History<'a> {
    fn new(inner: &'a Inner, book: &'a PolicyBook, request: &'a ReplayRequest) -> Self {
        let (ledgers, replay) = (BTreeMap::new(), Replay::default());
        Self { rules: inner.rules(book), request, ledgers, heard: 0, kept: 0, replay }
    }

    fn hear(&mut self, past: HistoryRow) -> ControlFlow<()> {
        if self.heard >= self.request.most || self.kept >= KEPT_MOST {
            self.replay.stopped_at = Some(past.row.created_at);
            return ControlFlow::Break(());
        }
        if past.row.created_at < self.request.since {
            self.happened(&past);
            return ControlFlow::Continue(());
        }
        self.heard = self.heard.saturating_add(1);
        match self.judge(&past.row) {
            Ok(decision) => self.judged(past, decision),
            Err(missing) => {
                self.happened(&past);
                self.replay.not_replayable.add(Gap { row: past.row, missing }, self.request.listed);
            }
        }
        ControlFlow::Continue(())
    }

    /// It counts as it did in truth.
    fn happened(&mut self, past: &HistoryRow) {
        if past.row.tier.is_some() {
            self.keep(&past.row, past.holds.clone());
        }
    }

    fn keep(&mut self, row: &TxRow, holds: Vec<Hold>) {
        self.kept = self.kept.saturating_add(1);
        self.ledgers.entry(row.wallet).or_default().take(row, holds);
    }

    fn judge(&mut self, row: &TxRow) -> Result<Decision, String> {
        let effects = row.tx.effects(row.network);
        let recorded = Recorded::read(&row.decision, &effects, row.created_at)?;
        let ledger = self.ledgers.entry(row.wallet).or_default();
        let mut decisions = recorded.owners.iter().map(|owner| {
            let subject = Subject {
                wallet: row.wallet,
                chain: row.network.chain(),
                environment: row.network.environment(),
                owner: *owner,
                network: row.network,
            };
            let query = self.rules.book.query(&subject, &effects, self.rules.settings);
            let horizon = self.request.since.plus_secs(-LOOKBACK_SECONDS);
            let facts = ledger.facts(&query, row.created_at, horizon)?;
            Ok(judge(&self.rules, &subject, &effects, &recorded.market, &facts, Phase::Admission, in_full))
        });
        let first = decisions.next().unwrap_or_else(|| Err(OWNER.to_owned()))?;
        for other in decisions {
            if outcome(&other?) != outcome(&first) {
                return Err(OWNER.to_owned());
            }
        }
        Ok(first)
    }

    fn judged(&mut self, past: HistoryRow, decision: Decision) {
        let HistoryRow { row, holds } = past;
        let (was, now) = (row.tier, outcome(&decision));
        if now.is_some() {
            // What was held in truth is what was recorded; of what was denied in truth there is only the valuation.
            let holds = if was.is_some() { holds } else { holds_of(&decision) };
            self.keep(&row, holds);
        }
        self.replay.judged = self.replay.judged.saturating_add(1);
        let list = match (was, now) {
            (Some(_), None) => &mut self.replay.newly_denied,
            (None, Some(_)) => &mut self.replay.newly_allowed,
            (was, now) if was != now => &mut self.replay.other_tier,
            _ => {
                self.replay.unchanged = self.replay.unchanged.saturating_add(1);
                return;
            }
        };
        list.add(Change { row, decision }, self.request.listed);
    }
}

/// What is missing when the outcome depends on the owner.
const OWNER: &str = "how far the owner was established";

/// The tier; `None` = denied.
fn outcome(decision: &Decision) -> Option<Tier> {
    match &decision.verdict {
        Verdict::Allow(allowance) => Some(allowance.tier),
        Verdict::Deny(_) => None,
    }
}

fn holds_of(decision: &Decision) -> Vec<Hold> {
    let parts = decision.valuation.components.iter();
    parts.map(|part| Hold { asset: part.asset, amount: part.amount, usd: part.usd.unwrap_or(Usd::ZERO) }).collect()
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new() }
    }
}

impl<T> Found<T> {
    fn add(&mut self, found: T, listed: usize) {
        self.count = self.count.saturating_add(1);
        if self.first.len() < listed {
            self.first.push(found);
        }
    }
}
