//! Many requests at once from one wallet.

use crate::world::{CENT, Wallet, World, id, rounds, stranger, transfer};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use waiaas_tests::anvil::number;
use waiaas_tests::api::text;
use waiaas_tests::http::Answer;

const CONNECTIONS: usize = 16;

/// Sends to each recipient the amount beside it, over as many connections as there are, and answers what came back.
fn send_all(world: &World, wallet: &Wallet, payments: &[(String, u128)]) -> Vec<Answer> {
    let share = payments.len().div_ceil(CONNECTIONS);
    std::thread::scope(|scope| {
        let connections: Vec<_> = payments
            .chunks(share)
            .map(|payments| {
                scope.spawn(move || {
                    let agent = world.agent(wallet);
                    let send =
                        |(to, wei): &(String, u128)| agent.post("/v1/transactions/send", &transfer(to, *wei)).unwrap();
                    payments.iter().map(send).collect::<Vec<_>>()
                })
            })
            .collect();
        connections.into_iter().flat_map(|connection| connection.join().unwrap()).collect()
    })
}

fn payments(count: u128) -> Vec<(String, u128)> {
    (1..=count).map(|number| (stranger(), number * CENT / 100)).collect()
}

#[test]
fn five_hundred_sends_over_sixteen_connections_are_all_confirmed_without_gaps() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let payments = payments(500);
    let began = Instant::now();
    let answers = send_all(&world, &wallet, &payments);
    let answered = began.elapsed();
    let ids: Vec<String> = answers.iter().map(|answer| id(&answer.expect(201).unwrap())).collect();
    let agent = world.agent(&wallet);
    for (id, (to, wei)) in ids.iter().zip(&payments) {
        let row = agent.until(id, &["CONFIRMED"]).unwrap();
        assert_eq!(text(&row, "toAddress").unwrap().to_lowercase(), *to);
        assert_eq!(world.chain.balance(to).unwrap(), *wei);
    }
    let confirmed = began.elapsed();
    println!(
        "500 sends over {CONNECTIONS} connections: answered in {:.2} s, confirmed in {:.2} s ({:.0} a second)",
        answered.as_secs_f64(),
        confirmed.as_secs_f64(),
        500.0 / confirmed.as_secs_f64()
    );
    let mined = world.chain.sent_by(&wallet.address).unwrap();
    let nonces: Vec<u128> = mined.iter().map(|transaction| number(&transaction["nonce"]).unwrap()).collect();
    assert_eq!(nonces, (0..500).collect::<Vec<u128>>(), "each number once and in order");
    let hashes: BTreeSet<&str> = mined.iter().map(|transaction| text(transaction, "hash").unwrap()).collect();
    let known: Vec<Value> = ids.iter().map(|id| agent.until(id, &["CONFIRMED"]).unwrap()).collect();
    assert!(known.iter().all(|row| hashes.contains(text(row, "txHash").unwrap())));
}

#[test]
fn a_daily_limit_for_exactly_a_hundred_lets_exactly_a_hundred_through() {
    let world = World::start();
    for round in 1..=rounds() {
        let wallet = world.wallet();
        let rules = json!({
            "instant_max_usd": 1_000_000, "daily_limit_usd": 100, "on_cumulative_exceed": "DENY",
        });
        world.policy(&wallet, "SPENDING_LIMIT", &rules);
        // A dollar each.
        let payments: Vec<_> = (0..500).map(|_| (stranger(), 100 * CENT)).collect();
        let answers = send_all(&world, &wallet, &payments);
        let mut counts: BTreeMap<(u16, String), usize> = BTreeMap::new();
        for answer in &answers {
            *counts.entry((answer.status, answer.code())).or_default() += 1;
        }
        let expected = BTreeMap::from([((201, String::new()), 100), ((403, "POLICY_DENIED".to_owned()), 400)]);
        assert_eq!(counts, expected, "round {round}");
        let agent = world.agent(&wallet);
        for (answer, (to, wei)) in answers.iter().zip(&payments) {
            let paid = match answer.status {
                201 => agent.until(&id(&answer.json()), &["CONFIRMED"]).map(|_| *wei).unwrap(),
                _ => 0,
            };
            assert_eq!(world.chain.balance(to).unwrap(), paid, "round {round}");
        }
        assert_eq!(world.chain.nonce(&wallet.address).unwrap(), 100, "round {round}");
    }
    println!("a limit for 100 of 500: exactly 100 in each of {} rounds", rounds());
}
