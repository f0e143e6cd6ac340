//! What AWS says of a budget: theirs, as strings, then ours, which cannot be wrong.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::money::{from_api, usd};
use super::period::{Cycle, Outside, Period, TimeUnit};
use super::prose::AlertType;

/// A `Spend`: an amount and its unit, as AWS writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spend {
    /// `Amount`: a decimal string.
    pub amount: String,
    /// `Unit`: `USD` for costs.
    pub unit: String,
}

/// A budget as `DescribeBudget` and `DescribeNotificationsForBudget` describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// `BudgetLimit`.
    pub limit: Option<Spend>,
    /// `PlannedBudgetLimits`, by the start of a period in epoch seconds.
    pub planned: BTreeMap<String, Spend>,
    /// `TimeUnit`.
    pub unit: String,
    /// `TimePeriod.Start`.
    pub starts: Option<Timestamp>,
    /// `TimePeriod.End`.
    pub ends: Option<Timestamp>,
    /// `CalculatedSpend.ActualSpend`.
    pub actual: Option<Spend>,
    /// `CalculatedSpend.ForecastedSpend`: absent for the first five weeks or so.
    pub forecast: Option<Spend>,
    /// `LastUpdatedTime`: when somebody last edited the budget, not when its data came.
    pub edited: Option<Timestamp>,
    /// `HealthStatus`: status and reason.
    pub health: Option<(String, Option<String>)>,
    /// Whether it has `AutoAdjustData`.
    pub auto_adjusting: bool,
    /// Its notifications, if they could be read.
    pub rungs: Vec<Rung>,
}

/// One notification of a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// What it watches.
    pub alert: AlertType,
    /// Its threshold.
    pub threshold: Threshold,
    /// `NotificationState`: whether it is in ALARM.
    pub in_alarm: bool,
}

/// The threshold of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// In hundredths of the limit.
    Percent(Decimal),
    /// In the unit of the budget.
    Amount(Decimal),
}

impl Threshold {
    /// What it comes to with this limit: 80 % of 10 USD and 8 USD are the same, and the letter
    /// says `> $8.00` for both.
    pub fn amount(self, limit: Decimal) -> Decimal {
        match self {
            Self::Amount(amount) => amount,
            Self::Percent(percent) => limit.saturating_mul(percent) / Decimal::ONE_HUNDRED,
        }
    }
}

/// A budget that can be decided about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The limit of its current period, in USD.
    pub limit: Decimal,
    /// What was spent, as of some hours ago, in USD; none until data have arrived.
    pub actual: Option<Decimal>,
    /// What AWS forecasts for the period, in USD.
    pub forecast: Option<Decimal>,
    /// The period that it is in.
    pub period: Period,
    /// When somebody last edited it.
    pub edited: Option<Timestamp>,
    /// Whether AWS sets its limit.
    pub auto_adjusting: bool,
    /// Its notifications.
    pub rungs: Vec<Rung>,
}

/// Why nothing can be decided about a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blind {
    /// There is no budget of that name.
    Missing,
    /// It is not configured any more; the ledger remembers that it stopped services.
    NotConfigured,
    /// AWS says that it cannot be relied on, for this reason.
    Unhealthy {
        /// `HealthStatusReason`, such as `BILLING_VIEW_UNHEALTHY`.
        reason: String,
    },
    /// We may not ask.
    Denied {
        /// The call.
        call: String,
    },
    /// AWS answered too seldom.
    Throttled {
        /// The call.
        call: String,
    },
    /// A call failed for another reason.
    Failed {
        /// The call.
        call: String,
        /// What was said.
        error: String,
    },
    /// AWS said something that we cannot read.
    Unreadable {
        /// Which field, and what it says.
        what: String,
    },
    /// It does not count US dollars.
    OtherUnit {
        /// What it counts.
        unit: String,
    },
    /// It has not begun.
    NotBegun {
        /// When it does.
        starts: Timestamp,
    },
    /// Its end has passed.
    Ended {
        /// When.
        ended: Timestamp,
    },
    /// Somebody edited it, which sets its spend to zero until new data arrive.
    Edited {
        /// When.
        edited: Timestamp,
    },
    /// A period has begun, and what it reports may still be the old one's.
    NewPeriod {
        /// When it began.
        began: Timestamp,
    },
    /// It reports no spend, although things that cost money have run.
    NoSpend,
    /// It has reported the same for too long, although things that cost money have run.
    Stale {
        /// Since when.
        since: Timestamp,
    },
}

