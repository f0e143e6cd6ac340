//! How container instances come and go with their machines.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterContainerInstance.html>
//! ("if you terminate a running container instance, Amazon ECS automatically deregisters the
//! instance"; a stopped one is not),
//! <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html>.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{ContainerInstance, InstanceStatus, draining, of_machine, show};
use crate::services::autoscaling::{Instance, Phase};
use crate::services::ecs::agenda::Step;
use crate::services::ecs::task::LastStatus;
use crate::services::ecs::{after, scheduler, stopping};
use crate::world::World;

/// How long an INACTIVE instance can still be described. AWS gives no figure; an hour, as with
/// stopped tasks, is a choice.
const SHOWN_SECONDS: u32 = 3600;

/// Lets ECS see what became of a group's instances: those whose agent has come up register, those
/// that end are drained if the capacity provider manages that, and those that are gone are lost.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html>.
pub fn follow(world: &mut World, group: &str) {
    let Some(hosts) = world.ecs.hosts.get(group) else {
        return;
    };
    let managed = hosts.provider.as_ref().is_some_and(|name| {
        let provider = world.ecs.providers.get(name);
        provider.is_some_and(|provider| provider.managed_draining)
    });
    let Some(found) = world.autoscaling.groups.get(group) else {
        return;
    };
    let instances = found.instances.clone();
    let known = world.ecs.container_instances.values();
    let known: BTreeSet<String> = known.map(|it| it.ec2_instance.clone()).collect();
    for instance in &instances {
        match instance.phase {
            Phase::InService { registered }
                if registered <= world.now && !known.contains(&instance.id) =>
            {
                register(world, group, instance);
            }
            Phase::Terminating { .. } if managed => draining::drain(world, &instance.id),
            _ => {}
        }
    }
    let there: BTreeSet<&String> = instances.iter().map(|it| &it.id).collect();
    let known = world.ecs.container_instances.values();
    let gone = known.filter(|it| it.group == group && !there.contains(&it.ec2_instance));
    let gone: Vec<String> = gone.map(|it| it.ec2_instance.clone()).collect();
    for ec2_instance in gone {
        lost(world, &ec2_instance);
    }
}

/// The agent registers its machine once more, because its data are lost or it was given another
/// cluster: a new container instance with the same EC2 instance. In the same cluster the old one is
/// deregistered, and what ran on it is no longer ECS's.
pub fn register_again(world: &mut World, ec2_instance: &str, cluster: &str) {
    for id in of_machine(world, ec2_instance) {
        let found = world.ecs.container_instances.get(&id);
        let Some(old) = found.filter(|it| it.is_registered()).cloned() else {
            continue;
        };
        if old.cluster == cluster {
            disconnect(world, &id, "registered again");
            deregistered(world, &id);
        }
        let id = world.id();
        let again = ContainerInstance {
            id: id.clone(),
            cluster: cluster.to_owned(),
            provider: old.provider.filter(|_| old.cluster == cluster),
            registered: world.now,
            status: InstanceStatus::Registering,
            agent_connected: true,
            version: 0,
            draining_since: None,
            tasks: BTreeMap::new(),
            ..old
        };
        world.ecs.container_instances.insert(id.clone(), again);
        registered(world, &id);
        return;
    }
}

fn register(world: &mut World, group: &str, machine: &Instance) {
    let now = world.now;
    let hosts = world.ecs.hosts.get(group).cloned().unwrap_or_default();
    let id = id(&machine.id);
    let instance = ContainerInstance {
        id: id.clone(),
        ec2_instance: machine.id.clone(),
        group: group.to_owned(),
        cluster: hosts.cluster,
        provider: hosts.provider,
        instance_type: machine.instance_type.clone(),
        zone: machine.zone.clone(),
        registered: now,
        status: InstanceStatus::Registering,
        agent_connected: true,
        version: 0,
        draining_since: None,
        room: hosts.tasks_per_instance,
        tasks: BTreeMap::new(),
    };
    world.ecs.container_instances.insert(id.clone(), instance);
    if hosts.registering_seconds == 0 {
        registered(world, &id);
        return;
    }
    show::changed(world, &id);
    let at = after(now, hosts.registering_seconds);
    world.ecs.agenda.add(at, Step::Registered(id));
}

