//! Tasks on their way down: DEACTIVATING, STOPPING, STOPPED; and tasks that never came up.

use jiff::{SignedDuration, Timestamp};

use super::agenda::Step;
use super::deployments::Failure;
use super::service::{ServiceId, Throttle};
use super::task::{LastStatus, Task};
use super::task_definitions::{self, Behaviour};
use super::tasks::step;
use super::{after, announce, container_instances, deployments, errors};
use crate::journal::What;
use crate::world::World;

/// How long a stopped task is still shown: "at least one hour",
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-errors.html>.
const SHOWN_SECONDS: u32 = 3600;

/// The longest wait of the service throttle logic, in seconds: 27 minutes,
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html>.
/// The steps up to it are not published; doubling from 10 s is a choice.
const LONGEST_WAIT: u32 = 27 * 60;

/// After how many failed rounds in a row the service says so; a choice too.
const IMPAIRED_AFTER: u32 = 3;

/// How long a Fargate Spot task is still RUNNING after its notice. Only the order is known: a choice.
const NOTICE_SECONDS: u32 = 1;

/// The longest `stopTimeout` on Fargate, and all the time that a Spot notice leaves:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>.
const LONGEST_NOTICE: u32 = 120;

/// Why a task stops whose container exits by itself, as code and in words:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html>.
const EXITED: (&str, &str) = (
    "EssentialContainerExited",
    "Essential container in task exited",
);

/// What a container ends with that is killed: 128 and SIGKILL.
const KILLED: i32 = 137;

/// Tells a task to stop. Without an agent on its instance nobody hears that: its desired status
/// changes, and it goes on.
pub(super) fn order(world: &mut World, id: &str, code: &'static str, reason: &str) {
    let Some(task) = told(world, id, code, reason) else {
        return;
    };
    let (last, instance) = (task.last, task.container_instance.clone());
    match container_instances::has_agent(world, instance.as_deref()) {
        true => go_down(world, id),
        false => step(world, id, last, None),
    }
}

/// A task that is told to stop does so. One that does not run yet has nothing to drain and is gone at
/// once.
pub(super) fn go_down(world: &mut World, id: &str) {
    let Some(task) = world.ecs.tasks.get(id).filter(|task| task.stopping) else {
        return;
    };
    match (task.last, task.pace.deregistration_seconds) {
        (LastStatus::Running, 0) => {
            let seconds = task.pace.ends_after();
            step(world, id, LastStatus::Stopping, Some(seconds));
        }
        (LastStatus::Running, seconds) => {
            step(world, id, LastStatus::Deactivating, Some(seconds));
        }
        _ => step(world, id, LastStatus::Stopping, Some(0)),
    }
}

/// A running Fargate Spot task gets its notice: SIGTERM at once, and nobody waits for its target.
///
/// Source: <https://repost.aws/knowledge-center/fargate-spot-termination-notice>.
pub(super) fn notice(world: &mut World, id: &str, code: &'static str, reason: &str) {
    if told(world, id, code, reason).is_none() {
        return;
    }
    if let Some(task) = world.ecs.tasks.get_mut(id) {
        task.pace.stop_timeout = task.pace.stop_timeout.min(LONGEST_NOTICE);
    }
    step(world, id, LastStatus::Running, Some(NOTICE_SECONDS));
}

/// The notice has been announced, and the task stops.
pub(super) fn after_notice(world: &mut World, id: &str) {
    let Some(task) = world.ecs.tasks.get(id).filter(|task| task.stopping) else {
        return;
    };
    let seconds = task.pace.ends_after().saturating_sub(NOTICE_SECONDS);
    step(world, id, LastStatus::Stopping, Some(seconds));
}

/// Sets a task's desired status to STOPPED, unless it is already.
fn told<'a>(world: &'a mut World, id: &str, code: &'static str, reason: &str) -> Option<&'a Task> {
    let now = world.now;
    let task = world.ecs.tasks.get_mut(id).filter(|task| !task.stopping)?;
    task.stopping = true;
    task.stopping_since = Some(now);
    task.stop = Some((code, reason.to_owned()));
    Some(task)
}

