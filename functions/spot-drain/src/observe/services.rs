//! What ECS says of services, as far as it tells whether their tasks can leave.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{Service as Theirs, ServiceField};
use domain::arn::{ClusterArn, ServiceArn};
use domain::drain::{Service, Weight, drain};
use edge::live::live;
use edge::tagged::ours;
use futures_util::StreamExt;
use jiff::SignedDuration;

use super::groups::count;
use super::{Seen, Trouble};
use crate::Aws;

/// `DescribeServices` takes at most 10 services, all of one cluster.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>.
const BATCH: usize = 10;
/// How many calls are under way at once.
const AT_ONCE: usize = 8;
/// How many of a service's messages are looked at: the newest come first.
const MESSAGES: usize = 5;
/// What a service may do where it does not say.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html>.
const MINIMUM: i32 = 100;
const MAXIMUM: i32 = 200;

/// What is known of one service: nothing if there is none any more.
pub(super) type Known = (Theirs, Service);
type Answers = Result<BTreeMap<ServiceArn, Known>, edge::Failure>;

/// What was read of services.
pub(super) struct Services(Vec<(Vec<ServiceArn>, Answers)>);

/// Reads services.
pub(super) async fn look(aws: &Aws, wanted: &BTreeSet<ServiceArn>) -> Services {
    let batches = futures_util::stream::iter(batches(wanted)).map(async |(cluster, batch)| {
        let answers = describe(aws, &cluster, &batch).await;
        (batch, answers)
    });
    Services(batches.buffered(AT_ONCE).collect().await)
}

impl Services {
    pub(super) fn place(self, seen: &mut Seen) {
        for (batch, answers) in self.0 {
            match answers {
                Ok(mut known) => {
                    let found = batch.into_iter().map(|arn| {
                        let service = known.remove(&arn).map(|(_, service)| service);
                        (arn, Ok(service))
                    });
                    seen.observed.services.extend(found);
                }
                Err(failure) => {
                    let why = shell::failure::chain(&failure);
                    let names: Vec<&str> = batch.iter().map(ServiceArn::name).collect();
                    let what = format!("the services {}", names.join(", "));
                    seen.unknown.push(Trouble::everywhere(what, failure));
                    let unseen = batch.into_iter().map(|arn| (arn, Err(why.clone())));
                    seen.observed.services.extend(unseen);
                }
            }
        }
    }
}

fn batches<'s>(
    services: impl IntoIterator<Item = &'s ServiceArn>,
) -> Vec<(ClusterArn, Vec<ServiceArn>)> {
    let mut clusters: BTreeMap<ClusterArn, Vec<ServiceArn>> = BTreeMap::new();
    for arn in services {
        let of = clusters.entry(arn.cluster_arn()).or_default();
        of.push(arn.clone());
    }
    let batches = clusters.into_iter().flat_map(|(cluster, services)| {
        let batches = services.chunks(BATCH);
        let batches = batches.map(|batch| (cluster.clone(), batch.to_vec()));
        batches.collect::<Vec<_>>()
    });
    batches.collect()
}

/// What ECS says of every service of a cluster.
pub(super) async fn all(aws: &Aws, services: &[ServiceArn]) -> Answers {
    let calls = futures_util::stream::iter(batches(services));
    let calls = calls.map(async |(cluster, batch)| describe(aws, &cluster, &batch).await);
    let mut calls = calls.buffered(AT_ONCE);
    let mut all = BTreeMap::new();
    while let Some(answers) = calls.next().await {
        all.extend(answers?);
    }
    Ok(all)
}

/// What ECS says of the services of a batch; of one that does not exist, nothing.
async fn describe(aws: &Aws, cluster: &ClusterArn, batch: &[ServiceArn]) -> Answers {
    const CALL: &str = "DescribeServices";
    aws.edge.pace.service_read.take().await;
    let names = batch.iter().map(|arn| arn.name().to_owned()).collect();
    let call = aws.edge.ecs.describe_services();
    let call = call.cluster(cluster.as_str()).set_services(Some(names));
    let call = call.include(ServiceField::Tags);
    let reply = call.send().await.map_err(edge::Failure::call(CALL))?;
    let mut refused = reply.failures().iter();
    if let Some(refused) = refused.find(|failure| failure.reason() != Some("MISSING")) {
        let reason = refused.reason().unwrap_or("no reason given").to_owned();
        return Err(edge::Failure::Refused { call: CALL, reason });
    }
    let mut described = BTreeMap::new();
    for theirs in reply.services.unwrap_or_default() {
        let arn = theirs.service_arn().map(ServiceArn::parse);
        let active = theirs.status() != Some("INACTIVE");
        if let (Some(Ok(arn)), true) = (arn, active) {
            let ours = service(&theirs)?;
            described.insert(arn, (theirs, ours));
        }
    }
    Ok(described)
}

fn service(theirs: &Theirs) -> Result<Service, edge::Failure> {
    let live = live(theirs)?;
    let shares = theirs.deployment_configuration();
    let minimum = shares.and_then(|shares| shares.minimum_healthy_percent());
    let maximum = shares.and_then(|shares| shares.maximum_percent());
    let grace = theirs.health_check_grace_period_seconds().unwrap_or(0);
    let tags = theirs.tags().iter().filter_map(|tag| {
        let value = tag.value().unwrap_or_default();
        Some((tag.key()?.to_owned(), value.to_owned()))
    });
    let balanced = !theirs.load_balancers().is_empty();
    let service = Service {
        kind: live.kind,
        desired: live.desired,
        running: live.running,
        minimum_healthy: count(minimum.unwrap_or(MINIMUM)),
        maximum: count(maximum.unwrap_or(MAXIMUM)),
        grace: SignedDuration::from_secs(i64::from(grace)),
        balanced,
        deregistration: None,
        stop_timeout: None,
        checked: false,
        created_at: live.created_at,
        spare: None,
        trouble: trouble(theirs),
        strategy: strategy(theirs),
        deployment: live.deployment,
        drain: drain(&ours(tags)),
    };
    // Whether a target is healthy only its load balancer knows.
    let spare = (!balanced).then(|| service.running.saturating_sub(service.floor()));
    Ok(Service { spare, ..service })
}

/// The newest message in which ECS says that it could not do something.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html>.
fn trouble(theirs: &Theirs) -> Option<String> {
    let messages = theirs.events().iter().take(MESSAGES);
    let mut messages = messages.filter_map(|event| event.message());
    let unable = messages.find(|message| message.contains("unable to"));
    unable.map(str::to_owned)
}

/// The strategy in the order of its providers' names: ECS promises none.
fn strategy(theirs: &Theirs) -> Vec<Weight> {
    let entries = theirs.capacity_provider_strategy().iter();
    let entries = entries.map(|entry| Weight {
        provider: entry.capacity_provider().to_owned(),
        base: count(entry.base()),
        weight: count(entry.weight()),
    });
    let mut strategy: Vec<Weight> = entries.collect();
    strategy.sort();
    strategy
}
