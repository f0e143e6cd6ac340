//! Deployments: rolling from one service revision to the next, and back.
//!
//! [`begin`] makes one PRIMARY, the scheduler rolls it, [`ending`] completes it. Who watches it on the way
//! are the [`breaker`] and the [`alarms`]; what follows when one of them gives it up is [`failing`]. What is
//! remembered of all this is the [`history`] of service deployments and their [`revisions`].
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html>.

mod alarms;
mod breaker;
mod describe;
mod ending;
mod failing;
mod history;
mod list;
mod news;
mod restoring;
mod revisions;
mod shift;
mod show;
mod stop;
mod strategy;

use jiff::Timestamp;

use super::input::service_not_found;
use super::scheduler::{reconcile, settle_at_once};
use super::service::{Controller, Service, ServiceId, Throttle};
use super::task_definitions;
use crate::call::ApiError;
use crate::journal::What;
use crate::world::World;

pub use failing::Cause;
pub use history::{History, ServiceDeployment, Status};
pub use revisions::Revision;

pub(super) use alarms::poll;
pub(super) use breaker::{Failure, count_failure, count_missing, watch};
pub(super) use describe::{current, describe, describe_revisions};
pub(super) use ending::conclude;
pub(super) use history::step as history_step;
pub(super) use list::list;
pub(super) use restoring::roll_back;
pub(super) use shift::Starts;
pub(super) use shift::step as shift_step;
pub(super) use stop::{go_on, stop};
pub(super) use strategy::check;

/// A deployment of a service.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// `ecs-svc/` and nineteen digits.
    pub id: String,
    /// The ARN of the task definition that it brings.
    pub task_definition: String,
    /// When it began.
    pub created: Timestamp,
    /// When it last changed.
    pub updated: Timestamp,
    /// How far it is.
    pub rollout: Rollout,
    /// How many of its tasks failed in a row: to start, or their health check.
    pub failed_tasks: u32,
    /// What the circuit breaker has counted of them.
    pub failures: u32,
    /// When the last of them failed.
    pub failed: Option<Timestamp>,
    /// Whether one of its tasks was ever RUNNING.
    pub ran: bool,
    /// Whether its alarms are watched.
    pub watches_alarms: bool,
    /// Since when all is in place, and only the bake time is waited for.
    pub bakes: Option<Timestamp>,
    /// Whether a script keeps it from completing.
    pub held: bool,
    /// The service revision that it brings; none where somebody else than ECS deploys.
    pub revision: Option<String>,
    /// Why it is where it is, if there is more to say than that it is there.
    pub why: Option<String>,
}

/// `rolloutState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollout {
    /// It rolls.
    InProgress,
    /// Its tasks run and those of older deployments are gone.
    Completed,
    /// It was given up.
    Failed,
}

impl Rollout {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }
}

impl Deployment {
    /// `rolloutStateReason`, in the words of the API reference's examples.
    pub(super) fn reason(&self) -> String {
        let state = match (self.rollout, &self.why) {
            (Rollout::Completed, _) => "completed",
            (_, Some(why)) => return why.clone(),
            (Rollout::InProgress, None) => "in progress",
            (Rollout::Failed, None) => "failed",
        };
        format!("ECS deployment {} {state}.", self.id)
    }
}

/// Starts a deployment by script, as a release would, and keeps it IN_PROGRESS until
/// [`finish_deployment`]: one that bakes for long. Returns its id.
pub fn begin_deployment(
    world: &mut World,
    cluster: &str,
    service: &str,
    new_task_definition: &str,
    desired: Option<u32>,
) -> Result<String, ApiError> {
    let id = ServiceId::new(cluster, service);
    let task_definition = task_definitions::deployable(world, new_task_definition)?;
    let found = world.ecs.service_mut(&id).ok_or_else(service_not_found)?;
    found.desired = desired.unwrap_or(found.desired);
    let deployment = begin(world, &id, &task_definition);
    if let Some(primary) = primary_mut(world, &id) {
        primary.held = true;
    }
    reconcile(world, &id);
    Ok(deployment)
}

