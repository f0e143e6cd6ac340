//! A task as the API and its events show it: the same members, with instants as numbers in the one and
//! as text in the other.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html>.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::container_instances::{Resources, arn_of};
use super::task::{LastStatus, Task};
use super::{arn, tags, task_definitions};
use crate::world::World;

/// A task, its instants written in this way.
pub(super) fn show(
    world: &World,
    task: &Task,
    instant: fn(Timestamp) -> Value,
    with_tags: bool,
) -> Value {
    let cluster = &task.cluster;
    let task_arn = arn::task(&world.identity, cluster, &task.id);
    let size = Resources::of_task(world, task);
    let mut shown = Map::new();
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("containers", containers(world, task, &task_arn));
    put("clusterArn", json!(arn::cluster(&world.identity, cluster)));
    put("taskDefinitionArn", json!(task.task_definition));
    put("group", json!(task.group));
    put("lastStatus", json!(task.last.name()));
    put("desiredStatus", json!(desired_status(task)));
    put("healthStatus", json!(health(world, task)));
    put("version", json!(task.version));
    put("launchType", json!(task.launch_type));
    put("cpu", json!(size.cpu.to_string()));
    put("memory", json!(size.memory.to_string()));
    put("createdAt", instant(task.created));
    if with_tags {
        put("tags", tags::listed(world, &task_arn));
    }
    put("taskArn", json!(task_arn));
    if !task.started_by.is_empty() {
        put("startedBy", json!(task.started_by));
    }
    if let Some(provider) = &task.provider {
        put("capacityProviderName", json!(provider));
    }
    let instances = &world.ecs.container_instances;
    if let Some(instance) = task
        .container_instance
        .as_ref()
        .and_then(|id| instances.get(id))
    {
        put("containerInstanceArn", json!(arn_of(world, instance)));
        put("availabilityZone", json!(instance.zone));
    }
    let moments = [
        ("startedAt", task.started),
        ("stoppingAt", task.stopping_since),
        ("stoppedAt", task.stopped),
    ];
    for (member, at) in moments {
        if let Some(at) = at {
            put(member, instant(at));
        }
    }
    if let Some((code, reason)) = &task.stop {
        put("stopCode", json!(code));
        put("stoppedReason", json!(reason));
    }
    Value::Object(shown)
}

/// `desiredStatus`.
pub(super) fn desired_status(task: &Task) -> &'static str {
    match task.stopping {
        true => "STOPPED",
        false => "RUNNING",
    }
}

/// UNKNOWN without a health check of the container, and before it has passed.
fn health(world: &World, task: &Task) -> &'static str {
    let definition = task_definitions::find(world, &task.task_definition);
    let containers = definition.and_then(|it| it.definition.get("containerDefinitions"));
    let containers = containers.and_then(Value::as_array);
    let checked = containers.is_some_and(|all| all.iter().any(|it| it["healthCheck"].is_object()));
    match (checked, task.is_healthy(world.now), task.healthy) {
        (true, true, _) => "HEALTHY",
        (true, false, None) if task.stop.is_some() && task.started.is_some() => "UNHEALTHY",
        _ => "UNKNOWN",
    }
}

fn containers(world: &World, task: &Task, task_arn: &str) -> Value {
    let definition = task_definitions::find(world, &task.task_definition);
    let containers = definition.and_then(|it| it.definition.get("containerDefinitions"));
    let containers = containers.and_then(Value::as_array).into_iter().flatten();
    let status = match task.last {
        LastStatus::Provisioning | LastStatus::Pending => "PENDING",
        LastStatus::Stopped => "STOPPED",
        _ => "RUNNING",
    };
    containers
        .map(|it| {
            let mut shown = json!({
                "taskArn": task_arn,
                "name": it["name"],
                "image": it["image"],
                "lastStatus": status,
            });
            if let Some(code) = task.exit_code {
                shown["exitCode"] = json!(code);
            }
            let pulled = task.started.is_some() || task.exit_code.is_some();
            let mut images = task.images.iter().filter(|_| pulled);
            if let Some(image) = images.find(|image| it["name"] == image.container) {
                shown["imageDigest"] = json!(image.digest);
            }
            shown
        })
        .collect()
}
