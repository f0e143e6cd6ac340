//! What the tests are about, in a few words: `service("prod/api").tagged("stop").desired(3)`.

use std::collections::BTreeMap;

use domain::arn::ServiceArn;
use domain::budget::described::{Described, Spend};
use domain::budget::period::Period;
use domain::budget::prose::AlertType;
use domain::budget::reading::{Reading, Rung, Threshold};
use domain::budget::{BUDGET, BudgetName, Intent};
use domain::hold::Holds;
use domain::resting::Kind;
use domain::tag::Tags;
use jiff::Timestamp;
use rust_decimal::Decimal;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:budgets";

pub(crate) fn usd(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A moment of late 2026, in UTC: `11-19 10:00`.
pub(crate) fn on(text: &str) -> Timestamp {
    let (day, time) = text.split_once(' ').unwrap();
    let year = if day.starts_with("01") { 2027 } else { 2026 };
    format!("{year}-{day}T{time}:00Z").parse().unwrap()
}

pub(crate) fn name(text: &str) -> BudgetName {
    BudgetName::parse(text).unwrap()
}

pub(crate) fn arn(name: &str) -> ServiceArn {
    ServiceArn::parse(&format!(
        "arn:aws:ecs:eu-central-1:{ACCOUNT}:service/{name}"
    ))
    .unwrap()
}

pub(crate) fn november() -> Period {
    Period {
        start: on("11-01 00:00"),
        end: on("12-01 00:00"),
    }
}

/// A reading of November with a limit of 10 USD.
pub(crate) fn reading(actual: Option<&str>) -> Reading {
    Reading {
        limit: usd("10"),
        actual: actual.map(usd),
        forecast: None,
        period: november(),
        ends: false,
        edited: None,
        auto_adjusting: false,
        rungs: Vec::new(),
    }
}

/// A monthly budget as AWS describes it.
pub(crate) fn described(limit: &str, actual: &str) -> Described {
    let spend = |amount: &str| Spend {
        amount: amount.to_owned(),
        unit: "USD".to_owned(),
    };
    Described {
        limit: Some(spend(limit)),
        planned: BTreeMap::new(),
        unit: "MONTHLY".to_owned(),
        starts: Some(on("11-01 00:00")),
        ends: None,
        actual: Some(spend(actual)),
        forecast: None,
        edited: None,
        health: Some(("HEALTHY".to_owned(), None)),
        auto_adjusting: false,
        rungs: vec![Rung {
            alert: AlertType::Actual,
            threshold: Threshold::Percent(usd("80")),
            in_alarm: false,
        }],
    }
}

/// A service of the model.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    /// `CLUSTER/NAME`.
    pub(crate) name: String,
    /// Its own tags.
    pub(crate) tags: Tags,
    /// Who decides about its tasks.
    pub(crate) kind: Kind,
    /// ACTIVE; false is DRAINING.
    pub(crate) active: bool,
    /// Its count now.
    pub(crate) desired: u32,
    /// What a task costs in an hour.
    pub(crate) hour: Option<Decimal>,
    /// Whether a deployment is in progress.
    pub(crate) deploying: bool,
    /// The record of its rest: what holds it.
    pub(crate) holds: Holds,
    /// The record of its rest: what it had before its first hold.
    pub(crate) saved: Option<u32>,
    /// The record of its rest: whether it is as its holds ask.
    pub(crate) settled: bool,
    /// The record of its rest: when that was done.
    pub(crate) put_down: Option<Timestamp>,
}

/// A service without tags and without tasks, of which one costs five cents an hour.
pub(crate) fn service(name: &str) -> Thing {
    Thing {
        name: name.to_owned(),
        tags: Tags::new(),
        kind: Kind::Replica,
        active: true,
        desired: 0,
        hour: Some(usd("0.05")),
        deploying: false,
        holds: Holds::none(),
        saved: None,
        settled: true,
        put_down: None,
    }
}

impl Thing {
    pub(crate) fn tagged(mut self, value: &str) -> Self {
        self.tags.insert(BUDGET.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn desired(mut self, desired: u32) -> Self {
        self.desired = desired;
        self
    }

    pub(crate) fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn hour(mut self, hour: Option<&str>) -> Self {
        self.hour = hour.map(usd);
        self
    }

    pub(crate) fn intent(&self) -> Intent {
        Intent::of(&self.tags, &Tags::new())
    }
}
