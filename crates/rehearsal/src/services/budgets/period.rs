//! Budget periods: "the length of time until a budget resets", in UTC.
//!
//! Source: <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html>.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::services::ecs::epoch;

/// The default end, which is the latest one too: 15 June 2087.
/// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TimePeriod.html>.
pub(super) const LAST_END: i64 = 3_706_473_600;

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Period {
    /// As the API shows it.
    pub(super) fn show(self) -> Value {
        json!({"Start": epoch(self.start), "End": epoch(self.end)})
    }
}

/// How long a period is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeUnit {
    /// A day.
    Daily,
    /// A month.
    #[default]
    Monthly,
    /// A quarter of the calendar year.
    Quarterly,
    /// A calendar year.
    Annually,
    /// From the budget's start to its end.
    Custom,
}

impl TimeUnit {
    /// The name in the API.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Daily => "DAILY",
            Self::Monthly => "MONTHLY",
            Self::Quarterly => "QUARTERLY",
            Self::Annually => "ANNUALLY",
            Self::Custom => "CUSTOM",
        }
    }

    /// The period that `at` is in, of a budget that covers `whole`.
    pub fn period(self, at: Timestamp, whole: Period) -> Period {
        let today = at.to_zoned(TimeZone::UTC).date();
        let month = today.first_of_month();
        let (first, length) = match self {
            Self::Daily => (today, 1.day()),
            Self::Monthly => (month, 1.month()),
            Self::Quarterly => (
                month.saturating_sub(((month.month() - 1) % 3).months()),
                3.months(),
            ),
            Self::Annually => (today.first_of_year(), 1.year()),
            Self::Custom => return whole,
        };
        Period {
            start: midnight(first, at),
            end: midnight(first.saturating_add(length), whole.end),
        }
    }
}

fn midnight(day: Date, otherwise: Timestamp) -> Timestamp {
    let zoned = day.to_zoned(TimeZone::UTC);
    zoned.map_or(otherwise, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(unit: TimeUnit, moment: &str, start: &str, end: &str) {
        let whole = Period {
            start: at("2026-01-10T00:00:00Z"),
            end: at("2027-02-01T00:00:00Z"),
        };
        let period = Period {
            start: at(&format!("{start}T00:00:00Z")),
            end: at(&format!("{end}T00:00:00Z")),
        };
        assert_eq!(unit.period(at(moment), whole), period);
    }

    #[test]
    fn periods_are_those_of_the_calendar_in_utc() {
        check(
            TimeUnit::Daily,
            "2026-11-30T23:59:59Z",
            "2026-11-30",
            "2026-12-01",
        );
        check(
            TimeUnit::Monthly,
            "2026-12-31T23:59:59Z",
            "2026-12-01",
            "2027-01-01",
        );
        check(
            TimeUnit::Monthly,
            "2028-02-29T12:00:00Z",
            "2028-02-01",
            "2028-03-01",
        );
        check(
            TimeUnit::Quarterly,
            "2026-11-19T00:00:00Z",
            "2026-10-01",
            "2027-01-01",
        );
        check(
            TimeUnit::Quarterly,
            "2026-01-01T00:00:00Z",
            "2026-01-01",
            "2026-04-01",
        );
        check(
            TimeUnit::Annually,
            "2026-11-19T00:00:00Z",
            "2026-01-01",
            "2027-01-01",
        );
        check(
            TimeUnit::Custom,
            "2026-11-19T00:00:00Z",
            "2026-01-10",
            "2027-02-01",
        );
    }
}
