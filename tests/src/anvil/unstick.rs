//! Help for a weakness of the local node.
//!
//! A transaction that reaches anvil in the instant in which the one before it is put into a block can be filed as waiting
//! for that one, which never comes again: it stays queued for good, although its number is the account's next. Other nodes
//! move it on. Under hundreds of transactions a second that happens now and then, so whoever waits so is handed in anew.

use super::{call, number};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(500);

/// Watches the node until it is gone or `ended` says so.
pub(super) fn watch(address: String, ended: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        let mut before = BTreeSet::new();
        while !ended.load(Ordering::Relaxed) {
            std::thread::sleep(PAUSE);
            // A node that does not answer is busy, or gone.
            let Ok(stuck) = stuck(&address) else { continue };
            // Twice in a row: not merely on its way.
            for hash in stuck.intersection(&before) {
                let _ = hand_in_anew(&address, hash);
            }
            before = stuck;
        }
    });
}

/// Hashes of queued transactions whose number is the next of their account.
fn stuck(address: &str) -> Result<BTreeSet<String>> {
    let pool = call(address, "txpool_content", &json!([]))?;
    let accounts = pool.get("queued").and_then(Value::as_object).context("no pool")?;
    let mut stuck = BTreeSet::new();
    for (account, queued) in accounts {
        let next = number(&call(address, "eth_getTransactionCount", &json!([account, "latest"]))?)?;
        let queued = queued.as_object().into_iter().flatten().map(|(_, transaction)| transaction);
        for transaction in queued.filter(|transaction| number(&transaction["nonce"]).is_ok_and(|nonce| nonce == next)) {
            stuck.extend(transaction["hash"].as_str().map(str::to_owned));
        }
    }
    Ok(stuck)
}

fn hand_in_anew(address: &str, hash: &str) -> Result<()> {
    let raw = call(address, "eth_getRawTransactionByHash", &json!([hash]))?;
    call(address, "anvil_dropTransaction", &json!([hash]))?;
    call(address, "eth_sendRawTransaction", &json!([raw])).map(drop)
}
