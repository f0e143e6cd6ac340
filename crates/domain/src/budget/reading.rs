//! What AWS says of a budget: theirs, as strings, then ours, which cannot be wrong.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::money::usd;
use super::period::Period;
use super::prose::AlertType;

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

    /// `ACTUAL > 80 %`.
    pub fn shown(self, alert: AlertType) -> String {
        let alert = alert.name();
        match self {
            Self::Percent(percent) => format!("{alert} > {} %", percent.normalize()),
            Self::Amount(amount) => format!("{alert} > {}", usd(amount)),
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
    /// Whether it ends with that period.
    pub ends: bool,
    /// When somebody last edited it.
    pub edited: Option<Timestamp>,
    /// Whether AWS sets its limit.
    pub auto_adjusting: bool,
    /// Its notifications.
    pub rungs: Vec<Rung>,
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
