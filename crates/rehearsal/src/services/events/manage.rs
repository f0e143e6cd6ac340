//! The calls that manage rules and targets.

use serde_json::{Value, json};

use super::pattern::Pattern;
use super::rules::{Filter, Rule, Target, arn};
use super::schedule::{Recurrence, rate};
use super::{invalid, required};
use crate::call::{ApiError, Call};
use crate::page::page;
use crate::world::World;

/// Limits of the default bus: <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>.
const MOST_RULES: usize = 300;
const MOST_TARGETS: usize = 5;

fn missing(name: &str) -> ApiError {
    ApiError::client(
        "ResourceNotFoundException",
        format!("Rule {name} does not exist on EventBus default."),
    )
}

fn too_many() -> ApiError {
    ApiError::client(
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
    )
}

/// Whether a bus's name or ARN is the default bus's.
pub(super) fn is_default(bus: &str) -> bool {
    bus == "default" || bus.ends_with(":event-bus/default")
}

/// Only the default bus is modelled.
fn on_default_bus(call: &Call) -> Result<(), ApiError> {
    match call.text("EventBusName") {
        Some(bus) if !is_default(bus) => Err(ApiError::client(
            "ResourceNotFoundException",
            format!("Event bus {bus} does not exist."),
        )),
        _ => Ok(()),
    }
}

fn read_pattern(text: &str) -> Result<Pattern, ApiError> {
    let refused = |reason: String| {
        ApiError::client(
            "InvalidEventPatternException",
            format!("Event pattern is not valid. Reason: {reason}"),
        )
    };
    let pattern: Value =
        serde_json::from_str(text).map_err(|_| refused("Invalid JSON".to_owned()))?;
    Pattern::parse(&pattern).map_err(|reason| refused(reason.to_string()))
}

pub(super) fn put_rule(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    on_default_bus(call)?;
    let name = required(call, "Name")?.to_owned();
    let schedule = read_schedule(call)?;
    let filter = match call.text("EventPattern") {
        Some(text) => Some(Filter {
            text: text.to_owned(),
            pattern: read_pattern(text)?,
        }),
        None if schedule.is_none() => {
            return Err(invalid(
                "Parameter(s) EventPattern or ScheduleExpression must be specified.",
            ));
        }
        None => None,
    };
    let now = world.now;
    let rules = &mut world.events.rules;
    if rules.len() >= MOST_RULES && !rules.contains_key(&name) {
        return Err(too_many());
    }
    let targets = rules
        .remove(&name)
        .map(|rule| rule.targets)
        .unwrap_or_default();
    let mut rule = Rule {
        name: name.clone(),
        filter,
        schedule,
        enabled: false,
        description: call.text("Description").map(str::to_owned),
        targets,
    };
    rule.switch(call.text("State") != Some("DISABLED"), now);
    rules.insert(name.clone(), rule);
    Ok(json!({ "RuleArn": arn(world, &name) }))
}

/// Rates only.
fn read_schedule(call: &Call) -> Result<Option<Recurrence>, ApiError> {
    let Some(text) = call.text("ScheduleExpression") else {
        return Ok(None);
    };
    if text.starts_with("cron(") {
        return Err(ApiError::not_modelled(call));
    }
    let every = rate(text).ok_or_else(|| invalid("Parameter ScheduleExpression is not valid."))?;
    Ok(Some(Recurrence {
        text: text.to_owned(),
        every,
        next: None,
    }))
}

/// Source: <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EnableRule.html>.
pub(super) fn switch(world: &mut World, call: &Call, on: bool) -> Result<Value, ApiError> {
    on_default_bus(call)?;
    let now = world.now;
    rule(world, required(call, "Name")?)?.switch(on, now);
    Ok(json!({}))
}

fn rule<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Rule, ApiError> {
    world
        .events
        .rules
        .get_mut(name)
        .ok_or_else(|| missing(name))
}

pub(super) fn put_targets(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    on_default_bus(call)?;
    let rule = rule(world, required(call, "Rule")?)?;
    let given = call.input["Targets"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let mut targets = rule.targets.clone();
    for given in given {
        let (Some(id), Some(arn)) = (given["Id"].as_str(), given["Arn"].as_str()) else {
            return Err(invalid(
                "1 validation error detected: a target needs an Id and an Arn",
            ));
        };
        if !given["InputTransformer"].is_null() {
            return Err(ApiError::not_modelled(call));
        }
        let (id, arn) = (id.to_owned(), arn.to_owned());
        targets.insert(id, Target { given, arn });
    }
    if targets.len() > MOST_TARGETS {
        return Err(too_many());
    }
    rule.targets = targets;
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

pub(super) fn remove_targets(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    on_default_bus(call)?;
    let rule = rule(world, required(call, "Rule")?)?;
    let ids = call.input["Ids"].as_array().map_or(&[][..], Vec::as_slice);
    for id in ids.iter().filter_map(Value::as_str) {
        rule.targets.remove(id);
    }
    Ok(json!({ "FailedEntryCount": 0, "FailedEntries": [] }))
}

pub(super) fn delete_rule(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    on_default_bus(call)?;
    let name = required(call, "Name")?;
    if let Some(rule) = world.events.rules.get(name)
        && !rule.targets.is_empty()
    {
        return Err(invalid("Rule can't be deleted since it has targets."));
    }
    world.events.rules.remove(name);
    Ok(json!({}))
}

pub(super) fn describe_rule(world: &World, call: &Call) -> Result<Value, ApiError> {
    on_default_bus(call)?;
    let name = required(call, "Name")?;
    let rule = world.events.rules.get(name).ok_or_else(|| missing(name))?;
    let mut described = rule.described(world);
    described["CreatedBy"] = json!(world.identity.account_id);
    Ok(described)
}

pub(super) fn list_rules(world: &World, call: &Call) -> Result<Value, ApiError> {
    on_default_bus(call)?;
    let prefix = call.text("NamePrefix").unwrap_or_default();
    let rules = world
        .events
        .rules
        .values()
        .filter(|rule| rule.name.starts_with(prefix))
        .map(|rule| rule.described(world))
        .collect();
    listed("Rules", rules, call)
}

pub(super) fn list_targets(world: &World, call: &Call) -> Result<Value, ApiError> {
    on_default_bus(call)?;
    let name = required(call, "Rule")?;
    let rule = world.events.rules.get(name).ok_or_else(|| missing(name))?;
    let targets = rule.targets.values();
    listed(
        "Targets",
        targets.map(|target| target.given.clone()).collect(),
        call,
    )
}

/// One page of at most `Limit`, which is 100 at most.
fn listed(member: &str, items: Vec<Value>, call: &Call) -> Result<Value, ApiError> {
    let limit = call.input["Limit"].as_u64().unwrap_or(100).clamp(1, 100) as usize;
    let (items, next) = page(items, call.text("NextToken"), limit)
        .map_err(|_| invalid("The provided NextToken is not valid."))?;
    let mut reply = json!({ member: items });
    if let Some(next) = next {
        reply["NextToken"] = json!(next);
    }
    Ok(reply)
}

pub(super) fn test_event_pattern(call: &Call) -> Result<Value, ApiError> {
    let pattern = read_pattern(required(call, "EventPattern")?)?;
    let event: Value = serde_json::from_str(required(call, "Event")?)
        .map_err(|_| invalid("Event is not valid. Reason: Invalid JSON"))?;
    Ok(json!({ "Result": pattern.matches(&event) }))
}
