//! EventBridge Scheduler as far as the suite needs it: ticks, not an API.
//!
//! Source: <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::services::events::{self, Delivery, RetryPolicy};
use crate::world::World;

/// A schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// When it fires.
    pub when: When,
    /// How far into its minute it fires, below 60 seconds: Scheduler's precision.
    pub lag: SignedDuration,
    /// The ARN of the function that it invokes.
    pub target: String,
    /// What the function receives. `<aws.scheduler.scheduled-time>` and
    /// `<aws.scheduler.execution-id>` are filled in, as
    /// <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html>
    /// says.
    pub input: Value,
}

/// When a schedule fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// `rate(n minutes)`, the first time at `first`.
    Every {
        /// The interval.
        minutes: u32,
        /// The first time.
        first: Timestamp,
    },
    /// `at(...)`: once.
    At(Timestamp),
}

/// The schedules and when each fires next.
#[derive(Debug, Default)]
pub struct Scheduler {
    schedules: BTreeMap<String, Schedule>,
    agenda: BTreeSet<(Timestamp, String)>,
}

impl Scheduler {
    /// Creates a schedule, or replaces the one of that name.
    pub fn put(&mut self, schedule: Schedule) {
        self.delete(&schedule.name);
        let (When::Every { first, .. } | When::At(first)) = schedule.when;
        self.agenda.insert((first, schedule.name.clone()));
        self.schedules.insert(schedule.name.clone(), schedule);
    }

    /// Deletes a schedule; one that is not there is no matter.
    pub fn delete(&mut self, name: &str) {
        if self.schedules.remove(name).is_some() {
            self.agenda.retain(|(_, scheduled)| scheduled != name);
        }
    }

    /// When a schedule fires next.
    pub fn due(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// Takes the next firing that is due, and plans the one after it.
    fn take(&mut self, now: Timestamp) -> Option<(Timestamp, Schedule)> {
        if self.due()? > now {
            return None;
        }
        let (at, name) = self.agenda.pop_first()?;
        let schedule = self.schedules.get(&name)?.clone();
        if let When::Every { minutes, .. } = schedule.when {
            let interval = SignedDuration::from_mins(i64::from(minutes.max(1)));
            self.agenda.insert((events::later(at, interval), name));
        }
        Some((at, schedule))
    }
}

/// Puts what is due on its way to its target.
pub(crate) fn advance(world: &mut World) {
    while let Some((at, schedule)) = world.scheduler.take(world.now) {
        let execution = events::uuid(&world.id());
        let due = events::later(at, schedule.lag);
        let delivery = Delivery {
            cause: schedule.name,
            target: schedule.target,
            payload: filled_in(&schedule.input, at, &execution),
            since: at,
            due,
            failed: 0,
            policy: RetryPolicy::default(),
            dead_letter: None,
        };
        world.events.deliveries.add(delivery);
    }
}

fn filled_in(input: &Value, at: Timestamp, execution: &str) -> Value {
    match input {
        Value::String(text) => Value::String(
            text.replace(
                "<aws.scheduler.scheduled-time>",
                &at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            )
            .replace("<aws.scheduler.execution-id>", execution),
        ),
        Value::Array(items) => items
            .iter()
            .map(|item| filled_in(item, at, execution))
            .collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), filled_in(value, at, execution)))
                .collect(),
        ),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::services::events::{Twist, Twisted, take_due_deliveries};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn schedule(when: When) -> Schedule {
        Schedule {
            name: "off-hours-tick".into(),
            when,
            lag: SignedDuration::from_secs(20),
            target: "arn:aws:lambda:eu-central-1:123456789012:function:off-hours".into(),
            input: json!({"action": "tick", "at": "<aws.scheduler.scheduled-time>"}),
        }
    }

    /// Everything that reaches a target by `to`, with the moment at which it does.
    fn delivered(world: &mut World, to: &str) -> Vec<(Timestamp, Delivery)> {
        let mut all = Vec::new();
        while let Some(due) = world.next_due().filter(|due| *due <= at(to)) {
            world.advance_to(due);
            let now = world.now;
            all.extend(
                take_due_deliveries(world)
                    .into_iter()
                    .map(|delivery| (now, delivery)),
            );
        }
        all
    }

    #[test]
    fn a_rate_fires_every_time_within_its_minute() {
        let mut world = World::new(at("2026-11-21T08:00:00Z"));
        let first = at("2026-11-21T08:05:00Z");
        world
            .scheduler
            .put(schedule(When::Every { minutes: 5, first }));
        let ticks = delivered(&mut world, "2026-11-21T08:16:00Z");
        let moments: Vec<_> = ticks.iter().map(|(now, _)| now.to_string()).collect();
        assert_eq!(
            moments,
            [
                "2026-11-21T08:05:20Z",
                "2026-11-21T08:10:20Z",
                "2026-11-21T08:15:20Z"
            ]
        );
        assert_eq!(
            ticks[1].1.payload,
            json!({"action": "tick", "at": "2026-11-21T08:10:00Z"})
        );
    }

    #[test]
    fn an_at_fires_once() {
        let mut world = World::new(at("2026-11-21T08:00:00Z"));
        world
            .scheduler
            .put(schedule(When::At(at("2026-11-21T09:00:00Z"))));
        assert_eq!(delivered(&mut world, "2026-11-22T09:00:00Z").len(), 1);
    }

    #[test]
    fn a_tick_may_come_twice() {
        let mut world = World::new(at("2026-11-21T08:00:00Z"));
        world.events.deliveries.script(Twist {
            twisted: Twisted::Repeated(SignedDuration::from_secs(3)),
            mentions: "off-hours".into(),
            skip: 0,
            times: 1,
        });
        world
            .scheduler
            .put(schedule(When::At(at("2026-11-21T09:00:00Z"))));
        let ticks = delivered(&mut world, "2026-11-21T10:00:00Z");
        assert_eq!(ticks.len(), 2);
        assert_eq!(ticks[0].1.payload, ticks[1].1.payload);
    }

    #[test]
    fn a_deleted_schedule_is_silent() {
        let mut world = World::new(at("2026-11-21T08:00:00Z"));
        world
            .scheduler
            .put(schedule(When::At(at("2026-11-21T09:00:00Z"))));
        world.scheduler.delete("off-hours-tick");
        assert_eq!(world.next_due(), None);
    }
}
