//! What is told of machines: warned, drained, gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use super::interrupted::Sign;
use super::timeline::Change;

/// What happened to some machines at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Machine {
    /// EC2 recommends to replace them.
    Recommended,
    /// EC2 warns, and says what it is going to do.
    Warned(String),
    /// They are DRAINING, so many seconds after the warning if there was one.
    Draining(Option<i64>),
    /// No task is left on them, so many seconds after the warning.
    Empty(i64),
    /// They are ACTIVE again.
    Active,
    /// They shut down or stop, so many seconds after the warning.
    Ended {
        /// The state.
        state: String,
        /// The seconds.
        after: i64,
    },
    /// EC2 took them and had not warned.
    Evicted,
    /// They no longer wait for a lifecycle hook.
    Hook {
        /// The group and the hook.
        hook: String,
        /// CONTINUE or ABANDON.
        result: &'static str,
        /// Whether nobody completed it in time.
        timed_out: bool,
    },
}

impl Machine {
    /// Whether somebody should have prevented it.
    pub fn is_bad(&self) -> bool {
        matches!(
            self,
            Self::Evicted
                | Self::Hook {
                    timed_out: true,
                    ..
                }
        )
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recommended => out.write_str("rebalance recommendation"),
            Self::Warned(action) => write!(out, "Spot warning: {action}"),
            Self::Draining(None) => out.write_str("DRAINING"),
            Self::Draining(Some(after @ ..0)) => {
                write!(out, "DRAINING {} s before the warning", -after)
            }
            Self::Draining(Some(after)) => write!(out, "DRAINING {after} s after the warning"),
            Self::Empty(after) => write!(out, "empty {after} s after the warning"),
            Self::Active => out.write_str("ACTIVE again"),
            Self::Ended { state, after } => write!(out, "{state} {after} s after the warning"),
            Self::Evicted => out.write_str("taken without a warning"),
            Self::Hook {
                hook,
                result,
                timed_out,
            } => {
                write!(out, "hook {hook}: {result}")?;
                match timed_out {
                    true => out.write_str(", for nobody completed it"),
                    false => Ok(()),
                }
            }
        }
    }
}

/// Remembers which machines were warned, which are DRAINING and which have ended.
#[derive(Debug, Default)]
pub(super) struct Machines {
    warned: BTreeMap<String, Timestamp>,
    draining: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl Machines {
    /// What an event says of machines that go. That other machines end is no news.
    pub(super) fn event(&mut self, event: &Value, at: Timestamp) -> Vec<Change> {
        match Sign::of(event) {
            Some(Sign::Recommended(id)) => vec![told(id, Machine::Recommended)],
            Some(Sign::Warned(id, action)) => {
                self.warned.entry(id.to_owned()).or_insert(at);
                vec![told(id, Machine::Warned(action.to_owned()))]
            }
            Some(Sign::Ends(id, state)) => {
                self.ended.insert(id.to_owned());
                let ended = self.since_warning(id, at).map(|after| Machine::Ended {
                    state: state.to_owned(),
                    after,
                });
                ended.map(|ended| told(id, ended)).into_iter().collect()
            }
            Some(Sign::Evicted(ids)) => {
                let unwarned = ids.into_iter().filter(|id| !self.warned.contains_key(*id));
                unwarned.map(|id| told(id, Machine::Evicted)).collect()
            }
            None => Vec::new(),
        }
    }

    /// A container instance has another status.
    pub(super) fn status(&mut self, id: &str, status: &str, at: Timestamp) -> Option<Change> {
        let machine = match status {
            "DRAINING" => {
                self.draining.insert(id.to_owned());
                Machine::Draining(self.since_warning(id, at))
            }
            "ACTIVE" if self.draining.remove(id) => Machine::Active,
            _ => return None,
        };
        Some(told(id, machine))
    }

    /// No task is left on a machine that drains. That is no news of one that EC2 does not take, nor
    /// of one that ended with its tasks.
    pub(super) fn emptied(&mut self, id: &str, at: Timestamp) -> Option<Change> {
        let after = self.since_warning(id, at)?;
        (!self.ended.contains(id)).then(|| told(id, Machine::Empty(after)))
    }

    /// How many seconds ago EC2 warned of an instance, if it did.
    pub(super) fn since_warning(&self, id: &str, at: Timestamp) -> Option<i64> {
        let warned = self.warned.get(id)?;
        Some(at.duration_since(*warned).as_secs())
    }
}

/// One machine's change.
pub(super) fn told(id: &str, what: Machine) -> Change {
    Change::Machines {
        ids: vec![id.to_owned()],
        what,
    }
}

/// One by its id, several by their number.
pub(crate) fn name(ids: &[String]) -> String {
    match ids {
        [id] => id.clone(),
        ids => format!("{} instances", ids.len()),
    }
}
