//! Runs a scenario under many interleavings: drawn at random, drawn so that few changes of task suffice to find
//! a fault (PCT), and one after the other in order (depth first).

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, Runner};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many changes of task PCT places. Most faults of concurrency need two; see `Burckhardt et al., A Randomized
/// Scheduler with Probabilistic Guarantees of Finding Bugs (2010)`.
const CHANGES: usize = 3;

/// How many interleavings each kind of scheduler tries, unless the environment says otherwise.
const USUAL: usize = 400;

/// The interleavings are the same on every run.
const SEED: u64 = 0x5EED;

/// How many interleavings the scheduler without chance tries, as a multiple of the others.
const ORDERED: usize = 4;

/// Runs `scenario` under all schedulers. Says whether those in order were all there are.
///
/// # Panics
/// When it panics under one of them, or when its tasks wait for each other for ever.
pub(crate) fn explore(name: &str, scenario: fn()) -> bool {
    let random = run(RandomScheduler::new_from_seed(SEED, cases()), scenario);
    let pct = run(PctScheduler::new_from_seed(SEED, CHANGES, cases()), scenario);
    let ordered = run(DfsScheduler::new(Some(ORDERED * cases()), false), scenario);
    let all = ordered < ORDERED * cases();
    let extent = if all { "all there are" } else { "of more" };
    println!("{name}: {random} at random, {pct} with few changes, {ordered} in order ({extent})");
    all
}

/// Runs a scenario that is wrong: under every scheduler it must fail, saying `fault`.
///
/// # Panics
/// When it does not.
pub(crate) fn finds(fault: &str, scenario: fn()) {
    let said = |outcome: std::thread::Result<usize>| {
        let panic = outcome.expect_err("the fault was not found");
        panic.downcast_ref::<String>().is_some_and(|text| text.contains(fault))
    };
    assert!(said(caught(RandomScheduler::new_from_seed(SEED, cases()), scenario)), "at random");
    assert!(said(caught(PctScheduler::new_from_seed(SEED, CHANGES, cases()), scenario)), "with few changes");
    assert!(said(caught(DfsScheduler::new(Some(ORDERED * cases()), false), scenario)), "in order");
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

fn cases() -> usize {
    std::env::var("WAIAAS_TEST_CASES").map_or(USUAL, |cases| cases.parse().unwrap())
}
