//! A process that is killed under load loses nothing that it has acknowledged.

use crate::fixture::{Account, LimitJudge, START, account, admit, coin, facts, open};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tokio::task::JoinSet;
use waiaas_core::id::TxId;
use waiaas_core::money::BaseUnits;
use waiaas_engine::ports::store::{AuditLog, Ledger, SystemStore};

/// Tells the child process which database to load, and for whom: `<wallet> <session> <directory>`.
const ASSIGNMENT: &str = "WAIAAS_STORE_TEST_CRASH";
/// Acknowledgements to see before the kill.
const ENOUGH: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_keeps_what_it_acknowledged() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    let mine = account(&store).await;
    store.close().await.unwrap();

    for round in 1..=3 {
        let acknowledged = load_and_kill(directory.path(), mine);
        assert!(acknowledged.len() >= ENOUGH, "round {round}: {} acknowledged", acknowledged.len());

        let store = open(directory.path()).await;
        for id in &acknowledged {
            store.transaction(*id).await.unwrap();
        }
        // Nothing is half there: each row has its hold and its audit entry.
        let (state, ledger) = facts(&store, mine, START).await;
        let (rows, _) = store.transaction_counts(START).await.unwrap();
        assert_eq!(state.in_flight, rows);
        assert_eq!(ledger.held.get(&coin()), Some(&BaseUnits::from_u128(u128::from(rows))));
        let entries = store.entries(None, None, u32::MAX).await.unwrap();
        assert_eq!(u64::try_from(entries.len()).unwrap(), rows);
        store.close().await.unwrap();
    }
}

fn load_and_kill(directory: &std::path::Path, mine: Account) -> Vec<TxId> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::the_process_to_be_killed", "--exact", "--nocapture"])
        .env(ASSIGNMENT, format!("{} {} {}", mine.wallet, mine.session, directory.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < ENOUGH {
        let Some(line) = lines.next() else { break };
        acknowledged.extend(acknowledgement(&line.unwrap()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What was still in the pipe was acknowledged too; the last line may be cut.
    for line in lines.map_while(Result::ok) {
        acknowledged.extend(acknowledgement(&line));
    }
    acknowledged
}

fn acknowledgement(line: &str) -> Option<TxId> {
    line.strip_prefix("ack ")?.parse().ok()
}

/// Only works when the test above runs it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_to_be_killed() {
    let Ok(assignment) = std::env::var(ASSIGNMENT) else { return };
    let mut words = assignment.splitn(3, ' ');
    let mut word = || words.next().unwrap().to_owned();
    let mine = Account { wallet: word().parse().unwrap(), session: word().parse().unwrap() };
    let store = open(&PathBuf::from(word())).await;
    println!();
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        tasks.spawn(async move {
            loop {
                let row = admit(&store, mine, &LimitJudge::of(1, u128::MAX)).await;
                let mut out = std::io::stdout().lock();
                writeln!(out, "ack {}", row.id).unwrap();
                out.flush().unwrap();
            }
        });
    }
    tasks.join_all().await;
}
