//! A value that is fetched at most once at a time and kept for a short while.

use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Holds the last answer. Callers that come while a fetch is under way wait for it and share its outcome,
/// also when it failed: a node that hangs costs every waiter one timeout, not one after another.
///
/// Reads the runtime's monotonic clock; nothing that is stored or signed depends on it except the age of
/// fee figures.
pub(crate) struct Cached<T, E> {
    ttl: Duration,
    last: Mutex<Option<(Instant, Result<T, E>)>>,
}

impl<T: Clone, E: Clone> Cached<T, E> {
    /// A success is kept for `ttl`; a failure only answers those who were already waiting.
    pub(crate) fn new(ttl: Duration) -> Self {
        Self { ttl, last: Mutex::new(None) }
    }

    pub(crate) async fn get(&self, fetch: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let asked = Instant::now();
        let mut last = self.last.lock().await;
        match &*last {
            Some((at, Ok(value))) if at.elapsed() < self.ttl => return Ok(value.clone()),
            Some((at, Err(error))) if *at >= asked => return Err(error.clone()),
            _ => {}
        }
        let outcome = fetch.await;
        *last = Some((Instant::now(), outcome.clone()));
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    async fn ask(cached: &Cached<usize, ()>, calls: &AtomicUsize, fail: bool) -> Result<usize, ()> {
        cached
            .get(async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                let call = calls.fetch_add(1, Ordering::SeqCst);
                if fail { Err(()) } else { Ok(call) }
            })
            .await
    }

    #[tokio::test]
    async fn many_callers_share_one_fetch() {
        let (cached, calls) = (Cached::new(Duration::from_secs(60)), AtomicUsize::new(0));
        let answers = futures_util::future::join_all((0..100).map(|_| ask(&cached, &calls, false))).await;
        assert!(answers.into_iter().all(|answer| answer == Ok(0)));
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_failure_is_shared_by_those_who_waited_and_by_nobody_later() {
        let (cached, calls) = (Cached::new(Duration::from_secs(60)), AtomicUsize::new(0));
        let answers = futures_util::future::join_all((0..100).map(|_| ask(&cached, &calls, true))).await;
        assert!(answers.into_iter().all(|answer| answer == Err(())));
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert_eq!(ask(&cached, &calls, false).await, Ok(1));
    }

    #[tokio::test]
    async fn an_old_value_is_fetched_anew() {
        let (cached, calls) = (Cached::new(Duration::ZERO), AtomicUsize::new(0));
        assert_eq!(ask(&cached, &calls, false).await, Ok(0));
        assert_eq!(ask(&cached, &calls, false).await, Ok(1));
    }
}
