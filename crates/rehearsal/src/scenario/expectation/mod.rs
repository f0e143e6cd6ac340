//! What must come of a scenario, and whether it did.

mod deployments;
mod messages;
mod spot;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::counted;
use super::record::Record;
use super::saved::SavedAtLeast;
use super::verdict::Verdict;
use crate::journal::What;
pub use deployments::{DeploymentIs, RolloutState, Runs};
pub use messages::{BudgetMessages, Notice, Page};
pub use spot::{Drained, HookCompleted, TasksStopped};

/// Something that must hold; its times are written as `At`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Expectation<At> {
    /// At this moment each of these services wants and runs this many tasks.
    Counts {
        /// When.
        at: At,
        /// How many, per service.
        services: BTreeMap<String, u32>,
    },
    /// At this moment each of these Auto Scaling groups has this many instances.
    Instances {
        /// When.
        at: At,
        /// How many, per group.
        groups: BTreeMap<String, u32>,
    },
    /// At this moment every service but these wants and runs no task.
    AtZero {
        /// When.
        at: At,
        /// Those that may be up, as `cluster/service`.
        #[serde(default)]
        except: Vec<String>,
    },
    /// At this moment a service runs this revision, or this image.
    Runs(Runs<At>),
    /// At this moment the latest deployment of a service is this far.
    DeploymentIs(DeploymentIs<At>),
    /// So many pages reach people in all.
    Pages(usize),
    /// A page reaches people.
    Page(Page),
    /// AWS Budgets writes letters.
    BudgetMessages(BudgetMessages),
    /// A notice reaches the bus.
    Notice(Notice),
    /// Instances that EC2 takes are DRAINING in time.
    Drained(Drained),
    /// So many tasks are killed in all.
    TasksKilled(usize),
    /// Tasks are stopped by somebody's StopTask.
    TasksStopped(TasksStopped),
    /// A lifecycle hook is completed.
    HookCompleted(HookCompleted),
    /// No action is called more often than this by the functions.
    CallsAtMost(BTreeMap<String, usize>),
    /// The rests of one service or group save so much.
    Saved(SavedAtLeast),
    /// So many invocations fail in all.
    FailedInvocations(usize),
}

impl<At> Expectation<At> {
    /// The same expectation with its time read.
    pub(super) fn placed<Moment, Error>(
        self,
        read: impl Fn(At) -> Result<Moment, Error>,
    ) -> Result<Expectation<Moment>, Error> {
        Ok(match self {
            Self::Counts { at, services } => Expectation::Counts {
                at: read(at)?,
                services,
            },
            Self::Instances { at, groups } => Expectation::Instances {
                at: read(at)?,
                groups,
            },
            Self::AtZero { at, except } => Expectation::AtZero {
                at: read(at)?,
                except,
            },
            Self::Runs(runs) => Expectation::Runs(runs.placed(read)?),
            Self::DeploymentIs(is) => Expectation::DeploymentIs(is.placed(read)?),
            Self::Pages(pages) => Expectation::Pages(pages),
            Self::Page(page) => Expectation::Page(page),
            Self::BudgetMessages(messages) => Expectation::BudgetMessages(messages),
            Self::Notice(notice) => Expectation::Notice(notice),
            Self::Drained(drained) => Expectation::Drained(drained),
            Self::TasksKilled(tasks) => Expectation::TasksKilled(tasks),
            Self::TasksStopped(stopped) => Expectation::TasksStopped(stopped),
            Self::HookCompleted(hook) => Expectation::HookCompleted(hook),
            Self::CallsAtMost(limits) => Expectation::CallsAtMost(limits),
            Self::Saved(saved) => Expectation::Saved(saved),
            Self::FailedInvocations(count) => Expectation::FailedInvocations(count),
        })
    }
}

