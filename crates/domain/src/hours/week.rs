//! Windows laid out on the clock on the wall, day by day, and where they touch, joined.

use std::iter;

use jiff::civil::Date;

use super::clock::{DAY, TimeOfDay};
use super::day::{Day, Days};
use super::holidays::Holidays;
use super::{Window, Windows};

/// A stretch of local time in minutes since the midnight that a walk starts from, as if every day
/// had 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// The windows in the order of the minute of the day at which they start.
#[derive(Debug, Clone)]
pub(super) struct Week(Vec<(Days, Stretch)>);

impl Week {
    pub(super) fn new(windows: &Windows) -> Week {
        let mut week: Vec<_> = windows.windows().iter().map(owners_and_stretch).collect();
        week.sort_by_key(|(_, stretch)| stretch.start);
        Week(week)
    }

    /// The stretches awake that start on `first` or one of the days after it, in order and never
    /// touching each other.
    ///
    /// They are joined here, before they become instants: where a window starts in the hour that
    /// spring skips and another ends just after it, the two overlap on the wall and would be apart
    /// as instants.
    pub(super) fn awake(
        &self,
        holidays: &Holidays,
        first: Date,
        days: i64,
    ) -> impl Iterator<Item = Stretch> {
        let mut windows = self.windows(holidays, first, days).peekable();
        iter::from_fn(move || {
            let mut joined = windows.next()?;
            while let Some(next) = windows.next_if(|next| next.start <= joined.end) {
                joined.end = joined.end.max(next.end);
            }
            Some(joined)
        })
    }

    fn windows(
        &self,
        holidays: &Holidays,
        first: Date,
        days: i64,
    ) -> impl Iterator<Item = Stretch> {
        let dates = iter::successors(Some(first), |date| date.tomorrow().ok());
        (0..days).zip(dates).flat_map(move |(n, date)| {
            let day = holidays.what_day(date);
            let week = self.0.iter();
            let starting = week.filter(move |(owners, _)| owners.contains(day));
            starting.map(move |(_, window)| Stretch {
                start: window.start + n * DAY,
                end: window.end + n * DAY,
            })
        })
    }
}

fn owners_and_stretch(window: &Window) -> (Days, Stretch) {
    match *window {
        Window::Daily { days, start, end } => {
            let nights = i64::from(end <= start);
            (days, stretch(start, nights, end))
        }
        Window::Span {
            from,
            start,
            to,
            end,
        } => {
            let nights = i64::from(from.until(to));
            (Day::from(from).into(), stretch(start, nights, end))
        }
    }
}

/// From a minute of one day to a minute of the day that comes `nights` later.
fn stretch(start: TimeOfDay, nights: i64, end: TimeOfDay) -> Stretch {
    Stretch {
        start: start.minutes(),
        end: nights * DAY + end.minutes(),
    }
}
