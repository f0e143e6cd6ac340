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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::resting::{Reason, Subject};
    use serde_json::json;

    use super::*;
    use crate::perform::tests::{service, update_service};
    use crate::script::Script;

    async fn taken(gate: Gate, script: &Script) -> Vec<&'static str> {
        let errands = ["one", "two"].map(|_| Errand {
            subject: Subject::Service(service()),
            reason: Reason::GoesToRest,
            actions: vec![update_service()],
        });
        let stop = Instant::now() + Duration::from_secs(60);
        let endings = gate.take(&script.edge(), &errands, stop).await;
        endings.iter().map(Ending::name).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_dry_run_shows_every_errand_and_calls_nobody() {
        let script = Script::default();
        assert_eq!(taken(Gate::new(true), &script).await, ["dry-run"; 2]);
        assert_eq!(script.called(), [""; 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn otherwise_each_is_taken_and_says_how_it_ended() {
        let script = Script::default()
            .answer("UpdateService", json!({}))
            .refuse("UpdateService", "AccessDeniedException");
        let mut endings = taken(Gate::new(false), &script).await;
        endings.sort_unstable();
        assert_eq!(endings, ["done", "failed"]);
    }
}
