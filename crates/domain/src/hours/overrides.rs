//! `caretaker:override`: awake or at rest until a moment, whatever the hours say.

use jiff::Timestamp;

use super::State;
use super::clock::TimeOfDay;
use super::holidays::parse_date;
use super::zone::Zone;
use crate::tag::{Cursor, TagError};

const EXAMPLE: &str = "up until 2026-11-26 22:00 Europe/Berlin";

/// A state that a person asked for, until it expires by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Override {
    /// What the service should be.
    pub to: State,
    /// The instant at which the hours decide again.
    pub until: Timestamp,
}

impl Override {
    /// Reads the value of `caretaker:override`: `up until 2026-11-26 22:00 Europe/Berlin`, or `down
    /// until ...`.
    ///
    /// `default_zone` is for a value that names none: the zone of the service's hours. 24:00 is the
    /// end of the day.
    pub fn parse(text: &str, default_zone: &Zone) -> Result<Override, TagError> {
        let mut cursor = Cursor::of_tag(text, EXAMPLE)?;
        let to = read_state(&mut cursor)?;
        cursor.space("a space and \"until\"")?;
        if !cursor.take_word("until") {
            return Err(cursor.refuse_next("\"until\""));
        }
        cursor.space("a space and a date")?;
        let until = read_until(&mut cursor, default_zone)?;
        cursor.end("nothing after the time zone")?;
        Ok(Override { to, until })
    }

    /// Whether the hours decide again at `now`.
    pub fn is_past(&self, now: Timestamp) -> bool {
        self.until <= now
    }
}

fn read_state(cursor: &mut Cursor<'_>) -> Result<State, TagError> {
    if cursor.take_word("up") {
        Ok(State::Awake)
    } else if cursor.take_word("down") {
        Ok(State::Rest)
    } else {
        Err(cursor.refuse_next("\"up until\" or \"down until\""))
    }
}

fn read_until(cursor: &mut Cursor<'_>, default_zone: &Zone) -> Result<Timestamp, TagError> {
    let token = cursor.until(|c| c == ' ');
    let date =
        parse_date(token.text).ok_or_else(|| cursor.refuse(token, "a date such as 2026-11-26"))?;
    cursor.space("a space and HH:MM")?;
    let time = TimeOfDay::read_end(cursor)?;
    let local = time.on(date);
    let zone = read_zone(cursor)?;
    let instant = local.and_then(|local| zone.as_ref().unwrap_or(default_zone).instant(local));
    instant.ok_or_else(|| cursor.refuse(token, "a date before the year 9999"))
}

fn read_zone(cursor: &mut Cursor<'_>) -> Result<Option<Zone>, TagError> {
    if cursor.is_done() {
        return Ok(None);
    }
    cursor.space("a space and a time zone, or the end")?;
    if cursor.is_done() {
        Ok(None)
    } else {
        Zone::read(cursor, "a time zone of the IANA database").map(Some)
    }
}
