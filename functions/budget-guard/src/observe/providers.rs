//! How many instances a capacity provider keeps when no task runs: as many as its Auto Scaling
//! group's minimum, or all of them where ECS does not scale the group.
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html>.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{CapacityProvider, ManagedScalingStatus};
use domain::arn::{ClusterArn, GroupArn};

use super::Seen;
use crate::Aws;

/// `DescribeCapacityProviders` takes at most 100.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html>.
const PROVIDERS: usize = 100;

/// `DescribeAutoScalingGroups` takes at most 100 names and returns at most 100 groups in a page.
/// Source: <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>.
const GROUPS: usize = 100;

/// A capacity provider, by its cluster and its name: what ECS manages without a group is the
/// cluster's own.
pub(super) type Provider = (ClusterArn, String);

/// Who takes the instances of a provider away.
enum Scaling {
    /// ECS, down to the minimum of this group.
    DownTo(String),
    /// ECS, down to nothing: they are managed instances.
    ToNothing,
    /// Nobody.
    None,
}

/// How many instances each of these keeps. One that is not among the answers keeps all, as far as is
/// known.
pub(super) async fn kept(
    aws: &Aws,
    seen: &mut Seen,
    providers: &BTreeSet<Provider>,
) -> BTreeMap<Provider, usize> {
    let mut scaled = BTreeMap::new();
    let mut clusters: BTreeMap<&ClusterArn, Vec<String>> = BTreeMap::new();
    for (cluster, name) in providers {
        clusters.entry(cluster).or_default().push(name.clone());
    }
    for (cluster, names) in clusters {
        match scaling(aws, cluster, &names).await {
            Ok(found) => scaled.extend(found),
            Err(failure) => {
                let what = format!("the capacity providers of {}", cluster.name());
                seen.unknown.push((what, failure.into()));
            }
        }
    }
    let groups = scaled.values().filter_map(|scaling| match scaling {
        Scaling::DownTo(group) => Some(group.clone()),
        Scaling::ToNothing | Scaling::None => None,
    });
    let minimums = match minimums(aws, groups.collect()).await {
        Ok(minimums) => minimums,
        Err(failure) => {
            let what = "the minimum of the Auto Scaling groups".to_owned();
            seen.unknown.push((what, failure.into()));
            BTreeMap::new()
        }
    };
    let kept = scaled.into_iter().filter_map(|(provider, scaling)| {
        let kept = match scaling {
            Scaling::DownTo(group) => *minimums.get(&group)?,
            Scaling::ToNothing => 0,
            Scaling::None => return None,
        };
        Some((provider, kept))
    });
    kept.collect()
}

async fn scaling(
    aws: &Aws,
    cluster: &ClusterArn,
    names: &[String],
) -> Result<BTreeMap<Provider, Scaling>, edge::Failure> {
    let mut found = BTreeMap::new();
    for names in names.chunks(PROVIDERS) {
        let call = aws
            .edge
            .ecs
            .describe_capacity_providers()
            .cluster(cluster.as_str())
            .set_capacity_providers(Some(names.to_vec()));
        let reply = call.send().await;
        let reply = reply.map_err(edge::Failure::call("DescribeCapacityProviders"))?;
        // What it could not describe keeps all, as far as is known.
        let described = reply.capacity_providers.unwrap_or_default().into_iter();
        found.extend(described.filter_map(|provider| {
            let name = provider.name()?.to_owned();
            Some(((cluster.clone(), name), scales(&provider)))
        }));
    }
    Ok(found)
}

fn scales(provider: &CapacityProvider) -> Scaling {
    let Some(group) = provider.auto_scaling_group_provider() else {
        return Scaling::ToNothing;
    };
    let scaling = group.managed_scaling();
    let status = scaling.and_then(|scaling| scaling.status());
    let name = GroupArn::parse(group.auto_scaling_group_arn());
    match (status, name) {
        (Some(ManagedScalingStatus::Enabled), Ok(arn)) => Scaling::DownTo(arn.name().to_owned()),
        _ => Scaling::None,
    }
}

/// `MinSize` of each of these groups.
async fn minimums(
    aws: &Aws,
    groups: BTreeSet<String>,
) -> Result<BTreeMap<String, usize>, edge::Failure> {
    let groups: Vec<String> = groups.into_iter().collect();
    let mut minimums = BTreeMap::new();
    for names in groups.chunks(GROUPS) {
        let call = aws
            .edge
            .autoscaling
            .describe_auto_scaling_groups()
            .set_auto_scaling_group_names(Some(names.to_vec()));
        let mut pages = call.into_paginator().items().send();
        while let Some(group) = pages.next().await {
            let group = group.map_err(edge::Failure::call("DescribeAutoScalingGroups"))?;
            let least = group.min_size.and_then(|least| usize::try_from(least).ok());
            if let Some((name, least)) = group.auto_scaling_group_name.zip(least) {
                minimums.insert(name, least);
            }
        }
    }
    Ok(minimums)
}
