//! UpdateService.
//!
//! Which members start a deployment and which a deployment controller refuses:
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{count, invalid, read, service_not_found};
use super::service::{Controller, Scheduling, Service, ServiceId, Status, StrategyItem};
use super::{
    announce, arn, clusters, deployments, describe, scheduler, services, settings, task_definitions,
};
use crate::call::{ApiError, Call};
use crate::world::World;

/// Members beside the task definition that start a deployment when they are sent.
const TRIGGERS: [&str; 7] = [
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
];

/// Seen in <https://github.com/reproio/ecs_deploy/pull/74> and <https://github.com/pipe-cd/pipecd/pull/6385>.
const UNFORCED: &str = "When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    cluster: Option<String>,
    service: String,
    desired_count: Option<i64>,
    task_definition: Option<String>,
    #[serde(default)]
    force_new_deployment: bool,
    capacity_provider_strategy: Option<Vec<StrategyItem>>,
}

pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Update = read(call)?;
    let id = active(world, input.cluster.as_deref(), &input.service)?;
    let service = world.ecs.service(&id).ok_or_else(service_not_found)?;
    allowed(service, &call.input)?;
    deployments::check(&call.input, service.controller)?;
    let desired = wanted_count(service, input.desired_count)?;
    let next = next_task_definition(world, service, &input, &call.input)?;
    let launch = match &input.capacity_provider_strategy {
        Some(items) => services::strategy_of(world, items)?,
        None => service.launch.clone(),
    };
    if launch != service.launch && !input.force_new_deployment {
        return Err(invalid(UNFORCED));
    }
    let service = world.ecs.service_mut(&id).ok_or_else(service_not_found)?;
    service.desired = desired;
    service.launch = launch;
    service.keep(settings::kept(&call.input));
    if let Some(task_definition) = next {
        deployments::begin(world, &id, &task_definition);
    }
    scheduler::reconcile(world, &id);
    let output = json!({"service": describe::show(world, &id, true)});
    announce::api_call(world, call, &output);
    Ok(output)
}

/// Sets the desired count as another AWS service would, through the API's own checks.
pub(crate) fn set_desired_count(
    world: &mut World,
    caller: &str,
    id: &ServiceId,
    desired: u32,
) -> Result<(), ApiError> {
    let call = Call {
        at: world.now,
        caller: caller.to_owned(),
        service: "ecs",
        operation: "UpdateService".to_owned(),
        input: json!({"cluster": id.cluster, "service": id.service, "desiredCount": desired}),
    };
    update(world, &call).map(|_| ())
}

/// The service that a call means, if it lives.
fn active(world: &World, cluster: Option<&str>, service: &str) -> Result<ServiceId, ApiError> {
    let cluster = clusters::named(world, cluster)?;
    let name = arn::name_in(service);
    let service = cluster.services.get(name).ok_or_else(service_not_found)?;
    match service.status {
        Status::Active => Ok(service.id.clone()),
        Status::Draining | Status::Inactive => Err(ApiError::client(
            "ServiceNotActiveException",
            "Service was not ACTIVE.",
        )),
    }
}

fn wanted_count(service: &Service, given: Option<i64>) -> Result<u32, ApiError> {
    match given {
        None => Ok(service.desired),
        Some(_) if service.scheduling == Scheduling::Daemon => {
            Err(invalid(services::NO_DAEMON_COUNT))
        }
        Some(given) => count("desiredCount", given),
    }
}

/// Refuses what belongs to another deployment controller. Wording seen in
/// <https://github.com/boto/boto3/issues/1936>.
fn allowed(service: &Service, input: &Value) -> Result<(), ApiError> {
    let (controller, remedy) = match service.controller {
        Controller::Ecs => return Ok(()),
        Controller::CodeDeploy => (
            "a CODE_DEPLOY",
            "Use AWS CodeDeploy to trigger a new deployment.",
        ),
        Controller::External => ("an EXTERNAL", "Use a task set to deploy."),
    };
    let sent = |name: &str| {
        input
            .get(name)
            .is_some_and(|it| !it.is_null() && *it != json!(false))
    };
    let refused = [
        ("taskDefinition", "update task definition"),
        ("forceNewDeployment", "force a new deployment"),
        ("networkConfiguration", "update network parameters"),
        ("platformVersion", "update platform version"),
        ("loadBalancers", "update load balancers"),
    ];
    match refused.iter().find(|(member, _)| sent(member)) {
        None => Ok(()),
        Some((_, what)) => Err(invalid(format!(
            "Unable to {what} on services with {controller} deployment controller. {remedy}"
        ))),
    }
}

/// The task definition of the deployment that the call starts, if it starts one. The one that is
/// PRIMARY already, sent again, changes nothing.
fn next_task_definition(
    world: &World,
    service: &Service,
    input: &Update,
    raw: &Value,
) -> Result<Option<String>, ApiError> {
    let Some(primary) = service.primary() else {
        return Ok(None);
    };
    let asked = match &input.task_definition {
        Some(reference) => task_definitions::deployable(world, reference)?,
        None => primary.task_definition.clone(),
    };
    let changed = |name: &&str| {
        let sent = raw.get(*name);
        sent.is_some_and(|it| !it.is_null() && service.settings.get(*name) != Some(it))
    };
    let triggered = asked != primary.task_definition
        || input.force_new_deployment
        || TRIGGERS.iter().any(changed);
    Ok(triggered.then_some(asked))
}
