//! When a service is awake: the value of `caretaker:hours` → its state at an instant, and the edges
//! between states.
//!
//! - Local times become instants as RFC 5545 (section 3.3.5) and Temporal ("compatible") do: in a
//!   gap an edge moves forward by the length of the gap, in an overlap it is the first of the two.
//! - Stretches of time are half open: a service is awake at the start of its window and at rest at
//!   its end.
//! - Windows that touch or overlap on the clock on the wall are one window, and so are windows that
//!   touch or overlap only as instants. So a service does not bounce where one window ends and the
//!   next begins, whatever the clocks do.

pub mod clock;
pub mod day;
mod grammar;
pub mod holidays;
pub mod overrides;
pub mod schedule;
pub mod wanted;
mod week;
pub mod zone;
mod zoned_week;

use jiff::Timestamp;
use jiff::civil::Weekday;

use clock::TimeOfDay;
use day::Days;
use zone::Zone;

/// What a service should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Running with the capacity it had before its first hold.
    Awake,
    /// At its floor.
    Rest,
}

/// The instant at which a service changes, and what it becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edge {
    /// When.
    pub at: Timestamp,
    /// The state from then on.
    pub to: State,
}

/// When a service is awake, as its tag says: `Mon-Fri 08:00-20:00 Europe/Berlin`.
///
/// [`Hours::parse`] reads it, and its `Display` writes it in the one canonical way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hours {
    /// Never at rest.
    Always,
    /// Never awake.
    Never,
    /// Awake in these windows.
    Windows(Windows),
}

/// One window or more, and the zone of their local times. Only [`Hours::parse`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    windows: Vec<Window>,
    zone: Option<Zone>,
}

impl Windows {
    /// The windows in the order in which they were typed; there is at least one.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// The zone, if the tag names one.
    pub fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }
}

/// A stretch of local time that comes back every week. It belongs to the day on which it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// On each of these days: `Mon-Fri 08:00-20:00`. An end at or before the start is on the next
    /// day.
    Daily {
        /// The days on which it starts.
        days: Days,
        /// Its first minute.
        start: TimeOfDay,
        /// The minute at which it is over.
        end: TimeOfDay,
    },
    /// Once, across days: `Fri 18:00-Mon 06:00`. It lasts a week at most.
    Span {
        /// The day on which it starts.
        from: Weekday,
        /// Its first minute.
        start: TimeOfDay,
        /// The day on which it ends.
        to: Weekday,
        /// The minute at which it is over.
        end: TimeOfDay,
    },
}
