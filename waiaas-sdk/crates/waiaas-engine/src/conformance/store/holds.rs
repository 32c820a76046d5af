//! Sums over what is held and spent.

use super::world::{
    Party, Request, UNCOUNTABLE, at, dollars, facts, held, native, party, spent, step, take_to, token, units,
};
use crate::ports::store::{Hold, HoldEffect, Store};
use waiaas_core::id::TxId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::LedgerQuery;
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::TxStatus;

cases! {
    holds_are_summed_per_asset_and_wallet,
    everything_in_flight_is_held,
    settled_amounts_leave_the_windows_by_age,
    amounts_in_flight_count_at_any_age,
    one_transaction_can_be_left_out,
    only_what_was_asked_is_answered,
    large_sums_stay_exact,
}

/// Admits at `when` and ends it as `to`.
async fn ended<S: Store>(store: &S, number: u16, party: Party, when: UnixMillis, effect: HoldEffect) -> TxId {
    let id = Request::new(number, party, when).admit(store).await;
    let to = if effect == HoldEffect::Settle { TxStatus::Confirmed } else { TxStatus::Failed };
    // Settlement comes much later than admission; it is admission that counts.
    take_to(store, id, to, effect, when.plus_secs(50_000)).await;
    id
}

async fn holds_are_summed_per_asset_and_wallet<S: Store>(store: S) {
    let (one, two) = (party(&store, 1).await, party(&store, 2).await);
    Request::new(1, one, at(10)).admit(&store).await;
    let mut both = Request::new(2, one, at(10));
    both.ruling.holds.push(Hold { asset: token(), amount: units(70), usd: dollars(70) });
    both.admit(&store).await;
    Request::new(3, two, at(10)).holding(native(), units(1_000), dollars(1_000)).admit(&store).await;
    assert_eq!(held(&store, one.wallet, native()).await, units(10));
    assert_eq!(held(&store, one.wallet, token()).await, units(70));
    assert_eq!(spent(&store, one.wallet, at(20), None).await, (dollars(80), dollars(80)));
    assert_eq!(held(&store, two.wallet, token()).await, BaseUnits::ZERO);
}

async fn everything_in_flight_is_held<S: Store>(store: S) {
    let party = party(&store, 1).await;
    Request::new(1, party, at(10)).delayed(at(100)).admit(&store).await;
    let id = Request::new(2, party, at(10)).admit(&store).await;
    let steps: [(&'static [TxStatus], TxStatus); 2] =
        [(&[TxStatus::Pending], TxStatus::Executing), (&[TxStatus::Executing], TxStatus::Submitted)];
    for (from, to) in steps {
        store.transition(&step(id, from, to, at(20))).await.unwrap();
        assert_eq!(held(&store, party.wallet, native()).await, units(10), "while {to}");
    }
}

async fn settled_amounts_leave_the_windows_by_age<S: Store>(store: S) {
    let party = party(&store, 1).await;
    ended(&store, 1, party, at(0), HoldEffect::Settle).await;
    ended(&store, 2, party, at(0), HoldEffect::Release).await;
    let (day, month) = (86_400, 2_592_000);
    for (age, daily, monthly) in [
        (0, 5, 5),
        (day, 5, 5), // exactly one window old still counts
        (day + 1, 0, 5),
        (month, 0, 5),
        (month + 1, 0, 0),
    ] {
        let sums = spent(&store, party.wallet, at(age), None).await;
        assert_eq!(sums, (dollars(daily), dollars(monthly)), "{age} s after admission");
    }
    assert_eq!(held(&store, party.wallet, native()).await, BaseUnits::ZERO);
}

async fn amounts_in_flight_count_at_any_age<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let id = Request::new(1, party, at(0)).admit(&store).await;
    let later = at(10_000_000);
    assert_eq!(spent(&store, party.wallet, later, None).await, (dollars(5), dollars(5)));
    take_to(&store, id, TxStatus::Confirmed, HoldEffect::Settle, later).await;
    assert_eq!(spent(&store, party.wallet, later, None).await, (Usd::ZERO, Usd::ZERO));
}

async fn one_transaction_can_be_left_out<S: Store>(store: S) {
    let party = party(&store, 1).await;
    let own = Request::new(1, party, at(10)).admit(&store).await;
    Request::new(2, party, at(10)).holding(native(), units(3), dollars(3)).admit(&store).await;
    assert_eq!(spent(&store, party.wallet, at(20), Some(own)).await, (dollars(3), dollars(3)));
    let query = LedgerQuery { held: vec![native()], ..LedgerQuery::default() };
    let seen = facts(&store, party.wallet, at(20), Some(own), query).await;
    assert_eq!(seen.held.get(&native()), Some(&units(3)));
    assert_eq!(held(&store, party.wallet, native()).await, units(8));
}

async fn only_what_was_asked_is_answered<S: Store>(store: S) {
    let party = party(&store, 1).await;
    Request::new(1, party, at(10)).admit(&store).await;
    let query = LedgerQuery { daily_usd: true, ..LedgerQuery::default() };
    let seen = facts(&store, party.wallet, at(20), None, query).await;
    assert_eq!((seen.daily_usd, seen.rates.len()), (dollars(5), 0));
    assert!(!seen.held.contains_key(&native()));
}

async fn large_sums_stay_exact<S: Store>(store: S) {
    let party = party(&store, 1).await;
    // Amounts beyond 128 bits; dollars whose sum is beyond 63 bits.
    let amount = BaseUnits::parse_digits("340282366920938463463374607431768211457").unwrap();
    let usd = Usd::from_micros(1 << 62);
    for number in 1..=3 {
        Request::new(number, party, at(10)).holding(token(), amount, usd).admit(&store).await;
    }
    let sum = held(&store, party.wallet, token()).await;
    assert_eq!(sum.to_string(), "1020847100762815390390123822295304634371");
    let (daily, monthly) = spent(&store, party.wallet, at(20), None).await;
    assert!(daily >= Usd::from_micros(3 << 62), "{daily}: a sum may stop at the largest value, but never fall short");
    assert_eq!(monthly, daily);

    // An amount above every limit is still decided and recorded.
    Request::new(4, party, at(10)).holding(token(), BaseUnits::MAX, Usd::MAX).admit(&store).await;
    assert_eq!(held(&store, party.wallet, token()).await, BaseUnits::MAX);
    let (daily, monthly) = spent(&store, party.wallet, at(20), None).await;
    assert!(daily >= UNCOUNTABLE && monthly >= UNCOUNTABLE, "{daily}, {monthly}");
}
