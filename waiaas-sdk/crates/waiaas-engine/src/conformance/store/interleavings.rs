//! The ledger in memory under a model checker: whatever the order in which several tasks get its lock, no limit
//! is overrun, nothing is released twice, no hold is lost, and the sums at the end are those of the outcome.

use super::world::{
    Party, Request, at, dollars, entry, facts, held, intent, native, party, spent, status, step, tx_id, units,
};
use crate::memory::MemoryStore;
use crate::ports::store::{
    AdmissionState, Admitted, ApprovalEffect, AuditEvent, GuardFailure, HoldEffect, Judge, KillSwitchStore, Ledger,
    Ruling, StoreError, Transition,
};
use crate::sync::explore::{SHORT, explore, finds};
use shuttle::future::{JoinHandle, block_on, spawn};
use std::sync::Arc;
use waiaas_core::id::TxId;
use waiaas_core::policy::{LedgerFacts, LedgerQuery};
use waiaas_core::tx::TxStatus;

/// Dollars that may count in a day.
const LIMIT: u128 = 10;

fn daily() -> LedgerQuery {
    LedgerQuery { daily_usd: true, ..LedgerQuery::default() }
}

/// A payment that passes while everything of the day stays within [`LIMIT`].
struct Limited(Request);

impl Limited {
    fn fits(&self, facts: &LedgerFacts) -> bool {
        let wants = self.0.ruling.holds.iter().fold(facts.daily_usd, |sum, hold| sum.saturating_add(hold.usd));
        wants <= dollars(LIMIT)
    }
}

impl Judge for Limited {
    fn query(&self, _state: &AdmissionState) -> LedgerQuery {
        daily()
    }

    fn rule(&self, _state: &AdmissionState, facts: &LedgerFacts) -> Result<Ruling, GuardFailure> {
        Ok(if self.fits(facts) { self.0.ruling.clone() } else { self.0.clone().denied().ruling })
    }
}

/// A payment of so many units, worth as many dollars.
fn payment(number: u16, party: Party, whole: u128) -> Request {
    Request::new(number, party, at(15)).holding(native(), units(whole), dollars(whole))
}

/// Check and reservation in one step.
async fn admit(store: &MemoryStore, request: Request) -> bool {
    let judge = Limited(request);
    match store.admit(&judge.0.admission, &judge).await {
        Ok(Admitted::New(row)) => row.status != TxStatus::Cancelled,
        other => panic!("expected a new row, got {other:?}"),
    }
}

/// The fault that a ledger must not have: it looks in one step and reserves in the next.
async fn look_then_reserve(store: &MemoryStore, request: Request) -> bool {
    let judge = Limited(request);
    let facts = facts(store, judge.0.admission.wallet, judge.0.admission.now, None, daily()).await;
    let fits = judge.fits(&facts);
    if fits {
        judge.0.admit(store).await;
    }
    fits
}

/// Moves; `false` when another mover was faster.
async fn moved(store: &MemoryStore, change: Transition) -> bool {
    match store.transition(&change).await {
        Ok(_) => true,
        Err(StoreError::Stale { .. }) => false,
        Err(other) => panic!("{other:?}"),
    }
}

fn new_store() -> (Arc<MemoryStore>, Party) {
    let store = Arc::new(MemoryStore::new());
    let party = block_on(party(&*store, 1));
    (store, party)
}

fn end<T>(task: JoinHandle<T>) -> T {
    block_on(task).unwrap()
}

/// Dollars of the day, and what is in flight of the coin.
async fn sums(store: &MemoryStore, party: Party) -> (u128, u128) {
    let held = held(store, party.wallet, native()).await;
    let (daily, monthly) = spent(store, party.wallet, at(20), None).await;
    assert_eq!(daily, monthly);
    (daily.micros() / 1_000_000, held.to_string().parse().unwrap())
}

/// So many tasks, each with a payment of `each`; `enough` of them fit under the limit.
fn more_than_fits<F>(tasks: u16, each: u128, enough: u128, admit: fn(Arc<MemoryStore>, Request) -> F)
where
    F: Future<Output = bool> + Send + 'static,
{
    let (store, party) = new_store();
    let tasks: Vec<_> =
        (1..=tasks).map(|number| spawn(admit(Arc::clone(&store), payment(number, party, each)))).collect();
    let passed = tasks.into_iter().map(end).map(u128::from).sum();
    assert_eq!(enough, passed, "the limit was overrun, or not used");
    assert_eq!(block_on(sums(&store, party)), (enough * each, enough * each));
}

#[test]
fn no_limit_is_overrun() {
    let all = explore(SHORT, "two admissions", || {
        more_than_fits(2, 6, 1, |store, request| async move { admit(&store, request).await });
    });
    assert!(all, "two admissions have few interleavings");
    explore(SHORT, "three admissions", || {
        more_than_fits(3, 5, 2, |store, request| async move { admit(&store, request).await });
    });
}

#[test]
fn looking_first_and_reserving_later_is_found_out() {
    finds(SHORT, "the limit was overrun", || {
        more_than_fits(3, 5, 2, |store, request| async move { look_then_reserve(&store, request).await });
    });
}

const QUEUED: &[TxStatus] = &[TxStatus::Queued];
const EXECUTING: &[TxStatus] = &[TxStatus::Executing];
const SUBMITTED: &[TxStatus] = &[TxStatus::Submitted];

