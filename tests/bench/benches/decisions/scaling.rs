//! How much two threads decide that share one book.

use crate::requests;
use crate::scene::{self, Scale, World};
use std::hint::black_box;
use std::sync::Barrier;
use std::time::{Duration, Instant};
use waiaas_core::policy::{Phase, PolicyBook};

/// Short rounds, of which the best counts: what else the machine does can only make one worse.
const ROUNDS: usize = 500;
const DECISIONS: u32 = 20_000;

/// Prints decisions per second on one and on two threads. Never fails: whether the machine is quiet is not ours to say.
pub(crate) fn print() {
    for scale in Scale::ALL {
        let book = PolicyBook::compile(&scene::rows(scale));
        let best = |threads| (0..ROUNDS).map(|_| per_second(&book, threads)).fold(0.0, f64::max);
        let (one, two) = (best(1), best(2));
        let (scene, ratio) = (scale.name(), two / one);
        println!("{scene}: {one:.0} decisions/s on one thread, {two:.0} on two: ratio {ratio:.2}");
    }
}

fn per_second(book: &PolicyBook, threads: usize) -> f64 {
    let barrier = Barrier::new(threads);
    let run = || {
        let world = World::new();
        let (facts, effects) = (world.facts(), requests::token_transfer());
        barrier.wait();
        let begin = Instant::now();
        for _ in 0..DECISIONS {
            black_box(book.judge(black_box(&world.subject), black_box(&effects), &facts, Phase::Admission));
        }
        begin.elapsed()
    };
    let slowest = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).max().unwrap_or(Duration::MAX)
    });
    threads as f64 * f64::from(DECISIONS) / slowest.as_secs_f64()
}
