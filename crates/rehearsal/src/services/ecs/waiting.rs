//! Tasks that wait for room, and services for capacity; and what is said of them.

use std::collections::BTreeSet;

use super::agenda::Step;
use super::capacity::Provider;
use super::placement::Missing;
use super::service::ServiceId;
use super::{after, announce, container_instances, deployments, scheduler, tasks};
use crate::services::autoscaling::{Instance, Phase};
use crate::world::World;

/// How long a task waits for an instance that managed scaling could bring until that is announced as
/// a placement failure. No figure is published; the warm-up of an instance, 300 s, is a choice.
const PATIENCE_SECONDS: u32 = 300;

/// Whether a task or a service waits for room.
pub(super) fn somebody_waits(world: &World) -> bool {
    let mut providers = world.ecs.providers.values();
    !world.ecs.unplaced.is_empty() || providers.any(Provider::has_waiting)
}

/// Gives every waiting task a place that there is room for, the oldest first, and lets services try
/// again that found none.
pub(super) fn place_waiting(world: &mut World) {
    if !std::mem::take(&mut world.ecs.room_changed) {
        return;
    }
    let providers = world.ecs.providers.iter();
    let asked = providers.filter(|(_, provider)| provider.has_waiting());
    let asked: Vec<String> = asked.map(|(name, _)| name.clone()).collect();
    for name in &asked {
        while place_first(world, name) {}
    }
    let again = world.ecs.unplaced.iter().filter(|id| !waits(world, id));
    for service in again.cloned().collect::<Vec<_>>() {
        scheduler::reconcile(world, &service);
    }
    for name in &asked {
        tell_waiting(world, name);
    }
}

/// Places the task that waits longest, if there is room.
fn place_first(world: &mut World, name: &str) -> bool {
    let Some(provider) = world.ecs.providers.get(name) else {
        return false;
    };
    let instance = container_instances::with_room(world, &provider.cluster, Some(name));
    let Some(instance) = instance.filter(|_| provider.has_waiting()) else {
        return false;
    };
    let Some(provider) = world.ecs.providers.get_mut(name) else {
        return false;
    };
    let Some(task) = provider.place() else {
        return false;
    };
    container_instances::seat(world, &instance, &task);
    tasks::take_place(world, &task);
    true
}

/// Says of the services whose tasks still wait that these cannot be placed: at once where nobody will
/// bring an instance, and otherwise when that has taken too long.
fn tell_waiting(world: &mut World, name: &str) {
    let Some(provider) = world.ecs.providers.get(name) else {
        return;
    };
    let group = world.autoscaling.groups.get(&provider.group);
    let may_come = group.is_some_and(|group| {
        let on_its_way = |it: &Instance| match it.phase {
            Phase::Pending { .. } => true,
            Phase::InService { registered } => registered > world.now,
            _ => false,
        };
        (provider.managed_scaling && group.desired < group.max)
            || group.instances.iter().any(on_its_way)
    });
    let tasks = provider.waiting();
    let tasks = tasks.filter_map(|id| world.ecs.tasks.get(id));
    let mut services = BTreeSet::new();
    let mut again = None;
    for task in tasks {
        let patience = after(task.created, PATIENCE_SECONDS);
        if may_come && world.now < patience {
            again = again.into_iter().chain([patience]).min();
        } else {
            let told = |id: &&ServiceId| !world.ecs.unplaced.contains(*id);
            services.extend(task.service.as_ref().filter(told).cloned());
        }
    }
    if let Some(at) = again {
        world.ecs.agenda.add(at, Step::Room);
    }
    for service in services {
        if world.ecs.unplaced.insert(service.clone()) {
            announce::no_instance(world, &service, Some(name));
        }
    }
}

/// Notes that a service found no capacity, and says so once until it has found some.
pub(super) fn note_missing(world: &mut World, id: &ServiceId, missing: &[Missing]) {
    if !missing.is_empty() {
        deployments::count_missing(world, id);
    }
    let Some(shortage) = missing.first() else {
        if !waits(world, id) {
            world.ecs.unplaced.remove(id);
        }
        return;
    };
    if !world.ecs.unplaced.insert(id.clone()) {
        return;
    }
    match shortage {
        Missing::Instances => announce::no_instance(world, id, None),
        Missing::FargateSpot => announce::no_fargate_spot(world, id),
    }
}

/// Whether a task of a service waits for a place.
fn waits(world: &World, id: &ServiceId) -> bool {
    let tasks = world.ecs.service(id).into_iter();
    let tasks = tasks.flat_map(|service| &service.tasks);
    let mut tasks = tasks.filter_map(|task| world.ecs.tasks.get(task));
    tasks.any(|task| !task.placed && !task.stopping)
}
