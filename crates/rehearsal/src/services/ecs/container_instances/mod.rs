//! Container instances: the instances of an Auto Scaling group whose ECS agent has registered them
//! in a cluster, and the tasks that are on each of them.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerInstance.html>.

mod calls;
mod draining;
mod filter;
mod life;
mod resources;
mod show;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::agenda::Step;
use crate::journal::What;
use crate::world::World;

pub(super) use calls::{describe, list, update_state};
pub use draining::{drain, warned};
pub use life::{agent_gone, back, follow, lost, register_again, stopped};
pub(super) use life::{deregistered, forget, registered};
pub(super) use resources::Resources;
pub(super) use show::{arn_of, show};

/// What ECS knows of an Auto Scaling group whose instances register in a cluster.
#[derive(Clone, Debug, Default)]
pub struct Hosts {
    /// The cluster's name.
    pub cluster: String,
    /// The capacity provider in front of the group, if there is one.
    pub provider: Option<String>,
    /// How many tasks fit on an instance.
    pub tasks_per_instance: u32,
    /// Whether the agent drains its instance on a Spot notice: `ECS_ENABLE_SPOT_INSTANCE_DRAINING`.
    pub agent_drains: bool,
    /// How long an instance is REGISTERING and DEREGISTERING, as with `awsvpcTrunking`; 0 without.
    pub registering_seconds: u32,
}

/// A container instance.
#[derive(Clone, Debug)]
pub struct ContainerInstance {
    /// Its id of 32 hexadecimal digits.
    pub id: String,
    /// The EC2 instance that it is.
    pub ec2_instance: String,
    /// The Auto Scaling group that it belongs to.
    pub group: String,
    /// The cluster that it is registered in.
    pub cluster: String,
    /// The capacity provider that it belongs to, if to one.
    pub provider: Option<String>,
    /// What it is, such as `m6i.large`.
    pub instance_type: String,
    /// Its Availability Zone.
    pub zone: String,
    /// When its agent registered it.
    pub registered: Timestamp,
    /// Its status.
    pub status: InstanceStatus,
    /// Whether its agent is connected.
    pub agent_connected: bool,
    /// Rises with every change.
    pub version: u64,
    /// Since when it is DRAINING.
    pub draining_since: Option<Timestamp>,
    /// How many tasks fit on it.
    pub room: u32,
    /// The tasks on it that are not STOPPED by id, and whether each takes up room.
    pub tasks: BTreeMap<String, bool>,
}

/// `status` of a container instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstanceStatus {
    /// Its trunk network interface is being made.
    Registering,
    /// It takes tasks.
    Active,
    /// It takes no more tasks, and those of services move away.
    Draining,
    /// Its trunk network interface is being removed.
    Deregistering,
    /// It is no longer part of the cluster.
    Inactive,
}

impl InstanceStatus {
    /// As AWS spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registering => "REGISTERING",
            Self::Active => "ACTIVE",
            Self::Draining => "DRAINING",
            Self::Deregistering => "DEREGISTERING",
            Self::Inactive => "INACTIVE",
        }
    }
}

impl ContainerInstance {
    /// Whether new tasks may be placed on it: "only instances connected to an agent can accept task
    /// placement requests".
    pub fn takes_tasks(&self) -> bool {
        self.status == InstanceStatus::Active && self.agent_connected
    }

    /// Whether it counts as registered: ACTIVE or DRAINING,
    /// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html>.
    pub fn is_registered(&self) -> bool {
        matches!(
            self.status,
            InstanceStatus::Active | InstanceStatus::Draining
        )
    }

    /// Whether the tasks of services are to leave it.
    pub fn is_draining(&self) -> bool {
        self.status == InstanceStatus::Draining
    }

    /// Whether a task that came this way takes up room. `tasks-per-instance` counts the tasks of the
    /// group's capacity provider, or of launch type EC2 where there is none; others fit beside them.
    pub(super) fn counts(&self, provider: Option<&str>) -> bool {
        self.provider.as_deref() == provider
    }

