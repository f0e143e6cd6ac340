//! What is tagged: services and clusters.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{ClusterField, Failure as EcsFailure};
use domain::arn::{ClusterArn, ServiceArn};
use domain::off_hours::looks_like_ours;
use domain::tag::Tags;

use crate::{Edge, Failure};

/// Tags as far as they are known before ECS is asked.
#[derive(Debug, Default)]
pub struct Tagged {
    /// The services that are in question, with their own tags as far as they are ours.
    pub services: BTreeMap<ServiceArn, Tags>,
    /// Their clusters, likewise.
    pub clusters: BTreeMap<ClusterArn, Tags>,
    /// What runs in each of them, as far as they were read.
    pub runs: BTreeMap<ClusterArn, Runs>,
    /// The clusters whose tags could not be read. What their services are to be is unknown.
    pub unseen_clusters: BTreeSet<ClusterArn>,
    /// What could not be looked at, by name: clusters that could not be read, or whose services
    /// could not be listed.
    pub unseen: Vec<(String, Failure)>,
}

/// What runs in a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Runs {
    /// `runningTasksCount`.
    pub tasks: u32,
    /// `registeredContainerInstancesCount`, ACTIVE and DRAINING ones.
    pub instances: u32,
}

/// `GetResources` returns at most 100 resources in a page.
/// Source: <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>.
const TAGGED_PAGE: i32 = 100;
/// `DescribeClusters` takes at most 100 clusters, and `ListClusters` returns at most 100 in a page.
/// Sources: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html>,
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html>.
const CLUSTERS: usize = 100;
const CLUSTERS_PAGE: i32 = 100;
/// `ListServices` returns at most 100 services in a page, and 10 if it is not told otherwise.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServices.html>.
const SERVICES_PAGE: i32 = 100;

/// Every tagged service and cluster, from the tagging API.
pub async fn index(edge: &Edge) -> Result<Tagged, Failure> {
    let mut tagged = Tagged::default();
    let mut pages = edge
        .tagging
        .get_resources()
        .resource_type_filters("ecs:service")
        .resource_type_filters("ecs:cluster")
        .resources_per_page(TAGGED_PAGE)
        .into_paginator()
        .items()
        .send();
    while let Some(resource) = pages.next().await {
        let resource = resource.map_err(Failure::call("GetResources"))?;
        let arn = resource.resource_arn.unwrap_or_default();
        let tags = ours(
            resource
                .tags
                .unwrap_or_default()
                .into_iter()
                .map(|tag| (tag.key, tag.value)),
        );
        if tags.is_empty() {
            continue;
        }
        if let Ok(service) = ServiceArn::parse(&arn) {
            tagged.services.insert(service, tags);
        } else if let Ok(cluster) = ClusterArn::parse(&arn) {
            tagged.clusters.insert(cluster, tags);
        }
    }
    // A tagged service's cluster may have defaults for its other tags.
    let clusters: BTreeSet<ClusterArn> = tagged
        .services
        .keys()
        .map(ServiceArn::cluster_arn)
        .collect();
    for cluster in clusters {
        tagged.clusters.entry(cluster).or_default();
    }
    Ok(tagged)
}

/// Reads the tags of these clusters. A batch that fails takes the services of its clusters out of
/// the run; the others go on.
pub async fn read_clusters(edge: &Edge, clusters: BTreeSet<ClusterArn>, tagged: &mut Tagged) {
    tagged.clusters.clear();
    let clusters: Vec<ClusterArn> = clusters.into_iter().collect();
    for batch in clusters.chunks(CLUSTERS) {
        match described(edge, batch).await {
            Ok(found) => {
                for (cluster, (tags, runs)) in found {
                    tagged.runs.insert(cluster.clone(), runs);
                    tagged.clusters.insert(cluster, tags);
                }
            }
            Err(failure) => {
                let names: Vec<&str> = batch.iter().map(ClusterArn::name).collect();
                tagged.unseen.push((names.join(", "), failure));
                tagged.unseen_clusters.extend(batch.iter().cloned());
            }
        }
    }
}

/// The tags of these clusters, and what runs in each.
async fn described(
    edge: &Edge,
    batch: &[ClusterArn],
) -> Result<BTreeMap<ClusterArn, (Tags, Runs)>, Failure> {
    const CALL: &str = "DescribeClusters";
    let clusters = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
    let call = edge
        .ecs
        .describe_clusters()
        .set_clusters(Some(clusters))
        .include(ClusterField::Tags);
    let reply = call.send().await.map_err(Failure::call(CALL))?;
    // A 200 lists what it could not describe; a cluster that is MISSING has no tags.
    let refused = |failure: &&EcsFailure| failure.reason() != Some("MISSING");
    if let Some(refused) = reply.failures().iter().find(refused) {
        let reason = refused.reason().unwrap_or("no reason given").to_owned();
        return Err(Failure::Refused { call: CALL, reason });
    }
    // A deleted cluster is INACTIVE for a while, and calls about its services are refused.
    // Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html
    let clusters = reply.clusters.unwrap_or_default().into_iter();
    let clusters = clusters.filter(|cluster| cluster.status() != Some("INACTIVE"));
    let found = clusters.filter_map(|cluster| {
        let arn = ClusterArn::parse(cluster.cluster_arn()?).ok()?;
        let runs = Runs {
            tasks: count(cluster.running_tasks_count),
            instances: count(cluster.registered_container_instances_count),
        };
        let tags = cluster.tags.unwrap_or_default().into_iter();
        let tags = tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
        Some((arn, (ours(tags), runs)))
    });
    Ok(found.collect())
}

/// ECS never gives a negative count.
fn count(count: i32) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

/// Every cluster of the account in this Region.
pub async fn clusters(edge: &Edge) -> Result<Vec<ClusterArn>, Failure> {
    let call = edge.ecs.list_clusters();
    let pages = call.max_results(CLUSTERS_PAGE).into_paginator();
    let mut arns = pages.items().send();
    let mut clusters = Vec::new();
    while let Some(arn) = arns.next().await {
        let arn = arn.map_err(Failure::call("ListClusters"))?;
        clusters.extend(ClusterArn::parse(&arn));
    }
    Ok(clusters)
}

/// Every service of a cluster that can be tagged.
pub async fn services_in(edge: &Edge, cluster: &ClusterArn) -> Result<Vec<ServiceArn>, Failure> {
    let mut services = Vec::new();
    let mut token = None;
    loop {
        edge.pace.service_read.take().await;
        let call = edge
            .ecs
            .list_services()
            .cluster(cluster.as_str())
            .max_results(SERVICES_PAGE);
        let page = call
            .set_next_token(token)
            .send()
            .await
            .map_err(Failure::call("ListServices"))?;
        // A service with a short ARN cannot be tagged, so its cluster's tags are not for it either.
        services.extend(
            page.service_arns()
                .iter()
                .filter_map(|arn| ServiceArn::parse(arn).ok()),
        );
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(services);
        }
    }
}

/// Only the tags that are ours, or look as if they were meant to be.
pub fn ours(tags: impl Iterator<Item = (String, String)>) -> Tags {
    tags.filter(|(key, _)| looks_like_ours(key)).collect()
}
