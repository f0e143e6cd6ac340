//! Puts a stack into the world.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::definition::target_group;
use super::{ClusterSpec, LaunchSpec, ScalingSpec, ServiceSpec, Stack, TaskSpec};
use crate::call::ApiError;
use crate::services::application_autoscaling::{Suspended, Target, put_target};
use crate::services::ecs::{self, Launch, NewService, NewTask, ServiceId, StrategyItem};
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
        for beside in &self.beside {
            beside.build(world);
        }
        for repository in &self.repositories {
            repository.build(world);
        }
        for alarm in &self.alarms {
            alarm.build(world).map_err(|cause| NotBuilt {
                what: format!("alarm {}", alarm.name),
                cause: Box::new(cause),
            })?;
        }
        ecs::seed(world, |world| {
            for group in &self.groups {
                group.build(world).map_err(|cause| NotBuilt {
                    what: format!("group {}", group.name),
                    cause: Box::new(cause),
                })?;
            }
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
        for task in &self.tasks {
            task.build(world, &self.name).map_err(|cause| NotBuilt {
                what: format!("task {}/{}", self.name, task.name),
                cause: Box::new(cause),
            })?;
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
            (launch, []) => launched(world, launch.as_ref()),
        }
    }

    fn build(&self, world: &mut World, id: ServiceId, launch: Launch) -> Result<(), ApiError> {
        let family = format!("{}-{}", id.cluster, id.service);
        let definition = self.definition(&world.identity, &launch);
        let task_definition = ecs::register(world, &family, definition);
        let new = NewService {
            id: id.clone(),
            task_definition: Some(task_definition),
            desired: self.desired,
            launch,
            controller: self.controller,
            scheduling: self.scheduling,
            pace: self.pace(),
            created: self.created.unwrap_or_else(|| usual_creation(world.now)),
            created_by: format!("arn:aws:iam::{}:role/stack", world.identity.account_id),
            settings: self.settings(world, &id),
            tags: self.tags.clone(),
            short_arn: self.short_arn,
        };
        ecs::create_service(world, new)?;
        if let Some(delay) = self.deregistration_delay {
            let target_group = target_group(world, &id);
            let groups = &mut world.load_balancing.target_groups;
            groups.insert(target_group, delay);
        }
        if let Some(scaling) = self.scaling {
            let target = scaling.target(world);
            put_target(world, &format!("service/{id}"), target);
        }
        ecs::settle_at_once(world, &id);
        // What was there before the story begins came up well.
        ecs::behave(world, &family, self.behaviour.clone());
        Ok(())
    }
}

impl TaskSpec {
    fn build(&self, world: &mut World, cluster: &str) -> Result<(), ApiError> {
        let launch = launched(world, self.launch.as_ref())?;
        let task_definition = ecs::register(world, &self.name, self.definition(&launch));
        for _ in 0..self.count {
            let new = NewTask {
                cluster: cluster.to_owned(),
                family: self.name.clone(),
                task_definition: task_definition.clone(),
                launch: launch.clone(),
                pace: self.pace(),
                started_by: self.started_by.clone(),
                tags: self.tags.clone(),
            };
            ecs::run_task(world, new)?;
        }
        Ok(())
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

/// What tasks run on if there is no strategy: Fargate if nothing is said.
fn launched(world: &World, launch: Option<&LaunchSpec>) -> Result<Launch, ApiError> {
    match launch {
        None | Some(LaunchSpec::Fargate) => Ok(Launch::Type("FARGATE")),
        Some(LaunchSpec::Ec2) => Ok(Launch::Type("EC2")),
        Some(LaunchSpec::FargateSpot) => only(world, "FARGATE_SPOT"),
        Some(LaunchSpec::Provider(name)) => only(world, name),
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
