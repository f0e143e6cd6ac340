//! A service deployment and a service revision as the API shows them.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html>,
//! <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceRevision.html>.

use serde_json::{Map, Value, json};

use super::history::{ServiceDeployment, Summary, summaries};
use super::revisions::Revision;
use super::strategy::Breaker;
use crate::services::ecs::arn;
use crate::services::ecs::describe::launch;
use crate::services::ecs::input::epoch;
use crate::services::ecs::service::{Launch, Service};
use crate::world::World;

pub(super) fn show(world: &World, service: &Service, it: &ServiceDeployment) -> Value {
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

pub(super) fn show_revision(world: &World, service: &Service, it: &Revision) -> Value {
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
