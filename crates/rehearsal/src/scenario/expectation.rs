//! What must come of a scenario, and whether it did.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::counted;
use super::record::Record;
use super::saved::SavedAtLeast;
use super::verdict::Verdict;
use crate::journal::{Happening, What};

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
    /// So many pages reach people in all.
    Pages(usize),
    /// A notice reaches the bus.
    Notice(Notice),
    /// No action is called more often than this by the functions.
    CallsAtMost(BTreeMap<String, usize>),
    /// The rests of one service or group save so much.
    Saved(SavedAtLeast),
    /// So many invocations fail in all.
    FailedInvocations(usize),
}

/// A notice on the bus.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// A text that its kind must contain.
    pub kind: String,
    /// A text that the notice must contain, such as a service's name.
    pub about: String,
    /// How often it comes.
    #[serde(default = "once")]
    pub times: usize,
}

fn once() -> usize {
    1
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
            Self::Pages(pages) => Expectation::Pages(pages),
            Self::Notice(notice) => Expectation::Notice(notice),
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
            Self::Pages(count) => vec![number("page", *count, pages(record))],
            Self::Notice(notice) => vec![notice.judge(record)],
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

impl Notice {
    fn judge(&self, record: &Record) -> Verdict {
        let seen = record
            .happenings
            .iter()
            .filter(|happening| self.fits(happening))
            .count();
        let times = match self.times {
            1 => "once".to_owned(),
            times => format!("{times} times"),
        };
        Verdict::overall(
            format!("a notice of {} about {}, {times}", self.kind, self.about),
            (seen != self.times).then(|| match seen {
                0 => "none came".to_owned(),
                seen => format!("it came {seen} times"),
            }),
        )
    }

    fn fits(&self, happening: &Happening) -> bool {
        let What::Event(event) = &happening.what else {
            return false;
        };
        let detail = &event["detail"];
        let kind = detail["kind"].as_str().or(event["detail-type"].as_str());
        event["source"] == "caretaker"
            && kind.is_some_and(|kind| kind.contains(&self.kind))
            && detail.to_string().contains(&self.about)
    }
}
