//! The instances that the clusters run on.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::ContainerInstance;
use domain::arn::ClusterArn;
use domain::budget::Intent;
use domain::budget::counted::{Counted, Kind};
use edge::tagged::Tagged;
use rust_decimal::Decimal;

use super::providers::Provider;
use super::{Seen, prices, providers};
use crate::{Aws, Settings};

/// `ListContainerInstances` returns at most 100 in a page, and `DescribeContainerInstances` takes at
/// most 100.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html>.
const PAGE: i32 = 100;

/// The attribute with the type of an instance.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html#attributes>.
const TYPE: &str = "ecs.instance-type";

/// An instance of a cluster.
struct Host {
    /// Its type, or that it is not known.
    kind: String,
    /// What it costs in an hour, in USD, if that is known.
    hour: Option<Decimal>,
}

/// Counts the instances of the clusters that have any, by type; the ids of all of them. Those of a
/// capacity provider go away with their last task, but for as many as it keeps; the others stay, and
/// so do those of a cluster of which no budget stops anything.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    tagged: &Tagged,
) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut stay = Vec::new();
    let mut provided: BTreeMap<Provider, Vec<Host>> = BTreeMap::new();
    let stopped = stopped(seen);
    let hosting = tagged.runs.iter().filter(|(_, runs)| runs.instances > 0);
    for (cluster, runs) in hosting {
        let instances = match all(aws, cluster).await {
            Ok(instances) => instances,
            Err(failure) => {
                let what = format!("the instances of {}", cluster.name());
                seen.observed.beside.push(Counted {
                    kind: Kind::Instance,
                    name: what.clone(),
                    count: runs.instances,
                    hour: None,
                });
                seen.unknown.push((what, failure.into()));
                continue;
            }
        };
        for instance in instances {
            let kind = kind(&instance);
            let hour = prices::instance_hour(settings, &kind);
            let host = Host { kind, hour };
            match instance.capacity_provider_name {
                Some(name) if stopped.contains(cluster) => provided
                    .entry((cluster.clone(), name))
                    .or_default()
                    .push(host),
                _ => stay.push(host),
            }
            ids.extend(instance.ec2_instance_id);
        }
    }
    let mut go = Vec::new();
    let providers = provided.keys().cloned().collect();
    let kept = providers::kept(aws, seen, &providers).await;
    for (provider, mut hosts) in provided {
        // Which of them stay nobody knows: the dearest, at most.
        hosts.sort_by_key(|host| Reverse((host.hour.is_none(), host.hour)));
        let kept = kept
            .get(&provider)
            .map_or(hosts.len(), |kept| *kept.min(&hosts.len()));
        go.extend(hosts.split_off(kept));
        stay.extend(hosts);
    }
    seen.observed.beside.extend(counted(stay));
    seen.observed.instances.extend(counted(go));
    ids
}

/// The clusters of the services that a budget may stop.
fn stopped(seen: &Seen) -> BTreeSet<ClusterArn> {
    let services = seen.observed.services.iter();
    let stopped = services.filter(|(_, service)| {
        matches!(service.intent, Intent::Stop { .. }) && service.controllable()
    });
    stopped.map(|(arn, _)| arn.cluster_arn()).collect()
}

/// By type.
fn counted(hosts: Vec<Host>) -> impl Iterator<Item = Counted> {
    let mut counts: BTreeMap<String, (Option<Decimal>, u32)> = BTreeMap::new();
    for host in hosts {
        counts.entry(host.kind).or_insert((host.hour, 0)).1 += 1;
    }
    counts.into_iter().map(|(name, (hour, count))| Counted {
        kind: Kind::Instance,
        name,
        count,
        hour,
    })
}

fn kind(instance: &ContainerInstance) -> String {
    let attributes = instance.attributes().iter();
    let mut types = attributes.filter(|attribute| attribute.name() == TYPE);
    let kind = types.next().and_then(|attribute| attribute.value());
    kind.unwrap_or("an instance of unknown type").to_owned()
}

async fn all(aws: &Aws, cluster: &ClusterArn) -> Result<Vec<ContainerInstance>, edge::Failure> {
    const CALL: &str = "DescribeContainerInstances";
    let pages = aws
        .edge
        .ecs
        .list_container_instances()
        .cluster(cluster.as_str())
        .max_results(PAGE);
    let mut pages = pages.into_paginator().send();
    let mut instances = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(edge::Failure::call("ListContainerInstances"))?;
        let arns = page.container_instance_arns.unwrap_or_default();
        if arns.is_empty() {
            continue;
        }
        let call = aws
            .edge
            .ecs
            .describe_container_instances()
            .cluster(cluster.as_str())
            .set_container_instances(Some(arns));
        let reply = call.send().await.map_err(edge::Failure::call(CALL))?;
        // A 200 lists what it could not describe; one that is MISSING has gone meanwhile.
        let mut refused = reply.failures().iter();
        if let Some(refused) = refused.find(|failure| failure.reason() != Some("MISSING")) {
            let reason = refused.reason().unwrap_or("no reason given").to_owned();
            return Err(edge::Failure::Refused { call: CALL, reason });
        }
        instances.extend(reply.container_instances.unwrap_or_default());
    }
    Ok(instances)
}
