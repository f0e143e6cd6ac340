//! What is told of a run, in order of time.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::counted;
use super::decided::Decided;
use super::machines::Machine;
use super::queue;
use crate::lambda::Outcome;

/// One entry of the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub told: Told,
}

/// What an entry tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// The script did something.
    Deed(String),
    /// A function was invoked.
    Invoked(Invoked),
    /// Something changed by itself.
    Change(Change),
    /// An event was given up for good.
    GivenUp {
        /// The function that failed on it.
        function: String,
        /// Lambda's reason.
        why: &'static str,
    },
}

/// An invocation and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoked {
    /// The function.
    pub function: String,
    /// What woke it.
    pub cause: Cause,
    /// How it ended.
    pub outcome: Outcome,
    /// What its report says it decided, as far as that is news.
    pub decided: Vec<Decided>,
    /// What changed in the account while it ran.
    pub changes: Vec<Change>,
    /// The actions by which it changed something, each once; without those by which it remembers
    /// and by which it is woken again.
    pub wrote: BTreeSet<String>,
}

/// What woke a function.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// A schedule.
    Schedule(String),
    /// An event on the bus: its kind, and whom it concerns.
    Event(String),
    /// A person.
    Person(String),
    /// A topic: the message's subject.
    Topic(String),
    /// A queue: what kinds of messages there were.
    Queue(String),
    /// A queue of what could not be delivered.
    DeadLetters,
}

impl Cause {
    /// What an event says of where it comes from.
    pub(super) fn of(event: &Value) -> Self {
        if event["Records"].is_array() {
            return match event["Records"][0]["EventSource"] == "aws:sns" {
                true => Self::of_record(&event["Records"][0]),
                false => queue::cause(&event["Records"]),
            };
        }
        let detail = &event["detail"];
        match event["detail-type"].as_str() {
            None | Some("Scheduled Event") => Self::Schedule("tick".to_owned()),
            Some(kind) => {
                let text = |member: &str| detail[member].as_str();
                let resource = event["resources"][0].as_str();
                let about = text("title").or(text("eventName")).or(resource
                    .and_then(|arn| arn.split_once('/'))
                    .map(|(_, name)| name));
                Self::Event(match about {
                    Some(about) => format!("{kind}: {about}"),
                    None => kind.to_owned(),
                })
            }
        }
    }

    fn of_record(record: &Value) -> Self {
        let subject = record["Sns"]["Subject"].as_str();
        Self::Topic(subject.unwrap_or("a message without a subject").to_owned())
    }
}

/// Something that changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A service's desired count.
    Desired {
        /// `cluster/service`.
        service: String,
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// A service runs what it wants.
    Steady {
        /// `cluster/service`.
        service: String,
        /// How many.
        running: u32,
    },
    /// An Auto Scaling group's instances.
    Instances {
        /// The group.
        group: String,
        /// Before.
        from: u32,
        /// After.
        to: u32,
    },
    /// Machines that EC2 takes, or whose end waits.
    Machines {
        /// Their ids.
        ids: Vec<String>,
        /// What happened to them.
        what: Machine,
    },
    /// Tasks were killed.
    Killed {
        /// `cluster/service`, or the cluster and the group.
        service: String,
        /// How many.
        tasks: usize,
    },
    /// Somebody had tasks stopped.
    Stopped {
        /// `cluster/service`, or the cluster and the group.
        service: String,
        /// Who.
        by: String,
        /// How many seconds after the warning of their instances, if there was one.
        after: Option<i64>,
        /// The reason that was given for each.
        reasons: Vec<String>,
    },
    /// A page went out.
    Page(Page),
    /// A notice reached the bus.
    Notice {
        /// Its kind.
        kind: String,
        /// What it says.
        title: String,
    },
    /// Anything else.
    Note {
        /// Whom it concerns.
        subject: String,
        /// In words.
        text: String,
    },
}

impl Change {
    /// How tasks were stopped, in words: `2 tasks stopped by spot-drain 75 s after the warning`;
    /// nothing of anything else.
    pub(crate) fn stopped(&self) -> String {
        let Self::Stopped {
            by, after, reasons, ..
        } = self
        else {
            return String::new();
        };
        let tasks = counted(reasons.len(), "task");
        match after {
            Some(after) => format!("{tasks} stopped by {by} {after} s after the warning"),
            None => format!("{tasks} stopped by {by}"),
        }
    }
}

/// A page as a person gets it by e-mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl Told {
    /// Whether a reader misses nothing without it: a tick or an event that changed nothing and
    /// wrote nothing.
    pub fn is_quiet(&self) -> bool {
        match self {
            Self::Invoked(invoked) => {
                invoked.outcome.ended.is_ok()
                    && invoked.changes.is_empty()
                    && invoked.decided.is_empty()
                    && invoked.wrote.is_empty()
                    && matches!(
                        invoked.cause,
                        Cause::Schedule(_) | Cause::Event(_) | Cause::Queue(_)
                    )
            }
            _ => false,
        }
    }
}
