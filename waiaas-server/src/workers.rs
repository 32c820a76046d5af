//! Paces the engine: executes what is ready, and calls its ticks.
//!
//! ```text
//! routes ──▶ WorkQueue ──▶ executor (bounded) ──▶ engine.execute ──▶ wakes the confirmer
//! release_delayed, unfinished ──▶ WorkQueue
//! ```
//!
//! Nothing here is remembered across a stop: what was queued is found again in the database.

use crate::stop::Stop;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore, mpsc};
use waiaas_sdk::core::id::TxId;
use waiaas_sdk::engine::Engine;
use waiaas_sdk::engine::pipeline::Progress;

/// Transactions that are executed at the same time.
const CONCURRENCY: usize = 32;
/// How often windows that have ended are looked for.
const DELAY_TICK: Duration = Duration::from_secs(1);
/// How often approvals that have run out are looked for.
const APPROVAL_TICK: Duration = Duration::from_secs(5);
/// How often sequence numbers are looked after.
const REPAIR_TICK: Duration = Duration::from_secs(15);
/// How often unfinished transactions that nobody is working on are looked for.
const SWEEP_TICK: Duration = Duration::from_secs(30);
/// First and longest pause between looks for outstanding transactions: short at first, because test
/// chains answer at once, and soon as long as a quick chain's block.
const CONFIRM_PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// Pause of a ticker after a failure of the store.
const FAILURE_PAUSE: Duration = Duration::from_secs(5);
/// First and longest pause before a failed execution is tried again.
const RETRY_PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Takes transactions that are ready to be executed. Clones are the same queue.
#[derive(Clone)]
pub struct WorkQueue {
    inner: Arc<Queue>,
}

struct Queue {
    sender: mpsc::UnboundedSender<TxId>,
    /// What is queued, running or waiting for another try, so that nothing is queued twice.
    known: Mutex<BTreeSet<TxId>>,
    submitted: Notify,
    delayed: Notify,
}

/// The receiving end, until [`start`] takes it.
pub struct Work {
    queue: WorkQueue,
    receiver: mpsc::UnboundedReceiver<TxId>,
}

impl WorkQueue {
    /// A queue and its receiving end.
    #[must_use]
    pub fn new() -> (Self, Work) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let inner = Queue { sender, known: Mutex::default(), submitted: Notify::new(), delayed: Notify::new() };
        let queue = Self { inner: Arc::new(inner) };
        (queue.clone(), Work { queue, receiver })
    }

    /// Hands over a transaction that is PENDING or EXECUTING. Returns at once; handing over one twice is
    /// harmless.
    pub fn execute(&self, tx: TxId) {
        if self.known().insert(tx) {
            // Nobody receives any more while the service stops; the next start finds the transaction.
            let _ = self.inner.sender.send(tx);
        }
    }

    /// Says that a transaction now waits for its time, so that its window is not overslept.
    pub fn reschedule(&self) {
        self.inner.delayed.notify_one();
    }

    fn done_with(&self, tx: TxId) {
        self.known().remove(&tx);
    }

    fn known(&self) -> MutexGuard<'_, BTreeSet<TxId>> {
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts all workers. They end when a stop is requested; executions that are under way are marked busy.
pub fn start(engine: &Engine, work: Work, stop: &Stop, max_attempts: u32) {
    let queue = work.queue.clone();
    let spawn = |name: &'static str, worker: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| {
        let stop = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = worker => {}
                () = stop.wanted() => {}
            }
            tracing::debug!(worker = name, "stopped");
        });
    };
    let executor = Executor { engine: engine.clone(), queue: queue.clone(), stop: stop.clone(), max_attempts };
    spawn("executor", Box::pin(executor.run(work.receiver)));
    spawn("confirmer", Box::pin(confirm(engine.clone(), queue.clone())));
    spawn("delays", Box::pin(release_delayed(engine.clone(), queue.clone())));
    spawn("approvals", Box::pin(expire_approvals(engine.clone())));
    spawn("sequences", Box::pin(repair_sequences(engine.clone())));
    spawn("sweeper", Box::pin(sweep(engine.clone(), queue)));
}

struct Executor {
    engine: Engine,
    queue: WorkQueue,
    stop: Stop,
    max_attempts: u32,
}

impl Executor {
    async fn run(self, mut receiver: mpsc::UnboundedReceiver<TxId>) {
        let places = Arc::new(Semaphore::new(CONCURRENCY));
        let attempts: Arc<Mutex<BTreeMap<TxId, u32>>> = Arc::default();
        let this = Arc::new(self);
        while let Some(tx) = receiver.recv().await {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            let (this, attempts, busy) = (Arc::clone(&this), Arc::clone(&attempts), this.stop.busy());
            tokio::spawn(async move {
                let progress = this.engine.transactions().execute(tx).await;
                drop((place, busy));
                this.after(tx, progress, &attempts).await;
            });
        }
    }

