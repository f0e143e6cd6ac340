//! What ECS puts on the event bus of deployments, and what a service says of them in its `events`.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html>.

use serde_json::{Value, json};

use super::Deployment;
use crate::services::ecs::announce::{action, instant, put, say, tell};
use crate::services::ecs::service::ServiceId;
use crate::world::World;

/// `ECS Deployment State Change`, and the same name as `ECS Service Action`.
pub(super) fn deployment(world: &mut World, id: &ServiceId, it: &Deployment, event_name: &str) {
    if event_name == "SERVICE_DEPLOYMENT_COMPLETED" {
        say(
            world,
            id,
            &format!("(deployment {}) deployment completed.", it.id),
        );
    }
    deployment_event(world, id, it, "INFO", event_name);
}

/// The same of a deployment that was given up, where ECS tells of that.
pub(super) fn deployment_failed(
    world: &mut World,
    id: &ServiceId,
    it: &Deployment,
    why: &str,
    told: bool,
) {
    let text = format!("(deployment {}) deployment failed: {why}.", it.id);
    say(world, id, &text);
    if told {
        deployment_event(world, id, it, "ERROR", "SERVICE_DEPLOYMENT_FAILED");
    }
}

fn deployment_event(
    world: &mut World,
    id: &ServiceId,
    it: &Deployment,
    event_type: &str,
    event_name: &str,
) {
    let detail = json!({
        "eventType": event_type,
        "eventName": event_name,
        "deploymentId": it.id,
        "updatedAt": instant(it.updated),
        "reason": it.reason(),
    });
    tell(world, id, "ECS Deployment State Change", detail);
    action(world, id, event_type, event_name);
}

/// A deployment is rolled back to this one.
pub(super) fn rolling_back(world: &mut World, id: &ServiceId, target: &str) {
    say(world, id, &format!("rolling back to deployment {target}."));
}

/// `ECS Hook State Change`.
pub(super) fn hook(world: &mut World, detail: Value) {
    put(world, "ECS Hook State Change", Vec::new(), detail);
}
