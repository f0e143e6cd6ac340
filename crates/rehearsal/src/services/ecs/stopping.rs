//! Tasks on their way down: DEACTIVATING, STOPPING, STOPPED; and tasks that never came up.

use jiff::{SignedDuration, Timestamp};

use super::agenda::Step;
use super::service::Throttle;
use super::tasks::{LastStatus, step};
use super::{after, announce};
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

/// Tells a task to stop. One that does not run yet has nothing to drain and is gone at once.
pub(super) fn order(world: &mut World, id: &str, reason: &str) {
    let now = world.now;
    let Some(task) = world.ecs.tasks.get_mut(id).filter(|task| !task.stopping) else {
        return;
    };
    task.stopping = true;
    task.stopping_since = Some(now);
    task.stop = Some(("ServiceSchedulerInitiated", reason.to_owned()));
    let half = task.pace.stop_seconds / 2;
    match task.last {
        LastStatus::Running => step(world, id, LastStatus::Deactivating, Some(half)),
        _ => step(world, id, LastStatus::Stopping, Some(0)),
    }
}

/// A task is STOPPED: its place is free, and it is shown for a while.
pub(super) fn end(world: &mut World, id: &str) {
    step(world, id, LastStatus::Stopped, None);
    let now = world.now;
    let Some(task) = world.ecs.tasks.get_mut(id) else {
        return;
    };
    task.stopping = true;
    task.stopped = Some(now);
    let (number, provider) = (task.number, task.provider.clone());
    if let Some(provider) = provider.and_then(|name| world.ecs.providers.get_mut(&name)) {
        provider.release(number);
    }
    let forgotten = after(now, SHOWN_SECONDS);
    world.ecs.agenda.add(forgotten, Step::Forget(id.to_owned()));
}

/// A task fails to start: PENDING to STOPPED, counted against its deployment.
pub(super) fn fail(world: &mut World, id: &str, fault: String) {
    end(world, id);
    let now = world.now;
    let Some(task) = world.ecs.tasks.get_mut(id) else {
        return;
    };
    task.stopping_since = Some(now);
    task.stop = Some(("TaskFailedToStart", fault));
    let (id, deployment) = (task.service.clone(), task.deployment.clone());
    let Some(service) = world.ecs.service_mut(&id) else {
        return;
    };
    if let Some(it) = service
        .deployments
        .iter_mut()
        .find(|it| it.id == deployment)
    {
        it.failed_tasks += 1;
        it.updated = now;
    }
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
