//! Tasks on their way up: PROVISIONING, PENDING, RUNNING.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>.

use super::agenda::Step;
use super::placement::{self, Missing, Place};
use super::service::{Service, ServiceId, Throttle};
use super::task::{LastStatus, Task};
use super::{after, announce, container_instances, scheduler, stopping, task_definitions};
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
        LastStatus::Pending => match fault(world, id) {
            Some(fault) => stopping::fail(world, id, fault),
            None => run(world, id),
        },
        LastStatus::Running => stopping::after_notice(world, id),
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

/// A task is RUNNING, and healthy some time later; then its service looks again.
pub(super) fn run(world: &mut World, id: &str) {
    let now = world.now;
    let Some(task) = world.ecs.tasks.get_mut(id) else {
        return;
    };
    let seconds = task.pace.health_seconds.unwrap_or(HEALTHY_AFTER_SECONDS);
    let healthy = after(now, seconds);
    (task.started, task.healthy) = (Some(now), Some(healthy));
    let service = task.service.clone();
    step(world, id, LastStatus::Running, None);
    let Some(service) = service else {
        return;
    };
    if let Some(service) = world.ecs.service_mut(&service) {
        service.throttle = Throttle::default();
    }
    world.ecs.agenda.add(healthy, Step::Service(service));
}

/// A task is RUNNING and healthy, without the wait.
pub(super) fn run_at_once(world: &mut World, id: &str) {
    run(world, id);
    let now = world.now;
    if let Some(task) = world.ecs.tasks.get_mut(id) {
        task.healthy = Some(now);
    }
}

fn fault(world: &World, id: &str) -> Option<String> {
    let task = world.ecs.tasks.get(id)?;
    task_definitions::find(world, &task.task_definition)?
        .fault
        .clone()
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