    fn has_room_for(&self, provider: Option<&str>) -> bool {
        let taken = self.tasks.values().filter(|takes_room| **takes_room);
        !self.counts(provider) || taken.count() < self.room as usize
    }
}

/// Whether the instances of a cluster are modelled at all: a stack may have services of launch type
/// EC2 and no group, and their tasks then run on nothing in particular.
pub(super) fn modelled_in(world: &World, cluster: &str) -> bool {
    let mut hosts = world.ecs.hosts.values();
    hosts.any(|hosts| hosts.cluster == cluster)
}

/// The container instances of a cluster.
pub(super) fn of_cluster<'a>(
    world: &'a World,
    cluster: &'a str,
) -> impl Iterator<Item = &'a ContainerInstance> {
    let all = world.ecs.container_instances.values();
    all.filter(move |it| it.cluster == cluster)
}

/// The container instances that an EC2 instance is or was, INACTIVE ones too.
pub(super) fn of_machine(world: &World, ec2_instance: &str) -> Vec<String> {
    let all = world.ecs.container_instances.values();
    let own = all.filter(|it| it.ec2_instance == ec2_instance);
    own.map(|it| it.id.clone()).collect()
}

/// The instance with the fewest tasks that has room for one more: on any instance of the cluster, or
/// on those of a capacity provider. Spreading is a choice; at AWS it is the service's strategy.
pub(super) fn with_room(world: &World, cluster: &str, provider: Option<&str>) -> Option<String> {
    let candidates = of_cluster(world, cluster).filter(|it| {
        it.takes_tasks()
            && (provider.is_none() || it.provider.as_deref() == provider)
            && it.has_room_for(provider)
    });
    let fewest = candidates.min_by_key(|it| it.tasks.len())?;
    Some(fewest.id.clone())
}

/// Puts a task on an instance.
pub(super) fn seat(world: &mut World, id: &str, task: &str) {
    let Some(instance) = world.ecs.container_instances.get_mut(id) else {
        return;
    };
    let Some(placed) = world.ecs.tasks.get_mut(task) else {
        return;
    };
    let takes_room = !placed.fits_anywhere && instance.counts(placed.provider.as_deref());
    instance.tasks.insert(task.to_owned(), takes_room);
    placed.container_instance = Some(id.to_owned());
    show::changed(world, id);
}

/// Takes a STOPPED task off its instance.
pub(super) fn leave(world: &mut World, id: &str, task: &str) {
    let Some(instance) = world.ecs.container_instances.get_mut(id) else {
        return;
    };
    instance.tasks.remove(task);
    let draining = instance.is_draining();
    let emptied = draining && instance.tasks.is_empty();
    let emptied = emptied.then(|| instance.ec2_instance.clone());
    world.ecs.room_changed = true;
    if let Some(machine) = emptied {
        world.happened(machine, What::Emptied);
    }
    show::changed(world, id);
    if draining {
        look_again(world, id);
    }
}

/// The daemons on an instance that drains may be the last now.
fn look_again(world: &mut World, id: &str) {
    let now = world.now;
    for service in draining::concerned(world, id) {
        world.ecs.agenda.add(now, Step::Service(service));
    }
}

/// Whether a task is on an instance that drains.
pub(super) fn is_leaving(world: &World, container_instance: Option<&str>) -> bool {
    let found = container_instance.and_then(|id| world.ecs.container_instances.get(id));
    found.is_some_and(ContainerInstance::is_draining)
}

/// Whether the agent of a task's instance is there to act on it; on Fargate there is always one.
pub(super) fn has_agent(world: &World, container_instance: Option<&str>) -> bool {
    let found = container_instance.and_then(|id| world.ecs.container_instances.get(id));
    found.is_none_or(|it| it.agent_connected)
}

/// Whether no task is left on an EC2 instance: when ECS managed draining lets it go.
pub fn is_empty(world: &World, ec2_instance: &str) -> bool {
    let mut own = world.ecs.container_instances.values();
    own.all(|it| it.ec2_instance != ec2_instance || it.tasks.is_empty())
}
