//! What ECS says of services.

use std::collections::BTreeMap;

use aws_sdk_ecs::error::SdkError;
use aws_sdk_ecs::operation::describe_services::DescribeServicesError;
use aws_sdk_ecs::types::{Service, ServiceField};
use domain::arn::{ClusterArn, ServiceArn};
use domain::resting::Sight;
use domain::tag::Tags;
use futures_util::StreamExt;

use crate::live::live;
use crate::tagged::ours;
use crate::{Edge, Failure};

/// `DescribeServices` takes at most 10 services, all of one cluster.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html>.
const BATCH: usize = 10;

/// How many calls are under way at once: enough to hide the way to the Region's endpoint.
const AT_ONCE: usize = 8;

/// What ECS says of a service.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Whether it exists, and how it is; its scalable target is asked for elsewhere.
    pub sight: Sight,
    /// Its own tags, as far as they are ours.
    pub tags: Tags,
}

/// What was seen of the services that were asked about.
#[derive(Debug, Default)]
pub struct Answers {
    /// What ECS says.
    pub looked: BTreeMap<ServiceArn, Looked>,
    /// Those of which it could not be said, and why.
    pub unseen: Vec<(Vec<ServiceArn>, Failure)>,
}

/// Asks ECS about services. A batch that fails does not hinder the others.
pub async fn look(edge: &Edge, services: impl IntoIterator<Item = ServiceArn>) -> Answers {
    let asked = futures_util::stream::iter(batches(services)).map(|(cluster, batch)| async move {
        let described = describe(edge, &cluster, &batch).await;
        (batch, described)
    });
    let described: Vec<_> = asked.buffered(AT_ONCE).collect().await;
    let mut answers = Answers::default();
    for (batch, described) in described {
        match described {
            Ok(described) => answers.place(batch, described),
            Err(failure) => answers.unseen.push((batch, failure)),
        }
    }
    answers
}

impl Answers {
    fn place(
        &mut self,
        batch: Vec<ServiceArn>,
        mut described: BTreeMap<ServiceArn, Option<Service>>,
    ) {
        for arn in batch {
            let silent = || Failure::Refused {
                call: "DescribeServices",
                reason: "it said nothing of this service".to_owned(),
            };
            match described.remove(&arn).ok_or_else(silent).and_then(looked) {
                Ok(looked) => {
                    self.looked.insert(arn, looked);
                }
                Err(failure) => self.unseen.push((vec![arn], failure)),
            }
        }
    }
}

/// What is made of an answer; one that is INACTIVE is a remainder of what does not exist any more.
fn looked(described: Option<Service>) -> Result<Looked, Failure> {
    let active = described.filter(|service| service.status() != Some("INACTIVE"));
    let Some(service) = active else {
        return Ok(Looked {
            sight: Sight::Missing,
            tags: Tags::new(),
        });
    };
    let live = live(&service)?;
    let tags = service.tags.unwrap_or_default().into_iter();
    let tags = tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
    Ok(Looked {
        sight: Sight::Live(live),
        tags: ours(tags),
    })
}

fn batches(
    services: impl IntoIterator<Item = ServiceArn>,
) -> impl Iterator<Item = (ClusterArn, Vec<ServiceArn>)> {
    let mut clusters: BTreeMap<ClusterArn, Vec<ServiceArn>> = BTreeMap::new();
    for arn in services {
        clusters.entry(arn.cluster_arn()).or_default().push(arn);
    }
    clusters.into_iter().flat_map(|(cluster, services)| {
        let batches = services.chunks(BATCH);
        let batches = batches.map(|batch| (cluster.clone(), batch.to_vec()));
        batches.collect::<Vec<_>>()
    })
}

/// What ECS says of the services of a batch; none of one that does not exist.
async fn describe(
    edge: &Edge,
    cluster: &ClusterArn,
    batch: &[ServiceArn],
) -> Result<BTreeMap<ServiceArn, Option<Service>>, Failure> {
    const CALL: &str = "DescribeServices";
    edge.pace.service_read.take().await;
    let names = batch.iter().map(|arn| arn.name().to_owned()).collect();
    let call = edge
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
