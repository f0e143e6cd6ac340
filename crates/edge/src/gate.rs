//! The gate in front of everything that a function writes. A dry run does not open it.

use domain::announcement::Announcement;
use domain::resting::Errand;
use futures_util::StreamExt;
use ledger::{Entry, LedgerError};
use tokio::time::Instant;

use crate::announce::announce;
use crate::errand::{AT_ONCE, Ending, log, take};
use crate::{Edge, Failure};

/// Whether what was decided is done or only shown. What every function writes is here; what only one
/// writes is passed to [`Gate::write`].
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    dry_run: bool,
}

impl Gate {
    /// A gate that a dry run does not open.
    pub fn new(dry_run: bool) -> Self {
        Self { dry_run }
    }

    /// What `writing` answers. A dry run answers `shown` and writes nothing.
    pub async fn write<T>(self, shown: T, writing: impl Future<Output = T>) -> T {
        if self.dry_run {
            return shown;
        }
        writing.await
    }

    /// Takes every errand until `stop`, most urgent first, and returns how each ended, in their order.
    pub async fn take(self, edge: &Edge, errands: &[Errand], stop: Instant) -> Vec<Ending> {
        let endings = futures_util::stream::iter(errands).map(async |errand| {
            let ending = self.write(Ending::Shown, take(edge, errand, stop)).await;
            log(errand, &ending);
            ending
        });
        endings.buffered(AT_ONCE).collect().await
    }

    /// Puts notices on the bus and remembers them.
    pub async fn announce(
        self,
        edge: &Edge,
        announcements: &[Announcement],
    ) -> Result<(), Failure> {
        self.write(Ok(()), announce(edge, announcements)).await
    }

    /// Writes a journal entry.
    pub async fn journal(self, edge: &Edge, entry: &Entry) -> Result<(), LedgerError> {
        self.write(Ok(()), edge.ledger.journal(entry)).await
    }
}
