//! The tags of a resource, and what is wrong with those that cannot be read.

use jiff::Timestamp;

use super::concerns::Concern;
use crate::notice::{Fact, Kind, Next, Severity};
use crate::resting::Subject;
use crate::tag::{Found, TagError, Tags};

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

impl Problem {
    /// Whether the tag is ignored. One that is not leaves its resource as it is.
    pub(super) fn ignored(&self) -> bool {
        self.key == OVERRIDE
    }

    fn facts(&self) -> [Fact; 2] {
        let fact = |label: &str, value: String| Fact {
            label: label.to_owned(),
            value,
        };
        [
            fact("Tag", format!("{} = {}", self.key, self.text)),
            fact("Problem", self.error.clone()),
        ]
    }
}

/// What people should know of these problems: one concern for the tags that leave their resource
/// as it is, and one for an override that is ignored.
pub(super) fn concerns(
    problems: &[Problem],
    subject: &Subject,
    at_rest: bool,
    now: Timestamp,
) -> Vec<Concern> {
    let (ignored, malformed): (Vec<&Problem>, Vec<&Problem>) =
        problems.iter().partition(|problem| problem.ignored());
    let malformed = concern(Kind::MalformedTag, &malformed, subject, at_rest, now);
    let ignored = concern(Kind::OverrideIgnored, &ignored, subject, at_rest, now);
    malformed.into_iter().chain(ignored).collect()
}

fn concern(
    kind: Kind,
    problems: &[&Problem],
    subject: &Subject,
    at_rest: bool,
    now: Timestamp,
) -> Option<Concern> {
    let keys: Vec<&str> = problems.iter().map(|problem| problem.key).collect();
    let texts = problems.iter().map(|problem| problem.text.as_str());
    let texts: Vec<String> = keys
        .iter()
        .zip(texts)
        .map(|(key, text)| format!("{key}={text}"))
        .collect();
    let (what, severity, done) = consequence(kind, at_rest);
    (!problems.is_empty()).then(|| Concern {
        about: subject.clone().into(),
        kind,
        severity,
        title: format!("{subject}: {} {what}", named(&keys)),
        text: texts.join("\n"),
        facts: problems
            .iter()
            .flat_map(|problem| problem.facts())
            .collect(),
        done: Some(done.to_owned()),
        next: Next {
            what: "Correct what the tag says.".to_owned(),
            command: None,
        },
        since: now,
    })
}

fn named(keys: &[&str]) -> String {
    let noun = if keys.len() == 1 { "tag" } else { "tags" };
    format!("the {noun} {}", keys.join(" and "))
}

/// What such a problem means: in the title, for the severity, and for its resource.
fn consequence(kind: Kind, at_rest: bool) -> (&'static str, Severity, &'static str) {
    match (kind, at_rest) {
        (Kind::OverrideIgnored, _) => ("is ignored", Severity::Digest, "Its hours apply."),
        // A service that cannot wake because of a typo cannot wait for the digest.
        (_, true) => (
            "cannot be read",
            Severity::Page,
            "It stays at rest until the tag can be read.",
        ),
        (_, false) => ("cannot be read", Severity::Digest, "It is left as it is."),
    }
}

/// Reads tags, the cluster's where a resource has none of its own, and collects what cannot be
/// read.
pub(super) struct Reader<'a> {
    own: &'a Tags,
    cluster: &'a Tags,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn of(own: &'a Tags, cluster: &'a Tags) -> Self {
        Self {
            own,
            cluster,
            problems: Vec::new(),
        }
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.own
            .get(key)
            .or_else(|| self.cluster.get(key))
            .map(String::as_str)
    }

    pub(super) fn read<T>(
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

pub(super) fn floor(text: &str) -> Result<u32, TagError> {
    text.parse()
        .map_err(|_| number_expected(text, "a number of tasks", "1"))
}

pub(super) fn wave(text: &str) -> Result<u8, TagError> {
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
