//! Spend that follows what really runs: what an account's bill would be, told late.

use std::collections::BTreeMap;

use bigdecimal::{BigDecimal, RoundingMode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::amount::Amount;
use super::budget::{Budget, Reading};
use super::period::Period;
use crate::journal::{Happening, What};
use crate::services::events::later;

/// How a budget's spend comes about, as a stack or a script writes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MeterSpec {
    /// USD per hour of a running task.
    #[serde(default = "Amount::zero")]
    pub usd_per_task_hour: Amount,
    /// USD per hour of everything else.
    #[serde(default = "Amount::zero")]
    pub usd_per_hour: Amount,
    /// What this period had cost before.
    #[serde(default = "Amount::zero")]
    pub spent: Amount,
    /// How often the data come.
    #[serde(default = "eight_hours")]
    pub refresh_hours: u32,
    /// How old they are when they come.
    #[serde(default)]
    pub behind_hours: u32,
    /// What the data are wrong by.
    #[serde(default = "right")]
    pub factor: Amount,
    /// Whether there is a forecast; AWS needs "about five weeks" of data for one:
    /// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html>.
    #[serde(default)]
    pub forecast: bool,
}

/// "Typically 8 to 12 hours after the last":
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html>.
fn eight_hours() -> u32 {
    8
}

fn right() -> Amount {
    BigDecimal::from(1).into()
}

/// A budget's meter.
#[derive(Clone, Debug)]
pub struct Meter {
    /// What it was set to.
    pub spec: MeterSpec,
    /// Since when it runs.
    pub since: Timestamp,
    /// When the data come next.
    pub next: Timestamp,
}

impl Meter {
    /// A meter that begins to run at `now`.
    pub fn new(spec: MeterSpec, now: Timestamp) -> Self {
        let mut meter = Self {
            spec,
            since: now,
            next: now,
        };
        meter.turn();
        meter
    }

    /// Plans the next data.
    pub(super) fn turn(&mut self) {
        self.next = later(self.next, hours(self.spec.refresh_hours.max(1)));
    }

    /// What the data say that come at `now`.
    ///
    /// The forecast is the spend so far and, for the rest of the period, what runs at the end of
    /// the data: a choice, AWS does not publish how it forecasts.
    pub(super) fn reading(
        &self,
        budget: &Budget,
        happenings: &[Happening],
        now: Timestamp,
    ) -> Reading {
        let until = later(now, -hours(self.spec.behind_hours));
        let period = budget.period;
        let spent = self.spent(period, happenings, until);
        let factor = self.spec.factor.value();
        let forecast = self.spec.forecast.then(|| {
            let rest = period.end.duration_since(until);
            let rate = self.rate(running_at(happenings, until));
            dollars(&((&spent + rate * in_hours(rest.as_nanos())) * factor))
        });
        Reading {
            actual: dollars(&(spent * factor)),
            forecast,
        }
    }

    /// What a period had cost by `until`.
    fn spent(&self, period: Period, happenings: &[Happening], until: Timestamp) -> BigDecimal {
        let from = period.start.max(self.since);
        let before = match period.start <= self.since && self.since < period.end {
            true => self.spec.spent.value().clone(),
            false => BigDecimal::default(),
        };
        if until <= from {
            return before;
        }
        let passed = until.duration_since(from).as_nanos();
        before
            + in_hours(task_time(happenings, from, until)) * self.spec.usd_per_task_hour.value()
            + in_hours(passed) * self.spec.usd_per_hour.value()
    }

    fn rate(&self, tasks: i64) -> BigDecimal {
        self.spec.usd_per_task_hour.value() * BigDecimal::from(tasks)
            + self.spec.usd_per_hour.value()
    }
}

fn hours(count: u32) -> SignedDuration {
    SignedDuration::from_hours(i64::from(count))
}

fn in_hours(nanoseconds: i128) -> BigDecimal {
    BigDecimal::from(nanoseconds) / BigDecimal::from(3_600_000_000_000_i64)
}

/// Ten decimals, as many as the bill has.
fn dollars(amount: &BigDecimal) -> Amount {
    amount.with_scale_round(10, RoundingMode::HalfUp).into()
}

/// Nanoseconds that all tasks together ran between two moments, from the journal.
fn task_time(happenings: &[Happening], from: Timestamp, to: Timestamp) -> i128 {
    let mut tasks = Tasks::default();
    let (mut since, mut time) = (from, 0);
    let mut pass = |tasks: i64, at: Timestamp| {
        let at = at.clamp(from, to);
        time += i128::from(tasks) * at.duration_since(since).as_nanos();
        since = at;
    };
    for happening in happenings {
        if let What::Tasks { running, .. } = happening.what {
            pass(tasks.all, happening.at);
            tasks.count(&happening.subject, running);
        }
    }
    pass(tasks.all, to);
    time
}

/// How many tasks ran at a moment.
fn running_at(happenings: &[Happening], at: Timestamp) -> i64 {
    let mut tasks = Tasks::default();
    for happening in happenings.iter().filter(|happening| happening.at <= at) {
        if let What::Tasks { running, .. } = happening.what {
            tasks.count(&happening.subject, running);
        }
    }
    tasks.all
}

/// Running tasks by service, and all of them.
#[derive(Default)]
struct Tasks<'a> {
    by_service: BTreeMap<&'a str, u32>,
    all: i64,
}

impl<'a> Tasks<'a> {
    fn count(&mut self, service: &'a str, running: u32) {
        let before = self.by_service.insert(service, running).unwrap_or(0);
        self.all += i64::from(running) - i64::from(before);
    }
}
