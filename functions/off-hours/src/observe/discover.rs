//! Which services are tagged, themselves or by their cluster.

use std::collections::BTreeMap;

use domain::arn::{ClusterArn, ServiceArn};
use domain::off_hours::{HOURS, Intent, OVERRIDE, Policy};
use domain::tag::Tags;
use edge::tagged::{Tagged, index, read_clusters, services_in};
use ledger::Standing;

use super::Scope;
use crate::{Aws, Settings};

/// What a service's own tags and its cluster's ask for.
pub(super) fn intent(arn: &ServiceArn, own: &Tags, tagged: &Tagged, policy: &Policy) -> Intent {
    let none = Tags::new();
    let cluster = tagged.clusters.get(&arn.cluster_arn()).unwrap_or(&none);
    Intent::of(own, cluster, policy)
}

/// Finds what is tagged. The tagging API's index finds it in few calls but lags behind, so the
/// tags of the clusters, like those of the services that are looked at, are read from ECS itself.
pub(super) async fn tagged(
    aws: &Aws,
    settings: &Settings,
    scope: &Scope,
    standing: &Standing,
) -> Result<Tagged, edge::Failure> {
    let mut tagged = match scope {
        Scope::Everything | Scope::Asked { .. } => index(&aws.edge).await?,
        Scope::EverythingHeld => Tagged::default(),
        Scope::Service(arn) => Tagged {
            services: BTreeMap::from([(arn.clone(), Tags::new())]),
            clusters: BTreeMap::from([(arn.cluster_arn(), Tags::new())]),
            ..Tagged::default()
        },
    };
    // What is remembered stays in scope: a rest that our permissions no longer reach fails loudly.
    tagged
        .clusters
        .retain(|cluster, _| settings.reach.covers(cluster.name()));
    tagged
        .services
        .retain(|service, _| settings.reach.covers(service.cluster()));
    let remembered = standing.services.keys().chain(standing.orders.keys());
    let remembered = remembered.map(ServiceArn::cluster_arn);
    let clusters = tagged.clusters.keys().cloned().chain(remembered).collect();
    read_clusters(&aws.edge, clusters, &mut tagged).await;
    if matches!(scope, Scope::Everything | Scope::Asked { .. }) {
        add_untagged_services(aws, settings, &mut tagged).await;
    }
    Ok(tagged)
}

/// Adds the services without tags of their own in the clusters whose tags are a default for them.
/// A cluster that cannot be listed does not hinder the others.
async fn add_untagged_services(aws: &Aws, settings: &Settings, tagged: &mut Tagged) {
    let is_default = |cluster: &ClusterArn, tags: &Tags| {
        let asks = tags.contains_key(HOURS) || tags.contains_key(OVERRIDE);
        asks && settings.reach.covers(cluster.name())
    };
    let clusters = tagged.clusters.iter();
    for (cluster, _) in clusters.filter(|(cluster, tags)| is_default(cluster, tags)) {
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
