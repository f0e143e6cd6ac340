//! What can happen to services that the night and a budget hold.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::both::Both;

/// One thing, and the run that it wakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It is so many o'clock, on this day or the next, and `off-hours` ticks. What should have ticked
    /// until then was lost.
    Clock(i8),
    /// More is spent than the budget allows.
    Stops,
    /// A person restores the budget.
    LetsGo,
    /// A person puts a service to rest.
    Rests(&'static str),
    /// A person wakes it.
    Wakes(&'static str),
    /// The next run, whichever it is, dies half-way.
    Crashes,
    /// A deployment sets a service's count to more than it had.
    Redeploys(&'static str),
}

/// What a deployment sets the count to.
const REDEPLOYED: u32 = 5;

/// Between two things that happen without a word of the clock: less than any claim lasts.
const MINUTES: i64 = 3;

impl Both {
    pub(crate) fn happens(&mut self, event: Event) {
        match event {
            Event::Clock(hour) => {
                self.now = next(self.now, hour);
                self.ticks();
            }
            Event::Crashes => self.crash = Some(50),
            _ => {
                self.passes(MINUTES);
                self.happens_now(event);
            }
        }
    }

    fn happens_now(&mut self, event: Event) {
        match event {
            Event::Stops => self.overspends(),
            Event::LetsGo => self.restores(),
            Event::Rests(name) => {
                self.night.ask_rest(name, None);
                self.ticks();
            }
            Event::Wakes(name) => {
                self.night.ask_wake(name, None);
                self.ticks();
            }
            Event::Redeploys(name) => self.raises(name, REDEPLOYED, true),
            Event::Clock(_) | Event::Crashes => {}
        }
    }
}

/// The next moment after `now` at which it is so many o'clock in UTC.
fn next(now: Timestamp, hour: i8) -> Timestamp {
    let today = now.to_zoned(TimeZone::UTC).date().at(hour, 0, 0, 0);
    let today = today.to_zoned(TimeZone::UTC).unwrap().timestamp();
    if today > now {
        today
    } else {
        today + SignedDuration::from_hours(24)
    }
}

/// Everything that can follow, so many events deep; what must be so is checked after each of them.
/// Returns how many histories there are.
pub(crate) fn explore(
    both: &Both,
    history: &mut Vec<Event>,
    events: &[Event],
    left: usize,
) -> usize {
    both.nothing_is_lost(history);
    both.clone().everything_comes_back(history);
    if left == 0 {
        return 1;
    }
    both.what_is_held_is_down(history);
    let mut ends = 0;
    for event in events {
        let mut next = both.clone();
        next.happens(*event);
        history.push(*event);
        ends += explore(&next, history, events, left - 1);
        history.pop();
    }
    ends
}
