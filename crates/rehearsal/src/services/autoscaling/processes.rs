//! The processes of a group that can be suspended.

use serde_json::{Value, json};

use super::{group, invalid, required, settle};
use crate::call::{ApiError, Call};
use crate::world::World;

/// Every process that can be suspended.
///
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html>.
const PROCESSES: &[&str] = &[
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
];

/// The processes that a call names; none named means all.
fn processes(call: &Call) -> Result<Vec<String>, ApiError> {
    let named = call.input["ScalingProcesses"].as_array();
    let named: Vec<String> = named
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if let Some(strange) = named
        .iter()
        .find(|name| !PROCESSES.contains(&name.as_str()))
    {
        return Err(invalid(format!(
            "The process {strange} does not exist. Processes: {}",
            PROCESSES.join(", ")
        )));
    }
    if named.is_empty() {
        return Ok(PROCESSES.iter().map(|name| (*name).to_owned()).collect());
    }
    Ok(named)
}

/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SuspendProcesses.html>.
pub(super) fn suspend(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let now = world.now;
    let group = group(world, required(call, "AutoScalingGroupName")?)?;
    for process in processes(call)? {
        group.suspended.entry(process).or_insert(now);
    }
    Ok(json!({}))
}

/// What was held up by a suspended process happens when it is resumed.
pub(super) fn resume(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let name = required(call, "AutoScalingGroupName")?.to_owned();
    let group = group(world, &name)?;
    for process in processes(call)? {
        group.suspended.remove(&process);
    }
    settle(world, &name);
    Ok(json!({}))
}
