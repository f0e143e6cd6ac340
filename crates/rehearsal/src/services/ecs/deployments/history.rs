//! Service deployments: what is remembered of a service's deployments, and for how long.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html>.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::failing::Cause;
use super::revisions::Revision;
use super::shift::Shift;
use super::strategy::{self, Alarms};
use super::{Deployment, shift};
use crate::services::ecs::after;
use crate::services::ecs::agenda::Step;
use crate::services::ecs::describe::Counts;
use crate::services::ecs::service::{Service, ServiceId};
use crate::world::World;

/// How long one is PENDING, and STOP_REQUESTED. In the documentation's example it starts 1.6 s after it was
/// created; a second each is a choice.
const STEP_SECONDS: u32 = 1;

/// How long they are kept: "the most recent 90-day history".
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What a service remembers.
#[derive(Debug, Default)]
pub struct History {
    /// Its service deployments, oldest first.
    pub deployments: Vec<ServiceDeployment>,
    /// Its service revisions, oldest first.
    pub revisions: Vec<Revision>,
    /// The deployment that completed last, if one can go back to it.
    pub restorable: Option<Deployment>,
}

/// A service deployment.
#[derive(Clone, Debug)]
pub struct ServiceDeployment {
    /// The last part of its ARN.
    pub id: String,
    /// The id of the deployment that it began with.
    pub deployment: String,
    /// When it was created.
    pub created: Timestamp,
    /// When it started.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub finished: Option<Timestamp>,
    /// When it last changed.
    pub updated: Timestamp,
    /// How far it is.
    pub status: Status,
    /// Why, if there is more to say.
    pub reason: Option<String>,
    /// The revisions that it found, with their tasks.
    pub sources: Vec<Summary>,
    /// The revision that it brings, with its tasks.
    pub target: Summary,
    /// `deploymentConfiguration` as it was then.
    pub configuration: Value,
    /// The way back, once there is one: why, since when, and to which revision.
    pub rollback: Option<(String, Timestamp, Option<String>)>,
    /// What the circuit breaker had counted when it ended or was given up.
    pub failures: Option<u32>,
    /// Whether the circuit breaker gave it up.
    pub broken: bool,
    /// Whether it watches alarms, and the alarms that gave it up.
    pub alarms: Option<Vec<String>>,
    /// How far it is with moving traffic, if that is its strategy.
    pub shift: Option<Shift>,
}

/// A revision and its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The revision.
    pub revision: String,
    /// The tasks that are wanted, that run, and that are on their way.
    pub counts: [u32; 3],
}

/// The status of a service deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was created.
    Pending,
    /// It rolls.
    InProgress,
    /// All is in place.
    Successful,
    /// Another one began, or it failed and is not rolled back.
    StopRequested,
    /// It stopped for that.
    Stopped,
    /// Somebody wants it rolled back.
    RollbackRequested,
    /// It is being rolled back.
    RollbackInProgress,
    /// It was rolled back.
    RollbackSuccessful,
    /// It could not be rolled back.
    RollbackFailed,
}

impl Status {
    /// As ECS spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Successful => "SUCCESSFUL",
            Self::StopRequested => "STOP_REQUESTED",
            Self::Stopped => "STOPPED",
            Self::RollbackRequested => "ROLLBACK_REQUESTED",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Self::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    /// Whether nothing more comes of it.
    pub(super) fn is_final(self) -> bool {
        matches!(
            self,
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed
        )
    }
}

impl History {
    /// A service revision, if it is known.
    pub fn revision(&self, id: &str) -> Option<&Revision> {
        self.revisions.iter().find(|it| it.id == id)
    }

    /// The service deployment that is not over; only the latest can be.
    pub(super) fn ongoing(&self) -> Option<&ServiceDeployment> {
        self.deployments.last().filter(|it| !it.status.is_final())
    }

    fn ongoing_mut(&mut self) -> Option<&mut ServiceDeployment> {
        let last = self.deployments.last_mut();
        last.filter(|it| !it.status.is_final())
    }
}

impl ServiceDeployment {
    pub(super) fn becomes(&mut self, status: Status, now: Timestamp) {
        self.status = status;
        self.updated = now;
        self.finished = status.is_final().then_some(now);
    }
}

/// Begins the service deployment of a new deployment, in place of the one that is under way.
pub(super) fn open(world: &mut World, id: &ServiceId, deployment: &Deployment) {
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
pub(super) fn is_kept(it: &ServiceDeployment, now: Timestamp) -> bool {
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

fn schedule(world: &mut World, id: &ServiceId, key: &str) {
    let step = Step::ServiceDeployment {
        service: id.clone(),
        id: key.to_owned(),
    };
    let at = after(world.now, STEP_SECONDS);
    world.ecs.agenda.add(at, step);
}

/// A service deployment that is PENDING starts, and one that is to stop has stopped.
pub(in super::super) fn step(world: &mut World, id: &ServiceId, key: &str) {
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

/// The deployment that is PRIMARY has completed, the first way or the way back.
pub(super) fn complete(world: &mut World, id: &ServiceId, completed: &Deployment) {
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
pub(super) fn triggered(world: &mut World, id: &ServiceId, cause: &Cause) {
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
pub(super) fn stop(world: &mut World, id: &ServiceId, cause: &Cause) {
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
pub(super) fn request_rollback(world: &mut World, id: &ServiceId) {
    let now = world.now;
    if let Some(it) = ongoing_mut(world, id) {
        it.becomes(Status::RollbackRequested, now);
    }
}

/// The way back begins.
pub(super) fn rolling_back(world: &mut World, id: &ServiceId, cause: &Cause, to: &Deployment) {
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
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/action-logs-troubleshooting.html>.
pub(super) fn stalled(world: &mut World, id: &ServiceId) {
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
fn settle(world: &mut World, id: &ServiceId, key: &str) {
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
pub(super) fn summaries(world: &World, service: &Service) -> Vec<Summary> {
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

pub(super) fn ongoing_mut<'a>(
    world: &'a mut World,
    id: &ServiceId,
) -> Option<&'a mut ServiceDeployment> {
    world.ecs.service_mut(id)?.history.ongoing_mut()
}

/// 21 characters, as ECS makes them up.
fn arn_id(world: &mut World) -> String {
    let mut id = world.id();
    id.truncate(21);
    id
}
