//! A service deployment begins, in place of the one before, and is forgotten one day.

use jiff::{SignedDuration, Timestamp};

use super::passing::{settle, summaries};
use super::{History, ServiceDeployment, Status, Summary};
use crate::services::ecs::after;
use crate::services::ecs::agenda::Step;
use crate::services::ecs::deployments::revisions::Revision;
use crate::services::ecs::deployments::strategy::{self, Alarms};
use crate::services::ecs::deployments::{Deployment, shift};
use crate::services::ecs::service::ServiceId;
use crate::world::World;

/// How long one is PENDING, and STOP_REQUESTED. In the documentation's example it starts 1.6 s after it was
/// created; a second each is a choice.
const STEP_SECONDS: u32 = 1;

/// How long they are kept: "the most recent 90-day history".
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Begins the service deployment of a new deployment, in place of the one that is under way.
pub(in super::super) fn open(world: &mut World, id: &ServiceId, deployment: &Deployment) {
    let Some(revision) = deployment.revision.clone() else {
        return;
    };
    supersede(world, id);
    let (seeding, created) = (world.ecs.seeding, deployment.created);
    let key = arn_id(world);
    let Some(service) = world.ecs.service(id) else {
        return;
    };
    let opened = ServiceDeployment {
        id: key.clone(),
        deployment: deployment.id.clone(),
        created,
        started: seeding.then_some(created),
        finished: None,
        updated: created,
        status: if seeding {
            Status::InProgress
        } else {
            Status::Pending
        },
        reason: None,
        sources: summaries(world, service),
        target: Summary {
            revision,
            counts: [service.desired, 0, 0],
        },
        configuration: strategy::configuration(service)
            .cloned()
            .unwrap_or_default(),
        rollback: None,
        failures: None,
        broken: false,
        alarms: Alarms::of(service)
            .filter(|_| deployment.watches_alarms)
            .map(|_| Vec::new()),
        shift: None,
    };
    if let Some(service) = world.ecs.service_mut(id) {
        forget(&mut service.history, created);
        service.history.deployments.push(opened);
    }
    if !seeding {
        schedule(world, id, &key);
    }
}

/// Forgets what is older than the history goes, and the revisions that nothing refers to any more.
fn forget(history: &mut History, now: Timestamp) {
    let is_recent = |it: &ServiceDeployment| now.duration_since(it.created) <= KEPT;
    history.deployments.retain(is_recent);
    let (deployments, restorable) = (&history.deployments, &history.restorable);
    let is_meant = |revision: &Revision| {
        let kept = restorable.as_ref().and_then(|it| it.revision.as_ref());
        kept == Some(&revision.id)
            || now.duration_since(revision.created) <= KEPT
            || deployments
                .iter()
                .any(|it| it.target.revision == revision.id)
    };
    history.revisions.retain(is_meant);
}

/// Whether a service deployment is still shown.
pub(in super::super) fn is_kept(it: &ServiceDeployment, now: Timestamp) -> bool {
    now.duration_since(it.created) <= KEPT
}

/// What is under way when another deployment begins stops; a way back that is left half done has failed,
/// which is a choice.
fn supersede(world: &mut World, id: &ServiceId) {
    let now = world.now;
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    let Some(it) = service.history.ongoing_mut() else {
        return;
    };
    let key = it.id.clone();
    match it.status {
        Status::RollbackRequested | Status::RollbackInProgress => {
            it.becomes(Status::RollbackFailed, now);
        }
        _ => it.becomes(Status::StopRequested, now),
    }
    it.reason =
        Some("Service deployment stopped because a new service deployment was started.".to_owned());
    settle(world, id, &key);
    schedule(world, id, &key);
}

pub(super) fn schedule(world: &mut World, id: &ServiceId, key: &str) {
    let step = Step::ServiceDeployment {
        service: id.clone(),
        id: key.to_owned(),
    };
    let at = after(world.now, STEP_SECONDS);
    world.ecs.agenda.add(at, step);
}

/// A service deployment that is PENDING starts, and one that is to stop has stopped.
pub(in super::super::super) fn step(world: &mut World, id: &ServiceId, key: &str) {
    let now = world.now;
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    let moves_traffic = strategy::shifts_traffic(service);
    let mut all = service.history.deployments.iter_mut();
    let Some(it) = all.find(|it| it.id == key) else {
        return;
    };
    match it.status {
        Status::Pending => {
            it.becomes(Status::InProgress, now);
            it.started = Some(now);
            if moves_traffic {
                shift::begin(world, id);
            }
        }
        Status::StopRequested => it.becomes(Status::Stopped, now),
        _ => {}
    }
}

/// 21 characters, as ECS makes them up.
fn arn_id(world: &mut World) -> String {
    let mut id = world.id();
    id.truncate(21);
    id
}
