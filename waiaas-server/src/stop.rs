//! Stopping: who wants it, and who still has to finish something.

use std::sync::Arc;
use tokio::sync::watch;

/// Shared by everything that runs. Clones are the same.
#[derive(Clone, Debug)]
pub struct Stop {
    wanted: Arc<watch::Sender<bool>>,
    busy: Arc<watch::Sender<()>>,
}

/// Held while something must not be cut short.
#[derive(Debug)]
pub struct Busy {
    _guard: watch::Receiver<()>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { wanted: Arc::new(watch::Sender::new(false)), busy: Arc::new(watch::Sender::new(())) }
    }
}

impl Stop {
    /// Asks everything to stop.
    pub fn request(&self) {
        self.wanted.send_replace(true);
    }

    /// Whether somebody asked.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        *self.wanted.borrow()
    }

    /// Waits until somebody asks.
    pub async fn wanted(&self) {
        // The sender lives in `self`, so the wait cannot fail.
        let _ = self.wanted.subscribe().wait_for(|wanted| *wanted).await;
    }

    /// Marks the caller as busy until the value is dropped.
    #[must_use]
    pub fn busy(&self) -> Busy {
        Busy { _guard: self.busy.subscribe() }
    }

    /// Waits until nobody is busy.
    pub async fn idle(&self) {
        self.busy.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn idle_waits_for_the_busy_ones() {
        let stop = Stop::default();
        stop.idle().await;
        let busy = stop.busy();
        let waiting = stop.clone();
        let waiter = tokio::spawn(async move { waiting.idle().await });
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        drop(busy);
        waiter.await.unwrap();
    }

    #[tokio::test]
    async fn a_request_reaches_early_and_late_listeners() {
        let stop = Stop::default();
        let early = stop.clone();
        let waiter = tokio::spawn(async move { early.wanted().await });
        tokio::task::yield_now().await;
        stop.request();
        waiter.await.unwrap();
        stop.wanted().await;
        assert!(stop.is_wanted());
    }
}
