//! Rules and their targets: which events go where, and in what form.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::deliveries::{Delivery, LATENCY, RetryPolicy, later};
use super::pattern::Pattern;
use super::schedule::Recurrence;
use crate::world::World;

/// A rule of the default bus.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Which events it takes, if any.
    pub filter: Option<Filter>,
    /// When it runs by itself, if ever.
    pub schedule: Option<Recurrence>,
    /// Whether it acts at all.
    pub enabled: bool,
    /// Its description.
    pub description: Option<String>,
    /// Its targets by id.
    pub targets: BTreeMap<String, Target>,
}

/// Which events a rule takes.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The pattern as it was given.
    pub text: String,
    /// The pattern.
    pub pattern: Pattern,
}

/// A target as it was put, and what of it matters here.
#[derive(Clone, Debug)]
pub struct Target {
    /// The whole structure, for ListTargetsByRule.
    pub given: Value,
    /// Its ARN.
    pub arn: String,
}

impl Rule {
    /// Whether the event goes to this rule's targets.
    pub fn takes(&self, event: &Value) -> bool {
        let filter = self.filter.as_ref();
        self.enabled && filter.is_some_and(|filter| filter.pattern.matches(event))
    }

    /// Whether it may take events of this source and type.
    pub(super) fn may_want(&self, source: &str, detail_type: &str) -> bool {
        let filter = self.filter.as_ref();
        filter.is_some_and(|filter| filter.pattern.may_want(source, detail_type))
    }

    /// Switches the rule on or off.
    pub(super) fn switch(&mut self, on: bool, now: Timestamp) {
        let was = std::mem::replace(&mut self.enabled, on);
        if let Some(schedule) = &mut self.schedule {
            match on {
                true if !was || schedule.next.is_none() => schedule.start(now),
                true => {}
                false => schedule.next = None,
            }
        }
    }

    /// The event on its way to every target.
    pub(super) fn deliveries(&self, event: &Value, now: Timestamp) -> Vec<Delivery> {
        let to = |target: &Target| Delivery {
            cause: self.name.clone(),
            target: target.arn.clone(),
            payload: target.payload(event),
            since: now,
            due: later(now, LATENCY),
            failed: 0,
            policy: target.policy(),
            dead_letter: target.given["DeadLetterConfig"]["Arn"]
                .as_str()
                .map(str::to_owned),
        };
        self.targets.values().map(to).collect()
    }

    /// The rule as DescribeRule and ListRules show it.
    pub(super) fn described(&self, world: &World) -> Value {
        let mut rule = json!({
            "Name": self.name,
            "Arn": arn(world, &self.name),
            "State": if self.enabled { "ENABLED" } else { "DISABLED" },
            "EventBusName": "default",
        });
        if let Some(filter) = &self.filter {
            rule["EventPattern"] = json!(filter.text);
        }
        if let Some(schedule) = &self.schedule {
            rule["ScheduleExpression"] = json!(schedule.text);
        }
        if let Some(description) = &self.description {
            rule["Description"] = json!(description);
        }
        rule
    }
}

impl Target {
    /// The event, or what the rule sends in its place.
    fn payload(&self, event: &Value) -> Value {
        if let Some(input) = self.given["Input"].as_str() {
            return serde_json::from_str(input).unwrap_or(Value::Null);
        }
        let Some(path) = self.given["InputPath"].as_str() else {
            return event.clone();
        };
        let steps = path.trim_start_matches('$').split('.').skip(1);
        steps.fold(event, |place, step| &place[step]).clone()
    }

    fn policy(&self) -> RetryPolicy {
        let given = &self.given["RetryPolicy"];
        let default = RetryPolicy::default();
        let retries = given["MaximumRetryAttempts"].as_u64();
        let age = given["MaximumEventAgeInSeconds"].as_i64();
        RetryPolicy {
            retries: retries
                .and_then(|retries| retries.try_into().ok())
                .unwrap_or(default.retries),
            age: age.map_or(default.age, SignedDuration::from_secs),
        }
    }
}

/// The ARN of the rule with this name.
pub(super) fn arn(world: &World, name: &str) -> String {
    let identity = &world.identity;
    format!(
        "arn:aws:events:{}:{}:rule/{name}",
        identity.region, identity.account_id
    )
}