/// A task is STOPPED: its place is free, and it is shown for a while.
pub(super) fn end(world: &mut World, id: &str) {
    let now = world.now;
    let Some(task) = world.ecs.tasks.get_mut(id) else {
        return;
    };
    task.stopping = true;
    task.stopped = Some(now);
    if task.started.is_some() && task.exit_code.is_none() {
        task.exit_code = Some(task.pace.exit_code());
    }
    let killed = (task.exit_code == Some(KILLED)).then(|| task.subject());
    let (number, provider) = (task.number, task.provider.clone());
    let instance = task.container_instance.clone();
    if let Some(provider) = provider.and_then(|name| world.ecs.providers.get_mut(&name)) {
        provider.release(number);
    }
    step(world, id, LastStatus::Stopped, None);
    errors::look_later(world, id);
    if let Some(subject) = killed {
        let task = id.to_owned();
        world.happened(subject, What::Killed { task });
    }
    if let Some(instance) = instance {
        container_instances::leave(world, &instance, id);
    }
    let forgotten = after(now, SHOWN_SECONDS);
    world.ecs.agenda.add(forgotten, Step::Forget(id.to_owned()));
}

/// A task ends with its machine, whatever it was doing; returns its service.
pub(super) fn kill(world: &mut World, id: &str, reason: &str) -> Option<ServiceId> {
    told(world, id, "TerminationNotice", reason);
    let task = world.ecs.tasks.get_mut(id)?;
    if task.started.is_some() {
        task.exit_code = Some(KILLED);
    }
    let service = task.service.clone();
    end(world, id);
    service
}

/// A task fails to start: PENDING to STOPPED, counted against its deployment.
pub(super) fn fail(world: &mut World, id: &str, fault: String) {
    never_ran(world, id, "TaskFailedToStart", &fault);
}

/// A task's container exits before the task was RUNNING, which counts as well.
pub(super) fn exit_at_once(world: &mut World, id: &str, code: i32) {
    if let Some(task) = world.ecs.tasks.get_mut(id) {
        task.exit_code = Some(code);
    }
    never_ran(world, id, EXITED.0, EXITED.1);
}

/// A running task's container exits by itself: nobody counts that.
pub(super) fn crash(world: &mut World, id: &str) {
    let task = world.ecs.tasks.get(id);
    let behaviour = task.map(|task| task_definitions::of_task(world, task));
    let Some(Behaviour::Crashes { code, .. }) = behaviour else {
        return;
    };
    if told(world, id, EXITED.0, EXITED.1).is_none() {
        return;
    }
    if let Some(task) = world.ecs.tasks.get_mut(id) {
        task.exit_code = Some(code);
    }
    end(world, id);
}

fn never_ran(world: &mut World, id: &str, code: &'static str, reason: &str) {
    let now = world.now;
    let Some(task) = told(world, id, code, reason) else {
        return;
    };
    let (service, deployment) = (task.service.clone(), task.started_by.clone());
    end(world, id);
    let Some(id) = service else {
        return;
    };
    deployments::count_failure(world, &id, &deployment, Failure::Start);
    let Some(service) = world.ecs.service_mut(&id) else {
        return;
    };
    if !service.throttle.fails_again(now) {
        return;
    }
    let (failures, until) = (service.throttle.failures, service.throttle.until);
    if let Some(until) = until {
        world.ecs.agenda.add(until, Step::Service(id.clone()));
    }
    if failures == IMPAIRED_AFTER {
        announce::impaired(world, &id);
    }
}

impl Throttle {
    /// Counts a failure; tasks that were started together count once.
    fn fails_again(&mut self, now: Timestamp) -> bool {
        if self.until.is_some_and(|until| now < until) {
            return false;
        }
        let doubled = 10_u32.saturating_mul(1 << self.failures.min(16));
        let wait = SignedDuration::from_secs(i64::from(doubled.min(LONGEST_WAIT)));
        self.until = Some(now.saturating_add(wait).unwrap_or(Timestamp::MAX));
        self.failures += 1;
        true
    }
}
