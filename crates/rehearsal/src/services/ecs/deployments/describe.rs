//! DescribeServiceDeployments and DescribeServiceRevisions, and what DescribeServices says of both.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::history::{is_kept, summaries};
use super::list::with_history;
use super::show::{show, show_revision};
use crate::call::{ApiError, Call};
use crate::services::ecs::arn;
use crate::services::ecs::input::{invalid, missing, read};
use crate::services::ecs::service::{Controller, Service, ServiceId};
use crate::world::World;

/// "You can specify a maximum of 20 ARNs."
const MOST: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    service_deployment_arns: Vec<String>,
}

pub(in super::super) fn describe(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let input: Describe = read(call)?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for arn in at_most(&input.service_deployment_arns, "Service deployments")? {
        match named(world, arn, "service-deployment")? {
            Some((service, key)) => {
                let mut all = service.history.deployments.iter();
                match all.find(|it| it.id == key && is_kept(it, world.now)) {
                    Some(it) => found.push(show(world, service, it)),
                    None => failures.push(missing(arn.clone())),
                }
            }
            None => failures.push(missing(arn.clone())),
        }
    }
    Ok(json!({"serviceDeployments": found, "failures": failures}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeRevisions {
    service_revision_arns: Vec<String>,
}

pub(in super::super) fn describe_revisions(
    world: &mut World,
    call: &Call,
) -> Result<Value, ApiError> {
    let input: DescribeRevisions = read(call)?;
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for arn in at_most(&input.service_revision_arns, "Service revisions")? {
        let known = named(world, arn, "service-revision")?;
        let known = known.and_then(|(service, key)| {
            let revision = service.history.revision(&key)?;
            Some(show_revision(world, service, revision))
        });
        match known {
            Some(shown) => found.push(shown),
            None => failures.push(missing(arn.clone())),
        }
    }
    Ok(json!({"serviceRevisions": found, "failures": failures}))
}

fn at_most<'a>(arns: &'a [String], what: &str) -> Result<&'a [String], ApiError> {
    match arns.len() {
        0 => Err(invalid(format!("{what} cannot be empty."))),
        1..=MOST => Ok(arns),
        _ => Err(invalid(format!(
            "{what} cannot have more than 20 elements."
        ))),
    }
}

/// The service and the last part of an ARN of this kind, if there is such a service.
pub(super) fn named<'a>(
    world: &'a World,
    arn: &str,
    kind: &str,
) -> Result<Option<(&'a Service, String)>, ApiError> {
    let resource = arn::resource(arn).unwrap_or_default();
    let parts: Vec<&str> = resource.split('/').collect();
    let [known, cluster, name, key] = parts.as_slice() else {
        return Err(invalid(format!("Invalid identifier: {arn}")));
    };
    if *known != kind {
        return Err(invalid(format!("Invalid identifier: {arn}")));
    }
    let id = ServiceId::new(cluster, name);
    match with_history(world, &id) {
        Ok(service) => Ok(Some((service, (*key).to_owned()))),
        Err(refusal) if refusal.code == "ServiceNotFoundException" => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

/// `currentServiceDeployment` and `currentServiceRevisions` of a service that ECS deploys. The first is the
/// latest one, also when it is over: a choice.
pub(in super::super) fn current(world: &World, service: &Service) -> Option<(String, Value)> {
    if service.controller != Controller::Ecs {
        return None;
    }
    let (identity, id) = (&world.identity, &service.id);
    let latest = service.history.deployments.last()?;
    let revisions = summaries(world, service);
    let revisions = revisions.iter().map(|it| {
        let [requested, running, pending] = it.counts;
        json!({
            "arn": arn::service_revision(identity, id, &it.revision),
            "requestedTaskCount": requested,
            "runningTaskCount": running,
            "pendingTaskCount": pending,
        })
    });
    let latest = arn::service_deployment(identity, id, &latest.id);
    Some((latest, revisions.collect()))
}
