//! What the tags of a service or group ask for.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::concerns::Concern;
use super::observed::Policy;
use super::plan::Subject;
use crate::hours::overrides::Override;
use crate::hours::schedule::Schedule;
use crate::hours::wanted::{Wanted, wanted};
use crate::hours::{Edge, Hours, State};
use crate::notice::{Fact, Kind, Next, Severity};
use crate::order::Order;
use crate::tag::{Found, TagError};

/// The tag that says when something is awake.
pub const HOURS: &str = "caretaker:hours";
/// The tag that says how many tasks stay at rest.
pub const FLOOR: &str = "caretaker:floor";
/// The tag that says in which wave something wakes.
pub const WAVE: &str = "caretaker:wave";
/// The tag that beats the hours until a moment.
pub const OVERRIDE: &str = "caretaker:override";

/// The wave of a service that names none.
pub const DEFAULT_WAVE: u8 = 5;

/// The tags of one resource by key.
pub type Tags = BTreeMap<String, String>;

/// What the tags of a service or group ask for.
#[derive(Clone, Debug)]
pub struct Intent {
    schedule: Option<Schedule>,
    overriding: Option<Override>,
    hours_text: Option<String>,
    /// Tasks that stay at rest.
    pub floor: u32,
    /// The wave it wakes in, 1 to 9.
    pub wave: u8,
    /// Tags that cannot be read.
    pub problems: Vec<Problem>,
}

/// A tag that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub text: String,
    /// What is wrong with it.
    pub error: String,
}

impl Intent {
    /// Reads the tags; the cluster's are the default, tag by tag.
    pub fn of(own: &Tags, cluster: &Tags, policy: &Policy) -> Self {
        let mut reader = Reader {
            own,
            cluster,
            problems: Vec::new(),
        };
        let hours = reader.read(HOURS, Hours::parse);
        let zone = match &hours {
            Some(Hours::Windows(windows)) => windows.zone().unwrap_or(&policy.default_zone),
            _ => &policy.default_zone,
        };
        let overriding = reader.read(OVERRIDE, |text| Override::parse(text, zone));
        let floor = reader.read(FLOOR, floor);
        let wave = reader.read(WAVE, wave);
        // An override on its own is an exception to being always awake.
        let hours = hours.or_else(|| overriding.map(|_| Hours::Always));
        let schedule =
            |hours| Schedule::new(&hours, Arc::clone(&policy.holidays), &policy.default_zone);
        Self {
            schedule: hours.map(schedule),
            overriding,
            hours_text: reader.text(HOURS).map(str::to_owned),
            floor: floor.unwrap_or(0),
            wave: wave.unwrap_or(DEFAULT_WAVE),
            problems: reader.problems,
        }
    }

    /// Whether any tag asks for anything.
    pub fn is_ours(&self) -> bool {
        self.schedule.is_some() || !self.problems.is_empty()
    }

    /// Whether it must be left alone because a tag cannot be read. An override that cannot be
    /// read is ignored instead.
    pub fn malformed(&self) -> bool {
        self.problems.iter().any(|problem| problem.key != OVERRIDE)
    }

    /// Whether it is to be at rest at `now`.
    pub fn rests(&self, order: Option<&Order>, now: Timestamp) -> bool {
        self.wanted(order, now)
            .is_some_and(|wanted| wanted.state == State::Rest)
    }

    /// When that next changes by itself.
    pub fn next(&self, order: Option<&Order>, now: Timestamp) -> Option<Edge> {
        self.wanted(order, now)?.next
    }

    /// Why it is to be at rest, for the hold.
    pub fn why(&self, order: Option<&Order>, now: Timestamp) -> String {
        match self
            .overriding
            .as_ref()
            .filter(|overriding| !overriding.is_past(now) && order.is_none())
        {
            Some(_) => format!("its {OVERRIDE} says so"),
            None => format!("outside {}", self.hours_text()),
        }
    }

