//! Hours: the grammar, holidays and overrides, and the schedule that follows from them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod edge_cases;
mod grammar;
mod holidays;
mod overrides;
mod properties;
mod schedule;
mod year;

use std::sync::Arc;

use domain::hours::holidays::Holidays;
use domain::hours::schedule::Schedule;
use domain::hours::zone::Zone;
use domain::hours::{Edge, Hours, State};
use jiff::Timestamp;

fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

fn schedule(hours: &str) -> Schedule {
    schedule_with(hours, "")
}

fn schedule_with(hours: &str, holidays: &str) -> Schedule {
    let holidays = Arc::new(Holidays::parse(holidays).unwrap());
    Schedule::new(&Hours::parse(hours).unwrap(), holidays, &Zone::UTC)
}

fn awake(at: &str) -> Edge {
    Edge {
        at: utc(at),
        to: State::Awake,
    }
}

fn rest(at: &str) -> Edge {
    Edge {
        at: utc(at),
        to: State::Rest,
    }
}

/// The edges between two instants, without the state at the first.
fn edges(schedule: &Schedule, from: &str, to: &str) -> Vec<Edge> {
    schedule.edges(utc(from), utc(to)).split_off(1)
}
