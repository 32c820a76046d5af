//! How many admissions per second one database file takes. Prints; decides nothing.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::as_conversions)]

#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../tests/it/fixture.rs"]
mod fixture;

use fixture::{LimitJudge, account, admit, change, open};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use waiaas_core::tx::TxStatus;
use waiaas_engine::ports::store::{HoldEffect, Ledger};

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for (wallets, tasks) in [(1, 1), (1, 16), (16, 16), (16, 64)] {
        runtime.block_on(measure(wallets, tasks, Duration::from_secs(3)));
    }
}

/// Each task admits and cancels in turn; only the admissions are counted.
async fn measure(wallets: usize, tasks: usize, length: Duration) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mut accounts = Vec::new();
    for _ in 0..wallets {
        accounts.push(account(&store).await);
    }
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (mine, _) in accounts.into_iter().cycle().zip(0..tasks) {
        let store = store.clone();
        running.spawn(async move {
            let judge = LimitJudge::of(1, u128::MAX);
            let (mut admitted, mut spent) = (0_u64, Duration::ZERO);
            while start.elapsed() < length {
                let began = Instant::now();
                let row = admit(&store, mine, &judge).await;
                spent = spent.saturating_add(began.elapsed());
                admitted = admitted.saturating_add(1);
                if admitted.is_multiple_of(4) {
                    let cancel = change(row.id, &[TxStatus::Pending], TxStatus::Cancelled, HoldEffect::Release);
                    store.transition(&cancel).await.unwrap();
                }
            }
            (admitted, spent)
        });
    }
    let (admitted, spent) = running
        .join_all()
        .await
        .into_iter()
        .fold((0_u64, Duration::ZERO), |(count, sum), (more, spent)| (count + more, sum + spent));
    let per_second = u128::from(admitted) * 1_000 / start.elapsed().as_millis().max(1);
    let latency = spent.as_micros() / u128::from(admitted.max(1));
    println!("{wallets:>3} wallets, {tasks:>3} tasks: {per_second:>6} admissions/s, mean latency {latency} µs");
}
