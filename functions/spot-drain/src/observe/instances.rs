//! What ECS says of container instances.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::ContainerInstance;
use domain::arn::{ClusterArn, ContainerInstanceArn};
use domain::drain::{InstanceId, Observed, Place, Source, Status, Whereabouts};
use futures_util::StreamExt;

use super::locate::AT_ONCE;
use super::{Seen, Trouble};
use crate::Aws;
use crate::event::pool;

/// `DescribeContainerInstances` takes at most 100.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeContainerInstances.html>.
const BATCH: usize = 100;

/// What ECS says of the container instances of a batch.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) there: Vec<(InstanceId, Place)>,
    /// Those that it does not know any more.
    pub(super) gone: BTreeSet<ContainerInstanceArn>,
}

/// What ECS says of some container instances of a cluster.
pub(super) async fn describe(
    aws: &Aws,
    cluster: &ClusterArn,
    arns: &[ContainerInstanceArn],
) -> Result<Answer, edge::Failure> {
    const CALL: &str = "DescribeContainerInstances";
    let mut answer = Answer::default();
    for batch in arns.chunks(BATCH) {
        aws.pace.read.take().await;
        let names = batch.iter().map(|arn| arn.as_str().to_owned()).collect();
        let call = aws.edge.ecs.describe_container_instances();
        let call = call.cluster(cluster.as_str());
        let reply = call.set_container_instances(Some(names)).send().await;
        let reply = reply.map_err(edge::Failure::call(CALL))?;
        // A 200 lists what it could not describe; one that is MISSING has gone.
        // Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
        for failure in reply.failures() {
            if failure.reason() != Some("MISSING") {
                let reason = failure.reason().unwrap_or("no reason given").to_owned();
                return Err(edge::Failure::Refused { call: CALL, reason });
            }
            let id = failure.arn().and_then(|arn| arn.rsplit('/').next());
            let gone = batch.iter().filter(|arn| Some(arn.id()) == id);
            answer.gone.extend(gone.cloned());
        }
        let described = reply.container_instances.unwrap_or_default();
        let there = described.iter().filter_map(|one| place(cluster, one));
        answer.there.extend(there);
    }
    Ok(answer)
}

/// What is made of one. A machine of ECS Anywhere, or a status that nobody knew of, is none.
fn place(cluster: &ClusterArn, one: &ContainerInstance) -> Option<(InstanceId, Place)> {
    let attributes = one.attributes().iter();
    let attributes = attributes.filter_map(|one| Some((one.name(), one.value()?)));
    let place = Place {
        cluster: cluster.clone(),
        arn: ContainerInstanceArn::parse(one.container_instance_arn()?).ok()?,
        status: Status::from_name(one.status()?)?,
        version: one.version(),
        agent_connected: one.agent_connected(),
        provider: one.capacity_provider_name().map(str::to_owned),
        pool: pool(attributes),
        source: Source::Asked,
    };
    Some((InstanceId::parse(one.ec2_instance_id()?).ok()?, place))
}

/// What ECS says of the container instances that were asked about.
pub(super) struct States {
    answers: Vec<(Vec<ContainerInstanceArn>, Result<Answer, edge::Failure>)>,
}

/// Asks for the status of container instances.
pub(super) async fn states(
    aws: &Aws,
    wanted: &BTreeMap<ClusterArn, BTreeSet<ContainerInstanceArn>>,
) -> States {
    let batches = wanted.iter().flat_map(|(cluster, arns)| {
        let arns: Vec<ContainerInstanceArn> = arns.iter().cloned().collect();
        let batches = arns.chunks(BATCH);
        let batches = batches.map(|batch| (cluster, batch.to_vec()));
        batches.collect::<Vec<_>>()
    });
    let batches: Vec<_> = batches.collect();
    let answers = futures_util::stream::iter(batches).map(async |(cluster, batch)| {
        let answer = describe(aws, cluster, &batch).await;
        (batch, answer)
    });
    States {
        answers: answers.buffered(AT_ONCE).collect().await,
    }
}

impl States {
    pub(super) fn place(self, seen: &mut Seen) {
        for (batch, answer) in self.answers {
            match answer {
                Ok(answer) => asked(seen, answer),
                Err(failure) => unseen(seen, batch, failure),
            }
        }
    }
}

/// Takes the place of what was known of a container instance; one that is gone is INACTIVE.
fn asked(seen: &mut Seen, answer: Answer) {
    let gone = answer
        .gone
        .iter()
        .filter_map(|arn| left(&seen.observed, arn));
    let gone: Vec<_> = gone.collect();
    for (instance, place) in answer.there.into_iter().chain(gone) {
        let there = seen.observed.instances.entry(instance);
        let there = there.or_insert_with(|| Whereabouts::At(Vec::new()));
        match there {
            Whereabouts::At(places) => {
                places.retain(|other| other.arn != place.arn);
                places.push(place);
            }
            _ => *there = Whereabouts::At(vec![place]),
        }
    }
    seen.observed.unseen.extend(answer.gone);
}

/// Where an instance was whose container instance is gone: as the index has it, or its record.
fn left(observed: &Observed, arn: &ContainerInstanceArn) -> Option<(InstanceId, Place)> {
    let indexed = observed.instances.iter().find_map(|(instance, there)| {
        let Whereabouts::At(places) = there else {
            return None;
        };
        let place = places.iter().find(|place| place.arn == *arn)?;
        Some((instance, place.clone()))
    });
    let recorded = || {
        observed.drains.iter().find_map(|(instance, drain)| {
            let berth = drain.places.iter().find(|berth| berth.arn == *arn)?;
            let place = Place {
                cluster: berth.cluster.clone(),
                arn: arn.clone(),
                status: Status::Inactive,
                version: 0,
                agent_connected: false,
                provider: drain.provider.clone(),
                pool: drain.pool.clone(),
                source: Source::Asked,
            };
            Some((instance, place))
        })
    };
    let (instance, place) = indexed.or_else(recorded)?;
    let place = Place {
        status: Status::Inactive,
        source: Source::Asked,
        ..place
    };
    Some((instance.clone(), place))
}

fn unseen(seen: &mut Seen, batch: Vec<ContainerInstanceArn>, failure: edge::Failure) {
    let of = |places: &[Place]| places.iter().any(|place| batch.contains(&place.arn));
    let places = seen.observed.instances.iter();
    let about = places.filter_map(|(instance, there)| match there {
        Whereabouts::At(places) if of(places) => Some(instance),
        _ => None,
    });
    let trouble = Trouble::with("the status of instances", about, failure);
    seen.unseen.push(trouble);
    seen.observed.unseen.extend(batch);
}
