//! EventBridge: the default bus, its rules, and the deliveries that follow from them.

mod deliveries;
mod manage;
pub mod pattern;
mod put_events;
mod queues;
mod rules;
mod schedule;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::{ApiError, Call};
use crate::journal::What;
use crate::modules::Module;
use crate::services::scheduler;
use crate::wire::Protocol;
use crate::world::World;

pub(crate) use deliveries::later;
pub use deliveries::{
    Deliveries, Delivery, RetryPolicy, Twist, Twisted, put_back, redeliver, take_due_deliveries,
};
pub use queues::give_up;
pub use rules::{Filter, Rule, Target};
pub use schedule::Recurrence;
pub(crate) use schedule::rate;

/// EventBridge. What Scheduler does by itself is done here too: it fills the same queue.
pub const MODULE: Module = Module {
    service: "events",
    protocol: Protocol::Json {
        target: "AWSEvents",
        version: "1.1",
    },
    operations: &[
        "PutEvents",
        "PutRule",
        "PutTargets",
        "RemoveTargets",
        "DeleteRule",
        "DescribeRule",
        "EnableRule",
        "DisableRule",
        "ListRules",
        "ListTargetsByRule",
        "TestEventPattern",
    ],
    call,
    due,
    advance,
};

/// What the account holds of EventBridge.
#[derive(Debug, Default)]
pub struct EventBridge {
    /// The rules of the default bus by name.
    pub rules: BTreeMap<String, Rule>,
    /// What is on its way to targets.
    pub deliveries: Deliveries,
}

/// Whether any rule may want events of this source and type: what nobody listens to need not be made.
pub(crate) fn is_wanted(world: &World, source: &str, detail_type: &str) -> bool {
    let mut rules = world.events.rules.values();
    rules.any(|rule| rule.enabled && rule.may_want(source, detail_type))
}

/// Puts an event of an AWS service on the default bus.
pub fn emit(
    world: &mut World,
    source: &str,
    detail_type: &str,
    resources: Vec<String>,
    detail: Value,
) {
    let at = world.now;
    publish(world, at, source, detail_type, resources, detail);
}

/// Puts an event on the default bus and returns its id.
fn publish(
    world: &mut World,
    time: Timestamp,
    source: &str,
    detail_type: &str,
    resources: Vec<String>,
    detail: Value,
) -> String {
    let id = uuid(&world.id());
    let event = json!({
        "version": "0",
        "id": id,
        "detail-type": detail_type,
        "source": source,
        "account": world.identity.account_id,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": world.identity.region,
        "resources": resources,
        "detail": detail,
    });
    let matching = world
        .events
        .rules
        .values()
        .filter(|rule| rule.may_want(source, detail_type) && rule.takes(&event));
    let deliveries: Vec<Delivery> = matching
        .flat_map(|rule| rule.deliveries(&event, world.now))
        .collect();
    for delivery in deliveries {
        world.events.deliveries.add(delivery);
    }
    world.happened(source, What::Event(event));
    id
}

/// 32 hexadecimal digits in the form of a UUID.
pub(crate) fn uuid(digits: &str) -> String {
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default().to_owned();
    [
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32),
    ]
    .join("-")
}

fn due(world: &World) -> Option<Timestamp> {
    let delivery = world.events.deliveries.next_after(world.now);
    let ticks = world
        .scheduler
        .due()
        .into_iter()
        .chain(schedule::due(world));
    delivery.into_iter().chain(ticks).min()
}

fn advance(world: &mut World) {
    scheduler::advance(world);
    schedule::run_due(world);
    queues::fill(world);
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "PutEvents" => put_events::put_events(world, call),
        "PutRule" => manage::put_rule(world, call),
        "PutTargets" => manage::put_targets(world, call),
        "RemoveTargets" => manage::remove_targets(world, call),
        "DeleteRule" => manage::delete_rule(world, call),
        "DescribeRule" => manage::describe_rule(world, call),
        "EnableRule" => manage::switch(world, call, true),
        "DisableRule" => manage::switch(world, call, false),
        "ListRules" => manage::list_rules(world, call),
        "ListTargetsByRule" => manage::list_targets(world, call),
        "TestEventPattern" => manage::test_event_pattern(call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// A refusal of the input as such.
fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("ValidationException", message)
}

/// A member that must be there.
fn required<'a>(call: &'a Call, member: &str) -> Result<&'a str, ApiError> {
    call.text(member).ok_or_else(|| {
        let mut name = member.to_owned();
        if let Some(first) = name.get_mut(0..1) {
            first.make_ascii_lowercase();
        }
        invalid(format!(
            "1 validation error detected: Value null at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

#[cfg(test)]
mod tests;
