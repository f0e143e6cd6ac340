//! Puts a stack into the world.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{ClusterSpec, LaunchSpec, ScalingSpec, ServiceSpec, Stack};
use crate::call::ApiError;
use crate::services::application_autoscaling::{Suspended, Target, put_target};
use crate::services::ecs::{self, Launch, NewService, Pace, ServiceId, StrategyItem};
use crate::world::World;

/// How old a service is that says nothing: old enough that nobody takes it for a new one.
const USUAL_AGE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A part of a stack that the account refuses.
#[derive(Debug, thiserror::Error)]
#[error("{what} could not be set up: {cause}")]
pub struct NotBuilt {
    /// What was being set up.
    pub what: String,
    /// The account's reason.
    #[source]
    pub cause: Box<ApiError>,
}

impl Stack {
    /// Puts the stack into the world.
    pub fn build(&self, world: &mut World) -> Result<(), NotBuilt> {
        for group in &self.groups {
            group.build(world).map_err(|cause| NotBuilt {
                what: format!("group {}", group.name),
                cause: Box::new(cause),
            })?;
        }
        for beside in &self.beside {
            beside.build(world);
        }
        ecs::seed(world, |world| {
            self.clusters
                .iter()
                .try_for_each(|cluster| cluster.build(world))
        })?;
        for budget in &self.budgets {
            budget.build(world).map_err(|cause| NotBuilt {
                what: format!("budget {}", budget.name),
                cause: Box::new(cause),
            })?;
        }
        Ok(())
    }
}

impl ClusterSpec {
    fn build(&self, world: &mut World) -> Result<(), NotBuilt> {
        ecs::create_cluster(world, &self.name, self.tags.clone());
        let mut providers = BTreeSet::from(["FARGATE".to_owned(), "FARGATE_SPOT".to_owned()]);
        let own = world.ecs.providers.iter();
        let own = own.filter(|(_, provider)| provider.cluster == self.name);
        providers.extend(own.map(|(name, _)| name.clone()));
        for service in &self.services {
            let id = ServiceId::new(&self.name, &service.name);
            let refused = |cause: ApiError| NotBuilt {
                what: format!("service {}/{}", self.name, service.name),
                cause: Box::new(cause),
            };
            let launch = service.launch(world).map_err(refused)?;
            if let Launch::Strategy(items) = &launch {
                providers.extend(items.iter().map(|item| item.capacity_provider.clone()));
            }
            service.build(world, id, launch).map_err(refused)?;
        }
        if let Some(cluster) = world.ecs.clusters.get_mut(&self.name) {
            cluster.capacity_providers = providers.into_iter().collect();
        }
        Ok(())
    }
}

impl ServiceSpec {
    /// What the tasks run on, with the checks of CreateService.
    fn launch(&self, world: &World) -> Result<Launch, ApiError> {
        match (&self.launch, self.strategy.as_slice()) {
            (Some(_), [_, ..]) => Err(ecs::launch_and_strategy()),
            (None, [_, ..]) => ecs::strategy_of(world, &self.strategy),
            (None | Some(LaunchSpec::Fargate), []) => Ok(Launch::Type("FARGATE")),
            (Some(LaunchSpec::Ec2), []) => Ok(Launch::Type("EC2")),
            (Some(LaunchSpec::FargateSpot), []) => only(world, "FARGATE_SPOT"),
            (Some(LaunchSpec::Provider(name)), []) => only(world, name),
        }
    }

    fn build(&self, world: &mut World, id: ServiceId, launch: Launch) -> Result<(), ApiError> {
        let family = format!("{}-{}", id.cluster, id.service);
        let task_definition = ecs::register(world, &family, self.definition(&launch));
        let usual = Pace::default();
        let new = NewService {
            id: id.clone(),
            task_definition: Some(task_definition),
            desired: self.desired,
            launch,
            controller: self.controller,
            scheduling: self.scheduling,
            pace: Pace {
                start_seconds: self.start_seconds.unwrap_or(usual.start_seconds),
                stop_seconds: self.stop_seconds.unwrap_or(usual.stop_seconds),
            },
            created: self.created.unwrap_or_else(|| usual_creation(world.now)),
            created_by: format!("arn:aws:iam::{}:role/stack", world.identity.account_id),
            settings: circuit_breaker(),
            tags: self.tags.clone(),
            short_arn: self.short_arn,
        };
        ecs::create_service(world, new)?;
        if let Some(scaling) = self.scaling {
            let target = scaling.target(world);
            put_target(world, &format!("service/{id}"), target);
        }
        ecs::settle_at_once(world, &id);
        Ok(())
    }

    fn definition(&self, launch: &Launch) -> Map<String, Value> {
        let image = self
            .image
            .clone()
            .unwrap_or_else(|| format!("{}:1", self.name));
        let on_fargate = match launch {
            Launch::Type(name) => *name == "FARGATE",
            Launch::Strategy(items) => items
                .iter()
                .all(|item| item.capacity_provider.starts_with("FARGATE")),
        };
        let compatibilities = if on_fargate { ["FARGATE"] } else { ["EC2"] };
        let members = [
            ("cpu", json!(self.cpu.to_string())),
            ("memory", json!(self.memory.to_string())),
            ("networkMode", json!("awsvpc")),
            ("requiresCompatibilities", json!(compatibilities)),
            (
                "containerDefinitions",
                json!([{"name": self.name, "image": image, "essential": true}]),
            ),
        ];
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

impl ScalingSpec {
    fn target(self, world: &mut World) -> Target {
        let suspended = Suspended {
            dynamic_scaling_in_suspended: self.suspended.scaling_in,
            dynamic_scaling_out_suspended: self.suspended.scaling_out,
            scheduled_scaling_suspended: self.suspended.scheduled,
        };
        Target {
            suspended,
            ..Target::fresh(world, self.min, self.max)
        }
    }
}

fn only(world: &World, provider: &str) -> Result<Launch, ApiError> {
    let item = StrategyItem {
        capacity_provider: provider.to_owned(),
        weight: 1,
        base: 0,
    };
    ecs::strategy_of(world, &[item])
}

fn usual_creation(now: Timestamp) -> Timestamp {
    now.saturating_sub(USUAL_AGE).unwrap_or(now)
}

/// Both of its switches on.
fn circuit_breaker() -> Map<String, Value> {
    let breaker = json!({"deploymentCircuitBreaker": {"enable": true, "rollback": true}});
    Map::from_iter([("deploymentConfiguration".to_owned(), breaker)])
}
