//! Does what was decided. Everything that the function writes goes through one gate, which a dry run
//! does not open.

use domain::announcement::{Announcement, ConcernKey};
use domain::budget::Record;
use domain::budget::meter::Sample;
use domain::resting::Errand;
use edge::errand::{AT_ONCE, Ending, log, take};
use futures_util::StreamExt;
use ledger::{Entry, LedgerError};
use tokio::time::Instant;

use crate::{Aws, Failure, Settings};

/// The one gate in front of every write: of tallies, records, capacity, notices, samples and the
/// journal. A dry run answers `shown` and writes nothing.
async fn write<T>(settings: &Settings, shown: T, writing: impl Future<Output = T>) -> T {
    if settings.dry_run {
        return shown;
    }
    writing.await
}

/// Writes the tallies, one after the other up to the first that is refused; how many were written,
/// and the refusal.
pub(crate) async fn record(
    aws: &Aws,
    settings: &Settings,
    records: &[Record],
) -> (usize, Result<(), LedgerError>) {
    for (written, record) in records.iter().enumerate() {
        let outcome = write(settings, Ok(()), record_one(aws, record)).await;
        let budget = record.budget.as_str();
        let state = record.tally.as_ref().map(|tally| tally.state.name());
        match outcome {
            Ok(()) => tracing::info!(budget, state, "remembered"),
            Err(error) => return (written, Err(error)),
        }
    }
    (records.len(), Ok(()))
}

async fn record_one(aws: &Aws, record: &Record) -> Result<(), LedgerError> {
    let Record {
        budget,
        tally,
        replaces,
    } = record;
    let ledger = &aws.edge.ledger;
    match (tally, replaces) {
        (Some(tally), _) => ledger.record_budget(budget, tally, *replaces).await,
        (None, Some(version)) => ledger.close_budget(budget, *version).await,
        (None, None) => Ok(()),
    }
}

/// Takes every errand until `stop`, in the order of the plan, and returns how each ended.
pub(crate) async fn apply(
    aws: &Aws,
    settings: &Settings,
    errands: &[Errand],
    stop: Instant,
) -> Vec<Ending> {
    let endings = futures_util::stream::iter(errands).map(async |errand| {
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

/// Forgets what was announced and is over without anybody needing to know.
pub(crate) async fn forget(
    aws: &Aws,
    settings: &Settings,
    forgotten: &[ConcernKey],
) -> Result<(), LedgerError> {
    for key in forgotten {
        let writing = aws.edge.ledger.withdrawn(&key.subject, key.kind);
        write(settings, Ok(()), writing).await?;
    }
    Ok(())
}

/// Writes the sample of this moment.
pub(crate) async fn sample(
    aws: &Aws,
    settings: &Settings,
    sample: &Sample,
) -> Result<(), LedgerError> {
    write(settings, Ok(()), aws.edge.ledger.sample(sample)).await
}

/// Writes a journal entry.
pub(crate) async fn journal(
    aws: &Aws,
    settings: &Settings,
    entry: &Entry,
) -> Result<(), LedgerError> {
    write(settings, Ok(()), aws.edge.ledger.journal(entry)).await
}
