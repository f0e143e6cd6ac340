//! The days on which windows start: the seven of the week, and holidays.

use std::fmt;

use jiff::civil::Weekday;

use crate::tag::{Cursor, TagError, Token};

const DAY_NAME: &str = "a day (Mon, Tue, Wed, Thu, Fri, Sat, Sun or Hol)";

/// What a date is for the windows: a day of the week, or a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
    /// A holiday, whatever its day of the week.
    Hol,
}

impl Day {
    /// Every day, in the order in which lists name them.
    pub const ALL: [Day; 8] = [
        Day::Mon,
        Day::Tue,
        Day::Wed,
        Day::Thu,
        Day::Fri,
        Day::Sat,
        Day::Sun,
        Day::Hol,
    ];

    /// The day of the week, or none for a holiday.
    pub fn weekday(self) -> Option<Weekday> {
        Weekday::from_monday_zero_offset(self as i8).ok()
    }

    fn name(self) -> &'static str {
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Hol"][self as usize]
    }

    /// Reads a day of the week, or a holiday.
    fn read<'t>(cursor: &mut Cursor<'t>) -> Result<(Token<'t>, Day), TagError> {
        let token = cursor.until(|c| !c.is_alphanumeric());
        let day = Day::named(token.text).ok_or_else(|| cursor.refuse(token, DAY_NAME))?;
        Ok((token, day))
    }

    /// Reads a day of the week, where a holiday would make no sense.
    pub(super) fn read_weekday(cursor: &mut Cursor<'_>) -> Result<Weekday, TagError> {
        let token = cursor.until(|c| !c.is_alphanumeric());
        let weekday = Day::named(token.text).and_then(Day::weekday);
        weekday.ok_or_else(|| {
            cursor.refuse(
                token,
                "a day of the week (Mon, Tue, Wed, Thu, Fri, Sat or Sun)",
            )
        })
    }

    /// Upper or lower case means nothing: there is no second reading to confuse it with.
    fn named(text: &str) -> Option<Day> {
        Day::ALL
            .into_iter()
            .find(|day| day.name().eq_ignore_ascii_case(text))
    }
}

impl From<Weekday> for Day {
    fn from(weekday: Weekday) -> Day {
        Day::ALL[weekday.to_monday_zero_offset() as usize]
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One day or more on which a window starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Days(u8);

impl Days {
    /// Whether `day` is one of them.
    pub fn contains(self, day: Day) -> bool {
        self.0 & Days::from(day).0 != 0
    }

    /// The day, if there is only one.
    pub(super) fn only(self) -> Option<Day> {
        Day::ALL.into_iter().find(|&day| self == Days::from(day))
    }

    fn and(self, day: Day) -> Days {
        Days(self.0 | Days::from(day).0)
    }

    /// Reads a day, a range of days (`Sat-Mon` wraps), or a list of days (`Mon/Wed/Hol`).
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Days, TagError> {
        let (token, first) = Day::read(cursor)?;
        if cursor.take('-') {
            let first = first.weekday();
            Days::range(
                cursor,
                first.ok_or_else(|| cursor.refuse(token, "a day of the week before \"-\""))?,
            )
        } else {
            Days::list(cursor, first)
        }
    }

    /// `Mon-Mon` could be one day or eight, so it is refused.
    fn range(cursor: &mut Cursor<'_>, first: Weekday) -> Result<Days, TagError> {
        let here = cursor.here();
        let last = Day::read_weekday(cursor)?;
        if first == last {
            return Err(cursor.refuse(here, "another day to end the range"));
        }
        let (length, start) = (first.until(last) as usize, Days::from(Day::from(first)));
        Ok(first
            .cycle_forward()
            .take(length + 1)
            .map(Day::from)
            .fold(start, Days::and))
    }

    /// A day that is named twice is a slip of the pen for another one, so it is refused.
    fn list(cursor: &mut Cursor<'_>, first: Day) -> Result<Days, TagError> {
        let mut days = Days::from(first);
        while cursor.take('/') {
            let (token, day) = Day::read(cursor)?;
            if days.contains(day) {
                return Err(cursor.refuse(token, "each day once"));
            }
            days = days.and(day);
        }
        Ok(days)
    }

    /// The first and the last day, if these are neighbouring days of the week.
    fn ends(self) -> Option<(Day, Day)> {
        let has = |weekday: Weekday| self.contains(weekday.into());
        let week = Weekday::Monday.cycle_forward().take(7);
        let mut starts = week.clone().filter(|&day| has(day) && !has(day.previous()));
        let last = |first: Weekday| first.cycle_forward().take_while(|&day| has(day)).last();
        match (self.contains(Day::Hol), starts.next(), starts.next()) {
            (false, Some(first), None) => Some((first.into(), last(first)?.into())),
            (false, None, _) => Some((Day::Mon, Day::Sun)),
            _ => None,
        }
    }
}

impl From<Day> for Days {
    fn from(day: Day) -> Days {
        Days(1 << day as u8)
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ends() {
            Some((first, last)) if first != last => write!(f, "{first}-{last}"),
            _ => Day::ALL
                .into_iter()
                .filter(|&day| self.contains(day))
                .enumerate()
                .try_for_each(|(n, day)| {
                    let slash = if n == 0 { "" } else { "/" };
                    write!(f, "{slash}{day}")
                }),
        }
    }
}
