//! What becomes of a service deployment, and of its tasks.

use super::opening::schedule;
use super::{ServiceDeployment, Status, Summary};
use crate::services::ecs::deployments::{Cause, Deployment};
use crate::services::ecs::describe::Counts;
use crate::services::ecs::service::{Service, ServiceId};
use crate::world::World;

/// The deployment that is PRIMARY has completed, the first way or the way back.
pub(in super::super) fn complete(world: &mut World, id: &ServiceId, completed: &Deployment) {
    let now = world.now;
    let at = if world.ecs.seeding {
        completed.created
    } else {
        now
    };
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    service.history.restorable = Some(completed.clone());
    let Some(it) = service.history.ongoing_mut() else {
        return;
    };
    let status = match it.status {
        Status::RollbackRequested | Status::RollbackInProgress => Status::RollbackSuccessful,
        _ => Status::Successful,
    };
    it.started.get_or_insert(at);
    it.becomes(status, at);
    let key = it.id.clone();
    settle(world, id, &key);
}

/// Notes who gave a service deployment up.
pub(in super::super) fn triggered(world: &mut World, id: &ServiceId, cause: &Cause) {
    let counted = counted(world, id);
    let Some(it) = ongoing_mut(world, id) else {
        return;
    };
    it.failures = it.failures.or(counted);
    match cause {
        Cause::Breaker => it.broken = true,
        Cause::Alarms(names) => it.alarms = Some(names.clone()),
        Cause::Person | Cause::Hook(_) => {}
    }
}

/// Stops a service deployment that failed and is not rolled back; one that is the way back has failed as
/// such.
pub(in super::super) fn stop(world: &mut World, id: &ServiceId, cause: &Cause) {
    let now = world.now;
    let Some(it) = ongoing_mut(world, id) else {
        return;
    };
    let key = it.id.clone();
    match it.status {
        Status::RollbackInProgress => it.becomes(Status::RollbackFailed, now),
        _ => it.becomes(Status::StopRequested, now),
    }
    it.reason = Some(cause.status_reason("stopped"));
    settle(world, id, &key);
    schedule(world, id, &key);
}

/// Somebody wants the service deployment that is under way rolled back.
pub(in super::super) fn request_rollback(world: &mut World, id: &ServiceId) {
    let now = world.now;
    if let Some(it) = ongoing_mut(world, id) {
        it.becomes(Status::RollbackRequested, now);
    }
}

/// The way back begins.
pub(in super::super) fn rolling_back(
    world: &mut World,
    id: &ServiceId,
    cause: &Cause,
    to: &Deployment,
) {
    let now = world.now;
    if let Some(it) = ongoing_mut(world, id) {
        let reason = cause.status_reason("rolled back");
        it.becomes(Status::RollbackInProgress, now);
        it.reason = Some(reason.clone());
        it.rollback = Some((reason, now, to.revision.clone()));
        it.shift = None;
    }
}

/// There is nothing to go back to. The words are as seen in
/// <https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecs/service_test.go>.
pub(in super::super) fn stalled(world: &mut World, id: &ServiceId) {
    let now = world.now;
    let Some(it) = ongoing_mut(world, id) else {
        return;
    };
    let key = it.id.clone();
    it.becomes(Status::RollbackFailed, now);
    it.reason = Some("No rollback candidate was found to run the rollback.".to_owned());
    settle(world, id, &key);
}

/// Keeps the tasks that a service deployment has at its end.
pub(super) fn settle(world: &mut World, id: &ServiceId, key: &str) {
    let counted = counted(world, id);
    let Some(service) = world.ecs.service(id) else {
        return;
    };
    let now = summaries(world, service);
    let counts = |revision: &str| {
        let found = now.iter().find(|it| it.revision == revision);
        found.map_or([0; 3], |it| it.counts)
    };
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    let mut all = service.history.deployments.iter_mut();
    if let Some(it) = all.find(|it| it.id == key) {
        it.failures = it.failures.or(counted);
        it.target.counts = counts(&it.target.revision);
        for source in &mut it.sources {
            source.counts = counts(&source.revision);
        }
    }
}

/// The service's revisions that have deployments, with their tasks.
pub(in super::super) fn summaries(world: &World, service: &Service) -> Vec<Summary> {
    let mut all: Vec<Summary> = Vec::new();
    for (at, it) in service.deployments.iter().enumerate() {
        let Some(revision) = it.revision.clone() else {
            continue;
        };
        let counts = Counts::of(world, service, Some(&it.id));
        let wanted = if at == 0 {
            service.desired
        } else {
            counts.running
        };
        let counts = [wanted, counts.running, counts.pending];
        match all.iter_mut().find(|it| it.revision == revision) {
            None => all.push(Summary { revision, counts }),
            Some(known) => (1..3).for_each(|at| known.counts[at] += counts[at]),
        }
    }
    all
}

/// What the circuit breaker has counted of the PRIMARY deployment.
fn counted(world: &World, id: &ServiceId) -> Option<u32> {
    let primary = world.ecs.service(id)?.primary()?;
    Some(primary.failures)
}

pub(in super::super) fn ongoing_mut<'a>(
    world: &'a mut World,
    id: &ServiceId,
) -> Option<&'a mut ServiceDeployment> {
    world.ecs.service_mut(id)?.history.ongoing_mut()
}
