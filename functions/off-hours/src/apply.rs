//! Does what was decided. Everything that the function writes goes through one gate, which a dry run
//! does not open.

use domain::announcement::Announcement;
use domain::off_hours::Plan;
use edge::errand::{AT_ONCE, Ending, log, take};
use futures_util::StreamExt;
use jiff::Timestamp;
use ledger::{Closing, Entry, LedgerError};
use tokio::time::Instant;

use crate::{Aws, Failure, Settings};

/// The one gate in front of every write: of records, capacity, notices, the journal and the mark that
/// the suite is closing. A dry run answers `shown` and writes nothing.
async fn write<T>(settings: &Settings, shown: T, writing: impl Future<Output = T>) -> T {
    if settings.dry_run {
        return shown;
    }
    writing.await
}

/// Takes every errand until `stop`, most urgent first, and returns how each ended, in the plan's
/// order.
pub(crate) async fn apply(
    aws: &Aws,
    settings: &Settings,
    plan: &Plan,
    stop: Instant,
) -> Vec<Ending> {
    let endings = futures_util::stream::iter(&plan.errands).map(async |errand| {
        let ending = write(settings, Ending::Shown, take(&aws.edge, errand, stop)).await;
        log(errand, &ending);
        ending
    });
    endings.buffered(AT_ONCE).collect().await
}

/// Puts notices on the bus and remembers them.
pub(crate) async fn announce(
    aws: &Aws,
    settings: &Settings,
    announcements: &[Announcement],
) -> Result<(), Failure> {
    let writing = edge::announce::announce(&aws.edge, announcements);
    Ok(write(settings, Ok(()), writing).await?)
}

/// Writes a journal entry.
pub(crate) async fn journal(
    aws: &Aws,
    settings: &Settings,
    entry: &Entry,
) -> Result<(), LedgerError> {
    write(settings, Ok(()), aws.edge.ledger.journal(entry)).await
}

/// Marks that the suite is about to be deleted, and counts the deliveries of the request for it.
pub(crate) async fn close_suite(
    aws: &Aws,
    settings: &Settings,
    request: &str,
    now: Timestamp,
) -> Result<Closing, LedgerError> {
    let uncounted = Closing {
        deliveries: 1,
        since: now,
    };
    let writing = aws.edge.ledger.close_suite(request, now);
    write(settings, Ok(uncounted), writing).await
}

/// Takes that mark away: the suite is in service.
pub(crate) async fn reopen_suite(aws: &Aws, settings: &Settings) -> Result<(), LedgerError> {
    write(settings, Ok(()), aws.edge.ledger.reopen_suite()).await
}
