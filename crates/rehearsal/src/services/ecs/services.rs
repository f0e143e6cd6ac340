//! CreateService.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html>.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::deployments::History;
use super::input::{Tag, count, invalid, read};
use super::pace::Pace;
use super::service::{
    Bounds, Controller, Launch, Scheduling, Service, ServiceId, Status, StrategyItem, Throttle,
};
use super::{
    announce, arn, capacity, clusters, daemons, deployments, describe, scheduler, settings, tags,
    task_definitions,
};
use crate::call::{ApiError, Call};
use crate::world::World;

/// What a desired count may not be given for. Seen in <https://github.com/fabfuel/ecs-deploy/issues/59>.
pub(super) const NO_DAEMON_COUNT: &str = "The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again";

/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>.
const MOST_PROVIDERS: usize = 20;

/// A service to be made.
#[derive(Debug)]
pub(crate) struct NewService {
    pub(crate) id: ServiceId,
    /// A task definition's ARN; a service with an EXTERNAL controller may have none.
    pub(crate) task_definition: Option<String>,
    pub(crate) desired: u32,
    pub(crate) launch: Launch,
    pub(crate) controller: Controller,
    pub(crate) scheduling: Scheduling,
    pub(crate) pace: Pace,
    pub(crate) created: Timestamp,
    pub(crate) created_by: String,
    pub(crate) settings: Map<String, Value>,
    pub(crate) tags: BTreeMap<String, String>,
    /// Whether its ARN has the format without the cluster.
    pub(crate) short_arn: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    cluster: Option<String>,
    service_name: String,
    task_definition: Option<String>,
    desired_count: Option<i64>,
    launch_type: Option<String>,
    #[serde(default)]
    capacity_provider_strategy: Vec<StrategyItem>,
    #[serde(default)]
    scheduling_strategy: Scheduling,
    #[serde(default)]
    deployment_controller: DeploymentController,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Default, Deserialize)]
struct DeploymentController {
    #[serde(rename = "type", default)]
    kind: Controller,
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Create = read(call)?;
    let new = input.checked(world, call)?;
    let id = new.id.clone();
    create_service(world, new)?;
    let shown = describe::show(world, &id, true);
    let output = json!({"service": shown});
    announce::api_call(world, call, &output);
    Ok(output)
}

impl Create {
    fn checked(self, world: &World, call: &Call) -> Result<NewService, ApiError> {
        let launch = self.launch(world)?;
        let cluster = clusters::named(world, self.cluster.as_deref())?;
        let controller = self.deployment_controller.kind;
        deployments::check(&call.input, controller)?;
        let task_definition = match &self.task_definition {
            Some(reference) => Some(task_definitions::deployable(world, reference)?),
            None if controller == Controller::External => None,
            None => return Err(invalid("TaskDefinition can not be blank.")),
        };
        let desired = match (self.scheduling_strategy, self.desired_count) {
            (Scheduling::Daemon, Some(_)) => return Err(invalid(NO_DAEMON_COUNT)),
            (Scheduling::Daemon, None) => daemons::eligible(world, &cluster.name),
            (Scheduling::Replica, given) => count("desiredCount", given.unwrap_or(0))?,
        };
        Ok(NewService {
            id: ServiceId::new(&cluster.name, &self.service_name),
            task_definition,
            desired,
            launch,
            controller,
            scheduling: self.scheduling_strategy,
            pace: Pace::default(),
            created: call.at,
            created_by: call.caller.clone(),
            settings: settings::kept(&call.input),
            tags: tags::checked(self.tags)?,
            short_arn: false,
        })
    }

    /// Launch type or strategy, else the cluster's default strategy, else EC2.
    fn launch(&self, world: &World) -> Result<Launch, ApiError> {
        let cluster = clusters::named(world, self.cluster.as_deref())?;
        let strategy = &self.capacity_provider_strategy;
        match self.launch_type.as_deref() {
            Some(_) if !strategy.is_empty() => Err(launch_and_strategy()),
            Some("FARGATE") => Ok(Launch::Type("FARGATE")),
            Some("EC2") => Ok(Launch::Type("EC2")),
            Some("EXTERNAL") => Ok(Launch::Type("EXTERNAL")),
            Some(other) => Err(invalid(format!("Unknown launch type {other}"))),
            None if !strategy.is_empty() => strategy_of(world, strategy),
            None if !cluster.default_strategy.is_empty() => {
                strategy_of(world, &cluster.default_strategy)
            }
            None => Ok(Launch::Type("EC2")),
        }
    }
}

/// A strategy whose capacity providers all exist, within what ECS takes: one base, a weight that is not
/// 0, at most 20 providers, and Fargate's or those of groups. AWS documents the limits and not the
/// words of its refusals.
///
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html>.
pub(crate) fn strategy_of(world: &World, items: &[StrategyItem]) -> Result<Launch, ApiError> {
    for item in items {
        capacity::known(world, &item.capacity_provider)?;
    }
    let bases = items.iter().filter(|item| item.base > 0).count();
    let weightless = items.len() > 1 && items.iter().all(|item| item.weight == 0);
    let outside = items
        .iter()
        .any(|it| it.weight > 1_000 || it.base > 100_000);
    let fargate = items
        .iter()
        .filter(|it| capacity::is_fargate(&it.capacity_provider));
    let mixed = ![0, items.len()].contains(&fargate.count());
    if bases > 1 || weightless || outside || mixed || items.len() > MOST_PROVIDERS {
        return Err(invalid(
            "The specified capacity provider strategy is not valid.",
        ));
    }
    Ok(Launch::Strategy(items.to_vec()))
}

pub(crate) fn launch_and_strategy() -> ApiError {
    invalid(
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    )
}

/// Makes a service and its first deployment; refuses a name that is taken.
pub(crate) fn create_service(world: &mut World, new: NewService) -> Result<(), ApiError> {
    let id = new.id.clone();
    match world.ecs.service(&id).map(|service| service.status) {
        None | Some(Status::Inactive) => {}
        // Seen in <https://github.com/hashicorp/terraform/issues/20182>.
        Some(Status::Active) => return Err(invalid("Creation of service was not idempotent.")),
        Some(Status::Draining) => {
            return Err(invalid("Unable to Start a service that is still Draining."));
        }
    }
    let arn = match new.short_arn {
        true => arn::short_service(&world.identity, &id.service),
        false => arn::service(&world.identity, &id.cluster, &id.service),
    };
    let cluster = clusters::cluster_mut(world, &id.cluster)?;
    let task_definition = new.task_definition.clone();
    let tags = new.tags.clone();
    let service = new.service(arn.clone());
    cluster.services.insert(id.service.clone(), service);
    world.ecs.tags.replace(&arn, tags, world.now);
    if let Some(task_definition) = task_definition {
        deployments::begin(world, &id, &task_definition);
    }
    scheduler::reconcile(world, &id);
    Ok(())
}

impl NewService {
    fn service(self, arn: String) -> Service {
        let mut service = Service {
            id: self.id,
            arn,
            status: Status::Active,
            desired: self.desired,
            controller: self.controller,
            scheduling: self.scheduling,
            launch: self.launch,
            created: self.created,
            created_by: self.created_by,
            deployments: Vec::new(),
            history: History::default(),
            tasks: Vec::new(),
            pace: self.pace,
            bounds: Bounds::default_for(self.scheduling),
            settings: Map::new(),
            messages: VecDeque::new(),
            throttle: Throttle::default(),
            steady: false,
            journalled: None,
        };
        service.keep(self.settings);
        service
    }
}
