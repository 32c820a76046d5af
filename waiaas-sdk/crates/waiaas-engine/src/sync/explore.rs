//! Runs a scenario under many interleavings: drawn at random, drawn so that few changes of task suffice to find
//! a fault (PCT), and one after the other in order (depth first).

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, Runner};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many interleavings each scheduler tries of a scenario of a few steps.
pub(crate) const SHORT: usize = 400;

/// How many interleavings each scheduler tries of a scenario that passes through the whole engine.
pub(crate) const LONG: usize = 50;

/// How many interleavings the scheduler without chance tries, as a multiple of the others.
const ORDERED: usize = 4;

/// How many changes of task PCT places. Two suffice for most faults of concurrency (Burckhardt and others, A
/// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010).
const CHANGES: usize = 3;

/// The interleavings are the same on every run.
const SEED: u64 = 0x5EED;

/// Runs `scenario` under all schedulers, `usual` times each or as often as the environment says. Says whether
/// those in order were all there are.
///
/// # Panics
/// When it panics under one of them, or when its tasks wait for each other for ever.
pub(crate) fn explore(usual: usize, name: &str, scenario: fn()) -> bool {
    let tries = tries(usual);
    let random = run(RandomScheduler::new_from_seed(SEED, tries), scenario);
    let pct = run(PctScheduler::new_from_seed(SEED, CHANGES, tries), scenario);
    let ordered = run(DfsScheduler::new(Some(ORDERED * tries), false), scenario);
    let all = ordered < ORDERED * tries;
    let extent = if all { "all there are" } else { "of more" };
    println!("{name}: {random} at random, {pct} with few changes, {ordered} in order ({extent})");
    all
}

/// Runs a scenario that is wrong: under both schedulers that draw it must fail, saying `fault`.
///
/// # Panics
/// When it does not.
pub(crate) fn finds(usual: usize, fault: &str, scenario: fn()) {
    let said = |outcome: std::thread::Result<usize>| {
        let panic = outcome.expect_err("the fault was not found");
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        text.is_some_and(|text| text.contains(fault))
    };
    assert!(said(caught(RandomScheduler::new_from_seed(SEED, tries(usual)), scenario)), "at random");
    assert!(said(caught(PctScheduler::new_from_seed(SEED, CHANGES, tries(usual)), scenario)), "with few changes");
}

fn caught(scheduler: impl Scheduler + 'static, scenario: fn()) -> std::thread::Result<usize> {
    catch_unwind(AssertUnwindSafe(|| run(scheduler, scenario)))
}

fn run(scheduler: impl Scheduler + 'static, scenario: fn()) -> usize {
    let mut config = Config::new();
    config.stack_size = 1 << 20;
    config.failure_persistence = FailurePersistence::Print;
    Runner::new(scheduler, config).run(scenario)
}

fn tries(usual: usize) -> usize {
    std::env::var("WAIAAS_TEST_CASES").map_or(usual, |cases| cases.parse().unwrap())
}
