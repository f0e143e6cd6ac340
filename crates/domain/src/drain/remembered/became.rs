//! The outcome of a record: what became of an instance, in numbers.

use jiff::{SignedDuration, Timestamp};

use super::outcome::{Ending, Outcome};
use super::record::{Drain, Drainer, Fate};
use crate::drain::instance::ending::lacking;
use crate::drain::seen::instance::InstanceId;

/// What became of an instance and its tasks.
pub(in crate::drain) fn outcome(
    id: &InstanceId,
    drain: &Drain,
    ending: Ending,
    now: Timestamp,
) -> Outcome {
    let fates = || drain.tasks.values().map(|leaving| leaving.fate);
    let count = |counts: fn(Fate) -> bool| {
        u32::try_from(fates().filter(|fate| counts(*fate)).count()).unwrap_or(u32::MAX)
    };
    let first = drain.heard.first().unwrap_or(drain.opened);
    let known = drain.heard.certain().map(|at| at.max(drain.opened));
    let lead = drain
        .deadline
        .zip(known)
        .map(|(deadline, known)| deadline.duration_since(known).max(SignedDuration::ZERO));
    let drained = match drain.by {
        // The answer of ECS is the proof; that it was seen later says when we looked.
        Drainer::Us { at } => Some(at),
        _ => drain.draining,
    };
    let to_draining = drained
        .zip(drain.heard.certain().or(drain.heard.rebalance))
        .map(|(at, since)| at.duration_since(since).max(SignedDuration::ZERO));
    let stopped = fates().filter_map(Fate::stopped).min();
    let replaced = drain.replaced.values().max();
    Outcome {
        instance: id.clone(),
        ending,
        places: drain.places.clone(),
        provider: drain.provider.clone(),
        pool: drain.pool.clone(),
        first,
        lead,
        to_draining,
        left: count(|fate| matches!(fate, Fate::Left { .. })),
        stopped_by_us: count(|fate| matches!(fate, Fate::Left { by_us: true, .. })),
        killed: count(|fate| matches!(fate, Fate::Killed { .. })),
        orphaned: count(|fate| fate == Fate::Orphaned),
        not_replaced: u32::try_from(lacking(drain).len()).unwrap_or(u32::MAX),
        replacement: stopped
            .zip(replaced)
            .map(|(from, to)| to.duration_since(from).max(SignedDuration::ZERO)),
        by_fis: drain.heard.by_fis,
        at: now,
    }
}
