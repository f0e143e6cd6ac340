//! What ECS and CloudTrail put on the event bus, and what a service says in its `events`.
//!
//! Shapes: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::container_instances::{self, ContainerInstance, arn_of};
use super::service::ServiceId;
use super::{arn, fargate_spot, task_show};
use crate::call::Call;
use crate::services::events::{emit, is_wanted};
use crate::world::World;

/// Who sends them.
const SOURCE: &str = "aws.ecs";

/// A task is replaced because its health check failed: its container's, or its target's. The words are
/// those of <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html>.
pub(super) fn unhealthy(world: &mut World, id: &ServiceId, task: &str, target_group: Option<&str>) {
    match target_group {
        None => say(
            world,
            id,
            &format!("(task {task}) failed container health checks."),
        ),
        Some(arn) => say(
            world,
            id,
            &format!(
                "(task {task}) is unhealthy in (target-group {arn}) due to (reason Health checks failed with these codes: [500])."
            ),
        ),
    }
}

/// The service has what it wants.
pub(super) fn steady(world: &mut World, id: &ServiceId) {
    say(world, id, "has reached a steady state.");
    action(world, id, "INFO", "SERVICE_STEADY_STATE");
}

/// Tasks fail to start again and again.
pub(super) fn impaired(world: &mut World, id: &ServiceId) {
    say(
        world,
        id,
        "is unable to consistently start tasks successfully.",
    );
    action(world, id, "WARN", "SERVICE_TASK_START_IMPAIRED");
}

/// Tasks were started or stopped.
pub(super) fn tasks_changed(world: &mut World, id: &ServiceId, verb: &str, tasks: &[String]) {
    if tasks.is_empty() {
        return;
    }
    let list: Vec<String> = tasks.iter().map(|task| format!("(task {task})")).collect();
    let text = format!("has {verb} {} tasks: {}.", tasks.len(), list.join(" "));
    say(world, id, &text);
}

