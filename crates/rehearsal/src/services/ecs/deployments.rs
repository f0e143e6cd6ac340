//! Deployments: rolling from one task definition to the next.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html>.

use jiff::Timestamp;

use super::input::service_not_found;
use super::scheduler::{reconcile, settle_at_once};
use super::service::{Service, ServiceId, Throttle};
use super::task::LastStatus;
use super::{announce, task_definitions};
use crate::call::ApiError;
use crate::world::World;

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
    /// How many of its tasks failed to start.
    pub failed_tasks: u32,
    /// Whether a script keeps it from completing.
    pub held: bool,
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
        let state = match self.rollout {
            Rollout::InProgress => "in progress",
            Rollout::Completed => "completed",
            Rollout::Failed => "failed",
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
        held: false,
    };
    if let Some(service) = world.ecs.service_mut(id) {
        service.deployments.insert(0, deployment.clone());
        service.throttle = Throttle::default();
        service.steady = false;
    }
    announce::deployment(world, id, &deployment, "SERVICE_DEPLOYMENT_IN_PROGRESS");
    deployment.id
}

fn deployment_id(world: &mut World) -> String {
    world.serial += 1;
    let scattered = world.serial.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("ecs-svc/{:019}", scattered % 10_000_000_000_000_000_000)
}

fn primary_mut<'a>(world: &'a mut World, id: &ServiceId) -> Option<&'a mut Deployment> {
    world.ecs.service_mut(id)?.deployments.first_mut()
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

/// Ends what has come to its end: old deployments, the rollout, the way to a steady state.
pub(super) fn conclude(world: &mut World, id: &ServiceId) {
    let Some((arrived, busy)) = standing(world, id) else {
        return;
    };
    let now = world.now;
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    let primary = service.primary().map(|it| it.id.clone());
    service
        .deployments
        .retain(|it| Some(&it.id) == primary.as_ref() || busy.contains(&it.id));
    let was_steady = std::mem::replace(&mut service.steady, arrived);
    if !arrived {
        return;
    }
    let mut completed = None;
    if let Some(primary) = service.deployments.first_mut()
        && primary.rollout == Rollout::InProgress
        && !primary.held
    {
        primary.rollout = Rollout::Completed;
        primary.updated = now;
        completed = Some(primary.clone());
    }
    if let Some(deployment) = completed {
        announce::deployment(world, id, &deployment, "SERVICE_DEPLOYMENT_COMPLETED");
    }
    if !was_steady {
        announce::steady(world, id);
    }
}

/// Whether the PRIMARY deployment has all its tasks RUNNING and every other task is STOPPED, and
/// which deployments still have tasks.
fn standing(world: &World, id: &ServiceId) -> Option<(bool, Vec<String>)> {
    let service = world.ecs.service(id)?;
    let primary = service.primary()?;
    let (mut running, mut others, mut busy) = (0, 0, Vec::new());
    for task in service
        .tasks
        .iter()
        .filter_map(|it| world.ecs.tasks.get(it))
    {
        match task.last {
            LastStatus::Stopped => continue,
            LastStatus::Running if task.started_by == primary.id => running += 1,
            _ => others += 1,
        }
        if !task.stopping && !busy.contains(&task.started_by) {
            busy.push(task.started_by.clone());
        }
    }
    Some((running == service.desired && others == 0, busy))
}
