//! The past, oldest first: read in pages on one snapshot, told to the caller page by page.
//!
//! The visitor belongs to the caller and stays there, as the judge of an admission does: the job on the connection
//! holds the [`Reader`] end, the caller's future the [`Listener`] end. Between them waits at most one page.

use super::admit::PATIENCE;
use super::{holds, transactions};
use crate::failure::{Failure, unavailable};
use sqlx::sqlite::SqliteConnection;
use tokio::sync::mpsc;
use waiaas_core::id::TxId;
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{HistoryQuery, HistoryRow, HistoryVisitor};

/// Transactions that are in memory at a time.
const PAGE: u32 = 500;

/// The caller listened to nothing for [`PATIENCE`].
#[derive(Debug, thiserror::Error)]
#[error("the reading was abandoned by its caller")]
struct Abandoned;

/// The end that reads.
pub(super) struct Reader {
    query: HistoryQuery,
    pages: mpsc::Sender<Vec<HistoryRow>>,
}

/// The end that listens.
pub(super) struct Listener {
    pages: mpsc::Receiver<Vec<HistoryRow>>,
}

/// The place of a transaction in the order of reading.
pub(super) type Place = (UnixMillis, TxId);

pub(super) fn open(query: HistoryQuery) -> (Reader, Listener) {
    let (sender, receiver) = mpsc::channel(1);
    (Reader { query, pages: sender }, Listener { pages: receiver })
}

impl Reader {
    /// Reads until there is nothing more, or until nobody wants more.
    pub(super) async fn run(self, connection: &mut SqliteConnection) -> Result<(), Failure> {
        let mut after: Option<Place> = None;
        loop {
            let rows = transactions::past(connection, &self.query, after, PAGE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = Some((last.created_at, last.id));
            let mut page = Vec::with_capacity(rows.len());
            for row in rows {
                // A denied transaction held nothing.
                let holds = if row.tier.is_some() { holds::of(connection, row.id).await? } else { Vec::new() };
                page.push(HistoryRow { row, holds });
            }
            match tokio::time::timeout(PATIENCE, self.pages.send(page)).await {
                Ok(Ok(())) => {}
                Ok(Err(_nobody_listens)) => return Ok(()),
                Err(_) => return Err(unavailable(Abandoned).into()),
            }
        }
    }
}

impl Listener {
    /// Tells `visit` everything that is read, until it wants no more.
    pub(super) async fn attend(mut self, visit: HistoryVisitor<'_>) {
        while let Some(page) = self.pages.recv().await {
            if page.into_iter().try_for_each(&mut *visit).is_break() {
                return;
            }
        }
    }
}
