//! Daemon services: one task on each instance that takes tasks, the last to leave one that drains.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html#service_scheduler>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html>
//! ("daemon tasks are the last to stop after all replica tasks have stopped").

use super::container_instances::{self, ContainerInstance};
use super::deployments::Rollout;
use super::orders::Orders;
use super::service::{Scheduling, Service, ServiceId, Status};
use super::task::{LastStatus, Task};
use crate::world::World;

/// Whether a service runs one task on each instance of its cluster. Without instances in the model,
/// its desired count is what the stack file says.
pub(super) fn is_on_instances(world: &World, service: &Service) -> bool {
    service.scheduling == Scheduling::Daemon
        && container_instances::modelled_in(world, &service.id.cluster)
}

/// A daemon's desired count is that of the instances that take tasks.
pub(super) fn count(world: &mut World, id: &ServiceId) {
    let Some(service) = world.ecs.service(id) else {
        return;
    };
    if service.status != Status::Active || !is_on_instances(world, service) {
        return;
    }
    let desired = eligible(world, &id.cluster);
    if let Some(service) = world.ecs.service_mut(id) {
        service.desired = desired;
    }
}

/// How many instances of a cluster take tasks.
pub(super) fn eligible(world: &World, cluster: &str) -> u32 {
    let instances = container_instances::of_cluster(world, cluster);
    let eligible = instances.filter(|it| it.takes_tasks());
    u32::try_from(eligible.count()).unwrap_or(u32::MAX)
}

/// What is to be done for a daemon: a task where there is none, none where all others have left, and
/// the tasks of older deployments replaced on their instances.
pub(super) fn orders(world: &World, service: &Service) -> Orders {
    let tasks: Vec<&Task> = service
        .tasks
        .iter()
        .filter_map(|id| world.ecs.tasks.get(id))
        .filter(|task| task.last != LastStatus::Stopped)
        .collect();
    let wanted = tasks.iter().filter(|task| !task.stopping);
    let primary = service.primary().map(|it| it.id.as_str());
    let Some(primary) = primary.filter(|_| service.status == Status::Active) else {
        return Orders {
            stop: wanted.map(|task| task.id.clone()).collect(),
            start: Vec::new(),
        };
    };
    // What was given up starts nothing more, and what runs stays.
    let given_up = service
        .primary()
        .is_some_and(|it| it.rollout == Rollout::Failed);
    let on = |task: &Task| task.container_instance.clone().unwrap_or_default();
    let floor = service.bounds.floor(service.desired as usize);
    let healthy = wanted.clone().filter(|it| it.is_healthy(world.now)).count();
    let mut spare = healthy.saturating_sub(floor);
    let mut stop = Vec::new();
    for task in wanted {
        let instance = world.ecs.container_instances.get(&on(task));
        let draining = instance.filter(|it| it.is_draining());
        let left_alone = draining.is_some_and(|it| !has_replicas(world, it));
        let old = draining.is_none() && task.started_by != primary && !given_up;
        if left_alone || (old && (spare > 0 || !task.is_healthy(world.now))) {
            spare -= usize::from(old && task.is_healthy(world.now));
            stop.push(task.id.clone());
        }
    }
    let instances = container_instances::of_cluster(world, &service.id.cluster);
    let free = instances
        .filter(|it| it.takes_tasks() && !given_up)
        .filter(|it| !tasks.iter().any(|task| on(task) == it.id));
    Orders {
        stop,
        start: free.map(|it| Some(it.id.clone())).collect(),
    }
}

/// Whether a task of a REPLICA service is still on an instance.
fn has_replicas(world: &World, instance: &ContainerInstance) -> bool {
    let tasks = instance.tasks.keys();
    let mut services = tasks.filter_map(|task| world.ecs.tasks.get(task)?.service.as_ref());
    services.any(|id| {
        let service = world.ecs.service(id);
        service.is_some_and(|it| it.scheduling == Scheduling::Replica)
    })
}
