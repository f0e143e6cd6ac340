//! Tasks on their way up: PROVISIONING, PENDING, RUNNING.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>.

use super::agenda::Step;
use super::deployments::Deployment;
use super::images::{self, ContainerImage};
use super::placement::{self, Missing, Place};
use super::service::{Service, ServiceId, Throttle};
use super::task::{LastStatus, Task};
use super::task_definitions::{self, Behaviour};
use super::{after, announce, container_instances, errors, health, scheduler, stopping};
use crate::world::World;

/// How long the scheduler waits after RUNNING before it counts a task without a health check:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>.
const HEALTHY_AFTER_SECONDS: u32 = 40;

/// Starts a task of the service's PRIMARY deployment, on an instance or wherever the service's tasks
/// go, and returns its id; none if the service deploys nothing.
pub(super) fn start(
    world: &mut World,
    id: &ServiceId,
    on: Option<&str>,
    missing: &[Missing],
) -> Result<Option<String>, Missing> {
    let Some(service) = world.ecs.service(id) else {
        return Ok(None);
    };
    let Some(primary) = service.primary() else {
        return Ok(None);
    };
    let place = match on {
        Some(instance) => Place::on(instance),
        None => {
            let tasks = of_deployment(world, service, &primary.id);
            placement::next(world, &id.cluster, &service.launch, &tasks, missing)?
        }
    };
    let task = Task {
        service: Some(id.clone()),
        group: format!("service:{}", id.service),
        started_by: primary.id.clone(),
        images: images_of(service, primary),
        fits_anywhere: on.is_some(),
        ..Task::new(&id.cluster, &primary.task_definition, service.pace)
    };
    let task_id = create(world, task, place);
    if let Some(service) = world.ecs.service_mut(id) {
        service.tasks.push(task_id.clone());
    }
    Ok(Some(task_id))
}

/// The tasks of a deployment: a new one shares its tasks between capacity providers as if it were alone.
/// AWS documents it neither way.
fn of_deployment(world: &World, service: &Service, deployment: &str) -> Vec<String> {
    let tasks = service.tasks.iter();
    let of = |id: &&String| {
        let task = world.ecs.tasks.get(*id);
        task.is_some_and(|task| task.started_by == deployment)
    };
    tasks.filter(of).cloned().collect()
}

/// Puts a task into the world and at its place, or into the queue for one, and returns its id.
pub(super) fn create(world: &mut World, mut task: Task, place: Place) -> String {
    task.id = world.id();
    task.number = world.serial;
    task.created = world.now;
    task.launch_type = place.launch_type;
    task.provider = place.provider;
    let (id, number, waits_on) = (task.id.clone(), task.number, task.provider.clone());
    world.ecs.tasks.insert(id.clone(), task);
    if let Some(instance) = place.instance {
        container_instances::seat(world, &instance, &id);
        take_place(world, &id);
        return id;
    }
    match waits_on.and_then(|name| world.ecs.providers.get_mut(&name)) {
        Some(provider) => {
            provider.wait(number, &id);
            world.ecs.room_changed = true;
            announce::task(world, &id);
        }
        None => take_place(world, &id),
    }
    id
}

/// A task has a place and begins to start.
pub(super) fn take_place(world: &mut World, id: &str) {
    let Some(task) = world.ecs.tasks.get_mut(id).filter(|task| !task.stopping) else {
        return;
    };
    task.placed = true;
    let third = task.pace.start_seconds / 3;
    step(world, id, LastStatus::Provisioning, Some(third));
}

/// Puts a task into a state that it leaves after so many seconds, if by itself at all.
pub(super) fn step(world: &mut World, id: &str, last: LastStatus, seconds: Option<u32>) {
    let Some(task) = world.ecs.tasks.get_mut(id) else {
        return;
    };
    task.last = last;
    task.version += 1;
    let version = task.version;
    if let Some(seconds) = seconds {
        let id = id.to_owned();
        let at = after(world.now, seconds);
        world.ecs.agenda.add(at, Step::Task { id, version });
    }
    announce::task(world, id);
}

