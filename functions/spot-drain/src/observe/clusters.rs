//! The tags of clusters, and what is said of capacity providers.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{CapacityProvider, ManagedDraining};
use domain::arn::{ClusterArn, GroupArn};
use domain::drain::{Cluster, Mode, Provider, drain, standalone};
use domain::tag::{Tagged, Tags};
use edge::tagged::{Tagged as Read, read_clusters};

use super::{Seen, Trouble};
use crate::{Aws, Settings};

/// `DescribeCapacityProviders` returns at most 10 in a page.
/// Source: `maxResults` in botocore's `ecs/2014-11-13/service-2.json`.
const PAGE: usize = 10;

/// What was read of clusters.
#[derive(Default)]
pub(super) struct Clusters(Vec<(ClusterArn, Result<Cluster, String>)>, Vec<Trouble>);

/// Reads the tags of clusters. One that is not there any more has none.
pub(super) async fn tags(
    aws: &Aws,
    settings: &Settings,
    wanted: &BTreeSet<ClusterArn>,
) -> Clusters {
    if wanted.is_empty() {
        return Clusters::default();
    }
    aws.pace.clusters.take().await;
    let mut read = Read::default();
    read_clusters(&aws.edge, wanted.clone(), &mut read).await;
    let reasons: Vec<String> = read
        .unseen
        .iter()
        .map(|(_, failure)| shell::failure::chain(failure))
        .collect();
    let clusters = wanted.iter().map(|arn| {
        if read.unseen_clusters.contains(arn) {
            return (arn.clone(), Err(reasons.join("; ")));
        }
        let tags = read.clusters.remove(arn).unwrap_or_default();
        (arn.clone(), Ok(cluster(settings, &tags)))
    });
    let clusters = clusters.collect();
    let unseen = read.unseen.into_iter();
    let unseen = unseen.map(|(what, failure)| {
        let what = format!("the tags of {what}");
        Trouble::everywhere(what, failure)
    });
    Clusters(clusters, unseen.collect())
}

/// What the tags of a cluster say. Where untagged ones are not to be touched, no tag says `off`.
pub(super) fn cluster(settings: &Settings, tags: &Tags) -> Cluster {
    let drain = match drain(tags) {
        Tagged::Absent if !settings.untagged => Tagged::Says(Mode::Off),
        tagged => tagged,
    };
    Cluster {
        drain,
        standalone: standalone(tags),
    }
}

impl Clusters {
    pub(super) fn place(self, seen: &mut Seen) {
        seen.observed.clusters.extend(self.0);
        seen.unseen.extend(self.1);
    }
}

/// What was read of capacity providers.
#[derive(Default)]
pub(super) struct Providers(Vec<(String, Result<Provider, String>)>, Vec<Trouble>);

/// Reads capacity providers.
pub(super) async fn providers(aws: &Aws, wanted: &BTreeSet<String>) -> Providers {
    let mut read = Providers::default();
    let names: Vec<String> = wanted.iter().cloned().collect();
    for batch in names.chunks(PAGE) {
        match describe(aws, batch).await {
            Ok(described) => {
                let found = batch.iter().map(|name| {
                    let theirs = described.iter().find(|one| one.name() == Some(name));
                    let missing = || "there is no such capacity provider".to_owned();
                    (name.clone(), theirs.map(provider).ok_or_else(missing))
                });
                read.0.extend(found);
            }
            Err(failure) => {
                let why = shell::failure::chain(&failure);
                let named = batch.iter().map(|name| (name.clone(), Err(why.clone())));
                read.0.extend(named);
                let what = format!("the capacity providers {}", batch.join(", "));
                read.1.push(Trouble::everywhere(what, failure));
            }
        }
    }
    read
}

/// What ECS says of capacity providers. A 200 lists what it could not describe; such a one is not
/// among the others, and is missing.
async fn describe(aws: &Aws, names: &[String]) -> Result<Vec<CapacityProvider>, edge::Failure> {
    aws.pace.providers.take().await;
    let call = aws.edge.ecs.describe_capacity_providers();
    let call = call.set_capacity_providers(Some(names.to_vec()));
    let reply = call.send().await;
    let reply = reply.map_err(edge::Failure::call("DescribeCapacityProviders"))?;
    Ok(reply.capacity_providers.unwrap_or_default())
}

/// Managed draining is on unless it was switched off.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/enable-managed-instance-draining.html>.
fn provider(theirs: &CapacityProvider) -> Provider {
    let groups = theirs.auto_scaling_group_provider();
    let switched = groups.and_then(|groups| groups.managed_draining());
    Provider {
        managed_draining: groups.is_some() && switched != Some(&ManagedDraining::Disabled),
        group: group(theirs),
    }
}

/// The name of the Auto Scaling group of a capacity provider; none for Fargate.
fn group(theirs: &CapacityProvider) -> Option<String> {
    let groups = theirs.auto_scaling_group_provider()?;
    let arn = GroupArn::parse(groups.auto_scaling_group_arn());
    arn.ok().map(|arn| arn.name().to_owned())
}

impl Providers {
    pub(super) fn place(self, seen: &mut Seen) {
        seen.observed.providers.extend(self.0);
        seen.unknown.extend(self.1);
    }
}