/// A registering instance takes tasks from now on.
pub(in crate::services::ecs) fn registered(world: &mut World, id: &str) {
    let found = world.ecs.container_instances.get(id);
    if found.is_some_and(|it| it.status == InstanceStatus::Registering) {
        draining::set_status(world, id, InstanceStatus::Active);
    }
}

/// 32 digits of its own, as ECS has them, made of the EC2 instance's 17.
fn id(ec2_instance: &str) -> String {
    let digits = ec2_instance.trim_start_matches("i-");
    format!("{digits:0<32}")
}

/// The machine is gone: its tasks have ended, and ECS deregisters the container instance.
///
/// The words of `stoppedReason` are as people saw them, with the stop code `TerminationNotice`; exit
/// code 137 is a choice, for people also saw 143 and none at all.
pub fn lost(world: &mut World, ec2_instance: &str) {
    for id in of_machine(world, ec2_instance) {
        let found = world.ecs.container_instances.get(&id);
        let Some(instance) = found.filter(|it| it.status != InstanceStatus::Inactive) else {
            continue;
        };
        let seconds = world.ecs.hosts.get(&instance.group);
        let seconds = seconds.map_or(0, |hosts| hosts.registering_seconds);
        disconnect(world, &id, "terminated");
        if seconds == 0 {
            deregistered(world, &id);
            continue;
        }
        draining::set_status(world, &id, InstanceStatus::Deregistering);
        let at = after(world.now, seconds);
        world.ecs.agenda.add(at, Step::Deregistered(id));
    }
}

/// The machine was stopped or hibernated: its tasks have ended, and the container instance stays what
/// it was, without an agent.
pub fn stopped(world: &mut World, ec2_instance: &str) {
    for id in of_machine(world, ec2_instance) {
        let found = world.ecs.container_instances.get(&id);
        if found.is_some_and(|it| it.status != InstanceStatus::Inactive) {
            disconnect(world, &id, "stopped");
        }
    }
}

/// The agent of a machine that runs on is gone, and says nothing and does nothing until it is
/// [`back`]: no task is placed there, and one that is told to stop goes on.
pub fn agent_gone(world: &mut World, ec2_instance: &str) {
    for id in of_machine(world, ec2_instance) {
        if let Some(instance) = world.ecs.container_instances.get_mut(&id) {
            instance.agent_connected = false;
            draining::consequences(world, &[id]);
        }
    }
}

/// A machine runs again, or its agent does: it connects, and stops what was to be stopped. An instance that was DRAINING still is, for that
/// ends only when somebody sets it ACTIVE (inferred from
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-draining.html>).
pub fn back(world: &mut World, ec2_instance: &str) {
    for id in of_machine(world, ec2_instance) {
        let found = world.ecs.container_instances.get_mut(&id);
        if let Some(instance) = found.filter(|it| it.status != InstanceStatus::Inactive) {
            instance.agent_connected = true;
            let tasks: Vec<String> = instance.tasks.keys().cloned().collect();
            for task in tasks {
                let found = world.ecs.tasks.get(&task);
                if found.is_some_and(|task| task.last <= LastStatus::Running) {
                    stopping::go_down(world, &task);
                }
            }
            draining::consequences(world, &[id]);
        }
    }
}

/// The agent is gone, and every task with it.
fn disconnect(world: &mut World, id: &str, how: &str) {
    let Some(instance) = world.ecs.container_instances.get_mut(id) else {
        return;
    };
    instance.agent_connected = false;
    let reason = format!("Host EC2 (instance {}) {how}.", instance.ec2_instance);
    let tasks: Vec<String> = instance.tasks.keys().cloned().collect();
    show::changed(world, id);
    let mut services = BTreeSet::new();
    for task in &tasks {
        services.extend(stopping::kill(world, task, &reason));
    }
    for service in services {
        scheduler::reconcile(world, &service);
    }
}

/// A container instance is no longer part of its cluster, and shown for a while.
pub(in crate::services::ecs) fn deregistered(world: &mut World, id: &str) {
    draining::set_status(world, id, InstanceStatus::Inactive);
    let at: Timestamp = after(world.now, SHOWN_SECONDS);
    let step = Step::ForgetInstance(id.to_owned());
    world.ecs.agenda.add(at, step);
}

/// An INACTIVE instance is no longer shown.
pub(in crate::services::ecs) fn forget(world: &mut World, id: &str) {
    world.ecs.container_instances.remove(id);
}
