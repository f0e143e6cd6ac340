//! What is told of a run, in order of time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::decided::Decided;
use crate::journal::{Happening, What};
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
    /// A queue.
    Queue,
}

impl Cause {
    /// What an event says of where it comes from.
    pub(super) fn of(event: &Value) -> Self {
        if event["Records"].is_array() {
            return Self::Queue;
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

/// A page as a person gets it by e-mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
}

impl Told {
    /// Whether a reader misses nothing without it: a tick or an event that changed nothing.
    pub fn is_quiet(&self) -> bool {
        match self {
            Self::Invoked(invoked) => {
                invoked.outcome.ended.is_ok()
                    && invoked.changes.is_empty()
                    && invoked.decided.is_empty()
                    && matches!(invoked.cause, Cause::Schedule(_) | Cause::Event(_))
            }
            _ => false,
        }
    }
}

/// Turns happenings into changes; knows the counts before.
#[derive(Debug, Default)]
pub(super) struct Watcher {
    seen: usize,
    desired: BTreeMap<String, u32>,
    steady: BTreeMap<String, u32>,
    instances: BTreeMap<String, u32>,
}

impl Watcher {
    /// What changed since the last look.
    pub(super) fn look(&mut self, happenings: &[Happening]) -> Vec<(Timestamp, Change)> {
        let new = happenings.get(self.seen..).unwrap_or_default();
        self.seen = happenings.len();
        new.iter()
            .flat_map(|happening| {
                let changes = self.changes(happening);
                changes.into_iter().map(|change| (happening.at, change))
            })
            .collect()
    }

    fn changes(&mut self, happening: &Happening) -> Vec<Change> {
        let subject = &happening.subject;
        match &happening.what {
            What::Tasks { desired, running } => self.tasks(subject, *desired, *running),
            What::Instances(count) => {
                let from = self.instances.insert(subject.clone(), *count);
                from.filter(|from| from != count)
                    .map(|from| Change::Instances {
                        group: subject.clone(),
                        from,
                        to: *count,
                    })
                    .into_iter()
                    .collect()
            }
            What::Event(event) => notice(event).into_iter().collect(),
            What::Published(message) => vec![Change::Page(page(message))],
            What::Note(text) => vec![Change::Note {
                subject: subject.clone(),
                text: text.clone(),
            }],
        }
    }

    fn tasks(&mut self, service: &str, desired: u32, running: u32) -> Vec<Change> {
        let mut changes = Vec::new();
        let before = self.desired.insert(service.to_owned(), desired);
        if let Some(from) = before.filter(|from| *from != desired) {
            changes.push(Change::Desired {
                service: service.to_owned(),
                from,
                to: desired,
            });
        }
        if running == desired && self.steady.insert(service.to_owned(), running) != Some(running) {
            changes.push(Change::Steady {
                service: service.to_owned(),
                running,
            });
        }
        changes
    }
}

/// A notice of ours, if the event is one; AWS's own events show in what they cause.
fn notice(event: &Value) -> Option<Change> {
    if event["source"] != "caretaker" {
        return None;
    }
    let detail = &event["detail"];
    let text = |member: &str| detail[member].as_str();
    Some(Change::Notice {
        kind: text("kind")
            .or(event["detail-type"].as_str())
            .unwrap_or("notice")
            .to_owned(),
        title: text("title").unwrap_or_default().to_owned(),
    })
}

/// The e-mail form of a message, or else its default form.
fn page(message: &Value) -> Page {
    let texts = &message["Message"];
    let text = ["email", "default"]
        .iter()
        .find_map(|protocol| texts[*protocol].as_str())
        .or(texts.as_str());
    Page {
        subject: message["Subject"]
            .as_str()
            .unwrap_or("(no subject)")
            .to_owned(),
        text: text.unwrap_or_default().to_owned(),
    }
}
