//! What became of the tasks of an instance.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::AGAIN;
use super::ending::end;
use crate::arn::TaskArn;
use crate::drain::plan::StopTask;
use crate::drain::remembered::fold::NOTICE;
use crate::drain::remembered::record::{Drain, Fate, Leaving};
use crate::drain::seen::service::Task;

/// The exit code of a container that was killed: 128 and the number of SIGKILL.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.
const KILLED: i32 = 137;

/// Reads the tasks of an instance into its record.
pub(in crate::drain) fn read(
    drain: &mut Drain,
    tasks: &BTreeMap<TaskArn, Task>,
    dead: bool,
    now: Timestamp,
) {
    let since = drain.heard.first().unwrap_or(drain.opened);
    // Nobody announced it: its tasks may have ended before the first word of it was true.
    let since = match drain.heard.certain() {
        Some(_) => since,
        None => since - NOTICE,
    };
    for (arn, task) in tasks {
        // What stopped before there was anything to leave for is not ours to count.
        let earlier = task.stopped_at.is_some_and(|at| at < since);
        if !drain.tasks.contains_key(arn) && task.is_stopped() && earlier {
            continue;
        }
        let before = drain.tasks.get(arn).map(|leaving| leaving.fate);
        let fate = fate(before.unwrap_or(Fate::There), task, drain, now);
        let owner = task.owner.clone();
        drain.tasks.insert(arn.clone(), Leaving { owner, fate });
    }
    if dead {
        for (arn, leaving) in &mut drain.tasks {
            if !leaving.fate.is_final() && !tasks.contains_key(arn) {
                leaving.fate = Fate::Orphaned;
            }
        }
    }
}

fn fate(before: Fate, task: &Task, drain: &Drain, now: Timestamp) -> Fate {
    if before.is_final() || !task.is_stopped() {
        return before;
    }
    let at = task.stopped_at.unwrap_or(now);
    let killed = task.exit_codes.contains(&KILLED);
    // Without an exit code nobody saw it end: its machine went first.
    let lost = task.exit_codes.is_empty() && end(drain).is_some_and(|end| end <= at);
    if killed || lost {
        return Fate::Killed { at };
    }
    let by_us = matches!(before, Fate::Stopping { .. });
    Fate::Left { at, by_us }
}

/// Writes down that a task is asked to stop; false if that was just done. One that is still wanted
/// some time after it was asked to stop was not reached, and is asked again.
pub(in crate::drain) fn stopping(drain: &mut Drain, stop: &StopTask, now: Timestamp) -> bool {
    let Some(leaving) = drain.tasks.get_mut(&stop.task) else {
        return false;
    };
    let just_asked =
        matches!(leaving.fate, Fate::Stopping { at } if now.duration_since(at) < AGAIN);
    if just_asked {
        return false;
    }
    leaving.fate = Fate::Stopping { at: now };
    true
}

/// Nobody will know any more what became of the others.
pub(super) fn give_up(drain: &mut Drain) {
    for leaving in drain.tasks.values_mut() {
        if !leaving.fate.is_final() {
            leaving.fate = Fate::Orphaned;
        }
    }
}

/// Whether what became of every task is known.
pub(super) fn all_known(drain: &Drain) -> bool {
    drain.tasks.values().all(|leaving| leaving.fate.is_final())
}
