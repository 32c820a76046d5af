//! The ledger as the policies describe it, without any cleverness: a list, walked from end to end for every
//! question. Slow, and short enough to be checked by reading.

use crate::ports::store::Hold;
use waiaas_core::chain::AssetId;
use waiaas_core::id::{TxId, WalletId};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{LedgerFacts, LedgerQuery, RateCount, RateWindow};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

/// Length of the daily window, in milliseconds (`policy.md` section 6: 86,400 s).
pub(super) const DAY_MS: i64 = 86_400_000;
/// Length of the monthly window, in milliseconds (`policy.md` section 6: 2,592,000 s).
pub(super) const MONTH_MS: i64 = 2_592_000_000;

/// One admitted request.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) tx: TxId,
    pub(super) wallet: WalletId,
    pub(super) at: UnixMillis,
    pub(super) status: TxStatus,
    pub(super) holds: Vec<Hold>,
    pub(super) counts_for_rate: bool,
    /// When its approval closes by itself, while that is open.
    pub(super) open_until: Option<UnixMillis>,
    /// Whether it ever had an approval.
    pub(super) had_approval: bool,
    /// Whether it was ever signed.
    pub(super) signed: bool,
}

impl Entry {
    /// In flight: counts at any age (`policy.md` section 6).
    pub(super) fn is_held(&self) -> bool {
        use TxStatus::{Executing, GasWaiting, Pending, Queued, Submitted};
        [Pending, Queued, GasWaiting, Executing, Submitted].contains(&self.status)
    }

    /// Spent: counts inside the window (`policy.md` section 6).
    pub(super) fn is_settled(&self) -> bool {
        [TxStatus::Confirmed, TxStatus::Signed, TxStatus::PartialFailure].contains(&self.status)
    }

    fn usd(&self) -> impl Iterator<Item = Usd> {
        self.holds.iter().map(|hold| hold.usd)
    }
}

/// Everything that was ever admitted, in the order of admission.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) entries: Vec<Entry>,
}

impl Model {
    fn of(&self, wallet: WalletId) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.wallet == wallet)
    }

    /// What a store must answer.
    pub(super) fn facts(
        &self,
        wallet: WalletId,
        now: UnixMillis,
        except: Option<TxId>,
        query: &LedgerQuery,
    ) -> LedgerFacts {
        let counted = || self.of(wallet).filter(move |entry| Some(entry.tx) != except);
        let spent = |window_ms: i64| {
            sum_usd(
                counted()
                    .filter(|entry| entry.is_held() || (entry.is_settled() && !is_older(entry.at, window_ms, now)))
                    .flat_map(Entry::usd),
            )
        };
        let held = |asset: AssetId| {
            let holds = counted().filter(|entry| entry.is_held()).flat_map(|entry| &entry.holds);
            sum_units(holds.filter(|hold| hold.asset == asset).map(|hold| hold.amount))
        };
        LedgerFacts {
            held: query.held.iter().map(|asset| (*asset, held(*asset))).filter(|(_, sum)| !sum.is_zero()).collect(),
            daily_usd: if query.daily_usd { spent(DAY_MS) } else { Usd::ZERO },
            monthly_usd: if query.monthly_usd { spent(MONTH_MS) } else { Usd::ZERO },
            rates: query.rates.iter().map(|window| self.rate(wallet, now, *window)).collect(),
        }
    }

    fn rate(&self, wallet: WalletId, now: UnixMillis, window: RateWindow) -> RateCount {
        let window_ms = i64::try_from(window.window_seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
        let mut times: Vec<UnixMillis> = self
            .of(wallet)
            .filter(|entry| entry.counts_for_rate && !is_older(entry.at, window_ms, now))
            .map(|entry| entry.at)
            .collect();
        times.sort_unstable();
        // The limit is free again when so many of the oldest have left that one fewer than the limit is there.
        let limit = usize::try_from(window.max_requests).unwrap();
        let leave = (times.len() + 1).saturating_sub(limit);
        let frees_at_expiry_of = if leave == 0 || limit == 0 { None } else { Some(times[leave - 1]) };
        RateCount { window, count: u64::try_from(times.len()).unwrap(), frees_at_expiry_of }
    }

    /// Requests of the wallet that are not final.
    pub(super) fn in_flight(&self, wallet: WalletId) -> u64 {
        u64::try_from(self.of(wallet).filter(|entry| entry.is_held()).count()).unwrap()
    }

    /// The most dollars that count in any window of this length, wherever it is placed: everything dated
    /// inside it that was not released.
    pub(super) fn fullest_window(&self, wallet: WalletId, window_ms: i64) -> Usd {
        let counted = || self.of(wallet).filter(|entry| entry.is_held() || entry.is_settled());
        // A window that ends between two entries holds no more than the one that ends at the earlier of them.
        let ending_at = |end: UnixMillis| {
            sum_usd(
                counted().filter(|entry| entry.at <= end && !is_older(entry.at, window_ms, end)).flat_map(Entry::usd),
            )
        };
        counted().map(|entry| ending_at(entry.at)).max().unwrap_or(Usd::ZERO)
    }

    /// Whether `now` is not before the date of the wallet's last admission that counts.
    pub(super) fn has_reached_last_admission(&self, wallet: WalletId, now: UnixMillis) -> bool {
        let last = self.of(wallet).filter(|entry| entry.is_held() || entry.is_settled()).last();
        last.is_none_or(|entry| entry.at <= now)
    }
}

/// Whether more than `window_ms` passed from `then` to `now`; what is dated after `now` is not old.
fn is_older(then: UnixMillis, window_ms: i64, now: UnixMillis) -> bool {
    i128::from(now.as_millis()) - i128::from(then.as_millis()) > i128::from(window_ms)
}

fn sum_units(amounts: impl Iterator<Item = BaseUnits>) -> BaseUnits {
    BaseUnits::from_be_bytes(sum(amounts.map(BaseUnits::to_be_bytes)))
}

fn sum_usd(values: impl Iterator<Item = Usd>) -> Usd {
    Usd::from_micros(u128::from_be_bytes(sum(values.map(|value| value.micros().to_be_bytes()))))
}

/// Adds big-endian numbers as on paper, digit by digit; stops at the largest number.
fn sum<const N: usize>(numbers: impl Iterator<Item = [u8; N]>) -> [u8; N] {
    let mut total = [0_u8; N];
    for number in numbers {
        let mut carry = 0_u16;
        for (digit, added) in total.iter_mut().zip(number).rev() {
            let [high, low] = (u16::from(*digit) + u16::from(added) + carry).to_be_bytes();
            *digit = low;
            carry = u16::from(high);
        }
        if carry > 0 {
            return [u8::MAX; N];
        }
    }
    total
}
