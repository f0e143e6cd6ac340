//! Elastic Container Service: clusters, services, task definitions, tasks and deployments.
//!
//! A call changes what is wanted; [`scheduler`] decides which tasks to start and to stop for it;
//! [`tasks`] lets them take their time. Everything that happens by itself stands in the
//! [`agenda`], ordered by time and then by when it was written down, so that two runs agree.

mod agenda;
mod announce;
mod arn;
mod capacity;
mod clusters;
pub mod container_instances;
mod daemons;
mod deployments;
mod describe;
mod errors;
mod fargate_spot;
mod health;
mod images;
mod input;
mod lists;
mod orders;
mod pace;
mod paging;
mod placement;
mod removal;
mod scheduler;
mod service;
mod services;
mod settings;
mod standalone;
mod statistics;
mod stop_task;
mod stopping;
mod tags;
mod task;
mod task_definitions;
mod task_lists;
mod task_protection;
mod task_show;
mod tasks;
mod updates;
mod waiting;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::call::{ApiError, Call};
use crate::modules::Module;
use crate::wire::Protocol;
use crate::world::World;

pub use capacity::{Demand, Provider, demand};
pub use clusters::Cluster;
pub use container_instances::{ContainerInstance, Hosts, InstanceStatus, follow};
pub use deployments::{
    Cause, Deployment, History, Revision, Rollout, ServiceDeployment, Status as DeploymentStatus,
    begin_deployment, finish_deployment,
};
pub use fargate_spot::{interrupt_fargate_task, set_fargate_spot_capacity};
pub use images::ContainerImage;
pub use pace::Pace;
pub use service::{
    Bounds, Controller, Launch, Scheduling, Service, ServiceId, Status, StrategyItem,
};
pub use task::{LastStatus, Task};
pub use task_definitions::{
    Behaviour, TaskDefinition, behave, break_task_definition, mend_task_definition,
};

pub(crate) use clusters::create_cluster;
pub(crate) use deployments::rolls;
pub(crate) use input::epoch;
pub(crate) use paging::{Page, page_after};
pub(crate) use scheduler::settle_at_once;
pub(crate) use services::{NewService, create_service, launch_and_strategy, strategy_of};
pub(crate) use standalone::{NewTask, run_task};
pub(crate) use task_definitions::register;
pub(crate) use updates::set_desired_count;

/// Elastic Container Service.
pub const MODULE: Module = Module {
    service: "ecs",
    protocol: Protocol::Json {
        target: "AmazonEC2ContainerServiceV20141113",
        version: "1.1",
    },
    operations: &[
        "CreateCluster",
        "DescribeClusters",
        "ListClusters",
        "PutClusterCapacityProviders",
        "DescribeCapacityProviders",
        "ListContainerInstances",
        "DescribeContainerInstances",
        "UpdateContainerInstancesState",
        "CreateService",
        "UpdateService",
        "DeleteService",
        "DescribeServices",
        "ListServices",
        "RegisterTaskDefinition",
        "DescribeTaskDefinition",
        "DeregisterTaskDefinition",
        "DeleteTaskDefinitions",
        "ListServiceDeployments",
        "DescribeServiceDeployments",
        "DescribeServiceRevisions",
        "StopServiceDeployment",
        "ContinueServiceDeployment",
        "ListTasks",
        "DescribeTasks",
        "StopTask",
        "GetTaskProtection",
        "UpdateTaskProtection",
        "TagResource",
        "UntagResource",
        "ListTagsForResource",
    ],
    call,
    due,
    advance,
};

/// What the account holds of Elastic Container Service.
#[derive(Debug, Default)]
pub struct Ecs {
    /// Clusters by name.
    pub clusters: BTreeMap<String, Cluster>,
    /// Task definitions by family, in the order of their revisions.
    pub task_definitions: BTreeMap<String, Vec<TaskDefinition>>,
    /// Tasks by id, stopped ones for about an hour.
    pub tasks: BTreeMap<String, Task>,
    /// Capacity providers in front of an Auto Scaling group, by name.
    pub providers: BTreeMap<String, Provider>,
    /// The Auto Scaling groups whose instances register in a cluster, by name.
    pub hosts: BTreeMap<String, Hosts>,
    /// Container instances by id, INACTIVE ones for about an hour.
    pub container_instances: BTreeMap<String, ContainerInstance>,
    /// Whether there is no Fargate Spot capacity at the moment.
    pub fargate_spot_exhausted: bool,
    /// Whether a rollback is a new deployment, instead of the one that it goes back to: by script, for
    /// both are told.
    pub rollbacks_are_new_deployments: bool,
    /// Services with tasks that cannot be placed, once that was announced.
    unplaced: BTreeSet<ServiceId>,
    /// Whether a task that waits for room may find some now.
    room_changed: bool,
    /// Tags of everything that can be tagged.
    tags: tags::Tags,
    /// What happens by itself.
    agenda: agenda::Agenda,
    /// While a stack is put into the world, nothing is announced: it was there before.
    seeding: bool,
}

impl Ecs {
    /// A service, if it is known.
    pub fn service(&self, id: &ServiceId) -> Option<&Service> {
        self.clusters.get(&id.cluster)?.services.get(&id.service)
    }

