//! The grammar of `caretaker:hours`.
//!
//! ```text
//! hours  = "always" | "never" | window { " + " window } [ " " zone ]
//! window = days " " HH:MM "-" HH:MM            every named day; an end at or before the start is on the next day
//!        | day " " HH:MM "-" day " " HH:MM     one span across days
//! days   = day | day "-" day | day "/" day ... wraps: Sat-Mon is Sat, Sun, Mon
//! day    = Mon | Tue | Wed | Thu | Fri | Sat | Sun | Hol
//! ```
//!
//! Where the grammar leaves a choice:
//! - Upper or lower case, and the number of spaces where one is due, mean nothing.
//! - `08:00-08:00` is a whole day and `00:00-00:00` the whole of its own day, by the rule of the
//!   next day. An end of 00:00 on the next day is 24:00, and is written so.
//! - A span that ends on its own weekday at or before its start (`Fri 18:00-Fri 06:00`) could be
//!   meant as six days and a half, or as a slip. It is refused; what is meant can be said with two
//!   windows.
//! - A holiday has no fixed place in the week, so `Hol` neither starts nor ends a range or a span.

use std::fmt;

use jiff::civil::Weekday;

use super::clock::TimeOfDay;
use super::day::{Day, Days};
use super::zone::Zone;
use super::{Hours, Window, Windows};
use crate::tag::{Cursor, TagError};

const EXAMPLE: &str = "Mon-Fri 08:00-20:00 Europe/Berlin";

impl Hours {
    /// Reads the value of `caretaker:hours`.
    pub fn parse(text: &str) -> Result<Hours, TagError> {
        let mut cursor = Cursor::of_tag(text, EXAMPLE)?;
        let hours = if cursor.take_word("always") {
            Hours::Always
        } else if cursor.take_word("never") {
            Hours::Never
        } else {
            Hours::Windows(windows(&mut cursor)?)
        };
        cursor.end("nothing more")?;
        Ok(hours)
    }
}

fn windows(cursor: &mut Cursor<'_>) -> Result<Windows, TagError> {
    let mut windows = vec![window(cursor)?];
    while !cursor.is_done() {
        cursor.space("a space")?;
        if cursor.take('+') {
            cursor.space("a space and another window")?;
            windows.push(window(cursor)?);
        } else if !cursor.is_done() {
            let zone = Zone::read(
                cursor,
                "\"+\" and another window, or a time zone of the IANA database",
            )?;
            return Ok(Windows {
                windows,
                zone: Some(zone),
            });
        }
    }
    Ok(Windows {
        windows,
        zone: None,
    })
}

fn window(cursor: &mut Cursor<'_>) -> Result<Window, TagError> {
    let days = Days::read(cursor)?;
    cursor.space("a space and HH:MM")?;
    let start = TimeOfDay::read_start(cursor)?;
    if !cursor.take('-') {
        return Err(cursor.refuse_next("\"-\" and the end of the window"));
    }
    let ends_on_a_day = cursor.peek().is_some_and(char::is_alphabetic);
    match days.only().map(Day::weekday) {
        Some(Some(from)) if ends_on_a_day => span(cursor, from, start),
        _ if ends_on_a_day => {
            Err(cursor.refuse_next("HH:MM, as only a single day of the week can start a span"))
        }
        _ => Ok(Window::Daily {
            days,
            start,
            end: TimeOfDay::read_end(cursor)?.midnight_as_end(),
        }),
    }
}

fn span(cursor: &mut Cursor<'_>, from: Weekday, start: TimeOfDay) -> Result<Window, TagError> {
    let here = cursor.here();
    let to = Day::read_weekday(cursor)?;
    cursor.space("a space and HH:MM")?;
    let end = TimeOfDay::read_end(cursor)?;
    if from == to && end <= start {
        return Err(cursor.refuse(here, "an end after the start, within a week"));
    }
    Ok(Window::Span {
        from,
        start,
        to,
        end,
    })
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hours::Always => f.write_str("always"),
            Hours::Never => f.write_str("never"),
            Hours::Windows(windows) => windows.fmt(f),
        }
    }
}

impl fmt::Display for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, window) in self.windows.iter().enumerate() {
            let plus = if n == 0 { "" } else { " + " };
            write!(f, "{plus}{window}")?;
        }
        self.zone.iter().try_for_each(|zone| write!(f, " {zone}"))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Window::Daily { days, start, end } => write!(f, "{days} {start}-{end}"),
            Window::Span {
                from,
                start,
                to,
                end,
            } => {
                write!(f, "{} {start}-{} {end}", Day::from(from), Day::from(to))
            }
        }
    }
}
