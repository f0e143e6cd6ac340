//! Does what was decided. Everything that the function writes goes through one gate, which a dry run
//! does not open.

use domain::announcement::Announcement;
use domain::off_hours::Plan;
use edge::errand::Ending;
use edge::gate::Gate;
use jiff::Timestamp;
use ledger::{Closing, Entry, LedgerError};
use tokio::time::Instant;

use crate::{Aws, Failure, Settings};

/// The gate in front of every write of the function.
fn gate(settings: &Settings) -> Gate {
    Gate::new(settings.dry_run)
}

/// Takes every errand until `stop`, most urgent first, and returns how each ended, in the plan's
/// order.
pub(crate) async fn apply(
    aws: &Aws,
    settings: &Settings,
    plan: &Plan,
    stop: Instant,
) -> Vec<Ending> {
    gate(settings).take(&aws.edge, &plan.errands, stop).await
}

/// Puts notices on the bus and remembers them.
pub(crate) async fn announce(
    aws: &Aws,
    settings: &Settings,
    announcements: &[Announcement],
) -> Result<(), Failure> {
    Ok(gate(settings).announce(&aws.edge, announcements).await?)
}

/// Writes a journal entry.
pub(crate) async fn journal(
    aws: &Aws,
    settings: &Settings,
    entry: &Entry,
) -> Result<(), LedgerError> {
    gate(settings).journal(&aws.edge, entry).await
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
    gate(settings).write(Ok(uncounted), writing).await
}

/// Takes that mark away: the suite is in service.
pub(crate) async fn reopen_suite(aws: &Aws, settings: &Settings) -> Result<(), LedgerError> {
    gate(settings)
        .write(Ok(()), aws.edge.ledger.reopen_suite())
        .await
}