/// Lets a deployment complete now, its tasks running and the older ones gone.
pub fn finish_deployment(world: &mut World, cluster: &str, service: &str) -> Result<(), ApiError> {
    let id = ServiceId::new(cluster, service);
    primary_mut(world, &id).ok_or_else(service_not_found)?.held = false;
    settle_at_once(world, &id);
    Ok(())
}

/// Makes a deployment of this task definition PRIMARY; the scheduler does the rest.
pub(super) fn begin(world: &mut World, id: &ServiceId, task_definition: &str) -> String {
    // A service that was there before the story begins was not deployed at its first moment.
    let created = match world.ecs.service(id) {
        Some(service) if world.ecs.seeding => service.created,
        _ => world.now,
    };
    let deployment = Deployment {
        id: deployment_id(world),
        task_definition: task_definition.to_owned(),
        created,
        updated: created,
        rollout: Rollout::InProgress,
        failed_tasks: 0,
        failures: 0,
        failed: None,
        ran: false,
        watches_alarms: alarms::are_watched(world, id),
        bakes: None,
        held: false,
        revision: revisions::take(world, id, task_definition, created),
        why: None,
    };
    history::open(world, id, &deployment);
    enter(world, id, deployment.clone());
    alarms::schedule(world, id, &deployment);
    deployment.id
}

/// Makes a deployment PRIMARY and says so.
fn enter(world: &mut World, id: &ServiceId, deployment: Deployment) {
    if let Some(service) = world.ecs.service_mut(id) {
        service.deployments.insert(0, deployment.clone());
        service.throttle = Throttle::default();
        service.steady = false;
    }
    news::deployment(world, id, &deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS");
    journal(world, id, &deployment);
}

/// Journals how far a deployment is, and what it brings.
fn journal(world: &mut World, id: &ServiceId, deployment: &Deployment) {
    let service = world.ecs.service(id);
    let revision = service.and_then(|it| it.history.revision(deployment.revision.as_deref()?));
    let images = revision.map(|it| it.images.as_slice()).unwrap_or_default();
    let what = What::Deployment {
        deployment: deployment.id.clone(),
        task_definition: deployment.task_definition.clone(),
        digests: images.iter().filter_map(|it| it.digest.clone()).collect(),
        state: deployment.rollout.name(),
    };
    world.happened(id.to_string(), what);
}

fn deployment_id(world: &mut World) -> String {
    format!("ecs-svc/{}", nineteen_digits(world))
}

/// A number as ECS gives deployments and service revisions, the same on every run.
fn nineteen_digits(world: &mut World) -> String {
    world.serial += 1;
    let scattered = world.serial.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{:019}", scattered % 10_000_000_000_000_000_000)
}

fn primary_mut<'a>(world: &'a mut World, id: &ServiceId) -> Option<&'a mut Deployment> {
    world.ecs.service_mut(id)?.deployments.first_mut()
}

/// The PRIMARY deployment while it rolls, where ECS deploys.
fn rolling<'a>(world: &'a World, id: &ServiceId) -> Option<(&'a Service, &'a Deployment)> {
    let service = world.ecs.service(id)?;
    let primary = service.primary()?;
    let own = service.controller == Controller::Ecs && primary.rollout == Rollout::InProgress;
    own.then_some((service, primary))
}

/// Whether a deployment is under way.
pub(crate) fn rolls(service: &Service) -> bool {
    service
        .primary()
        .is_some_and(|primary| primary.rollout == Rollout::InProgress)
}

/// Why the scheduler stops a task, as `stoppedReason` says it:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.
pub(super) fn scaling_reason(service: &Service) -> String {
    let deployment = service.primary().map_or("", |primary| &primary.id);
    format!("Scaling activity initiated by (deployment {deployment})")
}
