//! A budget: what it allows, what it has been told was spent, and who hears of it.
//!
//! Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::amount::{Amount, Spend};
use super::period::{Period, TimeUnit};
use super::rung::Rung;
use crate::services::ecs::epoch;

/// A budget.
#[derive(Clone, Debug)]
pub struct Budget {
    /// Its name, unique in the account.
    pub name: String,
    /// `COST`, `USAGE` or another of the API's types.
    pub kind: String,
    /// Its limit, where it is the same in every period.
    pub limit: Option<Spend>,
    /// Its limits by the beginning of the period from which they hold.
    pub planned: BTreeMap<Timestamp, Spend>,
    /// How long a period is.
    pub unit: TimeUnit,
    /// From when to when it exists.
    pub whole: Period,
    /// The period that it is in.
    pub period: Period,
    /// What Budgets says was spent; nothing if it says nothing.
    pub reading: Option<Reading>,
    /// When somebody last edited it.
    pub edited: Timestamp,
    /// Why it is not up to date, if it is not, and since when.
    pub ill: Option<(Illness, Timestamp)>,
    /// Its notifications.
    pub rungs: Vec<Rung>,
    /// How its past periods ended.
    pub past: Vec<Past>,
    /// Further members as they were given, such as `CostFilters`.
    pub(super) settings: Map<String, Value>,
}

/// What Budgets says was spent: `CalculatedSpend`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// In this period so far.
    pub actual: Amount,
    /// In the whole of this period, as far as there is a forecast.
    pub forecast: Option<Amount>,
}

/// How a period ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Which.
    pub period: Period,
    /// The limit that it had.
    pub limit: Option<Spend>,
    /// The last figure that was known.
    pub actual: Amount,
}

/// Why a budget is UNHEALTHY: `StatusReason`.
///
/// Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_HealthStatus.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Illness {
    /// The billing view lets this account read nothing.
    BillingViewNoAccess,
    /// The billing view itself is unhealthy.
    BillingViewUnhealthy,
    /// The filter names an account that this one cannot read.
    FilterInvalid,
    /// The budget needs history that is switched off.
    MultiYearHistoricalDataDisabled,
}

impl Illness {
    /// The name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::BillingViewNoAccess => "BILLING_VIEW_NO_ACCESS",
            Self::BillingViewUnhealthy => "BILLING_VIEW_UNHEALTHY",
            Self::FilterInvalid => "FILTER_INVALID",
            Self::MultiYearHistoricalDataDisabled => "MULTI_YEAR_HISTORICAL_DATA_DISABLED",
        }
    }
}

impl Budget {
    /// The limit that holds at `now`; when the planned ones are used up, the last of them.
    pub fn limit_at(&self, now: Timestamp) -> Option<&Spend> {
        let planned = self.planned.range(..=now).next_back();
        let planned = planned.or_else(|| self.planned.first_key_value());
        self.limit.as_ref().or(planned.map(|(_, limit)| limit))
    }

    /// What its amounts are of.
    pub(super) fn measure(&self) -> String {
        let planned = || self.planned.values().next();
        let limit = self.limit.as_ref().or_else(planned);
        limit.map_or_else(|| "USD".to_owned(), |limit| limit.unit.clone())
    }

    /// As the API shows it.
    pub(super) fn show(&self, now: Timestamp, with_filter: bool) -> Value {
        let mut shown = self.settings.clone();
        if !with_filter {
            shown.remove("FilterExpression");
        }
        let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
        put("BudgetName", json!(self.name));
        put("BudgetType", json!(self.kind));
        put("TimeUnit", json!(self.unit.name()));
        put("TimePeriod", self.whole.show());
        put("BudgetLimit", json!(self.limit_at(now).map(Spend::show)));
        put(
            "CalculatedSpend",
            json!(self.reading.as_ref().map(|it| self.calculated(it))),
        );
        put("LastUpdatedTime", epoch(self.edited));
        put("HealthStatus", self.health());
        if !self.planned.is_empty() {
            let planned = self.planned.iter();
            let planned = planned.map(|(from, limit)| (from.as_second().to_string(), limit.show()));
            put("PlannedBudgetLimits", Value::Object(planned.collect()));
        }
        Value::Object(shown)
    }

    /// As the input of UpdateBudget that changes nothing but the limit.
    pub(crate) fn edited_to(&self, limit: &Amount, now: Timestamp) -> Value {
        let mut new = self.show(now, true);
        new["BudgetLimit"]["Amount"] = json!(limit.as_str());
        for planned in ["PlannedBudgetLimits", "CalculatedSpend"] {
            new[planned] = Value::Null;
        }
        new
    }

    fn calculated(&self, reading: &Reading) -> Value {
        let spend = |amount: &Amount| json!({"Amount": amount.as_str(), "Unit": self.measure()});
        json!({
            "ActualSpend": spend(&reading.actual),
            "ForecastedSpend": reading.forecast.as_ref().map(spend),
        })
    }

    fn health(&self) -> Value {
        match &self.ill {
            None => json!({"Status": "HEALTHY", "LastUpdatedTime": epoch(self.edited)}),
            Some((why, since)) => json!({
                "Status": "UNHEALTHY",
                "StatusReason": why.name(),
                "LastUpdatedTime": epoch(*since),
            }),
        }
    }
}

impl Reading {
    /// What an edit leaves of it, until new data come.
    pub(super) fn zeroed(&self) -> Self {
        Self {
            actual: Amount::zero(),
            forecast: self.forecast.as_ref().map(|_| Amount::zero()),
        }
    }

    /// Nothing spent, nothing forecast: what a budget shows until its first data come.
    pub fn none_yet() -> Self {
        Self {
            actual: Amount::zero(),
            forecast: None,
        }
    }
}
