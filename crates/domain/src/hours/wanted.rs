//! Hours and an override → what a service should be now, why, and what comes next.

use jiff::Timestamp;

use super::overrides::Override;
use super::schedule::Schedule;
use super::{Edge, State};

/// What a service should be now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The state.
    pub state: State,
    /// What decided it.
    pub why: Why,
    /// The next change, unless nothing is to change within the schedule's horizon.
    pub next: Option<Edge>,
}

/// What decides the state of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its hours.
    Hours,
    /// A person's override, until that instant.
    Override {
        /// When the hours decide again.
        until: Timestamp,
    },
}

/// What a service should be at `now`. An override that is past changes nothing.
pub fn wanted(schedule: &Schedule, overriding: Option<&Override>, now: Timestamp) -> Wanted {
    match overriding.filter(|overriding| !overriding.is_past(now)) {
        Some(&Override { to, until }) => Wanted {
            state: to,
            why: Why::Override { until },
            next: next_after_override(schedule, to, until),
        },
        None => Wanted {
            state: schedule.state_at(now),
            why: Why::Hours,
            next: schedule.next_edge(now),
        },
    }
}

/// The expiry is an edge only where the hours want another state than the override did.
fn next_after_override(schedule: &Schedule, to: State, until: Timestamp) -> Option<Edge> {
    match schedule.state_at(until) {
        state if state == to => schedule.next_edge(until),
        state => Some(Edge {
            at: until,
            to: state,
        }),
    }
}
