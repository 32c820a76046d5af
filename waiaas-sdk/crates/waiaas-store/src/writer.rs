//! The one writer: a task that owns the only writing connection and commits in groups.
//!
//! ```text
//! callers ──queue──▶ BEGIN IMMEDIATE ─ SAVEPOINT job … RELEASE ─ SAVEPOINT job … ROLLBACK TO ─ COMMIT ──▶ answers
//! ```
//!
//! Jobs run one after the other, so each sees everything that those before it did. A job that fails is
//! undone alone. Nobody is answered, not even with a refusal, before COMMIT has made durable what the
//! answer rests on. There is no waiting for a group to fill up: while one group is being made durable,
//! the next one gathers in the queue by itself.

use crate::failure::{Failure, unavailable};
use crate::policies::PolicyCache;
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, raw_sql};
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use waiaas_engine::ports::store::StoreError;

/// Jobs per COMMIT at most: bounds how long the first of them waits for its answer.
const GROUP_LIMIT: usize = 64;

/// Jobs that may wait; callers beyond it wait to enter the queue.
const QUEUE_LIMIT: usize = 1024;

/// What a job does on the connection.
pub(crate) type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'c>>;

/// The way to the writer. Clones lead to the same one.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Message>,
}

/// The store was closed, or its writer is gone.
#[derive(Debug, thiserror::Error)]
#[error("the store is closed")]
struct Closed;

/// The group that a job belonged to did not become durable.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the changes could not be made durable")]
struct GroupFailed(#[source] Arc<sqlx::Error>);

type GroupOutcome = Result<(), GroupFailed>;

/// A job with its result inside, which is handed out once the outcome of the group is known.
struct Finished {
    keep: bool,
    answer: Box<dyn FnOnce(GroupOutcome) + Send>,
}

type Running<'c> = Pin<Box<dyn Future<Output = Finished> + Send + 'c>>;

trait Job: Send {
    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
    fn run(self: Box<Self>, connection: &mut SqliteConnection) -> Running<'_>;
}

enum Message {
    Job(Box<dyn Job>),
    Close(oneshot::Sender<Result<(), sqlx::Error>>),
}

impl Writer {
    /// Starts the task. It ends, and the connection with it, when the last clone is dropped or on
    /// [`Writer::close`]. `cache` is emptied whenever a group is lost: it may hold rows of that group.
    pub(crate) fn start(connection: SqliteConnection, cache: Arc<PolicyCache>) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE_LIMIT);
        tokio::spawn(Task { connection, jobs, cache }.serve());
        Self { queue }
    }

    /// Queues a job and waits for its answer. When the caller stops waiting, a job that has not begun
    /// is dropped; one that has begun is finished.
    pub(crate) async fn run<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
    {
        let (answer, told) = oneshot::channel();
        let message = Message::Job(Box::new(Queued { job, answer }));
        self.queue.send(message).await.map_err(|_| unavailable(Closed))?;
        told.await.map_err(|_| unavailable(Closed))?
    }

    /// Finishes what is queued before, moves the log into the database file and closes it.
    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        let (done, closed) = oneshot::channel();
        self.queue.send(Message::Close(done)).await.map_err(|_| unavailable(Closed))?;
        closed.await.map_err(|_| unavailable(Closed))?.map_err(unavailable)
    }
}

struct Queued<T, F> {
    job: F,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Queued<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
{
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run(self: Box<Self>, connection: &mut SqliteConnection) -> Running<'_> {
        Box::pin(async move {
            let Self { job, answer } = *self;
            let result = job(connection).await;
            Finished {
                keep: result.is_ok(),
                answer: Box::new(move |outcome| {
                    let told = match outcome {
                        Ok(()) => result.map_err(StoreError::from),
                        Err(lost) => Err(unavailable(lost)),
                    };
                    // A caller that has gone away needs no answer.
                    let _gone = answer.send(told);
                }),
            }
        })
    }
}

struct Task {
    connection: SqliteConnection,
    jobs: mpsc::Receiver<Message>,
    cache: Arc<PolicyCache>,
}

impl Task {
    async fn serve(mut self) {
        while let Some(message) = self.jobs.recv().await {
            let mut next = Some(message);
            while let Some(message) = next.take() {
                match message {
                    Message::Job(job) => next = self.group(job).await,
                    Message::Close(done) => {
                        self.jobs.close();
                        let _gone = done.send(close(self.connection).await);
                        return;
                    }
                }
            }
        }
    }

    /// Runs `first` and what is queued behind it as one transaction. Returns a message that must be
    /// handled after it.
    async fn group(&mut self, first: Box<dyn Job>) -> Option<Message> {
        let mut finished = Vec::new();
        let mut left_over = None;
        let outcome = match self.fill(first, &mut finished, &mut left_over).await {
            Ok(()) => Ok(()),
            Err(error) => {
                tracing::error!(error = %error, jobs = finished.len(), "a group of changes was lost");
                self.cache.clear();
                // SQLite may have rolled back by itself already; then this has nothing to do.
                let _nothing_left = raw_sql("ROLLBACK").execute(&mut self.connection).await;
                Err(GroupFailed(Arc::new(error)))
            }
        };
        for job in finished {
            (job.answer)(outcome.clone());
        }
        left_over
    }

    async fn fill(
        &mut self,
        first: Box<dyn Job>,
        finished: &mut Vec<Finished>,
        left_over: &mut Option<Message>,
    ) -> Result<(), sqlx::Error> {
        let Some(mut job) = self.next_wanted(Some(Message::Job(first)), left_over) else { return Ok(()) };
        raw_sql("BEGIN IMMEDIATE; SAVEPOINT job").execute(&mut self.connection).await?;
        loop {
            let done = job.run(&mut self.connection).await;
            let keep = done.keep;
            finished.push(done);
            let next = if finished.len() < GROUP_LIMIT { self.next_wanted(None, left_over) } else { None };
            // Fails, and the group with it, when SQLite has rolled the whole transaction back by itself
            // (full disk, I/O error): the savepoint is gone then, so nothing can run outside of it.
            let end = match (keep, next.is_some()) {
                (true, true) => "RELEASE job; SAVEPOINT job",
                (true, false) => "RELEASE job; COMMIT",
                (false, true) => "ROLLBACK TO job",
                (false, false) => "ROLLBACK TO job; RELEASE job; COMMIT",
            };
            raw_sql(end).execute(&mut self.connection).await?;
            match next {
                Some(following) => job = following,
                None => return Ok(()),
            }
        }
    }

    /// The next job that somebody still waits for; a request to close ends the search.
    fn next_wanted(&mut self, given: Option<Message>, left_over: &mut Option<Message>) -> Option<Box<dyn Job>> {
        let mut message = given;
        loop {
            match message.take().or_else(|| self.jobs.try_recv().ok())? {
                Message::Job(job) if job.is_abandoned() => {}
                Message::Job(job) => return Some(job),
                close @ Message::Close(_) => {
                    *left_over = Some(close);
                    return None;
                }
            }
        }
    }
}

async fn close(mut connection: SqliteConnection) -> Result<(), sqlx::Error> {
    raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
    connection.close().await
}
