//! The core and the reference decide alike, on cases without end.
//!
//! `WAIAAS_TEST_CASES` is the number of cases, `WAIAAS_TEST_SEED` the seed. Case `n` of a seed is always the same.

#![allow(clippy::unwrap_used, clippy::panic, clippy::as_conversions, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "the number of cases comes from the environment")]

use std::collections::BTreeMap;
use std::time::Instant;
use waiaas_core::policy::{ReasonCode, Tier};
use waiaas_reference::compare::{described, production, reference, smallest};
use waiaas_reference::generate::{Case, case};
use waiaas_reference::verdict::Verdict;

const CASES: u64 = 1_000_000;
const SEED: u64 = 20_260_304;
const THREADS: u64 = 2;

/// How often each tier and each reason came out.
type Seen = BTreeMap<&'static str, u64>;

#[test]
fn the_two_evaluators_decide_alike() {
    let number = |name: &str, usual| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let (cases, seed) = (number("WAIAAS_TEST_CASES", CASES), number("WAIAAS_TEST_SEED", SEED));
    let start = Instant::now();
    let parts: Vec<(Seen, Vec<u64>)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|first| scope.spawn(move || run(seed, first, cases))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let seconds = start.elapsed();
    let mut seen = Seen::new();
    for (name, count) in parts.iter().flat_map(|(seen, _)| seen) {
        *seen.entry(name).or_default() += count;
    }
    let per_second = u128::from(cases) * 1_000 / seconds.as_millis().max(1);
    println!("{cases} cases of seed {seed} in {} ms, {per_second} a second", seconds.as_millis());
    for (name, count) in &seen {
        println!("  {count:>8} {name}");
    }
    let mut different: Vec<u64> = parts.into_iter().flat_map(|(_, different)| different).collect();
    different.sort_unstable();
    show(seed, &different);
    assert!(different.is_empty(), "{} differences, shown above: {different:?}", different.len());
    if cases >= CASES {
        let names = Tier::ALL.iter().map(|tier| tier.as_str()).chain(ReasonCode::ALL.iter().map(|code| code.as_str()));
        let missing: Vec<&str> = names.filter(|name| !seen.contains_key(name) && !NEVER.contains(name)).collect();
        assert!(missing.is_empty(), "never came out: {missing:?}");
    }
}

/// Decimals that differ are found while a request is read; no evaluator ever sees them.
const NEVER: [&str; 1] = [ReasonCode::TokenDecimalsMismatch.as_str()];

/// One case of each kind of difference, as small as it gets.
fn show(seed: u64, different: &[u64]) {
    let mut shown = BTreeMap::new();
    for number in different {
        let small = smallest(&case(seed, *number), &differ);
        let (left, right) = (reference(&small), production(&small));
        let kind = (name(&left.verdict), name(&right.verdict));
        let times: &mut u64 = shown.entry(kind).or_default();
        *times += 1;
        if *times == 1 {
            println!("case {number}\n{}reference  {left:?}\nproduction {right:?}\n", described(&small));
        }
    }
    for ((left, right), times) in shown {
        println!("{times:>6} reference {left}, production {right}");
    }
}

/// The tier, or the reason of the refusal.
fn name(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed(allowance) => allowance.tier.as_str(),
        Verdict::Denied(refusal) => refusal.reason.as_str(),
    }
}

fn differ(case: &Case) -> bool {
    reference(case) != production(case)
}

/// Every second case: the distribution, and the numbers of cases that differ, up to a hundred.
fn run(seed: u64, first: u64, cases: u64) -> (Seen, Vec<u64>) {
    let (mut seen, mut different) = (Seen::new(), Vec::new());
    for number in (first..cases).step_by(THREADS as usize) {
        let case = case(seed, number);
        let outcome = reference(&case);
        *seen.entry(name(&outcome.verdict)).or_default() += 1;
        if outcome != production(&case) && different.len() < 100 {
            different.push(number);
        }
    }
    (seen, different)
}
