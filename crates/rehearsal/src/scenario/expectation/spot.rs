//! What must become of instances that EC2 takes, and of their tasks.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::Deserialize;

use super::super::counted;
use super::super::interrupted::{interrupted, killed};
use super::super::record::Record;
use super::super::verdict::Verdict;
use crate::journal::What;

/// Instances that EC2 warns of are DRAINING in time.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Drained {
    /// At most so many seconds after the warning.
    pub within: u32,
    /// How many of them; all, and at least one, if nothing is said.
    pub instances: Option<usize>,
}

/// Instances go on because somebody completed a lifecycle hook, or because nobody did.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HookCompleted {
    /// `group/hook`.
    pub hook: String,
    /// `CONTINUE` or `ABANDON`; none is either.
    pub result: Option<String>,
    /// How many instances.
    pub times: usize,
    /// Whether those count that went on because nobody completed it in time.
    #[serde(default)]
    pub timed_out: bool,
}

/// Somebody has tasks stopped.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct TasksStopped {
    /// Who calls StopTask: a function, or a person.
    pub by: String,
    /// Whose tasks, as `cluster/service`; all if nothing is said.
    pub service: Option<String>,
    /// How many.
    pub tasks: usize,
}

impl Drained {
    pub(super) fn judge(&self, record: &Record) -> Verdict {
        let warned = interrupted(&record.happenings);
        let within = SignedDuration::from_secs(i64::from(self.within));
        let late = warned.iter().filter(|one| !one.drained_within(within));
        let late: Vec<&str> = late.map(|one| one.instance.as_str()).collect();
        let in_time = warned.len() - late.len();
        let (who, held) = match self.instances {
            Some(count) => (counted(count, "instance"), in_time == count),
            None => (
                "every warned instance".to_owned(),
                late.is_empty() && in_time > 0,
            ),
        };
        let seen = match late.as_slice() {
            [] => format!("{in_time} of {}", warned.len()),
            late => format!(
                "{in_time} of {}, not {}",
                warned.len(),
                late.iter().take(3).copied().collect::<Vec<_>>().join(", ")
            ),
        };
        Verdict::overall(
            format!("{who} DRAINING within {} s", self.within),
            (!held).then_some(seen),
        )
    }
}

impl HookCompleted {
    pub(super) fn judge(&self, record: &Record) -> Verdict {
        let fits = |what: &What| match what {
            What::HookCompleted {
                hook,
                result,
                timed_out,
            } => {
                *hook == self.hook
                    && self.result.as_ref().is_none_or(|asked| asked == result)
                    && *timed_out == self.timed_out
            }
            _ => false,
        };
        let seen = record.happenings.iter().filter(|it| fits(&it.what)).count();
        let how = match self.timed_out {
            true => "timed out",
            false => "completed",
        };
        let result = self
            .result
            .as_deref()
            .map(|result| format!(" with {result}"));
        let times = counted(self.times, "instance");
        let what = format!(
            "{} {how}{} for {times}",
            self.hook,
            result.unwrap_or_default()
        );
        Verdict::overall(what, (seen != self.times).then(|| seen.to_string()))
    }
}

impl TasksStopped {
    pub(super) fn judge(&self, record: &Record) -> Verdict {
        let service = self.service.as_ref();
        let stopped = record.happenings.iter().filter(|happening| {
            matches!(&happening.what, What::Stopped { by, .. } if *by == self.by)
                && service.is_none_or(|service| *service == happening.subject)
        });
        let whose: BTreeSet<&str> = stopped.clone().map(|it| it.subject.as_str()).collect();
        let whose = whose.into_iter().collect::<Vec<_>>().join(", ");
        let seen = stopped.count();
        let tasks = counted(self.tasks, "task");
        let of = service.map(|service| format!(" of {service}"));
        Verdict::overall(
            format!("{tasks}{} stopped by {}", of.unwrap_or_default(), self.by),
            (seen != self.tasks).then(|| match seen {
                0 => "none".to_owned(),
                seen => format!("{seen}, of {whose}"),
            }),
        )
    }
}

/// So many tasks are killed in all.
pub(super) fn tasks_killed(record: &Record, expected: usize) -> Verdict {
    let killed = killed(&record.happenings);
    let seen: usize = killed.values().sum();
    let whose = killed.keys().copied().collect::<Vec<_>>().join(", ");
    Verdict::overall(
        format!("{} killed", counted(expected, "task")),
        (seen != expected).then(|| match seen {
            0 => "none".to_owned(),
            seen => format!("{seen}, of {whose}"),
        }),
    )
}
