//! What an admission reads: the state of the service, and sums over a wallet's ledger.

use super::state::{HoldState, State, StoredTx};
use crate::ports::store::{AdmissionState, StoreError};
use std::collections::BTreeMap;
use waiaas_core::chain::AssetId;
use waiaas_core::id::{SessionId, TxId, WalletId};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, RateCount, RateWindow};
use waiaas_core::time::UnixMillis;

/// Length of the daily window, in seconds (`policy.md` section 6).
const DAY_SECS: i64 = 86_400;
/// Length of the monthly window, in seconds (`policy.md` section 6).
const MONTH_SECS: i64 = 2_592_000;

pub(super) fn admission_state(
    state: &State,
    wallet: WalletId,
    session: Option<SessionId>,
) -> Result<AdmissionState, StoreError> {
    let in_flight = state.transactions_of(wallet).filter(|stored| !stored.row.status.is_terminal()).count();
    Ok(AdmissionState {
        wallet: state.wallet(wallet)?.clone(),
        session: session.and_then(|id| state.sessions.get(&id).cloned()),
        kill_switch: state.kill_switch.state,
        policies: state.policies.snapshot(),
        in_flight: u64::try_from(in_flight).unwrap_or(u64::MAX),
    })
}

pub(super) fn ledger_facts(
    state: &State,
    wallet: WalletId,
    now: UnixMillis,
    except: Option<TxId>,
    query: &LedgerQuery,
) -> LedgerFacts {
    let counted = || state.transactions_of(wallet).filter(move |stored| Some(stored.row.id) != except);
    let spent_since = |start: UnixMillis| {
        counted()
            .filter(|stored| match stored.hold_state {
                HoldState::Held => true,
                HoldState::Settled => stored.row.created_at >= start,
                HoldState::Released => false,
            })
            .flat_map(|stored| &stored.holds)
            .fold(Usd::ZERO, |sum, hold| sum.saturating_add(hold.usd))
    };
    LedgerFacts {
        held: held(counted(), &query.held),
        daily_usd: if query.daily_usd { spent_since(now.plus_secs(-DAY_SECS)) } else { Usd::ZERO },
        monthly_usd: if query.monthly_usd { spent_since(now.plus_secs(-MONTH_SECS)) } else { Usd::ZERO },
        rates: query.rates.iter().map(|window| rate(state, wallet, now, *window)).collect(),
    }
}

fn held<'a>(transactions: impl Iterator<Item = &'a StoredTx>, assets: &[AssetId]) -> BTreeMap<AssetId, BaseUnits> {
    let mut sums: BTreeMap<AssetId, BaseUnits> = BTreeMap::new();
    for hold in transactions.filter(|stored| stored.hold_state == HoldState::Held).flat_map(|stored| &stored.holds) {
        if assets.contains(&hold.asset) {
            let sum = sums.entry(hold.asset).or_default();
            *sum = sum.saturating_add(hold.amount);
        }
    }
    sums
}

fn rate(state: &State, wallet: WalletId, now: UnixMillis, window: RateWindow) -> RateCount {
    let start = now.plus_secs(i64::try_from(window.window_seconds).unwrap_or(i64::MAX).saturating_neg());
    let mut times: Vec<UnixMillis> = state
        .transactions_of(wallet)
        .filter(|stored| stored.counts_for_rate && stored.row.created_at >= start)
        .map(|stored| stored.row.created_at)
        .collect();
    times.sort_unstable();
    let count = u64::try_from(times.len()).unwrap_or(u64::MAX);
    // The (count − max + 1)-th oldest stands at position count − max.
    let position = count.checked_sub(window.max_requests).and_then(|position| usize::try_from(position).ok());
    let frees_at_expiry_of = position.and_then(|position| times.get(position).copied());
    RateCount { window, count, frees_at_expiry_of }
}
