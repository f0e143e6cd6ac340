//! Times as a scenario writes them.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

use super::Unreadable;

/// A time as it is written, and where.
#[derive(Debug)]
pub(super) struct Written {
    text: String,
    line: u64,
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<String>::deserialize(from)?;
        Ok(Self {
            line: spanned.referenced.line(),
            text: spanned.value,
        })
    }
}

/// What makes moments of written times.
pub(super) struct Calendar {
    zone: TimeZone,
    after: Option<Timestamp>,
}

impl Calendar {
    /// Knows no beginning: every time must name its day.
    pub(super) fn of_day(zone: TimeZone) -> Self {
        Self { zone, after: None }
    }

    /// A bare `20:15` is the first one at or after `after`.
    pub(super) fn after(zone: TimeZone, after: Timestamp) -> Self {
        Self {
            zone,
            after: Some(after),
        }
    }

    /// The moment that is written.
    pub(super) fn moment(&self, written: &Written) -> Result<Timestamp, Unreadable> {
        self.read(&written.text).ok_or_else(|| Unreadable::Time {
            line: written.line,
            text: written.text.clone(),
        })
    }

    fn read(&self, text: &str) -> Option<Timestamp> {
        if let Ok(instant) = text.parse() {
            return Some(instant);
        }
        if let Ok(local) = text.parse::<DateTime>()
            && text.len() > "2026-11-19".len()
        {
            return local
                .to_zoned(self.zone.clone())
                .ok()
                .map(|zoned| zoned.timestamp());
        }
        let time = Time::strptime("%H:%M:%S", text)
            .or_else(|_| Time::strptime("%H:%M", text))
            .ok()?;
        let after = self.after?;
        let today = after.to_zoned(self.zone.clone()).date();
        [today, today.tomorrow().ok()?]
            .into_iter()
            .filter_map(|day| day.to_datetime(time).to_zoned(self.zone.clone()).ok())
            .map(|zoned| zoned.timestamp())
            .find(|moment| *moment >= after)
    }
}
