//! The week on the wall → instants, in one zone.

use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan};

use super::Windows;
use super::clock::DAY;
use super::holidays::Holidays;
use super::week::Week;
use super::zone::Zone;

/// No clock on a wall is ever moved by more than a day (Samoa skipped 2011-12-30). So a stretch
/// that is further than this from what the clock shows now, in minutes, is not now, whatever the
/// clock does in between.
const LARGEST_JUMP: i64 = DAY;

/// A walk starts this many days before today, so that it meets every window that may still be open:
/// a window touches seven dates at most, and one date more where the clock is moved past its end.
const BEHIND: i64 = 7;

/// Windows that come back every week, but for the holidays, in one zone.
#[derive(Debug, Clone)]
pub(super) struct ZonedWeek {
    week: Week,
    holidays: Arc<Holidays>,
    zone: Zone,
}

/// A stretch of time awake.
#[derive(Debug, Clone, Copy)]
struct Awake {
    /// How many minutes ahead it starts, on the clock on the wall.
    ahead: i64,
    from: Timestamp,
    /// None if the walk stopped before its end.
    until: Option<Timestamp>,
}

impl Awake {
    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    fn is_empty(&self) -> bool {
        self.until.is_some_and(|until| until <= self.from)
    }
}

impl ZonedWeek {
    pub(super) fn new(windows: &Windows, holidays: Arc<Holidays>, zone: Zone) -> ZonedWeek {
        ZonedWeek {
            week: Week::new(windows),
            holidays,
            zone,
        }
    }

    pub(super) fn is_awake(&self, at: Timestamp) -> bool {
        self.holding(at, 1).is_some()
    }

    /// The end of the stretch that holds `at`, unless it is more than `days` away.
    ///
    /// Where another stretch holds that very end, the two are one. On the wall they would have been
    /// joined already, so this is only where the clocks change.
    pub(super) fn rests_after(&self, mut at: Timestamp, days: i64) -> Option<Timestamp> {
        while let Some(awake) = self.holding(at, days) {
            at = awake.until?;
        }
        Some(at)
    }

    /// The first start after an instant at rest, unless it is more than `days` away.
    ///
    /// Starts are in order on the wall but not quite as instants: one that spring skips moves past
    /// the starts of the hour after it. So the first is compared with those that it may have
    /// passed.
    pub(super) fn wakes_after(&self, after: Timestamp, days: i64) -> Option<Timestamp> {
        let mut later = self
            .awake_around(after, days)
            .filter(|awake| awake.from > after);
        let first = later.next()?;
        let passed = later.take_while(|awake| awake.ahead <= first.ahead + LARGEST_JUMP);
        let passed = passed.map(|awake| awake.from);
        Some(passed.fold(first.from, Timestamp::min))
    }

    fn holding(&self, at: Timestamp, days: i64) -> Option<Awake> {
        let mut near = self
            .awake_around(at, days)
            .take_while(|awake| awake.ahead <= LARGEST_JUMP);
        near.find(|awake| awake.holds(at))
    }

    /// The stretches awake from the day before `at` to `days` after it, in the order of their local
    /// times.
    ///
    /// Both ends of a stretch move alike when both fall into one gap, so it keeps its length. When
    /// only its start does and the end then comes first, nothing is left of it that day.
    fn awake_around(&self, at: Timestamp, days: i64) -> impl Iterator<Item = Awake> {
        let local = self.zone.local(at);
        let first = local.date().saturating_sub(BEHIND.days());
        let now = BEHIND * DAY + i64::from(local.hour()) * 60 + i64::from(local.minute());
        let days = BEHIND + 1 + days;
        self.week
            .awake(&self.holidays, first, days)
            .skip_while(move |stretch| stretch.end < now - LARGEST_JUMP)
            .filter_map(move |stretch| {
                let ended = stretch.end < days * DAY;
                let awake = Awake {
                    ahead: stretch.start - now,
                    from: self.instant(first, stretch.start)?,
                    until: if ended {
                        Some(self.instant(first, stretch.end)?)
                    } else {
                        None
                    },
                };
                (!awake.is_empty()).then_some(awake)
            })
    }

    /// The instant of a minute that is counted from the midnight of `first`.
    fn instant(&self, first: Date, minute: i64) -> Option<Timestamp> {
        let date = first.checked_add((minute / DAY).days()).ok()?;
        let (hour, minute) = (minute % DAY / 60, minute % 60);
        let time = Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()?;
        self.zone.instant(date.to_datetime(time))
    }
}