    async fn after(
        &self,
        tx: TxId,
        progress: Result<Progress, waiaas_sdk::engine::EngineError>,
        attempts: &Mutex<BTreeMap<TxId, u32>>,
    ) {
        let counted = match progress {
            Ok(Progress::Moved { done }) => {
                if !done {
                    self.queue.inner.submitted.notify_one();
                }
                false
            }
            Ok(Progress::Idle) => false,
            Ok(Progress::TryAgain) => true,
            Err(error) => {
                tracing::error!(%tx, %error, cause = ?std::error::Error::source(&error), "an execution failed");
                true
            }
        };
        if !counted {
            attempts.lock().unwrap_or_else(PoisonError::into_inner).remove(&tx);
            self.queue.done_with(tx);
            return;
        }
        let tried = {
            let mut attempts = attempts.lock().unwrap_or_else(PoisonError::into_inner);
            let tried = attempts.entry(tx).or_default();
            *tried = tried.saturating_add(1);
            *tried
        };
        if tried >= self.max_attempts {
            attempts.lock().unwrap_or_else(PoisonError::into_inner).remove(&tx);
            self.give_up(tx).await;
            self.queue.done_with(tx);
            return;
        }
        let factor = 1_u32.checked_shl(tried.saturating_sub(1)).unwrap_or(u32::MAX);
        tokio::select! {
            () = tokio::time::sleep(RETRY_PAUSE.0.saturating_mul(factor).min(RETRY_PAUSE.1)) => {}
            () = self.stop.wanted() => return,
        }
        self.queue.done_with(tx);
        self.queue.execute(tx);
    }

    /// What was never signed ends here; what was signed is left to the chain and the sweeper.
    async fn give_up(&self, tx: TxId) {
        match self.engine.transactions().give_up(tx).await {
            Ok(true) => tracing::warn!(%tx, "given up: the network could not be reached"),
            Ok(false) => {}
            Err(error) => tracing::error!(%tx, %error, "could not be given up"),
        }
    }
}

/// Looks for outstanding transactions: often after a submission, less and less while nothing happens,
/// hardly ever when there are none.
async fn confirm(engine: Engine, queue: WorkQueue) {
    let mut pause = CONFIRM_PAUSE.0;
    loop {
        match engine.system().confirm().await {
            Ok(report) if report.outstanding == report.completed => pause = SWEEP_TICK,
            Ok(report) if report.completed > 0 => pause = CONFIRM_PAUSE.0,
            Ok(_) => pause = pause.saturating_mul(2).min(CONFIRM_PAUSE.1),
            Err(error) => {
                tracing::error!(%error, "the confirmation tick failed");
                pause = FAILURE_PAUSE;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = queue.inner.submitted.notified() => {
                pause = CONFIRM_PAUSE.0;
                tokio::time::sleep(pause).await;
            }
        }
    }
}

async fn release_delayed(engine: Engine, queue: WorkQueue) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(DELAY_TICK) => {}
            () = queue.inner.delayed.notified() => {}
        }
        match engine.system().release_delayed().await {
            Ok(ready) => ready.into_iter().for_each(|tx| queue.execute(tx)),
            Err(error) => pause_after("delay", &error).await,
        }
    }
}

async fn expire_approvals(engine: Engine) {
    loop {
        tokio::time::sleep(APPROVAL_TICK).await;
        if let Err(error) = engine.system().expire_approvals().await {
            pause_after("approval", &error).await;
        }
    }
}

async fn repair_sequences(engine: Engine) {
    loop {
        tokio::time::sleep(REPAIR_TICK).await;
        if let Err(error) = engine.system().repair_sequences().await {
            pause_after("sequence", &error).await;
        }
    }
}

async fn sweep(engine: Engine, queue: WorkQueue) {
    loop {
        tokio::time::sleep(SWEEP_TICK).await;
        match engine.system().unfinished().await {
            Ok(unfinished) => unfinished.into_iter().for_each(|tx| queue.execute(tx)),
            Err(error) => pause_after("sweep", &error).await,
        }
    }
}

async fn pause_after(tick: &str, error: &waiaas_sdk::engine::EngineError) {
    tracing::error!(tick, %error, "a tick failed");
    tokio::time::sleep(FAILURE_PAUSE).await;
}
