//! The service scheduler: starts and stops tasks, so that the service gets what is wanted.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html>.

use std::collections::BTreeMap;

use super::orders::{self, Orders};
use super::placement::Missing;
use super::service::{Service, ServiceId};
use super::task::{LastStatus, Task};
use super::{announce, daemons, deployments, removal, stopping, tasks, waiting};
use crate::journal::What;
use crate::world::World;

/// Starts and stops what is needed, and says what came of it.
pub(super) fn reconcile(world: &mut World, id: &ServiceId) {
    daemons::count(world, id);
    deployments::watch(world, id);
    let Some(service) = world.ecs.service(id) else {
        return;
    };
    let orders = match daemons::is_on_instances(world, service) {
        true => daemons::orders(world, service),
        false => orders::orders(world, service),
    };
    let reason = deployments::scaling_reason(service);
    for task in &orders.stop {
        stopping::order(world, task, "ServiceSchedulerInitiated", &reason);
    }
    let (started, missing) = start(world, id, &orders);
    announce::tasks_changed(world, id, "started", &started);
    announce::tasks_changed(world, id, "stopped", &orders.stop);
    waiting::note_missing(world, id, &missing);
    deployments::conclude(world, id);
    removal::conclude(world, id);
    journal(world, id);
}

/// Starts what is to be started; what has no capacity is not created at all.
fn start(world: &mut World, id: &ServiceId, orders: &Orders) -> (Vec<String>, Vec<Missing>) {
    let (mut started, mut missing) = (Vec::new(), Vec::new());
    for place in &orders.start {
        match tasks::start(world, id, place.as_deref(), &missing) {
            Ok(task) => started.extend(task),
            Err(shortage) => missing.push(shortage),
        }
    }
    (started, missing)
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
        waiting::place_waiting(world);
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
                false => tasks::run_at_once(world, &task),
            }
        }
        reconcile(world, id);
    }
}
