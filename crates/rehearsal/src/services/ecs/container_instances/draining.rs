//! Status changes, and who else than the API sets DRAINING: managed draining and the agent.

use std::collections::BTreeSet;

use super::{InstanceStatus, modelled_in, of_machine, show};
use crate::journal::What;
use crate::services::ecs::agenda::Step;
use crate::services::ecs::service::{Scheduling, ServiceId};
use crate::services::ecs::{after, scheduler};
use crate::world::World;

/// How often the agent asks for a Spot notice: every second,
/// <https://github.com/aws/amazon-ecs-agent/blob/master/agent/app/agent.go>.
const AGENT_SECONDS: u32 = 1;

/// How long ECS managed draining takes from a Spot notice to DRAINING. No figure is published; 5 s
/// is a choice.
const MANAGED_SECONDS: u32 = 5;

/// A Spot notice reached the machine: whoever drains by itself will do so. Neither does so for
/// `hibernate`: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/spot-instance-draining-linux-container.html>.
pub fn warned(world: &mut World, ec2_instance: &str, action: &str) {
    if !matches!(action, "terminate" | "stop") {
        return;
    }
    let groups = of_machine(world, ec2_instance).into_iter();
    let groups = groups.filter_map(|id| world.ecs.container_instances.get(&id));
    let hosts = groups.filter_map(|it| world.ecs.hosts.get(&it.group));
    let drainers = hosts.flat_map(|hosts| {
        let provider = hosts.provider.as_ref();
        let provider = provider.and_then(|name| world.ecs.providers.get(name));
        let managed = provider.is_some_and(|it| it.managed_draining);
        let agent = hosts.agent_drains.then_some(AGENT_SECONDS);
        agent.into_iter().chain(managed.then_some(MANAGED_SECONDS))
    });
    if let Some(seconds) = drainers.min() {
        let at = after(world.now, seconds);
        let step = Step::Drain(ec2_instance.to_owned());
        world.ecs.agenda.add(at, step);
    }
}

/// Sets the ACTIVE container instances of a machine to DRAINING, as managed draining and the agent do.
pub fn drain(world: &mut World, ec2_instance: &str) {
    for id in of_machine(world, ec2_instance) {
        let found = world.ecs.container_instances.get(&id);
        if found.is_some_and(|it| it.status == InstanceStatus::Active) {
            set_status(world, &id, InstanceStatus::Draining);
        }
    }
}

/// Gives an instance another status and lets everything follow from it.
pub(in crate::services::ecs) fn set_status(world: &mut World, id: &str, status: InstanceStatus) {
    set_statuses(world, &[id.to_owned()], status);
}

/// Gives instances another status, all of them before anything follows from it: of several that are
/// drained together, none takes the tasks of another.
pub(super) fn set_statuses(world: &mut World, ids: &[String], status: InstanceStatus) {
    let now = world.now;
    for id in ids {
        let Some(instance) = world.ecs.container_instances.get_mut(id) else {
            continue;
        };
        instance.status = status;
        instance.draining_since = (status == InstanceStatus::Draining).then_some(now);
        let machine = instance.ec2_instance.clone();
        world.happened(machine, What::ContainerInstance(status.name()));
    }
    consequences(world, ids);
}

/// What follows from another status or a connected agent: it is announced, tasks that wait may find
/// room, and services that have tasks there or run daemons look again.
pub(super) fn consequences(world: &mut World, ids: &[String]) {
    world.ecs.room_changed = true;
    count_active(world);
    let mut services = BTreeSet::new();
    for id in ids {
        show::changed(world, id);
        services.extend(concerned(world, id));
    }
    for service in services {
        scheduler::reconcile(world, &service);
    }
}

/// How many instances each provider has that take tasks: what Auto Scaling is told.
fn count_active(world: &mut World) {
    let ecs = &mut world.ecs;
    for (name, provider) in &mut ecs.providers {
        let own = ecs.container_instances.values();
        let active = own.filter(|it| it.provider.as_ref() == Some(name) && it.takes_tasks());
        provider.instances = u32::try_from(active.count()).unwrap_or(u32::MAX);
    }
}

/// The services with a task on an instance, and the daemons of its cluster.
pub(super) fn concerned(world: &World, id: &str) -> BTreeSet<ServiceId> {
    let Some(instance) = world.ecs.container_instances.get(id) else {
        return BTreeSet::new();
    };
    let tasks = instance.tasks.keys();
    let tasks = tasks.filter_map(|task| world.ecs.tasks.get(task)?.service.clone());
    let cluster = world.ecs.clusters.get(&instance.cluster);
    let services = cluster.into_iter().flat_map(|it| it.services.values());
    let daemons = services.filter(|it| it.scheduling == Scheduling::Daemon);
    let daemons = daemons.filter(|_| modelled_in(world, &instance.cluster));
    tasks.chain(daemons.map(|it| it.id.clone())).collect()
}
