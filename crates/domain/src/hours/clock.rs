//! `HH:MM`, from 00:00 to 24:00.

use std::fmt;

use jiff::civil::{Date, DateTime};

use crate::tag::{Cursor, TagError, Token};

/// Minutes of a day.
pub(super) const DAY: i64 = 24 * 60;

/// A minute of the local day, 00:00 to 24:00. 24:00 is the end of the day and never a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// The end of the day.
    pub(super) const END_OF_DAY: TimeOfDay = TimeOfDay(24 * 60);

    /// Minutes since the start of the day.
    pub(super) fn minutes(self) -> i64 {
        i64::from(self.0)
    }

    /// This minute of a date; 24:00 is the midnight after it. None beyond the years that jiff can
    /// count.
    pub(super) fn on(self, date: Date) -> Option<DateTime> {
        let date = if self == TimeOfDay::END_OF_DAY {
            date.tomorrow().ok()?
        } else {
            date
        };
        let (hour, minute) = (self.0 / 60 % 24, self.0 % 60);
        Some(date.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0))
    }

    /// 00:00 of the next day, written as the end of this one.
    pub(super) fn midnight_as_end(self) -> TimeOfDay {
        if self.0 == 0 {
            TimeOfDay::END_OF_DAY
        } else {
            self
        }
    }

    /// Reads the minute at which something starts: 00:00 to 23:59.
    pub(super) fn read_start(cursor: &mut Cursor<'_>) -> Result<TimeOfDay, TagError> {
        let token = word(cursor);
        match parse(token.text) {
            Some(TimeOfDay::END_OF_DAY) => {
                Err(cursor.refuse(token, "HH:MM before 24:00, which is only an end"))
            }
            Some(time) => Ok(time),
            None => Err(cursor.refuse(token, "HH:MM")),
        }
    }

    /// Reads the minute at which something ends: 00:00 to 24:00.
    pub(super) fn read_end(cursor: &mut Cursor<'_>) -> Result<TimeOfDay, TagError> {
        let token = word(cursor);
        parse(token.text).ok_or_else(|| cursor.refuse(token, "HH:MM"))
    }
}

fn word<'t>(cursor: &mut Cursor<'t>) -> Token<'t> {
    cursor.until(|c| matches!(c, ' ' | '-' | '/' | '+'))
}

/// Two digits, a colon, two digits; no later than 24:00.
fn parse(text: &str) -> Option<TimeOfDay> {
    let &[h1, h2, b':', m1, m2] = text.as_bytes() else {
        return None;
    };
    let (hour, minute) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
    let time = TimeOfDay(hour * 60 + minute);
    (minute < 60 && time <= TimeOfDay::END_OF_DAY).then_some(time)
}

fn two_digits(tens: u8, ones: u8) -> Option<u16> {
    let digit = |c: u8| c.is_ascii_digit().then(|| u16::from(c - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}
