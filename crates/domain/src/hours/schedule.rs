//! Hours, holidays and a zone → the state at any instant, and the next edge.

use std::iter;
use std::sync::Arc;

use jiff::Timestamp;

use super::holidays::Holidays;
use super::zone::Zone;
use super::zoned_week::ZonedWeek;
use super::{Edge, Hours, State};

/// How many days ahead the next edge is looked for: a year, and a month to spare. So every holiday
/// that comes back each year is seen; a lone date beyond that is seen when it is nearer.
pub const HORIZON: i64 = 400;

/// When one service is awake. Cheap to make, and to ask: an answer looks only at the days around
/// the instant.
#[derive(Debug, Clone)]
pub struct Schedule {
    rule: Rule,
    zone: Zone,
}

#[derive(Debug, Clone)]
enum Rule {
    Constant(State),
    Weekly(ZonedWeek),
}

impl Schedule {
    /// Resolves the hours; `default_zone` is for hours that name none.
    pub fn new(hours: &Hours, holidays: Arc<Holidays>, default_zone: &Zone) -> Schedule {
        let (rule, zone) = match hours {
            Hours::Always => (Rule::Constant(State::Awake), default_zone),
            Hours::Never => (Rule::Constant(State::Rest), default_zone),
            Hours::Windows(windows) => {
                let zone = windows.zone().unwrap_or(default_zone);
                (
                    Rule::Weekly(ZonedWeek::new(windows, holidays, zone.clone())),
                    zone,
                )
            }
        };
        Schedule {
            rule,
            zone: zone.clone(),
        }
    }

    /// The zone of its local times.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// What the service should be at an instant.
    pub fn state_at(&self, at: Timestamp) -> State {
        match &self.rule {
            Rule::Constant(state) => *state,
            Rule::Weekly(weekly) if weekly.is_awake(at) => State::Awake,
            Rule::Weekly(_) => State::Rest,
        }
    }

    /// The first edge after an instant, if there is one within [`HORIZON`] days.
    pub fn next_edge(&self, after: Timestamp) -> Option<Edge> {
        self.next_edge_within(HORIZON, after)
    }

    /// The state at `from` as the first entry, then every edge after it up to and with `to`,
    /// however far that is. Nothing at all if `to` is before `from`.
    pub fn edges(&self, from: Timestamp, to: Timestamp) -> Vec<Edge> {
        let days = to.duration_since(from).as_hours() / 24 + 2;
        let first = Edge {
            at: from,
            to: self.state_at(from),
        };
        let edges = iter::successors(Some(first), |edge| self.next_edge_within(days, edge.at));
        edges.take_while(|edge| edge.at <= to).collect()
    }

    fn next_edge_within(&self, days: i64, after: Timestamp) -> Option<Edge> {
        let Rule::Weekly(weekly) = &self.rule else {
            return None;
        };
        if weekly.is_awake(after) {
            Some(Edge {
                at: weekly.rests_after(after, days)?,
                to: State::Rest,
            })
        } else {
            Some(Edge {
                at: weekly.wakes_after(after, days)?,
                to: State::Awake,
            })
        }
    }
}
