//! DescribeServiceDeployments and DescribeServiceRevisions, and what DescribeServices says of both.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceDeployments.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServiceRevisions.html>.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::history::{ServiceDeployment, Summary, is_kept, summaries};
use super::list::with_history;
use super::revisions::Revision;
use super::strategy::Breaker;
use crate::call::{ApiError, Call};
use crate::services::ecs::arn;
use crate::services::ecs::describe::launch;
use crate::services::ecs::input::{epoch, invalid, missing, read};
use crate::services::ecs::service::{Controller, Launch, Service, ServiceId};
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

fn show(world: &World, service: &Service, it: &ServiceDeployment) -> Value {
    let (identity, id) = (&world.identity, &service.id);
    let revision = |key: &str| arn::service_revision(identity, id, key);
    let now = summaries(world, service);
    let ongoing = !it.status.is_final();
    let summary = |known: &Summary| {
        let live = now.iter().find(|live| live.revision == known.revision);
        let counts = live
            .filter(|_| ongoing)
            .map_or(known.counts, |it| it.counts);
        let [requested, running, pending] = counts;
        json!({
            "arn": revision(&known.revision),
            "requestedTaskCount": requested,
            "runningTaskCount": running,
            "pendingTaskCount": pending,
        })
    };
    let rollback = it.rollback.as_ref().map(|(reason, started, to)| {
        json!({
            "reason": reason,
            "startedAt": epoch(*started),
            "serviceRevisionArn": to.as_deref().map(revision),
        })
    });
    let stopped = (it.status.name() == "STOPPED").then_some(it.updated);
    json!({
        "serviceDeploymentArn": arn::service_deployment(identity, id, &it.id),
        "serviceArn": service.arn,
        "clusterArn": arn::cluster(identity, &id.cluster),
        "createdAt": epoch(it.created),
        "startedAt": it.started.map(epoch),
        "finishedAt": it.finished.map(epoch),
        "stoppedAt": stopped.map(epoch),
        "updatedAt": epoch(it.updated),
        "sourceServiceRevisions": it.sources.iter().map(summary).collect::<Vec<_>>(),
        "targetServiceRevision": summary(&it.target),
        "status": it.status.name(),
        "statusReason": it.reason,
        "lifecycleStage": it.shift.as_ref().map(|shift| shift.stage.name()),
        "lifecycleHookDetails": it.shift.as_ref().map(|shift| shift.show()),
        "deploymentConfiguration": it.configuration,
        "rollback": rollback,
        "deploymentCircuitBreaker": breaker(service, it),
        "alarms": alarms(it),
    })
}

fn breaker(service: &Service, it: &ServiceDeployment) -> Value {
    let on = Breaker::of(service);
    let live = service
        .deployments
        .iter()
        .find(|live| live.id == it.deployment);
    let counted = it.failures.or(live.map(|it| it.failures));
    json!({
        "status": monitor(on.is_some(), it.broken, it.status.is_final()),
        "failureCount": counted.unwrap_or(0),
        "threshold": on.map_or(0, |breaker| breaker.threshold(service.desired)),
    })
}

/// Alarms that were red when it began are not watched, which shows as DISABLED: a choice.
fn alarms(it: &ServiceDeployment) -> Value {
    let names = &it.configuration["alarms"]["alarmNames"];
    let Some(triggered) = &it.alarms else {
        return json!({"status": "DISABLED"});
    };
    let red = !triggered.is_empty();
    json!({
        "status": monitor(true, red, it.status.is_final()),
        "alarmNames": names,
        "triggeredAlarmNames": triggered,
    })
}

fn monitor(on: bool, triggered: bool, over: bool) -> &'static str {
    match (triggered, on, over) {
        (true, _, _) => "TRIGGERED",
        (false, false, _) => "DISABLED",
        (false, true, true) => "MONITORING_COMPLETE",
        (false, true, false) => "MONITORING",
    }
}

fn show_revision(world: &World, service: &Service, it: &Revision) -> Value {
    let (identity, id) = (&world.identity, &service.id);
    let mut shown = it.settings.clone();
    let images = it.images.iter().map(|image| {
        json!({
            "containerName": image.container,
            "image": image.image,
            "imageDigest": image.digest,
        })
    });
    let members = [
        (
            "serviceRevisionArn",
            json!(arn::service_revision(identity, id, &it.id)),
        ),
        ("serviceArn", json!(service.arn)),
        ("clusterArn", json!(arn::cluster(identity, &id.cluster))),
        ("taskDefinition", json!(it.task_definition)),
        ("containerImages", images.collect()),
        ("guardDutyEnabled", json!(false)),
        ("serviceConnectConfiguration", json!({"enabled": false})),
        ("createdAt", epoch(it.created)),
    ];
    shown.extend(members.map(|(name, value)| (name.to_owned(), value)));
    launch(&mut shown, &it.launch);
    platform(&mut shown, &it.launch);
    Value::Object(shown)
}

/// On Fargate a revision says which platform it means: LATEST is 1.4.0 for Linux,
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-linux-fargate.html>.
fn platform(shown: &mut Map<String, Value>, on: &Launch) {
    let on_fargate = match on {
        Launch::Type(name) => *name == "FARGATE",
        Launch::Strategy(items) => items
            .iter()
            .all(|it| it.capacity_provider.starts_with("FARGATE")),
    };
    if !on_fargate {
        return;
    }
    let version = shown.get("platformVersion").and_then(Value::as_str);
    if version.is_none_or(|version| version == "LATEST") {
        shown.insert("platformVersion".to_owned(), json!("1.4.0"));
    }
    shown.insert("platformFamily".to_owned(), json!("Linux"));
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
