//! DeleteService: DRAINING while tasks are left, then INACTIVE.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::deployments::History;
use super::input::{invalid, read, service_not_found};
use super::service::{Scheduling, ServiceId, Status};
use super::task::LastStatus;
use super::{announce, arn, clusters, describe, scheduler};
use crate::call::{ApiError, Call};
use crate::world::World;

#[derive(Deserialize)]
struct Delete {
    cluster: Option<String>,
    service: String,
    #[serde(default)]
    force: bool,
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Delete = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    let id = ServiceId::new(&cluster.name, arn::name_in(&input.service));
    let service = world.ecs.service_mut(&id).ok_or_else(service_not_found)?;
    if service.status == Status::Inactive {
        return Err(service_not_found());
    }
    if service.desired > 0 && !input.force && service.scheduling == Scheduling::Replica {
        return Err(invalid(
            "The service cannot be stopped while it is scaled above 0.",
        ));
    }
    service.status = Status::Draining;
    service.desired = 0;
    scheduler::reconcile(world, &id);
    let output = json!({"service": describe::show(world, &id, true)});
    announce::api_call(world, call, &output);
    Ok(output)
}

/// A DRAINING service is INACTIVE when each of its tasks is STOPPING or STOPPED.
pub(super) fn conclude(world: &mut World, id: &ServiceId) {
    let Some(service) = world.ecs.service(id) else {
        return;
    };
    let mut tasks = service
        .tasks
        .iter()
        .filter_map(|it| world.ecs.tasks.get(it));
    if service.status != Status::Draining || tasks.any(|it| it.last < LastStatus::Stopping) {
        return;
    }
    let arn = service.arn.clone();
    if let Some(service) = world.ecs.service_mut(id) {
        service.status = Status::Inactive;
        service.deployments.clear();
        service.history = History::default();
    }
    world.ecs.tags.replace(&arn, BTreeMap::new(), world.now);
}
