//! The service scheduler: which tasks to start and to stop, so that the service gets what is
//! wanted and a deployment stays between its bounds.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html>.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::service::{Bounds, Service, ServiceId, Status};
use super::tasks::{LastStatus, Task};
use super::{announce, capacity, deployments, removal, stopping, tasks};
use crate::journal::What;
use crate::world::World;

/// What is to be done for a service.
#[derive(Debug, Default, PartialEq, Eq)]
struct Orders {
    stop: Vec<String>,
    start: usize,
}

/// Starts and stops what is needed, and says what came of it.
pub(super) fn reconcile(world: &mut World, id: &ServiceId) {
    let Some(service) = world.ecs.service(id) else {
        return;
    };
    let orders = orders(service, &world.ecs.tasks, world.now);
    let reason = deployments::scaling_reason(service);
    for task in &orders.stop {
        stopping::order(world, task, &reason);
    }
    let started = (0..orders.start).filter_map(|_| tasks::start(world, id));
    let started: Vec<String> = started.collect();
    announce::tasks_changed(world, id, "started", &started);
    announce::tasks_changed(world, id, "stopped", &orders.stop);
    deployments::conclude(world, id);
    removal::conclude(world, id);
    journal(world, id);
}

fn orders(service: &Service, tasks: &BTreeMap<String, Task>, now: Timestamp) -> Orders {
    let wanted = service.tasks.iter().filter_map(|id| tasks.get(id));
    let wanted = wanted.filter(|task| !task.stopping);
    let Some(primary) = service
        .primary()
        .filter(|_| service.status == Status::Active)
    else {
        return Orders {
            stop: wanted.map(|task| task.id.clone()).collect(),
            start: 0,
        };
    };
    let (mut new, old): (Vec<&Task>, Vec<&Task>) =
        wanted.partition(|task| task.deployment == primary.id);
    let desired = service.desired as usize;
    // What does not run yet goes first, then the youngest.
    new.sort_by_key(|task| (task.is_running(), Reverse(task.number)));
    let (surplus, kept) = new.split_at(new.len().saturating_sub(desired));
    let replaced = replaced(service, kept, &old);
    let room = service
        .bounds
        .ceiling(desired)
        .saturating_sub(kept.len() + old.len() - replaced.len());
    let throttled = service.throttle.until.is_some_and(|until| now < until);
    Orders {
        stop: surplus
            .iter()
            .chain(&replaced)
            .map(|it| it.id.clone())
            .collect(),
        start: if throttled {
            0
        } else {
            room.min(desired - kept.len())
        },
    }
}

/// The tasks of older deployments that can go: those that do not run, and of those that do as
/// many as the minimum healthy percent can spare.
fn replaced<'a>(service: &Service, kept: &[&Task], old: &[&'a Task]) -> Vec<&'a Task> {
    let (running, unborn): (Vec<&Task>, Vec<&Task>) = old.iter().partition(|it| it.is_running());
    let healthy = running.len() + kept.iter().filter(|it| it.is_running()).count();
    let spare = healthy.saturating_sub(service.bounds.floor(service.desired as usize));
    unborn
        .into_iter()
        .chain(running.into_iter().take(spare))
        .collect()
}

impl Bounds {
    /// Rounded up.
    fn floor(self, desired: usize) -> usize {
        (desired * self.minimum_healthy_percent as usize).div_ceil(100)
    }

    /// Rounded down.
    fn ceiling(self, desired: usize) -> usize {
        desired * self.maximum_percent as usize / 100
    }
}

/// Journals the counts if one of them changed.
fn journal(world: &mut World, id: &ServiceId) {
    let Some(service) = world.ecs.service(id) else {
        return;
    };
    let counts = (service.desired, running(service, &world.ecs.tasks));
    if service.journalled == Some(counts) {
        return;
    }
    if let Some(service) = world.ecs.service_mut(id) {
        service.journalled = Some(counts);
    }
    let (desired, running) = counts;
    world.happened(id.to_string(), What::Tasks { desired, running });
}

/// How many tasks run.
fn running(service: &Service, tasks: &BTreeMap<String, Task>) -> u32 {
    let running = service.tasks.iter().filter_map(|id| tasks.get(id));
    u32::try_from(running.filter(|it| it.is_running()).count()).unwrap_or(u32::MAX)
}

/// Lets everything that has a place run now and what is to stop be gone, without the wait.
pub(crate) fn settle_at_once(world: &mut World, id: &ServiceId) {
    reconcile(world, id);
    loop {
        capacity::place_waiting(world);
        let moving: Vec<(String, bool)> = world
            .ecs
            .service(id)
            .into_iter()
            .flat_map(|service| &service.tasks)
            .filter_map(|task| world.ecs.tasks.get(task))
            .filter(|task| task.placed && !task.is_running() && task.last != LastStatus::Stopped)
            .map(|task| (task.id.clone(), task.stopping))
            .collect();
        if moving.is_empty() {
            return;
        }
        for (task, stopping) in moving {
            match stopping {
                true => stopping::end(world, &task),
                false => tasks::run(world, &task),
            }
        }
        reconcile(world, id);
    }
}
