//! Plays a history on a store and on the model, and compares them after every step.

use super::model::{DAY_MS, Entry, MONTH_MS, Model};
use super::script::{Birth, Event, Limits, Moment, Motion, Script, Step, assets};
use crate::conformance::store::world::{
    Party, Request, UNCOUNTABLE, active_wallet, at, entry, intent, session_row, step,
};
use crate::ports::store::{
    Admission, AdmissionState, Admitted, ApprovalEffect, AuditEvent, GuardFailure, Hold, Judge, Ruling, Store,
    StoreError, Transition,
};
use waiaas_core::id::{TxId, WalletId};
use waiaas_core::money::Usd;
use waiaas_core::policy::{LedgerFacts, LedgerQuery, RateWindow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

/// How long delays and approvals last, in seconds.
const WAIT_SECS: i64 = 60;

/// Plays `script` on `store`, which must be fresh.
///
/// # Errors
/// Says where the store left the model.
pub(super) async fn play<S: Store>(store: S, script: &Script) -> Result<(), String> {
    let mut play = Play::begin(store, script.limits).await;
    for (number, step) in script.steps.iter().enumerate() {
        let outcome = match play.happen(&step.event).await {
            Ok(()) => play.compare(number, step).await,
            Err(why) => Err(why),
        };
        outcome.map_err(|why| format!("step {number}, {:?}: {why}", step.event))?;
    }
    Ok(())
}

struct Play<S> {
    store: S,
    model: Model,
    parties: [Party; 2],
    limits: Option<Limits>,
    now: UnixMillis,
    killed: bool,
    terminated: [bool; 2],
}

/// Lets a request pass when it fits, like a spending limit.
struct Gatekeeper<'r> {
    request: &'r Request,
    limits: Option<Limits>,
}

impl Judge for Gatekeeper<'_> {
    fn query(&self, _state: &AdmissionState) -> LedgerQuery {
        LedgerQuery { daily_usd: true, monthly_usd: true, ..LedgerQuery::default() }
    }

    fn rule(&self, _state: &AdmissionState, facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        let fits = fits(self.limits, facts, &self.request.ruling.holds);
        Ok(if fits { self.request.ruling.clone() } else { self.request.clone().denied().ruling })
    }
}

/// Equal to the limit is allowed (`policy.md` section 6).
fn fits(limits: Option<Limits>, facts: &LedgerFacts, holds: &[Hold]) -> bool {
    let with = |spent: Usd| holds.iter().fold(spent, |sum, hold| sum.saturating_add(hold.usd));
    limits.is_none_or(|limits| with(facts.daily_usd) <= limits.daily && with(facts.monthly_usd) <= limits.monthly)
}

/// All that a spending limit and rate limits could ask. Every question costs a database something, so the
/// windows of requests take turns.
fn everything(turn: usize) -> LedgerQuery {
    const WINDOWS: [(u64, u64); 6] = [(0, 1), (60, 2), (86_400, 3), (2_592_000, 1), (u64::MAX, 4), (60, 0)];
    let window = |turn: usize| {
        let (window_seconds, max_requests) = WINDOWS[turn % WINDOWS.len()];
        RateWindow { window_seconds, max_requests }
    };
    LedgerQuery {
        held: assets().to_vec(),
        daily_usd: true,
        monthly_usd: true,
        rates: vec![window(turn), window(turn + 1)],
    }
}

impl<S: Store> Play<S> {
    async fn begin(store: S, limits: Option<Limits>) -> Self {
        let mut parties = Vec::new();
        for number in 1..=2 {
            let wallet = active_wallet(&store, number).await;
            let mut session = session_row(number, &[wallet]);
            session.expires_at = None;
            store.insert_session(&session, u32::MAX, &[]).await.expect("insert a session");
            parties.push(Party { wallet, session: session.id });
        }
        let parties = [parties[0], parties[1]];
        Self { store, model: Model::default(), parties, limits, now: at(0), killed: false, terminated: [false; 2] }
    }