    /// A service, if it is known.
    pub fn service_mut(&mut self, id: &ServiceId) -> Option<&mut Service> {
        self.clusters
            .get_mut(&id.cluster)?
            .services
            .get_mut(&id.service)
    }

    /// The tags of a resource as the tagging API sees them at `now`: an index that lags behind.
    pub fn tags_as_indexed(&self, resource_arn: &str, now: Timestamp) -> BTreeMap<String, String> {
        self.tags.indexed(resource_arn, now)
    }

    /// Every cluster and service with tags as the tagging API sees it at `now`, by ARN.
    pub fn tagged_resources(&self, now: Timestamp) -> Vec<(String, BTreeMap<String, String>)> {
        self.tags
            .all_indexed(now)
            .filter(|(arn, _)| arn.contains(":cluster/") || arn.contains(":service/"))
            .map(|(arn, tags)| (arn.to_owned(), tags.clone()))
            .collect()
    }
}

fn call(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    match call.operation.as_str() {
        "CreateCluster" => clusters::create(world, call),
        "DescribeClusters" => clusters::describe(world, call),
        "ListClusters" => clusters::list(world, call),
        "PutClusterCapacityProviders" => capacity::put(world, call),
        "DescribeCapacityProviders" => capacity::describe(world, call),
        "ListContainerInstances" => container_instances::list(world, call),
        "DescribeContainerInstances" => container_instances::describe(world, call),
        "UpdateContainerInstancesState" => container_instances::update_state(world, call),
        "CreateService" => services::create(world, call),
        "UpdateService" => updates::update(world, call),
        "DeleteService" => removal::delete(world, call),
        "DescribeServices" => lists::describe(world, call),
        "ListServices" => lists::list(world, call),
        "RegisterTaskDefinition" => task_definitions::create(world, call),
        "DescribeTaskDefinition" => task_definitions::describe(world, call),
        "DeregisterTaskDefinition" => task_definitions::deregister(world, call),
        "DeleteTaskDefinitions" => task_definitions::delete(world, call),
        "ListServiceDeployments" => deployments::list(world, call),
        "DescribeServiceDeployments" => deployments::describe(world, call),
        "DescribeServiceRevisions" => deployments::describe_revisions(world, call),
        "StopServiceDeployment" => deployments::stop(world, call),
        "ContinueServiceDeployment" => deployments::go_on(world, call),
        "ListTasks" => task_lists::list(world, call),
        "DescribeTasks" => task_lists::describe(world, call),
        "StopTask" => stop_task::stop(world, call),
        "GetTaskProtection" => task_protection::get(world, call),
        "UpdateTaskProtection" => task_protection::update(world, call),
        "TagResource" => tags::tag(world, call),
        "UntagResource" => tags::untag(world, call),
        "ListTagsForResource" => tags::list(world, call),
        _ => Err(ApiError::not_modelled(call)),
    }
}

/// The next step on the agenda; at once if a task that waits may find room.
fn due(world: &World) -> Option<Timestamp> {
    if world.ecs.room_changed && waiting::somebody_waits(world) {
        return Some(world.now);
    }
    world.ecs.agenda.due()
}

fn advance(world: &mut World) {
    waiting::place_waiting(world);
    while let Some(step) = world.ecs.agenda.pop(world.now) {
        match step {
            agenda::Step::Task { id, version } => tasks::advance(world, &id, version),
            agenda::Step::Service(id) => scheduler::reconcile(world, &id),
            agenda::Step::Forget(id) => tasks::forget(world, &id),
            agenda::Step::Registered(id) => container_instances::registered(world, &id),
            agenda::Step::Deregistered(id) => container_instances::deregistered(world, &id),
            agenda::Step::ForgetInstance(id) => container_instances::forget(world, &id),
            agenda::Step::Drain(machine) => container_instances::drain(world, &machine),
            agenda::Step::Unhealthy { task } => health::fail(world, &task),
            agenda::Step::Errors { alarm } => errors::look(world, &alarm),
            agenda::Step::PollAlarms {
                service,
                deployment,
            } => deployments::poll(world, &service, &deployment),
            agenda::Step::RollBack {
                service,
                deployment,
                cause,
            } => deployments::roll_back(world, &service, &deployment, &cause),
            agenda::Step::ServiceDeployment { service, id } => {
                deployments::history_step(world, &service, &id);
            }
            agenda::Step::Shift { service, id } => deployments::shift_step(world, &service, &id),
            agenda::Step::Room => world.ecs.room_changed = true,
        }
    }
}

/// Builds what was there before the story begins: nothing is announced, and the tagging API's
/// index knows it.
pub(crate) fn seed<T>(world: &mut World, build: impl FnOnce(&mut World) -> T) -> T {
    world.ecs.seeding = true;
    let built = build(world);
    world.ecs.seeding = false;
    world.ecs.tags.catch_up();
    built
}

/// A moment some seconds from `now`.
fn after(now: Timestamp, seconds: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(i64::from(seconds)))
        .unwrap_or(Timestamp::MAX)
}
