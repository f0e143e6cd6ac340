//! A service as the API shows it.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html>.

use serde_json::{Map, Value, json};

use super::deployments::Deployment;
use super::input::epoch;
use super::service::{Controller, Launch, Service, ServiceId};
use super::task::Task;
use super::{arn, deployments, tags};
use crate::world::World;

/// The service; null if it is not known.
pub(super) fn show(world: &World, id: &ServiceId, with_tags: bool) -> Value {
    let Some(service) = world.ecs.service(id) else {
        return Value::Null;
    };
    let counts = Counts::of(world, service, None);
    let mut shown = service.settings.clone();
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("serviceArn", json!(service.arn));
    put("serviceName", json!(id.service));
    put(
        "clusterArn",
        json!(arn::cluster(&world.identity, &id.cluster)),
    );
    put("status", json!(service.status.name()));
    put("desiredCount", json!(service.desired));
    put("runningCount", json!(counts.running));
    put("pendingCount", json!(counts.pending));
    put("createdAt", epoch(service.created));
    put("createdBy", json!(service.created_by));
    put("schedulingStrategy", json!(service.scheduling));
    put("deploymentController", json!({"type": service.controller}));
    put("events", service.messages.iter().map(message).collect());
    if let Some(primary) = service.primary() {
        put("taskDefinition", json!(primary.task_definition));
    }
    let (deployments, task_sets) = rollouts(world, service);
    put("deployments", deployments);
    put("taskSets", task_sets);
    if let Some((latest, revisions)) = deployments::current(world, service) {
        put("currentServiceDeployment", json!(latest));
        put("currentServiceRevisions", revisions);
    }
    if with_tags {
        put("tags", tags::listed(world, &service.arn));
    }
    launch(&mut shown, &service.launch);
    Value::Object(shown)
}

fn message(message: &super::service::Message) -> Value {
    json!({"id": message.id, "createdAt": epoch(message.at), "message": message.text})
}

pub(super) fn launch(shown: &mut Map<String, Value>, launch: &Launch) {
    match launch {
        Launch::Type(name) => shown.insert("launchType".to_owned(), json!(name)),
        Launch::Strategy(items) => {
            shown.insert("capacityProviderStrategy".to_owned(), json!(items))
        }
    };
}

/// Deployments of ECS; a service that somebody else deploys has task sets instead.
fn rollouts(world: &World, service: &Service) -> (Value, Value) {
    let each = |show: fn(&World, &Service, usize, &Deployment) -> Value| -> Value {
        let deployments = service.deployments.iter().enumerate();
        deployments
            .map(|(at, it)| show(world, service, at, it))
            .collect()
    };
    match service.controller {
        Controller::Ecs => (each(deployment), json!([])),
        Controller::CodeDeploy | Controller::External => (json!([]), each(task_set)),
    }
}

fn deployment(world: &World, service: &Service, at: usize, it: &Deployment) -> Value {
    let counts = Counts::of(world, service, Some(&it.id));
    let primary = at == 0;
    let mut shown = Map::new();
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("id", json!(it.id));
    put("status", json!(if primary { "PRIMARY" } else { "ACTIVE" }));
    put("taskDefinition", json!(it.task_definition));
    let desired = if primary {
        service.desired
    } else {
        counts.running
    };
    put("desiredCount", json!(desired));
    put("pendingCount", json!(counts.pending));
    put("runningCount", json!(counts.running));
    put("failedTasks", json!(it.failed_tasks));
    put("createdAt", epoch(it.created));
    put("updatedAt", epoch(it.updated));
    put("rolloutState", json!(it.rollout.name()));
    put("rolloutStateReason", json!(it.reason()));
    launch(&mut shown, &service.launch);
    Value::Object(shown)
}

fn task_set(world: &World, service: &Service, at: usize, it: &Deployment) -> Value {
    let counts = Counts::of(world, service, Some(&it.id));
    let steady = counts.running == service.desired && counts.pending == 0;
    let mut shown = Map::new();
    let mut put = |member: &str, value: Value| shown.insert(member.to_owned(), value);
    put("id", json!(it.id));
    put("serviceArn", json!(service.arn));
    put(
        "clusterArn",
        json!(arn::cluster(&world.identity, &service.id.cluster)),
    );
    put("status", json!(if at == 0 { "PRIMARY" } else { "ACTIVE" }));
    put("taskDefinition", json!(it.task_definition));
    put("computedDesiredCount", json!(service.desired));
    put("pendingCount", json!(counts.pending));
    put("runningCount", json!(counts.running));
    put("createdAt", epoch(it.created));
    put("updatedAt", epoch(it.updated));
    put("scale", json!({"value": 100.0, "unit": "PERCENT"}));
    let stability = if steady {
        "STEADY_STATE"
    } else {
        "STABILIZING"
    };
    put("stabilityStatus", json!(stability));
    launch(&mut shown, &service.launch);
    Value::Object(shown)
}

/// Running and pending tasks of a service, or of one of its deployments.
pub(super) struct Counts {
    pub(super) running: u32,
    pub(super) pending: u32,
}

impl Counts {
    pub(super) fn of(world: &World, service: &Service, deployment: Option<&str>) -> Self {
        let tasks = service
            .tasks
            .iter()
            .filter_map(|id| world.ecs.tasks.get(id));
        let own = |task: &&Task| deployment.is_none_or(|it| it == task.started_by);
        tasks.filter(own).fold(
            Self {
                running: 0,
                pending: 0,
            },
            |counts, task| Self {
                running: counts.running + u32::from(task.is_running()),
                pending: counts.pending + u32::from(task.is_pending()),
            },
        )
    }
}
