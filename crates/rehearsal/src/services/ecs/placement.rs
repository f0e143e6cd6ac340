//! What the next task runs on.

use super::service::{Launch, StrategyItem};
use super::{container_instances, fargate_spot};
use crate::world::World;

/// Where a task goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its launch type.
    pub(super) launch_type: &'static str,
    /// The capacity provider that it waits for, or that it is on.
    pub(super) provider: Option<String>,
    /// The container instance that it is put on at once.
    pub(super) instance: Option<String>,
}

impl Place {
    /// On this container instance.
    pub(super) fn on(instance: &str) -> Self {
        Self {
            launch_type: "EC2",
            provider: None,
            instance: Some(instance.to_owned()),
        }
    }

    fn of(launch_type: &'static str, provider: Option<String>) -> Self {
        Self {
            launch_type,
            provider,
            instance: None,
        }
    }
}

/// There is no capacity of this kind, so that no task is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// No container instance of the cluster has room.
    Instances,
    /// There is no Fargate Spot capacity.
    FargateSpot,
}

/// The place of the next task of a service that has these tasks, after these shortages.
pub(super) fn next(
    world: &World,
    cluster: &str,
    launch: &Launch,
    tasks: &[String],
    missing: &[Missing],
) -> Result<Place, Missing> {
    let strategy = match launch {
        Launch::Type("EC2") if container_instances::modelled_in(world, cluster) => {
            let found = container_instances::with_room(world, cluster, None);
            return found.map(|it| Place::on(&it)).ok_or(Missing::Instances);
        }
        Launch::Type(name) => return Ok(Place::of(name, None)),
        Launch::Strategy(items) => items,
    };
    let provider = choose(world, tasks, strategy, missing);
    let spot = provider.as_deref() == Some(fargate_spot::PROVIDER);
    if spot && world.ecs.fargate_spot_exhausted {
        return Err(Missing::FargateSpot);
    }
    let on_instances = provider
        .as_ref()
        .is_some_and(|name| world.ecs.providers.contains_key(name));
    let launch_type = if on_instances { "EC2" } else { "FARGATE" };
    Ok(Place::of(launch_type, provider))
}

/// The capacity provider that is furthest below its share, bases first. A task that found no capacity
/// counts for its provider: a strategy is no order of preference.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>.
fn choose(
    world: &World,
    tasks: &[String],
    strategy: &[StrategyItem],
    missing: &[Missing],
) -> Option<String> {
    let has = |item: &StrategyItem| {
        let tasks = tasks.iter().filter_map(|id| world.ecs.tasks.get(id));
        let own = tasks.filter(|task| {
            !task.stopping && task.provider.as_ref() == Some(&item.capacity_provider)
        });
        let missed = match item.capacity_provider == fargate_spot::PROVIDER {
            true => missing.len(),
            false => 0,
        };
        u32::try_from(own.count() + missed).unwrap_or(u32::MAX)
    };
    let below_base = strategy.iter().find(|item| has(item) < item.base);
    let by_weight = strategy
        .iter()
        .filter(|item| item.weight > 0)
        .min_by(|a, b| {
            // (above a) / (weight a) against (above b) / (weight b), without fractions.
            let above = |item: &StrategyItem| u64::from(has(item).saturating_sub(item.base));
            (above(a) * u64::from(b.weight)).cmp(&(above(b) * u64::from(a.weight)))
        });
    let chosen = below_base.or(by_weight).or(strategy.first());
    chosen.map(|item| item.capacity_provider.clone())
}
