//! Capacity providers: Fargate's two, and those in front of an Auto Scaling group, on which a
//! task waits in PROVISIONING until an instance has room.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::arn;
use super::clusters::{self, cluster_mut};
use super::input::{invalid, missing, read};
use super::service::StrategyItem;
use crate::call::{ApiError, Call};
use crate::page::page;
use crate::world::World;

/// The capacity providers that every account has.
const FARGATE: [&str; 2] = ["FARGATE", "FARGATE_SPOT"];

/// A capacity provider in front of an Auto Scaling group.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// The group's name.
    pub group: String,
    /// The cluster that it belongs to.
    pub cluster: String,
    /// How many of the group's container instances take tasks.
    pub instances: u32,
    /// How many tasks fit on one.
    pub tasks_per_instance: u32,
    /// Whether ECS changes the group's desired capacity.
    pub managed_scaling: bool,
    /// Whether ECS drains instances that end or get a Spot notice.
    pub managed_draining: bool,
    /// Tasks that have a place, until they are STOPPED.
    placed: u32,
    /// Tasks that wait for one, by the order in which they were created.
    waiting: BTreeMap<u64, String>,
}

/// What a capacity provider is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    /// Tasks that have a place on an instance.
    pub running: u32,
    /// Tasks that wait for an instance.
    pub waiting: u32,
}

/// What a capacity provider is asked for.
pub fn demand(world: &World, provider: &str) -> Demand {
    world
        .ecs
        .providers
        .get(provider)
        .map(|provider| Demand {
            running: provider.placed,
            waiting: u32::try_from(provider.waiting.len()).unwrap_or(u32::MAX),
        })
        .unwrap_or_default()
}

impl Provider {
    /// Lets a task wait for a place.
    pub(super) fn wait(&mut self, number: u64, task: &str) {
        self.waiting.insert(number, task.to_owned());
    }

    /// Whether a task waits for a place.
    pub(super) fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The tasks that wait for a place, the oldest first.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &String> {
        self.waiting.values()
    }

    /// Gives the oldest task that waits a place.
    pub(super) fn place(&mut self) -> Option<String> {
        let (_, task) = self.waiting.pop_first()?;
        self.placed += 1;
        Some(task)
    }

    /// Takes a stopped task's place back, or its place in the queue.
    pub(super) fn release(&mut self, number: u64) {
        if self.waiting.remove(&number).is_none() {
            self.placed = self.placed.saturating_sub(1);
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Put {
    cluster: String,
    capacity_providers: Vec<String>,
    default_capacity_provider_strategy: Vec<StrategyItem>,
}

pub(super) fn put(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Put = read(call)?;
    for name in &input.capacity_providers {
        known(world, name)?;
    }
    let cluster = cluster_mut(world, &input.cluster)?;
    cluster.capacity_providers = input.capacity_providers;
    cluster.default_strategy = input.default_capacity_provider_strategy;
    let name = cluster.name.clone();
    Ok(json!({"cluster": clusters::show(world, &name, &[])}))
}

/// Whether it is one of Fargate's.
pub(super) fn is_fargate(name: &str) -> bool {
    FARGATE.contains(&name)
}

/// Refuses a capacity provider that does not exist.
pub(super) fn known(world: &World, name: &str) -> Result<(), ApiError> {
    if FARGATE.contains(&name) || world.ecs.providers.contains_key(name) {
        return Ok(());
    }
    Err(invalid(
        "The specified capacity provider was not found. Specify a valid name or ARN and try again.",
    ))
}

/// The most of a page, and what it is if nothing is asked for:
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html>.
const PAGE: usize = 10;

/// The most that can be named.
const MOST_NAMES: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    capacity_providers: Option<Vec<String>>,
    cluster: Option<String>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

pub(super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let names = input.names(world)?;
    let size = match input.max_results {
        None => PAGE,
        Some(size @ 1..=10) => usize::try_from(size).unwrap_or(PAGE),
        Some(_) => return Err(invalid("maxResults must be between 1 and 10.")),
    };
    let (names, next_token) =
        page(names, input.next_token.as_deref(), size).map_err(|_| invalid("Invalid token"))?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for reference in &names {
        let name = arn::name_in(reference);
        match known(world, name) {
            Ok(()) => found.push(show(world, name)),
            Err(_) => failures.push(missing(arn::capacity_provider(&world.identity, name))),
        }
    }
    Ok(json!({"capacityProviders": found, "failures": failures, "nextToken": next_token}))
}

impl Describe {
    /// The names that are asked for, those of a cluster, or all.
    fn names(&self, world: &World) -> Result<Vec<String>, ApiError> {
        if let Some(names) = &self.capacity_providers {
            if names.len() > MOST_NAMES {
                return Err(invalid(
                    "Capacity providers cannot have more than 100 elements.",
                ));
            }
            return Ok(names.clone());
        }
        if let Some(cluster) = &self.cluster {
            let cluster = clusters::named(world, Some(cluster))?;
            return Ok(cluster.capacity_providers.clone());
        }
        let own = world.ecs.providers.keys().cloned();
        Ok(FARGATE.map(str::to_owned).into_iter().chain(own).collect())
    }
}

fn show(world: &World, name: &str) -> Value {
    let mut shown = json!({
        "capacityProviderArn": arn::capacity_provider(&world.identity, name),
        "name": name,
        "status": "ACTIVE",
        "type": name,
        "tags": [],
    });
    if let Some(provider) = world.ecs.providers.get(name) {
        let group = world.autoscaling.groups.get(&provider.group);
        let scaling = switch(provider.managed_scaling);
        shown["type"] = json!("EC2_AUTOSCALING");
        shown["cluster"] = json!(provider.cluster);
        shown["autoScalingGroupProvider"] = json!({
            "autoScalingGroupArn": group.map(|group| &group.arn),
            "managedScaling": {"status": scaling, "targetCapacity": 100},
            "managedTerminationProtection": "DISABLED",
            "managedDraining": switch(provider.managed_draining),
        });
    }
    shown
}

fn switch(on: bool) -> &'static str {
    match on {
        true => "ENABLED",
        false => "DISABLED",
    }
}
