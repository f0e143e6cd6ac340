//! The calls that change a group.

use serde_json::{Value, json};

use super::group::Group;
use super::hooks::Hook;
use super::tags::read_tags;
use super::{end, group, group_of, invalid, lower_camel, mix, required, settle};
use crate::call::{ApiError, Call};
use crate::services::events::uuid;
use crate::world::World;

/// A member that is a count.
fn count(call: &Call, member: &str) -> Result<Option<u32>, ApiError> {
    let read = |text: &str| {
        text.parse().map_err(|_| {
            invalid(format!(
                "1 validation error detected: Value '{text}' at '{}' failed to satisfy constraint: Member must have value greater than or equal to 0",
                lower_camel(member)
            ))
        })
    };
    call.text(member).map(read).transpose()
}

/// Refuses sizes that contradict each other.
fn check_sizes(min: u32, max: u32, desired: u32) -> Result<(), ApiError> {
    if min > max {
        return Err(invalid(format!(
            "Max bound, {max}, must be greater than or equal to min bound, {min}"
        )));
    }
    if !(min..=max).contains(&desired) {
        return Err(invalid(format!(
            "Desired capacity:{desired} must be between the specified min size:{min} and max size:{max}"
        )));
    }
    Ok(())
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html>.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "AutoScalingGroupName")?.to_owned();
    required(call, "MinSize")?;
    required(call, "MaxSize")?;
    let min = count(call, "MinSize")?.unwrap_or_default();
    let max = count(call, "MaxSize")?.unwrap_or_default();
    let desired = count(call, "DesiredCapacity")?.unwrap_or(min);
    check_sizes(min, max, desired)?;
    if world.autoscaling.groups.contains_key(&name) {
        return Err(ApiError::client(
            "AlreadyExists",
            format!(
                "AutoScalingGroup by this name already exists - A group with the name {name} already exists"
            ),
        ));
    }
    let template = template(call)?;
    mix::check(&template["MixedInstancesPolicy"])?;
    let hooks = call.input["LifecycleHookSpecificationList"].as_array();
    let hooks = hooks.into_iter().flatten();
    let hooks: Result<Vec<Hook>, _> = hooks.map(|hook| Hook::read(hook, None)).collect();
    let hooks = hooks?;
    let tags = read_tags(call)?.into_iter();
    let mut group = Group::new(world, &name, (min, max, desired));
    group.template = template;
    group.hooks = hooks;
    group.capacity_rebalance = call.text("CapacityRebalance") == Some("true");
    group.tags = tags.map(|given| (given.key, given.tag)).collect();
    let zones = call.input["AvailabilityZones"].as_array();
    let zones = zones.into_iter().flatten().filter_map(Value::as_str);
    let zones: Vec<String> = zones.map(str::to_owned).collect();
    if !zones.is_empty() {
        group.zones = zones;
    }
    world.autoscaling.groups.insert(name.clone(), group);
    settle(world, &name);
    Ok(json!({}))
}

/// What the instances are launched from.
fn template(call: &Call) -> Result<Value, ApiError> {
    let given = [
        "LaunchTemplate",
        "MixedInstancesPolicy",
        "LaunchConfigurationName",
    ]
    .into_iter()
    .find(|member| !call.input[member].is_null());
    match given {
        Some(member) => Ok(json!({ member: call.input[member] })),
        None => Err(invalid(
            "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.",
        )),
    }
}

/// "Any properties that you don't specify are not changed"; that this holds inside a
/// MixedInstancesPolicy too is inferred.
/// A bound that crosses the current size takes the desired capacity with it, unless the call
/// names one: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_UpdateAutoScalingGroup.html>.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "AutoScalingGroupName")?.to_owned();
    let group = group(world, &name)?;
    let min = count(call, "MinSize")?.unwrap_or(group.min);
    let max = count(call, "MaxSize")?.unwrap_or(group.max);
    let desired = match count(call, "DesiredCapacity")? {
        Some(desired) => desired,
        None => group.desired.max(min).min(max),
    };
    check_sizes(min, max, desired)?;
    let policy = &call.input["MixedInstancesPolicy"];
    if !policy.is_null() {
        group.change_mix(policy)?;
    }
    if let Some(rebalance) = call.text("CapacityRebalance") {
        group.capacity_rebalance = rebalance == "true";
    }
    (group.min, group.max, group.desired) = (min, max, desired);
    settle(world, &name);
    Ok(json!({}))
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html>.
pub(super) fn set_desired(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "AutoScalingGroupName")?.to_owned();
    required(call, "DesiredCapacity")?;
    let desired = count(call, "DesiredCapacity")?.unwrap_or_default();
    let group = group(world, &name)?;
    let crossed = if desired > group.max {
        Some(("above max", group.max))
    } else if desired < group.min {
        Some(("below min", group.min))
    } else {
        None
    };
    if let Some((how, bound)) = crossed {
        return Err(invalid(format!(
            "New SetDesiredCapacity value {desired} is {how} value {bound} for the AutoScalingGroup."
        )));
    }
    group.desired = desired;
    settle(world, &name);
    Ok(json!({}))
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TerminateInstanceInAutoScalingGroup.html>.
pub(super) fn terminate(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let id = required(call, "InstanceId")?.to_owned();
    let fewer = required(call, "ShouldDecrementDesiredCapacity")? == "true";
    let name = group_of(world, &id).map(|group| group.name.clone());
    let name = name.ok_or_else(|| {
        invalid(format!(
            "Instance Id not found - No managed instance found for instance ID: {id}"
        ))
    })?;
    let (now, activity) = (world.now, uuid(&world.id()));
    let group = group(world, &name)?;
    if fewer && group.desired == group.min {
        return Err(invalid(
            "Currently, desiredSize equals minSize. Terminating instance without replacement will violate group's min size constraint.",
        ));
    }
    group.desired -= u32::from(fewer);
    end(world, &id);
    Ok(json!({ "Activity": {
        "ActivityId": activity,
        "AutoScalingGroupName": name,
        "Description": format!("Terminating EC2 instance: {id}"),
        "Cause": format!("At {now:.0} instance {id} was taken out of service in response to a user request."),
        "StartTime": format!("{now:.3}"),
        "StatusCode": "InProgress",
        "Progress": 0,
        "Details": "{}",
    } }))
}