impl Expectation<Timestamp> {
    /// Judges the record of a run; times are told in `zone`.
    pub fn judge(&self, record: &Record, zone: &TimeZone) -> Vec<Verdict> {
        match self {
            Self::Counts { at, services } => services
                .iter()
                .map(|(service, count)| counts(record, zone, *at, service, *count))
                .collect(),
            Self::Instances { at, groups } => groups
                .iter()
                .map(|(group, count)| instances(record, zone, *at, group, *count))
                .collect(),
            Self::AtZero { at, except } => vec![at_zero(record, zone, *at, except)],
            Self::Runs(runs) => vec![runs.judge(record, zone)],
            Self::DeploymentIs(is) => vec![is.judge(record, zone)],
            Self::Page(page) => vec![page.judge(record)],
            Self::BudgetMessages(messages) => vec![messages.judge(record)],
            Self::Pages(count) => vec![number("page", *count, pages(record))],
            Self::Notice(notice) => vec![notice.judge(record)],
            Self::Drained(drained) => vec![drained.judge(record)],
            Self::TasksKilled(tasks) => vec![spot::tasks_killed(record, *tasks)],
            Self::TasksStopped(stopped) => vec![stopped.judge(record)],
            Self::HookCompleted(hook) => vec![hook.judge(record)],
            Self::CallsAtMost(limits) => limits
                .iter()
                .map(|(action, limit)| calls(record, action, *limit))
                .collect(),
            Self::Saved(saved) => vec![saved.judge(record)],
            Self::FailedInvocations(count) => {
                vec![number("failed invocation", *count, record.failed())]
            }
        }
    }
}

fn counts(record: &Record, zone: &TimeZone, at: Timestamp, service: &str, count: u32) -> Verdict {
    let seen = record.latest(at, service, |what| match what {
        What::Tasks { desired, running } => Some((*desired, *running)),
        _ => None,
    });
    let instead = match seen {
        Some(counts) if counts == (count, count) => None,
        Some((desired, running)) => Some(format!("desired {desired}, running {running}")),
        None => Some("there is no such service".to_owned()),
    };
    Verdict {
        subject: Some(service.to_owned()),
        at: Some(at),
        what: count.to_string(),
        expected: format!("{count} at {}", clock(at, zone)),
        instead,
    }
}

fn at_zero(record: &Record, zone: &TimeZone, at: Timestamp, except: &[String]) -> Verdict {
    let counts = |service: &String| {
        record.latest(at, service, |what| match what {
            What::Tasks { desired, running } => Some((*desired, *running)),
            _ => None,
        })
    };
    let services = record.subjects().into_iter();
    let up = services.filter(|service| !except.contains(service));
    let up = up.filter(|service| counts(service).is_some_and(|counts| counts != (0, 0)));
    let up: Vec<String> = up.collect();
    let but = match except {
        [] => "every service".to_owned(),
        except => format!("every service but {}", except.join(", ")),
    };
    Verdict::overall(
        format!("{but} at zero at {}", clock(at, zone)),
        (!up.is_empty()).then(|| format!("{} up: {}", counted(up.len(), "service"), up.join(", "))),
    )
}

fn instances(record: &Record, zone: &TimeZone, at: Timestamp, group: &str, count: u32) -> Verdict {
    let seen = record.latest(at, group, |what| match what {
        What::Instances(instances) => Some(*instances),
        _ => None,
    });
    let instead = match seen {
        Some(instances) if instances == count => None,
        Some(instances) => Some(format!("{instances} instances")),
        None => Some("there is no such group".to_owned()),
    };
    Verdict {
        subject: Some(group.to_owned()),
        at: Some(at),
        what: counted(count as usize, "instance"),
        expected: format!(
            "{} at {}",
            counted(count as usize, "instance"),
            clock(at, zone)
        ),
        instead,
    }
}

fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %H:%M").to_string()
}

fn number(what: &str, expected: usize, seen: usize) -> Verdict {
    Verdict::overall(
        counted(expected, what),
        (seen != expected).then(|| seen.to_string()),
    )
}

fn pages(record: &Record) -> usize {
    record
        .happenings
        .iter()
        .filter(|happening| matches!(happening.what, What::Published(_)))
        .count()
}

fn calls(record: &Record, action: &str, limit: usize) -> Verdict {
    let made = record.made(action);
    Verdict::overall(
        format!("at most {} of {action}", counted(limit, "call")),
        (made > limit).then(|| made.to_string()),
    )
}
