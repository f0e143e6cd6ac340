//! Time zones by name, from the database that is compiled in: the host's own is never asked.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::tag::{Cursor, TagError};

/// A time zone of the IANA database. Old names (`US/Eastern`, `Asia/Calcutta`) stay valid and stay
/// as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Zone = Zone(TimeZone::UTC);

    /// Reads a name such as `Europe/Berlin`. Upper or lower case means nothing.
    pub fn parse(text: &str) -> Result<Zone, TagError> {
        let mut cursor = Cursor::of_tag(text, "Europe/Berlin")?;
        let zone = Zone::read(&mut cursor, "a time zone of the IANA database")?;
        cursor.end("nothing after the time zone")?;
        Ok(zone)
    }

    /// Reads the name of a zone up to the next space.
    pub(super) fn read(cursor: &mut Cursor<'_>, expected: &'static str) -> Result<Zone, TagError> {
        let token = cursor.until(|c| c == ' ');
        let zone = TimeZoneDatabase::bundled().get(token.text).ok();
        // Etc/Unknown is jiff's own stand-in for a missing zone, not a place.
        zone.filter(|zone| !zone.is_unknown())
            .map(Zone)
            .ok_or_else(|| cursor.refuse(token, expected))
    }

    /// The name in the database's own spelling.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What the clock on the wall shows at `instant`.
    pub fn local(&self, instant: Timestamp) -> DateTime {
        self.0.to_datetime(instant)
    }

    /// `instant` as local time with its offset, such as `2026-11-02T08:00:00+01:00`.
    pub fn shown(&self, instant: Timestamp) -> String {
        instant
            .to_zoned(self.0.clone())
            .strftime("%Y-%m-%dT%H:%M:%S%:z")
            .to_string()
    }

    /// The instant of a local time, "compatible" where the clocks change; none beyond the years
    /// that jiff can count.
    pub fn instant(&self, local: DateTime) -> Option<Timestamp> {
        self.0.to_ambiguous_timestamp(local).compatible().ok()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
