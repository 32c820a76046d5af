//! The service dies at any moment and comes back.

use crate::world::{CENT, Wallet, World, id, rounds, stranger, transfer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use waiaas_tests::anvil::{number, wait_for};
use waiaas_tests::api::{Caller, is_final, text};

/// A cumulative limit that is far above everything that is sent, so that what counts against it can be measured.
const LIMIT_CENTS: u128 = 10_000_000;

/// What an agent knows about a payment that was acknowledged.
struct Payment {
    id: String,
    to: String,
    wei: u128,
}

/// Sends as fast as the service takes it until the service is gone.
fn send_until_gone(agent: &Caller, acknowledged: &Mutex<Vec<Payment>>, attempted: &Mutex<Vec<(String, u128)>>) {
    loop {
        let to = stranger();
        let wei = {
            let mut attempted = attempted.lock().unwrap();
            // Every payment has an amount of its own: one that arrived twice would show.
            let wei = CENT + u128::try_from(attempted.len()).unwrap() * 1_000_000;
            attempted.push((to.clone(), wei));
            wei
        };
        let Ok(answer) = agent.post("/v1/transactions/send", &transfer(&to, wei)) else { return };
        match answer.status {
            201 => acknowledged.lock().unwrap().push(Payment { id: id(&answer.json()), to, wei }),
            _ => panic!("{}", answer.text()),
        }
    }
}

/// Some time between nothing and 400 ms; the clock is random enough, and every run is different.
fn some_time() -> Duration {
    let nanos = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos();
    Duration::from_micros(u64::from(nanos / 7 % 400_000))
}

#[test]
fn what_was_acknowledged_is_finished_after_a_crash_and_nobody_is_paid_twice() {
    let mut world = World::start();
    let wallet = world.wallet();
    let rules = json!({
        "instant_max_usd": 1_000_000, "daily_limit_usd": LIMIT_CENTS / 100, "on_cumulative_exceed": "DENY",
    });
    world.policy(&wallet, "SPENDING_LIMIT", &rules);
    let (acknowledged, attempted) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let deaths = rounds().max(4);
    for _ in 0..deaths {
        let address = world.server.address().to_owned();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                let agent = Caller::agent(&address, &wallet.token);
                let (acknowledged, attempted) = (&acknowledged, &attempted);
                scope.spawn(move || send_until_gone(&agent, acknowledged, attempted));
            }
            std::thread::sleep(some_time());
            world.server.kill().unwrap();
        });
        world.server.restart().unwrap();
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    let attempted = attempted.into_inner().unwrap();

    let rows = all_final(&world, &wallet);
    let statuses: BTreeMap<&str, &str> =
        rows.iter().map(|row| (text(row, "id").unwrap(), text(row, "status").unwrap())).collect();
    println!(
        "{deaths} deaths under load: {} attempted, {} acknowledged, {} stored, restart in {} ms",
        attempted.len(),
        acknowledged.len(),
        rows.len(),
        world.server.ready_after().as_millis()
    );
    assert!(!acknowledged.is_empty(), "nothing was acknowledged: the test tests nothing");
    for payment in &acknowledged {
        assert_eq!(statuses.get(payment.id.as_str()), Some(&"CONFIRMED"), "{}", payment.id);
        assert_eq!(world.chain.balance(&payment.to).unwrap(), payment.wei, "{} to {}", payment.id, payment.to);
    }
    // Also of those that were not acknowledged: at most once, and never another amount.
    let mut paid = 0;
    for (to, wei) in &attempted {
        let balance = world.chain.balance(to).unwrap();
        assert!(balance == 0 || balance == *wei, "{to} got {balance} instead of {wei}");
        paid += usize::from(balance > 0);
    }
    let confirmed = rows.iter().filter(|row| row["status"] == "CONFIRMED").count();
    assert_eq!(paid, confirmed, "the chain and the service disagree about who was paid");
    let mined = world.chain.sent_by(&wallet.address).unwrap();
    let nonces: Vec<u128> = mined.iter().map(|transaction| number(&transaction["nonce"]).unwrap()).collect();
    assert_eq!(nonces, (0..u128::try_from(paid).unwrap()).collect::<Vec<_>>(), "each number once and in order");
    nothing_is_held(&world, &wallet, &rows);
}

