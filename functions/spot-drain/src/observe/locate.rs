//! In which clusters instances are: the index says, or ECS does.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::{ClusterArn, ContainerInstanceArn};
use domain::drain::{InstanceId, Place, Source, Whereabouts};
use futures_util::{StreamExt, TryStreamExt};

use super::{Seen, Trouble, instances, ledger, lists};
use crate::{Aws, Settings};

/// How many ids are asked for in one call. ECS names a limit for an expression of its query language
/// only where it places tasks, which is 2,000 characters; 90 ids of 19 are some 1,900.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PlacementConstraint.html>.
const IDS: usize = 90;
/// `ListContainerInstances` and `ListClusters` return at most 100 in a page.
pub(super) const PAGE: i32 = 100;
/// How many calls are under way at once.
pub(super) const AT_ONCE: usize = 16;

/// Finds instances. One list for each cluster, whatever their number, if it has no more than a page of
/// container instances or they fit into one filter; one that is in two clusters is found in both.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    wanted: &BTreeSet<InstanceId>,
) {
    indexed(aws, settings, seen, wanted).await;
    let there = &seen.observed.instances;
    let inside = |id: &InstanceId| match there.get(id) {
        Some(Whereabouts::At(places)) => places.iter().any(|place| place.status.is_in()),
        _ => false,
    };
    let missed = wanted.iter().filter(|id| !inside(id));
    let missed: Vec<InstanceId> = missed.cloned().collect();
    if missed.is_empty() {
        return;
    }
    let mut found: BTreeMap<InstanceId, Vec<Place>> = BTreeMap::new();
    let mut why = None;
    match clusters(aws, settings).await {
        Ok(clusters) => {
            for (cluster, outcome) in asked(aws, &clusters, &missed).await {
                match outcome {
                    Ok(places) => {
                        for (instance, place) in places {
                            found.entry(instance).or_default().push(place);
                        }
                    }
                    Err(failure) => {
                        let what = format!("the instances of {}", cluster.name());
                        why = Some(shell::failure::chain(&failure));
                        seen.unseen.push(Trouble::with(what, &missed, failure));
                    }
                }
            }
        }
        Err(failure) => {
            why = Some(shell::failure::chain(&failure));
            seen.unseen
                .push(Trouble::with("the clusters", &missed, failure));
        }
    }
    for instance in missed {
        let left = seen.observed.instances.remove(&instance);
        let whereabouts = match (found.remove(&instance), left, &why) {
            (Some(places), ..) => Whereabouts::At(places),
            // Of one that left and was not found, the index was right.
            (None, Some(Whereabouts::At(places)), _) => Whereabouts::At(asked_of(places)),
            (None, _, Some(why)) => Whereabouts::Unseen(why.clone()),
            (None, _, None) => Whereabouts::Nowhere,
        };
        seen.observed.instances.insert(instance, whereabouts);
    }
}

/// The places of an instance that ECS was asked about.
fn asked_of(mut places: Vec<Place>) -> Vec<Place> {
    for place in &mut places {
        place.source = Source::Asked;
    }
    places
}

/// Asks the index about those that it was not asked about before. If it cannot be read, ECS is
/// asked.
async fn indexed(aws: &Aws, settings: &Settings, seen: &mut Seen, wanted: &BTreeSet<InstanceId>) {
    let unread: Vec<InstanceId> = wanted.difference(&seen.indexed).cloned().collect();
    if unread.is_empty() || seen.blind {
        return;
    }
    match ledger::known(aws, &unread).await {
        Ok(mut known) => {
            // The records were read before; one that is new since then is another round's.
            known.drains.clear();
            ledger::place(settings, seen, known);
        }
        Err(error) => {
            let trouble = Trouble::with("the index of instances", &unread, error);
            seen.unseen.push(trouble);
        }
    }
    seen.indexed.extend(unread);
}

/// Every cluster that the permissions reach.
pub(super) async fn clusters(
    aws: &Aws,
    settings: &Settings,
) -> Result<Vec<ClusterArn>, edge::Failure> {
    let mut clusters = Vec::new();
    let mut token = None;
    loop {
        aws.pace.clusters.take().await;
        let call = aws.edge.ecs.list_clusters().max_results(PAGE);
        let page = call.set_next_token(token).send().await;
        let page = page.map_err(edge::Failure::call("ListClusters"))?;
        let arns = page.cluster_arns.unwrap_or_default().into_iter();
        let arns = arns.filter_map(|arn| ClusterArn::parse(&arn).ok());
        clusters.extend(arns.filter(|arn| settings.reach.covers(arn.name())));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(clusters);
        }
    }
}

type Answer = Result<Vec<(InstanceId, Place)>, edge::Failure>;

async fn asked<'c>(
    aws: &Aws,
    clusters: &'c [ClusterArn],
    missed: &[InstanceId],
) -> Vec<(&'c ClusterArn, Answer)> {
    let answers = futures_util::stream::iter(clusters);
    let answers = answers.map(async |cluster| (cluster, one(aws, cluster, missed).await));
    answers.buffered(AT_ONCE).collect().await
}

/// Those of some instances, in their order, that are in a cluster. Those that are listed are described
/// before anything is decided about them: a list does not say which instance each is, nor in which
/// capacity provider, whose group's tag may keep it out of scope and which may drain it by itself.
async fn one(aws: &Aws, cluster: &ClusterArn, missed: &[InstanceId]) -> Answer {
    let arns = listed(aws, cluster, missed).await?;
    let mut there = instances::describe(aws, cluster, &arns).await?.there;
    there.retain(|(instance, _)| missed.binary_search(instance).is_ok());
    Ok(there)
}

/// The container instances of a cluster among which some instances are: those that fit the filter,
/// or, where that takes more than one, all of a cluster that has no more than a page of them.
async fn listed(
    aws: &Aws,
    cluster: &ClusterArn,
    missed: &[InstanceId],
) -> Result<Vec<ContainerInstanceArn>, edge::Failure> {
    if missed.len() > IDS {
        let (arns, more) = lists::page(aws, cluster, None, None).await?;
        if more.is_none() {
            return Ok(arns);
        }
    }
    let filters = missed.chunks(IDS).map(|ids| {
        let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
        format!("ec2InstanceId in [{}]", ids.join(", "))
    });
    let filters: Vec<String> = filters.collect();
    let pages = futures_util::stream::iter(filters);
    let pages = pages.map(async |filter| lists::list(aws, cluster, Some(filter)).await);
    let pages: Vec<Vec<_>> = pages.buffered(AT_ONCE).try_collect().await?;
    Ok(pages.concat())
}
