//! In which clusters instances are: the index says, or ECS does.

use std::collections::{BTreeMap, BTreeSet};

use domain::arn::ClusterArn;
use domain::drain::{InstanceId, Place, Whereabouts};
use futures_util::StreamExt;

use super::{Seen, Trouble, instances, ledger};
use crate::{Aws, Settings};

/// How many ids are asked for in one call. ECS names no limit for an expression of its query
/// language; 50 ids of 19 characters are about 1,200.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html>.
const IDS: usize = 50;
/// `ListContainerInstances` and `ListClusters` return at most 100 in a page.
pub(super) const PAGE: i32 = 100;
/// How many calls are under way at once.
pub(super) const AT_ONCE: usize = 16;

/// Finds instances. One call for each cluster and 50 of them, whatever their number; one that is in
/// two clusters is found in both.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    wanted: &BTreeSet<InstanceId>,
) {
    indexed(aws, settings, seen, wanted).await;
    let there = &seen.observed.instances;
    let missed = wanted.iter().filter(|id| !there.contains_key(id));
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
        let whereabouts = match (found.remove(&instance), &why) {
            (Some(places), _) => Whereabouts::At(places),
            (None, Some(why)) => Whereabouts::Unseen(why.clone()),
            (None, None) => Whereabouts::Nowhere,
        };
        seen.observed.instances.insert(instance, whereabouts);
    }
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
    let questions = clusters
        .iter()
        .flat_map(|cluster| missed.chunks(IDS).map(move |ids| (cluster, ids)));
    let questions: Vec<_> = questions.collect();
    let answers = futures_util::stream::iter(questions);
    let answers = answers.map(async |(cluster, ids)| (cluster, one(aws, cluster, ids).await));
    answers.buffered(AT_ONCE).collect().await
}

/// Those of some instances that are in a cluster.
async fn one(aws: &Aws, cluster: &ClusterArn, ids: &[InstanceId]) -> Answer {
    let ids: Vec<&str> = ids.iter().map(InstanceId::as_str).collect();
    let filter = format!("ec2InstanceId in [{}]", ids.join(", "));
    let arns = instances::list(aws, cluster, Some(filter)).await?;
    instances::describe(aws, cluster, &arns)
        .await
        .map(|answer| answer.there)
}
