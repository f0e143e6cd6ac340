//! The periods of a budget. All its times are UTC, whatever the zone of its owner.
//! Source: <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create.html>.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// How long a period is: `TimeUnit`.
/// Source: `TimeUnit` in botocore's `budgets/2016-10-20/service-2.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// A day.
    Daily,
    /// A month.
    Monthly,
    /// A calendar quarter.
    Quarterly,
    /// A calendar year.
    Annually,
    /// From the budget's start to its end, once.
    Custom,
}

/// A period: from `start`, up to and without `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

/// When a budget begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycle {
    unit: TimeUnit,
    starts: Timestamp,
    ends: Timestamp,
}

/// Why an instant is in no period of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// The budget begins later.
    NotBegun {
        /// When.
        starts: Timestamp,
    },
    /// The budget has ended; AWS deletes it.
    Ended {
        /// When.
        ended: Timestamp,
    },
}

impl TimeUnit {
    /// Reads AWS's name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "DAILY" => Some(Self::Daily),
            "MONTHLY" => Some(Self::Monthly),
            "QUARTERLY" => Some(Self::Quarterly),
            "ANNUALLY" => Some(Self::Annually),
            "CUSTOM" => Some(Self::Custom),
            _ => None,
        }
    }
}

impl Cycle {
    /// The periods of a budget with this `TimePeriod`. Without an end it is AWS's own,
    /// 2087-06-15. None if the end is not after the start.
    /// Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TimePeriod.html>.
    pub fn new(unit: TimeUnit, starts: Timestamp, ends: Option<Timestamp>) -> Option<Self> {
        let ends = ends.unwrap_or_else(|| midnight(date(2087, 6, 15)));
        (starts < ends).then_some(Self { unit, starts, ends })
    }

    /// The period that this instant is in. The last one ends with the budget.
    ///
    /// Periods are those of the calendar. AWS says so of quarters ("standard calendar quarter
    /// increments", `PlannedBudgetLimits`) and of months; of years that start in another month
    /// than January it says nothing (unverified). A budget that starts in the middle of a month
    /// counts from the first of it.
    pub fn at(&self, instant: Timestamp) -> Result<Period, Outside> {
        let starts = self.starts;
        let period = match self.unit {
            TimeUnit::Custom => Period {
                start: starts,
                end: self.ends,
            },
            unit => calendar(unit, instant),
        };
        if instant >= self.ends {
            return Err(Outside::Ended { ended: self.ends });
        }
        if period.end <= starts || (self.unit == TimeUnit::Custom && instant < starts) {
            return Err(Outside::NotBegun { starts });
        }
        Ok(Period {
            end: period.end.min(self.ends),
            ..period
        })
    }

    /// Whether no other period follows this one.
    pub fn ends_with(&self, period: Period) -> bool {
        period.end >= self.ends
    }
}

impl Period {
    /// Whether this instant is in it.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// How long it is.
    pub fn length(&self) -> SignedDuration {
        self.end.duration_since(self.start)
    }

    /// How much of it is left at `now`; nothing if it is over.
    pub fn left(&self, now: Timestamp) -> SignedDuration {
        self.end.duration_since(now).max(SignedDuration::ZERO)
    }
}

fn calendar(unit: TimeUnit, instant: Timestamp) -> Period {
    let day = instant.to_zoned(TimeZone::UTC).date();
    let month = day.first_of_month();
    let (first, length) = match unit {
        TimeUnit::Daily => (day, 1.day()),
        TimeUnit::Monthly => (month, 1.month()),
        TimeUnit::Quarterly => (back(month, (day.month() - 1) % 3), 3.months()),
        TimeUnit::Annually | TimeUnit::Custom => (day.first_of_year(), 1.year()),
    };
    Period {
        start: midnight(first),
        end: midnight(first.saturating_add(length)),
    }
}

fn back(month: Date, months: i8) -> Date {
    month.saturating_sub(i64::from(months).months())
}

/// Midnight UTC. Only the last day that there is at all has none within reach.
fn midnight(day: Date) -> Timestamp {
    let midnight = day.to_zoned(TimeZone::UTC);
    midnight.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}
