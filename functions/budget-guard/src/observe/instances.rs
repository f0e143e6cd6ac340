//! The instances that the clusters run on.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::ContainerInstance;
use domain::arn::ClusterArn;
use domain::budget::counted::{Counted, Kind};
use edge::tagged::Tagged;

use super::{Seen, prices};
use crate::{Aws, Settings};

/// `ListContainerInstances` returns at most 100 in a page, and `DescribeContainerInstances` takes at
/// most 100.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html>.
const PAGE: i32 = 100;

/// The attribute with the type of an instance.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html#attributes>.
const TYPE: &str = "ecs.instance-type";

/// Counts the instances of the clusters, by type; the ids of all of them. Those of a capacity
/// provider are taken to go away with their last task, which its managed scaling sees to as far as
/// its group's minimum lets it; the others stay.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    tagged: &Tagged,
) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut counts: BTreeMap<(bool, String), u32> = BTreeMap::new();
    for cluster in tagged.clusters.keys() {
        let instances = match all(aws, cluster).await {
            Ok(instances) => instances,
            Err(failure) => {
                let what = format!("the instances of {}", cluster.name());
                seen.observed.beside.push(Counted {
                    kind: Kind::Instance,
                    name: what.clone(),
                    count: 1,
                    hour: None,
                });
                seen.unknown.push((what, failure.into()));
                continue;
            }
        };
        for instance in instances {
            let stays = instance.capacity_provider_name().is_none();
            *counts.entry((stays, kind(&instance))).or_default() += 1;
            ids.extend(instance.ec2_instance_id);
        }
    }
    for ((stays, name), count) in counts {
        let hour = prices::instance_hour(settings, &name);
        let counted = Counted {
            kind: Kind::Instance,
            name,
            count,
            hour,
        };
        match stays {
            true => seen.observed.beside.push(counted),
            false => seen.observed.instances.push(counted),
        }
    }
    ids
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
