//! From one state to another.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::alarm::{Kind, State};
use super::news;
use crate::journal::What;
use crate::world::World;

/// After how long a metric alarm that a person set returns to what its metric says: "quickly, often
/// within seconds", <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>.
/// The figure is a choice.
const RETURNS_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// What an alarm's metric shows from now on; false if there is no such metric alarm.
pub fn set_metric(world: &mut World, name: &str, says: State) -> bool {
    let now = world.now;
    let found = world.cloudwatch.alarms.get_mut(name);
    let Some(alarm) = found.filter(|it| matches!(it.kind, Kind::Metric(_))) else {
        return false;
    };
    (alarm.says, alarm.returns) = (says, None);
    let (reason, data) = measured(alarm.threshold(), says, now);
    enter(world, name, says, &reason, &data);
    true
}

/// A person sets an alarm's state. A metric alarm returns to what its metric says, a composite one
/// only when an alarm changes that it watches.
pub(super) fn set_by_hand(world: &mut World, name: &str, state: State, reason: &str, data: &str) {
    let returns = world.now.saturating_add(RETURNS_AFTER).ok();
    if let Some(alarm) = world.cloudwatch.alarms.get_mut(name) {
        let of_metric = matches!(alarm.kind, Kind::Metric(_));
        alarm.returns = returns.filter(|_| of_metric && alarm.says != state);
    }
    enter(world, name, state, reason, data);
}

/// Alarms that a person set return.
pub(super) fn return_due(world: &mut World) {
    let now = world.now;
    let alarms = world.cloudwatch.alarms.values();
    let due = alarms.filter(|it| it.returns.is_some_and(|at| at <= now));
    let due: Vec<(String, State)> = due.map(|it| (it.name.clone(), it.says)).collect();
    for (name, says) in due {
        set_metric(world, &name, says);
    }
}

/// An alarm is in a state; whoever watches it follows.
fn enter(world: &mut World, name: &str, state: State, reason: &str, data: &str) {
    let now = world.now;
    let Some(alarm) = world.cloudwatch.alarms.get_mut(name) else {
        return;
    };
    let before = alarm.clone();
    alarm.updated = now;
    alarm.state = state;
    reason.clone_into(&mut alarm.reason);
    data.clone_into(&mut alarm.reason_data);
    if before.state == state {
        return;
    }
    alarm.transitioned = now;
    let after = alarm.clone();
    world.happened(name, What::Alarm(state.name()));
    news::changed(world, &before, &after);
    follow(world, name);
}

/// Lets the composite alarms that watch an alarm follow it. One that watches itself does not.
fn follow(world: &mut World, name: &str) {
    let Some(moved) = world.cloudwatch.alarms.get(name) else {
        return;
    };
    let arn = moved.arn(&world.identity);
    let at = moved.transitioned;
    let reason = format!(
        "{arn} transitioned to {} at {}",
        moved.state.name(),
        at.strftime("%A %d %B, %Y %H:%M:%S UTC")
    );
    let trigger =
        json!({"arn": arn, "state": {"value": moved.state.name(), "timestamp": news::stamp(at)}});
    let data = json!({"triggeringAlarms": [trigger]}).to_string();
    for (composite, state) in composites(world) {
        let known = world.cloudwatch.alarms.get(&composite);
        if composite != name && known.is_some_and(|it| it.state != state && it.updated <= at) {
            enter(world, &composite, state, &reason, &data);
        }
    }
}

/// What every composite alarm's rule says now.
pub(super) fn composites(world: &World) -> Vec<(String, State)> {
    let alarms = &world.cloudwatch.alarms;
    let state = |name: &str| alarms.get(name).map(|it| it.state);
    let all = alarms.values().filter_map(|it| match &it.kind {
        Kind::Composite { rule, .. } if rule.holds(state) => Some((it.name.clone(), State::Alarm)),
        Kind::Composite { .. } => Some((it.name.clone(), State::Ok)),
        Kind::Metric(_) => None,
    });
    all.collect()
}

/// Why a metric alarm is in a state, in CloudWatch's words and as data:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>.
pub(super) fn measured(threshold: f64, says: State, at: Timestamp) -> (String, String) {
    let seen = match says {
        State::Alarm => threshold + 1.0,
        State::Ok | State::InsufficientData => 0.0,
    };
    let when = at.strftime("%d/%m/%y %H:%M:00");
    let reason = match says {
        State::Alarm => format!(
            "Threshold Crossed: 1 datapoint [{seen:?} ({when})] was greater than the threshold ({threshold:?})."
        ),
        State::Ok => format!(
            "Threshold Crossed: 1 datapoint [{seen:?} ({when})] was not greater than the threshold ({threshold:?})."
        ),
        State::InsufficientData => "Insufficient Data: 1 datapoint was unknown.".to_owned(),
    };
    let datapoints = match says {
        State::InsufficientData => json!([]),
        State::Alarm | State::Ok => json!([seen]),
    };
    let data = json!({
        "version": "1.0",
        "queryDate": news::stamp(at),
        "recentDatapoints": datapoints,
        "threshold": threshold,
    });
    (reason, data.to_string())
}

impl super::Alarm {
    fn threshold(&self) -> f64 {
        match &self.kind {
            Kind::Metric(it) => it.threshold,
            Kind::Composite { .. } => 0.0,
        }
    }
}
