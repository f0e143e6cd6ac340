//! A container instance as the API and its events show it.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html#attributes>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>.

use serde_json::{Map, Value, json};

use super::{ContainerInstance, Resources};
use crate::services::ecs::{announce, arn, epoch, tags};
use crate::world::World;

/// An instance's ARN.
pub(in crate::services::ecs) fn arn_of(world: &World, instance: &ContainerInstance) -> String {
    arn::container_instance(&world.identity, &instance.cluster, &instance.id)
}

/// An instance as DescribeContainerInstances shows it.
pub(in crate::services::ecs) fn show(
    world: &World,
    instance: &ContainerInstance,
    with_tags: bool,
) -> Value {
    let mut shown = common(world, instance);
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    // By desired status: a task that is told to stop is no longer counted while it still runs.
    put("runningTasksCount", json!(instance.count(world, true)));
    put("pendingTasksCount", json!(instance.count(world, false)));
    put("registeredAt", epoch(instance.registered));
    if let Some(provider) = &instance.provider {
        put("capacityProviderName", json!(provider));
    }
    put("attachments", json!([]));
    put(
        "tags",
        match with_tags {
            true => tags::listed(world, &arn_of(world, instance)),
            false => json!([]),
        },
    );
    Value::Object(shown)
}

/// An instance has changed: its version rises, and that is announced.
pub(super) fn changed(world: &mut World, id: &str) {
    let Some(instance) = world.ecs.container_instances.get_mut(id) else {
        return;
    };
    instance.version += 1;
    announce::container_instance(world, id, |world, instance| {
        let mut detail = common(world, instance);
        let cluster = arn::cluster(&world.identity, &instance.cluster);
        detail.insert("clusterArn".to_owned(), json!(cluster));
        detail.insert("updatedAt".to_owned(), json!(announce::instant(world.now)));
        Value::Object(detail)
    });
}

/// What the API and the event have in common. The event of AWS's own example has no task counts.
fn common(world: &World, instance: &ContainerInstance) -> Map<String, Value> {
    let registered = Resources::of_type(&instance.instance_type);
    let tasks = instance.tasks.keys();
    let tasks = tasks.filter_map(|task| world.ecs.tasks.get(task));
    let remaining = tasks.fold(registered, |left, task| {
        left.without(Resources::of_task(world, task))
    });
    let mut shown = Map::new();
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("containerInstanceArn", json!(arn_of(world, instance)));
    put("ec2InstanceId", json!(instance.ec2_instance));
    put("status", json!(instance.status.name()));
    put("agentConnected", json!(instance.agent_connected));
    put("version", json!(instance.version));
    put(
        "versionInfo",
        json!({"agentHash": "5c27cd09", "agentVersion": "1.89.2", "dockerVersion": "DockerVersion: 25.0.6"}),
    );
    put("registeredResources", registered.show());
    put("remainingResources", remaining.show());
    put(
        "attributes",
        json!([
            {"name": "ecs.instance-type", "value": instance.instance_type},
            {"name": "ecs.availability-zone", "value": instance.zone},
            {"name": "ecs.os-type", "value": "linux"},
        ]),
    );
    shown
}

impl ContainerInstance {
    /// How many tasks run here, or are on their way to, of those that are wanted.
    fn count(&self, world: &World, running: bool) -> usize {
        let tasks = self.tasks.keys();
        let wanted = tasks.filter_map(|task| world.ecs.tasks.get(task));
        let wanted = wanted.filter(|task| !task.stopping && task.is_running() == running);
        wanted.count()
    }
}
