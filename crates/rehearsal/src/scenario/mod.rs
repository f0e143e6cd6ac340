//! Scenarios: a stack, a script of what people and AWS do to it, and what must come of it.

mod budget_deed;
mod dead_letter;
pub mod decided;
mod deploy_deed;
pub mod expectation;
mod group_deed;
pub mod interrupted;
pub mod machines;
mod merged;
mod mishap;
mod moment;
mod queue;
pub mod record;
pub mod run;
pub mod saved;
mod script;
mod source;
mod spot_deed;
pub mod terminal;
pub mod timeline;
mod topic_deed;
mod trouble;
pub mod verdict;
pub mod wake;
mod watcher;
mod wrote;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::stack::{self, Stack};
pub use budget_deed::BudgetDeed;
pub use deploy_deed::DeployDeed;
use expectation::Expectation;
pub use group_deed::GroupDeed;
pub use mishap::Mishap;
use moment::Calendar;
pub use script::{Deed, NotDone};
use source::Source;
pub use spot_deed::{FargateSpot, PoolCapacity, Rebalance, SpotInterruption};
pub use topic_deed::TopicDeed;
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
    /// It has no stack, and none was given.
    #[error("the scenario has no stack: write one under `stack:`, or name a stack's file there")]
    NoStack,
    /// The file that it names for its stack cannot be used.
    #[error("line {line}")]
    NamedStack {
        /// Where the file is named.
        line: u64,
        /// What is wrong with it.
        #[source]
        cause: stack::Unreadable,
    },
    /// The stack that was given instead of its own cannot be used.
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
    stack: Option<Spanned<Source>>,
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
        Self::read(&text(path)?, path.parent().unwrap_or(path))
    }

    /// Reads a scenario's file and has it happen to the stack of another; its own is not looked at.
    pub fn load_with(path: &Path, stack: &Path) -> Result<Self, Unreadable> {
        let file = File::read(&text(path)?)?;
        file.placed(Stack::load(stack)?)
    }

    /// Reads a scenario; paths in it are relative to `folder`.
    pub fn read(yaml: &str, folder: &Path) -> Result<Self, Unreadable> {
        let mut file = File::read(yaml)?;
        let source = file.stack.take().ok_or(Unreadable::NoStack)?;
        file.placed(Source::stack(source, folder)?)
    }
}

fn text(path: &Path) -> Result<String, Unreadable> {
    std::fs::read_to_string(path).map_err(|cause| Unreadable::File(path.to_owned(), cause))
}

impl File {
    fn read(yaml: &str) -> Result<Self, Unreadable> {
        serde_saphyr::from_str(yaml).map_err(|mistake| Unreadable::Mistake(mistake.to_string()))
    }

    /// The scenario with this stack and every time in its place.
    fn placed(self, stack: Stack) -> Result<Scenario, Unreadable> {
        let zone = TimeZone::get(&self.zone).map_err(|_| Unreadable::Zone(self.zone))?;
        let from = Calendar::of_day(zone.clone()).moment(&self.from)?;
        let calendar = Calendar::after(zone.clone(), from);
        let mut script = Vec::new();
        for step in self.script {
            script.push((calendar.moment(&step.at)?, step.deed));
        }
        script.sort_by_key(|(at, _)| *at);
        let expect: Result<_, _> = self
            .expect
            .into_iter()
            .map(|expectation| expectation.placed(|at| calendar.moment(&at)))
            .collect();
        Ok(Scenario {
            name: self.name,
            about: self.about,
            from,
            to: calendar.moment(&self.to)?,
            stack,
            zone,
            parameters: self.parameters,
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
