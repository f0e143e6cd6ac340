//! A budget as AWS describes it, in strings, and the reading that it makes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::blind::Blind;
use super::money::from_api;
use super::period::{Cycle, Outside, Period, TimeUnit};
use super::reading::{Reading, Rung};

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
            ends: cycle.ends_with(period),
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