fn ended(tx: TxId, from: &'static [TxStatus], to: TxStatus, holds: HoldEffect) -> Transition {
    Transition { holds, ..step(tx, from, to, at(20)) }
}

/// Watches the sums: what counts is within the limit at every instant, and a hold that was not released by
/// then does not go missing.
async fn watch(store: Arc<MemoryStore>, party: Party, first: TxId) {
    for _ in 0..2 {
        let (daily, _) = sums(&store, party).await;
        assert!(daily <= LIMIT, "{daily}");
        // Read after the sums: what is not final now was not final then.
        if !status(&*store, first).await.is_terminal() {
            assert!(daily >= 5, "a hold was lost: {daily}");
        }
    }
}

#[test]
fn an_approval_an_expiry_and_a_withdrawal_end_a_hold_once() {
    explore(SHORT, "approval, expiry, withdrawal, admission", || {
        let (store, party) = new_store();
        let first = tx_id(1);
        // It closes at 20: approving at 19 and expiring at 20 are both in time.
        block_on(payment(1, party, 5).for_approval(at(20)).admit(&*store));
        let approve = {
            let store = Arc::clone(&store);
            spawn(async move {
                let approval = ApprovalEffect::Approve { signature: vec![1] };
                let change = Transition { approval, ..step(first, QUEUED, TxStatus::Executing, at(19)) };
                let won = moved(&store, change).await;
                if won {
                    assert!(moved(&store, ended(first, EXECUTING, TxStatus::Submitted, HoldEffect::Keep)).await);
                    assert!(moved(&store, ended(first, SUBMITTED, TxStatus::Confirmed, HoldEffect::Settle)).await);
                }
                won
            })
        };
        let leave = |to, approval| {
            let store = Arc::clone(&store);
            let change = Transition { approval, ..ended(first, QUEUED, to, HoldEffect::Release) };
            spawn(async move { moved(&store, change).await })
        };
        let expire = leave(TxStatus::Expired, ApprovalEffect::Expire);
        let cancel = leave(TxStatus::Cancelled, ApprovalEffect::Reject { by_owner: false });
        let other = {
            let store = Arc::clone(&store);
            spawn(async move { admit(&store, payment(2, party, 6)).await })
        };
        let approved = end(approve);
        let left = [expire, cancel].map(end).into_iter().filter(|won| *won).count();
        assert_eq!(usize::from(approved) + left, 1);
        let admitted = end(other);
        assert!(!(approved && admitted));
        let (spent, held) = (if approved { 5 } else { 0 }, if admitted { 6 } else { 0 });
        assert_eq!(block_on(sums(&store, party)), (spent + held, held));
    });
}

#[test]
fn a_settlement_and_a_release_exclude_each_other() {
    explore(SHORT, "settlement, release, admission, reader", || {
        let (store, party) = new_store();
        let first = tx_id(1);
        block_on(async {
            payment(1, party, 5).admit(&*store).await;
            assert!(moved(&store, step(first, &[TxStatus::Pending], TxStatus::Executing, at(16))).await);
            assert!(moved(&store, step(first, EXECUTING, TxStatus::Submitted, at(17))).await);
        });
        let finish = |to, holds| {
            let store = Arc::clone(&store);
            spawn(async move { moved(&store, ended(first, SUBMITTED, to, holds)).await })
        };
        let settle = finish(TxStatus::Confirmed, HoldEffect::Settle);
        let release = finish(TxStatus::Failed, HoldEffect::Release);
        let other = {
            let store = Arc::clone(&store);
            spawn(async move { admit(&store, payment(2, party, 6)).await })
        };
        let reader = spawn(watch(Arc::clone(&store), party, first));
        let (settled, released, admitted) = (end(settle), end(release), end(other));
        end(reader);
        assert!(settled != released);
        assert!(!(settled && admitted));
        let (spent, held) = (if settled { 5 } else { 0 }, if admitted { 6 } else { 0 });
        assert_eq!(block_on(sums(&store, party)), (spent + held, held));
    });
}

#[test]
fn the_kill_switch_releases_what_is_not_signed_and_nothing_else() {
    explore(SHORT, "signature, kill switch, admission", || {
        let (store, party) = new_store();
        let first = tx_id(1);
        block_on(payment(1, party, 5).admit(&*store));
        let sign = {
            let store = Arc::clone(&store);
            let signed = intent(Some(first), party.wallet, 0, "0x01");
            spawn(async move { store.record_intent(&signed, &[entry(AuditEvent::TxSigned)]).await.is_ok() })
        };
        let kill = {
            let store = Arc::clone(&store);
            spawn(async move { store.throw_kill_switch("owner", "KILL", at(16), &[]).await.unwrap().transactions })
        };
        let other = {
            let store = Arc::clone(&store);
            spawn(async move { admit(&store, payment(2, party, 6)).await })
        };
        let (signed, cancelled, admitted) = (end(sign), end(kill), end(other));
        assert_eq!(signed, !cancelled.contains(&first));
        let second = admitted && !cancelled.contains(&tx_id(2));
        let held = if signed { 5 } else { 0 } + if second { 6 } else { 0 };
        assert_eq!(block_on(sums(&store, party)), (held, held));
    });
}
