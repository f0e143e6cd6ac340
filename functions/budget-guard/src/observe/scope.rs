//! Which services a budget may concern: those that are tagged, themselves or by their cluster, and
//! those that are held for a budget. Beside them, which clusters are in reach: what runs there costs
//! money, tagged or not.

use std::collections::BTreeSet;

use domain::arn::{ClusterArn, ServiceArn};
use domain::budget::{BUDGET, Intent};
use domain::hold::Holder;
use domain::tag::Tags;
use edge::tagged::{Tagged, clusters, index, read_clusters, services_in};
use ledger::Standing;

use crate::{Aws, Settings};

/// What a service's own tags and its cluster's ask for.
pub(super) fn intent(arn: &ServiceArn, own: &Tags, tagged: &Tagged) -> Intent {
    let none = Tags::new();
    let cluster = tagged.clusters.get(&arn.cluster_arn()).unwrap_or(&none);
    Intent::of(own, cluster)
}

/// The services that the ledger says are held for a budget.
pub(super) fn held(standing: &Standing) -> impl Iterator<Item = &ServiceArn> {
    let held = standing
        .services
        .iter()
        .filter(|(_, rest)| rest.holds.get(Holder::Budget).is_some() && !rest.handed_back());
    held.map(|(arn, _)| arn)
}

/// Finds what is tagged. The tagging API's index finds it in few calls but lags behind, so the
/// tags of the clusters, like those of the services that are looked at, are read from ECS itself.
pub(super) async fn tagged(
    aws: &Aws,
    settings: &Settings,
    standing: &Standing,
) -> Result<Tagged, edge::Failure> {
    let mut tagged = index(&aws.edge).await?;
    tagged
        .clusters
        .retain(|cluster, _| settings.reach.covers(cluster.name()));
    tagged
        .services
        .retain(|service, _| settings.reach.covers(service.cluster()));
    // What is held stays in scope: a hold that our permissions no longer reach fails loudly.
    let remembered = held(standing).map(ServiceArn::cluster_arn);
    let known = tagged.clusters.keys().cloned().chain(remembered);
    let mut known: BTreeSet<ClusterArn> = known.collect();
    match clusters(&aws.edge).await {
        Ok(all) => {
            let reached = all.into_iter();
            known.extend(reached.filter(|cluster| settings.reach.covers(cluster.name())));
        }
        Err(failure) => {
            let what = "which clusters there are".to_owned();
            tagged.unseen.push((what, failure));
        }
    }
    read_clusters(&aws.edge, known, &mut tagged).await;
    add_untagged_services(aws, settings, &mut tagged).await;
    Ok(tagged)
}

/// Adds the services without tags of their own in the clusters whose tag is a default for them. A
/// cluster that cannot be listed does not hinder the others.
async fn add_untagged_services(aws: &Aws, settings: &Settings, tagged: &mut Tagged) {
    let clusters = tagged.clusters.iter().filter(|(cluster, tags)| {
        tags.contains_key(BUDGET) && settings.reach.covers(cluster.name())
    });
    for (cluster, _) in clusters {
        match services_in(&aws.edge, cluster).await {
            Ok(services) => {
                for service in services {
                    tagged.services.entry(service).or_default();
                }
            }
            Err(failure) => tagged.unseen.push((cluster.name().to_owned(), failure)),
        }
    }
}
