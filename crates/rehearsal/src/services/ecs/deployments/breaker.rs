//! The circuit breaker: counts failed tasks, and gives a deployment up when there are too many.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>.

use super::failing::{Cause, fail};
use super::strategy::Breaker;
use super::{primary_mut, rolling};
use crate::services::ecs::after;
use crate::services::ecs::agenda::Step;
use crate::services::ecs::service::ServiceId;
use crate::world::World;

/// How a task failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Failure {
    /// It was never RUNNING, or could not be placed.
    Start,
    /// It was RUNNING and failed its health check.
    Health,
}

/// After how many seconds a task that found no place is tried again, and counted again: a choice.
const TRIED_AGAIN_SECONDS: u32 = 60;

/// Counts a task of a deployment that failed. Until one was RUNNING those count that fail to start, and
/// from then on those that fail their health check.
pub(in super::super) fn count_failure(
    world: &mut World,
    id: &ServiceId,
    deployment: &str,
    failure: Failure,
) {
    let now = world.now;
    let Some(service) = world.ecs.service_mut(id) else {
        return;
    };
    let mut deployments = service.deployments.iter_mut();
    let Some(it) = deployments.find(|it| it.id == deployment) else {
        return;
    };
    it.failed_tasks += 1;
    it.updated = now;
    it.failed = Some(now);
    if failure == Failure::Health || !it.ran {
        it.failures += 1;
    }
}

/// Counts that the scheduler could not launch a task, which is a failure as well: people ask that it were
/// none, <https://github.com/aws/containers-roadmap/issues/1273>.
pub(in super::super) fn count_missing(world: &mut World, id: &ServiceId) {
    let now = world.now;
    let Some((service, primary)) = rolling(world, id) else {
        return;
    };
    let tried = primary.failed.map(|at| after(at, TRIED_AGAIN_SECONDS));
    if Breaker::of(service).is_none() || tried.is_some_and(|at| now < at) {
        return;
    }
    let deployment = primary.id.clone();
    count_failure(world, id, &deployment, Failure::Start);
    let again = after(now, TRIED_AGAIN_SECONDS);
    world.ecs.agenda.add(again, Step::Service(id.clone()));
}

/// Forgets what was counted when a task is healthy, and gives the deployment up when too much was. The
/// latest desired count decides what is too much.
pub(in super::super) fn watch(world: &mut World, id: &ServiceId) {
    let Some((service, primary)) = rolling(world, id) else {
        return;
    };
    let Some(failed) = primary.failed else {
        return;
    };
    let breaker = Breaker::of(service);
    let tasks = service
        .tasks
        .iter()
        .filter_map(|it| world.ecs.tasks.get(it));
    let mut own = tasks.filter(|task| task.started_by == primary.id);
    let healed = own.any(|task| {
        task.is_healthy(world.now) && task.healthy.is_some_and(|since| since >= failed)
    });
    if healed {
        let resets = breaker.is_none_or(|it| it.resets);
        if let Some(primary) = primary_mut(world, id) {
            primary.failed_tasks = 0;
            primary.failed = None;
            primary.failures *= u32::from(!resets);
        }
        return;
    }
    let Some(breaker) = breaker else {
        return;
    };
    if primary.failures >= breaker.threshold(service.desired) {
        fail(world, id, &Cause::Breaker, breaker.rollback);
    }
}
