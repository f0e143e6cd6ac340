//! Does what was decided. Everything that the function writes goes through one gate, which a dry run
//! does not open.

use domain::announcement::{Announcement, ConcernKey};
use domain::budget::Record;
use domain::budget::meter::Sample;
use domain::resting::Errand;
use edge::errand::Ending;
use edge::gate::Gate;
use ledger::{Entry, LedgerError};
use tokio::time::Instant;

use crate::{Aws, Failure, Settings};

/// The gate in front of every write of the function.
fn gate(settings: &Settings) -> Gate {
    Gate::new(settings.dry_run)
}

/// Writes the tallies, one after the other up to the first that is refused; how many were written,
/// and the refusal.
pub(crate) async fn record(
    aws: &Aws,
    settings: &Settings,
    records: &[Record],
) -> (usize, Result<(), LedgerError>) {
    for (written, record) in records.iter().enumerate() {
        let outcome = gate(settings).write(Ok(()), record_one(aws, record)).await;
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
    gate(settings).take(&aws.edge, errands, stop).await
}

/// Puts notices on the bus and remembers them.
pub(crate) async fn announce(
    aws: &Aws,
    settings: &Settings,
    announcements: &[Announcement],
) -> Result<(), Failure> {
    Ok(gate(settings).announce(&aws.edge, announcements).await?)
}

/// Forgets what was announced and is over without anybody needing to know.
pub(crate) async fn forget(
    aws: &Aws,
    settings: &Settings,
    forgotten: &[ConcernKey],
) -> Result<(), LedgerError> {
    for key in forgotten {
        let writing = aws.edge.ledger.withdrawn(&key.subject, key.kind);
        gate(settings).write(Ok(()), writing).await?;
    }
    Ok(())
}

/// Writes the sample of this moment.
pub(crate) async fn sample(
    aws: &Aws,
    settings: &Settings,
    sample: &Sample,
) -> Result<(), LedgerError> {
    gate(settings)
        .write(Ok(()), aws.edge.ledger.sample(sample))
        .await
}

/// Writes a journal entry.
pub(crate) async fn journal(
    aws: &Aws,
    settings: &Settings,
    entry: &Entry,
) -> Result<(), LedgerError> {
    gate(settings).journal(&aws.edge, entry).await
}