/// A task takes the step that was written down when it had this version.
pub(super) fn advance(world: &mut World, id: &str, version: u32) {
    let Some(task) = world.ecs.tasks.get(id).filter(|it| it.version == version) else {
        return;
    };
    let (service, pace) = (task.service.clone(), task.pace);
    match task.last {
        LastStatus::Provisioning => {
            let rest = pace.start_seconds - pace.start_seconds / 3;
            let rest = rest.saturating_add(pace.pull_seconds);
            step(world, id, LastStatus::Pending, Some(rest));
        }
        LastStatus::Pending => start_up(world, id),
        LastStatus::Running if task.stopping => stopping::after_notice(world, id),
        LastStatus::Running => stopping::crash(world, id),
        LastStatus::Deactivating => {
            step(world, id, LastStatus::Stopping, Some(pace.ends_after()));
        }
        LastStatus::Stopping => stopping::end(world, id),
        LastStatus::Stopped => return,
    }
    if let Some(service) = service {
        scheduler::reconcile(world, &service);
    }
}

/// What a deployment resolved of its images.
fn images_of(service: &Service, deployment: &Deployment) -> Vec<ContainerImage> {
    let revision = deployment.revision.as_deref();
    let revision = revision.and_then(|it| service.history.revision(it));
    revision.map_or_else(Vec::new, |it| it.images.clone())
}

/// A task that is PENDING pulls its images and runs, unless something keeps it from that.
fn start_up(world: &mut World, id: &str) {
    if let Err(fault) = images::pull(world, id) {
        return stopping::fail(world, id, fault);
    }
    match behaviour(world, id) {
        Behaviour::FailsToStart(fault) => stopping::fail(world, id, fault),
        Behaviour::ExitsAtOnce { code } => stopping::exit_at_once(world, id, code),
        Behaviour::Good
        | Behaviour::Errors
        | Behaviour::ErrorsSeenBy(_)
        | Behaviour::Unhealthy
        | Behaviour::Crashes { .. } => {
            run(world, id);
        }
    }
}

fn behaviour(world: &World, id: &str) -> Behaviour {
    let task = world.ecs.tasks.get(id);
    task.map_or(Behaviour::Good, |task| {
        task_definitions::of_task(world, task)
    })
}

/// A task is RUNNING, and healthy some time later; then its service looks again.
pub(super) fn run(world: &mut World, id: &str) {
    let now = world.now;
    let (is_unhealthy, crashes) = match behaviour(world, id) {
        Behaviour::Unhealthy => (true, None),
        Behaviour::Crashes { after_seconds, .. } => (false, Some(after_seconds)),
        _ => (false, None),
    };
    let Some(task) = world.ecs.tasks.get_mut(id) else {
        return;
    };
    let seconds = task.pace.health_seconds.unwrap_or(HEALTHY_AFTER_SECONDS);
    let healthy = after(now, seconds);
    let fails = is_unhealthy && task.pace.health_seconds.is_some();
    (task.started, task.healthy) = (Some(now), (!fails).then_some(healthy));
    let (service, deployment) = (task.service.clone(), task.started_by.clone());
    step(world, id, LastStatus::Running, crashes);
    errors::look_later(world, id);
    if fails {
        health::fail_later(world, id, seconds);
    }
    let Some(service) = service else {
        return;
    };
    if let Some(service) = world.ecs.service_mut(&service) {
        service.throttle = Throttle::default();
        let mut deployments = service.deployments.iter_mut();
        if let Some(it) = deployments.find(|it| it.id == deployment) {
            it.ran = true;
        }
    }
    world.ecs.agenda.add(healthy, Step::Service(service));
}

/// A task is RUNNING and healthy, without the wait.
pub(super) fn run_at_once(world: &mut World, id: &str) {
    // What was there before the story begins was pulled when all of it could be.
    if let Err(fault) = images::pull(world, id) {
        return stopping::fail(world, id, fault);
    }
    run(world, id);
    let now = world.now;
    if let Some(task) = world.ecs.tasks.get_mut(id) {
        task.healthy = Some(now);
    }
}

/// A stopped task is no longer shown.
pub(super) fn forget(world: &mut World, id: &str) {
    let Some(task) = world.ecs.tasks.remove(id) else {
        return;
    };
    let service = task.service.as_ref();
    if let Some(service) = service.and_then(|it| world.ecs.service_mut(it)) {
        service.tasks.retain(|known| known != id);
    }
}
