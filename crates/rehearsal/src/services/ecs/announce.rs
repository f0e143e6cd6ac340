//! What ECS and CloudTrail put on the event bus, and what a service says in its `events`.
//!
//! Shapes: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::arn;
use super::deployments::Deployment;
use super::service::ServiceId;
use crate::call::Call;
use crate::services::events::emit;
use crate::world::World;

/// `ECS Deployment State Change`.
pub(super) fn deployment(world: &mut World, id: &ServiceId, it: &Deployment, event_name: &str) {
    let detail = json!({
        "eventType": "INFO",
        "eventName": event_name,
        "deploymentId": it.id,
        "updatedAt": instant(it.updated),
        "reason": it.reason(),
    });
    if event_name == "SERVICE_DEPLOYMENT_COMPLETED" {
        say(
            world,
            id,
            &format!("(deployment {}) deployment completed.", it.id),
        );
    }
    tell(world, id, "ECS Deployment State Change", detail);
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

/// `ECS Service Action`.
fn action(world: &mut World, id: &ServiceId, event_type: &str, event_name: &str) {
    let detail = json!({
        "eventType": event_type,
        "eventName": event_name,
        "clusterArn": arn::cluster(&world.identity, &id.cluster),
        "createdAt": instant(world.now),
    });
    tell(world, id, "ECS Service Action", detail);
}

fn say(world: &mut World, id: &ServiceId, text: &str) {
    let (now, message_id) = (world.now, world.id());
    if let Some(service) = world.ecs.service_mut(id) {
        let text = format!("(service {}) {text}", id.service);
        service.say(now, message_id, text);
    }
}

fn tell(world: &mut World, id: &ServiceId, detail_type: &str, detail: Value) {
    let arn = world.ecs.service(id).map(|service| service.arn.clone());
    put(world, detail_type, arn.into_iter().collect(), detail);
}

fn put(world: &mut World, detail_type: &str, resources: Vec<String>, detail: Value) {
    if !world.ecs.seeding {
        emit(world, "aws.ecs", detail_type, resources, detail);
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
fn instant(at: Timestamp) -> String {
    format!("{at:.3}")
}
