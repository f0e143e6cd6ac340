//! What ECS says of the services that matter.

use std::collections::BTreeMap;

use aws_sdk_ecs::error::SdkError;
use aws_sdk_ecs::operation::describe_services::DescribeServicesError;
use aws_sdk_ecs::types::{Service as Described, ServiceField};
use domain::arn::{ClusterArn, ServiceArn};
use domain::off_hours::{Intent, Tags};
use domain::resting::Sight;
use futures_util::StreamExt;
use jiff::Timestamp;

use super::Seen;
use super::discover::{Tagged, ours};
use super::live::live;
use crate::{Aws, Failure, Settings};

/// `DescribeServices` takes at most 10 services, all of one cluster.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>.
const BATCH: usize = 10;

/// How many calls are under way at once: enough to hide the way to the Region's endpoint.
const AT_ONCE: usize = 8;

/// Asks ECS about every service that is worth it, and about one that an event named in any case,
/// because its tags come with the answer. A batch that fails takes its services out of
/// the run; the others go on.
pub(super) async fn look(
    aws: &Aws,
    settings: &Settings,
    seen: &mut Seen,
    tagged: &Tagged,
    named: bool,
    now: Timestamp,
) {
    let answers =
        futures_util::stream::iter(batches(seen, named, now)).map(|(cluster, batch)| async move {
            let answer = describe(aws, &cluster, &batch).await;
            (batch, answer)
        });
    let answers: Vec<_> = answers.buffered(AT_ONCE).collect().await;
    for (batch, answer) in answers {
        match answer {
            Ok(described) => place(settings, seen, tagged, &batch, described),
            Err(failure) => leave_out(seen, &batch, failure),
        }
    }
}

fn batches(seen: &Seen, named: bool, now: Timestamp) -> Vec<(ClusterArn, Vec<ServiceArn>)> {
    let mut clusters: BTreeMap<ClusterArn, Vec<ServiceArn>> = BTreeMap::new();
    for (arn, service) in &seen.observed.services {
        if named || service.worth_a_look(now) {
            clusters
                .entry(arn.cluster_arn())
                .or_default()
                .push(arn.clone());
        }
    }
    let in_batches = |(cluster, services): (ClusterArn, Vec<ServiceArn>)| {
        let batches: Vec<_> = services
            .chunks(BATCH)
            .map(|batch| (cluster.clone(), batch.to_vec()))
            .collect();
        batches
    };
    clusters.into_iter().flat_map(in_batches).collect()
}

/// What ECS says of the services of a batch; none of one that does not exist.
async fn describe(
    aws: &Aws,
    cluster: &ClusterArn,
    batch: &[ServiceArn],
) -> Result<BTreeMap<ServiceArn, Option<Described>>, Failure> {
    const CALL: &str = "DescribeServices";
    aws.pace.service_read.take().await;
    let names = batch.iter().map(|arn| arn.name().to_owned()).collect();
    let call = aws
        .ecs
        .describe_services()
        .cluster(cluster.as_str())
        .set_services(Some(names));
    let reply = match call.include(ServiceField::Tags).send().await {
        // Their cluster was deleted, and they were before it.
        Err(error) if is_without_cluster(&error) => {
            return Ok(batch.iter().map(|arn| (arn.clone(), None)).collect());
        }
        reply => reply.map_err(Failure::call(CALL))?,
    };
    let mut described = BTreeMap::new();
    // A 200 lists what it could not describe; only MISSING says that a service does not exist.
    // Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
    for failure in reply.failures() {
        if failure.reason() != Some("MISSING") {
            let reason = failure.reason().unwrap_or("no reason given").to_owned();
            return Err(Failure::Refused { call: CALL, reason });
        }
        let name = failure.arn().and_then(|arn| arn.rsplit('/').next());
        let missing = batch.iter().filter(|arn| Some(arn.name()) == name);
        described.extend(missing.map(|arn| (arn.clone(), None)));
    }
    let services = reply.services.unwrap_or_default().into_iter();
    described.extend(services.filter_map(|service| {
        let arn = ServiceArn::parse(service.service_arn()?).ok()?;
        Some((arn, Some(service)))
    }));
    Ok(described)
}

fn is_without_cluster<R>(error: &SdkError<DescribeServicesError, R>) -> bool {
    let refusal = error.as_service_error();
    refusal.is_some_and(DescribeServicesError::is_cluster_not_found_exception)
}

fn place(
    settings: &Settings,
    seen: &mut Seen,
    tagged: &Tagged,
    batch: &[ServiceArn],
    mut described: BTreeMap<ServiceArn, Option<Described>>,
) {
    let none = Tags::new();
    for arn in batch {
        let Some(service) = seen.observed.services.get_mut(arn) else {
            continue;
        };
        let Some(answer) = described.remove(arn) else {
            let silent = Failure::Refused {
                call: "DescribeServices",
                reason: "it said nothing of this service".to_owned(),
            };
            leave_out(seen, std::slice::from_ref(arn), silent);
            continue;
        };
        let Some(answer) = answer.filter(|answer| answer.status() != Some("INACTIVE")) else {
            service.sight = Sight::Missing;
            continue;
        };
        let tags = answer.tags().iter();
        let tags = tags.filter_map(|tag| {
            Some((
                tag.key()?.to_owned(),
                tag.value().unwrap_or_default().to_owned(),
            ))
        });
        let cluster = tagged.clusters.get(&arn.cluster_arn()).unwrap_or(&none);
        service.intent = Intent::of(&ours(tags), cluster, &settings.policy);
        match live(&answer) {
            Ok(live) => service.sight = Sight::Live(live),
            Err(failure) => leave_out(seen, std::slice::from_ref(arn), failure),
        }
    }
}

/// Takes services out of the run that could not be looked at.
pub(super) fn leave_out(seen: &mut Seen, batch: &[ServiceArn], failure: Failure) {
    let names: Vec<String> = batch.iter().map(ToString::to_string).collect();
    batch
        .iter()
        .for_each(|arn| drop(seen.observed.services.remove(arn)));
    seen.unseen.push((names.join(", "), failure));
}
