//! An alarm.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html>.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::rule::Rule;
use crate::world::Identity;

/// An alarm.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// What it watches.
    pub kind: Kind,
    /// Its state.
    pub state: State,
    /// Why it is in that state.
    pub reason: String,
    /// The same for programs: JSON as text.
    pub reason_data: String,
    /// When it was last evaluated or set.
    pub updated: Timestamp,
    /// When it last went from one state to another.
    pub transitioned: Timestamp,
    /// When it was made.
    pub configured: Timestamp,
    /// What its metric says, whatever a person set.
    pub says: State,
    /// When it returns to that.
    pub returns: Option<Timestamp>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether its events carry its tags.
    pub propagates_tags: bool,
}

/// What an alarm watches.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A metric.
    Metric(Metric),
    /// Other alarms.
    Composite {
        /// Its rule.
        rule: Rule,
        /// The alarm that suppresses its actions while it is in ALARM.
        suppressor: Option<String>,
    },
}

/// What a metric alarm watches.
#[derive(Clone, Debug)]
pub struct Metric {
    /// The metric's namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// Seconds of a datapoint.
    pub period: u32,
    /// How many datapoints are looked at.
    pub evaluation_periods: u32,
    /// Above which value it goes to ALARM.
    pub threshold: f64,
}

/// `StateValue`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// All is well.
    #[default]
    Ok,
    /// It is red.
    Alarm,
    /// Nothing is known.
    InsufficientData,
}

impl State {
    /// As CloudWatch spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// The state of this name.
    pub fn of(name: &str) -> Option<Self> {
        let all = [Self::Ok, Self::Alarm, Self::InsufficientData];
        all.into_iter().find(|state| state.name() == name)
    }
}

impl Alarm {
    /// Its ARN.
    pub fn arn(&self, identity: &Identity) -> String {
        arn(identity, &self.name)
    }

    /// How long it takes to see what happens: the datapoints that it looks at. A composite alarm takes
    /// as long as the alarms that it watches, which say so themselves.
    pub fn looks_back(&self) -> SignedDuration {
        match &self.kind {
            Kind::Metric(it) => {
                SignedDuration::from_secs(i64::from(it.period * it.evaluation_periods))
            }
            Kind::Composite { .. } => SignedDuration::ZERO,
        }
    }
}

/// The ARN of an alarm of this name.
pub(super) fn arn(identity: &Identity, name: &str) -> String {
    format!(
        "arn:aws:cloudwatch:{}:{}:alarm:{name}",
        identity.region, identity.account_id
    )
}
