//! Alarms as a stack file describes them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::alarm::{Alarm, Kind, Metric, State, arn};
use super::rule::Rule;
use super::state::{composites, measured};
use crate::call::ApiError;
use crate::world::World;

/// An alarm: on a metric, or on other alarms if it has a rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AlarmSpec {
    /// Its name.
    pub name: String,
    /// Its description.
    #[serde(default)]
    pub description: String,
    /// The metric's namespace.
    #[serde(default = "balancer")]
    pub namespace: String,
    /// The metric.
    #[serde(default = "errors")]
    pub metric: String,
    /// The metric's dimensions.
    #[serde(default)]
    pub dimensions: BTreeMap<String, String>,
    /// Seconds of a datapoint.
    #[serde(default = "minute")]
    pub period: u32,
    /// How many datapoints are looked at.
    #[serde(default = "one")]
    pub evaluation_periods: u32,
    /// Above which value it goes to ALARM.
    #[serde(default)]
    pub threshold: f64,
    /// The rule of a composite alarm, such as `ALARM(web-5xx) OR ALARM(api-5xx)`.
    #[serde(default)]
    pub rule: Option<String>,
    /// The alarm that suppresses a composite alarm's actions.
    #[serde(default)]
    pub suppressor: Option<String>,
    /// Its state; OK if nothing is said, and what the rule says if it has one.
    #[serde(default)]
    pub state: State,
    /// Its tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// Whether its events carry its tags.
    #[serde(default)]
    pub propagate_tags: bool,
}

fn balancer() -> String {
    "AWS/ApplicationELB".to_owned()
}

fn errors() -> String {
    "HTTPCode_Target_5XX_Count".to_owned()
}

fn minute() -> u32 {
    60
}

fn one() -> u32 {
    1
}

impl AlarmSpec {
    /// Puts it into the world, behind the alarms that it watches.
    pub fn build(&self, world: &mut World) -> Result<(), ApiError> {
        let refused = |reason: String| ApiError::client("ValidationError", reason);
        let kind = match &self.rule {
            Some(rule) => Kind::Composite {
                rule: Rule::read(rule).map_err(refused)?,
                suppressor: self.suppressor.clone(),
            },
            None => Kind::Metric(self.metric()),
        };
        let now = world.now;
        let (reason, reason_data) = measured(self.threshold, self.state, now);
        let alarm = Alarm {
            name: self.name.clone(),
            description: self.description.clone(),
            kind,
            state: self.state,
            reason,
            reason_data,
            updated: now,
            transitioned: now,
            configured: now,
            says: self.state,
            returns: None,
            tags: self.tags.clone(),
            propagates_tags: self.propagate_tags,
        };
        world.cloudwatch.alarms.insert(self.name.clone(), alarm);
        self.follow_rule(world);
        Ok(())
    }

    /// A composite alarm begins with what its rule says.
    fn follow_rule(&self, world: &mut World) {
        let all = composites(world);
        let own = all.into_iter().find(|(name, _)| *name == self.name);
        let arn = arn(&world.identity, &self.name);
        if let (Some((name, state)), true) = (own, self.rule.is_some())
            && let Some(alarm) = world.cloudwatch.alarms.get_mut(&name)
        {
            let state_name = state.name();
            alarm.state = state;
            alarm.reason =
                format!("{arn} was created and its alarm rule evaluates to {state_name}");
            alarm.reason_data = "{\"triggeringAlarms\":[]}".to_owned();
        }
    }

    fn metric(&self) -> Metric {
        Metric {
            namespace: self.namespace.clone(),
            name: self.metric.clone(),
            dimensions: self.dimensions.clone(),
            period: self.period,
            evaluation_periods: self.evaluation_periods,
            threshold: self.threshold,
        }
    }
}
