//! The ledger against a model of it: random histories are played on both, and after every step all sums
//! agree and no limit is exceeded.
//!
//! What a history consists of is in `script`, what must be true is in `model`, how the two are compared is in
//! `play`. The same histories are drawn on every run; one that fails is made smaller before it is shown.
//!
//! **The clock.** Every entry is dated with the clock's word at its admission and counts from `now` minus the
//! window on, with no upper end: when the clock is turned back, what it admitted "later" still counts. So the
//! sums never become smaller by turning the clock back, and in every window, wherever it is placed, the
//! entries that are dated in it stay within the limit. (An entry is admitted only with everything that is
//! dated from one window before it on, earlier or later; so the last admitted entry of any window has seen all
//! others of it.)

mod model;
mod play;
mod script;

use crate::ports::store::Store;
use play::play;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// How many histories the suite plays.
const HISTORIES: usize = 16;

/// How often a failing history is tried again with less in it.
const SHRINK_TRIES: usize = 2_000;

/// Plays [`HISTORIES`] histories, each on a fresh store.
///
/// # Panics
/// When the store leaves the model; with the shortest history found that makes it.
pub async fn run<F, Fut, S>(make: &F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = S>,
    S: Store + 'static,
{
    run_histories(make, HISTORIES).await;
}

/// Plays so many histories, each on a fresh store; the first ones are always the same.
///
/// # Panics
/// When the store leaves the model; with the shortest history found that makes it.
pub async fn run_histories<F, Fut, S>(make: &F, histories: usize)
where
    F: Fn() -> Fut,
    Fut: Future<Output = S>,
    S: Store + 'static,
{
    let config = Config { failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let scripts = script::script();
    for number in 0..histories {
        let mut drawn = scripts.new_tree(&mut runner).expect("nothing is filtered out");
        if let Err(first) = play(make().await, &drawn.current()).await {
            let (shortest, why) = shrink(make, &mut drawn, first).await;
            panic!("history {number}: {why}\n{shortest:#?}");
        }
    }
}

/// A shorter history that fails too, and how.
async fn shrink<F, Fut, S, T>(make: &F, drawn: &mut T, first: String) -> (T::Value, String)
where
    F: Fn() -> Fut,
    Fut: Future<Output = S>,
    S: Store + 'static,
    T: ValueTree<Value = script::Script>,
{
    let mut found = (drawn.current(), first);
    let mut smaller = drawn.simplify();
    for _ in 0..SHRINK_TRIES {
        if !smaller {
            break;
        }
        smaller = match play(make().await, &drawn.current()).await {
            Err(why) => {
                found = (drawn.current(), why);
                drawn.simplify()
            }
            Ok(()) => drawn.complicate(),
        };
    }
    found
}
