//! The Holidays parameter: dates on which the windows of the weekday do not start.
//!
//! Entries are separated by commas or white space:
//! - `2026-12-25`: that day.
//! - `12-25`: that day every year; `02-29` in leap years.
//! - `2026-12-24/2027-01-01`: from the first to the last, both included, within a year.
//! - `2026-12-19=Mon`: worked as a Monday, even if another entry makes it a holiday.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::day::Day;
use crate::tag::{Cursor, TagError, Token};

const EXAMPLE: &str = "12-25, 2026-12-31/2027-01-01, 2026-12-19=Mon";

/// A year without a leap day would refuse 02-29.
const ANY_LEAP_YEAR: i16 = 2000;

/// Which dates are holidays, and which are worked as another weekday.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    dates: BTreeSet<Date>,
    every_year: BTreeSet<(i8, i8)>,
    worked: BTreeMap<Date, Weekday>,
}

impl Holidays {
    /// Reads the parameter. Nothing typed means no holidays.
    pub fn parse(text: &str) -> Result<Holidays, TagError> {
        let mut cursor = Cursor::new(text, EXAMPLE);
        let mut holidays = Holidays::default();
        cursor.skip(separates);
        while !cursor.is_done() {
            holidays.read_entry(&mut cursor)?;
            if !cursor.skip(separates) && !cursor.is_done() {
                return Err(cursor.refuse_next("a comma or a space before the next date"));
            }
        }
        Ok(holidays)
    }

    /// What a date is for the windows that start on it.
    pub fn what_day(&self, date: Date) -> Day {
        match self.worked.get(&date) {
            Some(&weekday) => weekday.into(),
            None if self.is_holiday(date) => Day::Hol,
            None => date.weekday().into(),
        }
    }

    fn is_holiday(&self, date: Date) -> bool {
        self.dates.contains(&date) || self.every_year.contains(&(date.month(), date.day()))
    }

    fn read_entry(&mut self, cursor: &mut Cursor<'_>) -> Result<(), TagError> {
        let token = date_token(cursor);
        if let Some(month_and_day) = parse_month_and_day(token.text) {
            self.every_year.insert(month_and_day);
            return Ok(());
        }
        let expected = "a date such as 2026-12-25, or 12-25 for every year";
        let date = parse_date(token.text).ok_or_else(|| cursor.refuse(token, expected))?;
        if cursor.take('=') {
            self.read_worked(cursor, token, date)
        } else if cursor.take('/') {
            self.read_range(cursor, date)
        } else {
            self.dates.insert(date);
            Ok(())
        }
    }

    fn read_worked(
        &mut self,
        cursor: &mut Cursor<'_>,
        token: Token<'_>,
        date: Date,
    ) -> Result<(), TagError> {
        let weekday = Day::read_weekday(cursor)?;
        match self.worked.insert(date, weekday) {
            Some(other) if other != weekday => {
                Err(cursor.refuse(token, "one weekday for one date"))
            }
            _ => Ok(()),
        }
    }

    /// A range of more than a year is a slip in the year, and would leave everything at rest.
    fn read_range(&mut self, cursor: &mut Cursor<'_>, first: Date) -> Result<(), TagError> {
        let token = date_token(cursor);
        let last = parse_date(token.text)
            .ok_or_else(|| cursor.refuse(token, "the last date of the range"))?;
        if last < first || last > first.saturating_add(1.year()) {
            return Err(cursor.refuse(token, "a date after the first of the range, within a year"));
        }
        self.dates
            .extend(first.series(1.day()).take_while(|date| *date <= last));
        Ok(())
    }
}

fn separates(c: char) -> bool {
    c == ',' || c.is_whitespace()
}

fn date_token<'t>(cursor: &mut Cursor<'t>) -> Token<'t> {
    cursor.until(|c| separates(c) || c == '/' || c == '=')
}

/// `2026-12-25`, and nothing looser.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let (year, month_and_day) = text.split_once('-')?;
    parse_in_year(digits(year, 4)?, month_and_day)
}

fn parse_month_and_day(text: &str) -> Option<(i8, i8)> {
    let date = parse_in_year(ANY_LEAP_YEAR, text)?;
    Some((date.month(), date.day()))
}

fn parse_in_year(year: i16, month_and_day: &str) -> Option<Date> {
    let (month, day) = month_and_day.split_once('-')?;
    Date::new(year, digits(month, 2)?, digits(day, 2)?).ok()
}

fn digits<N: FromStr>(text: &str, count: usize) -> Option<N> {
    let only_digits = text.len() == count && text.bytes().all(|c| c.is_ascii_digit());
    only_digits.then(|| text.parse().ok()).flatten()
}
