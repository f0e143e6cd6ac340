//! How a group follows from what it should be: instances come and go, and everybody is told.

use std::collections::BTreeSet;

use super::ending::Ending;
use super::group::Group;
use super::hooks::{self, Verdict};
use super::instance::Instance;
use super::news;
use crate::journal::What;
use crate::services::ecs;
use crate::services::events::uuid;
use crate::world::World;

/// Lets a group's instances come and go as its size asks for, and tells ECS and the journal.
pub(super) fn settle(world: &mut World, name: &str) {
    let now = world.now;
    let busy = busy(world, name);
    let Some(mut group) = world.autoscaling.groups.remove(name) else {
        return;
    };
    let mut told = group.pass_time(now);
    let drained = group.wait_for_ecs().filter(|one| !busy.contains(&one.id));
    for id in drained.map(|one| one.id.clone()).collect::<Vec<_>>() {
        told.extend(group.conclude(&id, hooks::OF_ECS, Verdict::Continue, now));
    }
    while group.wants_more(now) {
        told.push(match group.blank(&world.ec2.dry) {
            Some(blank) => group.launch(&world.id(), blank, now),
            None => group.wait_for_capacity(now),
        });
    }
    told.extend(group.shrink(&mut Ending {
        now,
        busy: &busy,
        tokens: &mut || uuid(&world.id()),
    }));
    let after = group.in_service();
    if let Some(next) = group.next_change(now) {
        world.autoscaling.agenda.insert((next, name.to_owned()));
    }
    let before = std::mem::replace(&mut group.journaled, after);
    world.autoscaling.groups.insert(name.to_owned(), group);
    ecs::follow(world, name);
    if after != before {
        world.happened(name, What::Instances(after));
    }
    news::announce(world, name, told);
}

/// The group that an instance belongs to.
pub(crate) fn group_of<'a>(world: &'a World, instance: &str) -> Option<&'a Group> {
    let mut groups = world.autoscaling.groups.values();
    groups.find(|group| group.instance(instance).is_some())
}

/// EC2 recommends to replace an instance.
pub(crate) fn at_risk(world: &mut World, instance: &str) {
    change(world, instance, |instance| instance.at_risk = true);
}

/// The machine of an instance is gone. The group finds it unhealthy at once, which is a choice;
/// it replaces it, and completes its lifecycle hooks all the same: "when a Spot Instance
/// terminates, you must still complete the lifecycle action",
/// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks.html>.
pub(crate) fn machine_gone(world: &mut World, instance: &str) {
    change(world, instance, |instance| instance.gone = true);
    end(world, instance);
}

/// Ends an instance, whatever size its group should have.
pub(super) fn end(world: &mut World, instance: &str) {
    let Some(mut group) = group_of(world, instance).cloned() else {
        return;
    };
    let name = group.name.clone();
    let busy = busy(world, &name);
    let mut ending = Ending {
        now: world.now,
        busy: &busy,
        tokens: &mut || uuid(&world.id()),
    };
    let told = group.end(instance, &mut ending);
    world.autoscaling.groups.insert(name.clone(), group);
    news::announce(world, &name, told);
    settle(world, &name);
}

/// Whether ECS drains the instances of a group that end.
pub(super) fn drains(world: &World, group: &str) -> bool {
    let mut providers = world.ecs.providers.values();
    providers.any(|provider| provider.group == group && provider.managed_draining)
}

/// The instances of a group that ECS has yet to drain.
fn busy(world: &World, group: &str) -> BTreeSet<String> {
    let found = world.autoscaling.groups.get(group);
    let found = found.filter(|_| drains(world, group));
    let instances = found.into_iter().flat_map(|group| &group.instances);
    let ids = instances.map(|instance| &instance.id);
    ids.filter(|id| !ecs::container_instances::is_empty(world, id))
        .cloned()
        .collect()
}

fn change(world: &mut World, instance: &str, change: impl FnOnce(&mut Instance)) {
    let Some(name) = group_of(world, instance).map(|group| group.name.clone()) else {
        return;
    };
    let group = world.autoscaling.groups.get_mut(&name);
    let mut instances = group.into_iter().flat_map(|group| &mut group.instances);
    if let Some(instance) = instances.find(|one| one.id == instance) {
        change(instance);
    }
    settle(world, &name);
}
