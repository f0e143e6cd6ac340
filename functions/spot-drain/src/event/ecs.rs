//! What ECS says of container instances, tasks and services.
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>.

use domain::arn::{ClusterArn, ContainerInstanceArn, ServiceArn, TaskArn};
use domain::drain::{ContainerInstanceSeen, InstanceId, Pool, Says, Status, TaskSeen};
use serde::Deserialize;
use serde_json::Value;
use shell::json::BadField;

use super::{Heard, bad, instance, part};

/// A container instance changed.
pub(super) const INSTANCE: &str = "ECS Container Instance State Change";
/// A task changed.
pub(super) const TASK: &str = "ECS Task State Change";
/// A service did something, or could not.
pub(super) const SERVICE: &str = "ECS Service Action";

/// The two codes with which ECS stops a task whose capacity is taken back: the first is in today's
/// documentation, the second was in that of 2023.
const TAKEN_BACK: [&str; 2] = ["SpotInterruption", "TerminationNotice"];
/// The one service action that is read.
const PLACEMENT_FAILED: &str = "SERVICE_TASK_PLACEMENT_FAILURE";
/// The attributes that name a pool.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html#attributes>.
const ZONE: &str = "ecs.availability-zone";
const TYPE: &str = "ecs.instance-type";
/// How the group of a task begins that belongs to a service.
const OF_A_SERVICE: &str = "service:";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instance {
    cluster_arn: String,
    container_instance_arn: String,
    ec2_instance_id: Option<String>,
    status: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    agent_connected: bool,
    #[serde(default)]
    attributes: Vec<Attribute>,
}

/// An attribute of a container instance; many have no value.
#[derive(Debug, Deserialize)]
pub(crate) struct Attribute {
    name: String,
    value: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    task_arn: String,
    cluster_arn: String,
    group: Option<String>,
    capacity_provider_name: Option<String>,
    container_instance_arn: Option<String>,
    availability_zone: Option<String>,
    last_status: String,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    stop_code: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    event_name: String,
    cluster_arn: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    capacity_provider_arns: Vec<String>,
}

pub(super) fn container_instance(detail: Value) -> Result<Heard, BadField> {
    let seen: Instance = part("detail", detail)?;
    // A machine of ECS Anywhere is none of EC2's.
    let ec2 = seen.ec2_instance_id.filter(|id| !id.starts_with("mi-"));
    let Some(ec2) = ec2 else {
        return Ok(Heard::NotForUs("not-an-ec2-instance"));
    };
    let Some(status) = Status::from_name(&seen.status) else {
        return Ok(Heard::NotForUs("a-status-that-is-not-known"));
    };
    let instance: InstanceId = instance::id("detail.ec2InstanceId", &ec2)?;
    let attributes = seen.attributes.iter();
    let attributes = attributes.filter_map(|one| Some((one.name.as_str(), one.value.as_deref()?)));
    Ok(Says::Instance(ContainerInstanceSeen {
        instance,
        cluster: cluster(&seen.cluster_arn)?,
        arn: place(&seen.container_instance_arn)?,
        status,
        version: seen.version,
        agent_connected: seen.agent_connected,
        pool: pool(attributes),
    })
    .into())
}

pub(super) fn task(detail: Value) -> Result<Heard, BadField> {
    let seen: Task = part("detail", detail)?;
    if !TAKEN_BACK.contains(&seen.stop_code.as_str()) {
        return Ok(Heard::NotForUs("a-task-that-stops-for-another-reason"));
    }
    let cluster = cluster(&seen.cluster_arn)?;
    let name = seen.group.as_deref();
    let name = name.and_then(|group| group.strip_prefix(OF_A_SERVICE));
    let service = name.map(|name| service("detail.group", &cluster, name));
    let container_instance = seen.container_instance_arn.as_deref().map(place);
    let arn = TaskArn::parse(&seen.task_arn).map_err(|error| bad("detail.taskArn", error))?;
    Ok(Says::TaskStopping(TaskSeen {
        arn,
        service: service.transpose()?,
        cluster,
        provider: seen.capacity_provider_name,
        container_instance: container_instance.transpose()?,
        zone: seen.availability_zone,
        last_status: seen.last_status,
        version: seen.version,
        stop_code: seen.stop_code,
    })
    .into())
}

/// Only `resources` names the service.
pub(super) fn service_action(detail: Value, resources: &Value) -> Result<Heard, BadField> {
    let seen: Service = part("detail", detail)?;
    if seen.event_name != PLACEMENT_FAILED {
        return Ok(Heard::NotForUs("not-a-placement-that-failed"));
    }
    let cluster = cluster(&seen.cluster_arn)?;
    let named = resources.get(0).and_then(Value::as_str);
    let named = named.and_then(|arn| arn.rsplit('/').next());
    let named = named.ok_or_else(|| bad("resources", "name no service"))?;
    let provider = seen.capacity_provider_arns.first();
    let provider = provider.and_then(|arn| arn.rsplit('/').next());
    Ok(Says::PlacementFailed {
        service: service("resources", &cluster, named)?,
        cluster,
        reason: seen.reason,
        provider: provider.map(str::to_owned),
    }
    .into())
}

/// The pool of an instance with these attributes, if they name both its parts.
pub(crate) fn pool<'a>(attributes: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Pool> {
    let (mut zone, mut instance_type) = (None, None);
    for (name, value) in attributes {
        match name {
            ZONE => zone = Some(value.to_owned()),
            TYPE => instance_type = Some(value.to_owned()),
            _ => {}
        }
    }
    Some(Pool {
        instance_type: instance_type?,
        zone: zone?,
    })
}

fn cluster(text: &str) -> Result<ClusterArn, BadField> {
    ClusterArn::parse(text).map_err(|error| bad("detail.clusterArn", error))
}

fn place(text: &str) -> Result<ContainerInstanceArn, BadField> {
    let read = ContainerInstanceArn::parse(text);
    read.map_err(|error| bad("detail.containerInstanceArn", error))
}

/// A service has its short ARN in some events, which names no cluster.
fn service(field: &str, cluster: &ClusterArn, name: &str) -> Result<ServiceArn, BadField> {
    ServiceArn::within(cluster, name).map_err(|error| bad(field, error))
}
