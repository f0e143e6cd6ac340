//! What a run leaves behind: for the verdicts, the terminal and the report.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::timeline::Entry;
use crate::journal::{Happening, What};
use crate::lambda::Outcome;

/// Everything that a run leaves behind.
#[derive(Debug, Default)]
pub struct Record {
    /// The timeline.
    pub entries: Vec<Entry>,
    /// What happened in the account from the beginning of the scenario, with the counts that
    /// stood then.
    pub happenings: Vec<Happening>,
    /// The functions' calls, by function and action.
    pub calls: BTreeMap<(String, String), Calls>,
    /// How each function fared.
    pub functions: BTreeMap<String, Tally>,
}

/// How often an action was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// In all.
    pub made: usize,
    /// Of these, refused.
    pub refused: usize,
}

/// How a function fared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Invocations.
    pub invocations: usize,
    /// Of these, without any change.
    pub quiet: usize,
    /// Of these, with a process to start.
    pub cold_starts: usize,
    /// Of these, failed, timed out or crashed.
    pub failed: usize,
    /// Their time by the wall's clock.
    pub wall: Duration,
}

impl Record {
    /// What `read` sees in the latest happening that concerns `subject` by `at`.
    pub fn latest<T>(
        &self,
        at: Timestamp,
        subject: &str,
        read: impl Fn(&What) -> Option<T>,
    ) -> Option<T> {
        self.happenings
            .iter()
            .rev()
            .filter(|happening| happening.at <= at && happening.subject == subject)
            .find_map(|happening| read(&happening.what))
    }

    /// Every service and group, by name.
    pub fn subjects(&self) -> BTreeSet<String> {
        self.happenings
            .iter()
            .filter(|happening| count(&happening.what).is_some())
            .map(|happening| happening.subject.clone())
            .collect()
    }

    /// The counts that were wanted of a service, or that a group had, one after the other; of one
    /// moment the last.
    pub fn path(&self, subject: &str) -> Vec<u32> {
        let mut path: Vec<(Timestamp, u32)> = Vec::new();
        for happening in self.happenings.iter().filter(|it| it.subject == subject) {
            let Some(count) = count(&happening.what) else {
                continue;
            };
            match path.last_mut() {
                Some((at, last)) if *at == happening.at => *last = count,
                _ => path.push((happening.at, count)),
            }
        }
        let mut path: Vec<u32> = path.into_iter().map(|(_, count)| count).collect();
        path.dedup();
        path
    }

    /// A function's calls by action.
    pub fn calls_of<'a>(
        &'a self,
        function: &'a str,
    ) -> impl Iterator<Item = (&'a (String, String), &'a Calls)> {
        self.calls
            .iter()
            .filter(move |((caller, _), _)| caller == function)
    }

    /// How often the functions called an action in all.
    pub fn made(&self, action: &str) -> usize {
        self.calls
            .iter()
            .filter(|((_, called), _)| called == action)
            .map(|(_, calls)| calls.made)
            .sum()
    }

    /// How many invocations failed in all.
    pub fn failed(&self) -> usize {
        self.functions.values().map(|tally| tally.failed).sum()
    }
}

impl Tally {
    /// Counts an invocation.
    pub(super) fn count(&mut self, outcome: &Outcome, quiet: bool) {
        self.invocations += 1;
        self.quiet += usize::from(quiet);
        self.cold_starts += usize::from(outcome.cold_start);
        self.failed += usize::from(!outcome.ended.is_ok());
        self.wall += outcome.wall;
    }
}

fn count(what: &What) -> Option<u32> {
    match what {
        What::Tasks { desired, .. } => Some(*desired),
        What::Instances(count) => Some(*count),
        _ => None,
    }
}