    /// The hours as typed, or `no hours`.
    pub fn hours_text(&self) -> &str {
        self.hours_text.as_deref().unwrap_or("no hours")
    }

    /// The schedule, where hours are given and can be read.
    pub fn schedule(&self) -> Option<&Schedule> {
        self.schedule.as_ref()
    }

    fn wanted(&self, order: Option<&Order>, now: Timestamp) -> Option<Wanted> {
        let ordered = order
            .filter(|order| order.until > now)
            .map(|order| Override {
                to: State::Awake,
                until: order.until,
            });
        let overriding = ordered.as_ref().or(self.overriding.as_ref());
        Some(wanted(self.schedule.as_ref()?, overriding, now))
    }

    /// What people should know of these tags.
    pub fn concerns(&self, subject: &Subject, at_rest: bool, now: Timestamp) -> Vec<Concern> {
        let past = self
            .overriding
            .as_ref()
            .filter(|overriding| overriding.is_past(now));
        let past = past.map(|overriding| Problem {
            key: OVERRIDE,
            text: overriding.until.to_string(),
            error: "is past; remove it".to_owned(),
        });
        self.problems
            .iter()
            .chain(&past)
            .map(|problem| problem.concern(subject, at_rest, now))
            .collect()
    }
}

impl Problem {
    fn concern(&self, subject: &Subject, at_rest: bool, now: Timestamp) -> Concern {
        let ignored = self.key == OVERRIDE;
        let untouched = if at_rest {
            "It stays at rest until the tag can be read."
        } else {
            "It is left as it is."
        };
        Concern {
            subject: subject.clone(),
            kind: if ignored {
                Kind::OverrideIgnored
            } else {
                Kind::MalformedTag
            },
            // A service that cannot wake because of a typo cannot wait for the digest.
            severity: if at_rest && !ignored {
                Severity::Page
            } else {
                Severity::Digest
            },
            title: format!(
                "{subject}: the tag {} {}",
                self.key,
                if ignored {
                    "is ignored"
                } else {
                    "cannot be read"
                }
            ),
            text: format!("{}={}", self.key, self.text),
            facts: vec![
                Fact {
                    label: "Tag".to_owned(),
                    value: format!("{} = {}", self.key, self.text),
                },
                Fact {
                    label: "Problem".to_owned(),
                    value: self.error.clone(),
                },
            ],
            done: Some(
                if ignored {
                    "Its hours apply."
                } else {
                    untouched
                }
                .to_owned(),
            ),
            next: Next {
                what: "Correct the tag.".to_owned(),
                command: None,
            },
            since: now,
        }
    }
}

/// Reads tags and collects what cannot be read.
struct Reader<'a> {
    own: &'a Tags,
    cluster: &'a Tags,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn text(&self, key: &str) -> Option<&'a str> {
        self.own
            .get(key)
            .or_else(|| self.cluster.get(key))
            .map(String::as_str)
    }

    fn read<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, TagError>,
    ) -> Option<T> {
        let text = self.text(key)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problems.push(Problem {
                    key,
                    text: text.to_owned(),
                    error: error.to_string(),
                });
                None
            }
        }
    }
}

fn floor(text: &str) -> Result<u32, TagError> {
    text.parse()
        .map_err(|_| number_expected(text, "a number of tasks", "1"))
}

fn wave(text: &str) -> Result<u8, TagError> {
    let wave = text.parse().ok().filter(|wave| (1..=9).contains(wave));
    wave.ok_or_else(|| number_expected(text, "a wave from 1 to 9", "5"))
}

fn number_expected(text: &str, expected: &'static str, example: &'static str) -> TagError {
    let found = if text.is_empty() {
        Found::End
    } else {
        Found::Text(text.to_owned())
    };
    TagError {
        text: text.to_owned(),
        column: 1,
        expected,
        found,
        example,
    }
}
