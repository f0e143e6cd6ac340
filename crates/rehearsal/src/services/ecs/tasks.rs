//! Tasks on their way up: PROVISIONING, PENDING, RUNNING.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html>.

use jiff::Timestamp;

use super::agenda::Step;
use super::service::{Pace, ServiceId, Throttle};
use super::{after, fargate_spot, placement, scheduler, stopping, task_definitions};
use crate::world::World;

/// A task of a service.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id of 32 hexadecimal digits.
    pub id: String,
    /// Counts up over all tasks: the order in which they were created.
    pub number: u64,
    /// The service that it belongs to.
    pub service: ServiceId,
    /// The deployment that started it.
    pub deployment: String,
    /// The ARN of its task definition.
    pub task_definition: String,
    /// `FARGATE`, `EC2` or `EXTERNAL`.
    pub launch_type: &'static str,
    /// The capacity provider that it was started on, if it was.
    pub provider: Option<String>,
    /// Whether there is room for it; on Fargate always.
    pub placed: bool,
    /// How far it is.
    pub last: LastStatus,
    /// Whether its desired status is STOPPED.
    pub stopping: bool,
    /// Rises with every change of status.
    pub version: u32,
    /// When it was created.
    pub created: Timestamp,
    /// When it was RUNNING.
    pub started: Option<Timestamp>,
    /// When it was told to stop.
    pub stopping_since: Option<Timestamp>,
    /// When it was STOPPED.
    pub stopped: Option<Timestamp>,
    /// Why it stopped, as code and in words.
    pub stop: Option<(&'static str, String)>,
    /// How long it takes.
    pub pace: Pace,
}

/// `lastStatus`, the states that are modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LastStatus {
    /// It has no place yet, or its network is being made.
    Provisioning,
    /// Its image is being pulled.
    Pending,
    /// It runs.
    Running,
    /// It is taken out of its target group.
    Deactivating,
    /// Its containers are told to stop.
    Stopping,
    /// It is gone.
    Stopped,
}

impl LastStatus {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Provisioning => "PROVISIONING",
            Self::Pending => "PENDING",
            Self::Running => "RUNNING",
            Self::Deactivating => "DEACTIVATING",
            Self::Stopping => "STOPPING",
            Self::Stopped => "STOPPED",
        }
    }
}

impl Task {
    /// Whether it counts as running.
    pub fn is_running(&self) -> bool {
        self.last == LastStatus::Running
    }

    /// Whether it counts as pending.
    pub fn is_pending(&self) -> bool {
        !self.stopping && self.last < LastStatus::Running
    }
}

/// Starts a task of the service's PRIMARY deployment and returns its id.
pub(super) fn start(world: &mut World, id: &ServiceId) -> Option<String> {
    let task_id = world.id();
    let number = world.serial;
    let service = world.ecs.service(id)?;
    let (launch_type, provider) = placement::next(world, service);
    let primary = service.primary()?;
    let task = Task {
        id: task_id.clone(),
        number,
        service: id.clone(),
        deployment: primary.id.clone(),
        task_definition: primary.task_definition.clone(),
        launch_type,
        provider,
        placed: false,
        last: LastStatus::Provisioning,
        stopping: false,
        version: 1,
        created: world.now,
        started: None,
        stopping_since: None,
        stopped: None,
        stop: None,
        pace: service.pace,
    };
    let waits_on = task.provider.clone();
    world.ecs.tasks.insert(task_id.clone(), task);
    world.ecs.service_mut(id)?.tasks.push(task_id.clone());
    let dry = waits_for_fargate(world, &task_id);
    match waits_on.and_then(|name| world.ecs.providers.get_mut(&name)) {
        Some(provider) => provider.wait(number, &task_id),
        None if dry => {}
        None => take_place(world, &task_id),
    }
    Some(task_id)
}

fn waits_for_fargate(world: &World, id: &str) -> bool {
    let provider = world
        .ecs
        .tasks
        .get(id)
        .and_then(|task| task.provider.as_deref());
    world.ecs.fargate_spot_exhausted && provider == Some(fargate_spot::PROVIDER)
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
            step(world, id, LastStatus::Pending, Some(rest));
        }
        LastStatus::Pending => match fault(world, id) {
            Some(fault) => stopping::fail(world, id, fault),
            None => run(world, id),
        },
        LastStatus::Deactivating => {
            let rest = pace.stop_seconds - pace.stop_seconds / 2;
            step(world, id, LastStatus::Stopping, Some(rest));
        }
        LastStatus::Stopping => stopping::end(world, id),
        LastStatus::Running | LastStatus::Stopped => return,
    }
    scheduler::reconcile(world, &service);
}

/// A task is RUNNING.
pub(super) fn run(world: &mut World, id: &str) {
    let now = world.now;
    step(world, id, LastStatus::Running, None);
    let Some(task) = world.ecs.tasks.get_mut(id) else {
        return;
    };
    task.started = Some(now);
    let service = task.service.clone();
    if let Some(service) = world.ecs.service_mut(&service) {
        service.throttle = Throttle::default();
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
    if let Some(service) = world.ecs.service_mut(&task.service) {
        service.tasks.retain(|known| known != id);
    }
}