    async fn happen(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Admit { wallet, birth, holds, counts_for_rate } => {
                self.admit(self.parties[*wallet], *birth, holds, *counts_for_rate).await
            }
            Event::Sign { back } => self.sign(*back).await,
            Event::Move { back, by } => self.shift(*back, *by).await,
            Event::Clock(moment) => {
                self.now = self.moment(*moment);
                Ok(())
            }
            Event::Terminate { wallet } => self.terminate(*wallet).await,
            Event::KillSwitch => self.kill().await,
        }
    }

    async fn admit(&mut self, party: Party, birth: Birth, holds: &[Hold], counts: bool) -> Result<(), String> {
        let number = u16::try_from(self.model.entries.len() + 1).expect("scripts are short");
        let end = self.now.plus_secs(WAIT_SECS);
        let mut request = Request::new(number, party, self.now);
        request.ruling.holds = holds.to_vec();
        request.ruling.counts_for_rate = counts;
        request = match birth {
            Birth::Pending => request,
            Birth::Delayed => request.delayed(end),
            Birth::ForApproval => request.for_approval(end),
            Birth::Denied => request.denied(),
        };
        // Whether it passes is the model's word; the store's judge must come to the same.
        let passes = fits(self.limits, &self.model.facts(party.wallet, self.now, None, &everything(0)), holds);
        let expected = if passes { &request } else { &request.clone().denied() };
        let admission = Admission { wallet: party.wallet, session: party.session, now: self.now, idempotency: None };
        let judge = Gatekeeper { request: &request, limits: self.limits };
        let row = match self.store.admit(&admission, &judge).await {
            Ok(Admitted::New(row)) => row,
            other => return Err(format!("expected a new row, got {other:?}")),
        };
        same("status after admission", row.status, expected.ruling.row.status)?;
        let approval = expected.ruling.approval.as_ref();
        self.model.entries.push(Entry {
            tx: row.id,
            wallet: party.wallet,
            at: self.now,
            status: row.status,
            holds: expected.ruling.holds.clone(),
            counts_for_rate: expected.ruling.counts_for_rate,
            open_until: approval.map(|approval| approval.expires_at),
            had_approval: approval.is_some(),
            signed: false,
        });
        Ok(())
    }

    async fn sign(&mut self, back: usize) -> Result<(), String> {
        let Some(index) = self.index(back) else { return Ok(()) };
        let subject = &self.model.entries[index];
        let of_party = self.parties.iter().position(|party| party.wallet == subject.wallet).expect("one of two");
        let ready = matches!(subject.status, TxStatus::Pending | TxStatus::Executing) && !subject.signed;
        let may = ready && !self.killed && !self.terminated[of_party];
        let sequence = u64::try_from(index).expect("scripts are short");
        let signature = intent(Some(subject.tx), subject.wallet, sequence, &format!("0x{index}"));
        let recorded = self.store.record_intent(&signature, &[]).await;
        same("whether it was signed", recorded.is_ok(), may)?;
        if may {
            let subject = &mut self.model.entries[index];
            subject.signed = true;
            subject.status = TxStatus::Executing;
        }
        Ok(())
    }

    async fn shift(&mut self, back: usize, by: Motion) -> Result<(), String> {
        let Some(index) = self.index(back) else { return Ok(()) };
        let (from, to, holds, approval) = by.parts();
        let subject = &self.model.entries[index];
        let approval_is_right = match approval {
            ApprovalEffect::None | ApprovalEffect::Reject { .. } => true,
            ApprovalEffect::Approve { .. } => subject.open_until.is_some_and(|end| self.now < end),
            ApprovalEffect::Expire => subject.open_until.is_some_and(|end| self.now >= end),
            ApprovalEffect::Expedite => !subject.had_approval,
        };
        let may = from.contains(&subject.status) && approval_is_right;
        let decides = !matches!(approval, ApprovalEffect::None);
        let change = Transition { holds, approval, ..step(subject.tx, from, to, self.now) };
        match (self.store.transition(&change).await, may) {
            (Ok(row), true) => {
                same("status after the move", row.status, to)?;
                let subject = &mut self.model.entries[index];
                subject.status = to;
                if decides {
                    subject.open_until = None;
                }
                Ok(())
            }
            (Err(StoreError::Stale { .. }), false) => Ok(()),
            (outcome, _) => Err(format!("a move that {} gave {outcome:?}", if may { "may" } else { "may not" })),
        }
    }

    async fn terminate(&mut self, wallet: usize) -> Result<(), String> {
        let id = self.parties[wallet].wallet;
        let ended = self.store.terminate_wallet(id, self.now, &[entry(AuditEvent::WalletTerminated)]).await;
        same("whether the wallet was terminated", ended.is_ok(), !self.terminated[wallet])?;
        if let Ok(ended) = ended {
            self.terminated[wallet] = true;
            let expected = self.withdraw_unsigned(Some(id));
            same("what was cancelled", sorted(ended.cancelled), expected)?;
        }
        Ok(())
    }

    async fn kill(&mut self) -> Result<(), String> {
        let cascade = self.store.throw_kill_switch("owner", "kill_switch", self.now, &[]).await;
        same("whether the kill switch was thrown", cascade.is_ok(), !self.killed)?;
        if let Ok(cascade) = cascade {
            self.killed = true;
            let expected = self.withdraw_unsigned(None);
            same("what was cancelled", sorted(cascade.transactions), expected)?;
        }
        Ok(())
    }

    /// What the contract of `terminate_wallet` says about transactions.
    fn withdraw_unsigned(&mut self, wallet: Option<WalletId>) -> Vec<TxId> {
        let mut withdrawn = Vec::new();
        for entry in self.model.entries.iter_mut().filter(|entry| wallet.is_none_or(|wallet| entry.wallet == wallet)) {
            let waits = matches!(entry.status, TxStatus::Queued | TxStatus::GasWaiting);
            let unsigned = matches!(entry.status, TxStatus::Pending | TxStatus::Executing) && !entry.signed;
            if waits || unsigned {
                entry.status = TxStatus::Cancelled;
                entry.open_until = None;
                withdrawn.push(entry.tx);
            }
        }
        withdrawn
    }

    /// The n-th newest entry, as far as there are so many.
    fn index(&self, back: usize) -> Option<usize> {
        self.model.entries.len().checked_sub(back + 1)
    }

    fn moment(&self, moment: Moment) -> UnixMillis {
        match moment {
            Moment::After(ms) => self.now.plus_millis(ms),
            Moment::AfterAdmission { back, ms } => {
                self.index(back).map_or(self.now, |index| self.model.entries[index].at.plus_millis(ms))
            }
        }
    }

    async fn compare(&self, number: usize, step: &Step) -> Result<(), String> {
        let about = self.index(step.event.back()).map(|index| &self.model.entries[index]);
        let other = self.moment(step.look);
        for party in self.parties {
            let here = self.agreed(number, party.wallet, self.now, None).await?;
            self.within_limits(party.wallet, &here)?;
            if about.is_none_or(|about| about.wallet == party.wallet) {
                let there = self.agreed(number, party.wallet, other, None).await?;
                let (earlier, later) = if other <= self.now { (&there, &here) } else { (&here, &there) };
                turned_back(earlier, later)?;
            }
        }
        if let Some(about) = about.filter(|_| number.is_multiple_of(3)) {
            self.agreed(number, about.wallet, other, Some(about.tx)).await?;
        }
        Ok(())
    }

    /// What the store answers, if the model agrees.
    async fn agreed(
        &self,
        turn: usize,
        wallet: WalletId,
        now: UnixMillis,
        except: Option<TxId>,
    ) -> Result<LedgerFacts, String> {
        let query = everything(turn);
        let asked = query.clone();
        let seen = self.store.preview(wallet, None, now, except, &move |_| asked.clone()).await;
        let (state, mut seen) = seen.map_err(|error| format!("preview: {error}"))?;
        seen.held.retain(|_, sum| !sum.is_zero());
        let expected = self.model.facts(wallet, now, except, &query);
        let place = format!("at {} (the clock shows {}) without {except:?}", now.as_millis(), self.now.as_millis());
        let of = |what: &str| format!("{what} of {wallet} {place}");
        same(&of("amounts held"), &seen.held, &expected.held)?;
        same(&of("request counts"), &seen.rates, &expected.rates)?;
        same(&of("transactions in flight"), state.in_flight, self.model.in_flight(wallet))?;
        same_usd(&of("dollars of a day"), seen.daily_usd, expected.daily_usd)?;
        same_usd(&of("dollars of a month"), seen.monthly_usd, expected.monthly_usd)?;
        Ok(seen)
    }

    /// Committed and reserved together never exceed the limit, wherever a window is placed.
    fn within_limits(&self, wallet: WalletId, here: &LedgerFacts) -> Result<(), String> {
        let Some(limits) = self.limits else { return Ok(()) };
        let most = |what: &str, usd: Usd, limit: Usd| {
            if usd <= limit { Ok(()) } else { Err(format!("{what}: {usd} where {limit} may be")) }
        };
        most("some day", self.model.fullest_window(wallet, DAY_MS), limits.daily)?;
        most("some month", self.model.fullest_window(wallet, MONTH_MS), limits.monthly)?;
        // A clock that was turned back shows what was dated before it and after it together, in more than
        // one window: then the sum may be larger than any window's, and refuses more than it has to.
        if self.model.has_reached_last_admission(wallet, self.now) {
            most("the last day", here.daily_usd, limits.daily)?;
            most("the last month", here.monthly_usd, limits.monthly)?;
        }
        Ok(())
    }
}