/// No instance has room for a task, of the cluster or of the provider that it waits for. The words are
/// those of <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html>.
pub(super) fn no_instance(world: &mut World, id: &ServiceId, provider: Option<&str>) {
    let instances = container_instances::of_cluster(world, &id.cluster);
    let own =
        instances.filter(|it| it.takes_tasks() && provider.is_none_or(|_| it.counts(provider)));
    let instances: Vec<String> = own.map(|it| arn_of(world, it)).collect();
    let (reason, why) = match instances.is_empty() {
        true => (
            "EMPTY CAPACITY PROVIDER",
            "No Container Instances were found in your cluster.",
        ),
        false => (
            "RESOURCE:MEMORY",
            "The closest matching container-instance has insufficient memory available.",
        ),
    };
    let text = format!(
        "was unable to place a task because no container instance met all of its requirements. Reason: {why} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    );
    let mut more = json!({"reason": reason, "containerInstanceArns": instances});
    if let Some(name) = provider {
        more["capacityProviderArns"] = json!([arn::capacity_provider(&world.identity, name)]);
    }
    placement_failure(world, id, &text, more);
}

/// There is no Fargate Spot capacity.
pub(super) fn no_fargate_spot(world: &mut World, id: &ServiceId) {
    let text = "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.";
    let provider = arn::capacity_provider(&world.identity, fargate_spot::PROVIDER);
    let more = json!({"reason": "RESOURCE:FARGATE", "capacityProviderArns": [provider]});
    placement_failure(world, id, text, more);
}

fn placement_failure(world: &mut World, id: &ServiceId, text: &str, more: Value) {
    say(world, id, text);
    let name = "SERVICE_TASK_PLACEMENT_FAILURE";
    action_with(world, id, "ERROR", name, more);
}

/// `ECS Task State Change`. Costs nothing where no rule asks for it.
pub(super) fn task(world: &mut World, id: &str) {
    const KIND: &str = "ECS Task State Change";
    let Some(task) = world.ecs.tasks.get(id).filter(|_| is_heard(world, KIND)) else {
        return;
    };
    let mut detail = task_show::show(world, task, |at| json!(instant(at)), false);
    detail["updatedAt"] = json!(instant(world.now));
    let arn = arn::task(&world.identity, &task.cluster, id);
    put(world, KIND, vec![arn], detail);
}

/// `ECS Container Instance State Change`. Costs nothing where no rule asks for it.
pub(super) fn container_instance(
    world: &mut World,
    id: &str,
    detail: impl FnOnce(&World, &ContainerInstance) -> Value,
) {
    const KIND: &str = "ECS Container Instance State Change";
    let found = world.ecs.container_instances.get(id);
    let Some(instance) = found.filter(|_| is_heard(world, KIND)) else {
        return;
    };
    let (arn, detail) = (arn_of(world, instance), detail(world, instance));
    put(world, KIND, vec![arn], detail);
}

fn is_heard(world: &World, detail_type: &str) -> bool {
    !world.ecs.seeding && is_wanted(world, SOURCE, detail_type)
}

/// `ECS Service Action`.
pub(super) fn action(world: &mut World, id: &ServiceId, event_type: &str, event_name: &str) {
    action_with(world, id, event_type, event_name, json!({}));
}

fn action_with(world: &mut World, id: &ServiceId, event_type: &str, event_name: &str, more: Value) {
    let mut detail = json!({
        "eventType": event_type,
        "eventName": event_name,
        "clusterArn": arn::cluster(&world.identity, &id.cluster),
        "createdAt": instant(world.now),
    });
    if let (Value::Object(detail), Value::Object(more)) = (&mut detail, more) {
        detail.extend(more);
    }
    tell(world, id, "ECS Service Action", detail);
}

/// The service says something in its `events`.
pub(super) fn say(world: &mut World, id: &ServiceId, text: &str) {
    let (now, message_id) = (world.now, world.id());
    if let Some(service) = world.ecs.service_mut(id) {
        let text = format!("(service {}) {text}", id.service);
        service.say(now, message_id, text);
    }
}

/// Tells something of a service.
pub(super) fn tell(world: &mut World, id: &ServiceId, detail_type: &str, detail: Value) {
    let arn = world.ecs.service(id).map(|service| service.arn.clone());
    put(world, detail_type, arn.into_iter().collect(), detail);
}

/// Puts an event on the bus, unless what it tells was there before the story begins.
pub(super) fn put(world: &mut World, detail_type: &str, resources: Vec<String>, detail: Value) {
    if !world.ecs.seeding {
        emit(world, SOURCE, detail_type, resources, detail);
    }
}

/// `AWS API Call via CloudTrail`, for calls that succeeded. CloudTrail delivers within minutes;
/// here it does so at once.
pub(super) fn api_call(world: &mut World, call: &Call, response: &Value) {
    let role = &call.caller;
    let account = world.identity.account_id.clone();
    let (request_id, event_id) = (world.id(), world.id());
    let detail = json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": format!("AROAREHEARSAL:{role}"),
            "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{role}"),
            "accountId": account,
            "accessKeyId": role,
            "sessionContext": {"sessionIssuer": {
                "type": "Role",
                "principalId": "AROAREHEARSAL",
                "arn": format!("arn:aws:iam::{account}:role/{role}"),
                "accountId": account,
                "userName": role,
            }},
        },
        "eventTime": call.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": "ecs.amazonaws.com",
        "eventName": call.operation,
        "awsRegion": world.identity.region,
        "sourceIPAddress": "192.0.2.1",
        "userAgent": "rehearsal",
        "requestParameters": call.input,
        "responseElements": response,
        "requestID": request_id,
        "eventID": event_id,
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": account,
        "eventCategory": "Management",
    });
    put(world, "AWS API Call via CloudTrail", Vec::new(), detail);
}

/// Milliseconds and `Z`.
pub(super) fn instant(at: Timestamp) -> String {
    format!("{at:.3}")
}