impl Described {
    /// The reading at `now`, or why there is none.
    pub fn read(self, now: Timestamp) -> Result<Reading, Blind> {
        if let Some((status, reason)) = &self.health
            && status != "HEALTHY"
        {
            return Err(Blind::Unhealthy {
                reason: reason.clone().unwrap_or_else(|| status.clone()),
            });
        }
        let unit = TimeUnit::parse(&self.unit).ok_or_else(|| unreadable("TimeUnit", &self.unit))?;
        let starts = self.starts.unwrap_or(Timestamp::MIN);
        let cycle = Cycle::new(unit, starts, self.ends)
            .ok_or_else(|| unreadable("TimePeriod", "an end before its start"))?;
        let period = cycle.at(now).map_err(|outside| match outside {
            Outside::NotBegun { starts } => Blind::NotBegun { starts },
            Outside::Ended { ended } => Blind::Ended { ended },
        })?;
        let limit = self.limit_of(period)?;
        Ok(Reading {
            limit: in_usd("BudgetLimit", limit)?,
            actual: optional("ActualSpend", self.actual.as_ref())?,
            forecast: optional("ForecastedSpend", self.forecast.as_ref())?,
            period,
            edited: self.edited,
            auto_adjusting: self.auto_adjusting,
            rungs: self.rungs,
        })
    }

    /// A planned limit counts from the start of its period, and the last one for good.
    /// Source: `PlannedBudgetLimits` in botocore's `budgets/2016-10-20/service-2.json`.
    fn limit_of(&self, period: Period) -> Result<&Spend, Blind> {
        let begun = |text: &String| {
            let start = text.parse::<i64>().ok()?;
            (start <= period.start.as_second()).then_some(start)
        };
        let planned = self.planned.iter();
        let planned = planned.filter_map(|(start, limit)| Some((begun(start)?, limit)));
        let planned = planned.max_by_key(|(start, _)| *start);
        let limit = planned.map(|(_, limit)| limit).or(self.limit.as_ref());
        limit.ok_or_else(|| unreadable("BudgetLimit", "nothing"))
    }
}

impl Blind {
    /// A short, stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotConfigured => "not-configured",
            Self::Unhealthy { .. } => "unhealthy",
            Self::Denied { .. } => "denied",
            Self::Throttled { .. } => "throttled",
            Self::Failed { .. } => "failed",
            Self::Unreadable { .. } => "unreadable",
            Self::OtherUnit { .. } => "other-unit",
            Self::NotBegun { .. } => "not-begun",
            Self::Ended { .. } => "ended",
            Self::Edited { .. } => "edited",
            Self::NewPeriod { .. } => "new-period",
            Self::NoSpend => "no-spend",
            Self::Stale { .. } => "stale",
        }
    }

    /// Whether it passes by itself within a day or so, so that nobody needs to be told.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Edited { .. } | Self::NewPeriod { .. })
    }
}

impl fmt::Display for Blind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("AWS Budgets knows no budget of that name"),
            Self::NotConfigured => f.write_str("it is not among the watched budgets any more"),
            Self::Unhealthy { reason } => write!(f, "AWS Budgets calls it unhealthy: {reason}"),
            Self::Denied { call } => write!(f, "AWS refused {call}"),
            Self::Throttled { call } => write!(f, "AWS throttled {call}"),
            Self::Failed { call, error } => write!(f, "{call} did not succeed: {error}"),
            Self::Unreadable { what } => write!(f, "AWS said something unreadable: {what}"),
            Self::OtherUnit { unit } => write!(f, "it counts {unit}, not USD"),
            Self::NotBegun { starts } => write!(f, "it begins at {starts}"),
            Self::Ended { ended } => write!(f, "it ended at {ended}"),
            Self::Edited { edited } => write!(f, "it was edited at {edited}; no data since"),
            Self::NewPeriod { began } => {
                write!(f, "its period began at {began}; no data of its own yet")
            }
            Self::NoSpend => f.write_str("it reports no spend although something runs"),
            Self::Stale { since } => write!(f, "it has reported the same since {since}"),
        }
    }
}

impl Reading {
    /// `9.10 of 10.00 USD (91 %)`.
    pub fn shown(&self) -> String {
        let Some(actual) = self.actual else {
            return format!("not reported, of {}", usd(self.limit));
        };
        let percent = actual
            .saturating_mul(Decimal::ONE_HUNDRED)
            .checked_div(self.limit);
        let percent =
            percent.map_or_else(String::new, |percent| format!(" ({} %)", percent.trunc()));
        let spent = usd(actual);
        format!(
            "{} of {}{percent}",
            spent.trim_end_matches(" USD"),
            usd(self.limit)
        )
    }
}

fn unreadable(field: &str, text: &str) -> Blind {
    Blind::Unreadable {
        what: format!("{field}: {text}"),
    }
}

fn in_usd(field: &str, spend: &Spend) -> Result<Decimal, Blind> {
    if spend.unit != "USD" {
        return Err(Blind::OtherUnit {
            unit: spend.unit.clone(),
        });
    }
    from_api(&spend.amount).map_err(|_| unreadable(field, &spend.amount))
}

fn optional(field: &str, spend: Option<&Spend>) -> Result<Option<Decimal>, Blind> {
    spend.map(|spend| in_usd(field, spend)).transpose()
}