impl Event {
    /// Which of the newest requests it is about.
    fn back(&self) -> usize {
        match self {
            Self::Sign { back } | Self::Move { back, .. } => *back,
            Self::Admit { .. } | Self::Clock(_) | Self::Terminate { .. } | Self::KillSwitch => 0,
        }
    }
}

/// No sum is smaller when the clock shows less.
fn turned_back(earlier: &LedgerFacts, later: &LedgerFacts) -> Result<(), String> {
    let counts = |facts: &LedgerFacts| facts.rates.iter().map(|rate| rate.count).collect::<Vec<_>>();
    let mut pairs = counts(earlier).into_iter().zip(counts(later));
    let grows = earlier.daily_usd >= later.daily_usd
        && earlier.monthly_usd >= later.monthly_usd
        && earlier.held == later.held
        && pairs.all(|(earlier, later)| earlier >= later);
    if grows { Ok(()) } else { Err(format!("turning the clock back frees something: {earlier:?}, then {later:?}")) }
}

fn sorted(mut ids: Vec<TxId>) -> Vec<TxId> {
    ids.sort_unstable();
    ids
}

fn same<T: PartialEq + core::fmt::Debug>(what: &str, seen: T, expected: T) -> Result<(), String> {
    if seen == expected { Ok(()) } else { Err(format!("{what}: the store has {seen:?}, the model {expected:?}")) }
}

/// Exact below [`UNCOUNTABLE`], never too small above.
fn same_usd(what: &str, seen: Usd, expected: Usd) -> Result<(), String> {
    if expected >= UNCOUNTABLE && seen >= expected { Ok(()) } else { same(what, seen, expected) }
}
