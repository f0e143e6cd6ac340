//! What the next task of a service runs on.

use super::service::{Launch, Service, StrategyItem};
use crate::world::World;

/// The launch type of the next task, and its capacity provider if the service has a strategy.
pub(super) fn next(world: &World, service: &Service) -> (&'static str, Option<String>) {
    let strategy = match &service.launch {
        Launch::Type(name) => return (name, None),
        Launch::Strategy(items) => items,
    };
    let provider = choose(world, service, strategy);
    let on_instances = provider
        .as_ref()
        .is_some_and(|name| world.ecs.providers.contains_key(name));
    (if on_instances { "EC2" } else { "FARGATE" }, provider)
}

/// The capacity provider that is furthest below its share, bases first.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>.
fn choose(world: &World, service: &Service, strategy: &[StrategyItem]) -> Option<String> {
    let has = |item: &StrategyItem| {
        let tasks = service
            .tasks
            .iter()
            .filter_map(|id| world.ecs.tasks.get(id));
        let own = tasks.filter(|task| {
            !task.stopping && task.provider.as_ref() == Some(&item.capacity_provider)
        });
        u32::try_from(own.count()).unwrap_or(u32::MAX)
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
