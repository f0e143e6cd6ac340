//! A budget as a stack file describes it.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::budget::Reading;
use super::meter::{Meter, MeterSpec};
use super::period::TimeUnit;
use super::{Amount, MODULE, alerts};
use crate::call::{ApiError, Call};
use crate::world::World;

/// How long ago it was created: so long that no edit explains its figures.
const AGE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A budget for costs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BudgetSpec {
    /// Its name.
    pub name: String,
    /// Its limit in USD.
    pub limit: Amount,
    /// How long a period is; a month if nothing is said.
    #[serde(default)]
    pub time_unit: TimeUnit,
    /// What it shows as spent at first.
    #[serde(default = "Amount::zero")]
    pub spent: Amount,
    /// What it shows as forecast at first.
    pub forecast: Option<Amount>,
    /// Its notifications.
    #[serde(default)]
    pub notifications: Vec<RungSpec>,
    /// What its figures follow, if not only the script.
    pub meter: Option<MeterSpec>,
}

/// A notification: at this share of the limit, or at this amount.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RungSpec {
    /// ACTUAL if nothing is said.
    #[serde(default, rename = "type")]
    pub kind: RungKind,
    /// The threshold.
    pub at: ThresholdSpec,
    /// The topic that is told: its name, or its ARN.
    pub topic: Option<String>,
    /// The e-mail addresses that are told.
    #[serde(default)]
    pub email: Vec<String>,
}

/// What a notification looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RungKind {
    /// What was spent.
    #[default]
    Actual,
    /// What is forecast.
    Forecasted,
}

/// A threshold.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdSpec {
    /// In percent of the limit.
    Percent(f64),
    /// In USD.
    Usd(f64),
}

impl RungKind {
    /// The name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Actual => "ACTUAL",
            Self::Forecasted => "FORECASTED",
        }
    }
}

impl RungSpec {
    /// As `Notification`.
    pub(crate) fn notification(&self) -> Value {
        let (threshold, kind) = match self.at {
            ThresholdSpec::Percent(percent) => (percent, "PERCENTAGE"),
            ThresholdSpec::Usd(amount) => (amount, "ABSOLUTE_VALUE"),
        };
        json!({
            "NotificationType": self.kind.name(),
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": threshold,
            "ThresholdType": kind,
        })
    }

    /// As `Subscribers`.
    pub(crate) fn subscribers(&self, world: &World) -> Value {
        let topic = self
            .topic
            .as_ref()
            .map(|topic| json!({"SubscriptionType": "SNS", "Address": topic_arn(world, topic)}));
        let mails = self.email.iter();
        let mails = mails.map(|mail| json!({"SubscriptionType": "EMAIL", "Address": mail}));
        topic.into_iter().chain(mails).collect()
    }
}

/// The ARN of a topic that is written as its name or its ARN.
pub(crate) fn topic_arn(world: &World, topic: &str) -> String {
    let identity = &world.identity;
    match topic.starts_with("arn:") {
        true => topic.to_owned(),
        false => format!(
            "arn:aws:sns:{}:{}:{topic}",
            identity.region, identity.account_id
        ),
    }
}

impl BudgetSpec {
    /// As the input of CreateBudget.
    pub(crate) fn input(&self, world: &World) -> Value {
        let rungs = self.notifications.iter().map(|rung| {
            json!({"Notification": rung.notification(), "Subscribers": rung.subscribers(world)})
        });
        json!({
            "AccountId": world.identity.account_id,
            "Budget": {
                "BudgetName": self.name,
                "BudgetType": "COST",
                "BudgetLimit": {"Amount": self.limit.as_str(), "Unit": "USD"},
                "TimeUnit": self.time_unit.name(),
            },
            "NotificationsWithSubscribers": rungs.collect::<Vec<_>>(),
        })
    }

    /// Puts the budget into the world. It was there before: nothing is announced, not even a
    /// threshold that it is beyond already.
    pub fn build(&self, world: &mut World) -> Result<(), ApiError> {
        let call = Call {
            at: world.now,
            caller: "stack".to_owned(),
            service: MODULE.service,
            operation: "CreateBudget".to_owned(),
            input: self.input(world),
        };
        (MODULE.call)(world, &call)?;
        let now = world.now;
        if let Some(budget) = world.budgets.budgets.get_mut(&self.name) {
            budget.edited = now.saturating_sub(AGE).unwrap_or(now);
            budget.reading = Some(Reading {
                actual: self.spent.clone(),
                forecast: self.forecast.clone(),
            });
        }
        alerts::settle(world, &self.name);
        if let Some(meter) = &self.meter {
            let meter = Meter::new(meter.clone(), now);
            world.budgets.meters.insert(self.name.clone(), meter);
        }
        Ok(())
    }
}
