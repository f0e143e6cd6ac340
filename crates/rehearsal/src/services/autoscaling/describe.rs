//! DescribeAutoScalingGroups.
//!
//! Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>.

use serde_json::{Value, json};

use super::group::Group;
use super::instance::Instance;
use super::invalid;
use crate::call::{ApiError, Call};
use crate::page::page;
use crate::world::World;

/// Fifty to a page, or as many as are asked for, up to a hundred.
pub(super) fn page_size(call: &Call) -> Result<usize, ApiError> {
    let Some(asked) = call.text("MaxRecords") else {
        return Ok(50);
    };
    match asked.parse() {
        Ok(size @ 1..=100) => Ok(size),
        _ => Err(invalid(format!(
            "1 validation error detected: Value '{asked}' at 'maxRecords' failed to satisfy constraint: Member must have value between 1 and 100"
        ))),
    }
}

/// A page of these under this name.
pub(super) fn listed(member: &str, items: Vec<Value>, call: &Call) -> Result<Value, ApiError> {
    let (items, next) = page(items, call.text("NextToken"), page_size(call)?)
        .map_err(|_| ApiError::client("InvalidNextToken", "The token is not valid."))?;
    Ok(json!({ member: items, "NextToken": next }))
}

/// A request's filters: names, and the values of which one must fit.
pub(super) fn filters(call: &Call) -> Vec<(String, Vec<String>)> {
    let given = call.input["Filters"].as_array();
    given
        .into_iter()
        .flatten()
        .map(|filter| {
            let values = filter["Values"].as_array();
            let values = values.into_iter().flatten().filter_map(Value::as_str);
            let name = filter["Name"].as_str().unwrap_or_default();
            (name.to_owned(), values.map(str::to_owned).collect())
        })
        .collect()
}

pub(super) fn groups(world: &World, call: &Call) -> Result<Value, ApiError> {
    let named = call.input["AutoScalingGroupNames"].as_array();
    let with_instances = call.text("IncludeInstances") != Some("false");
    let filters = filters(call);
    let mut found = Vec::new();
    for group in world.autoscaling.groups.values() {
        let asked = named.is_none_or(|names| names.contains(&json!(group.name)));
        if asked && fits(group, &filters)? {
            found.push(described(group, with_instances));
        }
    }
    listed("AutoScalingGroups", found, call)
}

/// Whether a group passes every filter.
fn fits(group: &Group, filters: &[(String, Vec<String>)]) -> Result<bool, ApiError> {
    let mut fits = true;
    for (name, values) in filters {
        let mut tags = group.tags.iter();
        fits &= match name.as_str() {
            "tag-key" => tags.any(|(key, _)| values.contains(key)),
            "tag-value" => tags.any(|(_, tag)| values.contains(&tag.value)),
            _ => match name.strip_prefix("tag:") {
                Some(key) => group
                    .tags
                    .get(key)
                    .is_some_and(|tag| values.contains(&tag.value)),
                None => {
                    return Err(invalid(format!(
                        "Filter type {name} is not correct. Allowed Filter types are: tag-key tag-value tag:key"
                    )));
                }
            },
        };
    }
    Ok(fits)
}

fn described(group: &Group, with_instances: bool) -> Value {
    let instances: Vec<Value> = group
        .instances
        .iter()
        .filter(|_| with_instances)
        .map(described_instance)
        .collect();
    let suspended: Vec<Value> = group
        .suspended
        .iter()
        .map(|(process, at)| {
            json!({
                "ProcessName": process,
                "SuspensionReason": format!("User suspended at {}", at.strftime("%Y-%m-%dT%H:%M:%SZ")),
            })
        })
        .collect();
    let mut shown = json!({
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "MinSize": group.min,
        "MaxSize": group.max,
        "DesiredCapacity": group.desired,
        "DefaultCooldown": 300,
        "AvailabilityZones": group.zones,
        "LoadBalancerNames": [],
        "TargetGroupARNs": [],
        "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": 0,
        "Instances": instances,
        "CreatedTime": format!("{:.3}", group.created),
        "SuspendedProcesses": suspended,
        "EnabledMetrics": [],
        "Tags": super::tags::described(group),
        "TerminationPolicies": ["Default"],
        "NewInstancesProtectedFromScaleIn": false,
    });
    if group.capacity_rebalance {
        shown["CapacityRebalance"] = json!(true);
    }
    if let (Value::Object(shown), Value::Object(template)) = (&mut shown, &group.template) {
        shown.extend(template.clone());
    }
    shown
}

fn described_instance(instance: &Instance) -> Value {
    json!({
        "InstanceId": instance.id,
        "InstanceType": instance.instance_type,
        "AvailabilityZone": instance.zone,
        "LifecycleState": instance.phase.name(),
        "HealthStatus": if instance.gone { "Unhealthy" } else { "Healthy" },
        "ProtectedFromScaleIn": false,
    })
}

/// The most ids of a call, and the most instances of a page.
const MOST_INSTANCES: usize = 50;

/// DescribeAutoScalingInstances: "If you specify an ID that does not exist, it is ignored with no
/// error", <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingInstances.html>.
pub(super) fn instances(world: &World, call: &Call) -> Result<Value, ApiError> {
    let named = call.input["InstanceIds"].as_array();
    if named.is_some_and(|ids| ids.len() > MOST_INSTANCES) {
        return Err(invalid(
            "1 validation error detected: Value at 'instanceIds' failed to satisfy constraint: Member must have length less than or equal to 50",
        ));
    }
    let asked = |instance: &Instance| named.is_none_or(|ids| ids.contains(&json!(instance.id)));
    let mut found = Vec::new();
    for group in world.autoscaling.groups.values() {
        for instance in group.instances.iter().filter(|one| asked(one)) {
            let mut shown = described_instance(instance);
            shown["AutoScalingGroupName"] = json!(group.name);
            // In capitals here, unlike in a group.
            shown["HealthStatus"] = json!(if instance.gone {
                "UNHEALTHY"
            } else {
                "HEALTHY"
            });
            found.push(shown);
        }
    }
    listed("AutoScalingInstances", found, call)
}
