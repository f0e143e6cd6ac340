//! ListServiceDeployments.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::history::{ServiceDeployment, Status, is_kept};
use crate::call::{ApiError, Call};
use crate::page::page;
use crate::services::ecs::input::{epoch, invalid, page_size, read, service_not_found};
use crate::services::ecs::service::{self, Controller, Service, ServiceId};
use crate::services::ecs::{arn, clusters};
use crate::world::World;

/// The size of a page where none is asked for.
const USUAL: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    service: String,
    cluster: Option<String>,
    #[serde(default)]
    status: Vec<String>,
    #[serde(default)]
    created_at: Range,
    next_token: Option<String>,
    max_results: Option<i64>,
}

/// Seconds since 1970.
#[derive(Default, Deserialize)]
struct Range {
    before: Option<f64>,
    after: Option<f64>,
}

/// The newest come first: a choice.
pub(in super::super) fn list(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: List = read(call)?;
    let cluster = clusters::named(world, input.cluster.as_deref())?;
    let id = ServiceId::new(&cluster.name, arn::name_in(&input.service));
    let service = with_history(world, &id)?;
    let size = page_size(input.max_results, USUAL)?;
    let all = service.history.deployments.iter().rev();
    let wanted = all.filter(|it| is_kept(it, world.now) && input.wants(it));
    let wanted: Vec<&ServiceDeployment> = wanted.collect();
    let (found, next_token) =
        page(wanted, input.next_token.as_deref(), size).map_err(|_| invalid("Invalid token"))?;
    let found: Vec<Value> = found
        .into_iter()
        .map(|it| brief(world, service, it))
        .collect();
    Ok(json!({"serviceDeployments": found, "nextToken": next_token}))
}

impl List {
    fn wants(&self, it: &ServiceDeployment) -> bool {
        let created = epoch(it.created).as_f64().unwrap_or_default();
        let name = it.status.name();
        (self.status.is_empty() || self.status.iter().any(|wanted| wanted == name))
            && self.created_at.before.is_none_or(|before| created < before)
            && self.created_at.after.is_none_or(|after| created > after)
    }
}

fn brief(world: &World, service: &Service, it: &ServiceDeployment) -> Value {
    let (identity, id) = (&world.identity, &service.id);
    json!({
        "serviceDeploymentArn": arn::service_deployment(identity, id, &it.id),
        "serviceArn": service.arn,
        "clusterArn": arn::cluster(identity, &id.cluster),
        "createdAt": epoch(it.created),
        "startedAt": it.started.map(epoch),
        "finishedAt": it.finished.map(epoch),
        "targetServiceRevisionArn": arn::service_revision(identity, id, &it.target.revision),
        "status": it.status.name(),
        "statusReason": it.reason,
    })
}

/// A service that has a history: one that lives and that ECS deploys. What is said of others is a choice.
pub(super) fn with_history<'a>(world: &'a World, id: &ServiceId) -> Result<&'a Service, ApiError> {
    let service = world.ecs.service(id);
    let lives = |it: &&Service| it.status != service::Status::Inactive;
    let service = service.filter(lives).ok_or_else(service_not_found)?;
    match service.controller {
        Controller::Ecs => Ok(service),
        Controller::CodeDeploy | Controller::External => Err(unsupported()),
    }
}

pub(super) fn unsupported() -> ApiError {
    ApiError::client(
        "UnsupportedFeatureException",
        "Service deployments are only supported for services with the ECS deployment controller.",
    )
}

/// Whether a service deployment can still be stopped, the documentation's states in its order:
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html>.
pub(super) fn can_be_stopped(status: Status) -> bool {
    matches!(
        status,
        Status::Pending
            | Status::InProgress
            | Status::StopRequested
            | Status::RollbackRequested
            | Status::RollbackInProgress
    )
}
