//! Notices, kept in a list.

use crate::ports::notify::{Notice, NoticeEvent, Notifier};
use async_trait::async_trait;
use std::sync::{Mutex, PoisonError};

/// Keeps every notice in the order of arrival.
#[derive(Debug, Default)]
pub struct RecordingNotifier(Mutex<Vec<Notice>>);

impl RecordingNotifier {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything so far.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The kinds of everything so far.
    #[must_use]
    pub fn events(&self) -> Vec<NoticeEvent> {
        self.notices().into_iter().map(|notice| notice.event).collect()
    }

    /// Everything since the last call; the list is empty afterwards.
    #[must_use]
    pub fn take(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Notifier for RecordingNotifier {
    async fn notify(&self, notice: Notice) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(notice);
    }
}
