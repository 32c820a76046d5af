//! A gate in front of every call that the engine makes to the world: calls pass, take turns, or are the
//! last thing that the process did.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// What happens to calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Open,
    /// Each call lets other tasks go first, a number of times that follows from the seed.
    TakingTurns {
        seed: usize,
    },
    /// Call number `at` is the last one; the process is gone before or after it had its effect.
    Crash {
        at: usize,
        moment: Moment,
    },
    Down,
}

/// When a process dies, seen from the call that it was making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    BeforeTheEffect,
    AfterTheEffect,
}

pub(crate) struct Gate {
    calls: AtomicUsize,
    mode: Mutex<Mode>,
    fell: Notify,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { calls: AtomicUsize::new(0), mode: Mutex::new(Mode::Open), fell: Notify::new() }
    }

    /// Calls so far, since the last change of mode.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn open(&self) {
        self.set(Mode::Open);
    }

    pub(crate) fn take_turns(&self, seed: usize) {
        self.set(Mode::TakingTurns { seed });
    }

    /// Runs `scenario` until its call number `at` (from 0), at which the process dies. Says whether it
    /// got there.
    pub(crate) async fn crash(&self, at: usize, moment: Moment, scenario: impl Future<Output = ()>) -> bool {
        self.set(Mode::Crash { at, moment });
        tokio::select! {
            biased;
            () = scenario => false,
            () = self.fell.notified() => true,
        }
    }

    pub(crate) async fn pass<T>(&self, call: impl Future<Output = T> + Send) -> T {
        let number = self.calls.fetch_add(1, Ordering::SeqCst);
        match self.mode() {
            Mode::Open => call.await,
            Mode::TakingTurns { seed } => {
                self.give_way(seed, number).await;
                let answer = call.await;
                self.give_way(seed, number.wrapping_add(7)).await;
                answer
            }
            Mode::Crash { at, moment } if number == at => {
                if moment == Moment::AfterTheEffect {
                    call.await;
                }
                // Nothing of this process goes on, whatever else it was doing.
                self.set(Mode::Down);
                self.fell.notify_one();
                std::future::pending().await
            }
            Mode::Crash { .. } => call.await,
            Mode::Down => std::future::pending().await,
        }
    }

    async fn give_way(&self, seed: usize, number: usize) {
        // Any cheap mixing will do; only variety is wanted.
        let mixed = number.wrapping_add(seed.wrapping_mul(0x9E37)).wrapping_mul(0x85EB_CA6B) >> 7;
        for _ in 0..mixed % 4 {
            tokio::task::yield_now().await;
        }
    }

    fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
        self.calls.store(0, Ordering::SeqCst);
    }

    fn mode(&self) -> Mode {
        *self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