/// Waits until no transaction of the wallet changes any more, and answers all of them.
fn all_final(world: &World, wallet: &Wallet) -> Vec<Value> {
    let agent = world.agent(wallet);
    let mut open = Vec::new();
    let ended = wait_for(Duration::from_secs(90), "all transactions to end", || {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = agent.get(&format!("/v1/transactions?limit=100{cursor}"))?.expect(200)?;
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        open = rows.iter().filter(|row| !is_final(text(row, "status").unwrap())).cloned().collect();
        Ok(open.is_empty().then_some(rows))
    });
    ended.unwrap_or_else(|error| panic!("{error:#}: {} are open, such as {}", open.len(), open[0]))
}

/// What counts against the daily limit is exactly what was confirmed: a dry run of the rest passes, and of the
/// millionth of a dollar above it does not.
fn nothing_is_held(world: &World, wallet: &Wallet, rows: &[Value]) {
    const MICRO_DOLLAR: u128 = CENT / 10_000;
    let confirmed = rows.iter().filter(|row| row["status"] == "CONFIRMED");
    // Each payment is charged in whole millionths of a dollar, rounded up.
    let spent: u128 = confirmed
        .map(|row| text(row, "amount").unwrap().parse::<u128>().unwrap().div_ceil(MICRO_DOLLAR) * MICRO_DOLLAR)
        .sum();
    let rest = LIMIT_CENTS * CENT - spent;
    let agent = world.agent(wallet);
    for (wei, allowed) in [(rest, true), (rest + MICRO_DOLLAR, false)] {
        let told = agent.post("/v1/transactions/simulate", &transfer(&stranger(), wei)).unwrap().expect(200).unwrap();
        assert_eq!(told["policy"]["allowed"], allowed, "{wei} after {spent}: {told}");
    }
}

#[test]
fn what_waits_survives_a_crash_and_what_was_due_is_done() {
    let mut world = World::start();
    let wallet = world.tiered_wallet();
    let to = stranger();
    let held = id(&world.send(&wallet, &to, 50_000).expect(201).unwrap());
    let sent = id(&world.send(&wallet, &to, 100).expect(201).unwrap());
    world.server.kill().unwrap();
    world.server.restart().unwrap();
    let agent = world.agent(&wallet);
    agent.until(&sent, &["CONFIRMED"]).unwrap();
    agent.until(&held, &["QUEUED"]).unwrap();
    agent.post(&format!("/v1/transactions/{held}/cancel"), &json!({})).unwrap().expect(200).unwrap();
    assert_eq!(world.chain.balance(&to).unwrap(), 100 * CENT);
}

#[test]
fn what_the_chain_has_not_mined_yet_is_not_sent_again_after_a_crash() {
    let mut world = World::start();
    let wallet = world.unlimited_wallet();
    world.chain.mine_at_once(false).unwrap();
    let payments: Vec<_> = (1..=10).map(|dollars: u128| (stranger(), dollars * 100)).collect();
    let ids: Vec<String> =
        payments.iter().map(|(to, cents)| id(&world.send(&wallet, to, *cents).expect(201).unwrap())).collect();
    let agent = world.agent(&wallet);
    agent.until(ids.last().unwrap(), &["SUBMITTED"]).unwrap();
    world.server.kill().unwrap();
    world.server.restart().unwrap();
    world.chain.mine().unwrap();
    world.chain.mine_at_once(true).unwrap();
    let agent = world.agent(&wallet);
    for (id, (to, cents)) in ids.iter().zip(&payments) {
        agent.until(id, &["CONFIRMED"]).unwrap();
        assert_eq!(world.chain.balance(to).unwrap(), cents * CENT);
    }
    assert_eq!(world.chain.nonce(&wallet.address).unwrap(), 10);
}

#[test]
fn an_orderly_stop_finishes_what_it_began_and_loses_nothing() {
    let mut world = World::start();
    let wallet = world.unlimited_wallet();
    let to = stranger();
    let ids: Vec<String> = (0..20).map(|_| id(&world.send(&wallet, &to, 100).expect(201).unwrap())).collect();
    let began = Instant::now();
    assert_eq!(world.server.stop().unwrap(), Some(0), "{}", world.server.logged());
    println!("an orderly stop after 20 sends took {} ms", began.elapsed().as_millis());
    world.server.restart().unwrap();
    let agent = world.agent(&wallet);
    for id in &ids {
        agent.until(id, &["CONFIRMED"]).unwrap();
    }
    assert_eq!(world.chain.balance(&to).unwrap(), 20 * 100 * CENT);
}
