//! Service revisions: what a deployment brings, image by image.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html>.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{Deployment, nineteen_digits};
use crate::services::ecs::images::{self, ContainerImage};
use crate::services::ecs::service::{Controller, Launch, ServiceId};
use crate::world::World;

/// The settings of a service that a revision holds.
const SETTINGS: [&str; 4] = [
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceRegistries",
];

/// A service revision.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Nineteen digits.
    pub id: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// The images of its containers.
    pub images: Vec<ContainerImage>,
    /// What its tasks run on.
    pub launch: Launch,
    /// Load balancers, network and the like.
    pub settings: Map<String, Value>,
    /// When it was created.
    pub created: Timestamp,
}

/// Takes down what a service is like now, with this task definition, as its next revision; none where
/// somebody else than ECS deploys. Every deployment has one of its own: a choice.
pub(super) fn take(
    world: &mut World,
    id: &ServiceId,
    task_definition: &str,
    created: Timestamp,
) -> Option<String> {
    let service = world.ecs.service(id)?;
    if service.controller != Controller::Ecs {
        return None;
    }
    let of_service = |name: &&str| {
        let value = service.settings.get(*name)?;
        Some(((*name).to_owned(), value.clone()))
    };
    let settings = SETTINGS.iter().filter_map(of_service).collect();
    let launch = service.launch.clone();
    let images = images::of_deployment(world, task_definition, service.desired);
    let key = nineteen_digits(world);
    let revision = Revision {
        id: key.clone(),
        task_definition: task_definition.to_owned(),
        images,
        launch,
        settings,
        created,
    };
    world.ecs.service_mut(id)?.history.revisions.push(revision);
    Some(key)
}

/// Gives a service the settings back that it had with the revision of this deployment: a rollback
/// restores a revision and not only its task definition.
pub(super) fn restore(world: &mut World, id: &ServiceId, target: &Deployment) {
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    let wanted = target.revision.as_deref();
    let Some(revision) = wanted.and_then(|it| service.history.revision(it)).cloned() else {
        return;
    };
    service.launch = revision.launch;
    for name in SETTINGS {
        service.settings.remove(name);
    }
    service.settings.extend(revision.settings);
}
