//! The tags of a resource, and what is wrong with those that cannot be read.

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

/// What carries a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The service or group itself.
    Itself,
    /// The service's cluster, for a service that has no such tag of its own.
    Cluster,
}

/// A tag that cannot be read, or that is read and does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What carries it.
    pub carrier: Carrier,
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

    /// What a tag says, and what carries it.
    pub(super) fn find(&self, key: &str) -> Option<(Carrier, &'a str)> {
        let own = self.own.get(key).map(|text| (Carrier::Itself, text));
        let found = own.or_else(|| Some((Carrier::Cluster, self.cluster.get(key)?)));
        found.map(|(carrier, text)| (carrier, text.as_str()))
    }

    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, TagError>,
    ) -> Option<T> {
        let (carrier, text) = self.find(key)?;
        match parse(text) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problems.push(Problem {
                    carrier,
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
