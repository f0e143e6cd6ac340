//! Scenarios: a stack, a script of what people and AWS do to it, and what must come of it.

mod dead_letter;
pub mod decided;
pub mod expectation;
mod moment;
pub mod record;
pub mod run;
pub mod saved;
mod script;
pub mod terminal;
pub mod timeline;
mod trouble;
pub mod verdict;
mod wake;
mod watcher;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::stack::{self, Stack};
use expectation::Expectation;
use moment::Calendar;
pub use script::{Deed, NotDone};
pub use trouble::{FaultRule, Kind};

/// A scenario, ready to run.
#[derive(Debug)]
pub struct Scenario {
    /// Its name, for people.
    pub name: String,
    /// What it shows, in a sentence or two.
    pub about: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// The zone in which it is told.
    pub zone: TimeZone,
    /// The stack.
    pub stack: Stack,
    /// Parameters of the template that differ from their defaults.
    pub parameters: BTreeMap<String, String>,
    /// What is done to the stack, in order of time.
    pub script: Vec<(Timestamp, Deed)>,
    /// What must come of it.
    pub expect: Vec<Expectation<Timestamp>>,
}

/// Why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file cannot be read.
    #[error("the scenario {} cannot be read", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// It says something that a scenario does not have.
    #[error("the scenario has a mistake: {0}")]
    Mistake(String),
    /// A time in it cannot be understood.
    #[error(
        "line {line}: {text:?} is no time here; write \"20:15\", \"2026-11-19 20:15\" or an instant with Z"
    )]
    Time {
        /// Where it stands.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// Its zone is unknown.
    #[error("{0} is no time zone")]
    Zone(String),
    /// It has no stack, or two.
    #[error("a scenario has either a stack or a stack-file")]
    OneStack,
    /// Its stack cannot be used.
    #[error(transparent)]
    Stack(#[from] stack::Unreadable),
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    name: String,
    #[serde(default)]
    about: String,
    zone: String,
    from: moment::Written,
    to: moment::Written,
    stack: Option<Stack>,
    stack_file: Option<PathBuf>,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
    #[serde(default)]
    script: Vec<Step>,
    #[serde(default)]
    expect: Vec<Expectation<moment::Written>>,
}

/// A step of the script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: moment::Written,
    #[serde(rename = "do")]
    deed: Deed,
}

impl Scenario {
    /// Reads a scenario's file; paths in it are relative to it.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        let yaml = std::fs::read_to_string(path)
            .map_err(|cause| Unreadable::File(path.to_owned(), cause))?;
        Self::read(&yaml, path.parent().unwrap_or(path))
    }

    /// Reads a scenario; paths in it are relative to `folder`.
    pub fn read(yaml: &str, folder: &Path) -> Result<Self, Unreadable> {
        let file: File = serde_saphyr::from_str(yaml)
            .map_err(|mistake| Unreadable::Mistake(mistake.to_string()))?;
        let zone = TimeZone::get(&file.zone).map_err(|_| Unreadable::Zone(file.zone))?;
        let from = Calendar::of_day(zone.clone()).moment(&file.from)?;
        let calendar = Calendar::after(zone.clone(), from);
        let mut script = Vec::new();
        for step in file.script {
            script.push((calendar.moment(&step.at)?, step.deed));
        }
        script.sort_by_key(|(at, _)| *at);
        let expect: Result<_, _> = file
            .expect
            .into_iter()
            .map(|expectation| expectation.placed(|at| calendar.moment(&at)))
            .collect();
        Ok(Self {
            name: file.name,
            about: file.about,
            from,
            to: calendar.moment(&file.to)?,
            stack: match (file.stack, file.stack_file) {
                (Some(stack), None) => stack,
                (None, Some(path)) => Stack::load(&folder.join(path))?,
                _ => return Err(Unreadable::OneStack),
            },
            zone,
            parameters: file.parameters,
            script,
            expect: expect?,
        })
    }
}

/// `1 cluster`, `2 clusters`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests;
