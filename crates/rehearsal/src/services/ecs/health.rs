//! Tasks whose health check fails: replaced, and counted against their deployment.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>.

use super::agenda::Step;
use super::deployments::{self, Failure};
use super::{after, announce, scheduler, stopping};
use crate::world::World;

/// How many times as long as passing it takes to fail a health check for good. Three retries are the default
/// of a container's, <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>; that a
/// target's takes as long is a choice.
const RETRIES: u32 = 3;

/// A task that runs will fail its health check, which passes within so many seconds if at all.
pub(super) fn fail_later(world: &mut World, task: &str, seconds: u32) {
    let at = after(world.now, seconds.saturating_mul(RETRIES));
    let task = task.to_owned();
    world.ecs.agenda.add(at, Step::Unhealthy { task });
}

/// A task has failed its health check, and is stopped.
pub(super) fn fail(world: &mut World, id: &str) {
    let task = world.ecs.tasks.get(id);
    let Some(task) = task.filter(|task| task.is_running() && !task.stopping) else {
        return;
    };
    let Some(service) = task.service.clone() else {
        return;
    };
    let deployment = task.started_by.clone();
    let found = world.ecs.service(&service);
    let balancers = found.and_then(|it| it.settings.get("loadBalancers"));
    let group = balancers.and_then(|it| it[0]["targetGroupArn"].as_str());
    let group = group.map(str::to_owned);
    let reason = match &group {
        None => "Task failed container health checks".to_owned(),
        Some(arn) => format!("Task failed ELB health checks in (target-group {arn})"),
    };
    announce::unhealthy(world, &service, id, group.as_deref());
    stopping::order(world, id, "ServiceSchedulerInitiated", &reason);
    deployments::count_failure(world, &service, &deployment, Failure::Health);
    scheduler::reconcile(world, &service);
}
