//! The calls that are about lifecycle hooks.

use serde_json::{Value, json};

use super::hooks::{Hook, TERMINATING, Verdict};
use super::{drains, group, invalid, news, required, settle};
use crate::call::{ApiError, Call};
use crate::world::World;

/// The most hooks of a group:
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-quotas.html>.
const MOST_HOOKS: usize = 50;

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutLifecycleHook.html>.
pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "LifecycleHookName")?.to_owned();
    let hooks = &mut group(world, required(call, "AutoScalingGroupName")?)?.hooks;
    let place = hooks.iter().position(|hook| hook.name == name);
    match call.text("LifecycleTransition") {
        Some(TERMINATING) => {}
        None if place.is_some() => {}
        None => {
            return Err(invalid(
                "Lifecycle Transition is required for new lifecycle hooks.",
            ));
        }
        Some(_) => return Err(ApiError::not_modelled(call)),
    }
    let hook = Hook::read(&call.input, place.map(|place| &hooks[place]))?;
    let target = hook.target.clone();
    match place {
        Some(place) => hooks[place] = hook,
        None if hooks.len() >= MOST_HOOKS => {
            return Err(ApiError::client(
                "LimitExceeded",
                "You have already reached a limit for your Amazon EC2 Auto Scaling resources.",
            ));
        }
        None => hooks.push(hook),
    }
    if let Some(queue) = target.filter(|_| call.text("NotificationTargetARN").is_some()) {
        let group = required(call, "AutoScalingGroupName")?.to_owned();
        news::test_notification(world, &queue, &group);
    }
    Ok(answer())
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeLifecycleHooks.html>.
pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let of_ecs = drains(world, required(call, "AutoScalingGroupName")?).then(Hook::of_ecs);
    let group = group(world, required(call, "AutoScalingGroupName")?)?;
    let named = call.input["LifecycleHookNames"].as_array();
    let asked = |hook: &&Hook| named.is_none_or(|names| names.contains(&json!(hook.name)));
    let hooks = group.hooks.iter().chain(&of_ecs).filter(asked);
    let hooks: Vec<Value> = hooks.map(|hook| hook.described(&group.name)).collect();
    Ok(json!({ "LifecycleHooks": hooks }))
}

/// Whoever waits for the hook goes on: "CONTINUE for terminating instances",
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteLifecycleHook.html>.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "LifecycleHookName")?.to_owned();
    let group_name = required(call, "AutoScalingGroupName")?.to_owned();
    let now = world.now;
    let group = group(world, &group_name)?;
    if !group.hooks.iter().any(|hook| hook.name == name) {
        return Err(invalid(format!(
            "No Lifecycle Hook found: {name} for group {group_name}"
        )));
    }
    group.hooks.retain(|hook| hook.name != name);
    let told = group.conclude_all(&name, Verdict::Continue, now);
    news::announce(world, &group_name, told);
    settle(world, &group_name);
    Ok(answer())
}

/// An answer without members, which has an element all the same: `PutLifecycleHookAnswer` in
/// botocore's service model. A member that is null is left out.
fn answer() -> Value {
    json!({ "None": null })
}

/// An instance that waits: its id and the hook that it waits for.
struct Waiting {
    group: String,
    hook: String,
    instance: String,
}

/// The lifecycle action that a call means, by its token or by its instance.
///
/// The wording is that of AWS, seen at
/// <https://github.com/spacelift-io/terraform-aws-spacelift-workerpool-on-ec2/pull/197> and
/// <https://github.com/convox/rack/issues/2432>.
fn waiting(world: &mut World, call: &Call) -> Result<Waiting, ApiError> {
    let hook = required(call, "LifecycleHookName")?.to_owned();
    let name = required(call, "AutoScalingGroupName")?.to_owned();
    let (token, id) = (call.text("LifecycleActionToken"), call.text("InstanceId"));
    let missing = match (token, id) {
        (Some(token), _) => format!("token {token}"),
        (None, Some(id)) => format!("instance ID {id}"),
        (None, None) => {
            return Err(invalid(
                "Either a lifecycle action token or an instance ID must be specified.",
            ));
        }
    };
    let group = world.autoscaling.groups.get(&name);
    let mut instances = group.into_iter().flat_map(|group| &group.instances);
    let found = instances.find(|instance| {
        id.is_none_or(|id| instance.id == id)
            && instance.actions.iter().any(|action| {
                action.hook == hook && token.is_none_or(|token| action.token == token)
            })
    });
    match found {
        Some(instance) => Ok(Waiting {
            instance: instance.id.clone(),
            group: name,
            hook,
        }),
        None => Err(invalid(format!(
            "No active Lifecycle Action found with {missing}"
        ))),
    }
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html>.
pub(super) fn complete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let verdict = Verdict::read(required(call, "LifecycleActionResult")?)?;
    let waiting = waiting(world, call)?;
    let now = world.now;
    let group = group(world, &waiting.group)?;
    let told = group.conclude(&waiting.instance, &waiting.hook, verdict, now);
    news::announce(world, &waiting.group, told);
    settle(world, &waiting.group);
    Ok(answer())
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RecordLifecycleActionHeartbeat.html>.
pub(super) fn beat(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let waiting = waiting(world, call)?;
    let now = world.now;
    let group = group(world, &waiting.group)?;
    let hook = group.hooks.iter().find(|hook| hook.name == waiting.hook);
    if let Some(heartbeat) = hook.map(|hook| hook.heartbeat) {
        let instances = group.instances.iter_mut();
        let mut actions = instances
            .filter(|instance| instance.id == waiting.instance)
            .flat_map(|instance| &mut instance.actions);
        if let Some(action) = actions.find(|action| action.hook == waiting.hook) {
            action.beat(heartbeat, now);
        }
    }
    settle(world, &waiting.group);
    Ok(answer())
}
